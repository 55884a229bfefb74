"""HarvestSource, Request, Page, Entry, Complaint: what travels between a source and the catalogue.

Harvesters do no input or output. The caller sends `first(source)`, gives the body to `read`, and goes on
with the requests of `Page.next` until there are none; a file on disk is read with the same `read`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from corpus.harvest.mapping import Mapping
from corpus.records import Resource, ResourceType
from corpus.texts import Language, Record

SOURCE_PATTERN = r"^[a-z0-9][a-z0-9._-]*$"


class HarvestSource(Record):
    """One catalogue to harvest, as an operator names it."""

    name: str = Field(pattern=SOURCE_PATTERN, description="First part of the ids of its records.")
    url: str = Field(description="http(s) address of the service or document, or path of a file.")
    format: str | None = Field(default=None, description="A key of HARVESTERS; found from the body if None.")
    metadata_prefix: str | None = Field(default=None, description="OAI-PMH: oai_dc unless it says otherwise.")
    sets: tuple[str, ...] = Field(default=(), description="OAI-PMH sets, CKAN organisations, communities.")
    since: str | None = Field(default=None, description="Only what changed from this date or time on (UTC).")
    until: str | None = None
    page_size: int = Field(default=100, ge=1, le=1000, description="Records a page, where one can ask.")
    type: ResourceType | None = Field(default=None, description="Of all its records, where none is stated.")
    language: Language | None = Field(default=None, description="Of its texts where they do not show it.")
    province: str | None = Field(default=None, description="Of its records, where they state none.")
    licence: str | None = Field(default=None, description="Of its records, where they state none.")
    mapping: Mapping | None = None
    delay_s: float | None = Field(
        default=None, ge=0, le=3600, description="Least seconds between two requests, where it asks for more."
    )
    every_h: float | None = Field(
        default=None, ge=0.1, description="Hours between two runs by schedule, where it asks for fewer."
    )


class Complaint(Record):
    """One fault, named so that the supplier can find it.

    On an entry with a resource it tells what was left out of it; on one without, why it was refused.
    """

    source: str = Field(description="File or address.")
    line: int | None = Field(default=None, ge=1)
    record: str | None = Field(default=None, description="Identifier in the source, where it is known.")
    rule: str = Field(description="Stable name: title.missing, doi.malformed, json.syntax …")
    message: str

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        record = f" ({self.record})" if self.record else ""
        return f"{place}{record}: {self.message} [{self.rule}]"


class Request(BaseModel):
    """What to ask next. `page` counts from 1; `seen` is how many records came before it.

    `listing` names the chain of pages that it belongs to, where a source has several (sets). What the source
    says of the chain's length (`total`) and how many pages in a row were `barren` is kept by the caller.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: HarvestSource
    url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    method: Literal["GET", "POST"] = "GET"
    body: bytes | None = None
    page: int = 1
    seen: int = 0
    listing: str = ""
    total: int | None = None
    barren: int = 0


class Entry(BaseModel):
    """One record of a source: as it came, and what we made of it.

    `resource` is None for a deleted record and for a refused one; the latter has complaints.
    `identifier` is the source's own and may be empty for a refused one. `original` is the record alone,
    in `media_type`: for XML and RDF as serialised from the parsed page, otherwise byte for byte.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    identifier: str
    datestamp: str | None = None
    deleted: bool = False
    sets: tuple[str, ...] = ()
    original: bytes
    media_type: str
    format: str = Field(description="Of the record: oai_dc, dcat_us, iso19139 …")
    line: int | None = None
    resource: Resource | None = None
    unread: tuple[str, ...] = Field(
        default=(), description="Fields of the original that `resource` is without."
    )
    complaints: tuple[Complaint, ...] = ()

    @property
    def refused(self) -> bool:
        return self.resource is None and not self.deleted

    @property
    def digest(self) -> str:
        """SHA-256 of the original, hexadecimal: the same while the source's record is."""
        return hashlib.sha256(self.original).hexdigest()


@dataclass(frozen=True)
class Page:
    """One answer of a source.

    `entries` is read once, and maps as it goes. `next` holds the requests that follow, in order: one for
    paged services, many for a sitemap, none at the end. With `complaints` the page itself is not whole:
    what is absent from it must not be taken for withdrawn; `remarks` are told and cost no record.
    """

    entries: Iterator[Entry]
    next: tuple[Request, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    remarks: Sequence[Complaint] = ()
    """Complete once the entries have been read."""
    total: int | None = None
    """How many records the source says its listing has, where it says so."""
    full: bool = True
    """False where entries are only those that changed since `HarvestSource.since`."""


class Harvester(Protocol):
    """Reads one protocol or form; has no state and does no input or output."""

    @property
    def name(self) -> str:
        """Key in HARVESTERS."""
        ...

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        """True if a body that begins with `head` (at least its first 64 kB) is of this form."""
        ...

    def first(self, source: HarvestSource) -> Request:
        """What to ask first. Raises SourceInvalid."""
        ...

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        """The records of one body. Raises HarvestError where the body as a whole is refused;

        a single bad record is an entry with complaints and no resource.
        """
        ...
