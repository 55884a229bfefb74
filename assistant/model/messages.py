"""What goes to a language model and what comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

MAX_CHARACTERS = 12_000
"""Of one reply."""


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
