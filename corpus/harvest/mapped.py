"""A record of a mapped source -> Draft: the mapping says where each field stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from corpus.harvest.drafts import Draft, File, Funding, Person, Said, Tie
from corpus.harvest.extents import add_period, add_place
from corpus.harvest.kinds import proposed_type
from corpus.harvest.licences import level_of
from corpus.harvest.mapping import DETAILS, Mapping
from corpus.records import ResourceType
from corpus.texts import Text

Look = Callable[[str], list[str]]
"""Place in the record -> the texts there."""

_WORDS = {"keywords", "format", "variables", "alternative"}
"""Fields of single words: a comma or 、 parts them too."""
_MANY = {"accession_numbers", "numbers", "members"}
_TEXTS = {
    "agreement", "approvals", "deadline", "delivery", "ethics", "fees", "joining", "lodging", "opening",
}  # fmt: skip
_OF_TYPE: dict[str, tuple[ResourceType, ...]] = {
    "booking_url": ("instrument", "facility", "field_station"),
    "opening": ("instrument", "facility", "field_station"),
    "deadline": ("instrument", "facility", "field_station"),
    "number": ("instrument",),
    "model": ("instrument",),
    "maker": ("instrument",),
    "proposal_url": ("facility",),
    "lodging": ("field_station",),
    "certificate": ("reference_material",),
    "biosafety_level": ("biological_material",),
    "ethics": ("human_genetic",),
    "taxon": ("germplasm", "biological_material", "specimen"),
    "full_text_url": ("literature",),
    "numbers": ("literature",),
    "delivery": ("literature",),
    "registration_url": ("service_platform",),
    "joining": ("alliance",),
    "members": ("alliance",),
    "fees": (
        "germplasm", "biological_material", "human_genetic", "specimen", "reference_material", "instrument",
        "facility", "field_station", "service_platform",
    ),
}  # fmt: skip
_MATERIAL: tuple[ResourceType, ...] = (
    "germplasm", "biological_material", "human_genetic", "specimen", "reference_material",
)  # fmt: skip
"""Of accession_numbers, catalogue_url, request_url, agreement and approvals."""


def mapped_draft(mapping: Mapping, find: Look, default: ResourceType | None) -> Draft:
    """The draft that the mapping makes of one record."""
    heard: list[str] = []

    def look(place: str) -> list[str]:
        heard.extend(found := find(place))
        return found

    given = mapping.separator
    split = re.compile(f"[{re.escape(';；|' if given is None else given)}\n]") if given != "" else None
    words_of = re.compile(r"[;；|，、\n]") if given is None else split

    def first_of(field: str) -> list[str]:
        words = mapping.values.get(field, {})
        for place in mapping.fields.get(field, ()):
            if found := [text for text in look(place) if text.strip()]:
                return [words.get(text.strip(), text) for text in found]
        return [mapping.constants[field]] if field in mapping.constants else []

    def one(field: str) -> str:
        return next(iter(first_of(field)), "").strip()

    def several(field: str) -> list[str]:
        mark = words_of if field.partition("_")[0] in _WORDS else split
        parts = [part for text in first_of(field) for part in (mark.split(text) if mark else [text])]
        return [part.strip() for part in parts if part.strip()]

    def all_of(field: str) -> list[str]:
        """The values at every place, not only the first: identifiers of several kinds."""
        return [text for place in mapping.fields.get(field, ()) for text in look(place) if text.strip()]

    def said(field: str, *, many: bool = False) -> list[Said]:
        get = several if many else first_of
        found = [Said(text) for text in get(field)]
        found += [Said(text, "zh") for text in get(f"{field}_zh")]
        return found + [Said(text, "en") for text in get(f"{field}_en")]

    draft = Draft(
        identifier=one("identifier"),
        titles=said("title")[:4],
        alternatives=several("alternative"),
        descriptions=said("description"),
        keywords=said("keywords", many=True),
        hosts=said("host"),
        governing=[Said(text) for text in first_of("governing_body")],
        creators=[Person(name) for name in several("creators")],
        contact_name=one("contact_name"),
        contact_email=one("contact_email"),
        contact_phone=one("contact_phone"),
        contact_url=one("contact_url"),
        urls=first_of("url"),
        identifiers=[(text, "DOI") for text in first_of("doi")]
        + [(text, "CSTR") for text in first_of("cstr")]
        + [(text, "") for text in dict.fromkeys(all_of("other_identifier"))],
        licences=first_of("licence"),
        rights=all_of("access_rights") or first_of("access_rights"),
        level=level_of(one("access_level")) or one("access_level"),
        conditions=[Said(text) for text in first_of("access_text")],
        issued=[*first_of("issued")][:1],
        modified=[*first_of("modified")][:1],
        province=one("province"),
        city=[Said(text) for text in first_of("city")],
        formats=several("format"),
        files=[File(text) for text in several("download_url")],
        documentation=one("documentation"),
        version=one("version"),
        size=one("size"),
        frequency=one("frequency"),
        variables=several("variables"),
        funding=_funding(several("funder"), several("grant_number")),
        ties=[Tie("isPartOf", text) for text in first_of("part_of")]
        + [Tie("relation", text) for text in several("related")],
        kinds=first_of("type"),
        language=one("language") or None,
        steps=[Said(text) for text in several("steps")],
        heard=heard,
    )
    draft.level = draft.level or level_of(one("access_text")) or ""
    if not draft.conditions and level_of(one("access_level")):
        draft.conditions.append(Said(one("access_level"), "zh"))
    if draft.level and draft.level not in ("open", "registered", "application", "paid", "restricted"):
        message = f"{draft.level!r} is no access level; map it with values.access_level"
        draft.complaints.append(("access_level.unknown", message))
    if mapping.address and draft.identifier:
        draft.urls.append(mapping.address.replace("{id}", quote(draft.identifier, safe="")))
    for place in several("place"):
        add_place(draft, place)
    for period in first_of("temporal"):
        add_period(draft, period)
    if one("temporal_start") or one("temporal_end"):
        draft.periods.append((one("temporal_start"), one("temporal_end")))
    sides = [one(side) for side in ("west", "south", "east", "north")]
    if all(sides):
        draft.boxes.append((sides[0], sides[1], sides[2], sides[3]))
    x, y = one("longitude"), one("latitude")
    if x and y:
        draft.boxes.append((x, y, x, y))
    kind = proposed_type(draft.kinds) or default or draft.default_type
    for detail in DETAILS:
        if found := first_of(f"details.{detail}"):
            _add_detail(draft, detail, several(f"details.{detail}") if detail in _MANY else found[0], kind)
    return draft


def _funding(funders: list[str], numbers: list[str]) -> list[Funding]:
    """One number for each funder, or all of the only one; else what belongs together is not told."""
    if len(funders) == len(numbers):
        return [Funding(*one) for one in zip(funders, numbers, strict=True)]
    if len(funders) <= 1:
        return [Funding(next(iter(funders), ""), number) for number in numbers or [""]]
    return [Funding(one) for one in funders] + [Funding(number=one) for one in numbers]


def _add_detail(draft: Draft, field: str, value: str | list[str], kind: ResourceType) -> None:
    if kind not in _OF_TYPE.get(field, _MATERIAL):
        draft.complaints.append(
            (f"details.{field}", f"{field} is left out: a record of type {kind} has none")
        )
    elif isinstance(value, list):
        draft.details[field] = tuple(value)
    else:
        text = value.strip()
        draft.details[field] = Text(zh=text, en=text) if field in _TEXTS else text
