"""Any JSON API, document or JSON-lines file, by a mapping."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from corpus.harvest.bodies import decoded
from corpus.harvest.drafts import Draft
from corpus.harvest.errors import HarvestError, MappingInvalid, SourceInvalid
from corpus.harvest.jsontext import Document, Located, at_path, read_json
from corpus.harvest.jsonvalues import strings, whole_number
from corpus.harvest.mapped import mapped_draft
from corpus.harvest.mapping import Mapping, bundled_mappings
from corpus.harvest.reading import json_document, json_entries, json_text
from corpus.harvest.records import Entry, HarvestSource, Page, Request


class Reader:
    name = "json_api"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        return opening[:1] in (b"{", b"[") and _bundled(head) is not None

    def first(self, source: HarvestSource) -> Request:
        mapping = source.mapping
        if mapping is None:
            return Request(source=source, url=source.url)
        params: list[tuple[str, str]] = []
        if mapping.paging and source.url.startswith(("http://", "https://")):
            paging = mapping.paging
            if paging.style != "next":
                params.append((paging.parameter, str(paging.first)))
            if paging.size_parameter:
                params.append((paging.size_parameter, str(paging.size)))
        return Request(
            source=source, url=source.url, params=tuple(params), headers=tuple(mapping.headers.items())
        )

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        mapping = request.source.mapping or _bundled(body[:65536])
        if mapping is None:
            message = "needs a mapping file that says which path stands for which field"
            raise SourceInvalid(request.url, message, rule="mapping.missing")
        if _is_lines(body):
            text, remarks = json_text(body, request, media_type)
            return Page(_entries(json_lines(text, request.url), request, mapping), remarks=remarks)
        document, faults, remarks = json_document(body, request, media_type, (mapping.records,))
        elements = document.elements
        if not elements:
            elements = _single(document, body, request, mapping, media_type)
        nexts, total = _following(document.frame, len(elements), request, mapping)
        return Page(
            _entries(elements, request, mapping), nexts, faults, remarks, total=total,
            full=not request.source.since,
        )  # fmt: skip


def _bundled(head: bytes) -> Mapping | None:
    text = head.decode("utf-8", "replace")
    for mapping in bundled_mappings().values():
        if mapping.records and mapping.recognise and all(word in text for word in mapping.recognise):
            return mapping
    return None


def _single(
    document: Document, body: bytes, request: Request, mapping: Mapping, media_type: str
) -> list[Located]:
    """One record instead of a list; an answer without the list that the mapping names is refused."""
    frame = document.frame
    if mapping.records:
        step = frame
        for key in mapping.records.split("."):
            if not isinstance(step, dict) or key not in step:
                message = f"{mapping.records!r} is not in the answer; correct `records` of the mapping"
                raise MappingInvalid(request.url, message, rule="mapping.records")
            step = step[key]
        found = step if isinstance(step, list) else [step] if isinstance(step, dict) else []
        return [Located(one, json.dumps(one, ensure_ascii=False), 1, mapping.records) for one in found]
    if isinstance(frame, dict):
        text, _ = decoded(body, request.url, media_type)
        return [Located(frame, text.strip(), 1, "", document.doubled)]
    return []


def _entries(
    elements: Iterator[Located] | list[Located], request: Request, mapping: Mapping
) -> Iterator[Entry]:
    def draw(record: dict[str, Any]) -> Draft:
        return mapped_draft(mapping, lambda path: strings(at_path(record, path)), request.source.type)

    return json_entries(elements, request, draw, format=f"json:{mapping.name}")


def _following(
    frame: Any, came: int, request: Request, mapping: Mapping
) -> tuple[tuple[Request, ...], int | None]:
    """The next request by the mapping's paging, and the total where the answer tells it."""
    paging = mapping.paging
    if paging is None:
        return (), None
    told = whole_number(next(iter(at_path(frame, paging.total_path)), None)) if paging.total_path else None
    records = told if paging.total_counts == "records" else None
    seen = request.seen + came
    if not came or not request.url.startswith(("http://", "https://")):
        return (), records
    update: dict[str, Any] = {"page": request.page + 1, "seen": seen}
    if paging.style == "next":
        following = next(iter(strings(at_path(frame, paging.next_path or "next"))), "")
        if not following:
            return (), records
        update |= {"url": urljoin(request.url, following), "params": ()}
    elif paging.style == "cursor":
        cursor = next(iter(strings(at_path(frame, paging.next_path or "cursor"))), "")
        if not cursor or (records is not None and seen >= records):
            return (), records
        update["params"] = _with(request, paging.parameter, cursor)
    else:
        done = seen >= records if records is not None else came < paging.size
        if told is not None and paging.total_counts == "pages":
            done = request.page >= told
        if done:
            return (), records
        number = int(paging.first) + (request.page if paging.style == "page" else seen)
        update["params"] = _with(request, paging.parameter, str(number))
    return (request.model_copy(update=update),), records


def _with(request: Request, name: str, value: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, value if key == name else one) for key, one in request.params)


def _is_lines(body: bytes) -> bool:
    """True for JSON lines: two objects, each on a line of its own."""
    lines = [line for line in body[:1_000_000].lstrip(b"\xef\xbb\xbf").split(b"\n")[:6] if line.strip()]
    return len(lines) > 1 and all(
        line.strip().startswith(b"{") and line.strip().endswith(b"}") for line in lines[:2]
    )


def json_lines(text: str, source: str) -> Iterator[Located]:
    """An element for each line that is not empty; a line that is no JSON is one whose value is the error."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            document = read_json(line, source)
            yield Located(document.frame, line.strip(), number, "", document.doubled)
        except HarvestError as error:
            yield Located(error, line.strip(), number, "")
