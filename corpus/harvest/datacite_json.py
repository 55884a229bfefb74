"""DataCite metadata in JSON: answers of the REST API, and records as its tools write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from corpus.harvest.drafts import Draft, File, Funding, Person, Said, Tie
from corpus.harvest.errors import Malformed, ProtocolFault
from corpus.harvest.extents import add_period, add_place
from corpus.harvest.jsontext import Located
from corpus.harvest.jsonvalues import as_list, obj, objects, said, string, strings
from corpus.harvest.reading import json_document, json_entries
from corpus.harvest.records import HarvestSource, Page, Request

_SCHEMA = re.compile(
    rb"datacite\.org/schema|\"publication-?[yY]ear\"\s*:|\"resourceTypeGeneral\"\s*:|\"type\"\s*:\s*\"dois\""
)


class Reader:
    name = "datacite_json"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        opening = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        json = opening[:1] in (b"{", b"[") and b"schema.org" not in opening[:400]
        return json and (_SCHEMA.search(head) is not None or ("api.datacite.org" in url))

    def first(self, source: HarvestSource) -> Request:
        """The REST API's /dois by cursor; any other address as it is."""
        if not source.url.rstrip("/").endswith("/dois"):
            return Request(source=source, url=source.url)
        params = [("page[cursor]", "1"), ("page[size]", str(source.page_size)), ("affiliation", "true")]
        if source.sets:
            params.append(("client-id", ",".join(source.sets)))
        if source.since:
            params.append(("query", f"updated:[{source.since} TO {source.until or '*'}]"))
        return Request(source=source, url=source.url, params=tuple(params))

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        document, complaints, remarks = json_document(body, request, media_type, ("data", ""))
        frame = document.frame if isinstance(document.frame, dict) else {}
        if errors := objects(frame.get("errors")):
            message = string(errors[0].get("title")) or string(errors[0].get("status")) or "an error"
            raise ProtocolFault(request.url, f"DataCite says: {message}", rule="datacite.error")
        elements = document.elements
        if not elements and "data" not in frame and frame:
            elements = [Located(frame, body.decode("utf-8-sig", "replace"), 1, "", document.doubled)]
        elif isinstance(frame.get("data"), dict):
            one = frame["data"]
            elements = [Located(one, body.decode("utf-8-sig", "replace"), 1, "", document.doubled)]
        if document.frame is None and not elements:
            raise Malformed(request.url, "is no DataCite record", rule="datacite.shape")
        following = string(obj(frame.get("links")).get("next"))
        nexts = (
            (request.model_copy(update={"url": following, "params": (), "page": request.page + 1}),)
            if following and elements
            else ()
        )
        entries = json_entries(
            elements, request, draft_of, format="datacite_json", name=lambda one: string(one.get("doi"))
        )
        total = obj(frame.get("meta")).get("total")
        return Page(
            entries, nexts, complaints, remarks, total=total if isinstance(total, int) else None,
            full=not request.source.since,
        )  # fmt: skip


def draft_of(record: dict[str, Any]) -> Draft:
    """Of the REST API (`attributes`), of bolognese and of older tools with hyphens in their names."""
    inner = record.get("attributes")
    one = {**inner, "id": record.get("id")} if isinstance(inner, dict) else record
    one = {key.replace("_", "-"): value for key, value in one.items()}

    def get(*names: str) -> Any:
        return next((one[name] for name in names if one.get(name) not in (None, "", [])), None)

    titles = get("titles", "title")
    types = obj(get("types"))
    draft = Draft(
        identifier=string(get("doi")) or string(get("id", "identifier"), "@value", "identifier", "value"),
        required=True,
        titles=_texts(titles, "title"),
        descriptions=_texts(_described(get("descriptions", "description")), "description"),
        keywords=[
            Said(text, item.get("lang") if isinstance(item, dict) else None)
            for item in as_list(get("subjects", "subject", "keywords"))
            for text in strings(item, "subject", "text", "name")
        ],
        hosts=said(string(get("publisher"), "name", "title")),
        creators=[_person(each) for each in objects(get("creators", "creator", "author"))],
        urls=strings(get("url", "b-url")),
        identifiers=[
            (string(each, "identifier", "alternateIdentifier", "alternate-identifier", "name"),
             string(each, "identifierType", "alternateIdentifierType", "alternate-identifier-type", "type"))
            for each in objects(get("identifiers", "alternateIdentifiers", "alternate-identifiers"))
        ],
        licences=[
            text
            for each in as_list(get("rightsList", "rights-list", "rights", "license"))
            for text in _licence(each)
        ],
        version=string(get("version")),
        size="; ".join(strings(get("sizes", "size"))),
        formats=strings(get("formats", "format", "content-format")),
        kinds=strings(types.get("resourceTypeGeneral")) + strings(types.get("resourceType"))
        + strings(get("resource-type-general", "resourceTypeGeneral"), "general"),
        language=string(get("language")),
        files=[File(url=url) for url in strings(get("contentUrl", "content-url"))],
        funding=[
            Funding(
                string(each, "funderName", "funder-name"), string(each, "awardNumber", "award-number"),
                string(each, "awardTitle", "award-title"),
                string(each, "funderIdentifier", "funder-identifier"),
            )
            for each in objects(get("fundingReferences", "funding-references"))
        ],
        ties=_ties(get),
    )  # fmt: skip
    draft.rights = [text for text in draft.licences if "access" in text.lower() or "c_" in text]
    asked = [each for each in objects(get("contributors")) if each.get("contributorType") == "ContactPerson"]
    draft.contact_name = string(obj(asked).get("name"))
    issued: list[str] = []
    modified: list[str] = []
    for date in objects(get("dates", "date")):
        kind = string(date.get("dateType") or date.get("date-type") or date.get("type")).lower()
        value = string(date.get("date") or date.get("value"))
        if kind in ("issued", "available", "published") and "/" not in value:
            issued.append(value)
        elif kind == "updated":
            modified.append(value)
        elif kind in ("coverage", "collected", "valid"):
            add_period(draft, value)
    published = strings(
        [get("date-published", "datePublished", "published"), get("publicationYear", "publication-year")]
    )
    draft.issued = issued + published
    draft.modified = modified + strings(get("date-modified", "dateModified", "updated"))
    for place in objects(get("geoLocations", "geo-locations", "geo-location")):
        _add_location(draft, place)
    return draft


def _ties(get: Callable[..., Any]) -> list[Tie]:
    """Related identifiers, then related items with their titles, then what bolognese calls the container."""
    found = [
        Tie(
            string(each, "relationType", "relation-type"),
            string(each, "relatedIdentifier", "related-identifier", "id"),
            string(each, "relatedIdentifierType", "related-identifier-type", "type"),
        )
        for each in objects(get("relatedIdentifiers", "related-identifiers"))
    ]
    for each in objects(get("relatedItems", "related-items")):
        named = obj(each.get("relatedItemIdentifier"))
        found.append(
            Tie(
                string(each.get("relationType")), string(named, "relatedItemIdentifier"),
                string(named, "relatedItemIdentifierType"), string(each.get("titles"), "title"),
            )
        )  # fmt: skip
    container = obj(get("container"))
    inside = Tie(
        "IsPartOf", string(container, "identifier"), string(container, "identifierType"),
        string(container, "title"),
    )  # fmt: skip
    return [*found, inside]


def _pick(value: dict[str, Any], *keys: str) -> Any:
    return next((value[key] for key in keys if value.get(key)), None)


def _licence(value: Any) -> list[str]:
    """Id, address and name of one licence."""
    if not isinstance(value, dict):
        return strings(value)
    keys = (("rightsIdentifier",), ("rightsUri", "rightsURI", "url", "id"), ("rights", "name"))
    return [text for names in keys for text in strings(_pick(value, *names))]


def _texts(value: Any, key: str) -> list[Said]:
    found = []
    for each in as_list(value):
        language = string(each.get("lang") or each.get("language")) if isinstance(each, dict) else ""
        found += [Said(text, language or None) for text in strings(each, key, "text", "@value")]
    return found


def _described(value: Any) -> list[Any]:
    """Abstracts first; series information and the like are no description."""
    kinds = ("abstract", "", "other", "methods", "technicalinfo")

    def kind(each: Any) -> str:
        named = (
            each.get("descriptionType") or each.get("description-type") or each.get("type")
            if isinstance(each, dict)
            else ""
        )
        return str(named or "").lower()

    kept = [each for each in as_list(value) if kind(each) in kinds]
    best = [each for each in kept if kind(each) in ("abstract", "")]
    return best or kept


def _person(record: dict[str, Any]) -> Person:
    name = string(record.get("name") or record.get("creatorName") or record.get("literal"))
    if not name:
        name = ", ".join(filter(None, (string(record.get("familyName")), string(record.get("givenName")))))
    known = [string(each.get("nameIdentifier")) for each in objects(record.get("nameIdentifiers"))]
    known.append(string(record.get("id") or record.get("@id") or record.get("ORCID")))
    kind = string(record.get("nameType") or record.get("type") or record.get("@type")).lower()
    return Person(
        name=name,
        organisation=kind.startswith("organi"),
        identifier=next((one for one in known if re.search(r"orcid|ror\.org|^\d{4}-\d{4}-", one)), ""),
        affiliation=string(record.get("affiliation"), "name"),
    )


def _add_location(draft: Draft, record: dict[str, Any]) -> None:
    if name := string(record.get("geoLocationPlace") or record.get("geo-location-place")):
        draft.places.append(name)
    box = obj(record.get("geoLocationBox") or record.get("geo-location-box"))
    if box:
        sides = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
        west, south, east, north = (
            box.get(side, box.get(re.sub(r"([A-Z])", r"-\1", side).lower())) for side in sides
        )
        draft.boxes.append((west, south, east, north))
    point = obj(record.get("geoLocationPoint") or record.get("geo-location-point"))
    if point:
        x = point.get("pointLongitude", point.get("point-longitude"))
        y = point.get("pointLatitude", point.get("point-latitude"))
        draft.boxes.append((x, y, x, y))
    if polygon := record.get("geoLocationPolygon"):
        points = [obj(each.get("polygonPoint")) for group in as_list(polygon) for each in objects(group)]
        xs = [one["pointLongitude"] for one in points if "pointLongitude" in one]
        ys = [one["pointLatitude"] for one in points if "pointLatitude" in one]
        if xs and len(xs) == len(ys):
            add_place(
                draft,
                {
                    "type": "Polygon",
                    "coordinates": [[float(x), float(y)] for x, y in zip(xs, ys, strict=True)],
                },
            )
