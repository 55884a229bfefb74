"""Stored answers, replayed byte for byte."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from storage.database import Database
from storage.errors import RecordUnknown
from storage.records import StoredAnswer, may_be_id
from storage.tables import answers, turns


class Answers:
    """Reads answers; Conversations.add_turn() writes them, with the turn they belong to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, answer_id: str) -> StoredAnswer:
        """Raises RecordUnknown."""
        found = self.get_all([answer_id])
        if not found:
            raise RecordUnknown("answer", answer_id)
        return found[answer_id]

    def get_all(self, answer_ids: Sequence[str]) -> dict[str, StoredAnswer]:
        """By id; unknown ids are left out."""
        wanted = [answer_id for answer_id in answer_ids if may_be_id(answer_id)]
        with self._database.read() as connection:
            rows = connection.execute(select(answers).where(answers.c.id.in_(wanted))).all()
        return {row.id: StoredAnswer(**{**row._mapping, "body": bytes(row.body)}) for row in rows}

    def question_of(self, answer_id: str) -> str | None:
        """What was asked; None where the turn is not there."""
        if not may_be_id(answer_id):
            return None
        with self._database.read() as connection:
            query = select(turns.c.question).where(turns.c.answer_id == answer_id)
            return connection.execute(query).scalar()
