"""Written questions whose answer is known: what is asked much like one of them is likely answered there too.

`python -m training.memory` makes asked.npz from training/data: the vector of each question in eight bits
and the places that its evidence names. Places that this corpus has not, or its asker may not see, are
passed over.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from assistant.reading.features import Floats

NEAR = 60
"""Written questions that are looked at."""

Key = tuple[str, str]
"""Record id, and the field of a resource or the `no` of an article."""


@dataclass(frozen=True)
class Memory:
    """`rows` (n, d) are unit vectors; question i answers at keys[places[starts[i]:starts[i + 1]]]."""

    embedder: str
    rows: Floats
    keys: tuple[Key, ...]
    places: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    sources: npt.NDArray[np.uint8]
    names: tuple[str, ...]

    def near(self, question: Floats, records: Container[str], without: str | None = None) -> dict[Key, float]:
        """Likeness of the nearest written question by place; `without` leaves one file of them out."""
        likes = self.rows @ question
        if without in self.names:
            likes = np.where(self.sources == self.names.index(without), np.float32(-1), likes)
        found: dict[Key, float] = {}
        for row in np.argsort(-likes, kind="stable")[:NEAR]:
            for place in self.places[self.starts[row] : self.starts[row + 1]]:
                key = self.keys[place]
                if key[0] in records and key not in found:
                    found[key] = float(likes[row])
        return found


@cache
def written_questions() -> Memory:
    """Those in asked.npz beside this file."""
    with files("assistant.finding").joinpath("asked.npz").open("rb") as file, np.load(file) as stored:
        rows = stored["rows"].astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        keys = tuple((str(one), str(other)) for one, other in stored["keys"])
        return Memory(
            str(stored["embedder"]),
            rows,
            keys,
            stored["places"],
            stored["starts"],
            stored["sources"],
            tuple(str(one) for one in stored["names"]),
        )


def pack(
    embedder: str, rows: Floats, places: Sequence[Sequence[Key]], sources: Sequence[str]
) -> dict[str, npt.NDArray[np.generic]]:
    """Arrays as they are stored."""
    keys = sorted({key for some in places for key in some})
    number = {key: place for place, key in enumerate(keys)}
    names = sorted(set(sources))
    return {
        "embedder": np.array(embedder),
        "rows": np.rint(rows * 127 / np.abs(rows).max(axis=1, keepdims=True)).astype(np.int8),
        "keys": np.array(keys),
        "places": np.array([number[key] for some in places for key in some], np.int32),
        "starts": np.cumsum([0, *(len(some) for some in places)]).astype(np.int32),
        "sources": np.array([names.index(one) for one in sources], np.uint8),
        "names": np.array(names),
    }
