"""StoredSource, Run, PageRow, StoredRecord, LinkState, Merge: harvested things as rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

RunState = Literal["running", "done", "stopped", "failed"]
LinkHealth = Literal["alive", "dead", "unsure", "refused"]
MergeState = Literal["proposed", "accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A catalogue that is harvested. `settings` is JSON that only harvesting/ reads.

    `unit` is whose the records are, at visibility `unit`.

    `cursor` is the newest datestamp the source gave, `full_at` when it was last read whole.
    """

    name: str
    settings: dict[str, Any]
    visibility: str
    created: datetime
    scheduled: bool = True
    cursor: str | None = None
    full_at: datetime | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One harvest: who, when, what came. `sentence` says why it did not end well."""

    id: str
    source: str
    who: str
    started: datetime
    state: RunState
    settings: dict[str, Any]
    since: str | None = None
    finished: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class PageRow:
    """One request of a run and, once `done`, what its answer held."""

    ordinal: int
    key: str
    request: dict[str, Any]
    done: bool = False
    sha256: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    identifiers: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    following: tuple[dict[str, Any], ...] = ()
    refused: tuple[dict[str, Any], ...] = ()
    whole: bool = True
    full: bool = True
    newest: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not taken, and why; `place` is a file or address."""

    place: str
    rule: str
    message: str
    line: int | None = None
    record: str | None = None


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One harvested record: `original` byte for byte, `resource` what we made of it, as JSON.

    A withdrawn one is a tombstone: `successor` is the id that took its place, `reason` says why in
    both languages ({"zh", "en"}). `by_staff` ones stay withdrawn when the source lists them again.
    """

    id: str
    source: str
    identifier: str
    digest: str
    resource: str
    original: bytes
    media_type: str
    format: str
    datestamp: str | None
    first_seen: datetime
    changed: datetime
    withdrawn: datetime | None = None
    successor: str | None = None
    reason: dict[str, str] | None = None
    by_staff: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What a run needs to know of a stored record."""

    id: str
    digest: str
    live: bool
    by_staff: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A live record as it may be shown: without orders to its reader, at its level.

    `by` names the rules that looked at it; `flags` is JSON, what they found.
    """

    id: str
    resource: str
    level: str
    flags: tuple[dict[str, Any], ...]
    by: str


@dataclass(frozen=True, slots=True)
class LinkState:
    """How an address answered; `since` is when it began to answer like that."""

    url: str
    health: LinkHealth
    checked: datetime
    since: datetime
    status: int | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """Two records that seem to be one; accepted, `other` is shown on the card of `kept`."""

    kept: str
    other: str
    why: tuple[str, ...]
    state: MergeState
    created: datetime
    decided_by: str | None = None
