"""POST /v1/chat/completions and GET /v1/models: Kewen for programs that speak the OpenAI protocol.

Shapes: https://platform.openai.com/docs/api-reference/chat. The text of an answer is checked before it
is final, and this protocol cannot take back what it sent, so a stream sends the checked text in pieces.
Clients drop fields they do not know, `citations` too, so the text ends in a list of its sources.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api.asking import PAST_TURNS, ask, charge, cut, readable_question
from api.costs import count_tokens
from api.deps import LocaleDep, OpenAIAskerDep, StateDep
from api.errors import ApiError, described
from api.messages import Locale, say
from api.schemas import refusals
from api.state import ApiState, base_url
from api.streams import PING, EventStream, told, watched
from api.validation import quoted
from assistant.records import Answer, DoneEvent, ErrorEvent, Event

router = APIRouter(prefix="/v1", tags=["openai"])

MODEL = "kewen"
_STARTED = 1_767_225_600
"""`created` of the model: the protocol asks for a moment, and this one has no other."""
_PIECE = re.compile(r".*?(?:[。！？；\n]+|[.!?;](?:\s+|$)|$)", re.S)


class TextPart(BaseModel):
    """A piece of a message; other kinds of piece are refused."""

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """One message; fields that other servers use are let by."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or ())


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="allow")

    include_usage: bool = False


class ResponseFormat(BaseModel):
    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Only `text` is given.")


class ChatIn(BaseModel):
    """A chat. Sampling settings are let by: the same question gets the same answer on every channel."""

    model_config = ConfigDict(extra="allow")

    model: str = MODEL
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    response_format: ResponseFormat | None = None


@router.get("/models")
async def list_models() -> dict[str, Any]:
    """The one model."""
    return {"object": "list", "data": [_model()]}


@router.get("/models/{model}", responses=refusals(404))
async def get_model(model: str) -> dict[str, Any]:
    if model != MODEL:
        raise ApiError(404, "model_unknown", value=quoted(model))
    return _model()


@router.post(
    "/chat/completions",
    response_model=dict[str, Any],
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        **refusals(400, 401, 404, 413, 422, 429, 503),
    },
)
async def complete_chat(
    body: ChatIn, request: Request, state: StateDep, asker: OpenAIAskerDep, locale: LocaleDep
) -> Response:
    """Answer the last user message; the earlier ones are its conversation. System messages are not obeyed."""
    if body.model != MODEL:
        raise ApiError(404, "model_unknown", value=quoted(body.model))
    if body.n not in (None, 1):
        raise _invalid(("body", "n"), body.n, "one_choice_only")
    if body.response_format is not None and body.response_format.type != "text":
        raise _invalid(("body", "response_format", "type"), body.response_format.type, "text_only")
    question, history = conversation_of(body.messages)
    question = readable_question(question)
    history = [(cut(asked), said) for asked, said in history[-PAST_TURNS:]]
    charge(state, request, question, history)
    prompt_tokens = sum(count_tokens(message.text) for message in body.messages)
    if body.stream:
        kewen = await state.seen_by(asker)
        events = kewen.assistant.stream(question, asker=asker, history=history, channel="openai")
        usage = prompt_tokens if body.stream_options and body.stream_options.include_usage else None
        return EventStream(_chunks(events, state, locale, usage, base_url(request, state)))
    answer = await ask(state, question, asker=asker, history=history, channel="openai")
    text = answer.text + _sources(answer, base_url(request, state))
    return JSONResponse(
        {
            "id": f"chatcmpl-{answer.id}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": MODEL,
            "choices": [
                {
                    "index": 0,
                    "message": {
                        "role": "assistant",
                        "content": text,
                        "refusal": None,
                        "citations": _citations(answer),
                    },
                    "logprobs": None,
                    "finish_reason": "stop",
                }
            ],
            "usage": _usage(prompt_tokens, text),
        }
    )


def conversation_of(messages: list[ChatMessage]) -> tuple[str, list[tuple[str, str]]]:
    """The last user turn, and the (question, answer) pairs before it.

    Raises a validation error unless the last message that is said aloud is the user's.
    """
    spoken = [message for message in messages if message.role in ("user", "assistant")]
    if not spoken or spoken[-1].role != "user":
        raise _invalid(("body", "messages"), messages[-1].role, "user_turn_missing")
    pairs: list[tuple[str, str]] = []
    for message in spoken[:-1]:
        if message.role == "user":
            pairs.append((message.text, ""))
        elif pairs:
            asked, said = pairs[-1]
            pairs[-1] = (asked, f"{said}\n{message.text}".strip())
    return spoken[-1].text, pairs


async def _chunks(
    events: AsyncIterator[Event], state: ApiState, locale: Locale, prompt_tokens: int | None, base: str
) -> AsyncGenerator[bytes, None]:
    """chat.completion.chunk lines; the last one with a delta carries the citations."""
    created = int(time.time())
    try:
        async for event in watched(events, state):
            if isinstance(event, ErrorEvent):
                yield _line({"error": {"code": event.code, "message": told(event, locale)}})
            elif isinstance(event, DoneEvent):
                answer = event.answer
                state.metrics.answer("openai", answer)
                for chunk in _answer_chunks(answer, created, prompt_tokens, base):
                    yield _line(chunk)
            else:
                yield PING
    except Exception as error:
        _, code, message = described(error, locale)
        yield _line({"error": {"code": code, "message": message}})
    yield b"data: [DONE]\n\n"


def _answer_chunks(
    answer: Answer, created: int, prompt_tokens: int | None, base: str
) -> list[dict[str, Any]]:
    text = answer.text + _sources(answer, base)
    head = {
        "id": f"chatcmpl-{answer.id}",
        "object": "chat.completion.chunk",
        "created": created,
        "model": MODEL,
    }
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in _PIECE.findall(text) if piece]
    deltas += [{"citations": _citations(answer)}]
    chunks: list[dict[str, Any]] = [
        {
            **head,
            "choices": [
                {
                    "index": 0,
                    "delta": delta,
                    "logprobs": None,
                    "finish_reason": "stop" if delta is deltas[-1] else None,
                }
            ],
        }
        for delta in deltas
    ]
    if prompt_tokens is not None:
        chunks.append({**head, "choices": [], "usage": _usage(prompt_tokens, text)})
    return chunks


def _line(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _sources(answer: Answer, base: str) -> str:
    """What each [n] rests on and where that stands, a line each; empty where nothing is cited."""
    if not answer.citations:
        return ""
    lines = [f"\n\n{say('sources', answer.language)}"]
    for one in answer.citations:
        place = f" · {one.locator}" if one.kind == "policy" else ""
        lines.append(f"[{one.number}] {one.title}{place} {base}{one.url}")
    return "\n".join(lines)


def _citations(answer: Answer) -> list[dict[str, Any]]:
    return [citation.model_dump(mode="json") for citation in answer.citations]


def _usage(prompt_tokens: int, text: str) -> dict[str, int]:
    written = count_tokens(text)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": written,
        "total_tokens": prompt_tokens + written,
    }


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": _STARTED, "owned_by": MODEL}


def _invalid(location: tuple[str, ...], value: object, reason: str) -> RequestValidationError:
    return RequestValidationError(
        [{"type": "kewen_invalid", "loc": location, "input": value, "ctx": {"say": reason}}]
    )
