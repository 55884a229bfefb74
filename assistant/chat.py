"""Language models as the assistant sees them: any OpenAI-compatible server, and one behind another."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, nullcontext
from dataclasses import replace
from typing import Any

import httpx

from assistant.errors import ModelUnavailable
from assistant.model.causes import cause_of, cause_of_status, words_of
from assistant.model.ear import Ear
from assistant.model.habits import REFUSALS, Habits, Request, ToolMode
from assistant.model.heard import Heard
from assistant.model.messages import MAX_CHARACTERS, Call, ChatModel, Form, Message, Reply, Tool, ToolCall

__all__ = (
    "Call",
    "ChatModel",
    "FallbackChat",
    "Form",
    "Message",
    "OpenAIChat",
    "Reply",
    "Tool",
    "ToolCall",
    "within",
)

logger = logging.getLogger("kewen.model")

MAX_TOKENS = 2000
MAX_RETRY_WAIT_S = 5.0
_MOST_LESSONS = 8
"""Requests that one reply may take until the endpoint takes one of them."""


class OpenAIChat:
    """A model behind the OpenAI chat-completions protocol (OpenAI, DeepSeek, Qwen, vLLM, Ollama …).

    `timeout_s` is the budget of one whole reply, retries included; the first sign of life must come within
    `first_byte_s` (default: half of it). `extra_body` comes before all other parameters; a null takes one
    out. `on_call` is told how each call ended. `traced` lets the client library send prompts and replies to
    the tracing service of its own environment variables.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        model: str,
        timeout_s: float,
        *,
        first_byte_s: float | None = None,
        max_characters: int = MAX_CHARACTERS,
        max_tokens: int = MAX_TOKENS,
        temperature: float | None = 0.0,
        tool_mode: ToolMode = "auto",
        extra_body: Mapping[str, Any] | None = None,
        on_call: Callable[[Call], None] | None = None,
        traced: bool = False,
    ) -> None:
        self.name = model
        self.habits = Habits(tool_mode, temperature)
        self._base_url = base_url
        self._api_key = api_key
        self._timeout_s = timeout_s
        self._first_byte_s = first_byte_s or timeout_s / 2
        self._max_characters = max_characters
        self._max_tokens = max_tokens
        self._extra_body = extra_body or {}
        self._on_call = on_call
        self._traced = traced

    async def stream(
        self, messages: Sequence[Message], *, tools: Sequence[Tool] = (), form: Form | None = None
    ) -> AsyncGenerator[str | Reply]:
        begun = time.monotonic()
        call = Call(self.name, "cancelled", 0.0)
        written = 0
        try:
            async with aclosing(self._tries(messages, tools, form)) as items:
                async for item in items:
                    if isinstance(item, Reply):
                        call = replace(
                            call,
                            outcome="ok",
                            prompt_tokens=item.prompt_tokens,
                            completion_tokens=item.completion_tokens,
                        )
                    elif call.first_piece_s is None:
                        call = replace(call, first_piece_s=time.monotonic() - begun)
                    if isinstance(item, str):
                        written += len(item)
                        if written > self._max_characters:
                            raise self._failed(
                                f"wrote more than {self._max_characters} characters", "too_long"
                            )
                    yield item
        except ModelUnavailable as error:
            call = replace(call, outcome=error.reason)
            logger.warning("model call failed: %s %s", error.reason, error.cause or "")
            raise
        finally:
            if self._on_call:
                self._on_call(replace(call, seconds=time.monotonic() - begun))

    async def _tries(
        self, messages: Sequence[Message], tools: Sequence[Tool], form: Form | None
    ) -> AsyncGenerator[str | Reply]:
        """Pieces and the reply: tried again where the server asks for patience and time is left, once, and
        wherever a refusal told what to leave out."""
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        lessons = patience = 0
        while True:
            request = self.habits.request(messages, tools, form, self._max_tokens, self._extra_body)
            answered = False
            try:
                async with aclosing(self._attempt(request, tools, deadline)) as items:
                    async for item in items:
                        answered = True
                        yield item
                return
            except ModelUnavailable as error:
                if answered:
                    raise
                if error.cause == "parameter" and lessons < _MOST_LESSONS:
                    lessons += 1
                    continue
                left = deadline - asyncio.get_running_loop().time()
                wait = error.retry_after_s
                if patience or wait is None or wait > min(MAX_RETRY_WAIT_S, left / 2):
                    raise
                patience += 1
                await asyncio.sleep(wait)

    async def _attempt(
        self, request: Request, tools: Sequence[Tool], deadline: float
    ) -> AsyncGenerator[str | Reply]:
        names = {tool.name for tool in tools} if self.habits.tools != "off" else set()
        heard, ear = Heard(), Ear(names, unopened=self.habits.unopened)
        async with aclosing(self._pieces(request, deadline, heard)) as pieces:
            async for piece in pieces:
                if said := ear.feed(piece):
                    yield said
        rest, written = ear.end()
        if rest:
            yield rest
        self.habits.unopened = self.habits.unopened or ear.unopened
        calls = heard.calls() or written
        blank = not ear.text.strip() and not calls
        if (heard.thought or ear.thought) and self.habits.thinks() and blank and heard.finish == "length":
            raise self._failed("spent all of its tokens on thoughts", "cut", cause="parameter")
        if heard.finish == "content_filter" or (heard.refused and blank):
            raise self._failed("declined to answer", "declined")
        if blank:
            raise self._failed("gave an empty reply", "empty")
        if heard.finish is None and not calls:
            raise self._failed("cut its reply short", "cut")
        yield heard.reply(ear.text, self.name, calls)

    async def _pieces(self, request: Request, deadline: float, heard: Heard) -> AsyncGenerator[str]:
        """Text as it comes; what else comes is kept in `heard`."""
        client = await asyncio.to_thread(_client)  # 2 s to import, once
        import openai

        first_by = min(deadline, asyncio.get_running_loop().time() + self._first_byte_s)
        begun = False
        wire = client.Wire(await client.pool())
        async with httpx.AsyncClient(transport=wire) as http:
            model = client.Endpoint(
                base_url=self._base_url,
                api_key=self._api_key or "none",
                model=self.name,
                max_retries=0,
                timeout=self._timeout_s,
                http_async_client=http,
                openai_proxy=None,  # else OPENAI_PROXY, which a client of our own cannot take
                use_responses_api=False,
                extra_body=dict(request.parameters),
            )
            chunks = model.astream(client.turns(request.messages))
            try:
                async with aclosing(chunks):
                    while True:
                        with nullcontext() if self._traced else client.untraced():
                            chunk = await within(
                                anext(chunks, None), deadline if begun else first_by, self.name
                            )
                        if chunk is None:
                            break
                        begun = True
                        if text := heard.take(chunk):
                            yield text
            except ModelUnavailable:
                raise
            except openai.APIStatusError as error:
                if said := _said_all_the_same(error.body):
                    heard.finish = "stop"
                    yield said
                    return
                raise self._refusal(error, request) from error
            except openai.APITimeoutError as error:
                raise self._failed("did not answer in time", "timeout", cause="slow") from error
            except (openai.APIConnectionError, httpx.HTTPError) as error:
                if begun:
                    raise self._failed("cut its reply short", "cut") from error
                cause = cause_of(error, self._base_url)
                # A pooled connection may have been closed by the other side a moment ago.
                wait = 0.0 if cause == "dropped" else None
                raise self._failed("cannot be reached", "unreachable", wait, cause) from error
            except openai.APIError as error:  # an error object inside the stream
                raise self._failed("broke off with an error", "server_error", cause="ill") from error
            except RuntimeError as error:  # LANGCHAIN_TRACING and LANGCHAIN_HANDLER are given up there
                raise self._failed(f"was not asked by the client library: {error}", "refused") from error
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                # What is not the protocol fails somewhere in its parser, each time elsewhere.
                raise self._failed("sent what is not the protocol", "garbage", cause="foreign") from error
        if not begun:
            raise self._failed("gave an empty reply", "empty")
        if heard.finish is None and wire.ended:
            heard.finish = "stop"

    def _failed(
        self, what: str, reason: str, retry_after_s: float | None = None, cause: str | None = None
    ) -> ModelUnavailable:
        return ModelUnavailable(
            f"Model {self.name!r} {what}.", reason=reason, retry_after_s=retry_after_s, cause=cause
        )

    def _refusal(self, error: Any, request: Request) -> ModelUnavailable:
        status: int = error.status_code
        said = words_of(error.body, error.response.text)
        if status in REFUSALS and (left_out := self.habits.learn(said, request)):
            logger.warning("the endpoint of %s takes no %s: left out from now on", self.name, left_out)
            return self._failed(f"takes no {left_out}", "refused", cause="parameter")
        wait = _seconds(error.response.headers.get("retry-after"))
        cause = cause_of_status(status, said, self.name)
        if cause in ("quota", "balance"):
            return self._failed(f"is over its quota ({status})", "quota", wait, cause)
        if cause == "ill":
            return self._failed(
                f"has a server that failed ({status})", "server_error", 0.1 if wait is None else wait, cause
            )
        return self._failed(
            f"has a server that refused the request ({status}); run `kewen doctor`", "refused", cause=cause
        )


class FallbackChat:
    """The first model, or the second where the first fails before it has said a word.

    `timeout_s` is the budget of both together, None: each has its own.
    """

    def __init__(self, first: ChatModel, second: ChatModel, *, timeout_s: float | None = None) -> None:
        self.name = first.name
        self.inner = self._models = (first, second)
        self._timeout_s = timeout_s

    async def stream(
        self, messages: Sequence[Message], *, tools: Sequence[Tool] = (), form: Form | None = None
    ) -> AsyncGenerator[str | Reply]:
        deadline = None if self._timeout_s is None else asyncio.get_running_loop().time() + self._timeout_s
        for position, model in enumerate(self._models):
            begun = False
            pieces = model.stream(messages, tools=tools, form=form)
            try:
                while True:
                    piece = await within(anext(pieces, None), deadline, model.name)
                    if piece is None:
                        return
                    begun = True
                    yield piece
            except ModelUnavailable:
                if begun or position == len(self._models) - 1:
                    raise
            finally:
                if isinstance(pieces, AsyncGenerator):
                    await pieces.aclose()


async def within(awaitable: Any, deadline: float | None, name: str) -> Any:
    """The result, or ModelUnavailable at the deadline (loop time).

    Each step is timed by itself: a timeout held open across a yield would cancel the consumer.
    """
    try:
        async with asyncio.timeout_at(deadline):
            return await awaitable
    except TimeoutError as error:
        raise ModelUnavailable(f"Model {name!r} did not answer in time.", reason="timeout") from error


def load_client() -> None:
    """Import the client library and the certificates, which takes seconds: before the first question."""
    _client().certificates()


def _client() -> Any:
    from assistant.model import client

    return client


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:  # a date: too far off to wait for
        return None


def _said_all_the_same(body: Any) -> str:
    """What a model wrote that its server would not take for a call or for JSON (Groq tells it so)."""
    error = body.get("error", body) if isinstance(body, dict) else None
    said = error.get("failed_generation") if isinstance(error, dict) else None
    return said if isinstance(said, str) else ""
