"""What each word of a question about a set is for: what bounds the set, and what is asked of its members.

A linear model over the words, those around them and, where the embedder is the one it was learned with, the
vector of each word in its context; `python -m training.roles` learns roles.npz from training/roles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from zlib import crc32

import numpy as np
import numpy.typing as npt

from assistant.reading.features import Floats, grams
from retrieval.analysis import normalise, words

Role = Literal["frame", "kind", "topic", "value", "access", "recorded", "asked", "other", "named"]
ROLES: tuple[Role, ...] = (
    "frame", "kind", "topic", "value", "access", "recorded", "asked", "other", "named",
)  # fmt: skip
"""frame: words of asking; kind: what one of the set is called; topic: what it is about; value: of a field,
as a place or a body; access: how it may be used; recorded: what its record must tell; asked: what is asked of
each; other: that those of the talk are not meant; named: a thing that is set beside others."""
BITS = 13
_PARTS = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]")
_HAN = re.compile(r"[\u3400-\u9fff]")
Contexts = Callable[[str], tuple[Floats, list[tuple[int, int]]] | None]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words of one role at start..end; `out` where what they say is ruled out."""

    role: Role
    text: str
    start: int
    end: int
    out: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with the words it is cut into, and how likely each plays each role (n, ROLES) and is ruled out
    (n,)."""

    text: str
    places: tuple[tuple[int, int], ...]
    roles: Floats
    out: Floats

    def spans(self) -> tuple[Span, ...]:
        """Runs of words of the same role, frame left out."""
        found: list[Span] = []
        best = self.roles.argmax(axis=1)
        at = 0
        while at < len(best):
            to = at + 1
            while to < len(best) and best[to] == best[at]:
                to += 1
            if best[at]:
                start, end = self.places[at][0], self.places[to - 1][1]
                out = bool(self.out[at:to].mean() > 0.5)
                found.append(Span(ROLES[best[at]], self.text[start:end], start, end, out))
            at = to
        return tuple(found)

    def summary(self) -> Floats:
        """How much of each role the text has (2 · ROLES + 1,): the most of any word, the sum, and that
        something is ruled out."""
        if not len(self.roles):
            return np.zeros(2 * len(ROLES) + 1, np.float32)
        bound = (self.out * (1 - self.roles[:, 0])).max()
        total = np.log1p(self.roles.sum(axis=0))
        return np.concatenate([self.roles.max(axis=0), total, [bound]]).astype(np.float32)

    def _inside(self, start: int, end: int) -> list[int]:
        return [place for place, (a, b) in enumerate(self.places) if a < end and b > start]

    def role(self, start: int, end: int) -> dict[Role, float]:
        """How likely the words at start..end play each role."""
        inside = self._inside(start, end)
        mean = self.roles[inside].mean(axis=0) if inside else np.eye(len(ROLES))[0]
        return {role: float(share) for role, share in zip(ROLES, mean, strict=True)}

    def ruled_out(self, start: int, end: int) -> float:
        """How likely what stands at start..end is ruled out."""
        inside = self._inside(start, end)
        return float(self.out[inside].mean()) if inside else 0.0

    def most_out(self, start: int, end: int) -> float:
        """How likely the word at start..end is ruled out that is likeliest to be."""
        return float(max((self.out[place] for place in self._inside(start, end)), default=0.0))


def cut(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand; marks are words of their own."""
    places: list[tuple[int, int]] = []
    at = 0
    for word in words(text):
        for part in _PARTS.finditer(word):
            places.append((at + part.start(), at + part.end()))
        at += len(word)
    return places


def seen(text: str, places: Sequence[tuple[int, int]], place: int) -> npt.NDArray[np.intp]:
    """Hashed features of one word among those around it."""

    def at(other: int) -> str:
        if not 0 <= other < len(places):
            return "<>"
        word = normalise(text[slice(*places[other])])
        return "0" if word.isdigit() else word

    own = at(place)
    found = [
        f"={own}",
        f"-1{at(place - 1)}",
        f"+1{at(place + 1)}",
        f"-2{at(place - 2)}",
        f"+2{at(place + 2)}",
    ]
    found += [f"-10{at(place - 1)}\t{own}", f"0+1{own}\t{at(place + 1)}"]
    found += [f"-2-1{at(place - 2)}\t{at(place - 1)}", f"+1+2{at(place + 1)}\t{at(place + 2)}"]
    found += [f"${own[-2:]}", f"^{own[:2]}"] if not _HAN.search(own) else [f"${own[-1]}", f"^{own[0]}"]
    found += [f"long{min(len(own), 6)}", f"first{place == 0}", f"last{place > len(places) - 3}"]
    return np.array(sorted({crc32(one.encode()) & ((1 << BITS) - 1) for one in found}), np.intp)


def in_context(places: Sequence[tuple[int, int]], contexts: tuple[Floats, list[tuple[int, int]]]) -> Floats:
    """The mean vector of the pieces of each word, of the word before and of that behind it (n, 3 d)."""
    vectors, pieces = contexts
    rows = np.zeros((len(places) + 2, vectors.shape[1]), np.float32)
    for place, (start, end) in enumerate(places, 1):
        own = [number for number, (a, b) in enumerate(pieces) if a < end and b > start]
        if own:
            rows[place] = vectors[own].mean(axis=0)
    return np.hstack([rows[1:-1], rows[:-2], rows[2:]])


@dataclass(frozen=True)
class PhraseModel:
    """What a phrase means out of a closed list of labels: `weights` (2 ** features.BITS, labels) over hashed
    n-grams alone, `mixed` beside `dense` (d, labels) over the vector of the phrase."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    mixed: Floats
    mixed_bias: Floats
    dense: Floats
    centre: Floats

    def chances(self, phrase: str, vector: Floats | None = None) -> dict[str, float]:
        """By label; they sum to 1. `vector` None: of another embedder than it was learned with."""
        hashed = grams(phrase)
        weights, bias = (self.weights, self.bias) if vector is None else (self.mixed, self.mixed_bias)
        scores = weights[hashed].sum(axis=0) / np.sqrt(max(1, len(hashed))) + bias
        if vector is not None:
            scores = scores + (vector - self.centre) @ self.dense
        powers = np.exp(scores - scores.max())
        return {label: float(value) for label, value in zip(self.labels, powers / powers.sum(), strict=True)}


@dataclass(frozen=True)
class RoleModel:
    """`weights` (2 ** BITS, outputs) and `bias` (outputs,) over words alone; `mixed` and `mixed_bias` go
    with `dense` (3 d, outputs) over vectors less their `centre` (3 d,). Outputs: one a role, and last that
    the word is ruled out."""

    weights: Floats
    bias: Floats
    mixed: Floats
    mixed_bias: Floats
    dense: Floats
    centre: Floats

    def mark(self, text: str, contexts: Contexts | None = None) -> Marked:
        """`contexts` gives the vectors of the pieces of a text, None where another embedder is set than the
        model was learned with."""
        places = cut(text)
        made = contexts(text) if contexts is not None and places else None
        weights, bias = (self.weights, self.bias) if made is None else (self.mixed, self.mixed_bias)
        rows = []
        for place in range(len(places)):
            hashed = seen(text, places, place)
            rows.append(weights[hashed].sum(axis=0) / np.sqrt(len(hashed)) + bias)
        scores = np.array(rows, np.float32).reshape(len(places), len(bias))
        if made is not None:
            scores += (in_context(places, made) - self.centre) @ self.dense
        roles, out = scores[:, :-1], scores[:, -1]
        powers = np.exp(roles - roles.max(axis=1, keepdims=True)) if len(roles) else roles
        chances = powers / powers.sum(axis=1, keepdims=True) if len(roles) else roles
        ruled = np.asarray(1 / (1 + np.exp(-np.clip(out, -30, 30))), np.float32)
        return Marked(text, tuple(places), chances, ruled)


PHRASES = ("access", "aspects")
WHOLE = "whole"
"""The model of whole questions: whether one asks for a set, compares, or asks of one thing; its vectors are
those of the embedder with the summary of the roles behind."""


def unpacked(arrays: Mapping[str, Any], name: str) -> list[Floats]:
    """weights, bias, mixed, mixed_bias, dense, centre of one model in a file."""
    return [
        arrays[f"{name}/weights"].astype(np.float32) * arrays[f"{name}/scale"],
        arrays[f"{name}/bias"],
        arrays[f"{name}/mixed"].astype(np.float32) * arrays[f"{name}/mixed_scale"],
        arrays[f"{name}/mixed_bias"],
        arrays[f"{name}/dense"].astype(np.float32),
        arrays[f"{name}/centre"],
    ]


@cache
def learned_roles() -> tuple[RoleModel, dict[str, PhraseModel]]:
    """The models in roles.npz beside this file: of words, and of phrases by PHRASES."""
    with files("assistant.reading").joinpath("roles.npz").open("rb") as file, np.load(file) as stored:
        phrases = {
            name: PhraseModel(tuple(map(str, stored[f"{name}/labels"])), *unpacked(stored, name))
            for name in (*PHRASES, WHOLE)
        }
        return RoleModel(*unpacked(stored, "words")), phrases
