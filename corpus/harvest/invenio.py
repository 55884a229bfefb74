"""InvenioRDM's REST API and Zenodo's: /api/records by page, in both forms of their records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from corpus.harvest.drafts import Draft, File, Funding, Person, Said, Tie, only
from corpus.harvest.errors import ProtocolFault
from corpus.harvest.extents import add_period, add_place
from corpus.harvest.jsontext import Located
from corpus.harvest.jsonvalues import as_list, obj, objects, said, string, strings, whole_number
from corpus.harvest.reading import json_document, json_entries
from corpus.harvest.records import Entry, HarvestSource, Page, Request

_RECORD = re.compile(rb'"(?:hits|conceptrecid|conceptdoi|publication_date|resource_type)"\s*:')


class Reader:
    name = "invenio"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        return opening[:1] in (b"{", b"[") and b'"metadata"' in head and _RECORD.search(head) is not None

    def first(self, source: HarvestSource) -> Request:
        """/api/records of an installation; sets are communities."""
        url = source.url.rstrip("/")
        if not re.match(r"https?://", url):
            return Request(source=source, url=source.url)
        if "/api/" not in url:
            url = f"{url}/api/records"
        if not url.endswith("/records"):
            return Request(source=source, url=source.url)
        params = [("size", str(source.page_size)), ("page", "1"), ("sort", "oldest")]
        clauses = []
        if source.sets:
            names = " OR ".join(f'"{one}"' for one in source.sets)
            clauses.append(f"parent.communities.entries.slug:({names})")
        if source.since:
            clauses.append(f"updated:[{source.since} TO {source.until or '*'}]")
        if clauses:
            params.append(("q", " AND ".join(clauses)))
        return Request(source=source, url=url, params=tuple(params))

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        document, complaints, remarks = json_document(body, request, media_type, ("hits.hits", ""))
        frame = document.frame if isinstance(document.frame, dict) else {}
        if "message" in frame and "status" in frame and "metadata" not in frame:
            raise ProtocolFault(
                request.url, f"the server says: {string(frame['message'])}", rule="invenio.error"
            )
        elements = document.elements
        if not elements and "metadata" in frame:
            elements = [Located(frame, json.dumps(frame, ensure_ascii=False), 1, "", document.doubled)]
        following = string(obj(frame.get("links")).get("next"))
        nexts: tuple[Request, ...] = ()
        if following and elements and following != request.url:
            update = {
                "url": following,
                "params": (),
                "page": request.page + 1,
                "seen": request.seen + len(elements),
            }
            nexts = (request.model_copy(update=update),)
        total = obj(frame.get("hits")).get("total")
        return Page(
            _entries(elements, request), nexts, complaints, remarks, full=not request.source.since,
            total=total if isinstance(total, int) else whole_number(obj(total).get("value")),
        )  # fmt: skip


def _entries(elements: list[Located], request: Request) -> Iterator[Entry]:
    return json_entries(elements, request, draft_of, format="invenio", datestamp="updated")


def draft_of(record: dict[str, Any]) -> Draft:
    meta, links = obj(record.get("metadata")), obj(record.get("links"))
    kind = obj(meta.get("resource_type"))
    managed = obj(obj(record.get("pids")).get("doi"))
    doi = string([managed.get("identifier"), record.get("doi"), meta.get("doi")])
    draft = Draft(
        identifier=string(record.get("id")) or doi,
        required=True,
        titles=said(meta.get("title")),
        alternatives=strings(meta.get("additional_titles"), "title"),
        descriptions=said(meta.get("description")),
        keywords=[Said(text) for text in strings(meta.get("keywords"))]
        + [Said(text) for text in strings(meta.get("subjects"), "subject", "term", "title")],
        hosts=said(meta.get("publisher")),
        creators=[_person(one) for one in objects(meta.get("creators"))],
        urls=strings([links.get("self_html"), links.get("html"), links.get("latest_html")])[:1],
        identifiers=[(doi, "DOI")]
        + [
            (string(one.get("identifier")), string(one.get("scheme")))
            for one in objects(meta.get("identifiers"))
        ],
        licences=[
            text
            for one in [*as_list(meta.get("rights")), *as_list(meta.get("license"))]
            for text in _licence(one)
        ],
        rights=strings([meta.get("access_right"), obj(record.get("access")).get("status")]),
        conditions=said(meta.get("access_conditions")),
        issued=strings(string(meta.get("publication_date")).partition("/")[0]),
        modified=strings(record.get("updated")) + strings(record.get("modified")),
        version=string(meta.get("version")),
        kinds=strings([kind.get("subtype"), kind.get("type"), string(kind.get("id")).partition("-")[0],
                       string(kind.get("title"), "en")]),
        language=string(meta.get("language")) or only(strings(meta.get("languages"), "id")),
        formats=strings(meta.get("formats")),
        size="; ".join(strings(meta.get("sizes"))),
        files=_files(record),
    )  # fmt: skip
    draft.funding = _funding(meta)
    draft.ties = _ties(meta)
    for one in objects(meta.get("contributors")):
        if string(obj(one.get("role")).get("id") or one.get("type")).lower() == "contactperson":
            draft.contact_name = draft.contact_name or _person(one).name
    access = obj(record.get("access"))
    if obj(access.get("embargo")).get("active"):
        draft.rights.insert(0, "embargoed")
        until = string(obj(access.get("embargo")).get("until"))
        draft.conditions.append(Said(f"Embargoed until {until}" if until else "Embargoed", "en"))
    elif access and not draft.rights:
        draft.rights += {"public": ["open"], "restricted": ["restricted"]}.get(
            string(access.get("files")), []
        )
    for one in objects(meta.get("dates")):
        if string(obj(one.get("type")).get("id") or one.get("type")).lower() in (
            "collected",
            "coverage",
            "valid",
        ):
            if one.get("start") or one.get("end"):
                draft.periods.append((string(one.get("start")), string(one.get("end"))))
            else:
                add_period(draft, one.get("date"))
    places = (
        obj(meta.get("locations")).get("features")
        if isinstance(meta.get("locations"), dict)
        else meta.get("locations")
    )
    for one in objects(places):
        if one.get("geometry"):
            add_place(draft, one["geometry"])
        elif one.get("lat") is not None and one.get("lon") is not None:
            draft.boxes.append((one["lon"], one["lat"], one["lon"], one["lat"]))
        draft.places += strings(one.get("place"))
    return draft


def _funding(meta: dict[str, Any]) -> list[Funding]:
    """Of InvenioRDM, and the grants of Zenodo's older form."""
    found = []
    for one in objects(meta.get("funding")):
        funder, award = obj(one.get("funder")), obj(one.get("award"))
        title = next((each.text for each in said(award.get("title"))), "")
        found.append(
            Funding(string(funder, "name"), string(award.get("number")), title, string(funder, "id"))
        )
    for one in objects(meta.get("grants")):
        funder = obj(one.get("funder"))
        number = string(one.get("code")) or string(one.get("id")).rpartition("::")[2]
        found.append(Funding(string(funder, "name"), number, string(one.get("title"))))
    return found


def _ties(meta: dict[str, Any]) -> list[Tie]:
    found = []
    for one in objects(meta.get("related_identifiers")):
        kind = string(obj(one.get("relation_type")).get("id")) or string(one.get("relation"))
        found.append(Tie(kind, string(one.get("identifier")), string(one.get("scheme"))))
    for name in ("journal", "imprint"):
        if title := string(obj(meta.get(name)), "title"):
            found.append(Tie("isPartOf", title=title))
    return found


def _person(record: dict[str, Any]) -> Person:
    inner = obj(record.get("person_or_org")) or record
    known = [
        string(one.get("identifier"))
        for one in objects(inner.get("identifiers"))
        if string(one.get("scheme")).lower() in ("orcid", "ror")
    ]
    affiliation = record.get("affiliations") or record.get("affiliation")
    return Person(
        name=string(inner.get("name")),
        organisation=string(inner.get("type")) == "organizational",
        identifier=string(record.get("orcid")) or next(iter(known), ""),
        affiliation=string(affiliation, "name"),
    )


def _licence(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return strings(value)
    told = [
        obj(value.get("props")).get("url"),
        value.get("link"),
        value.get("id"),
        string(value.get("title"), "en"),
    ]
    return strings(told)


def _files(record: dict[str, Any]) -> list[File]:
    held = record.get("files")
    entries = obj(held).get("entries") if isinstance(held, dict) else held
    each = list(entries.values()) if isinstance(entries, dict) else objects(entries)
    found = []
    for one in objects(each):
        links = obj(one.get("links"))
        name = string(one.get("key")) or string(one.get("filename"))
        found.append(
            File(
                url=string([links.get(name_) for name_ in ("content", "self", "download")]),
                title=name, format=name.rpartition(".")[2] if "." in name else "",
                media_type=string(one.get("mimetype")), bytes=whole_number(one.get("size")),
            )
        )  # fmt: skip
    return found
