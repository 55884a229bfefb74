"""The end of a run: what is withdrawn, when that is too much, and what took its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from corpus.records import Resource
from harvesting.errors import SyncStopped
from storage.harvest_records import Known
from storage.harvested import HarvestedRecords

_ALWAYS = 3
"""Records that may go whatever their share: one of two is half."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run may do without being asked."""

    max_loss: float = 0.3
    """Share of a source's records that one run may withdraw."""
    full_every_days: int = 30
    """A source that tells what changed is read whole that often all the same."""
    resume_hours: int = 24
    """How long a run that broke off can be gone on with."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Identifiers to withdraw."""

    deleted: set[str]
    missing: set[str]
    sentence: str | None = None


def ending(
    *,
    source: str,
    known: dict[str, Known],
    live: int,
    identifiers: set[str],
    deleted: set[str],
    complete: bool,
    unnamed: int,
    terms: Terms,
    accept_loss: bool,
) -> Ending:
    """What is gone. `complete`: everything was listed and read, so what was not seen is missing.

    `live` counts the records before the run, `unnamed` the refused ones that could be any record.
    Raises SyncStopped when more would go than may.
    """
    gone = {one for one in deleted - identifiers if one in known and known[one].live}
    missing: set[str] = set()
    if complete:
        missing = {
            identifier
            for identifier, one in known.items()
            if one.live and identifier not in identifiers and identifier not in gone
        }
    sentence = None
    if missing and len(missing) <= unnamed:
        sentence = (
            f"{len(missing)} records were not seen and stay: {unnamed} refused ones without identifier "
            "could be they."
        )
        missing = set()
    loss = len(gone) + len(missing)
    empty = loss > 0 and not identifiers and complete
    if loss and not accept_loss and (empty or (loss > _ALWAYS and loss > terms.max_loss * live)):
        listed = "came empty" if empty else f"lists {len(identifiers)} records"
        raise SyncStopped(
            f"Source {source} {listed}: {loss} of {live} records ({100 * loss / max(1, live):.0f} %) would "
            f"be withdrawn, and {100 * terms.max_loss:.0f} % is the most that may go in one run. Nothing was "
            "withdrawn. Look at the source; if it is right, harvest again with --accept-loss."
        )
    return Ending(gone, missing, sentence)


def find_successors(records: HarvestedRecords, gone: set[str], *, since: datetime) -> dict[str, str]:
    """Withdrawn id -> id of a live record that came since and has its identifier, address or name."""
    keys: dict[str, str] = {}
    for record in records.live():
        if record.first_seen >= since:
            for key in keys_of(Resource.model_validate_json(record.resource)):
                keys.setdefault(key, record.id)
    found: dict[str, str] = {}
    for id_ in gone if keys else ():
        resource = Resource.model_validate_json(records.get(id_).resource)
        for key in keys_of(resource):
            if key in keys and keys[key] != id_:
                found[id_] = keys[key]
                break
    return found


def keys_of(resource: Resource) -> Iterator[str]:
    """What tells that two records are one: persistent identifiers, then the address, then the name."""
    for one in resource.identifiers:
        if one.scheme.lower() in STRONG:
            yield f"{one.scheme.lower()}:{one.value.lower()}"
    if resource.url:
        yield "url:" + resource.url.partition("#")[0].rstrip("/").lower().split("://", 1)[-1]
    name = folded(resource.name.zh)
    if len(name) >= 6:
        yield f"name:{name}"


STRONG = frozenset({"doi", "cstr", "ark", "handle"})


def folded(text: str) -> str:
    """Letters and digits alone, lower case."""
    return "".join(char for char in text.lower() if char.isalnum())
