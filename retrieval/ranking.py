"""The second stage: features of the candidate places, and a score learned on other collections.

The model is a linear one with a small hidden layer beside it, so that what is known about the
question as a whole (its language, how much of it any candidate covers) can shift what the features
of a place are worth. evaluation/fit.py learned it; it lies in weights.json with the figures of its
cross-validation.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

FEEDBACK = (5, 10)
"""How many of the best places speak for others (pseudo-relevance feedback)."""
ADAPTED_SCALE = 30.0
"""Brings the adapter's products, of the order of 0.01, to the size of scores."""
_LEXICAL_PER_DENSE = 5.0
"""Weight of the BM25 share beside the calibrated cosine in the first guess."""


@dataclass(frozen=True)
class Candidates:
    """Candidate places, one value each, as the two legs see them.

    `dense` is that of the nearest passage, `lead` that of the text itself or its first piece.
    `similar` (m, m) holds calibrated cosines between the places; its diagonal is not read.
    `likeness` is what `TermTable.likeness` gives. `foreign` marks places without text in the
    question's language. `asks` is false for a title or key words; `terms` counts the content terms.
    """

    dense: Floats
    lead: Floats
    whole: Floats
    body: Floats
    names: Floats
    characters: Floats
    coverage: Floats
    name_coverage: Floats
    named: Floats
    likeness: Floats
    foreign: npt.NDArray[np.bool_]
    similar: Floats
    chinese: bool
    asks: bool
    terms: int


def features(candidates: Candidates) -> dict[str, Floats]:
    """Named features (m,) of every candidate; all finite."""
    dense, whole = candidates.dense, candidates.whole
    guess = first_guess(dense, whole)
    found = {
        "dense": dense,
        "lead": candidates.lead,
        "body": candidates.body,
        "names": candidates.names,
        "characters": candidates.characters,
        "likeness": _standardised(candidates.likeness),
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
    found |= {name: np.full(len(dense), value) for name, value in _context(candidates).items()}
    return {name: np.asarray(values, np.float32) for name, values in found.items()}


_WITH_FOREIGN = ("dense", "feedback_5", "feedback_10", "near", "dense_rank")


def _context(candidates: Candidates) -> dict[str, float]:
    """What is known of the question as a whole: the same for all its candidates."""
    order = np.argsort(-candidates.dense, kind="stable")
    best = candidates.dense[order]
    share = candidates.whole / max(float(candidates.whole.max(initial=0.0)), 1e-9)
    return {
        "q_chinese": float(candidates.chinese),
        "q_asks": float(candidates.asks),
        "q_terms": float(np.log1p(candidates.terms)),
        "q_mixed": float(candidates.foreign.any()),
        "q_covered": float(candidates.coverage.max(initial=0.0)),
        "q_matched": float(candidates.body.max(initial=0.0)),
        "q_named": float(candidates.named.max(initial=0.0)),
        "q_dense": float(best[0]),
        "q_gap": float(best[0] - best[min(9, len(best) - 1)]),
        "q_agreement": float(share[order[:5]].mean()),
    }


def first_guess(dense: Floats, whole: Floats) -> Floats:
    """What the places are worth before feedback: calibrated cosine and BM25 share."""
    return dense + np.float32(_LEXICAL_PER_DENSE) * whole


def most_likely(guess: Floats, count: int) -> tuple[npt.NDArray[np.intp], Floats]:
    """Positions of the best by first guess and how much each of them may say."""
    best = np.argsort(-guess, kind="stable")[:count]
    return best, np.exp((guess[best] - guess[best].max(initial=-np.inf)) / 2)


def _standardised(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / (values.std() + 1e-6), np.float32)


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


@dataclass(frozen=True)
class Adapter:
    """A linear map of questions, learned from questions and what answers them: lay words to the
    language of rules and records. It is for what `analysis.asks` calls a question: on titles and key
    words, which already speak that language, it does harm. `matrix` is (d, d); `space` begins the
    names of the embedders it fits.
    """

    space: str
    matrix: Floats

    def fits(self, embedder: str, dimensions: int) -> bool:
        """Whether vectors of this embedder are those it was learned on."""
        return embedder.startswith(self.space) and dimensions == len(self.matrix)

    def score(self, question: Floats, centred: Floats) -> Floats:
        """What it adds to the scores (m,): passages (m, d) minus the mean of their language."""
        return np.asarray(ADAPTED_SCALE * (centred @ (question @ self.matrix)), np.float32)

    def to_json(self) -> dict[str, object]:
        """Bytes of one quantised value each, in base64."""
        step = float(np.abs(self.matrix).max()) / 127 or 1.0
        whole = np.rint(self.matrix / step).astype(np.int8)
        return {"space": self.space, "step": step, "int8": base64.b64encode(whole.tobytes()).decode()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Adapter:
        whole = np.frombuffer(base64.b64decode(stored["int8"]), np.int8)
        side = round(len(whole) ** 0.5)
        return cls(stored["space"], whole.reshape(side, side).astype(np.float32) * np.float32(stored["step"]))


@dataclass(frozen=True)
class Model:
    """Features to a score: a linear part and one small hidden layer, on standardised inputs; beside
    it the adapter, None where there is none.

    `inputs` names the features (f); `hidden` is (f, h), `output` (h,), `linear` (f,).
    """

    inputs: tuple[str, ...]
    adapter: Adapter | None
    mean: Floats
    spread: Floats
    linear: Floats
    hidden: Floats
    bias: Floats
    output: Floats
    clip: float = math.inf
    """Deviations from the mean at which an input is cut."""

    def score(self, found: Mapping[str, Floats]) -> Floats:
        """Scores (m,) of the candidates with these features, higher is better."""
        return self.score_rows(np.stack([found[name] for name in self.inputs], axis=1))

    def score_rows(self, values: Floats) -> Floats:
        """As `score`, for rows (m, f) in the order of `inputs`; NaN is taken for the mean."""
        standard = np.nan_to_num((values - self.mean) / self.spread).clip(-self.clip, self.clip)
        layer = np.tanh(standard @ self.hidden + self.bias)
        return np.asarray(standard @ self.linear + layer @ self.output, np.float32)

    def to_json(self) -> dict[str, object]:
        """What `from_json` reads, rounded to what matters."""
        stored: dict[str, object] = {"inputs": list(self.inputs)}
        if self.adapter is not None:
            stored["adapter"] = self.adapter.to_json()
        if self.clip != math.inf:
            stored["clip"] = self.clip
        for name in _ARRAYS:
            stored[name] = np.round(getattr(self, name).astype(np.float64), 5).tolist()
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Model:
        arrays = {name: np.array(stored[name], np.float32) for name in _ARRAYS}
        adapter = Adapter.from_json(stored["adapter"]) if "adapter" in stored else None
        # Without a hidden layer there is no row of it to tell how many inputs there are.
        arrays["hidden"] = arrays["hidden"].reshape(len(stored["inputs"]), -1)
        clip = float(stored.get("clip", math.inf))
        return cls(inputs=tuple(map(str, stored["inputs"])), adapter=adapter, clip=clip, **arrays)


_ARRAYS = ("mean", "spread", "linear", "hidden", "bias", "output")


@cache
def learned_model() -> Model:
    """The model in weights.json beside this file."""
    stored = json.loads(files("retrieval").joinpath("weights.json").read_text("utf-8"))
    return Model.from_json(stored["model"])
