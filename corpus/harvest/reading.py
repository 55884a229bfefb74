"""What readers of one form share: the first request, records of a JSON document as entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from corpus.harvest.bodies import decoded
from corpus.harvest.dates import date_of
from corpus.harvest.drafts import Draft, complaint_of
from corpus.harvest.entries import draft_entry, refused_entry
from corpus.harvest.errors import HarvestError
from corpus.harvest.jsontext import Document, Located, read_json
from corpus.harvest.records import Complaint, Entry, HarvestSource, Request

JSON = "application/json"

Draw = Callable[[dict[str, Any]], Draft]

SHAPE_FAULTS = (AttributeError, KeyError, TypeError, ValueError, IndexError)
"""What a record raises whose values are of another shape than its form says."""


class DocumentReader:
    """A harvester whose source is one document at one address, without paging."""

    name = ""

    def first(self, source: HarvestSource) -> Request:
        return Request(source=source, url=source.url)


def json_document(
    body: bytes, request: Request, media_type: str, lists: tuple[str, ...]
) -> tuple[Document, tuple[Complaint, ...], tuple[Complaint, ...]]:
    """(document, why it is not whole, remarks on it). Raises Malformed, OverLimit."""
    text, remarks = json_text(body, request, media_type)
    document = read_json(text, request.url, lists)
    fault = document.fault
    complaints = (complaint_of(request, fault.rule, fault.message, line=fault.line),) if fault else ()
    return document, complaints, remarks


def json_text(body: bytes, request: Request, media_type: str) -> tuple[str, tuple[Complaint, ...]]:
    """The text, and a remark where JSON should be in another encoding."""
    text, encoding = decoded(body, request.url, media_type)
    if encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        return text, ()
    return text, (complaint_of(request, "text.encoding", f"is {encoding}; JSON should be UTF-8"),)


def json_entries(
    elements: Iterable[Located],
    request: Request,
    draw: Draw,
    *,
    format: str,
    datestamp: str = "",
    name: Callable[[dict[str, Any]], str] = lambda record: "",
) -> Iterator[Entry]:
    """An entry for each element; one of the wrong shape is refused alone."""
    for one in elements:
        original = one.original.encode()
        if isinstance(one.value, HarvestError):  # a line of its own that cannot be read
            yield refused_entry(
                request, one.value.rule, one.value.message, original=original, media_type=JSON, format=format,
                line=one.line,
            )  # fmt: skip
            continue
        if not isinstance(one.value, dict):
            yield refused_entry(
                request, "record.shape", f"is no object but {type(one.value).__name__}", original=original,
                media_type=JSON, format=format, line=one.line,
            )  # fmt: skip
            continue
        if one.doubled:
            keys = ", ".join(repr(key) for key in one.doubled)
            yield refused_entry(
                request, "json.duplicate_key", f"{keys} stands twice with different values",
                original=original, media_type=JSON, format=format, line=one.line, identifier=name(one.value),
            )  # fmt: skip
            continue
        try:
            draft = draw(one.value)
        except SHAPE_FAULTS as error:
            yield refused_entry(
                request, "record.shape", f"cannot be read as {format}: {error}", original=original,
                media_type=JSON, format=format, line=one.line,
            )  # fmt: skip
            continue
        stamp = one.value.get(datestamp) if datestamp else None
        yield draft_entry(
            draft, request, original=original, media_type=JSON, format=format, line=one.line,
            datestamp=stamp if isinstance(stamp, str) and date_of(stamp)[0] else None,
        )  # fmt: skip
