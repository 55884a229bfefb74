"""Conversations, turns and stored answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.answers import Answers
from storage.conversations import Conversations
from storage.database import Database
from storage.errors import RecordUnknown
from storage.feedback import FeedbackBook
from storage.keys import Keys
from storage.records import Conversation, StoredAnswer, TicketNote
from storage.tables import metadata
from storage.tickets import Tickets
from tests.storage.samples import ticket_for

_numbers = count(1)


def answer_in(conversation: Conversation, body: bytes = b"{}", **more: Any) -> StoredAnswer:
    return replace(StoredAnswer(f"a_{next(_numbers)}", conversation.id, body, "answered", "composer"), **more)


def test_a_conversation_comes_back_as_it_was_written(database: Database) -> None:
    conversations = Conversations(database)
    conversation = Conversation(
        language="zh",
        channel="telegram",
        level="unit",
        unit="研究所",
        state={"entities": ["nsdc-polar"], "filters": {"access": ["open"]}, "数": 1.5},
        created=datetime(2026, 3, 1, 8, 30, 5, 123456, tzinfo=UTC),
    )

    conversations.add_turn(conversation, "南极冰芯数据在哪里?", answer_in(conversation))

    assert conversations.get(conversation.id) == replace(conversation, stored=True)


def test_turns_keep_their_order(database: Database) -> None:
    conversations = Conversations(database)
    conversation = Conversation()
    conversations.add_turn(conversation, "first", answer_in(conversation))
    conversation = conversations.get(conversation.id)
    conversations.add_turn(conversation, "second", answer_in(conversation))
    conversations.add_turn(conversation, "third", answer_in(conversation))

    turns = conversations.turns(conversation.id)

    assert [(turn.ordinal, turn.question) for turn in turns] == [(1, "first"), (2, "second"), (3, "third")]


def test_each_turn_writes_the_state_level_and_language(database: Database) -> None:
    conversations = Conversations(database)
    conversation = Conversation()
    conversations.add_turn(conversation, "first", answer_in(conversation))

    later = replace(conversations.get(conversation.id), state={"topic": "ice"}, level="staff", language="en")
    conversations.add_turn(later, "second", answer_in(conversation))

    assert conversations.get(conversation.id) == later


def test_turns_at_once_get_different_ordinals(database: Database) -> None:
    conversations = Conversations(database)
    conversation = Conversation()
    conversations.add_turn(conversation, "first", answer_in(conversation))
    stored = conversations.get(conversation.id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: conversations.add_turn(stored, f"{n}", answer_in(stored)), range(16)))

    assert [turn.ordinal for turn in conversations.turns(conversation.id)] == list(range(1, 18))


def test_an_answer_replays_byte_for_byte(database: Database) -> None:
    conversation = Conversation()
    body = '{ "text" : "冰芯 ❄ [1]\\u0000",\n\t"b":1.0}  '.encode() + bytes(range(256))
    evidence = [{"number": 1, "text": "雪冰样品", "nested": {"empty": [], "none": None}}]
    answer = answer_in(
        conversation,
        body,
        status="not_found",
        generated_by="llm:qwen",
        level="member",
        generation="g3",
        prompt_digest="d" * 64,
        evidence=evidence,
        timings={"search": 12.5},
    )

    Conversations(database).add_turn(conversation, "q", answer)

    assert Answers(database).get(answer.id) == answer


def test_an_unknown_id_raises(database: Database) -> None:
    with pytest.raises(RecordUnknown, match="c_none"):
        Conversations(database).get("c_none")
    with pytest.raises(RecordUnknown, match="a_none"):
        Answers(database).get("a_none")
    with pytest.raises(RecordUnknown):
        Conversations(database).delete("c_none")
    assert Conversations(database).turns("c_none") == []
    assert Answers(database).get_all(["a_none"]) == {}


@pytest.mark.parametrize("odd", ["", "c_\x00", "c_\ud800", "会话", "c" * 100_000, "'; DROP TABLE turns; --"])
def test_an_odd_id_is_only_unknown(database: Database, odd: str) -> None:
    for look in (
        Conversations(database).get,
        Conversations(database).delete,
        Answers(database).get,
        lambda answer_id: FeedbackBook(database).add(answer_id, "up"),
        Keys(database).revoke,
    ):
        with pytest.raises(RecordUnknown):
            look(odd)
    assert Conversations(database).turns(odd) == []


def test_deleting_takes_all_of_it_and_nothing_else(database: Database) -> None:
    conversations, book = Conversations(database), FeedbackBook(database)
    gone, kept = Conversation(), Conversation()
    for conversation in (gone, kept):
        answer = answer_in(conversation)
        conversations.add_turn(conversation, "q", answer)
        book.add(answer.id, "up", "thanks")
        ticket = ticket_for(answer, notes=(TicketNote("please", "me@example.org"),))
        Tickets(database).add(ticket)
        Tickets(database).answer(ticket.id, "done")

    conversations.delete(gone.id)

    with database.read() as connection:
        left = {
            name: connection.scalar(select(func.count()).select_from(table))
            for name, table in metadata.tables.items()
        }
    assert {name: number for name, number in left.items() if number} == {
        "conversations": 1,
        "answers": 1,
        "turns": 1,
        "feedback": 1,
        "tickets": 1,
        "ticket_notes": 1,
        "ticket_replies": 1,
        "staff_actions": 2,  # the log of what staff did stays: who, what, when and the ticket's id
    }
    assert [turn.question for turn in conversations.turns(kept.id)] == ["q"]
    with pytest.raises(RecordUnknown):
        conversations.get(gone.id)


def test_a_conversation_deleted_meanwhile_stays_deleted(database: Database) -> None:
    conversations = Conversations(database)
    conversation = Conversation()
    conversations.add_turn(conversation, "q", answer_in(conversation))
    stored = conversations.get(conversation.id)
    conversations.delete(conversation.id)

    with pytest.raises(RecordUnknown):
        conversations.add_turn(stored, "again", answer_in(stored))

    with pytest.raises(RecordUnknown):
        conversations.get(conversation.id)


@pytest.mark.parametrize(
    "question",
    ["'; DROP TABLE turns; --", "<script>alert(1)</script>", "🧊🐧", "第二十条\n\t?", "a" * 50_000],
)
def test_any_text_is_kept_as_it_is(database: Database, question: str) -> None:
    conversations = Conversations(database)
    conversation = Conversation()

    conversations.add_turn(conversation, question, answer_in(conversation))

    assert conversations.turns(conversation.id)[0].question == question


def test_what_no_database_can_hold_is_left_out(database: Database) -> None:
    conversations = Conversations(database)
    conversation = Conversation()

    conversations.add_turn(conversation, "a\x00b\ud800c", answer_in(conversation))

    assert conversations.turns(conversation.id)[0].question == "abc"
