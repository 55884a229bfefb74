"""How retrieval/role_encoder.npz was learned: `python -m training.role_encoder [--figures]`.

The top layers of the built-in model are trained on the questions of training/roles, whose words are marked, so
that the vector of each piece tells the role of its word and whether it is ruled out, and the mean of all
whether a set is asked for. Each line is learned also with its spans exchanged for those of other lines; of
questions of training/data only the last is learned. About 20 minutes on two cores. `--figures` learns from
all files but those of one hand, and tells how many of its words and questions are read right.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.reading.roles import ABOUT, ROLES, WHOLES, cut, of_words
from retrieval.e5_file import E5File, Tokenizer, model_path
from retrieval.embedding import BuiltInEmbedder
from retrieval.question_encoder import packed
from training.encoder import SIZES, Trunk, layer, padded, save, weights_of
from training.examples import Example
from training.roles import Line, asked_for, others, read, turned

TARGET = Path(__file__).parent.parent / "retrieval" / "role_encoder.npz"
LAYERS, BATCH = 6, 32
ROUNDS, SETTLING = (6, 1.5e-4), (2, 5e-5)
"""Rounds over all questions and the rate of learning: on exact states below the layers, and after that on those
that the quantised graph makes of the questions, which differ by some percent."""
DROPPED, DECAY = 0.1, 0.01
"""Share of the numbers that are left out at each end of the layers, and what all weights lose, by the rate."""
WHOLE = 0.5
"""How much the kind of the question weighs beside the roles of its words."""
TRIED = "4"
"""The hand that `--figures` leaves out."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Item:
    """A question: hidden states (length, d) below the layers, the number of what it asks for in WHOLES, of its own
    pieces the role and whether they are ruled out, and the number of what is asked about in ABOUT; none of the
    former where its words are not marked, -1 for the last where it is not told."""

    hidden: Any
    kind: int
    about: int = -1
    roles: tuple[int, ...] = ()
    out: tuple[bool, ...] = ()


class Maker:
    """Questions as items."""

    def __init__(self, file: E5File, embedder: BuiltInEmbedder | None = None) -> None:
        """`embedder` gives the states that its graph makes; None: exact ones."""
        trunk = Trunk(file, LAYERS)
        self._states = embedder.below_roles if embedder is not None else trunk.of_ids
        self._tokenizer = Tokenizer(file)
        self.lead = self._tokenizer.ids("query:")

    def pieces(self, text: str) -> list[tuple[int, int, int]]:
        """(number, start, end) of each piece that is read."""
        return self._tokenizer.pieces(text)[: SIZES[-1] - 2 - len(self.lead)]

    def __call__(self, lines: Sequence[Line], bare: Sequence[Example] = ()) -> list[Item]:
        """`bare` are questions whose words are not marked."""
        texts = [*(one.text for one in lines), *(one.q for one in bare)]
        hidden = self._states([[*self.lead, *(n for n, _, _ in self.pieces(one))] for one in texts])
        made = []
        for line, own in zip(lines, hidden, strict=False):
            ends = np.cumsum([len(piece[0]) for piece in line.pieces])
            last = len(ends) - 1
            places = [
                line.pieces[min(last, int(np.searchsorted(ends, (a + b) / 2, side="right")))]
                for _, a, b in self.pieces(line.text)
            ]
            roles = tuple(ROLES.index(role) for _, role, _ in places)
            out = tuple(out for _, _, out in places)
            made.append(Item(own, WHOLES.index(line.kind), -1, roles, out))
        for one, own in zip(bare, hidden[len(lines) :], strict=True):
            about = ABOUT.index(one.kind) if one.kind in ABOUT else -1
            made.append(Item(own, WHOLES.index(asked_for(one)), about))
        return made


def batch(items: Sequence[Item], lead: int) -> tuple[Any, ...]:
    """(rows, mask, roles, which pieces are marked, out, kinds, about)."""
    rows, mask = padded([one.hidden for one in items])
    roles, marked = np.zeros(mask.shape, np.int32), np.zeros(mask.shape, np.float32)
    out = np.zeros(mask.shape, np.float32)
    for place, one in enumerate(items):
        own = slice(lead + 1, lead + 1 + len(one.roles))
        roles[place, own], marked[place, own], out[place, own] = one.roles, 1, one.out
    kinds, about = (
        np.array(told, np.int32) for told in zip(*((one.kind, one.about) for one in items), strict=True)
    )
    return rows, mask, roles, marked, out, kinds, about


def _through(jnp: Any, state: Any, rows: Any, mask: Any) -> Any:
    for number in sorted(state["layers"], key=int):
        rows = layer(jnp, rows, mask, state["layers"][number])
    return rows


def _read(state: Any, x: Any, mask: Any) -> tuple[Any, Any, Any]:
    """Scores of the roles and of being ruled out (batch, length, outputs), of WHOLES and of ABOUT (batch, …)."""
    mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    whole, about = (mean @ state[name] + state[f"{name}.b"] for name in ("whole", "about"))
    return x @ state["roles"] + state["roles.b"], whole, about


def learn(
    items: Sequence[Item],
    lead: int,
    file: E5File,
    rounds: tuple[int, float] = ROUNDS,
    after: Any = None,
    each: Callable[[Any], None] | None = None,
) -> Any:
    """The state after some rounds of Adam, at a rate; `after` is one that was learned before, `each` is called
    with it after every round."""
    import jax
    import jax.numpy as jnp

    tree, random = jax.tree_util.tree_map, np.random.default_rng(0)
    epochs, most = rounds
    width, outputs = file.sizes.hidden, len(ROLES) + 1
    trained = range(file.sizes.layers - LAYERS, file.sizes.layers)
    fresh = {
        "layers": {str(number): weights_of(file, number, file) for number in trained},
        "roles": random.normal(0, 0.02, (width, outputs)).astype(np.float32),
        "roles.b": np.zeros(outputs, np.float32),
        "whole": random.normal(0, 0.02, (width, len(WHOLES))).astype(np.float32),
        "whole.b": np.zeros(len(WHOLES), np.float32),
        "about": random.normal(0, 0.02, (width, len(ABOUT))).astype(np.float32),
        "about.b": np.zeros(len(ABOUT), np.float32),
    }
    state = tree(jnp.asarray, fresh if after is None else after)

    def dropped(x: Any, key: Any) -> Any:
        return x * jax.random.bernoulli(key, 1 - DROPPED, x.shape) / (1 - DROPPED)

    def loss(state: Any, key: Any, rows: Any, mask: Any, *told: Any) -> Any:
        roles, marked, out, kinds, abouts = told
        below, above = jax.random.split(key)
        x = dropped(_through(jnp, state, dropped(rows, below), mask), above)
        scores, whole, about = _read(state, x, mask)
        likely = jax.nn.log_softmax(scores[..., :-1], -1)
        of_roles = -(jnp.take_along_axis(likely, roles[..., None], -1)[..., 0] * marked).sum()
        bounding = marked * (roles > 0)
        doubt = jnp.maximum(scores[..., -1], 0) - scores[..., -1] * out
        doubt = ((doubt + jnp.log1p(jnp.exp(-jnp.abs(scores[..., -1])))) * bounding).sum()
        of_kinds = -jnp.take_along_axis(jax.nn.log_softmax(whole, -1), kinds[:, None], -1).mean()
        known = abouts >= 0
        of_abouts = -jnp.take_along_axis(jax.nn.log_softmax(about, -1), jnp.maximum(abouts, 0)[:, None], -1)[
            :, 0
        ]
        of_kinds += (of_abouts * known).sum() / jnp.maximum(known.sum(), 1)
        some = jnp.maximum(marked.sum(), 1), jnp.maximum(bounding.sum(), 1)
        return of_roles / some[0] + doubt / some[1] + WHOLE * of_kinds

    @jax.jit  # type: ignore[untyped-decorator]
    def step(state: Any, first: Any, second: Any, key: Any, given: Any, rate: float, number: float) -> Any:
        value, slope = jax.value_and_grad(loss)(state, key, *given)
        whole = jnp.sqrt(sum(jnp.sum(one * one) for one in jax.tree_util.tree_leaves(slope)))
        slope = tree(lambda one: one * jnp.minimum(1.0, 1.0 / whole), slope)
        first = tree(lambda old, new: 0.9 * old + 0.1 * new, first, slope)
        second = tree(lambda old, new: 0.99 * old + 0.01 * new * new, second, slope)
        moved = tree(
            lambda a, b: (a / (1 - 0.9**number)) / (jnp.sqrt(b / (1 - 0.99**number)) + 1e-8), first, second
        )
        rates = {
            name: tree(lambda _, n=name: rate * (1 if n == "layers" else 10), own)
            for name, own in state.items()
        }
        return (
            tree(lambda old, by, much: old - much * (by + DECAY * old), state, moved, rates),
            first,
            second,
            value,
        )

    first, second = tree(jnp.zeros_like, state), tree(jnp.zeros_like, state)
    key, number, told = jax.random.PRNGKey(0), 0, 0.0
    steps = epochs * sum(1 for _ in _batches(items, np.random.default_rng(0)))
    for _ in range(epochs):
        for some in _batches(items, random):
            number += 1
            rate = most * min(1, number / 50) * max(0.03, 1 - number / steps)
            key, own = jax.random.split(key)
            given = batch(some, lead)
            state, first, second, value = step(state, first, second, own, given, rate, float(number))
            told = float(value) if number == 1 else 0.98 * told + 0.02 * float(value)
            if number % 50 == 0:
                print(f"step {number} of {steps}: loss {told:.3f}", flush=True)
        if each:
            each(state)
    return state


def _batches(items: Sequence[Item], random: np.random.Generator) -> Any:
    """Questions of about one length, in any order."""
    by_size: dict[int, list[Item]] = {}
    for one in items:
        by_size.setdefault(next(size for size in SIZES if size >= len(one.hidden)), []).append(one)
    made = []
    for some in by_size.values():
        order = [some[place] for place in random.permutation(len(some))]
        order += (order * BATCH)[: -len(order) % BATCH]
        made += [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    yield from (made[place] for place in random.permutation(len(made)))


def figures(state: Any, lines: Sequence[Line], make: Maker) -> str:
    """Words with the right role and side, questions all of whose words have both, and those of the right kind."""
    import jax
    import jax.numpy as jnp

    items = make(lines)

    @jax.jit  # type: ignore[untyped-decorator]
    def run(rows: Any, mask: Any) -> Any:
        scores, whole, _ = _read(state, _through(jnp, state, rows, mask), mask)
        return jax.nn.softmax(scores[..., :-1], -1), jax.nn.sigmoid(scores[..., -1]), whole

    words, questions, kinds = [], [], []
    for line, item in zip(lines, items, strict=True):
        roles, out, whole = (np.asarray(one)[0] for one in run(*padded([item.hidden])))
        inside = slice(len(make.lead) + 1, len(make.lead) + 1 + len(item.roles))
        pieces = [(start, end) for _, start, end in make.pieces(line.text)]
        places = cut(line.text)
        best = of_words(places, pieces, roles[inside]).argmax(axis=1)
        ruled = of_words(places, pieces, out[inside, None])[:, 0] > 0.5
        right = [
            ROLES[found] == role and (role == "frame" or said == bool(side))
            for (role, said), found, side in zip(line.labels(), best, ruled, strict=True)
        ]
        words += right
        questions.append(all(right))
        kinds.append(WHOLES[int(whole.argmax())] == line.kind)
    parts = (("words", words), ("questions", questions), ("kinds", kinds))
    return ", ".join(f"{name} {sum(some)} of {len(some)} ({np.mean(some):.3f})" for name, some in parts)


def stored(state: Any) -> dict[str, npt.NDArray[np.generic]]:
    """The encoder as its file has it."""
    layers = {
        f"l{number}.{name}": np.asarray(value)
        for number, own in state["layers"].items()
        for name, value in own.items()
    }
    return packed(layers, **{name: np.asarray(own) for name, own in state.items() if name != "layers"})


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    parser.add_argument("--figures", action="store_true", help=f"leave out hand {TRIED}, and store nothing")
    given = parser.parse_args(arguments)
    file, lines = E5File(model_path()), read()
    exact, quantised = Maker(file), Maker(file, BuiltInEmbedder(given.work / "cache"))
    some = [one for one in lines if not given.figures or one.hand != TRIED]
    tried = [one for one in lines if given.figures and one.hand == TRIED]
    learned = None
    for rounds, make in ((ROUNDS, exact), (SETTLING, quantised)):
        items = make(turned(some), others())
        print(f"{len(some)} marked questions, {len(items)} to learn from", flush=True)
        learned = learn(items, len(make.lead), file, rounds, learned)
        if tried:
            print(figures(learned, tried, quantised), flush=True)
    if not tried:
        save(TARGET, stored(learned))
    return 0


if __name__ == "__main__":
    sys.exit(main())
