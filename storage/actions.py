"""What staff did: who, what, when; written in the transaction of the deed itself, and never changed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, insert, select

from storage.database import Database
from storage.records import Actor, StaffAction, now, storable
from storage.tables import staff_actions

VIEW_QUIET = timedelta(minutes=10)
"""Looking again so soon is the same look."""


class ActionLog:
    """Adds and reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, actor: Actor, action: str, subject: str | None = None) -> None:
        """Of what changes nothing else."""
        with self._database.write() as connection:
            note_action(connection, actor, action, subject)

    def note_view(self, actor: Actor, subject: str) -> None:
        """That somebody looked, once for several looks in a row."""
        moment = now()
        with self._database.write() as connection:
            known = connection.scalar(
                select(staff_actions.c.id).where(
                    staff_actions.c.account_id == actor.account_id,
                    staff_actions.c.action == "view",
                    staff_actions.c.subject == subject,
                    staff_actions.c.created > moment - VIEW_QUIET,
                )
            )
            if known is None:
                note_action(connection, actor, "view", subject)

    def page(self, size: int, before: int | None = None) -> list[StaffAction]:
        """The newest first; `before`: those before that one."""
        query = select(staff_actions).order_by(staff_actions.c.id.desc()).limit(size)
        if before is not None:
            query = query.where(staff_actions.c.id < before)
        with self._database.read() as connection:
            return [StaffAction(**row._mapping) for row in connection.execute(query).all()]


def note_action(connection: Connection, actor: Actor, action: str, subject: str | None) -> None:
    """In a transaction that is under way."""
    connection.execute(
        insert(staff_actions).values(
            created=now(),
            account_id=actor.account_id,
            who=storable(actor.shown)[:200],
            action=action,
            subject=subject,
        )
    )
