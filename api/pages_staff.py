"""GET /staff and what is posted below it: the queue of handed-over questions, one ticket, the audit log."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api.auth import asker_signed_in
from api.deps import DatabaseDep
from api.errors import ApiError
from api.pages_answers import statement_path
from api.pages_errors import PageRoute
from api.pages_people import moment
from api.pages_shell import NOT_KEPT, READ, render, shell_of
from api.signing_in import Visitor, VisitorDep, form_of, many_of, to, to_login
from api.staff_replies import ReplyRefused, checked_reply
from api.staff_texts import known, say
from api.validation import quoted
from assistant.access import visible_to
from assistant.records import Answer
from assistant.roles import Action, may
from corpus.rights import Sight
from storage.actions import ActionLog
from storage.answers import Answers
from storage.conversations import Conversations
from storage.database import Database
from storage.errors import RecordUnknown, TicketTaken
from storage.queue import Queue, StaffQueue
from storage.records import Actor, StaffReply, Ticket, TicketState, now
from storage.tickets import Tickets

router = APIRouter(include_in_schema=False, route_class=PageRoute)

PAGE = 50
"""Tickets or deeds on one page."""
View = Literal["open", "mine", "answered", "closed"]
_DONE = {"claimed": "done_claimed", "back": "done_back", "answered": "done_answered", "closed": "done_closed"}


def admitted(visitor: Visitor | None, action: Action) -> Visitor:
    """Who may do that. Raises ApiError 403 for everybody else who is signed in, 401 for who is not."""
    if visitor is None:
        raise ApiError(401, "sign_in_needed")
    if not may(visitor.account.role, action):
        raise ApiError(403, "role_needed", say_as="manager_needed" if action == "audit" else None)
    return visitor


@router.api_route("/staff", methods=READ)
async def queue_page(
    request: Request, database: DatabaseDep, visitor: VisitorDep, view: View = "open", page: int = 1
) -> Response:
    """The tickets that this account may see, oldest first."""
    if visitor is None:
        return to_login("/staff", request.query_params.get("lang"))
    admitted(visitor, "tickets")
    shell = shell_of(request, [("view", view)] if view != "open" else [])
    page = min(max(page, 1), 10_000)
    found = await asyncio.to_thread(_queue, database, visitor, view, page)
    return render(
        shell,
        "staff_queue.html",
        title=say("title", shell.language),
        indexed=False,
        headers=NOT_KEPT,
        **_words(shell),
        view=view,
        queue=found,
        mark=_mark_of(found),
        own=visitor.account.id,
        audit=may(visitor.account.role, "audit"),
        counts={
            "open": found.states["open"],
            "mine": found.mine,
            "answered": found.states["answered"],
            "closed": found.states["closed"],
        },
        page=page,
        pages=max(1, -(-found.total // PAGE)),
        turn=lambda number: shell.url("/staff", {"view": view, "page": str(number)}),
        time=f"{now().astimezone():%H:%M:%S}",
    )


@router.get("/staff/mark")
async def mark(
    database: DatabaseDep, visitor: VisitorDep, view: View = "open", page: int = 1, ticket: str = ""
) -> Response:
    """A name of what a page of the desk shows: another one when that has changed."""
    if visitor is None:
        return JSONResponse({}, 401, headers=NOT_KEPT)
    admitted(visitor, "tickets")
    if ticket:
        found = await asyncio.to_thread(_ticket, database, visitor, ticket)
        replies = await asyncio.to_thread(Tickets(database).replies, found.id)
        told = _mark_of_ticket(found, replies)
    else:
        told = _mark_of(await asyncio.to_thread(_queue, database, visitor, view, min(max(page, 1), 10_000)))
    return JSONResponse({"mark": told}, headers=NOT_KEPT)


@router.api_route("/staff/audit", methods=READ)
async def audit_page(
    request: Request, database: DatabaseDep, visitor: VisitorDep, before: int | None = None
) -> Response:
    """What staff did, for managers."""
    if visitor is None:
        return to_login("/staff/audit", request.query_params.get("lang"))
    admitted(visitor, "audit")
    shell = shell_of(request)
    before = before if before is None else min(max(before, 0), 2**31 - 1)
    deeds = await asyncio.to_thread(ActionLog(database).page, PAGE + 1, before)
    return render(
        shell,
        "staff_audit.html",
        title=say("audit_title", shell.language),
        indexed=False,
        headers=NOT_KEPT,
        **_words(shell),
        deeds=deeds[:PAGE],
        older=deeds[PAGE - 1].id if len(deeds) > PAGE else None,
        action=lambda name: say(f"action_{name}", shell.language) if known(f"action_{name}") else name,
    )


@router.api_route("/staff/tickets/{ticket_id}", methods=READ)
async def ticket_page(
    ticket_id: str,
    request: Request,
    database: DatabaseDep,
    visitor: VisitorDep,
    done: str = "",
    draft: str = "",
) -> Response:
    """One ticket with its conversation and what may be done with it. That somebody looked is noted."""
    if visitor is None:
        return to_login(request.url.path, request.query_params.get("lang"))
    admitted(visitor, "tickets")
    ticket = await asyncio.to_thread(_ticket, database, visitor, ticket_id)
    await asyncio.to_thread(ActionLog(database).note_view, _actor(visitor), ticket.id)
    return await _ticket_page(request, database, visitor, ticket, done=_DONE.get(done), draft=bool(draft))


@router.post("/staff/tickets/{ticket_id}/claim")
async def claim(ticket_id: str, request: Request, database: DatabaseDep, visitor: VisitorDep) -> Response:
    """Of several at once one has it; the others are told who."""
    book = Tickets(database)
    return await _do(ticket_id, request, database, visitor, lambda who: book.claim(ticket_id, who), "claimed")


@router.post("/staff/tickets/{ticket_id}/hand-back")
async def hand_back(ticket_id: str, request: Request, database: DatabaseDep, visitor: VisitorDep) -> Response:
    """Others may take it; managers hand back for anybody."""
    above = bool(visitor and may(visitor.account.role, "audit"))
    work = partial(Tickets(database).hand_back, ticket_id, of_others=above)
    return await _do(ticket_id, request, database, visitor, work, "back")


@router.post("/staff/tickets/{ticket_id}/close")
async def close(ticket_id: str, request: Request, database: DatabaseDep, visitor: VisitorDep) -> Response:
    """Nothing more will come."""
    book = Tickets(database)
    work: Callable[[Actor], object] = lambda who: book.close(ticket_id, who.shown, actor=who)  # noqa: E731
    return await _do(ticket_id, request, database, visitor, work, "closed")


@router.post("/staff/tickets/{ticket_id}/answer")
async def answer(ticket_id: str, request: Request, database: DatabaseDep, visitor: VisitorDep) -> Response:
    """The reply goes into the asker's conversation, as one of the command line does."""
    given = await _posted(request, visitor)
    if isinstance(given, Response):
        return given
    who, fields = given
    ticket = await asyncio.to_thread(_ticket, database, who, ticket_id)
    text, chosen = fields.get("text", "").replace("\r\n", "\n").strip(), await many_of(request, "cite")
    again = partial(_ticket_page, request, database, who, text=text, chosen=chosen)
    stored = await asyncio.to_thread(Answers(database).get, ticket.answer_id)
    try:
        citations = checked_reply(text, chosen, Answer.model_validate_json(stored.body).citations)
    except ReplyRefused as refusal:
        return await again(ticket, told=refusal.key, values=refusal.values)
    book, actor = Tickets(database), _actor(who)
    try:
        await asyncio.to_thread(
            lambda: book.answer(ticket_id, text, actor.shown, citations=citations, actor=actor)
        )
    except TicketTaken as taken:
        fresh = await asyncio.to_thread(_ticket, database, who, ticket_id)
        return await again(fresh, **_told(taken))
    return to(shell_of(request).url(f"/staff/tickets/{ticket_id}", {"done": "answered"}))


@router.api_route("/staff/tickets/{ticket_id}/{part}", methods=READ)
async def back_to_ticket(ticket_id: str, request: Request) -> Response:
    """Where a form was posted there is nothing to read."""
    return to(shell_of(request).url(f"/staff/tickets/{ticket_id}"))


async def _posted(request: Request, visitor: Visitor | None) -> tuple[Visitor, dict[str, str]] | Response:
    """Who posted a form of the desk, and its fields; a way to sign in for who is signed out by now."""
    if visitor is None:
        return to_login(request.url.path.rpartition("/")[0])
    fields = await form_of(request, visitor)
    return admitted(visitor, "tickets"), fields


async def _do(
    ticket_id: str,
    request: Request,
    database: Database,
    visitor: Visitor | None,
    work: Callable[[Actor], object],
    done: str,
) -> Response:
    given = await _posted(request, visitor)
    if isinstance(given, Response):
        return given
    who, _ = given
    await asyncio.to_thread(_ticket, database, who, ticket_id)
    try:
        await asyncio.to_thread(work, _actor(who))
    except TicketTaken as taken:
        fresh = await asyncio.to_thread(_ticket, database, who, ticket_id)
        return await _ticket_page(request, database, who, fresh, **_told(taken))
    return to(shell_of(request).url(f"/staff/tickets/{ticket_id}", {"done": done}))


def _told(taken: TicketTaken) -> dict[str, Any]:
    if taken.state == "closed":
        return {"told": "was_closed"}
    if taken.owner is None:
        return {"told": "not_in_hand"}
    return {"told": "taken", "values": {"name": taken.owner}}


async def _ticket_page(
    request: Request,
    database: Database,
    visitor: Visitor,
    ticket: Ticket,
    *,
    done: str | None = None,
    told: str | None = None,
    values: dict[str, object] | None = None,
    text: str = "",
    chosen: list[str] | None = None,
    draft: bool = False,
) -> Response:
    shell = shell_of(request)

    def read() -> dict[str, Any]:
        turns = Conversations(database).turns(ticket.conversation_id)
        stored = Answers(database).get_all([turn.answer_id for turn in turns])
        replies = Tickets(database).replies(ticket.id)
        return {
            "turns": [
                (turn, Answer.model_validate_json(stored[turn.answer_id].body))
                for turn in turns
                if turn.answer_id in stored
            ],
            "replies": replies,
            "mark": _mark_of_ticket(ticket, replies),
        }

    found = await asyncio.to_thread(read)
    handed = next((one for turn, one in found["turns"] if turn.answer_id == ticket.answer_id), None)
    if draft and handed is not None and not text:
        text, chosen = handed.text, [str(one.number) for one in handed.citations]
    return render(
        shell,
        "staff_ticket.html",
        title=f"{say('ticket', shell.language)} · {ticket.question[:60]}",
        status=409 if told in ("taken", "not_in_hand", "was_closed") else 422 if told else 200,
        indexed=False,
        headers=NOT_KEPT,
        **_words(shell),
        **found,
        ticket=ticket,
        path=f"/staff/tickets/{ticket.id}",
        mine=ticket.claimant == visitor.account.id,
        above=may(visitor.account.role, "audit"),
        shown=visitor.account.shown,
        token=visitor.token,
        handed=handed,
        done=done,
        told=told,
        told_values=values or {},
        text=text,
        chosen=chosen or [],
        statement=lambda citation: statement_path(citation.url, citation.locator),
        time=f"{now().astimezone():%H:%M:%S}",
    )


def _words(shell: Any) -> dict[str, Any]:
    return {
        "w": lambda key, **values: say(key, shell.language, **values),
        "moment": lambda when: moment(when, shell),
    }


def _sight(visitor: Visitor) -> Sight:
    return visible_to(asker_signed_in(visitor.sign_in))


def _actor(visitor: Visitor) -> Actor:
    return Actor(visitor.account.id, visitor.account.shown)


def _ticket(database: Database, visitor: Visitor, ticket_id: str) -> Ticket:
    """Raises ApiError 404 for one that is not there or not for these eyes."""
    try:
        return StaffQueue(database).get(ticket_id, _sight(visitor))
    except RecordUnknown:
        raise ApiError(404, "ticket_unknown", value=quoted(ticket_id)) from None


def _queue(database: Database, visitor: Visitor, view: View, page: int) -> Queue:
    state: TicketState | None = view if view != "mine" else None
    own = visitor.account.id
    return StaffQueue(database).page(
        _sight(visitor),
        state=state,
        claimant=own if view == "mine" else None,
        own=own,
        offset=(page - 1) * PAGE,
        size=PAGE,
    )


def _mark_of(queue: Queue) -> str:
    shown = [(one.id, one.state, one.claimant, len(one.notes)) for one in queue.tickets]
    return _digest((shown, sorted(queue.states.items()), queue.mine))


def _mark_of_ticket(ticket: Ticket, replies: Sequence[StaffReply]) -> str:
    return _digest((ticket.state, ticket.claimant, len(ticket.notes), len(replies)))


def _digest(told: object) -> str:
    return hashlib.blake2b(repr(told).encode(), digest_size=12).hexdigest()
