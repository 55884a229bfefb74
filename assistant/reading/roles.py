"""What each word of a question about a set is for, what bounds the set and what is asked of its members; and
whether a set is asked for.

The role encoder tells (`python -m training.role_encoder`); where another embedder is set than its own, a
linear model over the words and those around them (`python -m training.roles` learns roles.npz).
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
from retrieval.question_encoder import role_encoder

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
WHOLES = ("one", "set", "compare")
"""What a question asks for: one thing, a set, several things side by side."""
ABOUT = ("resource", "policy")
"""What a question is about: records of the catalogue, or rules."""
Encoded = Callable[[str], tuple[Floats, Floats, list[tuple[int, int]]] | None]
"""The pieces of a text as BuiltInEmbedder.embed_roles gives them; None in a form that lacks them."""


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
    whole: Mapping[str, float] | None = None
    """How likely the text asks for each of WHOLES; None where the words alone were read."""
    about: Mapping[str, float] | None = None
    """How likely it is about each of ABOUT, likewise."""

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
                out = bool(self.out[at:to].max() > 0.5)
                found.append(Span(ROLES[best[at]], self.text[start:end], start, end, out))
            at = to
        return tuple(found)

    def _inside(self, start: int, end: int) -> list[int]:
        return [place for place, (a, b) in enumerate(self.places) if a < end and b > start]

    def role(self, start: int, end: int) -> dict[Role, float]:
        """How likely the words at start..end play each role."""
        inside = self._inside(start, end)
        mean = self.roles[inside].mean(axis=0) if inside else np.eye(len(ROLES))[0]
        return {role: float(share) for role, share in zip(ROLES, mean, strict=True)}

    def ruled_out(self, start: int, end: int) -> float:
        """How likely what stands at start..end is ruled out: the word of it that is likeliest to be."""
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


def of_words(places: Sequence[tuple[int, int]], pieces: Sequence[tuple[int, int]], rows: Floats) -> Floats:
    """The mean of the rows (n, outputs) of the pieces of each word; zeros for a word without pieces."""
    found = np.zeros((len(places), rows.shape[1]), np.float32)
    for place, (start, end) in enumerate(places):
        own = [number for number, (a, b) in enumerate(pieces) if a < end and b > start]
        if own:
            found[place] = rows[own].mean(axis=0)
    return found


def _shares(scores: Floats) -> Floats:
    """Likelihoods from scores (…, n), by a softmax over the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True)) if scores.size else scores
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True) if scores.size else powers, np.float32)


def _chance(scores: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -30, 30))), np.float32)


@dataclass(frozen=True)
class PhraseModel:
    """What a phrase means out of a closed list of labels: `weights` (2 ** features.BITS, labels) and `bias`
    over hashed n-grams alone, and where it was learned with vectors too, `besides`: weights and bias that go
    with weights (d, labels) over the vector of the phrase less a centre (d,)."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    besides: tuple[Floats, Floats, Floats, Floats] | None = None

    def chances(self, phrase: str, vector: Floats | None = None) -> dict[str, float]:
        """By label; they sum to 1. `vector` None: of another embedder than it was learned with."""
        found = grams(phrase)
        weights, bias = self.weights, np.asarray(self.bias, np.float32)
        if vector is not None and self.besides is not None:
            weights, own, dense, centre = self.besides
            bias = np.asarray(own + (vector - centre) @ dense, np.float32)
        scores = weights[found].sum(axis=0) / np.sqrt(max(1, len(found))) + bias
        return dict(zip(self.labels, _shares(scores).tolist(), strict=True))


@dataclass(frozen=True)
class RoleModel:
    """`weights` (2 ** BITS, outputs) and `bias` (outputs,) over words alone; one output a role, and last that
    the word is ruled out."""

    weights: Floats
    bias: Floats

    def mark(self, text: str, encoded: Encoded | None = None) -> Marked:
        """`encoded` None: of words alone."""
        places = cut(text)
        made = encoded(text) if encoded is not None and places else None
        return self._of_words(text, places) if made is None else self._of_pieces(text, places, *made)

    def _of_words(self, text: str, places: Sequence[tuple[int, int]]) -> Marked:
        rows = []
        for place in range(len(places)):
            hashed = seen(text, places, place)
            rows.append(self.weights[hashed].sum(axis=0) / np.sqrt(len(hashed)) + self.bias)
        scores = np.array(rows, np.float32).reshape(len(places), len(self.bias))
        return Marked(text, tuple(places), _shares(scores[:, :-1]), _chance(scores[:, -1]))

    @staticmethod
    def _of_pieces(
        text: str,
        places: Sequence[tuple[int, int]],
        tokens: Floats,
        mean: Floats,
        pieces: Sequence[tuple[int, int]],
    ) -> Marked:
        heads = role_encoder()
        scores = tokens @ heads.floats("roles") + heads.floats("roles.b")
        roles = of_words(places, pieces, _shares(scores[:, :-1]))
        roles[:, 0] += 1 - roles.sum(axis=1)  # a word behind the window frames
        out = of_words(places, pieces, _chance(scores[:, -1:]))[:, 0]
        told = [
            dict(
                zip(
                    names,
                    _shares(mean @ heads.floats(head) + heads.floats(f"{head}.b")).tolist(),
                    strict=True,
                )
            )
            for head, names in (("whole", WHOLES), ("about", ABOUT))
        ]
        return Marked(text, tuple(places), roles, out, *told)


PHRASES = ("access", "aspects")
WHOLE = "whole"
"""The model of whole questions by their n-grams alone: WHOLES."""


def _phrase_model(arrays: Mapping[str, Any], name: str) -> PhraseModel:
    besides = None
    if f"{name}/mixed" in arrays:
        mixed = _unpacked(arrays, f"{name}/mixed", f"{name}/mixed_scale")
        bias, dense, centre = (np.asarray(arrays[f"{name}/{one}"], np.float32) for one in _BESIDES)
        besides = (mixed, bias, dense, centre)
    labels = tuple(map(str, arrays[f"{name}/labels"]))
    weights = _unpacked(arrays, f"{name}/weights", f"{name}/scale")
    return PhraseModel(labels, weights, arrays[f"{name}/bias"], besides)


def _unpacked(arrays: Mapping[str, Any], name: str, scale: str) -> Floats:
    return np.asarray(arrays[name].astype(np.float32) * arrays[scale], np.float32)


_BESIDES = ("mixed_bias", "dense", "centre")


@cache
def learned_roles() -> tuple[RoleModel, dict[str, PhraseModel]]:
    """The models in roles.npz beside this file: of words, and of phrases by PHRASES and WHOLE."""
    with files("assistant.reading").joinpath("roles.npz").open("rb") as file, np.load(file) as stored:
        phrases = {name: _phrase_model(stored, name) for name in (*PHRASES, WHOLE)}
        return RoleModel(_unpacked(stored, "words/weights", "words/scale"), stored["words/bias"]), phrases
