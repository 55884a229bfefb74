"""Answers that are ready before any search: what a desk of people says, or has said already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assistant.access import Asker
from assistant.reading.query import Query
from assistant.writing.draft import Draft
from storage.records import Conversation


@dataclass(frozen=True, slots=True)
class Ready:
    """A finished answer, and what later questions may refer to: record ids, best first, and articles."""

    draft: Draft
    generated_by: str = "composer"
    notices: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()


class Ahead(Protocol):
    """Someone who may answer before the search does."""

    async def answer(self, query: Query, conversation: Conversation, asker: Asker) -> Ready | None:
        """The answer, or None: not for me. Raises StorageError."""
        ...
