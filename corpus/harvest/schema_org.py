"""schema.org Dataset and Croissant in JSON-LD: documents, pages that embed it, sitemaps of such pages."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from corpus.harvest.bodies import decoded
from corpus.harvest.drafts import Draft, complaint_of
from corpus.harvest.entries import refused_entry
from corpus.harvest.errors import HarvestError, Malformed
from corpus.harvest.jsonld import is_one_of, nodes_of, types_of
from corpus.harvest.jsontext import Located, read_json, read_values
from corpus.harvest.reading import DocumentReader, json_entries
from corpus.harvest.records import Complaint, Entry, Page, Request
from corpus.harvest.schema_org_record import DATASETS, RECORDS, draft_of
from corpus.harvest.sitemaps import is_sitemap, sitemap_requests, unpacked

_JSON_LD = "application/ld+json"
_SCRIPT = re.compile(
    r"<script\b[^>]*type\s*=\s*[\"']?application/ld\+json[^>]*>(.*?)</script\s*>", re.I | re.S
)


class Reader(DocumentReader):
    name = "schema_org"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        if is_sitemap(head):
            return True
        if opening[:1] == b"<":
            page = re.search(rb"<html\b|<!doctype html", opening[:2048], re.I)
            return page is not None or b"application/ld+json" in head
        linked = b"schema.org" in head and b'"@type"' in head
        # DCAT-AP names schema.org among many others, and types with a prefix.
        return opening[:1] in (b"{", b"[") and linked and re.search(rb'"dcat:(?:Dataset|Cat)', head) is None

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        """A sitemap gives requests for its pages; a page or document gives the data sets it describes."""
        body = unpacked(body, request.url)
        if is_sitemap(body[:65536]):
            nexts, complaints = sitemap_requests(body, request, media_type)
            return Page(iter(()), nexts, tuple(complaints), full=not request.source.since)
        text, _ = decoded(body, request.url, media_type)
        if text.lstrip()[:1] == "<":
            return self._web_page(text, request)
        document = read_json(text, request.url)
        nodes = nodes_of(document.frame)
        records = [one for one in nodes if is_one_of(RECORDS, one)]
        if not records:
            kinds = ", ".join(sorted({kind for one in nodes for kind in types_of(one)})) or "nothing"
            raise Malformed(
                request.url, f"describes {kinds[:100]} and no data set", rule="schema_org.no_dataset"
            )
        alone = len(records) == 1 and isinstance(document.frame, dict) and "@graph" not in document.frame
        elements = [
            Located(
                one, text.strip() if alone else json.dumps(one, ensure_ascii=False), 1, "", document.doubled
            )
            for one in records
        ]
        return Page(_entries(elements, request, page=""))

    def _web_page(self, text: str, request: Request) -> Page:
        """Blocks that are broken are refused alone; a page without a data set has none, and says so."""
        complaints: list[Complaint] = []
        found: list[Located | Entry] = []
        for block in _SCRIPT.finditer(text):
            line = text.count("\n", 0, block.start(1)) + 1
            inner = re.sub(
                r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$", "", block[1]
            ).strip()
            if '"' not in inner:  # escaped as if a script were text
                inner = html.unescape(inner)
            try:
                documents = list(read_values(inner, request.url))
            except HarvestError as error:
                found.append(
                    refused_entry(
                        request,
                        error.rule,
                        error.message,
                        original=inner.encode(),
                        media_type=_JSON_LD,
                        format="schema_org",
                        line=line + (error.line or 1) - 1,
                    )
                )
                continue
            for document in documents:
                for node in nodes_of(document.frame):
                    if is_one_of(DATASETS, node):
                        found.append(
                            Located(node, json.dumps(node, ensure_ascii=False), line, "", document.doubled)
                        )
        if not found:
            message = "describes no data set in JSON-LD of schema.org"
            complaints.append(complaint_of(request, "schema_org.no_dataset", message))
        return Page(_mixed(found, request), complaints=tuple(complaints))


def _mixed(found: list[Located | Entry], request: Request) -> Iterator[Entry]:
    for one in found:
        if isinstance(one, Entry):
            yield one
        else:
            yield from _entries([one], request, page=request.url)


def _entries(elements: list[Located], request: Request, *, page: str) -> Iterator[Entry]:
    address = page if page.startswith(("http://", "https://")) else ""

    def draw(record: dict[str, Any]) -> Draft:
        return draft_of(record, address)

    for entry in json_entries(elements, request, draw, format="schema_org", datestamp="dateModified"):
        yield entry.model_copy(update={"media_type": _JSON_LD})
