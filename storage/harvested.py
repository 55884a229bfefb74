"""Harvested records: live ones, tombstones, what is checked of them, and the catalogue's revision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, update

from storage.database import Database
from storage.errors import RecordUnknown
from storage.harvest_records import Checked, Known, StoredRecord
from storage.harvest_tables import harvest_records, harvest_revision
from storage.records import now, storable

_IN = 500
_FIELDS = (
    "id", "source", "identifier", "digest", "resource", "original", "media_type", "format", "datestamp",
    "first_seen", "changed", "withdrawn", "successor", "reason", "by_staff",
)  # fmt: skip
_BATCH = 500


class HarvestedRecords:
    """The records of all sources."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def revision(self) -> int:
        """A number that grows with every change to what answers may show; 0 at first."""
        with self.database.read() as db:
            return db.scalar(select(harvest_revision.c.number)) or 0

    def known(self, source: str) -> dict[str, Known]:
        """By the source's own identifier, tombstones too."""
        table = harvest_records.c
        query = select(table.identifier, table.id, table.digest, table.withdrawn, table.by_staff).where(
            table.source == source
        )
        with self.database.read() as db:
            return {
                identifier: Known(id_, digest, withdrawn is None, by_staff)
                for identifier, id_, digest, withdrawn, by_staff in db.execute(query)
            }

    def get(self, record_id: str) -> StoredRecord:
        """Live or withdrawn, with its original. Raises RecordUnknown."""
        with self.database.read() as db:
            row = db.execute(_select().where(harvest_records.c.id == record_id)).first()
        if row is None:
            raise RecordUnknown("record", record_id)
        return _record(row)

    def live(self, source: str | None = None) -> Iterator[StoredRecord]:
        """In order of id; read as they are asked for."""
        query = _select().where(harvest_records.c.withdrawn.is_(None))
        if source is not None:
            query = query.where(harvest_records.c.source == source)
        yield from self._all(query)

    def withdrawn(self) -> list[StoredRecord]:
        """Tombstones, in order of id."""
        return list(self._all(_select().where(harvest_records.c.withdrawn.is_not(None))))

    def _all(self, query: Select[Any]) -> Iterator[StoredRecord]:
        with self.database.read() as db:
            for row in db.execute(
                query.order_by(harvest_records.c.id), execution_options={"yield_per": _BATCH}
            ):
                yield _record(row)

    def unchecked(self, by: str) -> int:
        """How many live records these rules have not looked at."""
        with self.database.read() as db:
            return db.scalar(select(func.count()).select_from(harvest_records).where(_unchecked(by))) or 0

    def next_unchecked(self, by: str, limit: int = _BATCH) -> list[StoredRecord]:
        query = _select().where(_unchecked(by)).order_by(harvest_records.c.id).limit(limit)
        with self.database.read() as db:
            return [_record(row) for row in db.execute(query)]

    def save_checked(self, found: Sequence[tuple[Checked, str]]) -> None:
        """Each with the digest of the record it is of: one that changed meanwhile stays unchecked."""
        with self.database.write() as db:
            for one, digest in found:
                db.execute(
                    update(harvest_records)
                    .where(harvest_records.c.id == one.id, harvest_records.c.digest == digest)
                    .values(
                        checked_by=one.by,
                        checked=one.resource,
                        level=one.level,
                        flags=list(one.flags) or None,
                    )
                )

    def checked(self) -> list[Checked]:
        """Live records as they may be shown, in order of id; those nobody looked at are not among them."""
        table = harvest_records.c
        query = (
            select(table.id, table.checked, table.level, table.flags, table.checked_by)
            .where(table.withdrawn.is_(None), table.checked.is_not(None))
            .order_by(table.id)
        )
        with self.database.read() as db:
            return [
                Checked(id_, resource, level, tuple(flags or ()), by)
                for id_, resource, level, flags, by in db.execute(query)
            ]

    def withdraw(self, record_id: str, *, reason: dict[str, str], successor: str | None) -> None:
        """By staff: it stays withdrawn when the source lists it again. Raises RecordUnknown."""
        with self.database.write() as db:
            done = db.execute(
                update(harvest_records)
                .where(harvest_records.c.id == record_id)
                .values(withdrawn=now(), reason=reason, successor=successor, by_staff=True)
            )
            if not done.rowcount:
                raise RecordUnknown("record", record_id)
            bump(db)

    def restore(self, record_id: str) -> None:
        """Take back a withdrawal. Raises RecordUnknown."""
        with self.database.write() as db:
            done = db.execute(
                update(harvest_records)
                .where(harvest_records.c.id == record_id)
                .values(withdrawn=None, reason=None, successor=None, by_staff=False)
            )
            if not done.rowcount:
                raise RecordUnknown("record", record_id)
            bump(db)

    def touch(self) -> None:
        """Something beside the records changed that answers show: links, merges."""
        with self.database.write() as db:
            bump(db)


def bump(db: Connection) -> None:
    """The catalogue is not what it was."""
    if not db.execute(update(harvest_revision).values(number=harvest_revision.c.number + 1)).rowcount:
        db.execute(insert(harvest_revision).values(id=1, number=1))


def save_records(db: Connection, fresh: Sequence[StoredRecord], changed: Sequence[StoredRecord]) -> None:
    """New rows, and new contents for old ones, which come back to life by it and are to be checked."""
    if fresh:
        db.execute(insert(harvest_records), [_columns(one) for one in fresh])
    for one in changed:
        values = _columns(one) | {"checked": None, "checked_by": None, "flags": None}
        for kept in ("first_seen", "source", "identifier"):
            del values[kept]
        db.execute(
            update(harvest_records)
            .where(harvest_records.c.source == one.source, harvest_records.c.identifier == one.identifier)
            .values(**values)
        )


def save_withdrawn(
    db: Connection, source: str, identifiers: Iterable[str], *, reason: dict[str, str], at: datetime
) -> None:
    """Tombstones in place of live records."""
    gone = list(identifiers)
    for begin in range(0, len(gone), _IN):
        db.execute(
            update(harvest_records)
            .where(
                harvest_records.c.source == source,
                harvest_records.c.identifier.in_(gone[begin : begin + _IN]),
                harvest_records.c.withdrawn.is_(None),
            )
            .values(withdrawn=at, reason=reason, successor=None, by_staff=False)
        )


def save_successors(db: Connection, successors: dict[str, str]) -> None:
    """Tombstone id -> id of what took its place."""
    for gone, successor in successors.items():
        db.execute(
            update(harvest_records)
            .where(harvest_records.c.id == gone, harvest_records.c.withdrawn.is_not(None))
            .values(successor=successor)
        )


def _unchecked(by: str) -> Any:
    table = harvest_records.c
    return table.withdrawn.is_(None) & or_(table.checked_by.is_(None), table.checked_by != by)


def _select() -> Select[Any]:
    return select(*(harvest_records.c[name] for name in _FIELDS))


def _record(row: Row[Any]) -> StoredRecord:
    return StoredRecord(**row._mapping)


def _columns(one: StoredRecord) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in _FIELDS}
    values["identifier"] = storable(one.identifier)
    values["media_type"] = storable(one.media_type)[:200]
    return values
