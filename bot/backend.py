"""Where answers come from: the assistant of this process or the HTTP API, seen as one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from assistant.records import Answer, AskFilters, Event, Language

Spoken = Literal["auto", "zh", "en"]
Kind = Literal["resource", "policy"]


@dataclass(frozen=True, slots=True)
class Found:
    """A record that a search of the catalogue found; `url` is Kewen's own page, as a path."""

    kind: Literal["resource", "policy"]
    id: str
    title: str
    snippet: str
    url: str


@dataclass(frozen=True, slots=True)
class Handed:
    """The ticket of a question handed over; `made`: it is new."""

    ticket_id: str
    conversation_id: str
    made: bool


@dataclass(frozen=True, slots=True)
class PersonReply:
    """What a member of the staff answered."""

    id: str
    conversation_id: str
    author: str | None
    text: str
    citations: tuple[dict[str, object], ...]
    created: datetime


class Backend(Protocol):
    """Answers, searches and remembers. Every method raises BackendDown when it cannot."""

    def stream(
        self,
        question: str,
        *,
        conversation_id: str | None,
        language: Spoken,
        hint: Language,
        filters: AskFilters,
        channel: str,
    ) -> AsyncIterator[Event]:
        """The answer as it comes about; ends in `done` or `error`. `hint` is the language where the question
        does not tell."""
        ...

    async def answer(self, answer_id: str) -> Answer | None:
        """A stored answer; None when it is gone."""
        ...

    async def search(
        self, query: str, kind: Kind | None, k: int, language: Language, types: Collection[str] = ()
    ) -> list[Found]:
        """At most k records, best first; without words those of the types, in order. `language` is that of
        the titles where the query does not tell."""
        ...

    async def counts(self) -> Mapping[str, Mapping[str, int]]:
        """How many resources have each `type` and each level of `access`."""
        ...

    async def feedback(self, answer_id: str, verdict: Literal["up", "down"]) -> bool:
        """False when the answer is gone."""
        ...

    async def hand_over(self, answer_id: str, message: str | None) -> Handed | None:
        """The ticket, or None when the answer is gone. Raises AnswerRefused('ticket_full')."""
        ...

    async def replies(self, conversation_ids: Collection[str]) -> tuple[list[PersonReply], set[str]]:
        """(every reply of the staff in these conversations, those of them that are gone)."""
        ...

    async def forget(self, conversation_ids: Collection[str]) -> None:
        """Delete them for good; one that is gone already does no harm."""
        ...

    async def close(self) -> None: ...
