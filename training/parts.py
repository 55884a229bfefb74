"""How assistant/reading/parts.npz was learned: `python -m training.parts [--work DIR]`.

Each piece of a written message bears whether it begins a question, goes on with one or only tells; softmax
regression over hashed tokens, alone and with the vector of the piece, five folds by message for the figures
that are printed. Long questions of
training/data that ask one thing are learned too: which piece of theirs asks is what the model says so far.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from assistant.reading.parts import BITS, LABELS, Embed, PartModel, parts_of, piece_text, pieces, seen
from retrieval.embedding import BuiltInEmbedder
from training import examples

MESSAGES = Path(__file__).parent / "messages"
TARGET = Path(__file__).parent.parent / "assistant" / "reading" / "parts.npz"
FOLDS = 5
RIDGE = 0.1
LONG = 2
"""Pieces from which a question that asks one thing is learned from."""
SINGLE = 100
OF_CASES = 0.2
"""Weight of a message of training/cases, whose parts are what is answered apart, not all that is asked."""
TOKENS, VECTORS = 2.0, 4.0
"""How much the tokens of a piece and its vector weigh against the ridge."""

Message = dict[str, Any]
Floats = npt.NDArray[np.float64]


def read() -> list[Message]:
    """The messages of training/messages and training/cases: `q`, and `parts`, each with the span that asks
    first."""
    paths = sorted(MESSAGES.glob("*.jsonl"))
    own = [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]
    return [*own, *(one | {"weight": OF_CASES} for one in examples.messages())]


def labels(message: Message) -> list[int]:
    """The label of each piece."""
    text, at, spans = message["q"], 0, []
    for part in message["parts"]:
        start = text.index(part[0], at)
        at = start + len(part[0])
        spans.append((start, at))
    owners: list[int] = []
    for start, end in pieces(text):
        shared = [min(end, b) - max(start, a) for a, b in spans]
        best = int(np.argmax(shared))
        least = 0.5 * min(end - start, spans[best][1] - spans[best][0])
        owners.append(best if shared[best] > least else -1)
    return [2 if own < 0 else int(own in owners[:place]) for place, own in enumerate(owners)]


def single() -> list[str]:
    """Questions that ask one thing, told in several pieces."""
    long = [
        one.q
        for one in examples.read()
        if len(one.aspects) < 2 and one.op in ("find", "may", "rule") and not one.relation
        and one.source != "foreign" and len(pieces(one.q)) >= LONG
    ]  # fmt: skip
    order = np.random.default_rng(0).permutation(len(long))
    return [long[place] for place in order[:SINGLE]]


def learn(messages: Sequence[Message], alone: Sequence[str], embed: Embed) -> PartModel:
    """From messages, then from what that makes of questions that ask one thing."""
    labelled = [(one["q"], labels(one), one.get("weight", 1.0)) for one in messages]
    model = fit(labelled, embed)
    for text in alone:
        chances = model.chances(text, pieces(text), embed)
        own = [2] * len(chances)
        own[int(np.argmax(chances[:, 0]))] = 0
        labelled.append((text, own, 1.0))
    return fit(labelled, embed)


def fit(labelled: Sequence[tuple[str, list[int], float]], embed: Embed) -> PartModel:
    rows, vectors, wanted, weighed = [], [], [], []
    for text, own, weight in labelled:
        cut = pieces(text)
        rows += [seen(text, cut, place) for place in range(len(cut))]
        vectors += [embed(piece_text(text, span)) for span in cut]
        wanted += own
        weighed += [weight] * len(own)
    values = np.concatenate([np.full(len(row), TOKENS / np.sqrt(len(row))) for row in rows])
    starts = np.cumsum([0, *map(len, rows)])
    matrix = sparse.csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), 1 << BITS))
    target = np.eye(len(LABELS))[wanted]
    weights, bias = softmax_regression(matrix, target, np.array(weighed))
    centre = np.mean(vectors, axis=0)
    whole = sparse.hstack([matrix, sparse.csr_matrix((np.array(vectors) - centre) * VECTORS)]).tocsr()
    mixed, mixed_bias = softmax_regression(whole, target, np.array(weighed))
    width = 1 << BITS
    told = (TOKENS * weights, bias, TOKENS * mixed[:width], mixed_bias, VECTORS * mixed[width:], centre)
    return PartModel(*(np.asarray(one, np.float32) for one in told))


def softmax_regression(matrix: sparse.csr_matrix, target: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Weights (features, labels) and bias (labels,) with a ridge, of rows that weigh `weight` (n,)."""
    width, count = matrix.shape[1], target.shape[1]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[:-count].reshape(width, count), flat[-count:]
        scores = matrix @ weights + bias
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        likely /= likely.sum(axis=1, keepdims=True)
        pull = (likely - target) * weight[:, None]
        value = -(weight * np.log(np.maximum((likely * target).sum(axis=1), 1e-12))).sum()
        slope = np.concatenate([(matrix.T @ pull + RIDGE * weights).ravel(), pull.sum(axis=0)])
        return float(value + RIDGE / 2 * (weights**2).sum()), slope

    start = np.zeros((width + 1) * count)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 80})
    return found.x[:-count].reshape(width, count), found.x[-count:]


def figures(messages: Sequence[Message], alone: Sequence[str], embed: Embed) -> dict[str, str]:
    """Messages rightly taken for one or several questions, and with the right number of them, of all."""
    folds = np.random.default_rng(0).integers(0, FOLDS, len(messages))
    told = {(form, name): [0, 0] for form in ("tokens", "vectors") for name in ("one", "several", "number")}
    for fold in range(FOLDS):
        model = learn([one for one, own in zip(messages, folds, strict=True) if own != fold], alone, embed)
        for message in (one for one, own in zip(messages, folds, strict=True) if own == fold):
            true = len(message["parts"])
            for form, seeing in (("tokens", None), ("vectors", embed)):
                said = len(parts_of(message["q"], seeing, model=model).questions)
                kind = told[form, "several" if true > 1 else "one"]
                kind[0] += (said > 1) == (true > 1)
                kind[1] += 1
                told[form, "number"][0] += said == true
                told[form, "number"][1] += 1
    return {" ".join(name): f"{right} of {of} right" for name, (right, of) in told.items()}


def packed(weights: npt.NDArray[np.float32], name: str) -> dict[str, Any]:
    """Weights in eight bits with their scale."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
    prefix = "" if name == "weights" else f"{name}_"
    return {name: np.round(weights / scale).astype(np.int8), f"{prefix}scale": scale}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    embed = cache(BuiltInEmbedder(given.work / "cache").embed_query)
    messages, alone = read(), single()
    for name, line in figures(messages, alone, embed).items():
        print(f"{name}: {line}")
    model = learn(messages, alone, embed)
    arrays = packed(model.weights, "weights") | packed(model.mixed, "mixed")
    arrays |= {"bias": model.bias, "mixed_bias": model.mixed_bias}
    arrays |= {"dense": model.dense.astype(np.float16), "centre": model.centre}
    np.savez_compressed(TARGET, **arrays)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e3:.0f} kB, {len(messages)} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
