"""A record as schema.org JSON-LD, for harvesters and search engines.

A data set follows the guidance of ESIP's science-on-schema.org 1.3
(https://github.com/ESIPFed/science-on-schema.org).
"""

from __future__ import annotations

from typing import Any

from corpus.details import (
    Agent,
    Box,
    DataDetails,
    Download,
    Grant,
    LiteratureDetails,
    RelationKind,
    ServicePlatformDetails,
)
from corpus.exports.citable import Citable, citable
from corpus.exports.said import listed, tagged, written
from corpus.identifiers import identified
from corpus.records import Identifier, Policy, Resource, Text

MEDIA_TYPE = "application/ld+json"

_TYPES: dict[str, str] = {
    "scientific_data": "DataCatalog",
    "germplasm": "Collection",
    "biological_material": "Collection",
    "human_genetic": "Collection",
    "specimen": "Collection",
    "reference_material": "Collection",
    "literature": "Collection",
    "instrument": "Service",
    "service_platform": "Service",
    "facility": "ResearchOrganization",
    "field_station": "ResearchOrganization",
    "alliance": "Organization",
}
"""The closest schema.org class of each type: what holds things is a creative work with a provider,
what does things is a service, and what has a site and people is an organization. A harvested record of
scientific data is one Dataset."""

_WORKS = {"Dataset", "DataCatalog", "Collection"}
_NAMES = {
    "doi_prefix": "DOI prefix",
    "cstr_prefix": "CSTR prefix",
    "doi": "https://registry.identifiers.org/registry/doi",
    "ark": "https://registry.identifiers.org/registry/ark",
    "handle": "https://registry.identifiers.org/registry/hdl",
}
_ADDRESSES = {"doi": "https://doi.org/", "handle": "https://hdl.handle.net/", "ark": "https://n2t.net/"}
_FREE = {"open": True, "paid": False}
_STATUS = {"in_force": "InForce", "amended": "InForce", "repealed": "NotInForce", "superseded": "NotInForce"}
"""Of schema.org LegalForceStatus; others are not said."""


def record_jsonld(record: Resource | Policy, base_url: str) -> dict[str, Any]:
    """Only what the record says; what schema.org has no place for is left to the JSON form."""
    if isinstance(record, Policy):
        return policy_jsonld(record, base_url)
    return resource_jsonld(record, base_url)


def resource_jsonld(resource: Resource, base_url: str) -> dict[str, Any]:
    work = citable(resource, base_url)
    kind = "Dataset" if work.mark == "DS" else _TYPES[resource.type]
    own = [one for one in resource.identifiers if one.scheme != "url"]
    addresses = [f"https://doi.org/{work.doi}"] if work.doi else []
    fields: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": kind,
        "@id": work.page,
        "name": _said(resource, resource.name),
        "alternateName": [*resource.aliases, *resource.former_names],
        "description": _said(resource, resource.holdings),
        "url": resource.url,
        "sameAs": [*addresses, *resource.other_urls],
        "identifier": [_identifier(one) for one in own],
    }
    host = {"@type": "Organization", "name": _said(resource, resource.host)} if resource.host else None
    place = _place(resource)
    contact = _contact(resource)
    if kind in _WORKS:
        fields["keywords"] = [tagged(*word) for word in listed(resource, resource.subjects)]
        fields["provider"] = _joined(host, contactPoint=contact)
        fields["contentLocation"] = place
        fields["conditionsOfAccess"] = _said(resource, resource.access.text)
        fields["isAccessibleForFree"] = _FREE.get(resource.access.level or "")
        fields |= _work(resource, work)
        if kind == "Dataset":
            fields |= _dataset(resource, work, base_url)
    elif kind == "Service":
        fields["provider"] = _joined(host, contactPoint=contact)
        fields["areaServed"] = place
    else:
        fields["parentOrganization"] = host
        fields["location"] = place
        fields["contactPoint"] = contact
    return _known(fields)


def policy_jsonld(policy: Policy, base_url: str) -> dict[str, Any]:
    """A document as Legislation."""
    work = citable(policy, base_url)
    status = _STATUS.get(policy.status)
    return _known(
        {
            "@context": "https://schema.org/",
            "@type": "Legislation",
            "@id": work.page,
            "name": _said(policy, policy.title),
            "alternateName": [*policy.aliases, *policy.former_names],
            "description": _said(policy, policy.scope),
            "url": policy.official_url or work.page,
            "legislationIdentifier": policy.doc_number,
            "legislationDate": policy.issued,
            "legislationDateVersion": policy.current,
            "temporalCoverage": f"{policy.effective}/{policy.expires or '..'}" if policy.effective else None,
            "legislationPassedBy": {"@type": "Organization", "name": _said(policy, policy.issuing_body)},
            "legislationLegalForce": f"https://schema.org/{status}" if status else None,
            "hasPart": [
                {"@type": "Legislation", "@id": f"{work.page}#{one.anchor}", "name": one.no}
                for one in policy.articles
                if one.visibility == "public"
            ],
        }
    )


def _work(resource: Resource, work: Citable) -> dict[str, Any]:
    """What is known of harvested works alone."""
    return {
        "creator": {"@list": [_agent(one) for one in resource.creators]} if resource.creators else None,
        "license": _licence(resource.licence),
        "datePublished": resource.issued,
        "dateModified": resource.modified,
        "version": work.version,
        "temporalCoverage": _period(resource),
        "spatialCoverage": _coverage(resource),
        "inLanguage": list(resource.written_in),
        "funding": [_grant(one) for one in resource.funding],
        **_relations(resource),
    }


def _dataset(resource: Resource, work: Citable, base_url: str) -> dict[str, Any]:
    details = resource.details
    files = details.files if isinstance(details, DataDetails | LiteratureDetails) else ()
    endpoints = details.endpoints if isinstance(details, ServicePlatformDetails) else ()
    return {
        # The guidance asks for one page, a description and an identifier of every data set.
        "url": work.url,
        "description": _said(resource, resource.holdings) or _said(resource, resource.name),
        "identifier": [_identifier(one) for one in resource.identifiers if one.scheme != "url"] or [work.url],
        "publisher": {"@type": "Organization", "name": _said(resource, resource.host)}
        if resource.host
        else None,
        "distribution": [_download(one) for one in (*files, *endpoints)],
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": f"{base_url}/",
            "name": "科问 Kewen",
            "url": base_url,
        },
        "subjectOf": {
            "@type": "DataDownload",
            "name": "Metadata of this data set (DataCite)",
            "encodingFormat": ["application/xml", "http://datacite.org/schema/kernel-4"],
            "contentUrl": f"{base_url}/api/resources/{resource.id}?format=datacite",
        },
        "citation": [
            *([f"https://doi.org/{work.doi}"] if work.doi else []),
            *_relations(resource).get("citation", ()),
        ],
    }


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, [], {}, "")}


def _said(record: Resource | Policy, text: Text | None) -> list[dict[str, str] | str] | None:
    return [tagged(*one) for one in written(record, text)] or None


def _identifier(identifier: Identifier) -> dict[str, str]:
    scheme, value = identifier.scheme, identifier.value
    shown = {"@type": "PropertyValue", "propertyID": _NAMES.get(scheme, scheme), "value": value}
    if scheme in ("doi", "ark", "handle"):
        shown["value"] = value if scheme == "ark" else f"{'hdl' if scheme == 'handle' else scheme}:{value}"
        shown["url"] = _ADDRESSES[scheme] + value
    return shown


def _agent(agent: Agent) -> dict[str, Any]:
    address = f"https://orcid.org/{agent.orcid}" if agent.orcid else None
    address = address or (f"https://ror.org/{agent.ror}" if agent.ror else None)
    return _known(
        {
            "@type": "Organization" if agent.organisation else "Person",
            "@id": address,
            "name": agent.name,
            "affiliation": {"@type": "Organization", "name": agent.affiliation}
            if agent.affiliation
            else None,
        }
    )


def _grant(grant: Grant) -> dict[str, Any]:
    funder = {
        "@type": "Organization",
        "@id": f"https://ror.org/{grant.ror}" if grant.ror else None,
        "name": grant.funder,
    }
    return _known(
        {
            "@type": "Grant",
            "identifier": grant.number,
            "name": grant.title,
            "funder": _known(funder) if grant.funder else None,
        }
    )


_TIES: dict[RelationKind, str] = {
    "part_of": "isPartOf",
    "has_part": "hasPart",
    "derived_from": "isBasedOn",
    "previous_version": "isBasedOn",
    "cites": "citation",
    "described_by": "citation",
    "supplement_to": "citation",
}


def _relations(resource: Resource) -> dict[str, list[dict[str, Any]]]:
    """Those that schema.org has a property for."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in resource.relations:
        if name := _TIES.get(one.kind):
            address = one.url or (identified(one.value, one.scheme).url if one.value else None)
            work = {
                "@type": "CreativeWork",
                "@id": address,
                "name": one.title,
                "identifier": None if address else one.value,
            }
            found.setdefault(name, []).append(_known(work))
    return found


def _licence(licence: str | None) -> str | None:
    if licence is None or " " in licence or licence.startswith(("http://", "https://")):
        return licence
    return f"https://spdx.org/licenses/{licence}"


def _download(file: Download) -> dict[str, Any]:
    return _known(
        {
            "@type": "DataDownload",
            "name": file.title,
            "contentUrl": file.url,
            "encodingFormat": file.media_type or file.format,
            "contentSize": f"{file.bytes} B" if file.bytes else None,
        }
    )


def _period(resource: Resource) -> str | None:
    period = resource.temporal
    if period is None:
        return None
    if period.start or period.end:
        return period.start if period.start == period.end else f"{period.start or '..'}/{period.end or '..'}"
    return period.text


def _coverage(resource: Resource) -> list[dict[str, Any]]:
    if resource.spatial is None:
        return []
    named: list[dict[str, Any]] = [{"@type": "Place", "name": name} for name in resource.spatial.places]
    return [*named, *({"@type": "Place", "geo": _geo(box)} for box in resource.spatial.boxes)]


def _geo(box: Box) -> dict[str, Any]:
    if box.west == box.east and box.south == box.north:
        return {"@type": "GeoCoordinates", "latitude": box.south, "longitude": box.west}
    sides = f"{box.south:g} {box.west:g} {box.north:g} {box.east:g}"
    return {"@type": "GeoShape", "box": sides}


def _joined(host: dict[str, Any] | None, **more: Any) -> dict[str, Any] | None:
    kept = {name: value for name, value in more.items() if value}
    if host is None:
        return {"@type": "Organization", **kept} if kept else None
    return {**host, **kept}


def _place(resource: Resource) -> dict[str, Any] | None:
    if resource.province is None:
        return None
    if resource.city is None:
        return {"@type": "Place", "name": resource.province}
    return {
        "@type": "Place",
        "address": {
            "@type": "PostalAddress",
            "addressRegion": resource.province,
            "addressLocality": _said(resource, resource.city),
        },
    }


def _contact(resource: Resource) -> dict[str, Any] | None:
    contact = resource.contact
    if contact is None or not (contact.phone or contact.email):
        return None
    point = {"@type": "ContactPoint", "telephone": contact.phone, "email": contact.email}
    return {name: value for name, value in point.items() if value}
