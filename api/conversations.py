"""GET and DELETE /api/conversations/{id}."""

from __future__ import annotations

import asyncio
import json

from fastapi import APIRouter

from api.asking import check_conversation
from api.deps import AskerDep, KewenDep
from api.handoff import ticket_out
from api.schemas import AuthorOut, ConversationOut, StaffReplyOut, TurnOut, refusals
from storage.answers import Answers
from storage.conversations import Conversations
from storage.database import Database
from storage.feedback import FeedbackBook
from storage.records import StaffReply
from storage.tickets import Tickets

router = APIRouter(tags=["ask"], responses=refusals(401, 404, 429, 503))


@router.get("/api/conversations/{conversation_id}")
async def get_conversation(conversation_id: str, kewen: KewenDep, asker: AskerDep) -> ConversationOut:
    """Its turns in order, each with the answer that was given; what staff replied; where tickets stand."""
    await check_conversation(kewen, conversation_id, asker)
    return await asyncio.to_thread(_read, kewen.database, conversation_id)


@router.delete("/api/conversations/{conversation_id}", status_code=204)
async def delete_conversation(conversation_id: str, kewen: KewenDep, asker: AskerDep) -> None:
    """Remove the conversation with its questions, answers, feedback and tickets, for good."""
    await check_conversation(kewen, conversation_id, asker)
    await asyncio.to_thread(Conversations(kewen.database).delete, conversation_id)


def _read(database: Database, conversation_id: str) -> ConversationOut:
    conversation = Conversations(database).get(conversation_id)
    turns = Conversations(database).turns(conversation_id)
    ids = [turn.answer_id for turn in turns]
    answers, verdicts = Answers(database).get_all(ids), FeedbackBook(database).latest(ids)
    return ConversationOut(
        id=conversation.id,
        created=conversation.created.isoformat(),
        language=conversation.language,
        channel=conversation.channel,
        turns=[
            TurnOut(
                ordinal=turn.ordinal,
                question=turn.question,
                created=turn.created.isoformat(),
                answer=json.loads(answers[turn.answer_id].body),
                feedback=verdicts.get(turn.answer_id),
            )
            for turn in turns
            if turn.answer_id in answers
        ],
        replies=[_reply(one) for one in Tickets(database).replies_in(conversation_id)],
        tickets=[ticket_out(one) for one in Tickets(database).of_conversation(conversation_id)],
    )


def _reply(reply: StaffReply) -> StaffReplyOut:
    return StaffReplyOut(
        id=reply.id,
        ticket_id=reply.ticket_id,
        answer_id=reply.answer_id,
        author=AuthorOut(name=reply.author),
        text=reply.text,
        citations=list(reply.citations),
        created=reply.created.isoformat(),
    )
