"""ISO 19115 in XML: 19139 (gmd, gmi) and 19115-3 (mdb), data sets, series and services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from corpus.harvest.bodies import find_all, local_name, prose_of, text_of
from corpus.harvest.drafts import Draft, File, Funding, Person, Said, Tie
from corpus.harvest.licences import licence_of
from corpus.harvest.xmlreading import XmlDocumentReader

_HREF = "{http://www.w3.org/1999/xlink}href"
_INFORMATION = re.compile(r"information|^www:link|http--link|related$|search", re.I)
_SERVICE = re.compile(r"ogc|wms|wfs|wcs|wmts|esri|arcgis|opendap|api|rest", re.I)
_TRANSPORT = re.compile(r"(?:https?|ftps?|www)\b", re.I)
_DATES = {"publication": "issued", "released": "issued", "creation": "issued", "revision": "modified"}


class Reader(XmlDocumentReader):
    name = "iso19139"
    roots = frozenset({"md_metadata", "mi_metadata"})

    def draw(self, element: Any) -> Draft:
        return draft_of(element)


def draft_of(element: Any) -> Draft:
    """Texts in all languages that the record has, by PT_FreeText."""
    language = _first(_coded(element, "language")) or _first(
        _coded(element, "defaultLocale/PT_Locale/language")
    )
    about = next(iter(find_all(element, "identificationInfo/*")), element)
    citation = next(iter(find_all(about, "citation/CI_Citation")), about)
    parties = [_Party(one) for one in find_all(about, "pointOfContact/*")]
    others = [_Party(one) for one in find_all(element, "contact/*")]
    cited = [_Party(one) for one in find_all(citation, "citedResponsibleParty/*")]
    draft = Draft(
        identifier=_first(_values(element, "fileIdentifier", "metadataIdentifier/MD_Identifier/code")),
        titles=_said(find_all(citation, "title"), language),
        alternatives=list(_values(citation, "alternateTitle")),
        descriptions=_said(find_all(about, "abstract"), language),
        keywords=_said(find_all(about, "descriptiveKeywords/MD_Keywords/keyword"), language)
        + [Said(text) for text in _values(about, "topicCategory")],
        creators=[
            Person(
                one.name or one.organisation,
                organisation=not one.name,
                affiliation=one.organisation if one.name else "",
            )
            for one in cited or parties
            if one.role in ("author", "originator", "principalInvestigator", *("",) * bool(cited))
        ],
        identifiers=[(text, "") for text in _values(citation, "identifier/*/code")],
        urls=list(_values(element, "dataSetURI")),
        kinds=[
            *_coded(element, "hierarchyLevel"),
            *_coded(element, "metadataScope/MD_MetadataScope/resourceScope"),
            "dataset",
        ],
        language=_first(_coded(about, "language")) or language,
        version=_first(_values(citation, "edition")),
        variables=list(
            _values(
                element,
                *(
                    f"contentInfo/*/{group}/*/{part}"
                    for group in ("dimension", "attributeGroup/*/attribute")
                    for part in ("descriptor", "description", "name/*/code")
                ),
            )
        ),
        frequency=_first(_coded(about, "resourceMaintenance/*/maintenanceAndUpdateFrequency")),
    )
    draft.language = language or draft.language
    draft.ties = list(_ties(element, about))
    draft.funding = [
        Funding(one.organisation or one.name) for one in (*cited, *parties, *others) if one.role == "funder"
    ]
    _add_parties(draft, parties, cited, others, language)
    _add_dates(draft, citation)
    draft.modified = [*draft.modified, *_values(element, "dateStamp"), *_revised(element)]
    _add_constraints(draft, about, language)
    _add_extent(draft, about)
    _add_links(draft, element, about)
    return draft


def _ties(element: Any, about: Any) -> Iterator[Tie]:
    """What it is a part of, then whatever is associated with it, by their citations."""
    for text in _values(element, "parentIdentifier", "parentMetadata/CI_Citation/identifier/*/code"):
        yield Tie("isPartOf", text)
    for text in _values(element, "parentMetadata/CI_Citation/title"):
        yield Tie("isPartOf", title=text)
    for text in _values(about, "citation/CI_Citation/series/CI_Series/name"):
        yield Tie("isPartOf", title=text)
    for one in find_all(about, "aggregationInfo/*") + find_all(about, "associatedResource/*"):
        kind = _first(_coded(one, "associationType"))
        numbers = _values(one, "aggregateDataSetIdentifier/*/code", *(
            f"{name}/CI_Citation/identifier/*/code"
            for name in ("aggregateDataSetName", "name", "metadataReference")
        ))  # fmt: skip
        titles = _values(
            one,
            *(f"{part}/CI_Citation/title" for part in ("aggregateDataSetName", "name", "metadataReference")),
        )
        yield Tie(kind, _first(numbers), title=_first(titles))


def _text(element: Any) -> str:
    """Of the element's own character string or anchor, not of its translations."""
    for child in element:
        name = local_name(child)
        if name != "PT_FreeText" and name:
            # Empty code lists carry their value as an attribute only.
            return prose_of(child) or child.get("codeListValue", "")
    return prose_of(element)


def _values(element: Any, *paths: str) -> Iterator[str]:
    for path in paths:
        for one in find_all(element, path):
            if text := _text(one):
                yield text


def _coded(element: Any, path: str) -> list[str]:
    """The value of a code list, or the text where it is one."""
    found = []
    for one in find_all(element, path):
        code = next((child.get("codeListValue") for child in one.iter() if child.get("codeListValue")), None)
        if value := code or text_of(one):
            found.append(value)
    return found


def _first(values: Iterable[str]) -> str:
    return next(iter(values), "")


def _said(elements: list[Any], language: str | None) -> list[Said]:
    """The text and its translations: locale is `#EN`, `#locale-fr` …"""
    found: list[Said] = []
    for one in elements:
        if text := _text(one):
            found.append(Said(text, language or None))
        for local in find_all(one, "//LocalisedCharacterString"):
            code = (local.get("locale") or "").lstrip("#").rpartition("-")[2]
            if text := prose_of(local):
                found.append(Said(text, code or None))
    return list({one.text: one for one in reversed(found)}.values())[::-1]


class _Party:
    """One responsible party, of either standard."""

    def __init__(self, element: Any) -> None:
        self.element = element
        names = find_all(element, "organisationName") or find_all(element, "party/CI_Organisation/name")
        self.named = names[0] if names else None
        self.organisation = _text(names[0]) if names else ""
        self.name = _first(
            _values(
                element,
                "individualName",
                "party/CI_Individual/name",
                "party/CI_Organisation/individual/CI_Individual/name",
            )
        )
        self.role = _first(_coded(element, "role"))
        self.email = _first(_texts(element, "//electronicMailAddress"))
        phones = [
            one for one in find_all(element, "//CI_Telephone") if "facsimile" not in _coded(one, "numberType")
        ]
        self.phone = _first(
            text for one in phones for text in (*_values(one, "voice"), *_values(one, "number"))
        )
        self.city = _first(_texts(element, "//city"))
        self.area = _first(_texts(element, "//administrativeArea"))
        self.country = _first(_texts(element, "//country"))


def _texts(element: Any, path: str) -> Iterator[str]:
    for one in find_all(element, path):
        if text := _text(one):
            yield text


def _add_parties(
    draft: Draft, parties: list[_Party], cited: list[_Party], others: list[_Party], language: str | None
) -> None:
    """The host is the publisher or custodian, else the first point of contact; never a person."""
    everyone = [*cited, *parties, *others]
    wanted = ("publisher", "custodian", "owner", "distributor", "resourceProvider")
    best = [one for role in wanted for one in everyone if one.role == role and one.organisation]
    best += [one for one in (*parties, *others, *cited) if one.organisation]
    if best and best[0].named is not None:
        draft.hosts = _said([best[0].named], language)
        if best[0].city:
            draft.city = [Said(best[0].city, language)]
    asked = next((one for one in [*parties, *others] if one.email or one.phone or one.name), None) or next(
        (one for one in cited if one.email or one.phone), None
    )
    if asked:
        draft.contact_name = asked.name or asked.organisation
        draft.contact_email, draft.contact_phone = asked.email, asked.phone


def _add_dates(draft: Draft, citation: Any) -> None:
    issued: list[tuple[int, str]] = []
    modified: list[str] = []
    order = list(_DATES)
    for one in find_all(citation, "date/CI_Date"):
        kind = _first(_coded(one, "dateType")).lower()
        value = _first(_values(one, "date"))
        if _DATES.get(kind) == "issued":
            issued.append((order.index(kind), value))
        elif kind == "revision":
            modified.append(value)
    draft.issued = [value for _, value in sorted(issued, key=lambda pair: pair[0])]
    draft.modified = sorted(modified, reverse=True)


def _revised(element: Any) -> list[str]:
    """Days on which a 19115-3 record was revised, the latest first."""
    days = [
        day
        for one in find_all(element, "dateInfo/CI_Date")
        if _first(_coded(one, "dateType")).lower() in ("revision", "lastrevision", "lastupdate")
        for day in _values(one, "date")
    ]
    return sorted(days, reverse=True)


def _add_constraints(draft: Draft, about: Any, language: str | None) -> None:
    groups = find_all(about, "resourceConstraints/*")
    for one in groups:
        for cited in find_all(one, "reference/CI_Citation"):
            told = [*_values(cited, "onlineResource/CI_OnlineResource/linkage"), *_values(cited, "title")]
            if "license" in _coded(one, "useConstraints") or (licence_of(*told) or "") not in ("", *told):
                draft.licences += told
        for name in ("useLimitation", "otherConstraints"):
            for text in find_all(one, name):
                href = next((child.get(_HREF) for child in text.iter() if child.get(_HREF)), "")
                words = _text(text)
                if "noLimitations" in (href or ""):
                    draft.rights.append("open")
                if href and licence_of(href) != href:
                    draft.licences.append(href)
                elif words and (licence_of(words) != words or re.match(r"https?://\S+$", words)):
                    draft.licences.append(words)
                draft.conditions += _said([text], language)
        codes = [*_coded(one, "accessConstraints"), *_coded(one, "useConstraints")]
        if "unrestricted" in _coded(one, "accessConstraints"):
            draft.rights.append("open")
        if "restricted" in _coded(one, "accessConstraints"):
            draft.rights.append("restricted")
        if not draft.licences and any(code in ("licence", "license") for code in codes):
            draft.licences += list(_values(one, "otherConstraints", "useLimitation"))[:1]


def _add_extent(draft: Draft, about: Any) -> None:
    for box in find_all(about, "//EX_GeographicBoundingBox"):
        sides = [
            _first(_values(box, name))
            for name in (
                "westBoundLongitude",
                "southBoundLatitude",
                "eastBoundLongitude",
                "northBoundLatitude",
            )
        ]
        if any(sides):
            draft.boxes.append((sides[0], sides[1], sides[2], sides[3]))
    for one in find_all(about, "//EX_BoundingPolygon") if not draft.boxes else []:
        # Latitude first (gml:pos, posList in EPSG:4326).
        places = [text_of(part) for part in one.iter() if local_name(part) in ("pos", "posList")]
        numbers = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", " ".join(places))]
        if numbers and len(numbers) % 2 == 0:
            ys, xs = numbers[0::2], numbers[1::2]
            draft.boxes.append((min(xs), min(ys), max(xs), max(ys)))
    for one in find_all(about, "extent/EX_Extent"):
        draft.places += [text for text in _values(one, "description") if len(text) <= 80]
    for one in find_all(about, "//EX_GeographicDescription"):
        draft.places += list(_values(one, "geographicIdentifier/MD_Identifier/code"))[:2]
    for one in find_all(about, "descriptiveKeywords/MD_Keywords"):
        if "place" in _coded(one, "type"):
            draft.places += list(_values(one, "keyword"))
    for one in find_all(about, "//TimePeriod"):
        start = text_of(
            next(iter(find_all(one, "beginPosition") + find_all(one, "begin/TimeInstant/timePosition")), None)
        )
        end = text_of(
            next(iter(find_all(one, "endPosition") + find_all(one, "end/TimeInstant/timePosition")), None)
        )
        if start or end:
            draft.periods.append((start, end))
    instants = [
        one for one in find_all(about, "//TimeInstant") if local_name(one.getparent()) not in ("begin", "end")
    ]
    for one in instants:
        if day := text_of(next(iter(find_all(one, "timePosition")), None)):
            draft.periods.append((day, day))


def _is_of_the_resource(link: Any) -> bool:
    """True where the standard puts addresses of the data or of its record; parties, profiles, quality reports
    and related records have links of their own.
    """
    up = [local_name(one) for one in link.iterancestors()]
    if up[:1] == ["onLine"]:
        return "distributionInfo" in up
    return up[:1] == ["metadataLinkage"] or (
        up[:2] == ["onlineResource", "CI_Citation"]
        and up[2] in ("citation", "additionalDocumentation")
        and "identificationInfo" in up[3:5]
    )


def _form_of(protocol: str) -> str:
    """What is given: OGC:WFS of OGC:WFS-2.0.0-http-get-feature; nothing for a way of transport."""
    if found := re.match(r"OGC:[A-Z]+", protocol):
        return found[0]
    return protocol if len(protocol) <= 12 and not _TRANSPORT.match(protocol) else ""


def _add_links(draft: Draft, element: Any, about: Any) -> None:
    draft.formats = [
        *_values(element, "distributionInfo/MD_Distribution/distributionFormat/MD_Format/name"),
        *_values(
            element,
            "distributionInfo/MD_Distribution/distributionFormat/MD_Format/formatSpecificationCitation/CI_Citation/title",
        ),
        *_values(element, "distributionInfo/MD_Distribution/distributor/*/distributorFormat/MD_Format/name"),
        *_values(about, "resourceFormat/MD_Format/name"),
    ]
    sizes = [
        text
        for text in _values(element, "distributionInfo/*/transferOptions/*/transferSize")
        if re.fullmatch(r"[\d.]+", text)
    ]
    if len(sizes) == 1 and float(sizes[0]) > 0:  # one for each way: which of them is meant is not told
        draft.size = f"{sizes[0]} MB"
    for one in find_all(element, "//CI_OnlineResource"):
        if not _is_of_the_resource(one):
            continue
        url = _first(_values(one, "linkage"))
        protocol, title = _first(_values(one, "protocol")), _first(_values(one, "name", "description"))
        function = _first(_coded(one, "function"))
        if not url:
            continue
        if function in ("information", "search") or (
            not function and (_INFORMATION.search(protocol) or not protocol)
        ):
            draft.urls.append(url)
        else:
            draft.files.append(
                File(
                    url,
                    title,
                    format=_form_of(protocol),
                    service=bool(_SERVICE.search(protocol + url)),
                )
            )
    for point in find_all(about, "containsOperations/SV_OperationMetadata/connectPoint/CI_OnlineResource"):
        if (url := _first(_values(point, "linkage"))) and url not in {one.url for one in draft.files}:
            draft.files.append(File(url, service=True))
