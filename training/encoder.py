"""How retrieval/question_encoder.npz was learned: `python -m training.encoder [--work DIR]`.

The top layers of the built-in model are trained on the written questions of training/data, and a matrix over
the vectors of passages, which stay as they are: of all resources and articles those become likely that the
evidence of a question names, each by its nearest passage. What is learned on top of the encoder must see it
as it judges questions it was not trained on: so it is trained twice more, each time without a third of the
files of questions (encoder-without-N.npz in DIR). About 25 minutes on two cores.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.loaders import load_corpus
from corpus.records import Corpus, Policy
from retrieval.e5_file import E5File, Tokenizer, model_path
from retrieval.embedding import BuiltInEmbedder
from retrieval.indexing import IndexHome, build_index, open_index
from retrieval.passages import SUMMARY
from retrieval.question_encoder import EncoderFile, packed
from training.examples import LEFT_OUT, Example, group_of, usable
from training.memory import keys_of

TARGET = Path(__file__).parent.parent / "retrieval" / "question_encoder.npz"
LAYERS, EPOCHS, BATCH, RATE = 3, 3, 64, 7e-5
SIZES = (12, 16, 20, 24, 32, 40, 48, 64, 96)
"""Lengths that questions are padded to; the longest is where they are cut."""
HEADS, WIDTH = 12, 32

Floats = npt.NDArray[np.float32]
Place = tuple[str, str]
"""A resource and "", or a policy and the key of an article."""


class Questions:
    """Hidden states (length, d) below the trained layers, and the numbers of the places that answer."""

    def __init__(
        self,
        corpus: Corpus,
        passages: Sequence[Any],
        trunk: Any,
        asked: Iterable[tuple[Example, str]] | None = None,
    ) -> None:
        """`asked` are examples and the text that is encoded of each; None: those of `usable`, written out."""
        records = corpus.by_id
        self.places: dict[Place, int] = {}
        self.of_passage = np.array(
            [
                self.places.setdefault(
                    (one.record_id, one.part if isinstance(records[one.record_id], Policy) else ""),
                    len(self.places),
                )
                for one in passages
            ],
            np.int32,
        )
        self.examples: list[Example] = []
        self.answers: list[list[int]] = []
        texts = []
        for one, text in ((one, one.whole) for one in usable()) if asked is None else asked:
            found = {self._place(records, key) for key in keys_of(one)} & self.places.keys()
            if found:
                self.examples.append(one)
                self.answers.append(sorted(self.places[place] for place in found))
                texts.append(text)
        self.hidden = trunk(texts)

    @staticmethod
    def _place(records: Any, key: tuple[str, str]) -> Place:
        record = records.get(key[0])
        if not isinstance(record, Policy):
            return key[0], ""
        article = record.article(key[1])
        return key[0], article.key if article else SUMMARY


def batches(hidden: Sequence[Any], chosen: Sequence[int], random: np.random.Generator) -> Iterator[list[int]]:
    """Questions of about one length, by the number of their states, in any order."""
    by_size: dict[int, list[int]] = {}
    for one in chosen:
        by_size.setdefault(_size(len(hidden[one])), []).append(one)
    made = []
    for some in by_size.values():
        order = [int(one) for one in random.permutation(some)]
        order += (order * BATCH)[: -len(order) % BATCH]
        made += [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    yield from (made[place] for place in random.permutation(len(made)))


def _size(length: int) -> int:
    return next(size for size in SIZES if size >= length)


def padded(hidden: Sequence[Any]) -> tuple[Floats, Floats]:
    """(rows, mask) of questions of about one length."""
    size = _size(max(map(len, hidden)))
    rows = np.zeros((len(hidden), size, hidden[0].shape[1]), np.float32)
    mask = np.zeros((len(hidden), size), np.float32)
    for place, one in enumerate(hidden):
        rows[place, : len(one)], mask[place, : len(one)] = one, 1
    return rows, mask


def layer(jnp: Any, x: Any, mask: Any, own: dict[str, Any]) -> Any:
    """One transformer layer over x (batch, length, d)."""
    count, length, width = x.shape
    q, k, v = (
        (x @ own[f"{n}.w"].T + own[f"{n}.b"]).reshape(count, length, HEADS, WIDTH).transpose(0, 2, 1, 3)
        for n in "qkv"
    )
    scores = jnp.einsum("bhid,bhjd->bhij", q, k) / np.sqrt(WIDTH) + (1 - mask)[:, None, None, :] * -1e9
    likely = jnp.exp(scores - scores.max(-1, keepdims=True))
    likely = likely / likely.sum(-1, keepdims=True)
    mixed = jnp.einsum("bhij,bhjd->bhid", likely, v).transpose(0, 2, 1, 3).reshape(count, length, width)
    x = _normed(jnp, x + mixed @ own["ao.w"].T + own["ao.b"], own["aln.w"], own["aln.b"])
    import jax

    inner = jax.nn.gelu(x @ own["fi.w"].T + own["fi.b"], approximate=False)
    return _normed(jnp, x + inner @ own["fo.w"].T + own["fo.b"], own["oln.w"], own["oln.b"])


def _normed(jnp: Any, x: Any, weight: Any, bias: Any) -> Any:
    mean = x.mean(-1, keepdims=True)
    spread = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(spread + 1e-12) * weight + bias


def weights_of(file: E5File, number: int, of: E5File | EncoderFile) -> dict[str, Floats]:
    """One layer of the built-in model, or of an encoder."""
    own = {}
    for name in ("q", "k", "v", "ao", "fi", "fo"):
        columns = file.sizes.feed_forward if name == "fo" else file.sizes.hidden
        own[f"{name}.w"] = of.weights(f"l{number}.{name}.w", columns)
        own[f"{name}.b"] = of.floats(f"l{number}.{name}.b")
    norms = [f"{name}.{one}" for name in ("aln", "oln") for one in "wb"]
    return own | {name: of.floats(f"l{number}.{name}") for name in norms}


def learn(
    questions: Questions,
    chosen: Sequence[int],
    vectors: Floats,
    file: E5File,
    after: EncoderFile | None = None,
) -> dict[str, npt.NDArray[np.generic]]:
    """An encoder as it is stored, after EPOCHS rounds of Adam over the questions chosen; its layers begin as
    those of the built-in model, or of the encoder `after`, whose matrix stays."""
    import jax
    import jax.numpy as jnp

    count, numbers = len(questions.places), jnp.asarray(questions.of_passage)
    tree = jax.tree_util.tree_map
    trained = range(file.sizes.layers - LAYERS, file.sizes.layers)
    state = tree(
        jnp.asarray,
        {
            "layers": {str(number): weights_of(file, number, after or file) for number in trained},
            "turn": after.turn if after else np.eye(vectors.shape[1], dtype=np.float32),
            "sharp": np.log(30.0),
        },
    )

    def loss(state: Any, rows: Any, mask: Any, right: Any) -> Any:
        x = rows
        for number in sorted(state["layers"], key=int):
            x = layer(jnp, x, mask, state["layers"][number])
        asked = (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        asked = asked / jnp.linalg.norm(asked, axis=-1, keepdims=True)
        turned = vectors @ state["turn"]
        turned = turned / jnp.linalg.norm(turned, axis=-1, keepdims=True)
        nearest = jax.ops.segment_max((asked @ turned.T).T, numbers, count).T
        likely = jax.nn.log_softmax(nearest * jnp.exp(state["sharp"]), -1)
        any_right = jnp.log(jnp.sum(jnp.exp(likely) * right, -1) + 1e-9)
        each_right = (likely * right).sum(-1) / right.sum(-1)
        return -(any_right + each_right).mean() / 2

    def given() -> Iterator[tuple[Any, ...]]:
        random = np.random.default_rng(0)
        for _ in range(EPOCHS):
            for some in batches(questions.hidden, chosen, random):
                right = np.zeros((BATCH, count), np.float32)
                for place, one in enumerate(some):
                    right[place, questions.answers[one]] = 1
                yield *padded([questions.hidden[one] for one in some]), right

    steps = EPOCHS * sum(1 for _ in batches(questions.hidden, chosen, np.random.default_rng(0)))
    state = descended(
        loss, state, given(), steps, {"layers": 1.0, "turn": 0.0 if after else 2.0, "sharp": 20.0}
    )
    layers = {
        f"l{number}.{name}": np.asarray(value)
        for number, own in state["layers"].items()
        for name, value in own.items()
    }
    return packed(layers, turn=np.asarray(state["turn"]), sharp=float(np.exp(state["sharp"])))


def descended(
    loss: Callable[..., Any],
    state: Any,
    given: Iterable[tuple[Any, ...]],
    steps: int,
    rates: dict[str, float],
) -> Any:
    """The state after a step of Adam over each of the batches that are given, `steps` in all; `rates` are those
    of its parts, as shares of RATE."""
    import jax
    import jax.numpy as jnp

    tree = jax.tree_util.tree_map

    @jax.jit  # type: ignore[untyped-decorator]
    def step(state: Any, first: Any, second: Any, given: Any, rate: float, number: float) -> Any:
        value, slope = jax.value_and_grad(loss)(state, *given)
        whole = jnp.sqrt(sum(jnp.sum(one * one) for one in jax.tree_util.tree_leaves(slope)))
        slope = tree(lambda one: one * jnp.minimum(1.0, 1.0 / whole), slope)
        first = tree(lambda old, new: 0.9 * old + 0.1 * new, first, slope)
        second = tree(lambda old, new: 0.99 * old + 0.01 * new * new, second, slope)
        moved = tree(
            lambda a, b: (a / (1 - 0.9**number)) / (jnp.sqrt(b / (1 - 0.99**number)) + 1e-8), first, second
        )
        of = {name: tree(lambda _, share=share: share * rate, state[name]) for name, share in rates.items()}
        return tree(lambda old, by, much: old - much * by, state, moved, of), first, second, value

    first, second, told = tree(jnp.zeros_like, state), tree(jnp.zeros_like, state), 0.0
    for number, batch in enumerate(given, 1):
        rate = RATE * min(1, number / 30) * max(0.05, 1 - number / steps)
        state, first, second, value = step(state, first, second, batch, rate, float(number))
        told = float(value) if number == 1 else 0.98 * told + 0.02 * float(value)
        if number % 50 == 0:
            print(f"step {number} of {steps}: loss {told:.3f}", flush=True)
    return state


class Trunk:
    """Hidden states of questions below the trained layers, by the built-in model in full precision."""

    def __init__(self, file: E5File, layers: int = LAYERS) -> None:
        """`layers` at the top are trained."""
        import jax
        import jax.numpy as jnp

        self._tokenizer, sizes = Tokenizer(file), file.sizes
        self._words = file.weights("emb.word", sizes.hidden).astype(np.float16)
        self._places = (
            file.floats("emb.pos").reshape(-1, sizes.hidden) + file.floats("emb.type")[: sizes.hidden]
        )
        below = [weights_of(file, number, file) for number in range(sizes.layers - layers)]
        weight, bias = file.floats("emb.ln.w"), file.floats("emb.ln.b")

        @jax.jit  # type: ignore[untyped-decorator]
        def run(rows: Any, mask: Any) -> Any:
            x = _normed(jnp, rows, weight, bias)
            for own in below:
                x = layer(jnp, x, mask, own)
            return x

        self._run = run

    def __call__(self, texts: Sequence[str]) -> list[Any]:
        """Of each text (length, d), cut at the longest size."""
        return self.of_ids([self._tokenizer.ids(f"query: {one}") for one in texts])

    def of_ids(self, pieces: Sequence[Sequence[int]]) -> list[Any]:
        """Of each text by its pieces (length, d), cut at the longest size."""
        ids = [[self._tokenizer.bos, *one[: SIZES[-1] - 2], self._tokenizer.eos] for one in pieces]
        found: list[Any] = [None] * len(ids)
        order = sorted(range(len(ids)), key=lambda one: len(ids[one]))
        for at in range(0, len(order), BATCH):
            some = order[at : at + BATCH]
            rows, mask = padded([self._words[ids[one]] + self._places[: len(ids[one])] for one in some])
            hidden = np.asarray(self._run(rows, mask)).astype(np.float16)
            for place, one in enumerate(some):
                found[one] = hidden[place, : len(ids[one])]
        return found


def opened(work: Path) -> tuple[Corpus, list[Any], Floats]:
    """The bundled corpus, its passages, and the vector of each (n, d)."""
    corpus, home = load_corpus(), IndexHome(work)
    embedder = BuiltInEmbedder(work / "cache")
    build_index(corpus, home, embedder)
    index = open_index(home, embedder)
    passages = list(index.passages())
    by_id: dict[str, Floats] = {}
    for language in index.vectors.languages:
        by_id |= dict(zip(*index.vectors.rows(language), strict=True))
    return corpus, passages, np.stack([by_id[one.id] for one in passages])


def save(path: Path, arrays: Any) -> None:
    np.savez_compressed(path, **arrays)
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    corpus, passages, vectors = opened(given.work)
    file = E5File(model_path())
    questions = Questions(corpus, passages, Trunk(file))
    every = list(range(len(questions.examples)))
    print(f"{len(every)} questions, {len(questions.places)} places", flush=True)
    save(TARGET, learn(questions, every, vectors, file))
    for group in range(LEFT_OUT):
        some = [one for one in every if group_of(questions.examples[one]) != group]
        save(given.work / f"encoder-without-{group}.npz", learn(questions, some, vectors, file))
    return 0


if __name__ == "__main__":
    sys.exit(main())
