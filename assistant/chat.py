"""Language models as the assistant sees them: any OpenAI-compatible server, and one behind another."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, aclosing, nullcontext
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol

from assistant.errors import ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk

MAX_CHARACTERS = 12_000
MAX_RETRY_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what a model is given."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """What one call of a model cost and how it ended; `outcome` is ok or a reason of ModelUnavailable.

    Tokens are None where the server did not count them.
    """

    model: str
    outcome: str
    seconds: float
    first_piece_s: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class ChatModel(Protocol):
    """A language model as the assistant sees it."""

    name: str

    def stream(self, messages: Sequence[Message]) -> AsyncIterator[str]:
        """Yield the reply in pieces, in order.

        Raises ModelUnavailable on timeout, quota, provider failure, or a reply that does not end.
        """
        ...


class OpenAIChat:
    """A model behind the OpenAI chat-completions protocol (OpenAI, DeepSeek, Qwen, vLLM, Ollama …).

    `timeout_s` is the budget of one whole reply, retry included; the first sign of life must come within
    `first_byte_s` (default: half of it). `on_call` is told how each call ended. `traced` lets the client
    library send prompts and replies to the tracing service of its own environment variables.
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
        max_tokens: int = 2000,
        extra_body: dict[str, Any] | None = None,
        on_call: Callable[[Call], None] | None = None,
        traced: bool = False,
    ) -> None:
        self.name = model
        self._base_url = base_url
        self._api_key = api_key
        self._timeout_s = timeout_s
        self._first_byte_s = first_byte_s or timeout_s / 2
        self._max_characters = max_characters
        self._max_tokens = max_tokens
        self._extra_body = extra_body
        self._on_call = on_call
        self._traced = traced

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str]:
        begun = time.monotonic()
        call = Call(self.name, "cancelled", 0.0)
        written = 0
        said = False
        try:
            async with aclosing(_without_thoughts(self._reply(messages, begun))) as reply:
                async for item in reply:
                    if isinstance(item, Call):
                        call = replace(
                            call, prompt_tokens=item.prompt_tokens, completion_tokens=item.completion_tokens
                        )
                        continue
                    if not said:
                        call = replace(call, first_piece_s=time.monotonic() - begun)
                    said = said or bool(item.strip())
                    written += len(item)
                    if written > self._max_characters:
                        raise ModelUnavailable(
                            f"Model {self.name!r} wrote more than {self._max_characters} characters.",
                            reason="too_long",
                        )
                    yield item
            if not said:
                raise ModelUnavailable(f"Model {self.name!r} gave an empty reply.", reason="empty")
            call = replace(call, outcome="ok")
        except ModelUnavailable as error:
            call = replace(call, outcome=error.reason)
            raise
        finally:
            if self._on_call:
                self._on_call(replace(call, seconds=time.monotonic() - begun))

    async def _reply(self, messages: Sequence[Message], begun: float) -> AsyncGenerator[str | Call]:
        """Pieces, then the tokens used; one more try where the server asks for patience and time is left."""
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        for attempt in (1, 2):
            answered = False
            try:
                async with aclosing(self._attempt(messages, deadline)) as pieces:
                    async for piece in pieces:
                        answered = True
                        yield piece
                return
            except ModelUnavailable as error:
                left = deadline - asyncio.get_running_loop().time()
                wait = error.retry_after_s
                if attempt == 2 or answered or wait is None or wait > min(MAX_RETRY_WAIT_S, left / 2):
                    raise
                await asyncio.sleep(wait)

    async def _attempt(self, messages: Sequence[Message], deadline: float) -> AsyncGenerator[str | Call]:
        import httpx

        ChatOpenAI = await asyncio.to_thread(_chat_openai)  # noqa: N806 - a class; 2 s to import, once
        import openai

        first_by = min(deadline, asyncio.get_running_loop().time() + self._first_byte_s)
        finish: str | None = None
        begun = False
        # A client of its own: it belongs to this event loop and is closed with the reply.
        async with httpx.AsyncClient(verify=await asyncio.to_thread(_certificates)) as http:
            model = ChatOpenAI(
                base_url=self._base_url,
                api_key=self._api_key or "none",
                model=self.name,
                temperature=0,
                max_tokens=self._max_tokens,
                stream_usage=True,
                max_retries=0,
                timeout=self._timeout_s,
                http_async_client=http,
                openai_proxy=None,  # else OPENAI_PROXY, which a client of our own cannot take
                extra_body=self._extra_body,
            )
            chunks = model.astream([(message.role, message.text) for message in messages])
            try:
                async with aclosing(chunks):
                    while True:
                        with nullcontext() if self._traced else _untraced():
                            chunk = await within(
                                anext(chunks, None), deadline if begun else first_by, self.name
                            )
                        if chunk is None:
                            break
                        begun = True
                        finish = chunk.response_metadata.get("finish_reason") or finish
                        if chunk.usage_metadata:
                            yield self._used(chunk)
                        text = _text_of(chunk)
                        if text:
                            yield text
            except ModelUnavailable:
                raise
            except openai.APIStatusError as error:
                raise self._refusal(error) from error
            except openai.APITimeoutError as error:
                raise ModelUnavailable(
                    f"Model {self.name!r} did not answer in time.", reason="timeout"
                ) from error
            except (openai.APIConnectionError, httpx.HTTPError) as error:
                if begun:
                    raise ModelUnavailable(
                        f"Model {self.name!r} cut its reply short.", reason="cut"
                    ) from error
                raise ModelUnavailable(
                    f"Model {self.name!r} cannot be reached.", reason="unreachable"
                ) from error
            except openai.APIError as error:  # an error object inside the stream
                raise ModelUnavailable(
                    f"Model {self.name!r} broke off with an error.", reason="server_error"
                ) from error
            except RuntimeError as error:  # LANGCHAIN_TRACING and LANGCHAIN_HANDLER are given up there
                raise ModelUnavailable(
                    f"The client library did not ask model {self.name!r}: {error}", reason="refused"
                ) from error
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                # What is not the protocol fails somewhere in its parser, each time elsewhere.
                raise ModelUnavailable(
                    f"Model {self.name!r} sent what is not the protocol.", reason="garbage"
                ) from error
        if not begun:
            raise ModelUnavailable(f"Model {self.name!r} gave an empty reply.", reason="empty")
        if finish == "content_filter":
            raise ModelUnavailable(f"Model {self.name!r} declined to answer.", reason="declined")
        if finish is None or finish == "length":
            raise ModelUnavailable(f"Model {self.name!r} cut its reply short.", reason="cut")

    def _used(self, chunk: AIMessageChunk) -> Call:
        usage = chunk.usage_metadata
        assert usage
        return Call(
            self.name, "", 0.0, prompt_tokens=usage["input_tokens"], completion_tokens=usage["output_tokens"]
        )

    def _refusal(self, error: Any) -> ModelUnavailable:
        status: int = error.status_code
        wait = _seconds(error.response.headers.get("retry-after"))
        if status == 429:
            return ModelUnavailable(
                f"Model {self.name!r} is over its quota (429).", reason="quota", retry_after_s=wait
            )
        if status >= 500:
            return ModelUnavailable(
                f"The server of model {self.name!r} failed ({status}).",
                reason="server_error",
                retry_after_s=0.1 if wait is None else wait,
            )
        return ModelUnavailable(
            f"The server of model {self.name!r} refused the request ({status}); check KEWEN_LLM_API_KEY and "
            "KEWEN_LLM_MODEL.",
            reason="refused",
        )


class FallbackChat:
    """The first model, or the second where the first fails before it has said a word.

    `timeout_s` is the budget of both together, None: each has its own.
    """

    def __init__(self, first: ChatModel, second: ChatModel, *, timeout_s: float | None = None) -> None:
        self.name = first.name
        self._models = (first, second)
        self._timeout_s = timeout_s

    def stream(self, messages: Sequence[Message]) -> AttributedStream:
        return AttributedStream(self._models, messages, self._timeout_s)


class AttributedStream(AsyncIterator[str]):
    """Pieces of a reply; `model` is the name of the one that gives them."""

    def __init__(
        self, models: Sequence[ChatModel], messages: Sequence[Message], timeout_s: float | None
    ) -> None:
        self.model = models[0].name
        self._pieces = self._stream(models, messages, timeout_s)

    async def _stream(
        self, models: Sequence[ChatModel], messages: Sequence[Message], timeout_s: float | None
    ) -> AsyncGenerator[str]:
        deadline = None if timeout_s is None else asyncio.get_running_loop().time() + timeout_s
        for position, model in enumerate(models):
            self.model = model.name
            begun = False
            pieces = model.stream(messages)
            try:
                while True:
                    piece = await within(anext(pieces, None), deadline, model.name)
                    if piece is None:
                        return
                    begun = True
                    yield piece
            except ModelUnavailable:
                if begun or position == len(models) - 1:
                    raise
            finally:
                if isinstance(pieces, AsyncGenerator | AttributedStream):
                    await pieces.aclose()

    async def __anext__(self) -> str:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        await self._pieces.aclose()


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
    _chat_openai()
    _certificates()


def _chat_openai() -> Any:
    from langchain_openai import ChatOpenAI

    return ChatOpenAI


def _untraced() -> AbstractContextManager[None]:
    """Inside it LANGSMITH_TRACING, LANGCHAIN_TRACING_V2 and the like have no say."""
    from langsmith import tracing_context

    return tracing_context(enabled=False)


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates that are trusted, read once: it takes 20 ms."""
    import httpx

    return httpx.create_ssl_context()


def _text_of(chunk: AIMessageChunk) -> str:
    content = chunk.content
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") if isinstance(part, dict) else part for part in content)


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:  # a date: too far off to wait for
        return None


_THOUGHT_START = re.compile(r"\s*<think(?:ing)?>")
_THOUGHT_END = re.compile(r"</think(?:ing)?>\s*")


async def _without_thoughts(items: AsyncGenerator[str | Call]) -> AsyncGenerator[str | Call]:
    """The reply without the <think>…</think> that some servers leave in front of it."""
    waiting: str | None = ""
    thought = 0
    async with aclosing(items):
        async for item in items:
            if waiting is None or not isinstance(item, str):
                yield item
                continue
            waiting += item
            start = waiting.lstrip()
            if _THOUGHT_START.match(waiting):
                end = _THOUGHT_END.search(waiting)
                thought = len(waiting)
                if thought > 10 * MAX_CHARACTERS:
                    raise ModelUnavailable("The model thinks without end.", reason="too_long")
                if end:
                    rest, waiting = waiting[end.end() :], None
                    if rest:
                        yield rest
            elif not any(tag.startswith(start[: len(tag)]) for tag in ("<think>", "<thinking>")):
                yield waiting
                waiting = None
        if waiting and not _THOUGHT_START.match(waiting):
            yield waiting
