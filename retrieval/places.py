"""All passages of a generation as arrays: their places, languages, vectors, and what filters leave.

A place is a part of a record, (record_id, part); its passages are texts in one or two languages and
the questions people ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from retrieval.errors import IndexDamaged
from retrieval.records import Filters, Passage

_MOSTLY = 0.5
"""Share of passages that must be of the present for old ones to be passed over."""

Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Allowed:
    """What filters leave: a flag for each row, and the ids for the indexes; None where they may give all.

    None also where only words of old versions are out: naming thousands of ids to the indexes costs
    40 ms a search, passing over what the rows leave out costs nothing.
    """

    rows: Bools
    ids: frozenset[str] | None


class Places:
    """Rows are passages in order of id; places are numbered in order of their first row.

    `is_lead` marks the text, or the first piece of it, of each place in each language.
    """

    def __init__(self, passages: Iterable[Passage], vectors: Mapping[str, npt.NDArray[np.float32]]) -> None:
        """From passages and the unit vector of each by id. Raises IndexDamaged where one is missing."""
        self.passages: list[Passage] = sorted(passages, key=lambda passage: passage.id)
        self.row_of = {passage.id: row for row, passage in enumerate(self.passages)}
        without = next((id_ for id_ in self.row_of if id_ not in vectors), None)
        if without is not None:
            raise IndexDamaged(f"Passage {without!r} has no vector. Run `kewen index --rebuild`.")
        self.vectors = (
            np.stack([vectors[passage.id] for passage in self.passages])
            if self.passages
            else np.zeros((0, 1), np.float32)
        )
        numbers: dict[tuple[str, str], int] = {}
        self.place_of: Rows = np.array(
            [numbers.setdefault((one.record_id, one.part), len(numbers)) for one in self.passages], np.intp
        )
        self.number_of, self.names = numbers, list(numbers)
        self.of_record: dict[str, list[int]] = {}
        for (record_id, _), number in numbers.items():
            self.of_record.setdefault(record_id, []).append(number)
        self.count = len(numbers)
        self.is_text: Bools = np.array([one.role == "text" for one in self.passages], np.bool_)
        self._present: Bools = np.array(["@" not in one.part for one in self.passages], np.bool_)
        if self._present.sum() < _MOSTLY * len(self.passages):
            # So many old words would crowd out the present ones before they are passed over.
            self._present[:] = False
        self.is_chinese: Bools = np.array([one.lang == "zh" for one in self.passages], np.bool_)
        first: dict[tuple[int, str], int] = {}
        for row, one in enumerate(self.passages):
            if one.role == "text":
                first.setdefault((int(self.place_of[row]), one.lang), row)
        self.is_lead: Bools = np.zeros(len(self.passages), np.bool_)
        self.is_lead[list(first.values())] = True
        order = np.argsort(self.place_of, kind="stable")
        ends = np.searchsorted(self.place_of[order], np.arange(1, self.count))
        self.rows_of: list[Rows] = list(np.split(order, ends)) if self.count else []
        self._faces = {chinese: self.with_text(self.is_chinese == chinese) for chinese in (True, False)}
        self._allowed = lru_cache(maxsize=256)(self._sift)

    def with_text(self, rows: Bools) -> Bools:
        """For each place: whether one of these rows is text of it."""
        there = np.zeros(self.count, np.bool_)
        there[self.place_of[self.is_text & rows]] = True
        return there

    def has_text(self, *, chinese: bool) -> Bools:
        """For each place: whether it has text in this language."""
        return self._faces[chinese]

    def groups(self) -> npt.NDArray[np.int8]:
        """Language and role of each row as one number, for calibration."""
        return (self.is_chinese * 2 + self.is_text).astype(np.int8)

    def own(self) -> Bools:
        """Rows that are not harvested: means of a language are taken from these where there are enough."""
        return np.array([":" not in one.record_id for one in self.passages], np.bool_)

    def rows_in(self, places: Sequence[int] | Rows, allowed: Bools) -> Rows:
        """The allowed rows of these places, place by place."""
        rows = (
            np.concatenate([self.rows_of[place] for place in places]) if len(places) else np.empty(0, np.intp)
        )
        return np.asarray(rows[allowed[rows]], np.intp)

    def allowed(self, filters: Filters) -> Allowed:
        """Which rows the filters leave; remembered for filters asked before."""
        return self._allowed(filters)

    def _sift(self, filters: Filters) -> Allowed:
        keeps = _keeper(filters)
        rows = np.array([keeps(passage) for passage in self.passages], np.bool_)
        if rows.all() or (rows == self._present).all():
            return Allowed(rows, None)
        return Allowed(rows, frozenset(self.passages[row].id for row in np.flatnonzero(rows)))


def _keeper(filters: Filters) -> Callable[[Passage], bool]:
    """A predicate that is true for passages the filters leave.

    Words of a version that is not in force today (their part names it, `art-4@2019-07-01`) are only
    left where a day is asked for.
    """
    sets = (
        (filters.kinds, "kind"),
        (filters.types, "type"),
        (filters.provinces, "province"),
        (filters.access, "access"),
        (filters.statuses, "status"),
        (filters.record_ids, "record_id"),
    )
    wanted = [(values, field) for values, field in sets if values]

    def keeps(passage: Passage) -> bool:
        return all(getattr(passage, field) in values for values, field in wanted) and (
            in_force(passage, filters.as_of) if filters.as_of else "@" not in passage.part
        )

    return keeps


def in_force(passage: Passage, day: date) -> bool:
    """True for a resource, and for a policy that was in force on that day as far as its dates tell.

    A date known to the year or month counts from its first day when it begins something and to its
    last day when it ends something. Without dates the status decides.
    """
    if passage.kind != "policy":
        return True
    iso = day.isoformat()
    if passage.effective is not None and passage.effective > iso[: len(passage.effective)]:
        return False
    if passage.effective is None and passage.status in ("draft", "not_yet_in_force"):
        return False
    if passage.expires is not None:
        return iso[: len(passage.expires)] <= passage.expires
    return passage.status not in ("superseded", "repealed")
