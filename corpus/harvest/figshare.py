"""figshare's public REST API (v2): lists of articles by page, then each article by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from corpus.harvest.drafts import Draft, File, Funding, Person, Said, Tie
from corpus.harvest.errors import ProtocolFault
from corpus.harvest.jsontext import Located
from corpus.harvest.jsonvalues import obj, objects, said, string, strings, whole_number
from corpus.harvest.reading import json_document, json_entries
from corpus.harvest.records import Entry, HarvestSource, Page, Request

_ARTICLE = re.compile(rb'"(?:url_public_api|url_public_html|defined_type|figshare_url|resource_doi)"\s*:')


class Reader:
    name = "figshare"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        return opening[:1] in (b"{", b"[") and _ARTICLE.search(head) is not None

    def first(self, source: HarvestSource) -> Request:
        """Public articles, by page; sets are groups or institutions as `institution=…` and `group=…`."""
        if not re.match(r"https?://[^?]+/articles/?$", source.url):
            return Request(source=source, url=source.url)
        params = [("page", "1"), ("page_size", str(source.page_size)), ("order", "modified_date")]
        for one in source.sets:
            key, mark, value = one.partition("=")
            params.append((key, value) if mark else ("group", one))
        if source.since:
            params.append(("modified_since", source.since[:10]))
        return Request(source=source, url=source.url, params=tuple(params))

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        """A list gives a request for each article, as only those have descriptions and licences."""
        document, complaints, remarks = json_document(body, request, media_type, ("",))
        frame = document.frame if isinstance(document.frame, dict) else {}
        if frame.get("code") and frame.get("message") and "title" not in frame:
            raise ProtocolFault(
                request.url, f"figshare says: {string(frame['message'])}", rule="figshare.error"
            )
        if frame:
            text = json.dumps(frame, ensure_ascii=False)
            return Page(
                _entries([Located(frame, text, 1, "", document.doubled)], request),
                complaints=complaints,
                remarks=remarks,
            )
        nexts: list[Request] = []
        full: list[Located] = []
        for one in document.elements:
            detail = string(one.value.get("url_public_api")) if isinstance(one.value, dict) else ""
            if detail and "description" not in one.value and request.url.startswith("http"):
                nexts.append(request.model_copy(update={"url": detail, "params": ()}))
            else:
                full.append(one)
        pages = dict(request.params)
        if (
            document.elements
            and "page" in pages
            and len(document.elements) >= int(pages.get("page_size", "10"))
        ):
            params = tuple((key, str(int(one) + 1) if key == "page" else one) for key, one in request.params)
            nexts.append(request.model_copy(update={"params": params, "page": request.page + 1}))
        return Page(_entries(full, request), tuple(nexts), complaints, remarks, full=not request.source.since)


def _entries(elements: list[Located], request: Request) -> Iterator[Entry]:
    return json_entries(elements, request, draft_of, format="figshare", datestamp="modified_date")


def draft_of(record: dict[str, Any]) -> Draft:
    licence = obj(record.get("license"))
    timeline = obj(record.get("timeline"))
    draft = Draft(
        identifier=string(record.get("id")) or string(record.get("doi")),
        required=True,
        titles=said(record.get("title")),
        descriptions=said(record.get("description")),
        keywords=[Said(text) for text in strings(record.get("tags")) + strings(record.get("keywords"))]
        + [Said(text) for text in strings(record.get("categories"), "title")],
        hosts=said(obj(record.get("institution")).get("name")),
        creators=[
            Person(string(one.get("full_name")), identifier=string(one.get("orcid_id")))
            for one in objects(record.get("authors"))
        ],
        urls=strings(record.get("url_public_html")) + strings(record.get("figshare_url")),
        identifiers=[(string(record.get("doi")), "DOI"), (string(record.get("handle")), "Handle")],
        licences=[*strings(licence.get("url")), *strings(licence.get("name"))],
        issued=strings([record.get("published_date"), timeline.get("posted"), timeline.get("firstOnline")]),
        modified=strings([record.get("modified_date"), timeline.get("revision")]),
        version=string(record.get("version")),
        size=f"{record['size']} bytes" if record.get("size") else "",
        kinds=strings(record.get("defined_type_name")) or ["dataset"],
        files=[
            File(
                url=string(one.get("download_url")), title=string(one.get("name")),
                format=string(one.get("name")).rpartition(".")[2] if "." in string(one.get("name")) else "",
                media_type=string(one.get("mimetype")), bytes=whole_number(one.get("size")),
            )
            for one in objects(record.get("files"))
        ],
        funding=[
            Funding(string(one.get("funder_name")), string(one.get("grant_code")), string(one.get("title")))
            for one in objects(record.get("funding_list"))
        ] or [Funding(title=text) for text in strings(record.get("funding"), "title")],
        ties=[
            Tie(
                "IsSupplementTo", string(record.get("resource_doi")), "DOI",
                string(record.get("resource_title")),
            )
        ]
        + [Tie("References", text) for text in strings(record.get("references"))]
        + [
            Tie(
                string(one.get("relation")), string(one.get("identifier")) or string(one.get("link")),
                string(one.get("identifier_type")), string(one.get("title")),
            )
            for one in objects(record.get("related_materials"))
        ],
    )  # fmt: skip
    if record.get("is_embargoed"):
        draft.rights.append("embargoed")
        until = string(record.get("embargo_date"))
        draft.conditions.append(Said(f"Embargoed until {until}" if until else "Embargoed", "en"))
    elif record.get("is_confidential"):
        draft.rights.append("restricted")
    elif record.get("is_metadata_record"):
        draft.rights.append("metadata only")
    elif record.get("is_public"):
        draft.rights.append("open")
    return draft
