"""How retrieval/statement_encoder.npz was learned: `python -m training.statement_encoder [--work DIR]`.

The top layers of the question encoder are trained further on questions of which it is known which statements
of a record answer them (training/statements), and on those of training/data, of which only the field is known,
with a matrix over the vectors of statements, which stay as they are: of all statements of its record those
become likely that answer a question. About 15 minutes on two cores; needs jax.

With --figures it learns without some hands' questions and tells what it makes of those; the encoder is kept in
DIR as statement-encoder-without.npz.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Resource
from corpus.statements import Words, statements_of
from retrieval.e5_file import E5File, model_path
from retrieval.embedding import BuiltInEmbedder
from retrieval.question_encoder import EncoderFile, packed, question_encoder
from retrieval.statements import to_embed
from training.encoder import BATCH, Trunk, batches, descended, layer, padded, save, weights_of
from training.examples import as_typed, read, usable
from training.memory import keys_of

ASKED = Path(__file__).parent / "statements"
TARGET = Path(__file__).parent.parent / "retrieval" / "statement_encoder.npz"
WITHOUT_FILE = "statement-encoder-without.npz"
LAYERS, EPOCHS = 3, 4
OF_FIELDS = 1200
"""Questions of which only the field is known that are learned from, of all that there are."""
WEIGHT = 3.0
"""What a question counts of which the statements are known, where one of which the field is known counts 1."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Asked:
    """A question, its record, and the places (field, number) of the statements that answer; `exact` where each
    of them does, not only one of them."""

    q: str
    record: str
    answers: frozenset[tuple[str, int]]
    exact: bool
    source: str


class Places:
    """All statements of the resources of the bundled corpus: a place is a record, a field and a number."""

    def __init__(self, embedder: BuiltInEmbedder) -> None:
        words = Words(load_vocabulary())
        self.numbers: dict[tuple[str, str, int], int] = {}
        of, texts = [], []
        for record in load_corpus():
            for one in statements_of(record, words) if isinstance(record, Resource) else ():
                of.append(self.numbers.setdefault((record.id, one.field, one.number), len(self.numbers)))
                texts.append(to_embed(one))
        self.of_vector = np.array(of, np.int32)
        self.vectors: Floats = np.concatenate(
            [embedder.embed_passages(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        )
        self.by_record: dict[str, list[int]] = {}
        for (record_id, *_), number in self.numbers.items():
            self.by_record.setdefault(record_id, []).append(number)

    def of_field(self, record: str, field: str) -> list[tuple[str, int]]:
        """The places of a field of a record."""
        return [(own, number) for id_, own, number in self.numbers if (id_, own) == (record, field)]


def asked(places: Places) -> Iterator[Asked]:
    """All questions about one record, those of training/statements first."""
    for path in sorted(ASKED.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            told = json.loads(line)
            answers = (
                (field, int(number)) for field, _, number in (a.partition("#") for a in told["answers"])
            )
            known = frozenset(one for one in answers if (told["record"], *one) in places.numbers)
            if known:
                yield Asked(told["q"], told["record"], known, True, path.stem)
    rest = [*usable(), *as_typed(read())]
    left = OF_FIELDS
    for one in (rest[at] for at in np.random.default_rng(0).permutation(len(rest))):
        keys = [key for key in keys_of(one) if key[0] in places.by_record]
        records = {record for record, _ in keys}
        if len(records) == 1 and one.held == "yes" and one.source != "foreign":
            record = records.pop()
            found = frozenset(place for _, field in keys for place in places.of_field(record, field))
            if found and left:
                left -= 1
                yield Asked(one.whole, record, found, len(found) == len(keys), one.source)


@dataclass
class Learning:
    """Questions, and of each the states (length, d) below the trained layers."""

    asked: list[Asked]
    hidden: list[Any]


def learn(
    learning: Learning, chosen: Sequence[int], places: Places, file: E5File, begin: EncoderFile
) -> dict[str, npt.NDArray[np.generic]]:
    """An encoder as it is stored, after EPOCHS rounds of Adam over the questions chosen."""
    import jax
    import jax.numpy as jnp

    tree = jax.tree_util.tree_map
    count, numbers = len(places.numbers), jnp.asarray(places.of_vector)
    trained = range(file.sizes.layers - LAYERS, file.sizes.layers)
    state = tree(
        jnp.asarray,
        {
            "layers": {str(number): weights_of(file, number, begin) for number in trained},
            "turn": begin.turn,
            "sharp": np.log(30.0),
        },
    )

    def loss(state: Any, rows: Any, mask: Any, right: Any, within: Any, exact: Any, weight: Any) -> Any:
        x = rows
        for number in sorted(state["layers"], key=int):
            x = layer(jnp, x, mask, state["layers"][number])
        pooled = (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        pooled = pooled / jnp.linalg.norm(pooled, axis=-1, keepdims=True)
        turned = places.vectors @ state["turn"]
        turned = turned / jnp.linalg.norm(turned, axis=-1, keepdims=True)
        nearest = jax.ops.segment_max((pooled @ turned.T).T, numbers, count).T
        logits = nearest * jnp.exp(state["sharp"]) + (1 - within) * -1e4
        likely = jax.nn.log_softmax(logits, -1)
        any_right = jnp.log(jnp.sum(jnp.exp(likely) * right, -1) + 1e-9)
        each_right = (likely * right).sum(-1) / right.sum(-1)
        told = jnp.where(exact, (any_right + each_right) / 2, any_right)
        return -(told * weight).sum() / weight.sum()

    def given() -> Iterator[tuple[Any, ...]]:
        random = np.random.default_rng(0)
        for _ in range(EPOCHS):
            for some in batches(learning.hidden, chosen, random):
                right, within = np.zeros((BATCH, count), np.float32), np.zeros((BATCH, count), np.float32)
                for row, one in enumerate(some):
                    question = learning.asked[one]
                    within[row, places.by_record[question.record]] = 1
                    right[row, [places.numbers[question.record, *answer] for answer in question.answers]] = 1
                exact = np.array([learning.asked[one].exact for one in some])
                weight = np.array([_weight(learning.asked[one]) for one in some], np.float32)
                yield *padded([learning.hidden[one] for one in some]), right, within, exact, weight

    steps = EPOCHS * sum(1 for _ in batches(learning.hidden, chosen, np.random.default_rng(0)))
    state = descended(loss, state, given(), steps, {"layers": 1.0, "turn": 2.0, "sharp": 20.0})
    layers = {
        f"l{number}.{name}": np.asarray(value)
        for number, own in state["layers"].items()
        for name, value in own.items()
    }
    return packed(layers, turn=np.asarray(state["turn"]), sharp=float(np.exp(state["sharp"])))


def _weight(one: Asked) -> float:
    return WEIGHT if (ASKED / f"{one.source}.jsonl").is_file() else 1.0


def figures(
    learning: Learning, chosen: Sequence[int], arrays: dict[str, Any], places: Places, file: E5File
) -> str:
    """Of these questions the share whose first statement answers, and whose first two hold one that does."""
    import jax.numpy as jnp

    encoder = encoder_of(arrays)
    turned = places.vectors @ encoder.turn
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    own = {number: weights_of(file, number, encoder) for number in encoder.layers}
    first = second = 0
    for one in chosen:
        rows, mask = padded([learning.hidden[one]])
        x = jnp.asarray(rows)
        for number in sorted(own):
            x = layer(jnp, x, mask, own[number])
        pooled = np.asarray((x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True))[0]
        likeness = turned @ (pooled / np.linalg.norm(pooled))
        question = learning.asked[one]
        best = np.full(len(places.numbers), -np.inf)
        np.maximum.at(best, places.of_vector, likeness)
        order = sorted(places.by_record[question.record], key=lambda place: -best[place])
        right = {places.numbers[question.record, *answer] for answer in question.answers}
        first += order[0] in right
        second += bool(right & set(order[:2]))
    return f"{len(chosen)} questions: first {first / len(chosen):.3f}, first two {second / len(chosen):.3f}"


def encoder_of(arrays: dict[str, Any]) -> EncoderFile:
    """An encoder as it would be read from its file."""
    stored = BytesIO()
    np.savez_compressed(stored, **arrays)
    stored.seek(0)
    return EncoderFile(stored)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    parser.add_argument("--figures", nargs="+", default=[], help="the hands that are left out and judged")
    given = parser.parse_args(arguments)
    places = Places(BuiltInEmbedder(given.work / "cache"))
    file, questions = E5File(model_path()), list(asked(places))
    learning = Learning(questions, Trunk(file, LAYERS)([one.q for one in questions]))
    every = list(range(len(questions)))
    print(f"{len(every)} questions, {len(places.numbers)} statements", flush=True)
    some = [one for one in every if questions[one].source not in given.figures]
    arrays = learn(learning, some, places, file, question_encoder())
    if given.figures:
        left = [one for one in every if questions[one].source in given.figures]
        print(figures(learning, left, arrays, places, file))
        save(given.work / WITHOUT_FILE, arrays)
    else:
        save(TARGET, arrays)
    return 0


if __name__ == "__main__":
    sys.exit(main())
