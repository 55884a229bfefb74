"""One node of schema.org JSON-LD -> Draft; Croissant's file objects are its distributions."""

from __future__ import annotations

import re
from typing import Any

from corpus.harvest.drafts import Draft, File, Funding, Person, Tie
from corpus.harvest.extents import add_period, add_place
from corpus.harvest.jsonld import is_one_of, types_of
from corpus.harvest.jsonvalues import (
    addresses,
    as_list,
    obj,
    objects,
    said,
    split_words,
    string,
    strings,
    whole_number,
)

DATASETS = frozenset({"Dataset", "DataCatalog", "DataFeed", "DataDownload"})
"""What a page is asked for: the other things on it are about the page."""
_OTHERS = (
    "CreativeWork Product SoftwareApplication SoftwareSourceCode ScholarlyArticle Article BlogPosting Book"
    " Thesis Report TechArticle PublicationIssue Periodical Collection ImageObject VideoObject Map WebAPI"
    " WebSite Service Organization ResearchOrganization ResearchProject Project DefinedTermSet"
    " LearningResource PhysicalObject BioChemEntity Taxon Specimen Place CreativeWorkSeries Legislation"
)
RECORDS = DATASETS | frozenset(_OTHERS.split())
"""What a document that holds one thing may describe."""
_DATASET = (
    "distribution includedInDataCatalog issn measurementMethod measurementTechnique variableMeasured "
    "variablesMeasured datasetTimeInterval catalog includedDataCatalog about abstract accessMode "
    "accessModeSufficient accessibilityAPI accessibilityControl accessibilityFeature "
    "accessibilityHazard accessibilitySummary accountablePerson acquireLicensePage aggregateRating "
    "alternativeHeadline archivedAt assesses associatedMedia audience audio author award character "
    "citation comment commentCount conditionsOfAccess contentLocation contentRating "
    "contentReferenceTime contributor copyrightHolder copyrightNotice copyrightYear correction "
    "countryOfOrigin creativeWorkStatus creator creditText dateCreated dateModified datePublished "
    "digitalSourceType discussionUrl displayLocation editEIDR editor educationalAlignment "
    "educationalLevel educationalUse encoding encodingFormat encodings exampleOfWork expires fileFormat "
    "funder funding genre hasPart headline inLanguage interactionStatistic interactivityType "
    "interpretedAsClaim isAccessibleForFree isBasedOn isBasedOnUrl isFamilyFriendly isPartOf keywords "
    "learningResourceType license locationCreated mainEntity maintainer material materialExtent "
    "mentions offers pattern position producer provider publication publisher publisherImprint "
    "publishingPrinciples recordedAt recordedIn releasedEvent review reviews schemaVersion "
    "sdDatePublished sdLicense sdPublisher size sourceOrganization spatial spatialCoverage sponsor "
    "teaches temporal temporalCoverage text thumbnail thumbnailUrl timeRequired translationOfWork "
    "translator typicalAgeRange usageInfo version video workExample workTranslation additionalType "
    "alternateName description disambiguatingDescription identifier image mainEntityOfPage name owner "
    "potentialAction sameAs subjectOf url recordSet citeAs isLiveDataset conformsTo contentUrl "
    "contentSize contactPoint type id "
)
_PROPERTIES = frozenset(_DATASET.split())
"""Of Dataset, CreativeWork and Thing (schema.org 29), and what Croissant and common practice add."""


def draft_of(node: dict[str, Any], page: str = "") -> Draft:
    kinds = types_of(node)
    license_ = node.get("license") or node.get("sdLicense")
    publisher = node.get("publisher") or node.get("provider") or node.get("sourceOrganization")
    contact = next(
        filter(
            None,
            (obj(one.get("contactPoint")) for one in (node, obj(publisher), obj(node.get("maintainer")))),
        ),
        obj(node.get("maintainer")),
    )
    identifiers = [_identifier(one) for one in as_list(node.get("identifier"))]
    identifiers += [(one, "") for one in strings(node.get("sameAs"), "@id", "url")[:5]]
    own = string(node.get("@id") or node.get("id"))
    lasting = next(
        (value for value, scheme in identifiers if scheme.lower().endswith("doi") or "10." in value), ""
    )
    draft = Draft(
        identifier=_best(own, lasting, string(node.get("url")), identifiers),
        titles=said(node.get("name") or node.get("headline")),
        alternatives=strings(node.get("alternateName")) + strings(node.get("legalName")),
        descriptions=said(node.get("description")) + said(node.get("abstract")),
        keywords=[
            one for text in as_list(node.get("keywords")) for word in split_words(text) for one in said(word)
        ]
        + [one for each in as_list(node.get("about")) for one in said(string(each, "name"))],
        hosts=said(_named(publisher)),
        creators=[
            person
            for each in as_list(node.get("creator")) or as_list(node.get("author"))
            if (person := _person(each)) is not None
        ],
        contact_name=string(contact.get("name")) or string(contact.get("contactType")),
        contact_email=string(contact.get("email")),
        contact_phone=string(contact.get("telephone")),
        contact_url=string(contact.get("url")),
        urls=[*strings(node.get("url"), "@id", "url"), *strings(node.get("mainEntityOfPage"), "@id", "url")]
        + ([page] if page else []),
        identifiers=identifiers + ([(own, "")] if own else []),
        licences=[text for one in as_list(license_) for text in _licence(one)],
        rights=[text for text in strings(node.get("conditionsOfAccess")) if len(text) < 60],
        conditions=said(node.get("conditionsOfAccess")) + said(node.get("usageInfo")),
        issued=strings(node.get("datePublished")) + strings(node.get("dateCreated")),
        modified=strings(node.get("dateModified")),
        version=string(node.get("version")),
        size=_size(node),
        kinds=kinds + strings(node.get("additionalType")),
        language=string(node.get("inLanguage"), "alternateName", "name", "@value") or None,
        formats=strings(node.get("encodingFormat")) + strings(node.get("fileFormat")),
        documentation=string(node.get("documentation")),
        variables=_variables(node),
        funding=_funding(node),
        ties=[
            tie
            for name in ("isPartOf", "hasPart", "isBasedOn", "isBasedOnUrl", "citation")
            for one in as_list(node.get(name))
            if (tie := _tie(name.removesuffix("Url"), one))
        ],
    )
    free = str(node.get("isAccessibleForFree", "")).lower()
    if free == "false" or not draft.conditions:  # free of charge is not free to all
        draft.level = {"true": "open", "false": "paid"}.get(free, "")
    _add_files(draft, node)
    for name in ("spatialCoverage", "spatial"):
        for place in as_list(node.get(name)):
            _add_place(draft, place)
    add_period(draft, node.get("temporalCoverage") or node.get("temporal"))
    if is_one_of(frozenset({"Dataset"}), node):
        foreign = [
            key for key in node if not key.startswith("@") and ":" not in key and key not in _PROPERTIES
        ]
        if foreign:
            message = f"{', '.join(foreign[:8])} is no property of a Dataset; left out"
            draft.complaints.append(("schema_org.property", message))
    return draft


def _funding(node: dict[str, Any]) -> list[Funding]:
    """Grants with whoever gives them; then funders that stand alone."""
    found = []
    for one in as_list(node.get("funding")):
        grant = obj(one)
        funder = next(iter(as_list(grant.get("funder") or grant.get("sponsor"))), None)
        number, _ = _identifier(next(iter(as_list(grant.get("identifier"))), ""))
        title = string(grant.get("name")) if grant else string(one)
        found.append(Funding(string(_named(funder)), number, title, string(obj(funder).get("@id"))))
    for one in as_list(node.get("funder")) + as_list(node.get("sponsor")):
        found.append(Funding(string(_named(one)), identifier=string(obj(one).get("@id"))))
    return found


def _tie(name: str, value: Any) -> Tie | None:
    """Another work, told as an object, by its address or in words."""
    if not isinstance(value, dict):
        return Tie(name, string(value)) if string(value) else None
    known = [_identifier(one)[0] for one in as_list(value.get("identifier"))]
    lasting = next((one for one in known if "10." in one), "")
    own = string(value.get("@id"))
    own = "" if own.startswith(("#", "_:", "./")) else own
    target = lasting or string(value.get("url")) or own or next(iter(known), "")
    title = string(value.get("name")) or string(value.get("headline"))
    return Tie(name, target, title=title) if target or title else None


def _variables(node: dict[str, Any]) -> list[str]:
    """What is measured: schema.org's variables, and the fields of Croissant's record sets."""
    measured = [*as_list(node.get("variableMeasured")), *as_list(node.get("variablesMeasured"))]
    measured += [
        one
        for each in objects(node.get("recordSet"))
        if not string(each.get("dataType")).endswith(":Split")  # names of the parts for training and test
        for one in as_list(each.get("field"))
    ]
    found = []
    for one in measured:
        name = string(one)
        if isinstance(one, dict) and name == one.get("@id"):  # Croissant: record set/field
            name = name.rpartition("/")[2]
        about = string(one.get("description")) or string(one.get("unitText")) if isinstance(one, dict) else ""
        found.append(f"{name} ({about})" if name and about and about != name else name or about)
    return found


def _size(node: dict[str, Any]) -> str:
    """Of the whole, or of its only file where that is told in words or stands beside no address."""
    size = node.get("contentSize") or node.get("size")
    if isinstance(size, dict):
        number = string(size.get("value")).removesuffix(".0")
        return " ".join(filter(None, (number, string(size.get("unitText") or size.get("unitCode")))))
    files = objects(node.get("distribution"))
    alone = string(files[0].get("contentSize")) if len(files) == 1 else ""
    if isinstance(size, int):  # of Dryad: bytes
        return f"{size} bytes"
    return string(size) or (alone if _bytes(alone) is None or not addresses(files[0]) else "")


def _bytes(size: str) -> int | None:
    return whole_number(re.sub(r"\s*(?:B|bytes)$", "", size, flags=re.I))


def _best(own: str, lasting: str, url: str, identifiers: list[tuple[str, str]]) -> str:
    """A DOI first, then what the node is called, unless that is a mere anchor of the page."""
    if lasting:
        return lasting
    if own and not own.startswith(("#", "_:", "./")):
        return own
    return next((value for value, _ in identifiers if value), "") or url or own


def _named(value: Any) -> list[str]:
    """The name of the first; an address is no name."""
    first = next(iter(as_list(value)), None)
    found = strings(first, "name", "legalName") if isinstance(first, dict) else strings(first)
    return [text for text in found if not re.match(r"https?://", text)][:1]


def _identifier(value: Any) -> tuple[str, str]:
    if not isinstance(value, dict):
        return string(value), ""
    scheme = string(value.get("propertyID")) or string(value.get("name"))
    scheme = re.split(r"[#/:]", scheme)[-1]
    found = string(value.get("value")) or string(value.get("url")) or string(value.get("@id"))
    return found, scheme


def _person(value: Any) -> Person | None:
    if isinstance(value, dict) and isinstance(value.get("creator") or value.get("author"), dict):
        value = value.get("creator") or value.get("author")  # a Role around the person
    if not isinstance(value, dict):
        return Person(string(value)) if string(value) else None
    name = string(value.get("name")) or " ".join(
        filter(None, (string(value.get("givenName")), string(value.get("familyName"))))
    )
    known = [
        string(value.get("@id")),
        *strings(value.get("sameAs"), "@id", "url"),
        *(found for found, _ in map(_identifier, as_list(value.get("identifier")))),
    ]
    if not name:
        return None
    return Person(
        name=name,
        organisation="Organization" in types_of(value),
        identifier=next((one for one in known if re.search(r"orcid|ror\.org|^\d{4}-\d{4}-", one)), ""),
        affiliation=string(value.get("affiliation"), "name"),
    )


def _licence(value: Any) -> list[str]:
    if isinstance(value, dict):
        found = [string(value.get(key)) for key in ("@id", "url", "name", "identifier")]
        return [one for one in found if one and one != "undefined"]
    return strings(value)


def _add_files(draft: Draft, node: dict[str, Any]) -> None:
    for name in ("distribution", "encoding"):
        for each in as_list(node.get(name)):
            if isinstance(each, str):
                draft.files.append(File(each))
            for one in objects(each):
                url = string(
                    addresses(one.get("contentUrl")) or addresses(one.get("url")) or strings(one.get("@id"))
                )
                if not re.match(r"(?:https?|s3|gs|ftp)://", url):  # Croissant's sets of files in an archive
                    draft.formats += strings(one.get("encodingFormat") or one.get("fileFormat"))
                    continue
                draft.files.append(
                    File(
                        url=url,
                        title=string(one.get("name")) or string(one.get("description")),
                        format=string(one.get("encodingFormat") or one.get("fileFormat")),
                        media_type=string(one.get("encodingFormat") or one.get("fileFormat")),
                        bytes=_bytes(string(one.get("contentSize"))),
                        service="API" in " ".join(types_of(one)),
                    )
                )
                draft.licences += [text for text in _licence(one.get("license")) if not draft.licences]
    draft.files += [File(url) for url in strings(node.get("contentUrl"))]


def _add_place(draft: Draft, value: Any) -> None:
    if not isinstance(value, dict):
        add_place(draft, value)
        return
    if name := string(value.get("name")) or string(value.get("address"), "addressLocality", "addressCountry"):
        draft.places.append(name)
    for geo in as_list(value.get("geo")) or ([value] if "box" in value or "latitude" in value else []):
        if not isinstance(geo, dict):
            continue
        if box := string(geo.get("box")):
            # Latitude first, as schema.org says of GeoShape.
            numbers = re.findall(r"-?\d+(?:\.\d+)?", box)
            if len(numbers) == 4:
                ys, xs = _axes([float(one) for one in numbers])
                draft.boxes.append((xs[0], ys[0], xs[1], ys[1]))
        elif shape := string(geo.get("polygon") or geo.get("line")):
            numbers = re.findall(r"-?\d+(?:\.\d+)?", shape)
            if len(numbers) >= 4 and len(numbers) % 2 == 0:
                ys, xs = _axes([float(one) for one in numbers])
                draft.boxes.append((min(xs), min(ys), max(xs), max(ys)))
        elif geo.get("latitude") is not None:
            x, y = string(geo.get("longitude")), string(geo.get("latitude"))
            draft.boxes.append((x, y, x, y))


def _axes(numbers: list[float]) -> tuple[list[float], list[float]]:
    """(latitudes, longitudes) of points; a longitude written first shows where it is no latitude."""
    first, second = numbers[0::2], numbers[1::2]
    swapped = any(abs(one) > 90 for one in first) and all(abs(one) <= 90 for one in second)
    return (second, first) if swapped else (first, second)
