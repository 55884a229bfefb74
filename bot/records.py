"""Incoming, Reply, Outgoing: what travels between a chat app and the desk."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["text", "button", "media", "gone"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """What someone did in a chat, as its channel understood it.

    `event_id` is the platform's own, the same when it sends the event again. `text` is what was written,
    or what the pressed button carries. `quoted` is the message of someone else that it answers or quotes,
    `unseen`: a picture or file came with the words. `handle` is JSON that only the channel reads, for its
    replies. `gone`: the bot was blocked or removed.
    """

    channel: str
    event_id: str
    chat: str
    asker: str
    kind: Kind
    text: str = ""
    private: bool = True
    edited: bool = False
    hint: str = ""
    quoted: str = ""
    unseen: bool = False
    handle: dict[str, Any] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """Whose conversation it is: of the chat, or of each asker in a group."""
        return "" if self.private else self.asker

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Incoming:
        return cls(**body)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


Rich = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """Does `action` when pressed, or opens `url`."""

    label: str
    action: dict[str, Any] | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing the desk says, of any length.

    `edits`: take the place of the message whose button was pressed. `answer` is the answer object,
    for channels that programs read.
    """

    rich: Rich
    rows: tuple[tuple[Button, ...], ...] = ()
    edits: bool = False
    answer: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A button as a channel sends it: `data` comes back when it is pressed."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: the chat, and what the channel kept of the message that it answers."""

    chat: str
    handle: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message within the limits of its channel. `id` is the same when it is sent again."""

    id: str
    to: Address
    rich: Rich
    rows: tuple[tuple[Key, ...], ...] = ()
    answer: dict[str, Any] | None = None


def plain(rich: Rich) -> str:
    """The words alone."""
    return "".join(span.text for span in rich)
