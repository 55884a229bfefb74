"""The contract of a chat app: what its channel must provide, and what it may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.records import Address, Incoming, Outgoing
from bot.splitting import Measure, utf16_units

Take = Callable[[Incoming], Awaitable[None]]
"""Writes down what came in; only after it returns may the platform be told that it arrived."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform takes.

    `text` is in the units of `measure`. `buttons` is how many one message may carry, 0: none, choices are
    then numbered. `every_s` is the least time between two messages, edits included, to one chat,
    `progress_s` the same for showing progress (None: progress is not shown).
    """

    text: int
    measure: Measure = utf16_units
    buttons: int = 0
    label: int = 64
    every_s: float = 0.0
    progress_s: float | None = None
    edits: bool = False
    toasts: bool = False


@dataclass(frozen=True, slots=True)
class Pushed:
    """A request that the platform made to us. Header names are in lower case."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a pushed request held, verified, and what the platform is told once that is written down."""

    incoming: tuple[Incoming, ...] = ()
    status: int = 200
    body: str = ""
    media_type: str = "text/plain"


@dataclass
class Told:
    """What a channel learned about itself when it opened."""

    name: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class Channel(Protocol):
    """One chat app. Everything that speaks of its protocol is behind this; nothing else is."""

    name: str
    limits: Limits

    async def open(self) -> None:
        """Connect, learn who we are, publish the command menu. Raises SendFailed, BotMisconfigured."""
        ...

    async def close(self) -> None: ...

    def receive(self, pushed: Pushed) -> Receipt:
        """Verify, decrypt and understand a pushed request. Raises Rejected."""
        ...

    async def listen(self, take: Take) -> None:
        """Fetch or await updates until cancelled, where no request is pushed; return at once elsewhere."""
        ...

    async def send(self, message: Outgoing) -> str:
        """Send; the platform's id of the message. Raises SendFailed."""
        ...

    async def update(self, sent_id: str, message: Outgoing) -> str:
        """Put a message in the place of a sent one. Raises OriginalGone, SendFailed."""
        ...

    async def progress(self, to: Address, sent_id: str | None, draft_id: int, text: str) -> str | None:
        """Show what is being done. The id of a message that the answer must replace, if one was sent.

        `sent_id` is what an earlier call returned, `draft_id` a number of this update.
        """
        ...

    async def busy(self, to: Address) -> None:
        """Show that an answer is being made, where the app can."""
        ...

    async def acknowledge(self, incoming: Incoming, text: str | None) -> None:
        """Tell the app that a button press was handled; `text` is shown for a moment, where it can be."""
        ...

    def private_link(self, payload: str) -> str | None:
        """An address that opens a private chat and starts it with `payload`; None: there is none."""
        ...

    async def quoted(self, incoming: Incoming) -> str:
        """The words that a message quotes; some platforms tell them only when asked. Raises SendFailed."""
        ...


class QuietChannel:
    """What an app does that shows no progress, no toasts and no links into private chats."""

    async def listen(self, take: Take) -> None:
        """Nothing: we are called."""

    async def progress(self, to: Address, sent_id: str | None, draft_id: int, text: str) -> str | None:
        return None

    async def busy(self, to: Address) -> None:
        """Nothing of the kind is shown."""

    async def acknowledge(self, incoming: Incoming, text: str | None) -> None:
        """The response to the callback did."""

    def private_link(self, payload: str) -> str | None:
        return None

    async def quoted(self, incoming: Incoming) -> str:
        return incoming.quoted
