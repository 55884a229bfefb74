"""Search by vector in one generation: Chroma for the whole, exact for what a filter leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from retrieval.chroma import Chroma
from retrieval.embedding import Vector
from retrieval.errors import IndexDamaged, SearchFailed
from retrieval.store import PassageStore

log = logging.getLogger(__name__)

_PROBES = 50
_SAMPLE = 1000
_BATCH = 1000
_LEAST_OF_BEFORE = 0.8
"""A collection that finds less than this of what it found when it was filled has lost something."""


@dataclass(frozen=True)
class LanguageSample:
    """What calibration needs of one language: the mean (d,) of its text passages' vectors, and up to
    1,000 of them, evenly spread, minus that mean (n, d)."""

    mean: npt.NDArray[np.float32]
    centred: npt.NDArray[np.float32]


@dataclass(frozen=True)
class _Language:
    collection: str
    ids: list[str]
    rows: Vector
    place: dict[str, int]
    sample: LanguageSample


class DenseLeg(Protocol):
    """Search by vector as HybridRetriever needs it."""

    @property
    def languages(self) -> tuple[str, ...]: ...

    def search(
        self, vector: Vector, lang: str, k: int, allowed_ids: frozenset[str] | None = None
    ) -> list[tuple[str, float]]: ...

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
        self._rows_of = lru_cache(maxsize=64)(self._places)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._languages)

    def count(self, lang: str) -> int:
        return len(self._languages[lang].ids) if lang in self._languages else 0

    def search(
        self, vector: Vector, lang: str, k: int, allowed_ids: frozenset[str] | None = None
    ) -> list[tuple[str, float]]:
        """At most k (passage id, cosine) of one language, best first.

        `allowed_ids` restricts to those passages, scored exactly. A language without passages finds
        nothing. Raises SearchFailed.
        """
        language = self._languages.get(lang)
        if language is None or k < 1 or (allowed_ids is not None and not allowed_ids):
            return []
        if vector.shape != (language.rows.shape[1],):
            raise SearchFailed(
                f"The question has a vector of {vector.shape} where the index has {language.rows.shape[1]} "
                "dimensions. Run `kewen index --rebuild`."
            )
        if allowed_ids is None:
            return self._chroma.query(language.collection, vector[None, :], min(k, len(language.ids)))[0]
        places = self._rows_of(lang, allowed_ids)
        scores = (language.rows if len(places) == len(language.ids) else language.rows[places]) @ vector
        best = np.argsort(-scores, kind="stable")[:k]
        return [(language.ids[places[one]], float(scores[one])) for one in best]

    def cosines(self, vector: Vector, ids: list[str], lang: str) -> dict[str, float]:
        """Exact cosine of the passages that are of this language, by id."""
        language = self._languages.get(lang)
        if language is None:
            return {}
        known = [id_ for id_ in ids if id_ in language.place]
        scores = language.rows[[language.place[id_] for id_ in known]] @ vector
        return dict(zip(known, map(float, scores), strict=True))

    def rows(self, lang: str) -> tuple[list[str], Vector]:
        """Passage ids of a language and their unit rows (n, d), in the same order; not to be written to.

        Raises KeyError for a language without passages.
        """
        language = self._languages[lang]
        return language.ids, language.rows

    def calibration(self, lang: str) -> LanguageSample:
        """Raises KeyError for a language without passages."""
        return self._languages[lang].sample

    def _places(self, lang: str, allowed: frozenset[str]) -> npt.NDArray[np.intp]:
        place = self._languages[lang].place
        return np.array(sorted(place[id_] for id_ in allowed if id_ in place), dtype=np.intp)

    def _open(
        self,
        lang: str,
        count: int,
        used: tuple[str, float] | None,
        progress: Callable[[int], None] | None,
    ) -> _Language:
        ids, texts, rows = self._read(lang, count)
        if len(ids) != count:
            raise IndexDamaged(
                f"Generation {self._generation} has {count} passages in {lang!r} but {len(ids)} vectors of "
                f"{self._space!r}. Run `kewen index --rebuild`."
            )
        # A question repeats what a text says, so its vectors would draw the mean to what is asked often.
        basis = rows[texts] if texts.any() else rows
        mean = basis.mean(axis=0, dtype=np.float64).astype(np.float32)
        spread = np.linspace(0, len(basis) - 1, min(_SAMPLE, len(basis))).astype(np.intp)
        probes = np.linspace(0, len(rows) - 1, min(_PROBES, len(rows))).astype(np.intp)
        collection = used[0] if used else ""
        if used is not None and (fault := self._fault(*used, ids, rows, probes)) is not None:
            log.warning("Collection %s is filled anew from the store: %s", collection, fault)
            used = None
        if used is None:
            collection = self._fill(lang, ids, rows, probes, progress)
            self.repaired = True
        place = {id_: number for number, id_ in enumerate(ids)}
        return _Language(collection, ids, rows, place, LanguageSample(mean, basis[spread] - mean))

    def _read(self, lang: str, count: int) -> tuple[list[str], npt.NDArray[np.bool_], Vector]:
        ids: list[str] = []
        texts = np.zeros(count, np.bool_)
        rows = np.zeros((0, 0), np.float32)
        for some, roles, part in self._store.vectors(self._generation, self._space, lang):
            if not ids:
                rows = np.empty((count, part.shape[1]), np.float32)
            end = min(len(ids) + len(some), count)
            rows[len(ids) : end] = part[: end - len(ids)]
            texts[len(ids) : end] = [role == "text" for role in roles][: end - len(ids)]
            ids += some
        return ids, texts, rows

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
    """Some passages of an index, searched exactly: what the others are changes nothing that is found.

    Chroma's graph runs through all passages of a generation, so it is not asked here.
    """

    def __init__(self, whole: DenseLeg, ids: Set[str]) -> None:
        self._languages: dict[str, tuple[list[str], Vector, dict[str, int]]] = {}
        for lang in whole.languages:
            names, rows = whole.rows(lang)
            kept = [number for number, id_ in enumerate(names) if id_ in ids]
            if kept:
                own = [names[number] for number in kept]
                self._languages[lang] = (own, rows[kept], {id_: place for place, id_ in enumerate(own)})

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._languages)

    def search(
        self, vector: Vector, lang: str, k: int, allowed_ids: frozenset[str] | None = None
    ) -> list[tuple[str, float]]:
        """As VectorIndex.search."""
        if lang not in self._languages or k < 1:
            return []
        ids, rows, place = self._languages[lang]
        if vector.shape != (rows.shape[1],):
            raise SearchFailed(
                f"The question has a vector of {vector.shape} where the index has {rows.shape[1]} "
                "dimensions. Run `kewen index --rebuild`."
            )
        if allowed_ids is not None:
            among = np.array(sorted(place[id_] for id_ in allowed_ids if id_ in place), dtype=np.intp)
            ids, rows = [ids[one] for one in among], rows[among]
        scores = rows @ vector
        best = np.argsort(-scores, kind="stable")[:k]
        return [(ids[one], float(scores[one])) for one in best]

    def rows(self, lang: str) -> tuple[list[str], Vector]:
        """As VectorIndex.rows."""
        ids, rows, _ = self._languages[lang]
        return ids, rows
