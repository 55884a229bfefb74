"""Ask the toy Kewen, and see how it reads questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assistant.access import PUBLIC
from assistant.reading.history import History
from assistant.reading.query import Query
from assistant.records import Answer, AskFilters, Language
from wiring import Kewen

Ask = Callable[..., Awaitable[Answer]]
Read = Callable[..., Query]
Talk = Callable[..., Awaitable[list[Answer]]]


@pytest.fixture
def ask(toy_kewen: Kewen) -> Ask:
    """One question to one answer."""
    return toy_kewen.assistant.ask


@pytest.fixture
def talk(toy_kewen: Kewen) -> Talk:
    """The answers to questions asked one after the other in one conversation."""

    async def talk(*questions: str, **given: Any) -> list[Answer]:
        answers: list[Answer] = []
        for question in questions:
            conversation = answers[-1].conversation_id if answers else None
            answers.append(await toy_kewen.assistant.ask(question, conversation_id=conversation, **given))
        return answers

    return talk


def reader_of(kewen: Kewen) -> Read:
    """How the public's view of a Kewen reads a question that stands alone."""
    answerer = kewen.seen_by(PUBLIC).assistant._answerer

    def read(question: str, language: Language | None = None, given: AskFilters | None = None) -> Query:
        spoken = answerer.language_of(question, History(), language or "auto")
        return answerer.likeliest(question, History(), spoken, given or AskFilters())

    return read


@pytest.fixture(scope="session")
def read(toy_kewen: Kewen) -> Read:
    """A question as the toy Kewen reads it."""
    return reader_of(toy_kewen)


def first_resource(answer: Answer) -> str | None:
    """The id of the record that an answer is about."""
    return answer.resources[0].id if answer.resources else None


def cited_articles(answer: Answer) -> list[tuple[str, str]]:
    """(policy id, locator) of the cited articles, best first."""
    return [
        (one.id, one.locator)
        for one in answer.citations
        if one.kind == "policy" and one.locator != "document"
    ]
