"""A record as simple Dublin Core, in the container that OAI-PMH asks of every repository."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from corpus.details import COAR_ACCESS
from corpus.exports.citable import Citable, citable
from corpus.exports.said import listed, written
from corpus.exports.xmltext import XML_LANG, XSI, allowed
from corpus.records import Policy, Resource

NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
DC = "http://purl.org/dc/elements/1.1/"
_TYPES = {
    "scientific_data": "Collection", "germplasm": "PhysicalObject", "biological_material": "PhysicalObject",
    "human_genetic": "PhysicalObject", "specimen": "PhysicalObject", "reference_material": "PhysicalObject",
    "literature": "Collection", "service_platform": "Service",
}  # fmt: skip
"""DCMI types where there is one; the type's own code stands beside it."""


def oai_dc_element(record: Resource | Policy, base_url: str) -> etree._Element:
    """The <oai_dc:dc> of a record."""
    work = citable(record, base_url)
    root = etree.Element(f"{{{NAMESPACE}}}dc", nsmap={"oai_dc": NAMESPACE, "dc": DC, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{NAMESPACE} {SCHEMA}")
    _add(root, "title", written(record, work.title))
    _add(root, "title", [(name, None) for name in (*record.aliases, *record.former_names)])
    _add(root, "creator", [(agent.name, None) for agent in work.creators])
    if not work.creators:
        _add(root, "creator", written(record, work.publisher))
    if isinstance(record, Resource):
        _resource(root, record, work)
    else:
        _policy(root, record, work)
    return root


def _resource(root: etree._Element, record: Resource, work: Citable) -> None:
    _add(root, "subject", listed(record, record.subjects))
    _add(root, "description", written(record, record.holdings))
    _add(root, "publisher", written(record, work.publisher))
    _add(root, "date", [(record.issued, None), (record.modified, None)])
    kind = "Dataset" if work.mark == "DS" else _TYPES.get(record.type)
    _add(root, "type", [(kind, None), (record.type, None)])
    _add(root, "format", [(one, None) for one in record.formats])
    _identifiers(root, work)
    for one in record.identifiers:
        if one.scheme not in ("doi", "cstr") and not one.scheme.endswith(("_prefix", "_example")):
            _add(
                root,
                "identifier",
                [(f"{one.scheme}:{one.value}" if "://" not in one.value else one.value, None)],
            )
    _add(root, "source", [(one.address, None) for one in (record.origin,) if one])
    _add(root, "language", [(one, None) for one in record.written_in])
    _add(root, "relation", [(url, None) for url in record.other_urls])
    places = record.spatial.places if record.spatial else ()
    _add(root, "coverage", [(one, None) for one in (*places, record.province)])
    if record.temporal and (record.temporal.start or record.temporal.end):
        _add(root, "coverage", [(f"{record.temporal.start or ''}/{record.temporal.end or ''}", None)])
    _add(root, "rights", [(COAR_ACCESS[record.access_rights] if record.access_rights else None, None)])
    _add(root, "rights", [(record.licence, None), *written(record, record.access.text)])


def _policy(root: etree._Element, record: Policy, work: Citable) -> None:
    _add(root, "description", written(record, record.scope))
    _add(root, "publisher", written(record, work.publisher))
    _add(root, "date", [(record.issued, None)])
    _add(root, "type", [("Text", None), (record.rank, None)])
    _identifiers(root, work)
    _add(root, "identifier", [(record.doc_number, None)])


def _identifiers(root: etree._Element, work: Citable) -> None:
    known = [work.url, work.page]
    known.insert(0, f"https://doi.org/{work.doi}" if work.doi else "")
    known.insert(1, f"CSTR:{work.cstr}" if work.cstr else "")
    _add(root, "identifier", [(one, None) for one in dict.fromkeys(known)])


def _add(root: etree._Element, name: str, values: Sequence[tuple[str | None, str | None]]) -> None:
    for text, language in values:
        if text:
            element = etree.SubElement(root, f"{{{DC}}}{name}")
            element.text = allowed(text)
            if language:
                element.set(XML_LANG, language)
