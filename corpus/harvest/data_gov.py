"""The search API of data.gov's catalogue: DCAT-US records in an envelope, paged by cursor."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from corpus.harvest import dcat_us
from corpus.harvest.drafts import Draft
from corpus.harvest.errors import ProtocolFault
from corpus.harvest.jsonvalues import obj, string
from corpus.harvest.reading import json_document, json_entries
from corpus.harvest.records import HarvestSource, Page, Request

_ENVELOPE = re.compile(rb'"results"\s*:\s*\[')


class Reader:
    name = "data_gov"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        return opening.startswith(b"{") and b'"dcat"' in head and _ENVELOPE.search(head) is not None

    def first(self, source: HarvestSource) -> Request:
        """The search of a catalogue, newest first; sets are slugs of organisations, one after another."""
        if not re.match(r"https?://[^?]+/search$", source.url):
            return Request(source=source, url=source.url)
        return self._listing(source, source.sets[0] if source.sets else "")

    def _listing(self, source: HarvestSource, organisation: str) -> Request:
        params = [("per_page", str(source.page_size)), ("sort", "last_harvested_date")]
        if organisation:
            params.append(("org_slug", organisation))
        return Request(source=source, url=source.url, params=tuple(params), listing=organisation)

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        """Raises ProtocolFault with the server's words."""
        document, complaints, remarks = json_document(body, request, media_type, ("results",))
        frame = document.frame if isinstance(document.frame, dict) else {}
        if words := string(frame.get("error")) or ("detail" in frame and string(frame.get("message"))):
            raise ProtocolFault(request.url, f"data.gov says: {words}", rule="data_gov.error")
        entries = json_entries(document.elements, request, _drawn(request.url), format="data_gov")
        return Page(entries, self._following(string(frame.get("after")), request), complaints, remarks)

    def _following(self, after: str, request: Request) -> tuple[Request, ...]:
        if after:
            kept = tuple((key, one) for key, one in request.params if key != "after")
            update = {"params": (*kept, ("after", after)), "page": request.page + 1}
            return (request.model_copy(update=update),)
        sets = request.source.sets
        at = sets.index(request.listing) + 1 if request.listing in sets else len(sets)
        return (self._listing(request.source, sets[at]),) if at < len(sets) else ()


def _drawn(url: str) -> Any:
    """Drafts of the records inside: slugs are unique in the catalogue, identifiers only in an agency."""
    parts = urlsplit(url)

    def draw(record: dict[str, Any]) -> Draft:
        draft = dcat_us.draft_of(obj(record.get("dcat")) or record)
        if slug := string(record.get("slug")):
            draft.identifiers.append((draft.identifier, ""))
            draft.identifier = slug
            if parts.scheme in ("http", "https"):
                draft.urls.append(f"{parts.scheme}://{parts.netloc}/dataset/{quote(slug)}")
        return draft

    return draw
