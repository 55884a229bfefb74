"""Dataverse: the search API by start and per_page, and data sets in its native JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from corpus.harvest.drafts import Draft, File, Funding, Person, Said, Tie, only
from corpus.harvest.errors import ProtocolFault
from corpus.harvest.extents import add_place
from corpus.harvest.jsontext import Located
from corpus.harvest.jsonvalues import obj, objects, said, string, strings, whole_number
from corpus.harvest.paging import window, window_of
from corpus.harvest.reading import json_document, json_entries
from corpus.harvest.records import Entry, HarvestSource, Page, Request

_NATIVE = re.compile(rb'"(?:metadataBlocks|datasetVersion|latestVersion|global_id|total_count)"\s*:')


class Reader:
    name = "dataverse"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") and _NATIVE.search(head) is not None

    def first(self, source: HarvestSource) -> Request:
        """The search API of an installation; sets are collections (`subtree`)."""
        if "/api/" in source.url or not re.match(r"https?://", source.url):
            return Request(source=source, url=source.url)
        params = [("q", "*"), ("type", "dataset"), ("per_page", str(source.page_size)), ("start", "0"),
                  ("sort", "date"), ("order", "asc")]  # fmt: skip
        params += [("subtree", one) for one in source.sets]
        if source.since:
            params.append(("fq", f"dateSort:[{source.since[:10]}T00:00:00Z TO *]"))
        return Request(source=source, url=f"{source.url.rstrip('/')}/api/search", params=tuple(params))

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        document, complaints, remarks = json_document(body, request, media_type, ("data.items", ""))
        frame = document.frame if isinstance(document.frame, dict) else {}
        if string(frame.get("status")).upper() == "ERROR":
            raise ProtocolFault(
                request.url, f"Dataverse says: {string(frame.get('message'))}", rule="dataverse.error"
            )
        data = obj(frame.get("data"))
        elements = document.elements
        total = whole_number(data.get("total_count"))
        if not elements and (
            frame.get("datasetVersion") or data.get("latestVersion") or data.get("metadataBlocks")
        ):
            record = data or frame
            text = json.dumps(record, ensure_ascii=False)
            elements = [Located(record, text, 1, "", document.doubled)]
        nexts: tuple[Request, ...] = ()
        if (at := window_of(request)) and elements and at[0] + len(elements) < (total or 0):
            nexts = (window(request, at[0] + len(elements)),)
        return Page(
            _entries(elements, request), nexts, complaints, remarks, total, full=not request.source.since
        )


def _entries(elements: list[Located], request: Request) -> Iterator[Entry]:
    return json_entries(elements, request, draft_of, format="dataverse")


def draft_of(record: dict[str, Any]) -> Draft:
    return _native(record) if "global_id" not in record else _found(record)


def _found(record: dict[str, Any]) -> Draft:
    """A hit of the search API."""
    draft = Draft(
        identifier=string(record.get("global_id")),
        required=True,
        titles=said(record.get("name")),
        descriptions=said(record.get("description")),
        keywords=[Said(text) for text in strings(record.get("keywords")) + strings(record.get("subjects"))],
        hosts=said(record.get("name_of_dataverse") or record.get("publisher")),
        creators=[Person(name) for name in strings(record.get("authors"))],
        contact_name=string(obj(record.get("contacts")).get("name")),
        urls=strings(record.get("url")),
        issued=strings(record.get("published_at")),
        modified=strings(record.get("updatedAt")),
        version=".".join(strings([record.get("majorVersion"), record.get("minorVersion")])),
        kinds=["dataset"],
    )
    for place in objects(record.get("geographicCoverage")):
        draft.places += strings(
            [place.get("country"), place.get("state"), place.get("city"), place.get("other")]
        )
    return draft


def _native(record: dict[str, Any]) -> Draft:
    """Native JSON: the fields of all metadata blocks, by their names."""
    version = obj(record.get("datasetVersion")) or obj(record.get("latestVersion")) or record
    fields: dict[str, Any] = {}
    for block in obj(version.get("metadataBlocks")).values():
        for field in objects(obj(block).get("fields")):
            fields.setdefault(string(field.get("typeName")), field.get("value"))
    licence = version.get("license") or version.get("termsOfUse")
    contact = next(iter(_compounds(fields.get("datasetContact"))), {})
    protocol, authority = string(record.get("protocol")), string(record.get("authority"))
    number = string(record.get("identifier"))
    own = string(version.get("datasetPersistentId")) or string(record.get("persistentUrl"))
    if not own and protocol and number:
        own = f"{protocol}:{authority}{string(record.get('separator')) or '/'}{number}"
    kind = string(record.get("datasetType")) or "dataset"
    draft = Draft(
        identifier=own,
        titles=said(fields.get("title")),
        alternatives=strings(fields.get("alternativeTitle")) + strings(fields.get("subtitle")),
        descriptions=[
            Said(text)
            for one in _compounds(fields.get("dsDescription"))
            for text in strings(one.get("dsDescriptionValue"))
        ],
        keywords=[Said(text) for text in strings(fields.get("subject"))]
        + [
            Said(text)
            for one in _compounds(fields.get("keyword"))
            for text in strings(one.get("keywordValue"))
        ],
        hosts=[
            Said(text)
            for name in ("distributor", "producer")
            for one in _compounds(fields.get(name))
            for text in strings(one.get(f"{name}Name"))
        ][:1] or said(record.get("publisher")),
        creators=[
            Person(
                string(one.get("authorName")), affiliation=string(one.get("authorAffiliation")),
                identifier=string(one.get("authorIdentifier"))
                if string(one.get("authorIdentifierScheme")).upper() in ("ORCID", "ROR") else "",
            )
            for one in _compounds(fields.get("author"))
        ],
        contact_name=string(contact.get("datasetContactName")),
        contact_email=string(contact.get("datasetContactEmail")),
        urls=strings(record.get("persistentUrl")) + strings(fields.get("alternativeURL")),
        identifiers=[
            (string(one.get("otherIdValue")), string(one.get("otherIdAgency")))
            for one in _compounds(fields.get("otherId"))
        ],
        licences=strings([licence.get("uri"), licence.get("name")])
        if isinstance(licence, dict)
        else strings(licence),
        conditions=[
            Said(text)
            for name in ("termsOfUse", "termsOfAccess", "restrictions", "conditions", "specialPermissions")
            for text in strings(version.get(name))
        ],
        issued=strings(
            [record.get("publicationDate"), version.get("releaseTime"), fields.get("distributionDate")]
        ),
        modified=strings(version.get("lastUpdateTime")),
        version=".".join(strings([version.get("versionNumber"), version.get("versionMinorNumber")])),
        kinds=[kind, *strings(fields.get("kindOfData"))],
        language=only(strings(fields.get("language"))),
        files=[_file(one) for one in objects(version.get("files") or record.get("files"))],
    )  # fmt: skip
    files = objects(version.get("files") or record.get("files"))
    if files and all(one.get("restricted") is True for one in files):
        draft.rights.append("restricted")
    draft.funding = [
        Funding(string(one.get("grantNumberAgency")), string(one.get("grantNumberValue")))
        for one in _compounds(fields.get("grantNumber"))
    ] + [
        Funding(string(one.get("contributorName")))
        for one in _compounds(fields.get("contributor"))
        if string(one.get("contributorType")).lower() == "funder"
    ]
    draft.ties = [
        Tie("isPartOf", title=string(one.get("seriesName"))) for one in _compounds(fields.get("series"))
    ] + [_publication(one) for one in _compounds(fields.get("publication"))]
    for name in ("relatedDatasets", "relatedMaterial"):
        draft.ties += [Tie("relation", text) for text in strings(fields.get(name))]
    _add_extent(draft, fields)
    return draft


def _publication(record: dict[str, Any]) -> Tie:
    """One that the data set supports, or stands to as it says."""
    kind = string(record.get("publicationRelationType")) or "IsSupplementTo"
    number = string(record.get("publicationIDNumber"))
    target = number or string(record.get("publicationURL"))
    scheme = string(record.get("publicationIDType")) if number else "url"
    return Tie(kind, target, scheme, string(record.get("publicationCitation")))


def _compounds(value: Any) -> list[dict[str, Any]]:
    """Compound fields with their inner values by name."""
    return [
        {name: obj(inner).get("value") for name, inner in one.items() if isinstance(inner, dict)}
        for one in objects(value)
    ]


def _file(record: dict[str, Any]) -> File:
    data = obj(record.get("dataFile"))
    return File(
        url=string(data.get("pidURL")) or string(record.get("dataAccessUrl")),
        title=string(record.get("label")) or string(data.get("filename")),
        format=string(data.get("contentType")),
        media_type=string(data.get("contentType")),
        bytes=whole_number(data.get("filesize")),
    )


def _add_extent(draft: Draft, fields: dict[str, Any]) -> None:
    # Where the period that the content is about is not told, that of collecting is.
    for name in ("timePeriodCovered", "dateOfCollection"):
        for one in _compounds(fields.get(name)) if not draft.periods else []:
            start, end = string(one.get(f"{name}Start")), string(one.get(f"{name}End"))
            if start or end:
                draft.periods.append((start, end))
    for one in _compounds(fields.get("geographicCoverage")):
        for name in ("country", "state", "city", "otherGeographicCoverage"):
            for text in strings(one.get(name)):
                add_place(draft, text)
    for one in _compounds(fields.get("geographicBoundingBox")):
        # The guides spell both northLatitude and northLongitude (a slip of old versions).
        sides = [
            string(one.get(name)) or string(one.get(slip))
            for name, slip in (
                ("westLongitude", "westLongitude"), ("southLatitude", "southLongitude"),
                ("eastLongitude", "eastLongitude"), ("northLatitude", "northLongitude"),
            )
        ]  # fmt: skip
        if all(sides):
            draft.boxes.append((sides[0], sides[1], sides[2], sides[3]))
