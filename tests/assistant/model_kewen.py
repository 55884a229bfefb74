"""Ask a whole Kewen whose language model is given by the test, and see how the answer comes about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.access import PUBLIC, Asker
from assistant.chat import ChatModel
from assistant.driving.driver import Driver
from assistant.records import Answer, Citation, DeltaEvent, DoneEvent, SourcesEvent, StatusEvent
from retrieval.embedding import BuiltInEmbedder
from wiring import Kewen


@dataclass
class Told:
    """One answer and how it came about."""

    answer: Answer
    shown: str
    statuses: list[str]
    sources: tuple[Citation, ...] = ()
    """Everything that was cited on the way, also in text that was replaced."""


async def told(kewen: Kewen, question: str, **given: Any) -> Told:
    """The question asked as a stream, to its end."""
    shown, statuses = "", []
    sources: tuple[Citation, ...] = ()
    async for event in kewen.assistant.stream(question, **given):
        if isinstance(event, DeltaEvent):
            shown += event.text
        elif isinstance(event, StatusEvent):
            statuses.append(event.text)
        elif isinstance(event, SourcesEvent):
            sources += event.citations
        elif isinstance(event, DoneEvent):
            return Told(event.answer, shown, statuses, sources)
    raise AssertionError("the stream ended without an answer")


def use_model(kewen: Kewen, chat: ChatModel, timeout_s: float, asker: Asker = PUBLIC) -> None:
    """From now on this model answers those who see what `asker` sees, as the wiring would have it."""
    assert isinstance(kewen.embedder, BuiltInEmbedder)
    driver = Driver(chat, timeout_s=timeout_s, count_tokens=kewen.embedder.count_tokens)
    kewen.seen_by(asker).assistant._driver = driver
