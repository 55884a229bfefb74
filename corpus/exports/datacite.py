"""A record as DataCite metadata, kernel 4 (https://schema.datacite.org/meta/kernel-4.6/)."""

from __future__ import annotations

from typing import Literal

from lxml import etree

from corpus.details import COAR_ACCESS, Agent, Box, RelationKind
from corpus.exports.citable import Citable, citable, year_since
from corpus.exports.said import listed, written
from corpus.exports.xmltext import XSI, add, serialized
from corpus.records import Policy, Resource

NAMESPACE = "http://datacite.org/schema/kernel-4"
SCHEMA = "https://schema.datacite.org/meta/kernel-4/metadata.xsd"
MEDIA_TYPE = "application/vnd.datacite.datacite+xml"
UNAVAILABLE = ":unav"
"""What the schema's appendix 3 provides for a mandatory field that is not known."""

_GENERAL = {
    "scientific_data": "Collection",
    "germplasm": "PhysicalObject",
    "biological_material": "PhysicalObject",
    "human_genetic": "PhysicalObject",
    "specimen": "PhysicalObject",
    "reference_material": "PhysicalObject",
    "instrument": "Instrument",
    "facility": "Other",
    "field_station": "Other",
    "literature": "Collection",
    "service_platform": "Service",
    "alliance": "Other",
}
_TYPES = {
    "doi": "DOI",
    "cstr": "CSTR",
    "ark": "ARK",
    "handle": "Handle",
    "url": "URL",
    "isbn": "ISBN",
    "issn": "ISSN",
}


def datacite(record: Resource | Policy, base_url: str, listed_on: str) -> bytes:
    """The document; `listed_on` is the day of our own entry, whose year stands in where no other is known."""
    return serialized(datacite_element(record, base_url, listed_on))


def datacite_element(record: Resource | Policy, base_url: str, listed_on: str) -> etree._Element:
    work = citable(record, base_url)
    root = etree.Element(f"{{{NAMESPACE}}}resource", nsmap={None: NAMESPACE, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{NAMESPACE} {SCHEMA}")
    kind: Literal["DOI", "URL"] = "DOI" if work.doi else "URL"
    add(root, "identifier", work.doi or work.page, attributes={"identifierType": kind})
    _creators(root, record, work)
    titles = add(root, "titles")
    for words, language in written(record, work.title):
        add(titles, "title", words, language=language)
    others = (*record.aliases, *record.former_names)
    for words in dict.fromkeys(others):
        add(titles, "title", words, attributes={"titleType": "AlternativeTitle"})
    publisher = written(record, work.publisher) or [(UNAVAILABLE, None)]
    add(root, "publisher", publisher[0][0], language=publisher[0][1])
    add(root, "publicationYear", work.year or year_since(record) or (work.modified or listed_on)[:4])
    if isinstance(record, Resource):
        _resource(root, record, work)
    else:
        _policy(root, record, work)
    return root


def _creators(root: etree._Element, record: Resource | Policy, work: Citable) -> None:
    creators = add(root, "creators")
    for agent in work.creators:
        _agent(add(creators, "creator"), agent)
    if not work.creators:
        name, language = next(iter(written(record, work.publisher)), (UNAVAILABLE, None))
        known = {"nameType": "Organizational"} if name != UNAVAILABLE else {}
        add(add(creators, "creator"), "creatorName", name, language=language, attributes=known)


def _agent(creator: etree._Element, agent: Agent) -> None:
    kind = "Organizational" if agent.organisation else "Personal" if agent.orcid else None
    add(creator, "creatorName", agent.name, attributes={"nameType": kind})
    if agent.orcid:
        scheme = {"nameIdentifierScheme": "ORCID", "schemeURI": "https://orcid.org"}
        add(creator, "nameIdentifier", agent.orcid, attributes=scheme)
    if agent.ror:
        scheme = {"nameIdentifierScheme": "ROR", "schemeURI": "https://ror.org"}
        add(creator, "nameIdentifier", agent.ror, attributes=scheme)
    if agent.affiliation:
        add(creator, "affiliation", agent.affiliation)


def _resource(root: etree._Element, record: Resource, work: Citable) -> None:
    general = "Dataset" if work.mark == "DS" else _GENERAL[record.type]
    add(root, "resourceType", record.type, attributes={"resourceTypeGeneral": general})
    if words := listed(record, record.subjects):
        subjects = add(root, "subjects")
        for word, language in words:
            add(subjects, "subject", word, language=language)
    dates = [("Issued", record.issued), ("Updated", record.modified), ("Collected", _period(record))]
    _dates(root, dates)
    if len(record.written_in) == 1:
        add(root, "language", record.written_in[0])
    alternates = [
        (one.scheme, one.value)
        for one in record.identifiers
        if one.value != work.doi and not one.scheme.endswith(("_prefix", "_example"))
    ]
    addresses = [("url", url) for url in dict.fromkeys((record.url, *record.other_urls)) if url]
    if alternates or addresses:
        holder = add(root, "alternateIdentifiers")
        for scheme, value in (*alternates, *addresses):
            add(
                holder,
                "alternateIdentifier",
                value,
                attributes={"alternateIdentifierType": _TYPES.get(scheme, scheme)},
            )
    _related(root, record)
    if record.formats:
        formats = add(root, "formats")
        for one in record.formats:
            add(formats, "format", one)
    if work.version:
        add(root, "version", work.version)
    _rights(root, record)
    if record.holdings:
        descriptions = add(root, "descriptions")
        for text, language in written(record, record.holdings):
            add(
                descriptions,
                "description",
                text,
                language=language,
                attributes={"descriptionType": "Abstract"},
            )
    _places(root, record)
    _funding(root, record)
    others = [one for one in record.relations if one.kind in _KINDS]
    titled = [one for one in others if one.title and not (one.value or one.url)]
    if titled:
        holder = add(root, "relatedItems")
        for other in titled:
            kind = {"relatedItemType": "Other", "relationType": _KINDS[other.kind]}
            item = add(holder, "relatedItem", attributes=kind)
            add(add(item, "titles"), "title", other.title)


_KINDS: dict[RelationKind, str] = {
    "part_of": "IsPartOf",
    "has_part": "HasPart",
    "previous_version": "IsNewVersionOf",
    "next_version": "IsPreviousVersionOf",
    "version": "IsVersionOf",
    "derived_from": "IsDerivedFrom",
    "source_of": "IsSourceOf",
    "described_by": "IsDescribedBy",
    "describes": "Describes",
    "supplement_to": "IsSupplementTo",
    "supplemented_by": "IsSupplementedBy",
    "cites": "Cites",
    "cited_by": "IsCitedBy",
    "same_as": "IsIdenticalTo",
}
"""`related` has none: what is not said is not told."""
_RELATED = {"doi": "DOI", "handle": "Handle", "ark": "ARK", "isbn": "ISBN", "issn": "ISSN", "cstr": "CSTR"}


def _related(root: etree._Element, record: Resource) -> None:
    """Those whose identifier DataCite has a type for."""
    known = [
        (one, _RELATED.get(one.scheme or "") if one.value else "URL")
        for one in record.relations
        if one.kind in _KINDS and (one.value or one.url)
    ]
    typed = [(one, scheme) for one, scheme in known if scheme]
    if not typed:
        return
    holder = add(root, "relatedIdentifiers")
    for one, scheme in typed:
        add(
            holder,
            "relatedIdentifier",
            one.value or one.url,
            attributes={"relatedIdentifierType": scheme, "relationType": _KINDS[one.kind]},
        )


def _funding(root: etree._Element, record: Resource) -> None:
    """References to funders; DataCite has none without a funder's name."""
    named = [one for one in record.funding if one.funder]
    if not named:
        return
    holder = add(root, "fundingReferences")
    for one in named:
        item = add(holder, "fundingReference")
        add(item, "funderName", one.funder)
        if one.ror:
            ror = {"funderIdentifierType": "ROR"}
            add(item, "funderIdentifier", f"https://ror.org/{one.ror}", attributes=ror)
        if one.number:
            add(item, "awardNumber", one.number)
        if one.title:
            add(item, "awardTitle", one.title)


def _policy(root: etree._Element, record: Policy, work: Citable) -> None:
    general = "Standard" if record.rank == "standard" else "Text"
    add(root, "resourceType", record.rank, attributes={"resourceTypeGeneral": general})
    _dates(root, [("Issued", record.issued), ("Valid", _valid(record))])
    alternates = [("document number", record.doc_number), ("URL", record.official_url)]
    if any(value for _, value in alternates):
        holder = add(root, "alternateIdentifiers")
        for kind, value in alternates:
            if value:
                add(holder, "alternateIdentifier", value, attributes={"alternateIdentifierType": kind})
    descriptions = add(root, "descriptions")
    for text, language in written(record, record.scope):
        add(descriptions, "description", text, language=language, attributes={"descriptionType": "Abstract"})


def _valid(record: Policy) -> str | None:
    return f"{record.effective}/{record.expires or ''}" if record.effective else None


def _period(record: Resource) -> str | None:
    period = record.temporal
    if period is None or not (period.start or period.end):
        return None
    return f"{period.start or ''}/{period.end or ''}"


def _dates(root: etree._Element, dates: list[tuple[str, str | None]]) -> None:
    known = [(kind, day) for kind, day in dates if day]
    if known:
        holder = add(root, "dates")
        for kind, day in known:
            add(holder, "date", day, attributes={"dateType": kind})


def _rights(root: etree._Element, record: Resource) -> None:
    if not (record.licence or record.access_rights or record.access.text):
        return
    holder = add(root, "rightsList")
    if licence := record.licence:
        if licence.startswith(("http://", "https://")):
            add(holder, "rights", licence, attributes={"rightsURI": licence})
        elif " " in licence:
            add(holder, "rights", licence)
        else:
            spdx = {
                "rightsURI": f"https://spdx.org/licenses/{licence}",
                "rightsIdentifier": licence,
                "rightsIdentifierScheme": "SPDX",
                "schemeURI": "https://spdx.org/licenses/",
            }
            add(holder, "rights", licence, attributes=spdx)
    if record.access_rights:
        address = COAR_ACCESS[record.access_rights]
        add(holder, "rights", record.access_rights, attributes={"rightsURI": address})
    for text, language in written(record, record.access.text):
        add(holder, "rights", text, language=language)


def _places(root: etree._Element, record: Resource) -> None:
    names = record.spatial.places if record.spatial else ()
    boxes = record.spatial.boxes if record.spatial else ()
    names = names or ((record.province,) if record.province else ())
    if not (names or boxes):
        return
    holder = add(root, "geoLocations")
    for name in names:
        add(add(holder, "geoLocation"), "geoLocationPlace", name)
    for box in boxes:
        _box(add(holder, "geoLocation"), box)


def _box(location: etree._Element, box: Box) -> None:
    if box.west == box.east and box.south == box.north:
        point = add(location, "geoLocationPoint")
        add(point, "pointLongitude", f"{box.west:g}")
        add(point, "pointLatitude", f"{box.south:g}")
        return
    shape = add(location, "geoLocationBox")
    sides = (("west", box.west), ("east", box.east))
    for name, degrees in sides:
        add(shape, f"{name}BoundLongitude", f"{degrees:g}")
    for name, degrees in (("south", box.south), ("north", box.north)):
        add(shape, f"{name}BoundLatitude", f"{degrees:g}")
