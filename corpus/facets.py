"""Facets of a resource: values that lists are filtered and counted by, whatever asks for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from corpus.details import DataDetails, Download
from corpus.records import Resource

Facet = Literal[
    "type",
    "province",
    "access",
    "subject",
    "host",
    "licence",
    "format",
    "variable",
    "frequency",
    "funder",
    "part_of",
    "year",
    "updated",
]
FACETS: tuple[Facet, ...] = get_args(Facet)
FOLDED: tuple[Facet, ...] = (
    "subject", "host", "licence", "format", "variable", "frequency", "funder", "part_of",
)  # fmt: skip
"""Facets whose values are compared without case."""

_JOINTS = re.compile(r"[、/;；，]|, (?=[A-Z])|(?<=[a-z]),? and (?=(?:the )?[A-Z])")
_REMARK = re.compile(r"（[^（）]*）|\([^()]*\)")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")


def units_of(text: str) -> list[str]:
    """The units that one text names, without remarks: 中国科学院 and 北京市 of 中国科学院、北京市."""
    bare = _REMARK.sub("", text)
    return [one for part in _JOINTS.split(bare) if len(one := part.strip().removesuffix("等")) > 1]


def years_in(*texts: str) -> list[str]:
    """Years named in texts."""
    return list(dict.fromkeys(year for text in texts for year in _YEAR.findall(text)))


def facets_of(record: Resource) -> dict[Facet, tuple[str, ...]]:
    """Every facet that a record tells, each value once; those of FOLDED may differ in case between records.

    `year` is of founding or publication, `updated` of the last change.
    """
    details = record.details
    files: Sequence[Download] = getattr(details, "files", ())
    since = [record.since.zh, record.since.en] if record.since else []
    data = details if isinstance(details, DataDetails) else None
    told: dict[Facet, Sequence[str | None]] = {
        "type": [record.type],
        "province": [record.province],
        "access": [record.access.level],
        "subject": [*record.subjects.zh, *record.subjects.en],
        "host": [*units_of(record.host.zh), *units_of(record.host.en)] if record.host else (),
        "licence": [record.licence],
        "format": [*record.formats, *(one.format for one in files)],
        "variable": data.variables if data else (),
        "frequency": [data.frequency] if data else (),
        "funder": [one.funder for one in record.funding],
        "part_of": [
            text
            for one in record.relations
            if one.kind == "part_of"
            for text in (one.title, one.value or one.url)
        ],
        "year": years_in(*since, record.issued or ""),
        "updated": years_in(record.modified or ""),
    }
    found: dict[Facet, tuple[str, ...]] = {}
    for facet, values in told.items():
        unique: dict[str, str] = {}
        for value in values:
            if value:
                unique.setdefault(value.casefold() if facet in FOLDED else value, value)
        if unique:
            found[facet] = tuple(unique.values())
    return found


def fits(record: Resource, wanted: Mapping[Facet, Sequence[str]]) -> bool:
    """Whether a record has one of the wanted values of every facet; a facet without any asks nothing."""
    asked = {facet: values for facet, values in wanted.items() if values}
    if not asked:
        return True
    told = facets_of(record)
    for facet, values in asked.items():
        fold = facet in FOLDED
        own = {one.casefold() if fold else one for one in told.get(facet, ())}
        if not any((one.casefold() if fold else one) in own for one in values):
            return False
    return True


def last_told(record: Resource) -> str:
    """The last day, YYYY-MM-DD or less, that a record was said to change or appear; empty where not told."""
    return max(record.modified or "", record.issued or "")
