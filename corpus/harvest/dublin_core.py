"""Dublin Core: oai_dc, CSW records, DCMI terms as elements."""

from __future__ import annotations

import re
from typing import Any

from corpus.harvest.bodies import local_name, namespace, prose_of, text_of, xml_language
from corpus.harvest.dates import date_of
from corpus.harvest.drafts import Draft, Person, Said
from corpus.harvest.extents import add_period, add_place
from corpus.harvest.licences import licence_of, rights_of
from corpus.harvest.xmlreading import XmlDocumentReader, root_of
from corpus.identifiers import identified, is_sentence

_DC = ("purl.org/dc/", "dublincore.org/documents/dcmi-terms", "openarchives.org/OAI/2.0/oai_dc")


class Reader(XmlDocumentReader):
    name = "dublin_core"
    roots = frozenset({"dc", "metadata", "record", "qualifieddc", "simpledc"})

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        name, space = root_of(head)
        known = any(one in space for one in _DC) or b"purl.org/dc/" in head[:4096]
        return name.lower() in self.roots and known and b"<idinfo" not in head

    def draw(self, element: Any) -> Draft:
        return draft_of(element)


def is_dublin_core(element: Any) -> bool:
    named = local_name(element).lower() in Reader.roots
    return named and any(
        "purl.org/dc/" in namespace(child) or "dcmi" in namespace(child) for child in element
    )


def draft_of(element: Any) -> Draft:
    """Each element by its local name; of several identifiers the first is the record's own."""
    values: dict[str, list[tuple[str, str | None]]] = {}
    draft = Draft()
    for child in element:
        name = local_name(child)
        # CSW says where in the scheme: <dc:URI protocol=…>; DC qualifiers stand in the element's name.
        if name in ("BoundingBox", "WGS84BoundingBox"):
            _add_box(draft, child)
            continue
        text = prose_of(child) if name in ("description", "abstract") else text_of(child)
        if text:
            values.setdefault(name, []).append((text, xml_language(child)))

    def said(*names: str) -> list[Said]:
        return [Said(text, language) for name in names for text, language in values.get(name, ())]

    def texts(*names: str) -> list[str]:
        return [text for name in names for text, _ in values.get(name, ())]

    draft.titles = said("title")
    draft.alternatives = texts("alternative")
    draft.descriptions = said("abstract") or said("description")[:1] or said("tableOfContents")
    if not values.get("abstract") and len(values.get("description", ())) > 1:
        draft.descriptions = said("description")
        languages = [one.language for one in draft.descriptions]
        if len(set(languages)) == 1:  # several paragraphs of one description
            draft.descriptions = [Said("\n".join(texts("description")), languages[0])]
    draft.keywords = [
        Said(text, one.language) for one in said("subject") for text in re.split(r"\s*[;；]\s*", one.text)
    ]
    draft.hosts = said("publisher")[:3]
    draft.creators = [Person(name) for name in texts("creator")]
    for text in texts("identifier", "bibliographicCitation")[:20]:
        known = identified(text)
        if known.scheme == "url" and not known.fault:
            draft.urls.append(text)
        draft.identifiers.append((text, ""))
    draft.identifier = next((text for text in texts("identifier") if not is_sentence(text)), "")
    draft.urls += texts("URI")[:5]
    draft.urls += [
        text for text in texts("references", "isReferencedBy", "source") if re.match(r"https?://\S+$", text)
    ][:3]
    rights = texts("license", "rights", "accessRights")
    draft.licences = texts("license") + [text for text in texts("rights") if _is_licence(text)]
    draft.rights = rights
    draft.conditions = [one for one in said("rights", "accessRights") if not _is_code(one.text)]
    draft.issued = [*texts("issued", "available", "dateSubmitted"), *_earliest(texts("date", "created"))]
    draft.modified = texts("modified")
    draft.formats = texts("format")
    draft.size = next(iter(texts("extent")), "")
    draft.version = next(iter(texts("hasVersion")), "")
    draft.kinds = texts("type")
    draft.language = next(iter(texts("language")), None)
    for text in texts("spatial", "coverage"):
        if re.fullmatch(r"-?\d{4}(-\d\d)*(/-?\d{4}(-\d\d)*)?", text):
            add_period(draft, text)
        else:
            add_place(draft, text)
    for text in texts("temporal", "PeriodOfTime"):
        add_period(draft, text)
    return draft


def _earliest(dates: list[str]) -> list[str]:
    """Bare dates, the likeliest first: one with a time is when a machine took the record in."""
    return sorted(dates, key=lambda one: (bool(re.search(r"\dT?\s*\d\d:\d\d", one)), date_of(one)[0] or "~"))


def _is_licence(text: str) -> bool:
    """True for a known licence or an address that is not one of access rights."""
    found = licence_of(text) or ""
    return (found != text or bool(re.match(r"https?://", text))) and rights_of(text) is None


def _is_code(text: str) -> bool:
    return bool(re.match(r"(?:https?://|info:)\S+$", text))


def _add_box(draft: Draft, element: Any) -> None:
    corners = [text_of(child).split() for child in element if local_name(child).endswith("Corner")]
    if len(corners) == 2 and all(len(one) == 2 for one in corners):
        (a, b), (c, d) = corners
        # With a CRS address, EPSG:4326 has the latitude first (OGC policy); WGS84BoundingBox never.
        if local_name(element) == "BoundingBox" and "urn:" in element.get("crs", ""):
            swapped = b, a, d, c
            # Many servers send the longitude first all the same; then a latitude shows it.
            if all(abs(float(one)) <= 90 for one in (a, c)):
                a, b, c, d = swapped
        draft.boxes.append((a, b, c, d))
