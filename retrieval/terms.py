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

import numpy as np
import numpy.typing as npt

from retrieval.errors import IndexDamaged
from retrieval.records import Passage

Floats = npt.NDArray[np.float32]

K1, B = 1.2, 0.75
NAMES = ("title", "aliases")
"""Fields that name a record; the others describe it."""

_FILE = "terms.npz"


@dataclass(frozen=True)
class Match:
    """What the terms of one question find, one value a passage.

    BM25 is divided by the most that a passage could reach, so that values compare across questions;
    coverage is the IDF-weighted share of the question's terms; `named` is the IDF-weighted share of
    the passage's title that stands in the question. `held` is (terms, passages); `idf` is one a term.
    """

    whole: Floats
    body: Floats
    names: Floats
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
            _bm25(arrays["counts"][field], lengths[field], languages, self._rows) for field in range(3)
        )
        n, held = max(int(arrays["texts"].sum()), 1), arrays["held_by"].astype(np.float64)
        self._idf = np.log(1 + (n - held + 0.5) / (held + 0.5)).astype(np.float32)
        self._unknown_idf = float(np.log(1 + (n + 0.5) / 0.5))
        in_name = arrays["counts"][1] > 0
        by_term = np.repeat(self._idf, np.diff(self._starts))
        self._name_weight = np.bincount(
            self._rows[in_name], by_term[in_name], minlength=len(self.ids)
        ).astype(np.float32)

    @classmethod
    def build(cls, passages: Sequence[Passage], fields: Sequence[Mapping[str, list[str]]]) -> TermTable:
        """From passages and, beside each, the terms of its fields."""
        numbers: dict[str, int] = {}
        terms: list[int] = []
        rows: list[int] = []
        counts: tuple[list[int], list[int], list[int]] = ([], [], [])
        lengths = np.zeros((3, len(passages)), np.float32)
        for row, by_field in enumerate(fields):
            names = Counter(term for field in NAMES for term in by_field[field])
            body = Counter(term for field in by_field if field not in NAMES for term in by_field[field])
            whole = names + body
            lengths[:, row] = whole.total(), names.total(), body.total()
            for term, count in whole.items():
                terms.append(numbers.setdefault(term, len(numbers)))
                rows.append(row)
                for many, number in zip(counts, (count, names[term], body[term]), strict=True):
                    many.append(number)
        order = np.argsort(np.array(terms, np.int64), kind="stable")
        term_of = np.array(terms, np.int64)[order]
        row_of = np.array(rows, np.int32)[order]
        texts = np.array([passage.role == "text" for passage in passages], np.bool_)
        languages = np.array([passage.lang == "zh" for passage in passages], np.bool_)
        return cls(
            {
                "ids": _packed([passage.id for passage in passages]),
                "terms": _packed(list(numbers)),
                "starts": np.searchsorted(term_of, np.arange(len(numbers) + 1)),
                "rows": row_of,
                "counts": np.minimum(np.array(counts, np.int64).reshape(3, -1)[:, order], 65535).astype(
                    "<u2"
                ),
                "lengths": lengths,
                "languages": languages,
                "texts": texts,
                "held_by": np.bincount(term_of[texts[row_of]], minlength=len(numbers)),
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
                return cls({name: stored[name] for name in stored.files})
        except (OSError, ValueError, KeyError, EOFError, IndexError) as error:
            raise IndexDamaged(
                f"{_FILE} of lexical index {folder.name} cannot be read: {error}. Rebuild the index."
            ) from error

    def idf(self, term: str) -> float:
        """BM25's inverse document frequency over text passages; highest for a term none of them holds."""
        number = self._numbers.get(term)
        return self._unknown_idf if number is None else float(self._idf[number])

    def match(self, terms: Sequence[str]) -> Match:
        """All passages against the distinct terms of a question."""
        n = len(self.ids)
        sums = np.zeros((3, n), np.float32)
        covered = np.zeros((2, n), np.float32)
        held = np.zeros((len(terms), n), np.bool_)
        idf = np.array([self.idf(term) for term in terms], np.float32)
        names = self._arrays["counts"][1]
        for place, term in enumerate(terms):
            number = self._numbers.get(term)
            if number is None:
                continue
            span = slice(int(self._starts[number]), int(self._starts[number + 1]))
            rows = self._rows[span]
            for field in range(3):
                sums[field, rows] += idf[place] * self._weights[field][span]
            held[place, rows] = True
            covered[0, rows] += idf[place]
            covered[1, rows] += idf[place] * (names[span] > 0)
        possible = max(float(idf.sum()), 1e-9)
        sums /= possible * (K1 + 1)
        named = covered[1] / np.maximum(self._name_weight, 1e-9)
        return Match(
            sums[0], sums[2], sums[1], covered[0] / possible, covered[1] / possible, named, held, idf
        )


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
