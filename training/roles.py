"""How assistant/reading/roles.npz was learned: `python -m training.roles [--work DIR]`.

Each line of training/roles/*.txt is a question with its words marked: `{Wuhan|v}`, `{Beijing|!v}` where ruled
out; one file a language and hand. Linear regressions over the words alone, for embedders that the role encoder
was not made for, and over phrases; three folds by line for the figures that are printed. Each line is learned also with its spans exchanged for those of other lines of the
same role and language, so that no value is learned by heart.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from assistant.reading.features import BITS as GRAMS
from assistant.reading.features import grams
from assistant.reading.parts import Embed
from assistant.reading.roles import (
    BITS,
    PHRASES,
    ROLES,
    WHOLE,
    PhraseModel,
    Role,
    RoleModel,
    cut,
    seen,
)  # fmt: skip
from retrieval.embedding import BuiltInEmbedder
from training import examples
from training.examples import Example
from training.parts import packed

QUESTIONS = Path(__file__).parent / "roles"
TARGET = Path(__file__).parent.parent / "assistant" / "reading" / "roles.npz"
FOLDS = 3
RIDGE = 0.7
ROUNDS = 50
WORDS, VECTORS = 2.0, 0.1
"""How much the words and each number of the vectors weigh against the ridge."""
TURNS = 1
"""How often a line is learned with other spans."""
SINGLE = {"one": 1600, "set": 500, "compare": 500}
"""Questions of training/data of each kind that are learned from."""
NONE = "# none"
"""The line behind which questions look like sets and are none."""
LETTERS: dict[str, Role] = {
    "k": "kind", "t": "topic", "v": "value", "a": "access", "r": "recorded", "e": "asked", "x": "other",
    "n": "named",
}  # fmt: skip
_MARK = re.compile(r"\{([^{}|]+)\|(!?)([ktvarexn])\}")
Floats = npt.NDArray[np.float64]
Narrow = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Line:
    """The pieces of a question in order: text, role, ruled out."""

    pieces: tuple[tuple[str, Role, bool], ...]
    lang: str
    number: int
    alone: bool = False
    """It asks of one thing, and none of its words bounds a set."""
    hand: str = ""
    """Who wrote it."""

    @property
    def kind(self) -> str:
        """What it asks for, of WHOLES."""
        named = any(role == "named" and not out for _, role, out in self.pieces)
        return "one" if self.alone else "compare" if named else "set"

    @property
    def text(self) -> str:
        return "".join(piece[0] for piece in self.pieces)

    def labels(self) -> list[tuple[Role, bool]]:
        """Of each word."""
        found: list[tuple[Role, bool]] = []
        ends = np.cumsum([len(piece[0]) for piece in self.pieces])
        for start, end in cut(self.text):
            _, role, out = self.pieces[int(np.searchsorted(ends, (start + end) / 2, side="right"))]
            found.append((role, out))
        return found


def read() -> list[Line]:
    """The lines of training/roles."""
    found: list[Line] = []
    for path in sorted(QUESTIONS.glob("*.txt")):
        alone = False
        for line in path.read_text("utf-8").splitlines():
            if line == NONE:
                alone = True
                continue
            pieces: list[tuple[str, Role, bool]] = []
            at = 0
            for mark in _MARK.finditer(line):
                if line[at : mark.start()]:
                    pieces.append((line[at : mark.start()], "frame", False))
                pieces.append((mark[1], LETTERS[mark[3]], bool(mark[2])))
                at = mark.end()
            if line[at:]:
                pieces.append((line[at:], "frame", False))
            lang, _, hand = path.stem.partition("-")
            found.append(Line(tuple(pieces), lang, len(found), alone, hand))
    return found


def turned(lines: Sequence[Line], seed: int = 0) -> list[Line]:
    """The lines, and each TURNS times with other spans."""
    random = np.random.default_rng(seed)
    spans: dict[tuple[str, Role], list[str]] = {}
    for line in lines:
        for text, role, _ in line.pieces:
            if role in ("topic", "value", "kind", "named"):
                spans.setdefault((line.lang, role), []).append(text)
    made = list(lines)
    for line in lines:
        for _ in range(TURNS):
            pieces = []
            for text, role, out in line.pieces:
                others = spans.get((line.lang, role), [])
                swap = others and random.random() < 0.7
                pieces.append((others[random.integers(len(others))] if swap else text, role, out))
            made.append(replace(line, pieces=tuple(pieces)))
    return made


def regression(matrix: sparse.csr_matrix, dense: Floats, target: Floats) -> tuple[Floats, Floats, Floats]:
    """Weights (features, labels), weights of the vectors (d, labels) and bias (labels,), with a ridge; the last
    label is true or not, the others exclude each other."""
    width, depth, count = matrix.shape[1], dense.shape[1], target.shape[1]
    transposed = matrix.T.tocsr()

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(width + depth + 1, count)
        scores = matrix @ weights[:width] + dense @ weights[width:-1] + weights[-1]
        roles, out = scores[:, :-1], scores[:, -1]
        roles -= roles.max(axis=1, keepdims=True)
        likely = np.exp(roles)
        likely /= likely.sum(axis=1, keepdims=True)
        chance = 1 / (1 + np.exp(-np.clip(out, -30, 30)))
        pull = np.column_stack([likely, chance]) - target
        value = -np.log(np.maximum((likely * target[:, :-1]).sum(axis=1), 1e-12)).sum()
        value -= np.log(np.maximum(np.where(target[:, -1] > 0, chance, 1 - chance), 1e-12)).sum()
        slope = np.concatenate([transposed @ pull, dense.T @ pull, pull.sum(axis=0, keepdims=True)])
        slope[:-1] += RIDGE * weights[:-1]
        return float(value + RIDGE / 2 * (weights[:-1] ** 2).sum()), slope.ravel()

    start = np.zeros((width + depth + 1) * count)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    weights = found.x.reshape(width + depth + 1, count)
    return weights[:width], weights[width:-1], weights[-1]


def hashed(rows: Sequence[npt.NDArray[np.intp]], bits: int) -> tuple[sparse.csr_matrix, npt.NDArray[np.intp]]:
    """Features (n, used) of texts, and which of the 2 ** bits these are."""
    values = np.concatenate([np.full(len(row), WORDS / np.sqrt(len(row))) for row in rows])
    starts = np.cumsum([0, *map(len, rows)])
    matrix = sparse.csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), 1 << bits))
    used = np.flatnonzero(np.asarray((matrix != 0).sum(axis=0)).ravel())
    return matrix[:, used].tocsr(), used


def fit(lines: Sequence[Line]) -> RoleModel:
    """Of words alone."""
    rows, wanted = [], []
    for line in lines:
        text = line.text
        places = cut(text)
        rows += [seen(text, places, place) for place in range(len(places))]
        wanted += [[*(float(role == one) for one in ROLES), float(out)] for role, out in line.labels()]
    matrix, used = hashed(rows, BITS)
    weights, _, bias = regression(matrix, np.zeros((len(rows), 0)), np.array(wanted))
    whole = np.zeros((1 << BITS, weights.shape[1]), np.float32)
    whole[used] = WORDS * weights
    return RoleModel(whole, np.asarray(bias, np.float32))


def phrases(name: str) -> list[tuple[str, str]]:
    """(phrase, label) of training/phrases."""
    found: list[tuple[str, str]] = []
    for line in (QUESTIONS.parent / "phrases" / f"{name}.txt").read_text("utf-8").splitlines():
        label, said = line.split("\t")
        found += [(phrase, label) for phrase in said.split("|")]
    return found


def fit_phrases(said: Sequence[tuple[str, str]], embed: Embed | None) -> PhraseModel:
    """`embed` None: by their n-grams alone."""
    labels = tuple(sorted({label for _, label in said}))
    matrix, used = hashed([grams(phrase) for phrase, _ in said], GRAMS)
    target = np.array([[*(float(label == one) for one in labels), 0.0] for _, label in said])

    def weights_of(beside: Floats) -> tuple[Narrow, Narrow, Floats]:
        weights, mixed, bias = regression(matrix, beside, target)
        whole = np.zeros((1 << GRAMS, len(labels)))
        whole[used] = WORDS * weights[:, :-1]
        return whole.astype(np.float32), np.asarray(bias[:-1], np.float32), mixed[:, :-1]

    alone = weights_of(np.zeros((len(said), 0)))
    if embed is None:
        return PhraseModel(labels, *alone[:2])
    dense = np.array([embed(phrase) for phrase, _ in said], float)
    centre, scale = dense.mean(axis=0), VECTORS / (dense.std(axis=0) + 1e-6)
    whole, bias, mixed = weights_of((dense - centre) * scale)
    besides = (whole, bias, np.asarray(scale[:, None] * mixed, np.float32), np.asarray(centre, np.float32))
    return PhraseModel(labels, *alone[:2], besides)


def others() -> list[Example]:
    """Questions of training/data: SINGLE at most of those that ask for each of WHOLES."""
    some = [
        one  # what Kewen is asked of itself may be a set: "how many policies do you hold"
        for one in examples.read()
        if one.source != "foreign" and one.op != "about" and not one.relation and not one.before
    ]
    found: list[Example] = []
    left = dict(SINGLE)
    for one in (some[place] for place in np.random.default_rng(0).permutation(len(some))):
        if left[asked_for(one)]:
            left[asked_for(one)] -= 1
            found.append(one)
    return found


def asked_for(example: Example) -> str:
    """What a question of training/data asks for, of WHOLES."""
    return "set" if example.op in ("list", "count") else "compare" if example.op == "compare" else "one"


def figures(lines: Sequence[Line]) -> str:
    """Words with the right role and side, and questions all of whose words have both, by words alone."""
    folds = np.random.default_rng(0).integers(0, FOLDS, len(lines))
    words: list[bool] = []
    questions: list[bool] = []
    for fold in range(FOLDS):
        model = fit(turned([one for one in lines if folds[one.number] != fold]))
        for line in (one for one in lines if folds[one.number] == fold):
            marked = model.mark(line.text)
            best = [ROLES[one] for one in marked.roles.argmax(axis=1)]
            right = [
                role == said and (role == "frame" or out == (ruled > 0.5))
                for (role, out), said, ruled in zip(line.labels(), best, marked.out, strict=True)
            ]
            words += right
            questions.append(all(right))
    return (
        f"words {np.mean(words):.3f} of {len(words)}, questions {np.mean(questions):.3f} of {len(questions)}"
    )


def phrase_figures(said: Sequence[tuple[str, str]], embed: Embed | None) -> str:
    """Phrases with the right label, over the folds."""
    folds = np.random.default_rng(0).integers(0, FOLDS, len(said))
    right = 0
    for fold in range(FOLDS):
        model = fit_phrases([one for one, own in zip(said, folds, strict=True) if own != fold], embed)
        for (phrase, label), own in zip(said, folds, strict=True):
            if own == fold:
                chances = model.chances(phrase, embed(phrase) if embed else None)
                right += max(chances, key=lambda one: chances[one]) == label
    return f"{right} of {len(said)} right ({right / len(said):.3f})"


def stored(model: RoleModel | PhraseModel, name: str) -> dict[str, Any]:
    """The arrays of a model, under its name."""
    arrays = packed(model.weights, "weights") | {"bias": model.bias}
    if isinstance(model, PhraseModel):
        arrays["labels"] = np.array(model.labels)
        if model.besides is not None:
            mixed, bias, dense, centre = model.besides
            arrays |= packed(mixed, "mixed") | {"mixed_bias": bias}
            arrays |= {"dense": dense.astype(np.float16), "centre": centre}
    return {f"{name}/{key}": value for key, value in arrays.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    parser.add_argument("--quick", action="store_true", help="leave the figures out")
    given = parser.parse_args(arguments)
    embed = cache(BuiltInEmbedder(given.work / "cache").embed_query)
    lines = read()
    whole = [*((one.text, one.kind) for one in lines), *((one.q, asked_for(one)) for one in others())]
    if not given.quick:
        print(figures(lines), flush=True)
        for name in PHRASES:
            print(f"{name}: phrases {phrase_figures(phrases(name), embed)}", flush=True)
        print(f"{WHOLE}: questions {phrase_figures(whole, None)}", flush=True)
    arrays = stored(fit(turned(lines)), "words") | stored(fit_phrases(whole, None), WHOLE)
    for name in PHRASES:
        arrays |= stored(fit_phrases(phrases(name), embed), name)
    np.savez_compressed(TARGET, **arrays)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e3:.0f} kB, {len(lines)} questions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
