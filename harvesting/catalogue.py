"""The corpus with what was harvested in it: records, tombstones, merged cards, states of links."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

from corpus.records import Corpus, Flag, Resource, Source, Text, Tombstone
from corpus.rights import PUBLIC
from corpus.translated import keyed, terms
from harvesting.checking import ANY, check_all, seen_as
from harvesting.linknotes import link_note
from storage.database import Database
from storage.harvest_records import Checked, LinkState, StoredRecord
from storage.harvest_sides import Links, Merges
from storage.harvested import HarvestedRecords
from storage.harvests import Harvests

MERGED = {
    "zh": "与另一条记录是同一资源，已合并为一张卡片",
    "en": "The same resource as another record; merged into one card",
}


def with_harvested(corpus: Corpus, database: Database, *, today: date | None = None) -> Corpus:
    """The corpus with the live harvested records, as of today; the same corpus where there is nothing.

    Records that nobody has checked are checked first. Raises StorageError.
    """
    records = HarvestedRecords(database)
    harvests = Harvests(database)
    check_all(records, harvests)
    checked = records.checked()
    withdrawn = records.withdrawn()
    links = Links(database).all()
    if not (checked or withdrawn or links):
        return corpus
    found = {one.id: Resource.model_validate_json(one.resource) for one in checked}
    resources = {one.id: one for one in corpus.resources} | found
    floors = {one.name: (one.visibility, one.unit) for one in harvests.sources()} if withdrawn else {}
    tombstones = {one.id: _tombstone(one, floors.get(one.source, ANY), resources) for one in withdrawn}
    merged = _merge(resources, {one.other: one.kept for one in Merges(database).all("accepted")})
    tombstones |= {one.id: one for one in merged}
    day = today or date.today()
    contacts = _contacts(resources)
    shown = [keyed(_with_link(one, links, contacts, day)) for _, one in sorted(resources.items())]
    return corpus.model_copy(
        update={
            "resources": tuple(shown),
            "digest": _digest(corpus.digest, checked, merged) if checked or merged else corpus.digest,
            "flags": (*corpus.flags, *(Flag.model_validate(flag) for one in checked for flag in one.flags)),
            "tombstones": tuple(one for _, one in sorted(tombstones.items())),
        }
    )


def _digest(base: str, checked: list[Checked], merged: list[Tombstone]) -> str:
    digest = hashlib.sha256(f"{base}\n{terms().digest}".encode())
    for one in checked:
        digest.update(one.resource.encode() + b"\n")
    for stone in merged:
        digest.update(f"{stone.id} {stone.successor}\n".encode())
    return digest.hexdigest()


def _tombstone(
    record: StoredRecord, floor: tuple[str | None, str | None], live: Mapping[str, Resource]
) -> Tombstone:
    """For those who saw the record."""
    resource = Resource.model_validate_json(record.resource)
    visibility, unit = seen_as(resource, *floor)
    assert record.withdrawn is not None  # it is one of the withdrawn
    return Tombstone(
        id=record.id,
        name=resource.name,
        reason=Text.model_validate(record.reason or MERGED),
        withdrawn=record.withdrawn.date().isoformat(),
        successor=record.successor if record.successor in live else None,
        visibility=visibility,
        unit=unit,
        identifiers=resource.identifiers,
    )


def _merge(resources: dict[str, Resource], pairs: Mapping[str, str]) -> list[Tombstone]:
    """Put accepted pairs on one card, in place; the other ids become tombstones that lead to it."""
    stones = []
    for other in sorted(pairs):
        kept, steps = pairs[other], 0
        while kept in pairs and steps < len(pairs):  # merged on into a third
            kept, steps = pairs[kept], steps + 1
        if other not in resources or kept not in resources or kept == other:
            continue
        gone = resources[other]
        if gone.label != resources[kept].label:
            continue  # one card would tell what the stricter of them says
        resources[kept] = one_card(resources[kept], gone)
        stones.append(
            Tombstone(
                id=other,
                name=gone.name,
                reason=Text.model_validate(MERGED),
                withdrawn=date.today().isoformat(),
                successor=kept,
                visibility=gone.visibility,
                unit=gone.unit,
            )
        )
    for stone in stones:
        resources.pop(stone.id, None)
    return stones


def one_card(kept: Resource, other: Resource) -> Resource:
    """The kept record with what the other adds to it; where both say something, its own fields win."""
    names = {kept.name.zh, kept.name.en, *kept.aliases, *kept.former_names}
    aliases = [
        *kept.aliases,
        *(one for one in (other.name.zh, other.name.en, *other.aliases) if one not in names),
    ]
    addresses = [*kept.other_urls, *filter(None, (other.url, *other.other_urls))]
    held = {(one.scheme, one.value) for one in kept.identifiers}
    added = [one for one in other.identifiers if (one.scheme, one.value) not in held]
    origins = [
        *(kept.origins or filter(None, (kept.origin,))),
        *(other.origins or filter(None, (other.origin,))),
    ]
    gaps = {
        field: getattr(other, field)
        for field in ("host", "province", "city", "holdings", "how_to_apply", "contact", "licence", "url")
        if getattr(kept, field) is None and getattr(other, field) is not None
    }
    if kept.details is None and other.details is not None and other.type == kept.type:
        gaps["details"] = other.details
    sources = (*kept.sources, *(one for one in _sources(other) if one not in kept.sources))
    return kept.model_copy(
        update={
            "aliases": tuple(dict.fromkeys(aliases)),
            "other_urls": tuple(one for one in dict.fromkeys(addresses) if one != kept.url),
            "identifiers": (*kept.identifiers, *added),
            "origins": tuple(dict.fromkeys(origins)),
            "sources": sources,
            **gaps,
        }
    )


def _sources(record: Resource) -> tuple[Source, ...]:
    if record.sources or record.origin is None:
        return record.sources
    name = f"{record.origin.source}: {record.origin.identifier}"
    return (Source(title=Text(zh=name, en=name), url=record.url),)


def _contacts(resources: Mapping[str, Resource]) -> dict[str, Resource]:
    """Host -> a record of it, for everyone, that names a contact."""
    found: dict[str, Resource] = {}
    for one in resources.values():
        told = one.contact and (one.contact.phone or one.contact.email)
        if one.host and told and one.label == PUBLIC:
            found.setdefault(one.host.zh, one)
    return found


def _with_link(
    record: Resource, links: Mapping[str, LinkState], contacts: Mapping[str, Resource], today: date
) -> Resource:
    state = links.get(record.url or "")
    if state is None or state.health != "dead":
        # A harvested address stands in the source's catalogue: it is not from anybody's memory.
        seen = (
            record.url_checked or record.origin is not None or (state is not None and state.health == "alive")
        )
        return record if seen == record.url_checked else record.model_copy(update={"url_checked": seen})
    other = contacts.get(record.host.zh) if record.host else None
    note = link_note(record, state, today, other)
    return record.model_copy(update={"notes": (*record.notes, note)})
