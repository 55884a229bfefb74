"""Feedback on answers."""

from __future__ import annotations

import pytest

from storage.conversations import Conversations
from storage.database import Database
from storage.errors import RecordUnknown
from storage.feedback import FeedbackBook
from storage.records import Conversation, StoredAnswer


def test_every_verdict_is_kept(database: Database) -> None:
    conversation = Conversation()
    answer = StoredAnswer("a_1", conversation.id, b"{}", "answered", "composer")
    Conversations(database).add_turn(conversation, "q", answer)
    book = FeedbackBook(database)

    first = book.add("a_1", "up")
    second = book.add("a_1", "down", "电话打不通\x00")

    assert book.of("a_1") == [first, second]
    assert second.comment == "电话打不通"


def test_an_unknown_answer_takes_no_feedback(database: Database) -> None:
    with pytest.raises(RecordUnknown, match="a_none"):
        FeedbackBook(database).add("a_none", "up")

    assert FeedbackBook(database).of("a_none") == []
