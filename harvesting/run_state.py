"""RunState: what a run knows while it goes; and the names of its requests."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import corpus.harvest
from corpus.harvest import also_fitting
from corpus.harvest.records import HarvestSource, Request
from harvesting.bodies import Body
from harvesting.listings import Listings, place_of
from harvesting.reporting import SyncReport
from harvesting.sorting import Sorter
from storage.harvest_records import Known, PageRow, Refusal, Run


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a run is; `total` is what the source says it has, None where it does not say."""

    source: str
    pages: int
    records: int
    total: int | None


@dataclass
class RunState:
    """What a run knows while it goes."""

    run: Run
    queue: deque[PageRow]
    next_ordinal: int
    known: dict[str, Known]
    live: int
    sorter: Sorter
    previous: dict[str, PageRow]
    report: SyncReport
    listings: Listings
    identifiers: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    whole: bool = True
    full: bool = True
    newest: str | None = None
    unnamed: int = 0
    total: int | None = None
    forms: set[str] = field(default_factory=set)
    """Found from the content so far."""
    faults: list[str] = field(default_factory=list)
    """Why the source was not read whole."""


def several_forms(state: RunState, given: HarvestSource, name: str, body: Body) -> Refusal | None:
    """What to tell, once, where the form was found from the content and the body fits others too."""
    if given.format or given.mapping or name in state.forms:
        return None
    state.forms.add(name)
    others = also_fitting(name, body.data, body.media_type, body.where)
    if not others:
        return None
    flags = " or ".join(f"--format {one}" for one in others)
    message = f"is read as {name}; it looks like {' and '.join(others)} too, which {flags} takes it for"
    return Refusal(body.where, "format.several", message)


def settings_of(source: HarvestSource) -> dict[str, Any]:
    return source.model_dump(mode="json")


def plain(request: Request) -> dict[str, Any]:
    """JSON of a request without its source, which all requests of a run share."""
    return request.model_dump(mode="json", exclude={"source"})


def asked(ordinal: int, request: Request) -> PageRow:
    return row_of(ordinal, plain(request), settings_of(request.source))


def row_of(ordinal: int, request: dict[str, Any], settings: dict[str, Any]) -> PageRow:
    return PageRow(ordinal=ordinal, key=name_of(request, settings), request=request)


def key_of(request: Request) -> str:
    return name_of(plain(request), settings_of(request.source))


def name_of(request: dict[str, Any], settings: dict[str, Any]) -> str:
    """Names a request together with the way in which its answer is read."""
    # A protocol that can tell what changed has the date in its parameters; how often is no matter of reading.
    lasting = {name: one for name, one in settings.items() if name not in ("since", "delay_s", "every_h")}
    told = json.dumps(
        [place_of(request), request.get("headers"), lasting, reading()], sort_keys=True, ensure_ascii=True
    )
    return hashlib.sha256(told.encode()).hexdigest()


@cache
def reading() -> str:
    """SHA-256 of the code that reads catalogues: a newer Kewen reads unchanged pages again."""
    digest = hashlib.sha256()
    for path in sorted(Path(corpus.harvest.__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
