"""One question to the assistant, checked first: the way every route and tool asks."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from fastapi.exceptions import RequestValidationError

from api.errors import ApiError, unavailable
from api.schemas import QUESTION_LIMIT, FiltersIn
from api.state import ApiState
from api.validation import quoted
from assistant.access import Asker, visible_to
from assistant.language import clean, has_words
from assistant.records import Answer, AskFilters
from storage.conversations import Conversations
from storage.errors import RecordUnknown

if TYPE_CHECKING:
    from wiring import View

T = TypeVar("T")
History = Sequence[tuple[str, str]]


def readable_question(question: str) -> str:
    """The question as it will be asked. Raises ApiError 422 when empty, wordless or too long."""
    cleaned = clean(question)
    if not cleaned:
        raise ApiError(422, "question_invalid", say_as="question_empty", limit=QUESTION_LIMIT)
    if len(cleaned) > QUESTION_LIMIT:
        raise ApiError(
            422, "question_invalid", say_as="question_too_long", limit=QUESTION_LIMIT, length=len(cleaned)
        )
    if not has_words(cleaned):
        raise ApiError(422, "question_invalid", say_as="question_wordless", limit=QUESTION_LIMIT)
    return cleaned


def check_provinces(provinces: Sequence[str], allowed: frozenset[str], location: Sequence[str]) -> None:
    """Raises a validation error that lists what is allowed."""
    check_values(provinces, sorted(allowed), location)


def check_values(values: Sequence[str], allowed: Sequence[str], location: Sequence[str]) -> None:
    """Raises a validation error for the first value that is not allowed; `location` is its field."""
    for index, value in enumerate(values):
        if value not in allowed:
            fault = {
                "type": "kewen_not_allowed",
                "loc": (*location, index) if len(values) > 1 else tuple(location),
                "input": value,
                "ctx": {"allowed": ", ".join(allowed)},
            }
            raise RequestValidationError([fault])


def ask_filters(filters: FiltersIn | None, provinces: frozenset[str]) -> AskFilters | None:
    """The filters as the assistant takes them. Raises a validation error for an unknown province."""
    if filters is None:
        return None
    check_provinces(filters.provinces, provinces, ("body", "filters", "provinces"))
    return AskFilters(
        types=filters.types, provinces=filters.provinces, access=filters.access, as_of=filters.as_of
    )


async def check_conversation(kewen: View, conversation_id: str | None, asker: Asker) -> None:
    """Raises ApiError 404 for a conversation that is not there or not this asker's to see."""
    if conversation_id is None:
        return
    try:
        conversation = await asyncio.to_thread(Conversations(kewen.database).get, conversation_id)
    except RecordUnknown:
        conversation = None
    if conversation is None or conversation.label not in visible_to(asker):
        raise ApiError(404, "conversation_unknown", value=quoted(conversation_id))


async def ask(
    state: ApiState,
    question: str,
    *,
    conversation_id: str | None = None,
    language: Literal["auto", "zh", "en"] = "auto",
    filters: AskFilters | None = None,
    asker: Asker,
    history: History = (),
    channel: str,
) -> Answer:
    """The whole answer, counted. Raises ApiError 503 when the server stops before it is ready."""
    kewen = await state.seen_by(asker)
    answer = await _before_closing(
        kewen.assistant.ask(
            question,
            conversation_id=conversation_id,
            language=language,
            filters=filters,
            asker=asker,
            history=history,
            channel=channel,
        ),
        state,
    )
    state.metrics.answer(channel, answer)
    return answer


async def _before_closing(work: Coroutine[Any, Any, T], state: ApiState) -> T:
    task = asyncio.create_task(work)
    closing = asyncio.create_task(state.closing.wait())
    try:
        await asyncio.wait({task, closing}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            await asyncio.wait({task}, timeout=state.grace_s)
        if not task.done():
            raise unavailable("shutting_down")
        return await task
    finally:
        task.cancel()
        closing.cancel()
