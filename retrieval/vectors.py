"""Search by vector in one generation: Chroma proposes, and exact cosines decide."""

from __future__ import annotations

import logging
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Protocol

import numpy as np
import numpy.typing as npt

from retrieval.chroma import Chroma
from retrieval.embedding import Vector
from retrieval.errors import IndexDamaged, SearchFailed
from retrieval.store import PassageStore

log = logging.getLogger(__name__)

_PROBES = 50
_BATCH = 1000
_LEAST_OF_BEFORE = 0.8
"""A collection that finds less than this of what it found when it was filled has lost something."""


class _Rows:
    """Passages of one language and their unit rows (n, d), in the same order."""

    def __init__(self, ids: list[str], rows: Vector) -> None:
        self.ids, self.rows = ids, rows
        self._place = {id_: place for place, id_ in enumerate(ids)}
        self._among = lru_cache(maxsize=64)(self._places)

    def _places(self, allowed: frozenset[str]) -> npt.NDArray[np.intp]:
        return np.array(sorted(self._place[id_] for id_ in allowed if id_ in self._place), np.intp)

    def nearest(
        self, vector: Vector, k: int, allowed: frozenset[str] | None, propose: Callable[[], list[str]]
    ) -> list[tuple[str, float]]:
        """As VectorIndex.search. What is proposed sets the bar, so that few of the rest need be sorted; what
        is at the bar or above it is found whether it was proposed or not."""
        if vector.shape != (self.rows.shape[1],):
            raise SearchFailed(
                f"The question has a vector of {vector.shape} where the index has {self.rows.shape[1]} "
                "dimensions. Run `kewen index --rebuild`."
            )
        if k < 1:
            return []
        if allowed is not None:
            among = self._among(allowed)
            scores = self.rows[among] @ vector
        else:
            scores = self.rows @ vector
            known = scores[[self._place[id_] for id_ in propose() if id_ in self._place]]
            bar = known.min() if len(known) >= k else -np.inf
            among = np.flatnonzero(scores >= bar)
            scores = scores[among]
        best = np.argsort(-scores, kind="stable")[:k]
        return [(self.ids[among[one]], float(scores[one])) for one in best]


@dataclass(frozen=True)
class _Language:
    collection: str
    rows: _Rows


class DenseLeg(Protocol):
    """Search by vector as HybridRetriever needs it."""

    @property
    def languages(self) -> tuple[str, ...]: ...

    def search(
        self, vector: Vector, lang: str, k: int, allowed_ids: frozenset[str] | None = None
    ) -> list[tuple[str, float]]: ...

    def proposed(self, vector: Vector, lang: str, k: int) -> list[str]: ...

    def rows(self, lang: str) -> tuple[list[str], Vector]: ...


class VectorIndex:
    """The vectors of one generation, in memory (1.5 KB each) and in Chroma.

    Opening holds every collection against the store and fills a new one where there is any doubt;
    `repaired` says whether one had to be filled.
    Raises IndexDamaged when the store itself lacks vectors. Safe to use from several threads.
    """

    def __init__(
        self,
        store: PassageStore,
        chroma: Chroma,
        generation: str,
        space: str,
        *,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._store, self._chroma = store, chroma
        self._generation, self._space = generation, space
        self.repaired = False
        counts = store.counts(generation)
        used = store.used_collections(generation)
        self._languages: dict[str, _Language] = {}
        for lang, count in counts.items():
            self._languages[lang] = self._open(lang, count, used.get(lang), progress)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._languages)

    def count(self, lang: str) -> int:
        return len(self._languages[lang].rows.ids) if lang in self._languages else 0

    def search(
        self, vector: Vector, lang: str, k: int, allowed_ids: frozenset[str] | None = None
    ) -> list[tuple[str, float]]:
        """At most k (passage id, cosine) of one language: exactly the nearest, best first, equal ones in the
        order of the index.

        `allowed_ids` restricts to those passages. A language without passages finds nothing. Raises
        SearchFailed.
        """
        if lang not in self._languages:
            return []
        propose = partial(self.proposed, vector, lang, k)
        return self._languages[lang].rows.nearest(vector, k, allowed_ids, propose)

    def proposed(self, vector: Vector, lang: str, k: int) -> list[str]:
        """At most k passages out of Chroma's graph: nearly the nearest. Which it misses hangs on all that are
        in it. Raises SearchFailed."""
        language = self._languages[lang]
        most = min(k, len(language.rows.ids))
        return [id_ for id_, _ in self._chroma.query(language.collection, vector[None, :], most)[0]]

    def rows(self, lang: str) -> tuple[list[str], Vector]:
        """Passage ids of a language and their unit rows (n, d), in the same order; not to be written to.

        Raises KeyError for a language without passages.
        """
        rows = self._languages[lang].rows
        return rows.ids, rows.rows

    def _open(
        self,
        lang: str,
        count: int,
        used: tuple[str, float] | None,
        progress: Callable[[int], None] | None,
    ) -> _Language:
        ids, rows = self._read(lang, count)
        if len(ids) != count:
            raise IndexDamaged(
                f"Generation {self._generation} has {count} passages in {lang!r} but {len(ids)} vectors of "
                f"{self._space!r}. Run `kewen index --rebuild`."
            )
        probes = np.linspace(0, len(rows) - 1, min(_PROBES, len(rows))).astype(np.intp)
        collection = used[0] if used else ""
        if used is not None and (fault := self._fault(*used, ids, rows, probes)) is not None:
            log.warning("Collection %s is filled anew from the store: %s", collection, fault)
            used = None
        if used is None:
            collection = self._fill(lang, ids, rows, probes, progress)
            self.repaired = True
        return _Language(collection, _Rows(ids, rows))

    def _read(self, lang: str, count: int) -> tuple[list[str], Vector]:
        ids: list[str] = []
        rows = np.zeros((0, 0), np.float32)
        for some, part in self._store.vectors(self._generation, self._space, lang):
            if not ids:
                rows = np.empty((count, part.shape[1]), np.float32)
            end = min(len(ids) + len(some), count)
            rows[len(ids) : end] = part[: end - len(ids)]
            ids += some
        return ids, rows

    def _fault(
        self, name: str, before: float, ids: list[str], rows: Vector, probes: npt.NDArray[np.intp]
    ) -> str | None:
        fault = self._chroma.fault(name, set(ids), [ids[one] for one in probes], rows[probes])
        if fault is not None:
            return fault
        try:
            found = self._chroma.finds_itself(name, rows[probes])
        except SearchFailed as error:
            return str(error)
        if found < _LEAST_OF_BEFORE * before:
            return f"{found:.0%} of {len(probes)} vectors find themselves, and {before:.0%} did before"
        return None

    def _fill(
        self,
        lang: str,
        ids: list[str],
        rows: Vector,
        probes: npt.NDArray[np.intp],
        progress: Callable[[int], None] | None,
    ) -> str:
        """A new collection with everything in it, checked before it is used."""
        stale = [name for name, its in self._store.collections(self._generation).items() if its == lang]
        name = self._store.plan_collection(self._generation, lang)
        self._chroma.create(name, len(ids))
        for at in range(0, len(ids), _BATCH):
            self._chroma.add(name, ids[at : at + _BATCH], rows[at : at + _BATCH])
            if progress:
                progress(len(ids[at : at + _BATCH]))
        if (fault := self._fault(name, 0, ids, rows, probes)) is not None:
            raise IndexDamaged(f"Chroma does not hold what was written to {name}: {fault}. Run again.")
        self._store.use_collection(name, self._chroma.finds_itself(name, rows[probes]))
        for one in stale:
            try:
                self._chroma.drop(one)
            except SearchFailed as error:
                log.warning("Collection %s stays until the next start: %s", one, error)
            else:
                self._store.forget_collection(one)
        return name


class SeenVectors:
    """Some passages of an index: what the others are changes nothing that is found."""

    def __init__(self, whole: DenseLeg, ids: Set[str]) -> None:
        self._whole = whole
        self._languages: dict[str, _Rows] = {}
        for lang in whole.languages:
            names, rows = whole.rows(lang)
            kept = [number for number, id_ in enumerate(names) if id_ in ids]
            if kept:
                self._languages[lang] = _Rows([names[number] for number in kept], rows[kept])

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._languages)

    def search(
        self, vector: Vector, lang: str, k: int, allowed_ids: frozenset[str] | None = None
    ) -> list[tuple[str, float]]:
        """As VectorIndex.search."""
        if lang not in self._languages:
            return []
        return self._languages[lang].nearest(vector, k, allowed_ids, partial(self.proposed, vector, lang, k))

    def proposed(self, vector: Vector, lang: str, k: int) -> list[str]:
        """As VectorIndex.proposed, hidden ones among them."""
        return self._whole.proposed(vector, lang, k)

    def rows(self, lang: str) -> tuple[list[str], Vector]:
        """As VectorIndex.rows."""
        return self._languages[lang].ids, self._languages[lang].rows
