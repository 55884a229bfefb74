"""One question to the assistant, checked first: the way every route and tool asks."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request

from api.errors import ApiError, unavailable
from api.schemas import FiltersIn
from api.state import ApiState
from api.validation import quoted
from assistant.access import Asker, visible_to
from assistant.language import clean, has_words
from assistant.records import QUESTION_LIMIT, Answer, AskFilters, Language
from storage.conversations import Conversations
from storage.errors import RecordUnknown

if TYPE_CHECKING:
    from wiring import View

T = TypeVar("T")
History = Sequence[tuple[str, str]]


UNREAD_LIMIT = 16 * QUESTION_LIMIT
"""Characters as they come: what is longer is refused unread, however much of it nobody can see."""
_MARKS = 30
"""Combining marks on one character: no script needs more (UAX 15, D4), and sorting 32,000 took 1.8 s."""
PAST_TURNS = 4
"""Earlier turns that are read again when a caller sends them as text."""


def readable_question(question: str) -> str:
    """The question as it will be asked. Raises ApiError 422 when empty, wordless or too long."""
    cleaned = readable(question, "question_too_long")
    if not cleaned:
        raise ApiError(422, "question_invalid", say_as="question_empty", limit=QUESTION_LIMIT)
    if not has_words(cleaned):
        raise ApiError(422, "question_invalid", say_as="question_wordless", limit=QUESTION_LIMIT)
    return cleaned


def readable(text: str, too_long: str) -> str:
    """The text cleaned. Raises ApiError 422, said as `too_long`, when it is longer than a question may be
    in the form that is searched: one character of a ligature is eighteen there."""
    length = len(text)
    if length <= UNREAD_LIMIT:
        cleaned = clean(_with_few_marks(text))
        length = len(unicodedata.normalize("NFKC", cleaned))
        if length <= QUESTION_LIMIT:
            return cleaned
    raise ApiError(422, "question_invalid", say_as=too_long, limit=QUESTION_LIMIT, length=length)


def cut(text: str) -> str:
    """The text cleaned, and cut where it is longer than a question may be."""
    cleaned = clean(_with_few_marks(text[:UNREAD_LIMIT]))
    searched = unicodedata.normalize("NFKC", cleaned)
    return cleaned if len(searched) <= QUESTION_LIMIT else searched[:QUESTION_LIMIT]


def _with_few_marks(text: str) -> str:
    if text.isascii():
        return text
    kept, run = [], 0
    for char in text:
        if unicodedata.combining(char):
            run += 1
        elif unicodedata.category(char) != "Cf":  # those go, and what they parted stands together
            run = 0
        if run <= _MARKS:
            kept.append(char)
    return "".join(kept)


def charge(state: ApiState, request: Request, question: str, history: History = ()) -> None:
    """Count what a question, with the past turns that are read again for it, costs beyond what the door has
    counted. Raises ApiError 429."""
    more = state.limiter.worth(question, *(asked for asked, _ in history)) - request.state.charged
    if more > 0:
        state.limiter.take(state.limiter.client_of(request), "question", more)


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
    hint: Language | None = None,
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
            hint=hint,
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
