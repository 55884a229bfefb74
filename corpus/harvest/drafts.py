"""Draft: what a format says of one record, in plain strings; draft_entry() checks and types it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from corpus.harvest.cleaning import is_placeholder
from corpus.harvest.records import Complaint, Request
from corpus.records import ResourceType


@dataclass(frozen=True, slots=True)
class Said:
    """A text and the language that the source declares for it."""

    text: str
    language: str | None = None


@dataclass(slots=True)
class File:
    """One way to the content."""

    url: str
    title: str = ""
    format: str = ""
    media_type: str = ""
    bytes: int | None = None
    service: bool = False


@dataclass(slots=True)
class Person:
    name: str
    organisation: bool = False
    identifier: str = ""
    affiliation: str = ""


@dataclass(slots=True)
class Funding:
    """One award, or a funder alone; `identifier` is the funder's."""

    funder: str = ""
    number: str = ""
    title: str = ""
    identifier: str = ""


@dataclass(slots=True)
class Tie:
    """Another thing; `kind` is the code or property by which the source says how this one stands to it."""

    kind: str
    target: str = ""
    scheme: str = ""
    title: str = ""


@dataclass(slots=True)
class Draft:
    """Everything as the source says it; empty where it says nothing."""

    identifier: str = ""
    required: bool = False
    """True where the form demands an identifier: without one the record is refused."""
    titles: list[Said] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    descriptions: list[Said] = field(default_factory=list)
    keywords: list[Said] = field(default_factory=list)
    hosts: list[Said] = field(default_factory=list)
    governing: list[Said] = field(default_factory=list)
    creators: list[Person] = field(default_factory=list)
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    contact_url: str = ""
    urls: list[str] = field(default_factory=list)
    """Pages about it, the best first."""
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    """(value, what the source calls the scheme)."""
    licences: list[str] = field(default_factory=list)
    rights: list[str] = field(default_factory=list)
    """Codes and addresses of access rights."""
    conditions: list[Said] = field(default_factory=list)
    """Access and use conditions in words."""
    level: str = ""
    """One of our access levels, where the source's own words mean one."""
    issued: Sequence[object] = field(default_factory=list)
    modified: Sequence[object] = field(default_factory=list)
    periods: list[tuple[str, str]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    boxes: list[tuple[object, object, object, object]] = field(default_factory=list)
    """west, south, east, north."""
    province: str = ""
    city: list[Said] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    documentation: str = ""
    version: str = ""
    size: str = ""
    variables: list[str] = field(default_factory=list)
    """What it measures or has columns for, each with the source's explanation."""
    frequency: str = ""
    """How often it is brought up to date, in the source's words or codes."""
    funding: list[Funding] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    """Other things that it is a part, a version, a source … of."""
    kinds: list[str] = field(default_factory=list)
    default_type: ResourceType = "scientific_data"
    language: str | None = None
    steps: list[Said] = field(default_factory=list)
    details: dict[str, object] = field(default_factory=dict)
    """Fields of the type's details, by their own names."""
    heard: list[str] = field(default_factory=list)
    """What was understood and is kept above in other words: 无条件共享 where `level` is open."""
    complaints: list[tuple[str, str]] = field(default_factory=list)
    """(rule, message) of what the format's reader left out."""
    refusal: tuple[str, str] | None = None
    gone: tuple[str, str] | None = None
    """(rule, message) where the source has the record and does not, or no longer, show it to the public."""


def only(languages: Sequence[str]) -> str | None:
    """The language that is declared; where several are, none of them stands for a text."""
    return languages[0] if len(set(languages)) == 1 else None


def settle(draft: Draft) -> None:
    """Take out what only says that there is nothing: n/a, :unav, 暂无."""
    for one in fields(draft):
        value = getattr(draft, one.name)
        if isinstance(value, str) and is_placeholder(value):
            setattr(draft, one.name, "")
        elif isinstance(value, list):
            setattr(draft, one.name, [each for each in value if not is_placeholder(_words(each))])
    draft.details = {
        name: value
        for name, value in draft.details.items()
        if not is_placeholder(str(getattr(value, "zh", value)))
    }


def _words(value: object) -> str:
    """The text of one member of a draft's lists; empty where it is no text."""
    if isinstance(value, tuple):
        value = value[0] if len(value) == 2 else ""
    found = getattr(value, "text", None) or getattr(value, "name", None) or value
    return found if isinstance(found, str) else ""


def record_id(source: str, identifier: str) -> str:
    """`<source>:<identifier>` in the characters of ids; a short hash is added where that loses something."""
    lower = identifier.lower()
    slug = re.sub(r"[^a-z0-9:._/-]+", "-", lower).strip("-./") or "record"
    letters = [char for char in identifier if char.isascii() and char.isalpha()]
    mixed = any(char.islower() for char in letters) and any(char.isupper() for char in letters)
    if slug != lower or mixed or len(slug) > 160:
        slug = f"{slug[:160].rstrip('-./')}-{hashlib.sha256(identifier.encode()).hexdigest()[:8]}"
    return f"{source}:{slug}"


def complaint_of(
    request: Request, rule: str, message: str, *, record: str | None = None, line: int | None = None
) -> Complaint:
    """A complaint that names the request's address or file."""
    return Complaint(source=request.url, line=line, record=record or None, rule=rule, message=message)
