"""How assistant/reading/parts.npz was learned: `python -m training.parts`.

Each piece of a written message bears whether it begins a question, goes on with one or only tells; softmax
regression over hashed tokens, five folds by message for the figures that are printed. Long questions of
training/data that ask one thing are learned too: which piece of theirs asks is what the model says so far.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from assistant.reading.parts import BITS, LABELS, PartModel, parts_of, pieces, seen
from training import examples

MESSAGES = Path(__file__).parent / "messages"
TARGET = Path(__file__).parent.parent / "assistant" / "reading" / "parts.npz"
FOLDS = 5
RIDGE = 0.1
LONG = 2
"""Pieces from which a question that asks one thing is learned from."""
SINGLE = 100

Message = dict[str, Any]
Floats = npt.NDArray[np.float64]


def read() -> list[Message]:
    """The messages of training/messages: `q`, and `parts` as (span that asks, aspects, operation)."""
    paths = sorted(MESSAGES.glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


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


def learn(messages: Sequence[Message], alone: Sequence[str]) -> PartModel:
    """From messages, then from what that makes of questions that ask one thing."""
    labelled = [(one["q"], labels(one)) for one in messages]
    model = fit(labelled)
    for text in alone:
        chances = model.chances(text, pieces(text))
        own = [2] * len(chances)
        own[int(np.argmax(chances[:, 0]))] = 0
        labelled.append((text, own))
    return fit(labelled)


def fit(labelled: Sequence[tuple[str, list[int]]]) -> PartModel:
    rows, wanted = [], []
    for text, own in labelled:
        cut = pieces(text)
        rows += [seen(text, cut, place) for place in range(len(cut))]
        wanted += own
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(len(row))) for row in rows])
    starts = np.cumsum([0, *map(len, rows)])
    matrix = sparse.csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), 1 << BITS))
    target = np.eye(len(LABELS))[wanted]
    count, width = len(LABELS), 1 << BITS

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[:-count].reshape(width, count), flat[-count:]
        scores = matrix @ weights + bias
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        likely /= likely.sum(axis=1, keepdims=True)
        pull = likely - target
        value = -np.log(np.maximum((likely * target).sum(axis=1), 1e-12)).sum()
        slope = np.concatenate([(matrix.T @ pull + RIDGE * weights).ravel(), pull.sum(axis=0)])
        return float(value + RIDGE / 2 * (weights**2).sum()), slope

    found = minimize(
        loss, np.zeros((width + 1) * count), jac=True, method="L-BFGS-B", options={"maxiter": 80}
    )
    weights = found.x[:-count].reshape(width, count).astype(np.float32)
    return PartModel(weights, found.x[-count:].astype(np.float32))


def main() -> int:
    messages, alone = read(), single()
    folds = np.random.default_rng(0).integers(0, FOLDS, len(messages))
    told = {"one": [0, 0], "several": [0, 0], "number": [0, 0]}
    for fold in range(FOLDS):
        model = learn([one for one, own in zip(messages, folds, strict=True) if own != fold], alone)
        for message, own in zip(messages, folds, strict=True):
            if own == fold:
                said, true = len(parts_of(message["q"], model).questions), len(message["parts"])
                name = "several" if true > 1 else "one"
                told[name][0] += (said > 1) == (true > 1)
                told[name][1] += 1
                told["number"][0] += said == true
                told["number"][1] += 1
    for name, (right, of) in told.items():
        print(f"{name}: {right} of {of} right")
    model = learn(messages, alone)
    scale = np.maximum(np.abs(model.weights).max(axis=0), 1e-6) / 127
    np.savez_compressed(
        TARGET, weights=np.round(model.weights / scale).astype(np.int8), scale=scale, bias=model.bias
    )
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e3:.0f} kB, {len(messages)} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
