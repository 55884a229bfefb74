"""The learned heads: what a question wants, of what, and how it leans on the talk.

Linear over the embedder's vector and hashed n-grams, so that a few thousand written examples suffice. The
weights lie in heads.npz; `python -m training.heads` makes them from training/data (see its model card).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from assistant.reading.features import Floats, grams

ASKED, UP = 0.55, 2.5
"""Likelihood to which the likeliest aspect of a known subject is raised, and by how much at most."""
EXTRA = 4
"""Numbers that the head of relations sees beside: see `relation_extra`."""


@dataclass(frozen=True)
class Head:
    """One set of labels: `exclusive` ones compete, others are each true or not."""

    labels: tuple[str, ...]
    exclusive: bool
    dense: Floats
    """(d, labels) for the vector."""
    sparse: Floats
    """(2 ** BITS, labels) for the n-grams."""
    extra: Floats
    """(EXTRA, labels)."""
    bias: Floats

    def probabilities(self, vector: Floats, hashed: Any, extra: Floats | None = None) -> dict[str, float]:
        """By label, from 0 to 1; exclusive ones sum to 1."""
        scores = vector @ self.dense + self.bias
        if len(hashed):
            scores = scores + self.sparse[hashed].sum(axis=0) / np.sqrt(len(hashed))
        if extra is not None:
            scores = scores + extra @ self.extra
        if self.exclusive:
            powers = np.exp(scores - scores.max())
            values = powers / powers.sum()
        else:
            values = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
        return {label: float(value) for label, value in zip(self.labels, values, strict=True)}


@dataclass(frozen=True)
class Heads:
    """All heads, for the vectors of one embedder; n-grams alone speak where another embedder is set."""

    operation: Head
    kind: Head
    aspects: Head
    access: Head
    type: Head
    relation: Head
    held: Head
    verdict: Head
    embedder: str

    def of(
        self, name: str, text: str, vector: Floats | None, extra: Floats | None = None
    ) -> dict[str, float]:
        """The probabilities of the head `name` for a text whose names are masked."""
        head: Head = getattr(self, name)
        seen = vector if vector is not None else np.zeros(len(head.dense), np.float32)
        return head.probabilities(seen, grams(text), extra)


def of_subject(aspects: Mapping[str, float]) -> dict[str, float]:
    """The likelihoods of aspects where something is asked of a known subject, however little a few words
    alone tell of what."""
    most = max((chance for one, chance in aspects.items() if one != "none"), default=0.0)
    by = min(ASKED / most, UP) if aspects.get("none", 0.0) < most < ASKED else 1.0
    return {one: chance if one == "none" else min(1.0, chance * by) for one, chance in aspects.items()}


def relation_extra(question: Floats | None, before: Floats | None, length: int, named: int) -> Floats:
    """Likeness to the question before, length in tokens, and whether a name stands in it."""
    like = float(question @ before) if question is not None and before is not None else 0.8
    return np.array([10 * (like - 0.85), min(length, 30) / 10, float(named > 0), 1.0], np.float32)


HEADS = ("operation", "kind", "aspects", "access", "type", "relation", "held", "verdict")


def pack(head: Head) -> dict[str, Any]:
    """Arrays of a head as they are stored: eight bits a weight, scaled by label."""
    scale = np.maximum(np.abs(head.sparse).max(axis=0), 1e-6) / 127
    return {
        "labels": np.array(head.labels),
        "exclusive": np.array(head.exclusive),
        "dense": head.dense.astype(np.float16),
        "sparse": np.round(head.sparse / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "extra": head.extra.astype(np.float32),
        "bias": head.bias.astype(np.float32),
    }


def unpack(arrays: dict[str, Any]) -> Head:
    return Head(
        tuple(str(one) for one in arrays["labels"]),
        bool(arrays["exclusive"]),
        arrays["dense"].astype(np.float32),
        arrays["sparse"].astype(np.float32) * arrays["scale"],
        arrays["extra"],
        arrays["bias"],
    )


@cache
def learned_heads() -> Heads:
    """The heads in heads.npz beside this file."""
    with files("assistant.reading").joinpath("heads.npz").open("rb") as file:
        return load_heads(file)


def load_heads(file: Any) -> Heads:
    """The heads of an open .npz file."""
    with np.load(file) as stored:
        found = {
            name: unpack(
                {key.split("/")[1]: stored[key] for key in stored.files if key.startswith(name + "/")}
            )
            for name in HEADS
        }
        return Heads(**found, embedder=str(stored["embedder"]))


def top(values: dict[str, float]) -> str:
    """The likeliest label."""
    return max(values, key=lambda one: values[one])
