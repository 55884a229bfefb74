"""Written questions whose answer is known: what is asked much like one of them is likely answered there too.

`python -m training.memory` makes asked.npz from training/data: of each question its vector by the question
encoder in eight bits, its terms, and the places that its evidence names. Two questions are alike by the
cosine of their vectors and, less, by that of their terms, weighed by how few questions say them. Places that
this corpus has not, or its asker may not see, are passed over.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import IO, Literal, get_args
from zlib import crc32

import numpy as np
import numpy.typing as npt

from assistant.reading.features import Floats, runs, tokens

NEAR = 60
"""Written questions that are looked at."""
TERMS = 0.3
"""What likeness of terms counts beside that of vectors."""
STEEP = 0.08
"""Likeness behind the nearest at which a question's voice falls to 1/e."""

Held = Literal["yes", "not_recorded", "no_such_thing", "not_ours"]
HELD: tuple[Held, ...] = get_args(Held)
"""Whether the corpus holds an answer."""

Key = tuple[str, str]
"""Record id, and the field of a resource or the `no` of an article."""

Together = Mapping[Key, Mapping[Key, float]]
"""For each place that written questions name: in which share of those others are named beside it."""
_FEW = 8
"""Places from which a written question tells nothing of which belong together."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A place that written questions name: likeness of the nearest of them, and the share of all near ones
    that name it, the nearer the more."""

    like: float
    share: float


@dataclass(frozen=True, slots=True)
class Recall:
    """What is remembered of one question: `places` by share, most first, and for how many of the near ones
    an answer was held, by Held, the nearer the more."""

    places: Mapping[Key, Remembered]
    held: Mapping[str, float]


NOTHING = Recall({}, {})


@dataclass(frozen=True)
class Memory:
    """`rows` (n, d) are unit vectors; question i answers at keys[places[starts[i]:starts[i + 1]]] and says
    known[said[said_starts[i]:said_starts[i + 1]]]."""

    embedder: str
    rows: Floats
    keys: tuple[Key, ...]
    places: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    sources: npt.NDArray[np.uint8]
    names: tuple[str, ...]
    held: npt.NDArray[np.uint8]
    """Position in HELD of what the corpus held for each question."""
    known: npt.NDArray[np.uint32]
    said: npt.NDArray[np.int32]
    said_starts: npt.NDArray[np.int32]

    def near(
        self, question: Floats, text: str, records: Container[str], without: str | None = None
    ) -> Recall:
        """What near questions tell of a question; `without` leaves one file of them out."""
        likes = self.rows @ question + TERMS * self._by_terms(text)
        if without in self.names:
            likes = np.where(self.sources == self.names.index(without), np.float32(-1), likes)
        best: dict[Key, float] = {}
        voices: dict[Key, float] = {}
        told = dict.fromkeys(HELD, 0.0)
        nearest = np.argsort(-likes, kind="stable")[:NEAR]
        for row in nearest:
            voice = float(np.exp((likes[row] - likes[nearest[0]]) / STEEP))
            told[HELD[self.held[row]]] += voice
            for place in self.places[self.starts[row] : self.starts[row + 1]]:
                key = self.keys[place]
                if key[0] in records:
                    best.setdefault(key, float(likes[row]))
                    voices[key] = voices.get(key, 0.0) + voice
        whole, all_told = sum(voices.values()), sum(told.values())
        order = sorted(voices, key=lambda key: -voices[key])
        return Recall(
            {key: Remembered(best[key], voices[key] / whole) for key in order},
            {name: value / all_told for name, value in told.items()},
        )

    @cached_property
    def together(self) -> Together:
        """Which places answer together."""
        pairs: dict[Key, Counter[Key]] = defaultdict(Counter)
        for start, end in zip(self.starts, self.starts[1:], strict=False):
            named = [self.keys[place] for place in self.places[start:end]]
            for one in named if len(named) <= _FEW else ():
                pairs[one].update(named)
        return {
            one: {other: count / (told[one] + 2) for other, count in told.items() if other != one}
            for one, told in pairs.items()
        }

    def says(self, word: str) -> bool:
        """True where several written questions say a word."""
        asked = terms(word)
        return bool(len(asked)) and bool(np.isin(asked, self.known, assume_unique=True).all())

    def _by_terms(self, text: str) -> Floats:
        """Cosine (n,) of the terms of each written question with those of a text."""
        postings, starts, weights, lengths = self._postings
        asked = terms(text)
        at = np.minimum(np.searchsorted(self.known, asked), len(self.known) - 1)
        shared = at[self.known[at] == asked]
        found = np.zeros(len(self.rows), np.float32)
        for term in shared:
            found[postings[starts[term] : starts[term + 1]]] += weights[term] ** 2
        length = float(np.sqrt((weights[shared] ** 2).sum()))
        return np.asarray(found / np.maximum(lengths * length, 1e-6), np.float32)

    @cached_property
    def _postings(
        self,
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], Floats, Floats]:
        """Questions by term, where each term's begin, weights by term, and the length of each question."""
        rows = np.repeat(np.arange(len(self.rows), dtype=np.int32), np.diff(self.said_starts))
        order = np.argsort(self.said, kind="stable")
        counts = np.bincount(self.said, minlength=len(self.known))
        weights = (np.log((1 + len(self.rows)) / (1 + counts)) + 1).astype(np.float32)
        squares = np.bincount(rows, weights[self.said] ** 2, minlength=len(self.rows))
        return rows[order], np.cumsum([0, *counts]), weights, np.sqrt(squares).astype(np.float32)


def terms(text: str) -> npt.NDArray[np.uint32]:
    """Hashes of 1 to 3 tokens in a row, each once, in order."""
    pieces = {"\t".join(run) for run in runs(tokens(text), 1, 2, 3)}
    return np.array(sorted(crc32(one.encode()) for one in pieces), np.uint32)


@cache
def written_questions() -> Memory:
    """Those in asked.npz beside this file."""
    with files("assistant.finding").joinpath("asked.npz").open("rb") as file:
        return load_memory(file)


def load_memory(file: IO[bytes]) -> Memory:
    """The written questions of an open .npz file."""
    with np.load(file) as stored:
        rows = stored["rows"].astype(np.float32)
        return Memory(
            embedder=str(stored["embedder"]),
            rows=rows / np.linalg.norm(rows, axis=1, keepdims=True),
            keys=tuple((str(one), str(other)) for one, other in stored["keys"]),
            places=stored["places"],
            starts=stored["starts"],
            sources=stored["sources"],
            names=tuple(str(one) for one in stored["names"]),
            held=stored["held"],
            known=stored["known"],
            said=stored["said"].astype(np.int32),
            said_starts=stored["said_starts"],
        )


def pack(
    embedder: str,
    rows: Floats,
    texts: Sequence[str],
    places: Sequence[Sequence[Key]],
    sources: Sequence[str],
    held: Sequence[str],
) -> dict[str, npt.NDArray[np.generic]]:
    """Arrays as they are stored; a term that one question alone says is left out."""
    keys = sorted({key for some in places for key in some})
    number = {key: place for place, key in enumerate(keys)}
    names = sorted(set(sources))
    said = [terms(one) for one in texts]
    each, counts = np.unique(np.concatenate(said), return_counts=True)
    known = each[counts > 1]
    kept = [np.flatnonzero(np.isin(known, one, assume_unique=True)) for one in said]
    return {
        "embedder": np.array(embedder),
        "rows": np.rint(rows * 127 / np.abs(rows).max(axis=1, keepdims=True)).astype(np.int8),
        "keys": np.array(keys),
        "places": np.array([number[key] for some in places for key in some], np.int32),
        "starts": np.cumsum([0, *(len(some) for some in places)]).astype(np.int32),
        "sources": np.array([names.index(one) for one in sources], np.uint8),
        "names": np.array(names),
        "held": np.array([HELD.index(one) for one in held], np.uint8),
        "known": known.astype(np.uint32),
        "said": np.concatenate(kept).astype(np.uint16 if len(known) < 1 << 16 else np.int32),
        "said_starts": np.cumsum([0, *map(len, kept)]).astype(np.int32),
    }
