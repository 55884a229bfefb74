"""Stamps move when a record changes, and a record that went stays as a tombstone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage import record_stamps
from storage.database import Database
from storage.record_stamps import RecordStamps

FIRST = datetime(2026, 1, 1, 8, 0, 0, 500, tzinfo=UTC)
SECOND = datetime(2026, 2, 1, tzinfo=UTC)
THIRD = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    moments = [FIRST]
    monkeypatch.setattr(record_stamps, "now", lambda: moments[-1])
    return moments


def test_only_what_changed_is_stamped_anew(database: Database, clock: list[datetime]) -> None:
    stamps = RecordStamps(database)
    assert stamps.refresh({"a": ("1", "s"), "b": ("1", "s")}) == 2
    clock.append(SECOND)

    assert stamps.refresh({"a": ("1", "s"), "b": ("2", "t")}) == 1
    assert stamps.refresh({"a": ("1", "s"), "b": ("2", "t")}) == 0

    assert [(one.id, one.stamp, one.set_spec) for one in stamps.listed()] == [
        ("a", FIRST.replace(microsecond=0), "s"),
        ("b", SECOND, "t"),
    ]
    assert [one.id for one in stamps.listed(since=SECOND)] == ["b"]
    assert [one.id for one in stamps.listed(until=FIRST.replace(microsecond=0))] == ["a"]
    assert stamps.earliest() == FIRST.replace(microsecond=0)


def test_a_record_that_went_is_a_tombstone_until_it_comes_back(
    database: Database, clock: list[datetime]
) -> None:
    stamps = RecordStamps(database)
    stamps.refresh({"a": ("1", "s")})
    clock.append(SECOND)
    stamps.refresh({})

    gone = stamps.get("a")
    assert gone is not None
    assert (gone.gone, gone.stamp, gone.set_spec) == (True, SECOND, "s")
    clock.append(THIRD)
    assert stamps.refresh({}) == 0
    stamps.refresh({"a": ("1", "s")})
    back = stamps.get("a")
    assert back is not None
    assert (back.gone, back.stamp) == (False, THIRD)


def test_pages_follow_each_other_without_a_gap(database: Database) -> None:
    stamps = RecordStamps(database)
    stamps.refresh({f"r{number}": ("1", "even" if number % 2 == 0 else "odd") for number in range(10)})

    seen: list[str] = []
    after = None
    while page := stamps.listed(specs=["even"], after=after, limit=2):
        seen += [one.id for one in page]
        after = (page[-1].stamp, page[-1].id)

    assert seen == ["r0", "r2", "r4", "r6", "r8"]
    assert stamps.count(specs=["even"]) == 5
    assert stamps.get("r99") is None
