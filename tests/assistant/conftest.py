"""Ask the toy Kewen, and read questions against its names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from assistant.records import Answer
from assistant.understanding import Understander
from corpus.loaders import load_vocabulary
from retrieval.names import NameIndex
from wiring import Kewen

Ask = Callable[..., Awaitable[Answer]]
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


@pytest.fixture(scope="session")
def understander(toy_kewen: Kewen) -> Understander:
    """The toy corpus as questions are read against it."""
    corpus = toy_kewen.corpus
    return Understander(corpus.by_id, NameIndex(list(corpus)), load_vocabulary())


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
