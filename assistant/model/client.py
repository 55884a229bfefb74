"""The client of an endpoint: LangChain's, with what it drops kept, over one pool of connections."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from langsmith import tracing_context

if TYPE_CHECKING:
    from assistant.chat import Message

KEEP_S = 20.0
"""Below what servers and proxies in front of them keep an idle connection for."""
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
"""Fields that thoughts come in: DeepSeek and vLLM, OpenRouter and newer vLLM, some gateways."""
_pools: dict[asyncio.AbstractEventLoop, tuple[httpx.AsyncClient, AsyncGenerator[httpx.AsyncClient]]] = {}


class Endpoint(ChatOpenAI):
    """One request to an OpenAI-compatible server; every parameter that servers quarrel about is in
    `extra_body`, in the server's own words."""

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        payload: dict[str, Any] = super()._get_request_payload(input_, stop=stop, **kwargs)
        for given, sent in zip(self._convert_input(input_).to_messages(), payload["messages"], strict=True):
            # What a thinking model wants back between calls of tools, which LangChain leaves out.
            sent.update(given.additional_kwargs.get("echo", {}))
            for call, extra in zip(
                sent.get("tool_calls") or (), given.additional_kwargs.get("extras", ()), strict=False
            ):
                call.update(extra or {})
        return payload

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        choices = chunk.get("choices") or [{}]
        delta = choices[0].get("delta") or choices[0].get("message") or {}
        if chunk.get("choices"):
            chunk = {**chunk, "choices": [{**choices[0], "delta": _ordinary(delta)}]}
        made = super()._convert_chunk_to_generation_chunk(chunk, default_chunk_class, base_generation_info)
        if made is not None:
            told = {name: delta[name] for name in (*_THOUGHTS, "refusal") if isinstance(delta.get(name), str)}
            extras = {
                str(call.get("id")): call["extra_content"]
                for call in delta.get("tool_calls") or ()
                if call.get("extra_content")
            }
            made.message.additional_kwargs = {**told, **({"extras": extras} if extras else {})}
        return made


def turns(messages: Sequence[Message]) -> list[BaseMessage]:
    """The conversation in LangChain's words."""
    made: list[BaseMessage] = []
    for one in messages:
        if one.role == "system":
            made.append(SystemMessage(one.text))
        elif one.role == "user":
            made.append(HumanMessage(one.text))
        elif one.role == "tool":
            made.append(ToolMessage(one.text, tool_call_id=one.answers))
        else:
            calls = [{"id": call.id, "name": call.name, "args": dict(call.arguments)} for call in one.calls]
            more = {"echo": dict(one.echo or {}), "extras": [call.extra for call in one.calls]}
            made.append(AIMessage(one.text, tool_calls=calls, additional_kwargs=more))
    return made


def _ordinary(delta: Mapping[str, Any]) -> dict[str, Any]:
    """A delta with its calls in today's form, whole: a legacy function_call, no index, arguments as an
    object."""
    calls = [dict(call) for call in delta.get("tool_calls") or ()]
    if legacy := delta.get("function_call"):
        calls.append({"index": 0, "function": legacy})
    for place, call in enumerate(calls):
        function = dict(call.get("function") or {})
        if not isinstance(function.get("arguments"), str | None):
            function["arguments"] = json.dumps(function["arguments"], ensure_ascii=False)
        call["function"] = function
        if call.get("index") is None:
            call["index"] = place
    kept = {name: value for name, value in delta.items() if name not in ("function_call", "tool_calls")}
    return {**kept, "role": "assistant", **({"tool_calls": calls} if calls else {})}


class Wire(httpx.AsyncBaseTransport):
    """The pool, with an answer in one piece told as a stream; `ended` is set where the server said so."""

    def __init__(self, pool: httpx.AsyncClient) -> None:
        self._pool = pool
        self.ended = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._pool.send(request, stream=True)
        if answer.status_code != 200:
            return answer
        pieces = answer.aiter_bytes()
        head = b""
        async for piece in pieces:
            head += piece
            if head.strip():
                break
        if head.lstrip()[:1] == b"{":
            whole = head + b"".join([piece async for piece in pieces])
            await answer.aclose()
            return httpx.Response(200, headers=_TYPE, content=self._streamed(whole), request=request)
        kept = [(name, value) for name, value in answer.headers.items() if name not in _FRAMING]
        return httpx.Response(200, headers=kept, stream=_Stream(self, answer, head, pieces), request=request)

    def _streamed(self, whole: bytes) -> bytes:
        try:
            told = json.loads(whole)
        except ValueError:
            return whole
        if isinstance(told.get("choices"), list) and told["choices"]:
            self.ended = True
        return b"data: " + json.dumps(told).encode() + b"\n\ndata: [DONE]\n\n"


_TYPE = {"content-type": "text/event-stream"}
_FRAMING = {"content-encoding", "content-length", "transfer-encoding"}


class _Stream(httpx.AsyncByteStream):
    """The pieces of an answer, watched for the mark of its end."""

    def __init__(self, wire: Wire, answer: httpx.Response, head: bytes, pieces: AsyncIterator[bytes]) -> None:
        self._wire, self._answer, self._head, self._pieces = wire, answer, head, pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        tail = b""
        for piece in (self._head,):
            tail = self._watched(tail, piece)
            yield piece
        async for piece in self._pieces:
            tail = self._watched(tail, piece)
            yield piece

    def _watched(self, tail: bytes, piece: bytes) -> bytes:
        tail = (tail + piece)[-64 - len(piece) :]
        self._wire.ended = self._wire.ended or b"[DONE]" in tail
        return tail[-64:]

    async def aclose(self) -> None:
        await self._answer.aclose()


async def pool() -> httpx.AsyncClient:
    """The HTTP client that all endpoints of this event loop share; the loop closes it when it ends."""
    loop = asyncio.get_running_loop()
    if loop not in _pools:
        await asyncio.to_thread(certificates)
        # Asynchronous generators are what a loop closes by itself, so nobody has to remember to.
        keeper = _kept(loop)
        _pools.setdefault(loop, (await anext(keeper), keeper))
    return _pools[loop][0]


async def _kept(loop: asyncio.AbstractEventLoop) -> AsyncGenerator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=KEEP_S)
    async with httpx.AsyncClient(verify=certificates(), limits=limits) as client:
        try:
            yield client
        finally:
            _pools.pop(loop, None)


@cache
def certificates() -> ssl.SSLContext:
    """The certificates that are trusted, read once: it takes 20 ms."""
    return httpx.create_ssl_context()


def untraced() -> AbstractContextManager[None]:
    """Inside it LANGSMITH_TRACING, LANGCHAIN_TRACING_V2 and the like have no say."""
    return tracing_context(enabled=False)
