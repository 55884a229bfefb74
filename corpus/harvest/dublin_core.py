"""Dublin Core: oai_dc, CSW records, DCMI terms as elements."""

from __future__ import annotations

import re
from typing import Any

from corpus.harvest.bodies import local_name, namespace, prose_of, text_of, xml_language
from corpus.harvest.dates import date_of
from corpus.harvest.drafts import Draft, Person, Said, Tie, only
from corpus.harvest.extents import add_period, add_place, is_period
from corpus.harvest.kinds import proposed_type
from corpus.harvest.licences import licence_of, rights_of
from corpus.harvest.xmlreading import XmlDocumentReader, root_of
from corpus.identifiers import identified, is_sentence

_OF_MACHINES = re.compile(
    r"(?:Made available in DSpace on|Approved for entry into archive by|Restored into DSpace on"
    r"|Submitted by .{1,200} on \d{4}-\d\d-\d\dT)"
)
"""How DSpace begins its notes of who took a record in and when; by itself it shows them as descriptions."""
_DC = ("purl.org/dc/", "dublincore.org/documents/dcmi-terms", "openarchives.org/OAI/2.0/oai_dc")


_TIES = (
    "isPartOf", "hasPart", "isVersionOf", "hasVersion", "replaces", "isReplacedBy", "isFormatOf", "hasFormat",
    "references", "isReferencedBy", "source", "requires", "relation",
)  # fmt: skip


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
    described = [one for one in said("description") if not _OF_MACHINES.match(one.text)]
    draft.descriptions = said("abstract") or described or said("tableOfContents")
    draft.keywords = said("subject")
    draft.hosts = said("publisher")[:3]
    draft.creators = [Person(name) for text in texts("creator") for name in re.split(r"\s*[;；]\s*", text)]
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
    # A property for other versions, where many write the number of this one.
    draft.version = next((text for text in texts("hasVersion") if identified(text).scheme == "local"), "")
    draft.ties = [Tie(name, text) for name in _TIES for text in texts(name) if text != draft.version]
    draft.kinds = texts("type")
    if proposed_type(draft.kinds) == "literature":  # of an article, its journal and volume
        draft.ties = [Tie("isPartOf" if one.kind == "source" else one.kind, one.target) for one in draft.ties]
    draft.language = only(texts("language"))
    for text in texts("spatial", "coverage"):
        if is_period(text):
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
