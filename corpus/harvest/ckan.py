"""CKAN action API: package_search and package_show answers, paged by start and rows; dumps of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from corpus.harvest.drafts import Draft, File
from corpus.harvest.errors import ProtocolFault
from corpus.harvest.extents import add_period, add_place
from corpus.harvest.jsontext import Located
from corpus.harvest.jsonvalues import obj, objects, said, string, strings, whole_number
from corpus.harvest.paging import window, window_of
from corpus.harvest.reading import json_document, json_entries
from corpus.harvest.records import HarvestSource, Page, Request

_LISTS = ("result.results", "results", "result", "")
_FREQUENCY = ("frequency", "accrual_periodicity", "accrualPeriodicity", "update_frequency")
_PACKAGE = re.compile(rb'"(?:metadata_modified|license_id|metadata_created|package_count)"\s*:')


class Reader:
    name = "ckan"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        return opening[:1] in (b"{", b"[") and (
            "/api/3/action/" in url or (_PACKAGE.search(head) is not None and b'"name"' in head)
        )

    def first(self, source: HarvestSource) -> Request:
        """package_search of a portal; an address that already names an action is taken as it is."""
        if "/api/" in source.url or not re.match(r"https?://", source.url):
            url = source.url
        else:
            url = f"{source.url.rstrip('/')}/api/3/action/package_search"
        if not url.endswith("package_search"):
            return Request(source=source, url=url)
        filters = []
        if source.sets:
            names = " OR ".join(f'"{one}"' for one in source.sets)
            filters.append(f"organization:({names})")
        if source.since or source.until:
            filters.append(f"metadata_modified:[{_moment(source.since)} TO {_moment(source.until)}]")
        params = [("rows", str(source.page_size)), ("start", "0"), ("sort", "id asc")]
        if filters:
            params.append(("fq", " ".join(f"+{one}" for one in filters)))
        return Request(source=source, url=url, params=tuple(params))

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        document, complaints, remarks = json_document(body, request, media_type, _LISTS)
        frame = document.frame if isinstance(document.frame, dict) else {}
        if frame.get("success") is False:
            fault = obj(frame.get("error"))
            message = string(fault.get("message")) or string(fault.get("__type")) or "success is false"
            raise ProtocolFault(request.url, f"CKAN says: {message}", rule="ckan.error")
        result = frame.get("result")
        elements = document.elements
        if isinstance(result, dict) and "name" in result and not elements:
            elements = [Located(result, body.decode("utf-8", "replace"), 1, "result", document.doubled)]
        elif not elements and "name" in frame and "title" in frame:
            elements = [Located(frame, body.decode("utf-8", "replace"), 1, "", document.doubled)]
        count = whole_number((result if isinstance(result, dict) else frame).get("count"))
        following: tuple[Request, ...] = ()
        if (at := window_of(request)) and elements and at[0] + len(elements) < (count or 0):
            following = (window(request, at[0] + len(elements)),)
        entries = json_entries(
            elements, request, _drawn(request.url), format="ckan", datestamp="metadata_modified"
        )
        full = not request.source.since
        return Page(entries, following, complaints, remarks, count, full)


def _moment(text: str | None) -> str:
    if text is None:
        return "*"
    return text if "T" in text else f"{text}T00:00:00Z"


def _drawn(url: str) -> Callable[[dict[str, Any]], Draft]:
    """Drafts with the portal's own page of the package, where the answer came from a portal."""
    portal, mark, _ = url.partition("/api/")

    def draw(record: dict[str, Any]) -> Draft:
        draft = draft_of(record)
        if mark and (name := string(record.get("name"))):
            draft.urls.insert(0, f"{portal}/dataset/{quote(name)}")
        return draft

    return draw


def _gone(record: dict[str, Any]) -> tuple[str, str] | None:
    """A package that is not for the public, though an answer or a dump has it."""
    state = string(record.get("state")) or "active"
    if record.get("private") is True:
        return "ckan.private", "is private in the source; left out"
    return (f"ckan.{state}", f"its state in the source is {state!r}; left out") if state != "active" else None


def draft_of(record: dict[str, Any]) -> Draft:
    extras = _extras(record.get("extras"))
    organisation = obj(record.get("organization"))
    draft = Draft(
        identifier=string(record.get("id")) or string(record.get("name")),
        required=True,
        titles=said(record.get("title_translated")) or said(record.get("title")) or said(record.get("name")),
        alternatives=[],
        descriptions=said(record.get("notes_translated")) or said(record.get("notes")),
        keywords=[each for tag in record.get("tags") or [] for each in said(_tag(tag))],
        hosts=said(organisation.get("title") or organisation.get("name"))
        or said(extras.get("publisher_name") or extras.get("contact-name"))
        or said(record.get("author") or record.get("maintainer")),
        contact_name=string(record.get("maintainer")) or string(record.get("author")),
        contact_email=string(record.get("maintainer_email")) or string(record.get("author_email")),
        urls=strings(record.get("url")),
        identifiers=[(extras[key], "DOI") for key in ("doi", "DOI") if key in extras],
        licences=strings([record.get(f"license_{one}") for one in ("title", "url", "id")]),
        rights=[
            extras[key] for key in ("access_rights", "accessLevel", "access_constraints") if key in extras
        ],
        issued=[extras.get("issued") or record.get("metadata_created")],
        modified=[extras.get("modified") or record.get("metadata_modified")],
        version=string(record.get("version")),
        kinds=[one for one in (string(record.get("type")), "dataset") if one != "harvest"],
        language=extras.get("language") or string(record.get("language")),
        files=[_file(one) for one in objects(record.get("resources"))],
        formats=strings(record.get("res_format")),
        frequency=next((extras[key] for key in _FREQUENCY if key in extras), ""),
        gone=_gone(record),
    )
    if record.get("isopen") is True and not draft.rights:
        draft.rights.append("open")
    add_place(draft, extras.get("spatial_text") or None)
    if (spatial := extras.get("spatial") or record.get("spatial")) and len(str(spatial)) > 3:
        add_place(draft, spatial)
    add_period(draft, extras.get("temporal") or extras.get("temporal_coverage"))
    if extras.get("temporal_start") or extras.get("temporal_end"):
        draft.periods.append((extras.get("temporal_start", ""), extras.get("temporal_end", "")))
    return draft


def _tag(tag: Any) -> str:
    return string(tag.get("display_name") or tag.get("name")) if isinstance(tag, dict) else string(tag)


def _extras(value: Any) -> dict[str, str]:
    """Extras are [{key, value}] since CKAN 2, an object before."""
    if isinstance(value, dict):
        return {str(key): text for key, one in value.items() if (text := string(one))}
    pairs = ((string(one.get("key")), string(one.get("value"))) for one in objects(value))
    return {key: one for key, one in pairs if key and one}


def _file(record: dict[str, Any]) -> File:
    return File(
        url=string(record.get("url")),
        title=string(record.get("name")) or string(record.get("description")),
        format=string(record.get("format")),
        media_type=string(record.get("mimetype")),
        bytes=whole_number(record.get("size")),
        service=string(record.get("resource_type")) == "api",
    )
