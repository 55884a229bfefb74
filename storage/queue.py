"""The queue of the staff: tickets with what each of the staff may see of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from corpus.rights import label_of
from storage.database import Database
from storage.errors import RecordUnknown
from storage.records import Ticket, TicketState
from storage.tables import conversations, tickets
from storage.tickets import Tickets


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of tickets, how many there are in all of that kind, and in each state."""

    tickets: list[Ticket]
    total: int
    states: Counter[str] = field(default_factory=Counter)
    mine: int = 0


class StaffQueue:
    """Finds tickets by who looks: one from a conversation that they may not see is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, ticket_id: str, visible: Container[str]) -> Ticket:
        """Raises RecordUnknown."""
        ticket = Tickets(self._database).get(ticket_id)
        query = select(conversations.c.level, conversations.c.unit).where(
            conversations.c.id == ticket.conversation_id
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None or label_of(row.level, row.unit) not in visible:
            raise RecordUnknown("ticket", ticket_id)
        return ticket

    def page(
        self,
        visible: Container[str],
        *,
        state: TicketState | None = None,
        claimant: str | None = None,
        own: str,
        offset: int = 0,
        size: int = 50,
    ) -> Queue:
        """Oldest first; `claimant`: only what that account has in hand; `own` is the account that looks."""
        source = tickets.join(conversations, conversations.c.id == tickets.c.conversation_id)
        with self._database.read() as connection:
            kinds = connection.execute(
                select(conversations.c.level, conversations.c.unit).select_from(source).distinct()
            ).all()
            seen = or_(false(), *(_is(row) for row in kinds if label_of(row.level, row.unit) in visible))
            counted = connection.execute(
                select(tickets.c.state, func.count())
                .select_from(source)
                .where(seen)
                .group_by(tickets.c.state)
            ).all()
            in_hand = and_(seen, tickets.c.claimant == own, tickets.c.state != "closed")
            mine = connection.scalar(select(func.count()).select_from(source).where(in_hand)) or 0
            wanted: ColumnElement[bool] = seen
            if state is not None:
                wanted = and_(wanted, tickets.c.state == state)
            if claimant is not None:
                wanted = and_(wanted, tickets.c.claimant == claimant, tickets.c.state != "closed")
            total = connection.scalar(select(func.count()).select_from(source).where(wanted)) or 0
            ids = connection.scalars(
                select(tickets.c.id)
                .select_from(source)
                .where(wanted)
                .order_by(tickets.c.created, tickets.c.id)
                .offset(offset)
                .limit(size)
            ).all()
        return Queue(Tickets(self._database).some(ids), total, Counter(dict(map(tuple, counted))), mine)


def _is(row: Any) -> ColumnElement[bool]:
    unit = conversations.c.unit
    return and_(conversations.c.level == row.level, unit.is_(None) if row.unit is None else unit == row.unit)
