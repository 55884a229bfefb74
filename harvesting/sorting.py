"""Entries of a page against what is stored: new, changed, unchanged, deleted, refused."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from corpus.harvest.records import Complaint, Entry
from corpus.records import Resource
from storage.harvest_records import Known, Refusal, StoredRecord

_LONGEST_ID = 500
_LONGEST_IDENTIFIER = 1000
_MOST_PAGE_REFUSALS = 1000


@dataclass
class Sorted:
    """What a number of entries came to."""

    fresh: list[StoredRecord] = field(default_factory=list)
    changed: list[StoredRecord] = field(default_factory=list)
    titles: dict[str, Resource] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    told: list[Refusal] = field(default_factory=list)
    """What was left out of records that were taken."""
    identifiers: list[str] = field(default_factory=list)
    """Of records that the source has, refused ones too."""
    deleted: list[str] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0
    unnamed: int = 0
    """Refused ones that could be any record."""
    returned: int = 0
    remarks: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    """Records by field of the source that was not read."""
    newest: str | None = None

    def add(self, found: Sorted) -> None:
        """What a whole page needs of a part of it; records are not kept."""
        self.identifiers += found.identifiers
        self.deleted += found.deleted
        self.refusals += found.refusals[: max(0, _MOST_PAGE_REFUSALS - len(self.refusals))]
        self.refused += found.refused
        self.unnamed += found.unnamed
        self.newest = max(filter(None, (self.newest, found.newest)), default=None)


class Sorter:
    """Sorts the entries of one run; knows what came before in it."""

    def __init__(self, source: str, known: dict[str, Known], seen: Iterable[str]) -> None:
        self._source = source
        self._known = known
        self._ids = {one.id: identifier for identifier, one in known.items()}
        self._taken: dict[str, tuple[str, str]] = {}
        self._seen = set(seen)

    def sort(self, entries: Iterable[Entry], at: datetime) -> Sorted:
        found = Sorted()
        for entry in entries:
            self._one(entry, found, at)
        return found

    def _one(self, entry: Entry, found: Sorted, at: datetime) -> None:
        if entry.datestamp and (found.newest is None or entry.datestamp > found.newest):
            found.newest = entry.datestamp
        if entry.deleted:
            found.deleted.append(entry.identifier)
            found.told += [refusal_of(one, entry.identifier) for one in entry.complaints]
            return
        resource = entry.resource
        if resource is None:
            found.refused += 1
            found.refusals += [refusal_of(one, entry.identifier) for one in entry.complaints] or [
                self._refusal(entry, "record.empty", "holds nothing that could be shown")
            ]
            if entry.identifier:
                found.identifiers.append(entry.identifier)
            else:
                found.unnamed += 1
            return
        if fault := self._fault(entry, resource):
            found.refused += 1
            found.refusals.append(fault)
            return
        digest = digest_of(entry, resource)
        known = self._known.get(entry.identifier)
        stamp = entry.datestamp or ""
        taken = self._taken.get(entry.identifier)
        if taken is not None and taken[0] == entry.digest:
            return  # listed twice, word for word
        # Before a resumed run broke off, its digest was stored; what differs from it is another record.
        if taken is None and entry.identifier in self._seen and known and known.digest != digest:
            taken = ("", "")
        # One that changed while the run went comes again, later, with a later date.
        if taken is not None and stamp <= taken[1]:
            found.refused += 1
            found.refusals.append(
                self._refusal(entry, "identifier.duplicate", "another record of this run has this identifier")
            )
            return
        self._taken[entry.identifier] = (entry.digest, stamp)
        found.identifiers.append(entry.identifier)
        self._ids[resource.id] = entry.identifier
        found.unread.update(entry.unread)
        if known is not None and ((known.live and known.digest == digest) or known.by_staff):
            found.unchanged += 1
            return
        found.remarks += len(entry.complaints)
        found.told += [refusal_of(one, entry.identifier) for one in entry.complaints]
        record = _stored(entry, resource, self._source, digest, at)
        found.titles[record.id] = resource
        if known is None:
            found.fresh.append(record)
        else:
            found.changed.append(record)
            found.returned += not known.live
        self._known[entry.identifier] = Known(record.id, digest, True, False)

    def _fault(self, entry: Entry, resource: Resource) -> Refusal | None:
        if not entry.identifier or len(entry.identifier) > _LONGEST_IDENTIFIER:
            return self._refusal(entry, "identifier.length", "has no identifier, or one that is too long")
        if not resource.id.startswith(f"{self._source}:") or len(resource.id) > _LONGEST_ID:
            return self._refusal(entry, "id.form", f"its id {resource.id[:80]!r} is not one of this source")
        known = self._known.get(entry.identifier)
        owner = self._ids.get(resource.id, entry.identifier)
        if owner != entry.identifier:
            return self._refusal(
                entry, "id.collision", f"its id {resource.id!r} is that of record {owner!r} too"
            )
        if known is not None and known.id != resource.id:
            self._ids.pop(known.id, None)
        return None

    def _refusal(self, entry: Entry, rule: str, message: str) -> Refusal:
        return Refusal(self._source, rule, message, entry.line, entry.identifier or None)


def digest_of(entry: Entry, resource: Resource) -> str:
    """SHA-256 of the original and of what we make of it: it changes with the record, and with our reading."""
    digest = hashlib.sha256(entry.original)
    digest.update(_without_moment(resource).model_dump_json().encode("utf-8", "replace"))
    return digest.hexdigest()


def refusal_of(complaint: Complaint, identifier: str = "") -> Refusal:
    return Refusal(
        complaint.source,
        complaint.rule,
        complaint.message,
        complaint.line,
        complaint.record or identifier or None,
    )


def _without_moment(resource: Resource) -> Resource:
    if resource.origin is None or resource.origin.harvested is None:
        return resource
    return resource.model_copy(update={"origin": resource.origin.model_copy(update={"harvested": None})})


def _stored(entry: Entry, resource: Resource, source: str, digest: str, at: datetime) -> StoredRecord:
    if resource.origin is not None:
        moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        origin = resource.origin.model_copy(update={"harvested": moment})
        resource = resource.model_copy(update={"origin": origin})
    return StoredRecord(
        id=resource.id,
        source=source,
        identifier=entry.identifier,
        digest=digest,
        resource=resource.model_dump_json(),
        original=entry.original,
        media_type=entry.media_type,
        format=entry.format,
        datestamp=entry.datestamp,
        first_seen=at,
        changed=at,
    )
