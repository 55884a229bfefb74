"""Rows to store."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from storage.conversations import Conversations
from storage.database import Database
from storage.records import Conversation, StoredAnswer, Ticket

_numbers = count(1)


def answered(database: Database, conversation: Conversation | None = None) -> StoredAnswer:
    """A stored answer in a conversation of its own, unless one is given."""
    conversation = conversation or Conversation()
    answer = StoredAnswer(f"a_s{next(_numbers)}", conversation.id, b"{}", "not_found", "composer")
    Conversations(database).add_turn(conversation, "有没有深海热液样品？", answer)
    return answer


def ticket_for(answer: StoredAnswer, **more: Any) -> Ticket:
    """A ticket about the answer."""
    ticket = Ticket(
        conversation_id=answer.conversation_id,
        answer_id=answer.id,
        channel="web",
        language="zh",
        question="有没有深海热液样品？",
        answer="没有找到。",
        answer_status="not_found",
        searched={"query": "深海热液样品", "cited": [], "near": ["toy-sea"]},
    )
    return replace(ticket, **more)
