"""The second stage: features of the candidate places, and a score learned on other collections.

The model is linear in the features and in products of features with what is known about the
question as a whole (its language, how much of it any candidate covers). evaluation/fit.py learned
the weights; they lie in weights.json with the figures of their cross-validation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

FEEDBACK = (5, 10)
"""How many of the best places speak for others (pseudo-relevance feedback)."""
_LEXICAL_PER_DENSE = 5.0
"""Weight of the BM25 share beside the calibrated cosine in the first guess."""


@dataclass(frozen=True)
class Candidates:
    """Candidate places, one value each, as the two legs see them.

    `similar` (m, m) holds calibrated cosines between the places; its diagonal is not read.
    `foreign` marks places without text in the question's language.
    """

    dense: Floats
    whole: Floats
    body: Floats
    names: Floats
    characters: Floats
    coverage: Floats
    name_coverage: Floats
    named: Floats
    foreign: npt.NDArray[np.bool_]
    similar: Floats
    chinese: bool


def features(candidates: Candidates) -> dict[str, Floats]:
    """Named features (m,) of every candidate; all finite."""
    dense, whole = candidates.dense, candidates.whole
    guess = dense + _LEXICAL_PER_DENSE * whole
    found = {
        "dense": dense,
        "body": candidates.body,
        "names": candidates.names,
        "characters": candidates.characters,
        "coverage": candidates.coverage,
        "name_coverage": candidates.name_coverage,
        "named": candidates.named**2,
        "dense_rank": _reciprocal_rank(dense),
        "lexical_rank": np.where(whole > 0, _reciprocal_rank(whole), np.float32(0)),
        "lexical_share": whole / max(float(whole.max(initial=0.0)), 1e-9),
        "unmatched": (whole <= 0).astype(np.float32),
        "near": _neighbours(guess, candidates.similar),
    }
    for count in FEEDBACK:
        found[f"feedback_{count}"] = _feedback(guess, candidates.similar, count)
    foreign = candidates.foreign.astype(np.float32)
    found |= {f"foreign*{name}": foreign * found[name] for name in _WITH_FOREIGN}
    found["foreign"] = foreign
    best_coverage = float(candidates.coverage.max(initial=0.0))
    for context, value in (("covered", best_coverage), ("chinese", float(candidates.chinese))):
        found |= {f"{context}*{name}": np.float32(value) * found[name] for name in _WITH_CONTEXT}
    return {name: np.asarray(values, np.float32) for name, values in found.items()}


_WITH_FOREIGN = ("dense", "feedback_5", "feedback_10", "near", "dense_rank")
_WITH_CONTEXT = (
    "dense", "body", "names", "coverage", "name_coverage", "named", "dense_rank", "lexical_rank",
    "lexical_share", "near", "feedback_5", "feedback_10",
)  # fmt: skip


def _reciprocal_rank(values: Floats) -> Floats:
    """1 / (10 + rank), rank from 0, equal values in order of place."""
    ranks = np.empty(len(values), np.float32)
    ranks[np.argsort(-values, kind="stable")] = np.arange(len(values))
    return 1.0 / (10.0 + ranks)


def _neighbours(guess: Floats, similar: Floats, count: int = 3) -> Floats:
    """Mean first guess of the places most like each place."""
    if len(guess) < 2:
        return np.zeros(len(guess), np.float32)
    both = similar + similar.T
    np.fill_diagonal(both, -np.inf)
    count = min(count, len(guess) - 1)
    nearest = np.argpartition(-both, count - 1, axis=1)[:, :count]
    return np.asarray(guess[nearest].mean(axis=1), np.float32)


def _feedback(guess: Floats, similar: Floats, count: int) -> Floats:
    """How like the best places each place is, by their weight; no place speaks for itself."""
    best = np.argsort(-guess, kind="stable")[:count]
    weights = np.exp(guess[best] - guess[best].max(initial=0.0)) if len(best) else guess[best]
    asked = similar[best].copy()
    asked[np.arange(len(best)), best] = 0.0
    others = np.full(len(guess), weights.sum(), np.float32)
    others[best] -= weights
    return np.where(others > 1e-6, weights @ asked / np.maximum(others, 1e-6), np.float32(0))


@cache
def learned_weights() -> Mapping[str, float]:
    """Weights by feature name, from weights.json beside this file."""
    stored = json.loads(files("retrieval").joinpath("weights.json").read_text("utf-8"))
    return {str(name): float(value) for name, value in stored["weights"].items()}


def score(found: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """Scores (m,), higher is better; a feature without weight does not count."""
    size = len(next(iter(found.values())))
    total = np.zeros(size, np.float64)
    for name in sorted(weights):
        total += weights[name] * found[name]
    return total.astype(np.float32)
