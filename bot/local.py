"""The assistant of this process as a bot's backend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal

from api.catalogue import search
from api.errors import RETRY_AFTER_S, ApiError
from api.schemas import SearchOut
from api.turns import Turns
from assistant.access import PUBLIC, visible_to
from assistant.handoff import file_ticket
from assistant.records import Answer, AskFilters, DoneEvent, Event, Language
from bot.backend import Found, Handed, Kind, PersonReply, Spoken
from bot.errors import AnswerRefused, BackendDown
from retrieval.errors import RetrievalError
from storage.answers import Answers
from storage.conversations import Conversations
from storage.errors import RecordUnknown, StorageError, TicketFull
from storage.feedback import FeedbackBook
from storage.records import new_id
from storage.tickets import Tickets
from wiring import Kewen


class LocalBackend:
    """Asks as the public: what a chat shows, others in it can see."""

    def __init__(
        self,
        kewen: Kewen,
        on_answer: Callable[[str, Answer], None] | None = None,
        turns: Turns | None = None,
    ) -> None:
        """`on_answer` is told (channel, answer) of each, to count them. `turns` are those of the HTTP API in
        the same process, in which each conversation stands as a client of its own; None: nobody else asks."""
        self._kewen = kewen
        self._on_answer = on_answer
        self._turns = turns

    async def stream(
        self,
        question: str,
        *,
        conversation_id: str | None,
        language: Spoken,
        hint: Language,
        filters: AskFilters,
        channel: str,
    ) -> AsyncIterator[Event]:
        async with self._turn(conversation_id):
            async for event in self._kewen.assistant.stream(
                question,
                conversation_id=conversation_id,
                language=language,
                hint=hint,
                filters=filters,
                asker=PUBLIC,
                channel=channel,
            ):
                if isinstance(event, DoneEvent) and self._on_answer is not None:
                    self._on_answer(channel, event.answer)
                yield event

    @asynccontextmanager
    async def _turn(self, conversation_id: str | None) -> AsyncIterator[None]:
        if self._turns is None:
            yield
            return
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self._turns.turn(conversation_id or new_id("c")))
            except ApiError as error:  # no turn was free in time
                raise BackendDown(error.message("en"), RETRY_AFTER_S) from error
            yield

    async def answer(self, answer_id: str) -> Answer | None:
        def read() -> Answer | None:
            stored = Answers(self._kewen.database).get(answer_id)
            if stored.label not in visible_to(PUBLIC):
                return None
            return Answer.model_validate_json(stored.body)

        try:
            return await asyncio.to_thread(read)
        except RecordUnknown:
            return None
        except StorageError as error:
            raise BackendDown(str(error)) from error

    async def search(
        self, query: str, kind: Kind | None, k: int, language: Language, types: Collection[str] = ()
    ) -> list[Found]:
        found = await self._searched(query, kind, k, language, types)
        return [Found(hit.kind, hit.id, hit.title, hit.snippet, hit.url) for hit in found.hits]

    async def counts(self) -> Mapping[str, Mapping[str, int]]:
        return (await self._searched("", "resource", 1, "zh", ())).facets

    async def _searched(
        self, query: str, kind: Kind | None, k: int, language: Language, types: Collection[str]
    ) -> SearchOut:
        try:
            async with self._turn(None):
                return await search(
                    self._kewen.seen_by(PUBLIC),
                    query,
                    kind=kind,
                    types=tuple(types),
                    k=k,
                    listing_language=language,
                )
        except RetrievalError as error:
            raise BackendDown(str(error)) from error

    async def feedback(self, answer_id: str, verdict: Literal["up", "down"]) -> bool:
        try:
            await asyncio.to_thread(FeedbackBook(self._kewen.database).add, answer_id, verdict)
        except RecordUnknown:
            return False
        except StorageError as error:
            raise BackendDown(str(error)) from error
        return True

    async def hand_over(self, answer_id: str, message: str | None) -> Handed | None:
        try:
            ticket, made = await asyncio.to_thread(
                file_ticket, self._kewen.database, answer_id, visible=visible_to(PUBLIC), message=message
            )
        except RecordUnknown:
            return None
        except TicketFull as error:
            raise AnswerRefused(error.code) from error
        except StorageError as error:
            raise BackendDown(str(error)) from error
        return Handed(ticket.id, ticket.conversation_id, made)

    async def replies(self, conversation_ids: Collection[str]) -> tuple[list[PersonReply], set[str]]:
        def read() -> tuple[list[PersonReply], set[str]]:
            found, gone = [], set()
            for conversation_id in conversation_ids:
                try:
                    Conversations(self._kewen.database).get(conversation_id)
                except RecordUnknown:
                    gone.add(conversation_id)
                    continue
                found += [
                    PersonReply(one.id, conversation_id, one.author, one.text, one.citations, one.created)
                    for one in Tickets(self._kewen.database).replies_in(conversation_id)
                ]
            return found, gone

        try:
            return await asyncio.to_thread(read)
        except StorageError as error:
            raise BackendDown(str(error)) from error

    async def forget(self, conversation_ids: Collection[str]) -> None:
        def delete() -> None:
            for conversation_id in conversation_ids:
                try:
                    Conversations(self._kewen.database).delete(conversation_id)
                except RecordUnknown:
                    continue

        try:
            await asyncio.to_thread(delete)
        except StorageError as error:
            raise BackendDown(str(error)) from error

    async def close(self) -> None:
        """Nothing: Kewen is closed by who opened it."""
