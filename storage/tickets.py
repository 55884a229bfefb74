"""Tickets: questions handed to the staff, what the askers added, and what people replied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from storage.actions import note_action
from storage.curated import insert_curated
from storage.database import Database
from storage.errors import RecordUnknown, TicketFull, TicketTaken
from storage.records import (
    Actor,
    CuratedAnswer,
    StaffReply,
    Ticket,
    TicketNote,
    TicketState,
    may_be_id,
    new_id,
    now,
    storable,
)
from storage.tables import answers, ticket_notes, ticket_replies, tickets

CONTACT_DAYS = 30
"""How long a contact is kept once its ticket is answered or closed; it is for sending the reply."""
NOTES_LIMIT = 10
"""Messages to one open ticket."""
REPLY_LIMIT = 8000
"""Characters of a reply."""
_COMMAND = "kewen tickets"
"""Who does something on the command line and gives no name."""


class Tickets:
    """Reads and writes tickets; every write is one transaction.

    A ticket goes with its conversation: deleting that deletes the ticket, its notes and its replies.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, ticket: Ticket) -> tuple[Ticket, bool]:
        """(the ticket, True), or (the open one that the answer has already, False).

        Notes of the ticket are added to the one that is open: nothing an asker wrote is lost. Raises
        RecordUnknown when there is no such answer in the conversation, TicketFull when that ticket takes
        no more.
        """
        if not may_be_id(ticket.answer_id):
            raise RecordUnknown("answer", ticket.answer_id)
        with self._database.write() as connection:
            self._forget(connection, now())
            # FOR UPDATE: on PostgreSQL two posts for one answer wait for each other here.
            known = connection.execute(
                select(answers.c.id)
                .where(answers.c.id == ticket.answer_id, answers.c.conversation_id == ticket.conversation_id)
                .with_for_update()
            ).one_or_none()
            if known is None:
                raise RecordUnknown("answer", ticket.answer_id)
            open_id = connection.scalar(
                select(tickets.c.id).where(tickets.c.answer_id == ticket.answer_id, tickets.c.state == "open")
            )
            if open_id is None:
                values = {column.name: getattr(ticket, column.name) for column in tickets.c}
                connection.execute(
                    insert(tickets).values(
                        {**values, "question": storable(ticket.question), "answer": storable(ticket.answer)}
                    )
                )
            self._note(connection, open_id or ticket.id, ticket.notes)
            return self._one(connection, open_id or ticket.id), open_id is None

    @staticmethod
    def _note(connection: Connection, ticket_id: str, notes: Sequence[TicketNote]) -> None:
        there = connection.execute(
            select(ticket_notes.c.message, ticket_notes.c.contact).where(
                ticket_notes.c.ticket_id == ticket_id
            )
        ).all()
        known = {(row.message, row.contact) for row in there}
        for note in notes:
            message = storable(note.message) if note.message else None
            contact = storable(note.contact) if note.contact else None
            if (message or contact) and (message, contact) not in known:
                if len(known) >= NOTES_LIMIT:
                    raise TicketFull(ticket_id, NOTES_LIMIT)
                known.add((message, contact))
                connection.execute(
                    insert(ticket_notes).values(
                        ticket_id=ticket_id, created=note.created, message=message, contact=contact
                    )
                )

    def get(self, ticket_id: str) -> Ticket:
        """Raises RecordUnknown."""
        if not may_be_id(ticket_id):
            raise RecordUnknown("ticket", ticket_id)
        with self._database.read() as connection:
            return self._one(connection, ticket_id)

    def all(self, state: TicketState | None = None) -> list[Ticket]:
        """Oldest first; `state` None: in any state."""
        query = select(tickets)
        return self._many(query if state is None else query.where(tickets.c.state == state))

    def some(self, ids: Sequence[str]) -> list[Ticket]:
        """Those of these ids that there are, oldest first."""
        return self._many(select(tickets).where(tickets.c.id.in_(ids)))

    def of_conversation(self, conversation_id: str) -> list[Ticket]:
        """Oldest first; empty when there is none."""
        if not may_be_id(conversation_id):
            return []
        return self._many(select(tickets).where(tickets.c.conversation_id == conversation_id))

    def replies(self, ticket_id: str) -> list[StaffReply]:
        """Oldest first."""
        return self._replies(tickets.c.id, ticket_id)

    def replies_in(self, conversation_id: str) -> list[StaffReply]:
        """Every reply of a person in the conversation, oldest first."""
        return self._replies(tickets.c.conversation_id, conversation_id)

    def answer(
        self,
        ticket_id: str,
        text: str,
        author: str | None = None,
        *,
        citations: Sequence[dict[str, Any]] = (),
        curated: CuratedAnswer | None = None,
        actor: Actor | None = None,
    ) -> StaffReply:
        """Keep a person's reply and, with `curated`, publish it, all or nothing.

        The ticket is then answered; a second reply is kept beside the first. Raises RecordUnknown, and
        TicketTaken for an account that does not have the ticket in hand.
        """
        if not may_be_id(ticket_id):
            raise RecordUnknown("ticket", ticket_id)
        with self._database.write() as connection:
            self._forget(connection, now())
            ticket = self._one(connection, ticket_id, lock=True)
            _check_hand(ticket, actor)
            author = storable(author) if author else None
            reply = StaffReply(
                new_id("s"), ticket_id, ticket.answer_id, author, storable(text), tuple(citations), now()
            )
            connection.execute(
                insert(ticket_replies).values(
                    id=reply.id,
                    ticket_id=reply.ticket_id,
                    created=reply.created,
                    author=reply.author,
                    text=reply.text,
                    citations=list(reply.citations),
                )
            )
            connection.execute(
                update(tickets)
                .where(tickets.c.id == ticket_id)
                .values(state="answered", owner=ticket.owner or author, settled=reply.created)
            )
            note_action(connection, actor or Actor(None, author or _COMMAND), "answer", ticket_id)
            if curated is not None:
                insert_curated(connection, replace(curated, ticket_id=ticket_id))
        return reply

    def claim(self, ticket_id: str, actor: Actor) -> None:
        """Take it in hand: of several at once one has it, and the others are told who.

        Raises RecordUnknown, TicketTaken; again by the same does no harm.
        """
        if not may_be_id(ticket_id):
            raise RecordUnknown("ticket", ticket_id)
        with self._database.write() as connection:
            ticket = self._one(connection, ticket_id, lock=True)
            if ticket.claimant == actor.account_id:
                return
            if ticket.claimant is not None or ticket.state == "closed":
                raise TicketTaken(ticket_id, ticket.state, ticket.owner)
            connection.execute(
                update(tickets)
                .where(tickets.c.id == ticket_id)
                .values(claimant=actor.account_id, claimed=now(), owner=storable(actor.shown)[:200])
            )
            note_action(connection, actor, "claim", ticket_id)

    def hand_back(self, ticket_id: str, actor: Actor, *, of_others: bool = False) -> None:
        """Nobody has it in hand any more; `of_others`: whoever had it. Raises RecordUnknown, TicketTaken."""
        if not may_be_id(ticket_id):
            raise RecordUnknown("ticket", ticket_id)
        with self._database.write() as connection:
            ticket = self._one(connection, ticket_id, lock=True)
            if not (of_others and ticket.claimant):
                _check_hand(ticket, actor)
            owner = ticket.owner if ticket.state != "open" else None
            connection.execute(
                update(tickets)
                .where(tickets.c.id == ticket_id)
                .values(claimant=None, claimed=None, owner=owner)
            )
            note_action(connection, actor, "hand_back", ticket_id)

    def close(self, ticket_id: str, owner: str | None = None, *, actor: Actor | None = None) -> None:
        """Nothing more will come. Raises RecordUnknown, TicketTaken; again does no harm."""
        if not may_be_id(ticket_id):
            raise RecordUnknown("ticket", ticket_id)
        with self._database.write() as connection:
            ticket = self._one(connection, ticket_id, lock=True)
            if ticket.state == "closed":
                return
            _check_hand(ticket, actor)
            note_action(connection, actor or Actor(None, owner or _COMMAND), "close", ticket_id)
            owner = ticket.owner or (storable(owner) if owner else None)
            connection.execute(
                update(tickets)
                .where(tickets.c.id == ticket_id)
                .values(state="closed", owner=owner, settled=now())
            )

    def forget_contacts(self, moment: datetime | None = None) -> int:
        """Remove the contacts that have been kept long enough; how many there were."""
        with self._database.write() as connection:
            return self._forget(connection, moment or now())

    @staticmethod
    def _forget(connection: Connection, moment: datetime) -> int:
        over = select(tickets.c.id).where(
            tickets.c.state != "open", tickets.c.settled < moment - timedelta(days=CONTACT_DAYS)
        )
        done = connection.execute(
            update(ticket_notes)
            .where(ticket_notes.c.contact.is_not(None), ticket_notes.c.ticket_id.in_(over))
            .values(contact=None)
        )
        return done.rowcount

    def _one(self, connection: Connection, ticket_id: str, *, lock: bool = False) -> Ticket:
        query = select(tickets).where(tickets.c.id == ticket_id)
        row = connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise RecordUnknown("ticket", ticket_id)
        return self._with_notes(connection, [row])[0]

    def _many(self, query: Select[Any]) -> list[Ticket]:
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(tickets.c.created, tickets.c.id)).all()
            return self._with_notes(connection, rows)

    @staticmethod
    def _with_notes(connection: Connection, rows: Sequence[Row[Any]]) -> list[Ticket]:
        notes: dict[str, list[TicketNote]] = {row.id: [] for row in rows}
        found = connection.execute(
            select(ticket_notes)
            .where(ticket_notes.c.ticket_id.in_(list(notes)))
            .order_by(ticket_notes.c.created, ticket_notes.c.id)
        )
        for one in found:
            notes[one.ticket_id].append(TicketNote(one.message, one.contact, one.created))
        return [Ticket(**row._mapping, notes=tuple(notes[row.id])) for row in rows]

    def _replies(self, column: Any, value: str) -> list[StaffReply]:
        if not may_be_id(value):
            return []
        with self._database.read() as connection:
            rows = connection.execute(
                select(ticket_replies, tickets.c.answer_id)
                .join(tickets, tickets.c.id == ticket_replies.c.ticket_id)
                .where(column == value)
                .order_by(ticket_replies.c.created, ticket_replies.c.id)
            ).all()
        return [StaffReply(**{**row._mapping, "citations": tuple(row.citations)}) for row in rows]


def _check_hand(ticket: Ticket, actor: Actor | None) -> None:
    """Who works with an account has the ticket in hand; the command line is above that."""
    if actor is None or actor.account_id is None:
        return
    if ticket.claimant != actor.account_id or ticket.state == "closed":
        raise TicketTaken(ticket.id, ticket.state, ticket.owner if ticket.claimant else None)
