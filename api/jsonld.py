"""A resource as schema.org JSON-LD, for harvesters and search engines."""

from __future__ import annotations

from typing import Any

from corpus.records import Resource, Text

MEDIA_TYPE = "application/ld+json"

_TYPES: dict[str, str | list[str]] = {
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
what does things is a service, and what has a site and people is an organization."""

_WORKS = {"DataCatalog", "Collection"}
_IDENTIFIERS = {"doi_prefix": "DOI prefix", "cstr_prefix": "CSTR prefix"}


def resource_jsonld(resource: Resource, base_url: str) -> dict[str, Any]:
    """Only what the record says; what schema.org has no place for is left to the JSON form."""
    kind = _TYPES[resource.type]
    fields: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kind,
        "@id": f"{base_url}/resources/{resource.id}",
        "name": _both(resource.name),
        "alternateName": [*resource.aliases, *resource.former_names],
        "description": _both(resource.holdings),
        "url": resource.url,
        "sameAs": list(resource.other_urls),
        "identifier": [
            {
                "@type": "PropertyValue",
                "propertyID": _IDENTIFIERS.get(identifier.scheme, identifier.scheme),
                "value": identifier.value,
            }
            for identifier in resource.identifiers
        ],
    }
    host = {"@type": "Organization", "name": _both(resource.host)} if resource.host else None
    place = _place(resource)
    contact = _contact(resource)
    if kind in _WORKS:
        fields["keywords"] = [
            {"@value": word, "@language": language}
            for language, words in (("zh", resource.subjects.zh), ("en", resource.subjects.en))
            for word in words
        ]
        fields["provider"] = _joined(host, contactPoint=contact)
        fields["contentLocation"] = place
        fields["conditionsOfAccess"] = _both(resource.access.text)
        if resource.access.level in ("open", "paid"):
            fields["isAccessibleForFree"] = resource.access.level == "open"
    elif kind == "Service":
        fields["provider"] = _joined(host, contactPoint=contact)
        fields["areaServed"] = place
    else:
        fields["parentOrganization"] = host
        fields["location"] = place
        fields["contactPoint"] = contact
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


def _both(text: Text | None) -> list[dict[str, str]] | None:
    if text is None:
        return None
    return [{"@value": text.zh, "@language": "zh"}, {"@value": text.en, "@language": "en"}]


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
            "addressLocality": _both(resource.city),
        },
    }


def _contact(resource: Resource) -> dict[str, Any] | None:
    contact = resource.contact
    if contact is None or not (contact.phone or contact.email):
        return None
    point = {"@type": "ContactPoint", "telephone": contact.phone, "email": contact.email}
    return {name: value for name, value in point.items() if value}
