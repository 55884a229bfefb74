"""Language models as the assistant sees them: any OpenAI-compatible server, and one behind another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from assistant.errors import ModelUnavailable

if TYPE_CHECKING:
    from assistant.model.heard import Heard

MAX_CHARACTERS = 12_000
MAX_RETRY_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that the model may call; `parameters` is a JSON schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """The JSON that a reply must be; `schema` is a JSON schema of an object."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model asks for; `written` is what it gave as arguments where that is no JSON object."""

    id: str
    name: str
    arguments: Mapping[str, Any]
    written: str = ""
    extra: Mapping[str, Any] | None = None
    """What the endpoint wants back beside the call."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what a model is given: `calls` those that an assistant turn asked for, `answers` the id of
    the call whose result a tool turn is; `echo` as in Reply."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    calls: tuple[ToolCall, ...] = ()
    answers: str = ""
    echo: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply, given behind its pieces. `finish` length: it broke off at the limit of tokens.

    `text` is without thoughts and calls. Tokens are None where the server did not count them. `echo` are the
    thoughts, which a thinking model wants back between calls of tools.
    """

    text: str
    model: str
    calls: tuple[ToolCall, ...] = ()
    finish: Literal["stop", "length"] = "stop"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    echo: Mapping[str, str] | None = field(default=None, repr=False)

    def turn(self) -> Message:
        """The reply as a turn of the conversation that goes on."""
        return Message("assistant", self.text, self.calls, echo=self.echo)


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

    def stream(
        self, messages: Sequence[Message], *, tools: Sequence[Tool] = (), form: Form | None = None
    ) -> AsyncIterator[str | Reply]:
        """Yield the text of the reply in pieces, in order, then the whole Reply with its calls, once.

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
                            raise ModelUnavailable(
                                f"Model {self.name!r} wrote more than {self._max_characters} characters.",
                                reason="too_long",
                            )
                    yield item
        except ModelUnavailable as error:
            call = replace(call, outcome=error.reason)
            raise
        finally:
            if self._on_call:
                self._on_call(replace(call, seconds=time.monotonic() - begun))

    async def _tries(
        self, messages: Sequence[Message], tools: Sequence[Tool], form: Form | None
    ) -> AsyncGenerator[str | Reply]:
        """Pieces and the reply; one more try where the server asks for patience and time is left."""
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        for attempt in (1, 2):
            answered = False
            try:
                async with aclosing(self._attempt(messages, tools, form, deadline)) as items:
                    async for item in items:
                        answered = True
                        yield item
                return
            except ModelUnavailable as error:
                left = deadline - asyncio.get_running_loop().time()
                wait = error.retry_after_s
                if attempt == 2 or answered or wait is None or wait > min(MAX_RETRY_WAIT_S, left / 2):
                    raise
                await asyncio.sleep(wait)

    async def _attempt(
        self, messages: Sequence[Message], tools: Sequence[Tool], form: Form | None, deadline: float
    ) -> AsyncGenerator[str | Reply]:
        from assistant.model.heard import Heard, without_thoughts

        heard = Heard()
        text = ""
        async with aclosing(without_thoughts(self._pieces(messages, tools, form, deadline, heard))) as said:
            async for piece in said:
                text += piece
                yield piece
        calls = heard.made()
        if not text.strip() and not calls:
            raise ModelUnavailable(f"Model {self.name!r} gave an empty reply.", reason="empty")
        if heard.finish is None:
            raise ModelUnavailable(f"Model {self.name!r} cut its reply short.", reason="cut")
        usage = heard.usage or {}
        yield Reply(
            text,
            self.name,
            calls,
            "length" if heard.finish == "length" else "stop",
            usage.get("input_tokens"),
            usage.get("output_tokens"),
            heard.echo,
        )

    async def _pieces(
        self,
        messages: Sequence[Message],
        tools: Sequence[Tool],
        form: Form | None,
        deadline: float,
        heard: Heard,
    ) -> AsyncGenerator[str]:
        """Text as it comes; what else comes is kept in `heard`."""
        import httpx

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
                extra_body=self._parameters(tools, form),
            )
            chunks = model.astream(client.turns(messages))
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
                        text = heard.take(chunk)
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
        if heard.finish is None and wire.ended:
            heard.finish = "stop"
        if heard.finish == "content_filter" or (heard.refused and not heard.said):
            raise ModelUnavailable(f"Model {self.name!r} declined to answer.", reason="declined")

    def _parameters(self, tools: Sequence[Tool], form: Form | None) -> dict[str, Any]:
        told: dict[str, Any] = {
            "temperature": 0,
            "max_tokens": self._max_tokens,
            "stream_options": {"include_usage": True},
        }
        if tools:
            told["tools"] = [
                {
                    "type": "function",
                    "function": {
                        "name": tool.name,
                        "description": tool.description,
                        "parameters": dict(tool.parameters),
                    },
                }
                for tool in tools
            ]
        if form:
            told["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": form.name, "schema": dict(form.schema)},
            }
        return {**told, **(self._extra_body or {})}

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
