"""POST /api/handoff: a question and its answer go to the staff as a ticket."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Response

from api.deps import AskerDep, KewenDep, LocaleDep
from api.errors import ApiError
from api.messages import say
from api.schemas import HandoffIn, HandoffOut, TicketOut, refusals
from api.validation import quoted
from assistant.access import visible_to
from assistant.handoff import file_ticket
from storage.errors import RecordUnknown, TicketFull
from storage.records import Ticket

router = APIRouter(tags=["ask"])


@router.post(
    "/api/handoff",
    status_code=201,
    responses={
        200: {
            "model": HandoffOut,
            "description": "The answer has an open ticket: this one.",
        },
        **refusals(400, 401, 404, 409, 413, 422, 429, 503),
    },
)
async def hand_over(
    body: HandoffIn, kewen: KewenDep, asker: AskerDep, locale: LocaleDep, response: Response
) -> HandoffOut:
    """Hand a question to the staff; the reply comes back into its conversation."""
    try:
        ticket, made = await asyncio.to_thread(
            file_ticket,
            kewen.database,
            body.answer_id,
            visible=visible_to(asker),
            message=_told(body.message),
            contact=_told(body.contact),
        )
    except RecordUnknown:
        raise ApiError(404, "answer_unknown", value=quoted(body.answer_id)) from None
    except TicketFull as full:
        raise ApiError(409, "ticket_full", value=full.ticket_id, limit=full.limit) from None
    if not made:
        response.status_code = 200
    sentence = say("handoff_taken" if made else "handoff_waiting", locale, value=ticket.id)
    return HandoffOut(
        **ticket_out(ticket).model_dump(), conversation_id=ticket.conversation_id, message=sentence
    )


def ticket_out(ticket: Ticket) -> TicketOut:
    """What an asker may see of it: not what anyone wrote to the staff."""
    return TicketOut(
        id=ticket.id, answer_id=ticket.answer_id, state=ticket.state, created=ticket.created.isoformat()
    )


def _told(text: str | None) -> str | None:
    """None for what says nothing."""
    return (text or "").strip() or None
