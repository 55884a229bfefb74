"""Bodies read as a harvester of one name would get them."""

from __future__ import annotations

from typing import Any

from corpus.harvest import detected, harvester
from corpus.harvest.records import Entry, HarvestSource, Page, Request
from corpus.records import Resource


def source(url: str = "https://data.example.org/catalogue", **fields: Any) -> HarvestSource:
    return HarvestSource(name="toy", url=url, **fields)


def read(body: str | bytes, form: str | None = None, *, media_type: str = "", **fields: Any) -> Page:
    """The page of a body that answers the first request of a source."""
    data = body.encode() if isinstance(body, str) else body
    given = source(**fields)
    reader = harvester(form) if form else detected(data, media_type, given.url)
    return reader.read(data, reader.first(given), media_type=media_type)


def follow(page: Page) -> Request:
    assert len(page.next) == 1
    return page.next[0]


def only(page: Page) -> Entry:
    entries = list(page.entries)
    assert len(entries) == 1, [entry.identifier for entry in entries]
    return entries[0]


def resource(page: Page) -> Resource:
    """Of a page with one record that was taken."""
    entry = only(page)
    assert entry.resource is not None, [str(one) for one in entry.complaints]
    return entry.resource


def rules(entry: Entry) -> set[str]:
    return {one.rule for one in entry.complaints}
