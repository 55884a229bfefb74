"""DCAT-US catalogues, `data.json` of version 1.1 (Project Open Data) and 3.0."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from corpus.harvest.bodies import decoded
from corpus.harvest.drafts import Draft, File, Funding, Tie
from corpus.harvest.errors import Malformed
from corpus.harvest.extents import add_period, add_place
from corpus.harvest.jsontext import Located
from corpus.harvest.jsonvalues import addresses, as_list, obj, objects, said, string, strings
from corpus.harvest.reading import DocumentReader, json_document, json_entries
from corpus.harvest.records import Entry, Page, Request

_LISTS = ("dataset", "service", "datasetSeries")
_NATIONAL = re.compile(
    rb'"dataset"\s*:|project-open-data\.cio\.gov|DCAT-US|"datasetSeries"\s*:|"bureauCode"\s*:', re.I
)
_WANTED = ("description", "publisher", "contactPoint")


class Reader(DocumentReader):
    name = "dcat_us"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        # "dataset" as a plain key: DCAT-AP in JSON-LD writes dcat:dataset.
        return opening.startswith(b"{") and _NATIONAL.search(opening) is not None and b'"@graph"' not in head

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        """Datasets, services, series and their members; one listed twice is taken once."""
        document, complaints, remarks = json_document(body, request, media_type, _LISTS)
        frame = document.frame if isinstance(document.frame, dict) else {}
        elements = document.elements
        if not elements and not any(name in frame for name in (*_LISTS, "catalog")):
            if "title" in frame and "identifier" in frame:  # a dataset without its catalogue
                text, _ = decoded(body, request.url, media_type)
                elements = [Located(frame, text.strip(), 1, "dataset", document.doubled)]
            else:
                message = "has no dataset, service or datasetSeries"
                raise Malformed(request.url, message, rule="dcat_us.no_datasets")
        elements = [*elements, *_nested(frame)]
        return Page(_once(_entries(elements, request)), complaints=complaints, remarks=remarks)


def _nested(catalogue: dict[str, Any]) -> Iterator[Located]:
    """The records of the catalogues in a catalogue, however deep."""
    for inner in objects(catalogue.get("catalog")):
        for name in _LISTS:
            for one in objects(inner.get(name)):
                yield Located(one, json.dumps(one, ensure_ascii=False), 1, name)
        yield from _nested(inner)


def _entries(elements: list[Located], request: Request) -> Iterator[Entry]:
    for one in elements:
        yield from json_entries([one], request, _drawn(one.path), format="dcat_us", datestamp="modified")
        if one.path == "datasetSeries" and isinstance(one.value, dict):
            members = [
                Located(member, json.dumps(member, ensure_ascii=False), one.line, "dataset")
                for member in objects(one.value.get("seriesMember"))
            ]
            yield from json_entries(
                members, request, _drawn("dataset"), format="dcat_us", datestamp="modified"
            )


def _once(entries: Iterator[Entry]) -> Iterator[Entry]:
    """A member of a series is often listed at the top as well."""
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        key = (entry.identifier, entry.resource.name.en if entry.resource else "")
        if not entry.identifier or entry.refused or key not in seen:
            seen.add(key)
            yield entry


def _drawn(path: str) -> Any:
    def draw(record: dict[str, Any]) -> Draft:
        return draft_of(record, service=path == "service", series=path == "datasetSeries")

    return draw


def draft_of(record: dict[str, Any], *, service: bool = False, series: bool = False) -> Draft:
    """The draft of one dataset, service or series."""
    identifier = string(record.get("identifier"), "@id", "notation", "skos:notation") or string(
        record.get("@id")
    )
    publisher, contact = obj(record.get("publisher")), obj(record.get("contactPoint"))
    draft = Draft(
        identifier=identifier,
        required=True,
        titles=said(record.get("title")),
        alternatives=strings(record.get("alternative")),
        descriptions=said(record.get("description")),
        keywords=said(record.get("keyword")) + said(record.get("theme")),
        hosts=said(publisher.get("name") or publisher.get("prefLabel") or record.get("publisher")),
        governing=said(obj(publisher.get("subOrganizationOf")).get("name")),
        contact_name=string(contact.get("fn")),
        contact_email=string(contact.get("hasEmail"), "@id", "value"),
        contact_phone=string(contact.get("tel") or contact.get("hasTelephone")),
        contact_url=string(contact.get("hasURL"), "@id"),
        urls=[*addresses(record.get("landingPage")), *addresses(record.get("page"))],
        identifiers=[(one, "") for one in strings(record.get("otherIdentifier"), "@id", "notation")]
        + [(one, "") for one in _pages(record) if "doi.org/10." in one],
        licences=[*addresses(record.get("license")), *addresses(record.get("rightsHolder_license"))],
        rights=[*strings(record.get("accessLevel")), *addresses(record.get("accessRights"))],
        conditions=said(record.get("rights")),
        issued=[record.get("issued")],
        modified=[record.get("modified")],
        documentation=string(record.get("describedBy"), "@id", "accessURL", "downloadURL"),
        version=string(record.get("version")),
        frequency=string(record.get("accrualPeriodicity")) or _repeats(record.get("modified")),
        funding=[Funding(one) for one in strings(record.get("funder"), "name", "prefLabel")],
        ties=[
            _tie(name, one)
            for name in (
                "isPartOf",
                "inSeries",
                "hasPart",
                "replaces",
                "previousVersion",
                "isReferencedBy",
                "source",
                "references",
                "relation",
            )
            for one in as_list(record.get(name))
        ],
        kinds=["service"] if service else ["dataset"],
        language=string(record.get("language")),
        files=[_file(one) for one in objects(record.get("distribution"))],
    )
    draft.files += [File(url=one, service=True) for one in addresses(record.get("endpointURL"))]
    add_place(draft, record.get("spatial"))
    add_period(draft, _span(record.get("temporal")))
    if (
        (licence := record.get("license"))
        and isinstance(licence, str)
        and not licence.strip().startswith("http")
    ):
        draft.complaints.append(("dcat_us.license", "license is no address; its words are kept"))
    missing = [name for name in _WANTED if not record.get(name) and not series]
    draft.complaints += [(f"dcat_us.{name}", f"required {name} is missing") for name in missing]
    return draft


def _pages(record: dict[str, Any]) -> list[str]:
    """Of the data set; where it names none, the address that its only way in leads to."""
    ways = [
        one
        for one in objects(record.get("distribution"))
        if one.get("accessURL") and not one.get("downloadURL")
    ]
    return addresses(record.get("landingPage")) or (addresses(ways[0]["accessURL"]) if len(ways) == 1 else [])


def _tie(name: str, value: Any) -> Tie:
    """DCAT-US calls whatever belongs to a data set its references."""
    kind = "relation" if name == "references" else name
    if not isinstance(value, dict):
        return Tie(kind, string(value))
    return Tie(
        kind, string(value.get("identifier")) or string(value.get("@id")), title=string(value, "title")
    )


def _span(temporal: Any) -> Any:
    """R/2010-01-01/P1D goes on from its first day, a value each day (ISO 8601, as DCAT-US allows)."""
    found = re.fullmatch(r"R\d*/([\d:TZ.-]+)/P\w+", string(temporal)) if isinstance(temporal, str) else None
    return f"{found[1]}/" if found else temporal


def _repeats(modified: Any) -> str:
    """`modified` may be an interval, R/P1D: the data set is brought up to date each day (DCAT-US 1.1)."""
    text = string(modified)
    return text if text.upper().startswith("R/P") else ""


def _file(record: dict[str, Any]) -> File:
    url = string(addresses(record.get("downloadURL")) or addresses(record.get("accessURL")))
    return File(
        url=url,
        title=string(record.get("title")),
        format=string(record.get("format"), "prefLabel", "@id") or string(record.get("mediaType")),
        media_type=string(record.get("mediaType")),
        service="api" in string(record.get("format")).lower(),
    )
