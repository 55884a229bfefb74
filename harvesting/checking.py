"""Harvested records as they may be shown: without orders to their reader, at the level that rules ask for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import corpus.addresses
import corpus.disarming
import corpus.suspicion
import harvesting.routes
from corpus.addresses.names import DATA
from corpus.disarming import disarmed
from corpus.records import Flag, Resource
from corpus.rights import LEVELS as LEVELS
from corpus.rights import Level as Visibility
from corpus.rights import label_of, parted, strictest
from harvesting.routes import tidied, with_route
from storage.harvest_records import Checked, StoredRecord
from storage.harvested import HarvestedRecords
from storage.harvests import Harvests

ANY: tuple[str | None, str | None] = (None, None)
"""Level and unit of a source that asks for nothing."""
_ID_NUMBER = re.compile(
    r"(?<![\dA-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MOBILE = re.compile(r"(?<![\d.\-/])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![\d.])")
_PRIVATE_MAIL = re.compile(r"[\w.+-]+@(?:qq|163|126|sina|gmail|hotmail|outlook|yahoo|foxmail)\.\w+", re.I)
_SECRET = "内部资料|涉密|秘密|机密|绝密"
_MARKED = re.compile(rf"密级\s*[:：]?\s*(?:内部|{_SECRET})|[【\[（(]\s*(?:{_SECRET})\s*[】\]）)]")
_PUBLIC_FIELDS = frozenset(
    {"id", "url", "other_urls", "identifiers", "origin", "origins", "details", "contact"}
)
"""Codes, addresses and the contact, which is meant to be read."""


def check_all(
    records: HarvestedRecords,
    harvests: Harvests,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Look at every live record that these rules have not seen; how many there were.

    Safe to be cut anywhere: what is done is kept.
    """
    by = rules()
    total, done = records.unchecked(by), 0
    if not total:
        return 0
    floors = {source.name: (source.visibility, source.unit) for source in harvests.sources()}
    while some := records.next_unchecked(by, 200):
        records.save_checked(
            [(check(one, *floors.get(one.source, (None, None)), by=by), one.digest) for one in some]
        )
        done += len(some)
        if progress is not None:
            progress(done, max(total, done))
    return done


def check(record: StoredRecord, floor: str | None, unit: str | None = None, *, by: str) -> Checked:
    """One record; `floor` is the level that its source was given, `unit` whose it is at level unit."""
    resource = Resource.model_validate_json(record.resource)
    level, own = seen_as(resource, floor, unit)
    try:
        clean, flags = disarmed(
            tidied(with_route(resource)).model_copy(update={"visibility": level, "unit": own}), outside=True
        )
    except ValidationError as error:
        # Without what was unsafe it is no record any more: its name stays, for staff.
        fault = f"{error.error_count()} fields are not fit to be shown"
        clean, level = resource_of_name(resource), "staff"
        flags = [Flag(record=record.id, field="record", rule="unfit", excerpt=fault)]
    return Checked(record.id, clean.model_dump_json(), level, tuple(one.model_dump() for one in flags), by)


def resource_of_name(resource: Resource) -> Resource:
    """The record with nothing but its name, for staff."""
    bare = Resource(id=resource.id, type=resource.type, visibility="staff", name=resource.name)
    return disarmed(bare)[0]


def seen_as(resource: Resource, floor: str | None, unit: str | None) -> tuple[Visibility, str | None]:
    """(level, unit) of a record from a source of that level and unit; two units have only staff in common."""
    level = level_of(resource, floor)
    if level != "unit":
        return level, None
    labels = [resource.label] if resource.visibility == level else []
    labels += [label_of(level, unit)] if floor == level else []
    return parted(strictest(*labels))


def level_of(resource: Resource, floor: str | None = None) -> Visibility:
    """The strictest of its own level, that of its source, and staff where it holds what the public must
    not read: the number of an identity card, or a mark of secrecy."""
    found = [resource.visibility, *(level for level in LEVELS if level == floor)]
    if any(rule in ("privacy.id_number", "secrecy.marked") for rule, _ in private_data(resource)):
        found.append("staff")
    return max(found, key=LEVELS.index)


def private_data(resource: Resource) -> Iterator[tuple[str, str]]:
    """(rule, field) of personal data and marks of secrecy in texts that everybody reads."""
    told = resource.model_dump(exclude=set(_PUBLIC_FIELDS), exclude_defaults=True)
    for field, text in _texts(told):
        if any(_is_id_number(found[0]) for found in _ID_NUMBER.finditer(text)):
            yield "privacy.id_number", field
        if _MOBILE.search(text):
            yield "privacy.mobile", field
        if _PRIVATE_MAIL.search(text):
            yield "privacy.mail", field
        if _MARKED.search(text):
            yield "secrecy.marked", field


def _is_id_number(text: str) -> bool:
    """GB 11643: the last character checks the first seventeen."""
    rest = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True)) % 11
    return "10X98765432"[rest] == text[17].upper()


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, path)
    elif isinstance(value, str):
        yield path, value


@cache
def rules() -> str:
    """SHA-256 of the code and tables that look at records: a newer Kewen looks again."""
    digest = hashlib.sha256()
    for module in (corpus.suspicion, corpus.disarming, harvesting.routes):
        digest.update(Path(str(module.__file__)).read_bytes())
    for part in (Path(__file__), *sorted(Path(str(corpus.addresses.__file__)).parent.glob("*.py"))):
        digest.update(part.read_bytes())
    for data in sorted(DATA.iterdir()):
        digest.update(data.read_bytes())
    return digest.hexdigest()
