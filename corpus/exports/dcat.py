"""A record in DCAT 3 as DCAT-AP profiles it: JSON-LD, Turtle, RDF/XML or N-Triples."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from corpus.details import (
    COAR_ACCESS,
    DataDetails,
    Grant,
    LiteratureDetails,
    RelationKind,
    ServicePlatformDetails,
)
from corpus.exports.citable import Citable, citable
from corpus.exports.said import listed, tagged, written
from corpus.exports.xmltext import allowed
from corpus.identifiers import identified
from corpus.records import Policy, Resource

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

Syntax = Literal["json-ld", "turtle", "xml", "nt"]
MEDIA_TYPES: dict[Syntax, str] = {
    "json-ld": "application/ld+json",
    "turtle": "text/turtle",
    "xml": "application/rdf+xml",
    "nt": "application/n-triples",
}
CONTEXT: dict[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "adms": "http://www.w3.org/ns/adms#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "locn": "http://www.w3.org/ns/locn#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "schema": "http://schema.org/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
_CLASSES = {
    "scientific_data": "dcat:Catalog",
    "service_platform": "dcat:DataService",
    "instrument": "dcat:Resource",
}
_WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"


_SAFE = ":/?#[]@!$&'()*+,;=%-._~"
_UNSAFE = re.compile(r'[\s<>"{}|\\^`]')


def dcat(record: Resource | Policy, base_url: str, syntax: Syntax = "turtle") -> bytes:
    """The record alone, in UTF-8."""
    node = dcat_node(record, base_url)
    if syntax == "json-ld":
        return json.dumps({"@context": CONTEXT, **node}, ensure_ascii=False).encode()
    # Here, because it takes a third of a second to import.
    from rdflib import Graph

    graph = Graph()
    for prefix, namespace in CONTEXT.items():
        graph.bind(prefix, namespace)
    _add(graph, node)
    out: bytes = graph.serialize(format="pretty-xml" if syntax == "xml" else syntax, encoding="utf-8")
    return out


def _add(graph: Graph, node: dict[str, Any]) -> Node:
    """The node and what hangs on it into the graph; rdflib's own JSON-LD reader warns of itself."""
    from rdflib import RDF, BNode, URIRef

    subject: Node = URIRef(_address(node["@id"])) if "@id" in node else BNode()
    kinds = node.get("@type", [])
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        graph.add((subject, RDF.type, URIRef(_expanded(kind))))
    for name, values in node.items():
        if name.startswith("@"):
            continue
        for value in values if isinstance(values, list) else [values]:
            graph.add((subject, URIRef(_expanded(name)), _object(graph, value)))
    return subject


def _object(graph: Graph, value: Any) -> Node:
    from rdflib import Literal as Words
    from rdflib import URIRef

    if isinstance(value, dict) and "@value" in value:
        kind = value.get("@type")
        return Words(
            allowed(value["@value"]),
            lang=value.get("@language"),
            datatype=URIRef(_expanded(kind)) if kind else None,
            normalize=False,
        )
    return _add(graph, value) if isinstance(value, dict) else Words(allowed(value))


def _expanded(name: str) -> str:
    prefix, _, rest = name.partition(":")
    return f"{CONTEXT[prefix]}{rest}" if prefix in CONTEXT else name


def _address(text: str) -> str:
    """Without the characters that no IRI may have."""
    return quote(text, safe=_SAFE) if _UNSAFE.search(text) else text


def dcat_node(record: Resource | Policy, base_url: str) -> dict[str, Any]:
    """Without its context. Only what the record says."""
    work = citable(record, base_url)
    node: dict[str, Any] = {
        "@id": work.page,
        "dcterms:title": _said(record, record.title if isinstance(record, Policy) else record.name),
        "dcterms:publisher": _publisher(record, work),
        "dcterms:issued": _day(work.issued),
        "dcterms:modified": _day(work.modified),
        "dcat:landingPage": {"@id": work.url},
        "foaf:page": {"@id": work.page},
    }
    node |= _of_policy(record) if isinstance(record, Policy) else _of_resource(record, work)
    return {name: value for name, value in node.items() if value not in (None, [], {}, "")}


def _of_policy(policy: Policy) -> dict[str, Any]:
    return {
        "@type": ["dcat:Resource", "foaf:Document"],
        "dcterms:description": _said(policy, policy.scope),
        "dcterms:identifier": [policy.doc_number] if policy.doc_number else None,
        "dcterms:type": policy.rank,
    }


def _of_resource(resource: Resource, work: Citable) -> dict[str, Any]:
    kind = "dcat:Dataset" if work.mark == "DS" else _CLASSES.get(resource.type, "dcat:Resource")
    contact = resource.contact
    return {
        "@type": kind,
        "dcterms:description": _said(resource, resource.holdings),
        "dcterms:identifier": [
            f"https://doi.org/{one.value}" if one.scheme == "doi" else one.value
            for one in resource.identifiers
        ],
        "dcterms:creator": [
            {"@type": "foaf:Organization" if one.organisation else "foaf:Person", "foaf:name": one.name}
            for one in resource.creators
        ],
        "dcat:keyword": [tagged(*word) for word in listed(resource, resource.subjects)],
        "dcterms:type": resource.type,
        "dcterms:language": list(resource.written_in),
        "dcat:version": work.version,
        "dcterms:accessRights": _rights(resource),
        "dcterms:license": _licence(resource.licence),
        "dcterms:temporal": _period(resource),
        "dcterms:spatial": _spatial(resource),
        "dcat:contactPoint": {
            "@type": "vcard:Kind",
            **({"vcard:hasEmail": {"@id": f"mailto:{contact.email}"}} if contact.email else {}),
            **(
                {"vcard:hasTelephone": {"@id": f"tel:{''.join(contact.phone.split())}"}}
                if contact.phone
                else {}
            ),
        }
        if contact and (contact.email or contact.phone)
        else None,
        "rdfs:seeAlso": [{"@id": url} for url in resource.other_urls],
        "dcat:distribution": _distributions(resource),
        "schema:funding": [_grant(one) for one in resource.funding],
        **_relations(resource),
    }


def _said(record: Resource | Policy, text: Any) -> list[Any]:
    return [tagged(*one) for one in written(record, text)]


def _publisher(record: Resource | Policy, work: Citable) -> dict[str, Any] | None:
    names = _said(record, work.publisher)
    return {"@type": "foaf:Organization", "foaf:name": names} if names else None


def _day(day: str | None) -> dict[str, str] | None:
    if day is None:
        return None
    kind = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}[len(day)]
    return {"@value": day, "@type": kind}


def _rights(resource: Resource) -> dict[str, Any] | None:
    if resource.access_rights:
        return {"@id": COAR_ACCESS[resource.access_rights], "@type": "dcterms:RightsStatement"}
    if resource.access.text is None:
        return None
    return {"@type": "dcterms:RightsStatement", "rdfs:label": _said(resource, resource.access.text)}


def _licence(licence: str | None) -> dict[str, Any] | None:
    if licence is None:
        return None
    if licence.startswith(("http://", "https://")):
        return {"@id": licence}
    if " " in licence:
        return {"@type": "dcterms:LicenseDocument", "rdfs:label": licence}
    return {"@id": f"https://spdx.org/licenses/{licence}"}


def _period(resource: Resource) -> dict[str, Any] | None:
    period = resource.temporal
    if period is None or not (period.start or period.end):
        return None
    node: dict[str, Any] = {"@type": "dcterms:PeriodOfTime"}
    for name, day in (("dcat:startDate", period.start), ("dcat:endDate", period.end)):
        if day:
            node[name] = {"@value": day, "@type": "xsd:date"} if len(day) == 10 else day
    return node


def _spatial(resource: Resource) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    places = resource.spatial.places if resource.spatial else ()
    for name in places or ((resource.province,) if resource.province else ()):
        found.append({"@type": "dcterms:Location", "skos:prefLabel": name})
    for box in resource.spatial.boxes if resource.spatial else ():
        corners = [(box.west, box.south), (box.east, box.south), (box.east, box.north), (box.west, box.north)]
        ring = ", ".join(f"{x:g} {y:g}" for x, y in [*corners, corners[0]])
        point = box.west == box.east and box.south == box.north
        shape = f"POINT({box.west:g} {box.south:g})" if point else f"POLYGON(({ring}))"
        found.append({"@type": "dcterms:Location", "dcat:bbox": {"@value": shape, "@type": _WKT}})
    return found


_TIES: dict[RelationKind, str] = {
    "part_of": "dcterms:isPartOf",
    "has_part": "dcterms:hasPart",
    "previous_version": "dcterms:replaces",
    "next_version": "dcterms:isReplacedBy",
    "version": "dcterms:hasVersion",
    "derived_from": "dcterms:source",
    "cites": "dcterms:references",
    "cited_by": "dcterms:isReferencedBy",
}


def _relations(resource: Resource) -> dict[str, list[dict[str, Any]]]:
    """By property; dcterms:relation for what has none of its own."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in resource.relations:
        address = one.url or (identified(one.value, one.scheme).url if one.value else None)
        node = {
            "@id": address,
            "dcterms:title": one.title,
            "dcterms:identifier": None if address else one.value,
        }
        kept = {name: value for name, value in node.items() if value}
        found.setdefault(_TIES.get(one.kind, "dcterms:relation"), []).append(kept)
    return found


def _grant(grant: Grant) -> dict[str, Any]:
    """DCAT has no property of its own for awards; schema.org's is the one that its profiles use."""
    agent = {
        "@type": "foaf:Organization",
        "@id": f"https://ror.org/{grant.ror}" if grant.ror else None,
        "foaf:name": grant.funder,
    }
    node = {
        "@type": "schema:Grant",
        "schema:identifier": grant.number,
        "schema:name": grant.title,
        "schema:funder": {name: value for name, value in agent.items() if value} if grant.funder else None,
    }
    return {name: value for name, value in node.items() if value}


def _distributions(resource: Resource) -> list[dict[str, Any]]:
    details = resource.details
    files = details.files if isinstance(details, DataDetails | LiteratureDetails) else ()
    files = details.endpoints if isinstance(details, ServicePlatformDetails) else files
    found = []
    for one in files:
        node: dict[str, Any] = {
            "@type": "dcat:Distribution",
            "dcterms:title": one.title,
            "dcat:accessURL": {"@id": one.url},
            "dcat:downloadURL": None if one.service else {"@id": one.url},
            "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{one.media_type}"}
            if one.media_type
            else None,
            "dcterms:format": one.format,
            "dcat:byteSize": {"@value": str(one.bytes), "@type": "xsd:nonNegativeInteger"}
            if one.bytes
            else None,
        }
        found.append({name: value for name, value in node.items() if value is not None})
    return found
