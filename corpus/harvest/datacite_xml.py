"""DataCite metadata in XML, kernels 2.2 to 4.6, alone or as oai_datacite."""

from __future__ import annotations

from typing import Any

from corpus.harvest.bodies import children, find_all, first_text, local_name, prose_of, text_of, xml_language
from corpus.harvest.drafts import Draft, Funding, Person, Said, Tie
from corpus.harvest.extents import add_period
from corpus.harvest.xmlreading import XmlDocumentReader, root_of


class Reader(XmlDocumentReader):
    name = "datacite_xml"
    roots = frozenset({"resource", "oai_datacite"})

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        return root_of(head)[0] in self.roots and b"datacite" in head[:8192]

    def draw(self, element: Any) -> Draft:
        return draft_of(element)


def draft_of(element: Any) -> Draft:
    """Of <resource>, also within <oai_datacite><payload>."""
    if local_name(element) != "resource":
        element = next((one for one in element.iter() if local_name(one) == "resource"), element)
    language = first_text(element, "language")
    kind = next(iter(find_all(element, "resourceType")), None)
    draft = Draft(
        identifier=first_text(element, "identifier"),
        required=True,
        language=language or None,
        hosts=[
            Said(text_of(one), xml_language(one)) for one in children(element, "publisher") if text_of(one)
        ],
        creators=[_person(one) for one in find_all(element, "creators/creator")],
        keywords=[Said(text_of(one), xml_language(one)) for one in find_all(element, "subjects/subject")],
        version=first_text(element, "version"),
        size="; ".join(filter(None, (text_of(one) for one in find_all(element, "sizes/size")))),
        formats=[text_of(one) for one in find_all(element, "formats/format")],
        kinds=[kind.get("resourceTypeGeneral", ""), text_of(kind)] if kind is not None else [],
    )
    draft.funding = [
        Funding(*(first_text(one, name) for name in _AWARD))
        for one in find_all(element, "fundingReferences/fundingReference")
    ]
    draft.ties = [
        Tie(one.get("relationType", ""), text_of(one), one.get("relatedIdentifierType", ""))
        for one in find_all(element, "relatedIdentifiers/relatedIdentifier")
    ] + [_item(one) for one in find_all(element, "relatedItems/relatedItem")]
    for one in find_all(element, "titles/title"):
        text = text_of(one)
        if one.get("titleType") in ("AlternativeTitle", "Subtitle", "Other"):
            draft.alternatives.append(text)
        elif text:
            draft.titles.append(Said(text, xml_language(one) or None))
    described = [
        (one.get("descriptionType", ""), Said(prose_of(one), xml_language(one)))
        for one in find_all(element, "descriptions/description")
        if text_of(one)
    ]
    for wanted in (("Abstract", ""), ("Other", "Methods", "TechnicalInfo", "TableOfContents")):
        draft.descriptions = draft.descriptions or [said for kind_, said in described if kind_ in wanted]
    for one in find_all(element, "alternateIdentifiers/alternateIdentifier"):
        draft.identifiers.append((text_of(one), one.get("alternateIdentifierType", "")))
        if text_of(one).lower().startswith(("http://", "https://")):
            draft.urls.append(text_of(one))
    for one in find_all(element, "rightsList/rights") + list(children(element, "rights")):
        told = [one.get("rightsIdentifier", ""), one.get("rightsURI", ""), text_of(one)]
        if any("access" in text.lower() or "purl.org/coar" in text for text in told):
            draft.rights += told
        else:
            draft.licences += [text for text in told if text]
    draft.contact_name = next(
        (
            first_text(one, "contributorName")
            for one in find_all(element, "contributors/contributor")
            if one.get("contributorType") == "ContactPerson"
        ),
        "",
    )
    _add_dates(draft, element)
    for one in find_all(element, "geoLocations/geoLocation"):
        _add_location(draft, one)
    return draft


_AWARD = ("funderName", "awardNumber", "awardTitle", "funderIdentifier")


def _item(element: Any) -> Tie:
    named = next(iter(children(element, "relatedItemIdentifier")), None)
    scheme = named.get("relatedItemIdentifierType", "") if named is not None else ""
    title = first_text(element, "titles/title")
    return Tie(element.get("relationType", ""), text_of(named), scheme, title)


def _person(element: Any) -> Person:
    name = next(iter(children(element, "creatorName")), None)
    known = [text_of(one) for one in children(element, "nameIdentifier")]
    return Person(
        name=text_of(name),
        organisation=name is not None and name.get("nameType") == "Organizational",
        identifier=next((one for one in known if "orcid" in one or "ror" in one or one.count("-") == 3), ""),
        affiliation=first_text(element, "affiliation"),
    )


def _add_dates(draft: Draft, element: Any) -> None:
    dates = [(one.get("dateType", ""), text_of(one)) for one in find_all(element, "dates/date")]
    for wanted in ("Issued", "Available"):
        draft.issued = [*draft.issued, *(text for kind, text in dates if kind == wanted and "/" not in text)]
    draft.issued = [*draft.issued, *(text_of(one) for one in children(element, "publicationYear"))]
    draft.modified = [text for kind, text in dates if kind == "Updated"]
    for kind, text in dates:
        if kind in ("Coverage", "Collected", "Valid") or (kind == "Created" and text.startswith("-")):
            add_period(draft, text)


def _add_location(draft: Draft, element: Any) -> None:
    if place := first_text(element, "geoLocationPlace"):
        draft.places.append(place)
    for box in children(element, "geoLocationBox"):
        sides = [first_text(box, f"{side}Bound{axis}") for side, axis in _SIDES]
        if not any(sides):  # kernel 3: south west north east in one text
            numbers = text_of(box).split()
            sides = [numbers[1], numbers[0], numbers[3], numbers[2]] if len(numbers) == 4 else []
        if sides:
            draft.boxes.append((sides[0], sides[1], sides[2], sides[3]))
    for point in children(element, "geoLocationPoint"):
        x, y = first_text(point, "pointLongitude"), first_text(point, "pointLatitude")
        if not (x or y) and len(text_of(point).split()) == 2:
            y, x = text_of(point).split()
        if x or y:
            draft.boxes.append((x, y, x, y))
    for polygon in children(element, "geoLocationPolygon"):
        points = [
            (first_text(one, "pointLongitude"), first_text(one, "pointLatitude"))
            for one in children(polygon, "polygonPoint")
        ]
        try:
            xs, ys = [float(x) for x, _ in points], [float(y) for _, y in points]
        except ValueError:
            draft.complaints.append(("box.malformed", "a polygon has points that are no degrees"))
            continue
        if xs:
            draft.boxes.append((min(xs), min(ys), max(xs), max(ys)))


_SIDES = (("west", "Longitude"), ("south", "Latitude"), ("east", "Longitude"), ("north", "Latitude"))
