"""Sources, runs and pages: what was asked of whom, how far it came, what was refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from storage.database import Database
from storage.errors import RecordUnknown
from storage.harvest_records import PageRow, Refusal, Run, StoredSource
from storage.harvest_tables import (
    harvest_pages,
    harvest_records,
    harvest_refusals,
    harvest_runs,
    harvest_sources,
)
from storage.records import now, storable

_KEPT_RUNS = 50
"""Of one source; older ones are forgotten with their refusals."""


class Harvests:
    """Sources and runs in the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def save_source(self, source: StoredSource) -> None:
        """Keep it, in place of the one of that name; cursor, dates and schedule of an older one stay."""
        values = {"settings": source.settings, "visibility": source.visibility, "unit": source.unit}
        with self.database.write() as db:
            before = db.execute(
                select(harvest_sources.c.visibility, harvest_sources.c.unit).where(
                    harvest_sources.c.name == source.name
                )
            ).first()
            if before is not None and tuple(before) != (source.visibility, source.unit):
                # Who may see its records is decided when they are checked.
                db.execute(
                    update(harvest_records)
                    .where(harvest_records.c.source == source.name)
                    .values(checked_by=None)
                )
            done = db.execute(
                update(harvest_sources).where(harvest_sources.c.name == source.name).values(**values)
            )
            if not done.rowcount:
                fresh = {"name": source.name, "created": source.created, "scheduled": source.scheduled}
                db.execute(insert(harvest_sources).values(**fresh, **values))

    def source(self, name: str) -> StoredSource | None:
        with self.database.read() as db:
            row = db.execute(select(harvest_sources).where(harvest_sources.c.name == name)).first()
        return StoredSource(**row._mapping) if row else None

    def sources(self) -> list[StoredSource]:
        """In order of name."""
        with self.database.read() as db:
            rows = db.execute(select(harvest_sources).order_by(harvest_sources.c.name)).all()
        return [StoredSource(**row._mapping) for row in rows]

    def remove_source(self, name: str) -> None:
        """Forget a source that has no records. Raises RecordUnknown."""
        with self.database.write() as db:
            if not db.execute(delete(harvest_sources).where(harvest_sources.c.name == name)).rowcount:
                raise RecordUnknown("source", name)

    def set_scheduled(self, name: str, scheduled: bool) -> None:
        """Raises RecordUnknown."""
        with self.database.write() as db:
            done = db.execute(
                update(harvest_sources).where(harvest_sources.c.name == name).values(scheduled=scheduled)
            )
            if not done.rowcount:
                raise RecordUnknown("source", name)

    def begin(self, run: Run, first: Sequence[PageRow]) -> None:
        """A run with what it asks first; older runs beyond the last fifty are forgotten."""
        with self.database.write() as db:
            db.execute(insert(harvest_runs).values(asdict(run)))
            insert_pages(db, run.id, first)
            old = (
                select(harvest_runs.c.id)
                .where(harvest_runs.c.source == run.source)
                .order_by(harvest_runs.c.started.desc(), harvest_runs.c.id)
                .offset(_KEPT_RUNS)
            )
            forgotten = [row[0] for row in db.execute(old)]
            if forgotten:
                db.execute(delete(harvest_runs).where(harvest_runs.c.id.in_(forgotten)))

    def last_run(self, source: str) -> Run | None:
        found = self.runs(source, limit=1)
        return found[0] if found else None

    def runs(self, source: str | None = None, *, limit: int = 20) -> list[Run]:
        """Newest first."""
        query = select(harvest_runs).order_by(harvest_runs.c.started.desc(), harvest_runs.c.id).limit(limit)
        if source is not None:
            query = query.where(harvest_runs.c.source == source)
        with self.database.read() as db:
            return [Run(**row._mapping) for row in db.execute(query)]

    def run(self, run_id: str) -> Run:
        """Raises RecordUnknown."""
        with self.database.read() as db:
            row = db.execute(select(harvest_runs).where(harvest_runs.c.id == run_id)).first()
        if row is None:
            raise RecordUnknown("run", run_id)
        return Run(**row._mapping)

    def last_complete(self, source: str) -> Run | None:
        """The newest run that came to its end; its pages tell what has not changed since."""
        query = (
            select(harvest_runs)
            .where(harvest_runs.c.source == source, harvest_runs.c.state == "done")
            .order_by(harvest_runs.c.started.desc(), harvest_runs.c.id)
            .limit(1)
        )
        with self.database.read() as db:
            row = db.execute(query).first()
        return Run(**row._mapping) if row else None

    def pages(self, run_id: str) -> list[PageRow]:
        """In the order in which they are asked."""
        with self.database.read() as db:
            rows = db.execute(
                select(harvest_pages)
                .where(harvest_pages.c.run_id == run_id)
                .order_by(harvest_pages.c.ordinal)
            ).all()
        return [_page(row) for row in rows]

    def refusals(self, run_id: str) -> list[Refusal]:
        with self.database.read() as db:
            rows = db.execute(
                select(harvest_refusals)
                .where(harvest_refusals.c.run_id == run_id)
                .order_by(harvest_refusals.c.id)
            ).all()
        names = ("place", "rule", "message", "line", "record")
        return [Refusal(**{name: row._mapping[name] for name in names}) for row in rows]

    def record_counts(self) -> dict[str, tuple[int, int]]:
        """(live, withdrawn) records by source."""
        gone = func.count(harvest_records.c.withdrawn)
        query = select(harvest_records.c.source, func.count(), gone).group_by(harvest_records.c.source)
        with self.database.read() as db:
            return {name: (total - dead, dead) for name, total, dead in db.execute(query)}

    def close_run(self, run: Run) -> None:
        """The end of a run that changes no record: why it failed or was stopped."""
        with self.database.write() as db:
            end_run(db, run)


def insert_pages(db: Connection, run_id: str, pages: Sequence[PageRow]) -> None:
    if pages:
        db.execute(insert(harvest_pages), [{"run_id": run_id, **_columns(page)} for page in pages])


def save_page(db: Connection, run_id: str, page: PageRow) -> None:
    """What a page held, in place of the request that it was."""
    db.execute(
        update(harvest_pages)
        .where(harvest_pages.c.run_id == run_id, harvest_pages.c.ordinal == page.ordinal)
        .values(**_columns(page))
    )


def save_refusals(db: Connection, run_id: str, refusals: Iterable[Refusal]) -> None:
    rows = [
        {
            "run_id": run_id,
            "place": storable(one.place),
            "line": one.line,
            "record": storable(one.record) if one.record else None,
            "rule": one.rule[:100],
            "message": storable(one.message),
        }
        for one in refusals
    ]
    if rows:
        db.execute(insert(harvest_refusals), rows)


def save_counts(db: Connection, run: Run) -> None:
    db.execute(update(harvest_runs).where(harvest_runs.c.id == run.id).values(counts=run.counts))


def save_cursor(db: Connection, source: str, newest: str | None, full_at: datetime | None) -> None:
    """The newest datestamp of the source, and when it was read whole; None leaves what is there."""
    values: dict[str, Any] = {}
    if newest:
        values["cursor"] = newest
    if full_at:
        values["full_at"] = full_at
    if values:
        db.execute(update(harvest_sources).where(harvest_sources.c.name == source).values(**values))


def end_run(db: Connection, run: Run) -> None:
    """State, end, counts and sentence. Pages of older runs go once a newer one is complete."""
    ended = replace(run, finished=run.finished or now())
    db.execute(
        update(harvest_runs)
        .where(harvest_runs.c.id == run.id)
        .values(state=ended.state, finished=ended.finished, counts=ended.counts, sentence=ended.sentence)
    )
    if run.state == "done":
        older = select(harvest_runs.c.id).where(
            harvest_runs.c.source == run.source, harvest_runs.c.id != run.id
        )
        db.execute(delete(harvest_pages).where(harvest_pages.c.run_id.in_(older)))


def _columns(page: PageRow) -> dict[str, Any]:
    return {
        "ordinal": page.ordinal,
        "key": page.key,
        "request": page.request,
        "done": page.done,
        "sha256": page.sha256,
        "etag": page.etag,
        "last_modified": page.last_modified,
        "identifiers": list(page.identifiers),
        "deleted": list(page.deleted),
        "following": list(page.following),
        "refused": list(page.refused),
        "whole": page.whole,
        "full": page.full,
        "newest": page.newest,
    }


def _page(row: Row[Any]) -> PageRow:
    values = {name: value for name, value in row._mapping.items() if name not in ("id", "run_id")}
    for name in ("identifiers", "deleted", "following", "refused"):
        values[name] = tuple(values[name])
    return PageRow(**values)
