"""What readers thought of answers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select

from storage.database import Database
from storage.errors import RecordUnknown
from storage.records import Feedback, Verdict, may_be_id, new_id, now, storable
from storage.tables import answers, feedback


class FeedbackBook:
    """Every verdict is kept: a change of mind is a second row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, answer_id: str, verdict: Verdict, comment: str | None = None) -> Feedback:
        """Raises RecordUnknown when there is no such answer."""
        if not may_be_id(answer_id):
            raise RecordUnknown("answer", answer_id)
        entry = Feedback(new_id("f"), answer_id, verdict, storable(comment) if comment else None, now())
        with self._database.write() as connection:
            # FOR SHARE: on PostgreSQL the answer cannot be deleted between this look and the insert.
            known = connection.execute(
                select(answers.c.id).where(answers.c.id == answer_id).with_for_update(read=True)
            ).one_or_none()
            if known is None:
                raise RecordUnknown("answer", answer_id)
            connection.execute(
                insert(feedback).values(
                    id=entry.id,
                    answer_id=entry.answer_id,
                    verdict=entry.verdict,
                    comment=entry.comment,
                    created=entry.created,
                )
            )
        return entry

    def latest(self, answer_ids: Sequence[str]) -> dict[str, Verdict]:
        """What was last thought of each of these answers; answers without a verdict are left out."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(feedback.c.answer_id, feedback.c.verdict)
                .where(feedback.c.answer_id.in_(answer_ids))
                .order_by(feedback.c.created)
            ).all()
        return {row.answer_id: row.verdict for row in rows}

    def of(self, answer_id: str) -> list[Feedback]:
        """Oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(feedback).where(feedback.c.answer_id == answer_id).order_by(feedback.c.created)
            ).all()
        return [Feedback(**row._mapping) for row in rows]
