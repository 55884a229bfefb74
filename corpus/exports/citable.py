"""What a citation says of a record, and nothing that the record does not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from corpus.details import Agent
from corpus.identifiers import identified
from corpus.records import Policy, Resource
from corpus.texts import Language, Text

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d{2}|20\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Citable:
    """`page` is the record's own page here, `url` where a reader finds the thing: its site, else the page.

    `creators` are who made it; empty where only the publisher is known. `issued` is as exact as it is
    known. `doi` and `cstr` are the record's own, never the prefix of a holder.
    """

    id: str
    title: Text
    creators: tuple[Agent, ...]
    publisher: Text | None
    issued: str | None
    modified: str | None
    page: str
    url: str
    doi: str | None
    cstr: str | None
    version: str | None
    mark: str
    """GB/T 7714-2015 annex B: DB database, DS data set, S standard, EB page, Z other."""
    number: str | None = None
    """国令第717号 of a rule."""

    @property
    def year(self) -> str | None:
        return self.issued[:4] if self.issued else None

    def authors(self, language: Language) -> list[str]:
        """Names in order; the publisher where no other author is known."""
        names = [agent.name for agent in self.creators]
        return names or ([self.publisher.in_(language)] if self.publisher else [])


def citable(record: Resource | Policy, base_url: str) -> Citable:
    """`base_url` is the address of this catalogue, without a slash at its end."""
    return _of_policy(record, base_url) if isinstance(record, Policy) else _of_resource(record, base_url)


def page_of(record: Resource | Policy, base_url: str) -> str:
    folder = "policies" if isinstance(record, Policy) else "resources"
    return f"{base_url}/{folder}/{quote(record.id, safe='/:@')}"


def _of_resource(record: Resource, base_url: str) -> Citable:
    page = page_of(record, base_url)
    own = {one.scheme: one.value for one in reversed(record.identifiers)}
    doi = own.get("doi")
    if doi and (checked := identified(doi, "doi")).fault is None:
        doi = checked.value
    return Citable(
        id=record.id,
        title=record.name,
        creators=record.creators,
        publisher=record.host,
        issued=record.issued,
        modified=record.modified,
        page=page,
        url=record.url or page,
        doi=doi,
        cstr=own.get("cstr"),
        version=getattr(record.details, "version", None),
        mark=_mark(record),
    )


def _of_policy(record: Policy, base_url: str) -> Citable:
    page = page_of(record, base_url)
    return Citable(
        id=record.id,
        title=record.title,
        creators=(),
        publisher=record.issuing_body,
        issued=record.issued,
        modified=None,
        page=page,
        url=record.official_url or page,
        doi=None,
        cstr=None,
        version=None,
        mark="S" if record.rank == "standard" else "EB" if record.official_url else "Z",
        number=record.doc_number,
    )


def _mark(record: Resource) -> str:
    if record.type == "scientific_data":
        # A harvested record is one data set; ours of this type are centres and databases.
        return "DS" if record.origin is not None else "DB"
    return "DB" if record.type == "literature" and record.origin is None else "EB"


def year_since(record: Resource | Policy) -> str | None:
    """The first year named where the record says since when there is the thing; no year of publication."""
    since = record.since if isinstance(record, Resource) else None
    found = _YEAR.search(since.zh) if since else None
    return found[0] if found else None
