"""Which passage holds which term how often: BM25 by field and coverage for any set of passages, in memory.

tantivy finds the candidates; this table tells the second stage about each of them, the ones tantivy
did not return included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from retrieval.analysis import characters
from retrieval.errors import IndexDamaged
from retrieval.records import Passage

Floats = npt.NDArray[np.float32]

K1, B = 1.2, 0.75
NAMES = ("title", "aliases")
"""Fields that name a record; the others describe it."""

_GROUPS = _WHOLE, _NAMES, _BODY, _CHARACTERS = range(4)
_FILE = "terms.npz"


@dataclass(frozen=True)
class Match:
    """What the terms of one question find, one value a passage.

    BM25 is divided by the most that a passage could reach, so that values compare across questions;
    coverage is the IDF-weighted share of the question's terms; `named` is the IDF-weighted share of
    the passage's title that stands in the question. `characters` is BM25 of single Chinese characters.
    `held` is (terms, passages); `idf` is one a term.
    """

    whole: Floats
    body: Floats
    names: Floats
    characters: Floats
    coverage: Floats
    name_coverage: Floats
    named: Floats
    held: npt.NDArray[np.bool_]
    idf: Floats


class TermTable:
    """Postings of all passages, in the order of `ids`."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """From the arrays of `build` or `load`."""
        self._arrays = dict(arrays)
        self.ids: list[str] = _unpacked(arrays["ids"])
        self._numbers = {term: number for number, term in enumerate(_unpacked(arrays["terms"]))}
        self._starts, self._rows = arrays["starts"], arrays["rows"]
        languages, lengths = arrays["languages"], arrays["lengths"]
        self._weights = tuple(
            _bm25(arrays["counts"][field], lengths[field], languages, self._rows)
            for field in range(len(_GROUPS))
        )
        n, held = max(int(arrays["texts"].sum()), 1), arrays["held_by"].astype(np.float64)
        idfs = np.log(1 + (n - held + 0.5) / (held + 0.5)).astype(np.float32)
        self._idf, self._character_idf = idfs[0], idfs[1]
        self._unknown_idf = float(np.log(1 + (n + 0.5) / 0.5))
        in_name = arrays["counts"][_NAMES] > 0
        by_term = np.repeat(self._idf, np.diff(self._starts))
        # The same postings row by row, each weighing its term's BM25 in the row, rows of length one.
        order = np.argsort(self._rows, kind="stable")
        self._row_starts = np.searchsorted(self._rows[order], np.arange(len(self.ids) + 1))
        self._row_terms = np.repeat(np.arange(len(self._numbers)), np.diff(self._starts))[order]
        weights = (self._weights[_WHOLE] * by_term)[order]
        norms = np.sqrt(np.bincount(self._rows[order], weights**2, minlength=len(self.ids)))
        self._row_weights = (weights / np.maximum(norms, 1e-9)[self._rows[order]]).astype(np.float32)
        self._name_weight = np.bincount(
            self._rows[in_name], by_term[in_name], minlength=len(self.ids)
        ).astype(np.float32)

    @classmethod
    def build(cls, passages: Sequence[Passage], fields: Sequence[Mapping[str, list[str]]]) -> TermTable:
        """From passages and, beside each, the terms of its fields.

        A piece of a long text counts as the whole text it was cut from: words far apart in it belong
        together all the same.
        """
        numbers: dict[str, int] = {}
        terms: list[int] = []
        rows: list[int] = []
        counts: list[tuple[int, ...]] = []
        lengths = np.zeros((len(_GROUPS), len(passages)), np.float32)
        texts_of: dict[tuple[str, str, str], list[int]] = {}
        for row, passage in enumerate(passages):
            if passage.role == "text":
                texts_of.setdefault((passage.record_id, passage.part, passage.lang), []).append(row)
        for row, (passage, by_field) in enumerate(zip(passages, fields, strict=True)):
            pieces = [row]
            if passage.role == "text":
                pieces = texts_of[passage.record_id, passage.part, passage.lang]
            names = Counter(term for field in NAMES for term in by_field[field])
            body = Counter(
                term for field in by_field if field not in (*NAMES, "text") for term in by_field[field]
            )
            for piece in pieces:
                body.update(fields[piece]["text"])
            whole = names + body
            single = Counter(
                char for field in by_field if field != "text" for char in characters(getattr(passage, field))
            )
            for piece in pieces:
                single.update(characters(passages[piece].text))
            groups = (whole, names, body, single)
            lengths[:, row] = [group.total() for group in groups]
            for term in [*whole, *(char for char in single if char not in whole)]:
                terms.append(numbers.setdefault(term, len(numbers)))
                rows.append(row)
                counts.append(tuple(group[term] for group in groups))
        order = np.argsort(np.array(terms, np.int64), kind="stable")
        term_of = np.array(terms, np.int64)[order]
        row_of = np.array(rows, np.int32)[order]
        many = np.minimum(np.array(counts, np.int64).reshape(-1, len(_GROUPS))[order].T, 65535).astype("<u2")
        texts = np.array([passage.role == "text" for passage in passages], np.bool_)
        languages = np.array([passage.lang == "zh" for passage in passages], np.bool_)
        return cls(
            {
                "ids": _packed([passage.id for passage in passages]),
                "terms": _packed(list(numbers)),
                "starts": np.searchsorted(term_of, np.arange(len(numbers) + 1)),
                "rows": row_of,
                "counts": many,
                "lengths": lengths,
                "languages": languages,
                "texts": texts,
                "held_by": np.stack(
                    [
                        np.bincount(term_of[texts[row_of] & (many[group] > 0)], minlength=len(numbers))
                        for group in (_WHOLE, _CHARACTERS)
                    ]
                ),
            }
        )

    def ordered(self, ids: Sequence[str]) -> TermTable:
        """The same table with its passages in another order. Raises IndexDamaged unless they are the same."""
        place = {id_: row for row, id_ in enumerate(ids)}
        if len(place) != len(self.ids) or any(id_ not in place for id_ in self.ids):
            raise IndexDamaged(
                f"The lexical index holds {len(self.ids)} passages, the store {len(place)}, and they differ. "
                "Run `kewen index --rebuild`."
            )
        to = np.array([place[id_] for id_ in self.ids], np.int32)
        arrays = dict(self._arrays)
        arrays["ids"] = _packed(list(ids))
        arrays["rows"] = to[arrays["rows"]]
        for name in ("lengths", "languages", "texts"):
            moved = np.empty_like(arrays[name])
            moved[..., to] = arrays[name]
            arrays[name] = moved
        return TermTable(arrays)

    def save(self, folder: Path) -> None:
        np.savez(folder / _FILE, allow_pickle=False, **self._arrays)

    @classmethod
    def load(cls, folder: Path) -> TermTable:
        """Raises IndexDamaged where the file cannot be read."""
        try:
            with np.load(folder / _FILE, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            if len(arrays["counts"]) != len(_GROUPS):
                raise ValueError(f"{len(arrays['counts'])} groups of fields instead of {len(_GROUPS)}")
            return cls(arrays)
        except (OSError, ValueError, KeyError, EOFError, IndexError, BadZipFile) as error:
            raise IndexDamaged(
                f"{_FILE} of lexical index {folder.name} cannot be read: {error}. Rebuild the index."
            ) from error

    def idf(self, term: str) -> float:
        """BM25's inverse document frequency over text passages; highest for a term none of them holds."""
        number = self._numbers.get(term)
        return self._unknown_idf if number is None else float(self._idf[number])

    def match(self, terms: Sequence[str], single: Sequence[str] = ()) -> Match:
        """All passages against the distinct terms and the distinct single characters of a question."""
        n = len(self.ids)
        sums = np.zeros((len(_GROUPS), n), np.float32)
        covered = np.zeros((2, n), np.float32)
        held = np.zeros((len(terms), n), np.bool_)
        idf = np.array([self.idf(term) for term in terms], np.float32)
        names = self._arrays["counts"][_NAMES]
        for place, term in enumerate(terms):
            span = self._postings(term)
            rows = self._rows[span]
            for group in (_WHOLE, _NAMES, _BODY):
                sums[group, rows] += idf[place] * self._weights[group][span]
            held[place, rows] = self._arrays["counts"][_WHOLE][span] > 0
            covered[0, rows] += idf[place] * held[place, rows]
            covered[1, rows] += idf[place] * (names[span] > 0)
        for char in single:
            span = self._postings(char)
            sums[_CHARACTERS, self._rows[span]] += (
                self._character_idf[self._numbers.get(char, 0)] * self._weights[_CHARACTERS][span]
            )
        possible = max(float(idf.sum()), 1e-9)
        sums[:_CHARACTERS] /= possible * (K1 + 1)
        best = [
            float(self._character_idf[self._numbers[char]]) if char in self._numbers else self._unknown_idf
            for char in single
        ]
        sums[_CHARACTERS] /= max(sum(best), 1e-9) * (K1 + 1)
        return Match(
            whole=sums[_WHOLE],
            body=sums[_BODY],
            names=sums[_NAMES],
            characters=sums[_CHARACTERS],
            coverage=covered[0] / possible,
            name_coverage=covered[1] / possible,
            named=covered[1] / np.maximum(self._name_weight, 1e-9),
            held=held,
            idf=idf,
        )

    def likeness(
        self, rows: npt.NDArray[np.intp], best: npt.NDArray[np.intp], weights: Floats, terms: int = 60
    ) -> Floats:
        """How well each of the rows (m,) matches the heaviest terms of the best of them, by their weight.

        Pseudo-relevance feedback in words: `best` are positions in `rows`.
        """
        profile = np.zeros(len(self._numbers), np.float32)
        for position, weight in zip(best, weights / max(float(weights.sum()), 1e-9), strict=True):
            span = slice(self._row_starts[rows[position]], self._row_starts[rows[position] + 1])
            profile[self._row_terms[span]] += weight * self._row_weights[span]
        if terms < len(profile):
            profile[profile < np.partition(profile, -terms)[-terms]] = 0
        sums = np.zeros(len(rows), np.float32)
        for position, row in enumerate(rows):
            span = slice(self._row_starts[row], self._row_starts[row + 1])
            sums[position] = profile[self._row_terms[span]] @ self._row_weights[span]
        return sums

    def _postings(self, term: str) -> slice:
        number = self._numbers.get(term)
        if number is None:
            return slice(0, 0)
        return slice(int(self._starts[number]), int(self._starts[number + 1]))


def _bm25(
    counts: npt.NDArray[np.uint16],
    lengths: Floats,
    languages: npt.NDArray[np.bool_],
    rows: npt.NDArray[np.int32],
) -> Floats:
    """Term weight of each posting without its IDF; lengths are judged within one language, since words
    and bigrams make Chinese texts longer."""
    ratio = np.ones(len(lengths), np.float32)
    for language in (languages, ~languages):
        mean = float(lengths[language].mean()) if language.any() else 0.0
        if mean > 0:
            ratio[language] = lengths[language] / mean
    tf = counts.astype(np.float32)
    return np.asarray(tf * (K1 + 1) / (tf + K1 * (1 - B + B * ratio[rows])), np.float32)


def _packed(words: list[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(words).encode(), np.uint8)


def _unpacked(packed: npt.NDArray[np.uint8]) -> list[str]:
    text = packed.tobytes().decode()
    return text.split("\n") if text else []
