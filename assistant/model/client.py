"""The client of an endpoint: LangChain's, with what it drops kept, over one pool of connections."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractContextManager, aclosing, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import httpx
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from langsmith import tracing_context

if TYPE_CHECKING:
    from assistant.model.messages import Message

KEEP_S = 20.0
"""Below what servers and proxies in front of them keep an idle connection for."""
_DRAIN_S = 0.2
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
        made = super()._convert_chunk_to_generation_chunk(chunk, default_chunk_class, base_generation_info)
        if made is not None and chunk.get("choices"):
            # What LangChain leaves out: thoughts, a refusal, and what Gemini wants back with a call.
            delta = chunk["choices"][0]["delta"]
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


def _ordinary(told: Any) -> Any:
    """An event in the protocol's form of today: a delta whatever its field is called, text for parts, calls
    whole and counted, a legacy function_call among them."""
    if not isinstance(told, dict) or not told.get("choices"):
        return told
    choice = dict(told["choices"][0])
    delta = dict(choice.pop("message", None) or choice.get("delta") or {})
    if isinstance(content := delta.get("content"), list):
        parts = [part for part in content if isinstance(part, dict)]
        delta["content"] = "".join(str(part.get("text") or "") for part in parts)
        if any(part.get("type") == "thinking" for part in parts):
            delta["reasoning_content"] = json.dumps([part for part in parts if "thinking" in part])
    calls = [dict(call) for call in delta.pop("tool_calls", None) or ()]
    if legacy := delta.pop("function_call", None):
        calls.append({"function": legacy})
    for place, call in enumerate(calls):
        function = dict(call.get("function") or {})
        if not isinstance(function.get("arguments"), str | None):
            function["arguments"] = json.dumps(function["arguments"], ensure_ascii=False)
        index = call.get("index")
        call |= {"function": function, "index": place if index is None else index}
    delta |= {"role": "assistant", **({"tool_calls": calls} if calls else {})}
    return {**told, "choices": [{**choice, "delta": delta}]}


class Wire(httpx.AsyncBaseTransport):
    """The pool, with each answer told as a stream of ordinary events, also one in a single piece; `ended` is
    set where the server said that all is told."""

    def __init__(self, pool: httpx.AsyncClient) -> None:
        self._pool = pool
        self.ended = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._pool.send(request, stream=True)
        if answer.status_code != 200:
            return answer
        stream = _Events(self, answer)
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=stream)


class _Events(httpx.AsyncByteStream):
    """The events of an answer put in order, without what else stands between them."""

    def __init__(self, wire: Wire, answer: httpx.Response) -> None:
        self._wire, self._answer = wire, answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        lines = self._answer.aiter_lines()
        async with aclosing(cast(AsyncGenerator[str], lines)):
            async for line in lines:
                if line.lstrip().startswith("{"):
                    whole = line + "".join([f"\n{one}" async for one in lines])
                    self._wire.ended = True
                    yield _event(whole)
                elif line.startswith("data:"):
                    if line[5:].strip() == "[DONE]":
                        self._wire.ended = True
                        await self._drain(lines)
                    yield _event(line[5:].strip())

    async def _drain(self, lines: AsyncIterator[str]) -> None:
        """Read what is left behind the end: only then is the connection used again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_S):
                async for _ in lines:
                    pass

    async def aclose(self) -> None:
        await self._answer.aclose()


def _event(written: str) -> bytes:
    try:
        told = json.loads(written)
    except ValueError:
        return f"data: {written}\n\n".encode()
    return b"data: " + json.dumps(_ordinary(told)).encode() + b"\n\n"


async def pool() -> httpx.AsyncClient:
    """The HTTP client that all endpoints of this event loop share; the loop closes it when it ends."""
    loop = asyncio.get_running_loop()
    if loop not in _pools:
        await asyncio.to_thread(certificates)
    if loop not in _pools:  # of several questions at once, only the first makes one
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
            if loop in _pools and _pools[loop][0] is client:
                del _pools[loop]


@cache
def certificates() -> ssl.SSLContext:
    """The certificates that are trusted, read once: it takes 20 ms."""
    return httpx.create_ssl_context()


def untraced() -> AbstractContextManager[None]:
    """Inside it LANGSMITH_TRACING, LANGCHAIN_TRACING_V2 and the like have no say."""
    return tracing_context(enabled=False)
