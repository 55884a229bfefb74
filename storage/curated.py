"""Curated answers: published by staff, served while they are valid."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, Row, insert, select, update

from storage.database import Database
from storage.errors import RecordUnknown
from storage.records import CuratedAnswer, may_be_id, now, storable
from storage.tables import curated_answers


class CuratedBook:
    """Finds, lists and withdraws; Tickets.answer() publishes one together with its reply."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, answer: CuratedAnswer) -> None:
        """Publish one that answers no ticket."""
        with self._database.write() as connection:
            insert_curated(connection, answer)

    def get(self, curated_id: str) -> CuratedAnswer:
        """Raises RecordUnknown."""
        if not may_be_id(curated_id):
            raise RecordUnknown("curated answer", curated_id)
        with self._database.read() as connection:
            row = connection.execute(
                select(curated_answers).where(curated_answers.c.id == curated_id)
            ).one_or_none()
        if row is None:
            raise RecordUnknown("curated answer", curated_id)
        return _curated(row)

    def all(self) -> list[CuratedAnswer]:
        """Withdrawn and lapsed ones too, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(curated_answers).order_by(curated_answers.c.created)).all()
        return [_curated(row) for row in rows]

    def current(self, today: date) -> list[CuratedAnswer]:
        """Neither withdrawn nor past their last day, newest first: a newer answer replaces an older one."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(curated_answers)
                .where(curated_answers.c.withdrawn.is_(None), curated_answers.c.until >= today)
                .order_by(curated_answers.c.created.desc())
            ).all()
        return [_curated(row) for row in rows]

    def withdraw(self, curated_id: str) -> None:
        """From now on nobody gets it. Raises RecordUnknown; again does no harm."""
        self.get(curated_id)
        with self._database.write() as connection:
            connection.execute(
                update(curated_answers)
                .where(curated_answers.c.id == curated_id, curated_answers.c.withdrawn.is_(None))
                .values(withdrawn=now())
            )


def insert_curated(connection: Connection, answer: CuratedAnswer) -> None:
    """Write it in a transaction that is open."""
    connection.execute(
        insert(curated_answers).values(
            id=answer.id,
            ticket_id=answer.ticket_id,
            created=answer.created,
            owner=storable(answer.owner),
            until=answer.until,
            questions=[storable(question) for question in answer.questions],
            texts={language: storable(text) for language, text in answer.texts.items()},
            sources=list(answer.sources),
            withdrawn=answer.withdrawn,
        )
    )


def _curated(row: Row[tuple[object, ...]]) -> CuratedAnswer:
    values = dict(row._mapping)
    return CuratedAnswer(
        **{**values, "questions": tuple(values["questions"]), "sources": tuple(values["sources"])}
    )
