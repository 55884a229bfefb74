"""Conversation, StoredAnswer, Ticket, CuratedAnswer, ApiKey …: rows as the rest of Kewen sees them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from corpus.rights import label_of

Verdict = Literal["up", "down"]
TicketState = Literal["open", "answered", "closed"]


def new_id(prefix: str) -> str:
    """`<prefix>_` and 128 random bits in hexadecimal: cannot be guessed, safe in a URL."""
    return f"{prefix}_{secrets.token_hex(16)}"


def may_be_id(text: str) -> bool:
    """False for what no id looks like; PostgreSQL would refuse to look for some of it (NUL)."""
    return len(text) <= 64 and text.isascii() and text.isprintable()


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


def digest_of(secret: str) -> str:
    """Of a random secret that is looked up by its hash: with 256 bits a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def storable(text: str) -> str:
    """The text without what PostgreSQL refuses: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A chat on one channel.

    `level` is the highest level that has asked in it, `unit` whose it is at level `unit`: who sees less does
    not see it. `state` is
    JSON that only the assistant reads. `stored` is False until its first turn is written.
    """

    id: str = field(default_factory=lambda: new_id("c"))
    created: datetime = field(default_factory=now)
    language: str = "auto"
    channel: str = "web"
    level: str = "public"
    unit: str | None = None
    state: dict[str, Any] = field(default_factory=dict)
    stored: bool = False

    @property
    def label(self) -> str:
        """Who may see it; see corpus/rights.py."""
        return label_of(self.level, self.unit)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it went out.

    `body` is its exact JSON bytes, replayed unchanged. `evidence` is what it was written from,
    `timings` holds milliseconds by stage, `generation` names the index that was searched.
    """

    id: str
    conversation_id: str
    body: bytes
    status: str
    generated_by: str
    level: str = "public"
    generation: str | None = None
    prompt_digest: str | None = None
    evidence: Any = None
    timings: dict[str, float] = field(default_factory=dict)
    created: datetime = field(default_factory=now)
    unit: str | None = None

    @property
    def label(self) -> str:
        """Who may see it; see corpus/rights.py."""
        return label_of(self.level, self.unit)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and the answer to it; `ordinal` counts from 1 within the conversation."""

    conversation_id: str
    ordinal: int
    question: str
    answer_id: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thought of an answer."""

    id: str
    answer_id: str
    verdict: Verdict
    comment: str | None
    created: datetime


@dataclass(frozen=True, slots=True)
class TicketNote:
    """What the asker wrote when handing over. `contact` is for staff alone and is forgotten in time."""

    message: str | None = None
    contact: str | None = None
    created: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A question handed to the staff, with the answer it got from us.

    `searched` is JSON for people to read: what was looked for and what was found. `owner` is who took
    it, by the name that others read, `claimant` the account that has it in hand since `claimed`; `settled`
    is when it was last answered or closed.
    """

    conversation_id: str
    answer_id: str
    channel: str
    language: str
    question: str
    answer: str
    answer_status: str
    searched: dict[str, Any]
    id: str = field(default_factory=lambda: new_id("t"))
    created: datetime = field(default_factory=now)
    state: TicketState = "open"
    owner: str | None = None
    settled: datetime | None = None
    claimant: str | None = None
    claimed: datetime | None = None
    notes: tuple[TicketNote, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffReply:
    """What a person answered to a ticket; `citations` is JSON, what its [n] rest on."""

    id: str
    ticket_id: str
    answer_id: str
    author: str | None
    text: str
    citations: tuple[dict[str, Any], ...]
    created: datetime


@dataclass(frozen=True, slots=True)
class CuratedAnswer:
    """A person's answer that stands for every asker of the same question.

    `questions` are its wordings, `texts` its text by language, `sources` the places that its [n] rest
    on, in order, each with the digest it had: {"ref", "digest"}. It is valid through the day `until`.
    """

    owner: str
    until: date
    questions: tuple[str, ...]
    texts: dict[str, str]
    sources: tuple[dict[str, str], ...]
    ticket_id: str | None = None
    id: str = field(default_factory=lambda: new_id("u"))
    created: datetime = field(default_factory=now)
    withdrawn: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is stored: its hash stays in the database, its secret is shown once."""

    id: str
    level: str
    unit: str | None
    created: datetime
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in.

    `name` is what they sign in with, folded; `shown` what others read. `role` gives what they may do, `level`
    and `unit` what they may see; neither hangs on the other.
    """

    id: str
    name: str
    shown: str
    role: str
    level: str
    unit: str | None
    created: datetime
    disabled: datetime | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something for the staff; `account_id` None: on the command line."""

    account_id: str | None
    shown: str


@dataclass(frozen=True, slots=True)
class StaffAction:
    """A deed of the staff; `subject` is the id of a ticket, or the name of an account."""

    id: int
    created: datetime
    account_id: str | None
    who: str
    action: str
    subject: str | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """One browser that is signed in, until `expires`."""

    account: Account
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat of a messaging app, as one asker has it.

    `asker` is empty in a private chat; in a group everyone has a conversation of their own. `state` is
    JSON that only the bot reads.
    """

    channel: str
    chat: str
    asker: str = ""
    conversation_id: str | None = None
    answer_id: str | None = None
    language: str = "auto"
    state: dict[str, Any] = field(default_factory=dict)
    used: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class BotUpdate:
    """What a platform sent, as its channel read it; `placeholder` is the message to be replaced."""

    id: int
    channel: str
    event_id: str
    chat: str
    body: dict[str, Any]
    attempts: int
    placeholder: str | None
    created: datetime


@dataclass(frozen=True, slots=True)
class BotMessage:
    """What is to be sent. `id` is also what its buttons carry; `actions` is what they do, in order."""

    channel: str
    chat: str
    asker: str
    body: dict[str, Any]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    update_id: int | None = None
    ordinal: int = 0
    actions: tuple[dict[str, Any], ...] = ()
    state: Literal["waiting", "sent", "dropped"] = "waiting"
    sent_id: str | None = None
    created: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Watch:
    """A conversation whose chat waits for a reply of the staff."""

    conversation_id: str
    channel: str
    chat: str
    asker: str
    created: datetime = field(default_factory=now)
