"""Catalogues into the database: which source is meant, one run of it, and what comes after."""

from __future__ import annotations

import getpass
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harvesting.bodies import READ_SUFFIXES, Bodies, FileBodies, WebBodies, is_web
from harvesting.checking import check_all, rules
from harvesting.duplicates import propose_merges
from harvesting.errors import SourceInvalid
from harvesting.fetching import Fetcher, Limits
from harvesting.finishing import Terms
from harvesting.guarding import ANY, Guard
from harvesting.reporting import SyncReport
from harvesting.run_state import SyncProgress
from harvesting.sync import Sync
from storage.harvest_records import StoredSource
from storage.harvested import HarvestedRecords
from storage.harvests import Harvests

if TYPE_CHECKING:
    from corpus.harvest.records import HarvestSource
    from corpus.records import Corpus
    from settings import Settings
    from storage.database import Database

RULE_BOOKS = frozenset({".md", ".txt", ".pdf", ".docx", ".doc"})
"""Files that hold rule books and never a catalogue."""
RULES = "rules"
"""What `--format` says for rule books."""
_EITHER = frozenset({".jsonl", ".html", ".htm", ".xlsx"})
_KINDS = {
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/plain": ".txt",
    "text/markdown": ".md",
}
"""Suffix by media type; other pages are read as HTML."""


@dataclass(frozen=True, slots=True)
class How:
    """What an operator may say of one run."""

    full: bool = False
    afresh: bool = False
    accept_loss: bool = False
    dry: bool = False


def is_catalogue(given: str) -> bool:
    """False for rule books: a reader of catalogues decides on what may be either, its files on a folder."""
    if is_web(given):
        return True
    path = Path(given)
    suffix = path.suffix.lower()
    if path.is_dir():
        return not _holds_rule_books(path)
    if not path.is_file():
        return not (suffix in RULE_BOOKS or suffix in _EITHER)
    if suffix not in _EITHER:
        return suffix not in RULE_BOOKS
    from corpus.harvest import detected
    from corpus.harvest.errors import HarvestError

    with path.open("rb") as file:
        head = file.read(65536)
    if suffix in (".html", ".htm"):
        return _describes(path)
    if suffix == ".xlsx":
        return True
    try:
        detected(head, "application/x-ndjson", str(path))
    except HarvestError:
        return not {"title", "text"} <= set(_first_line(path))
    return True


def _holds_rule_books(folder: Path) -> bool:
    """True where rule books are there and no catalogue; `NAME.yaml` beside NAME is about that file."""
    files = [one for one in folder.rglob("*") if one.is_file()]
    own = {str(one) for one in files}
    kinds = {
        is_catalogue(str(one))
        for one in files
        if one.suffix.lower() in RULE_BOOKS | READ_SUFFIXES and str(one.with_suffix("")) not in own
    }
    return kinds == {False}


def fetch_rule_book(settings: Settings, url: str, folder: Path) -> Path:
    """The file behind an address, within the rules of harvesting; beside it is said where it came from.

    Raises HarvestingError.
    """
    with build_fetcher(settings, url) as fetcher:
        fetched = fetcher.get(url)
    named = Path(urlsplit(fetched.url).path)
    suffix = named.suffix.lower()
    if suffix not in RULE_BOOKS | _EITHER:
        kind = fetched.content_type.partition(";")[0].strip().lower()
        suffix = _KINDS.get(kind, ".html")
    path = folder / f"{named.stem or 'index'}{suffix}"
    path.write_bytes(fetched.body)
    Path(f"{path}.yaml").write_text(json.dumps({"official_url": url}), encoding="utf-8")
    return path


def _describes(path: Path) -> bool:
    """True for a page whose JSON-LD describes something to harvest; most pages tell of themselves only."""
    from corpus.harvest import harvester
    from corpus.harvest.errors import HarvestError
    from corpus.harvest.records import HarvestSource

    body = path.read_bytes()
    if b"application/ld+json" not in body:
        return False
    reader = harvester("schema_org")
    try:
        page = reader.read(body, reader.first(HarvestSource(name="page", url=str(path))))
        return any(True for _ in page.entries)
    except HarvestError:
        return False


def _first_line(path: Path) -> dict[str, object]:
    """The object in the first line of a file of JSON lines; empty where that is none."""
    with path.open("rb") as file:
        first = file.readline(1_000_000)
    try:
        line = json.loads(first.decode("utf-8-sig"))
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def other_reading(given: str, *, catalogue: bool) -> str | None:
    """What to say where a file could be read either way; None where only one reader fits."""
    path = Path(given)
    if not path.is_file():
        return None
    if path.suffix.lower() in (".html", ".htm") and b"application/ld+json" in path.read_bytes():
        if catalogue:
            return f"{path.name} is read as what its JSON-LD describes; --format {RULES} reads its text."
        return f"{path.name} is read as a rule book; --format schema_org reads its JSON-LD."
    if path.suffix.lower() != ".jsonl" or not {"title", "text"} <= set(_first_line(path)):
        return None
    if catalogue:
        return f"{path.name} is read as records of a catalogue; --format {RULES} reads it as rule books."
    return (
        f"{path.name} is read as rule books, a whole text a line; --format registry reads it as records of "
        "a catalogue, --mapping FILE by your own mapping."
    )


def source_name(given: str) -> str:
    """A name for ids, from the host of an address or the name of a file."""
    plain = urlsplit(given).hostname or "" if is_web(given) else Path(given).absolute().stem
    name = re.sub(r"[^a-z0-9._-]+", "-", plain.lower().removeprefix("www.")).strip("-._")
    if not name:
        raise SourceInvalid(f"{given}: no name can be made of it; give one with --name.")
    return name


def known_source(database: Database, given: str, name: str | None) -> StoredSource | None:
    """The stored source that is meant: by its name, or by its address.

    Raises SourceInvalid where the name belongs to another address.
    """
    stored = Harvests(database).sources()
    if name is None:
        for one in stored:
            if given in (one.name, one.settings.get("url")):
                return one
        name = source_name(_absolute(given))
    for one in stored:
        if one.name == name and one.settings.get("url") != _absolute(given):
            if not is_web(given) and not is_web(str(one.settings.get("url"))):
                return one  # a newer file of the same source
            raise SourceInvalid(
                f"Source {name!r} is {one.settings.get('url')} already; give this one another --name."
            )
        if one.name == name:
            return one
    return None


def _absolute(given: str) -> str:
    return given if is_web(given) else str(Path(given).absolute())


def harvest_catalogue(
    settings: Settings,
    database: Database,
    source: HarvestSource,
    *,
    how: How,
    visibility: str = "public",
    unit: str | None = None,
    who: str | None = None,
    progress: Callable[[SyncProgress], None] | None = None,
) -> SyncReport:
    """One run. Raises as Sync.run does; the caller holds the turn of the data folder."""
    fetcher = build_fetcher(settings, source.url, delay_s=source.delay_s) if is_web(source.url) else None
    bodies: Bodies = WebBodies(fetcher) if fetcher else FileBodies(settings.harvest_max_mb * 1024 * 1024)
    try:
        sync = Sync(
            database,
            source,
            bodies,
            who=who or f"command line: {user()}",
            visibility=visibility,
            unit=unit,
            terms=Terms(max_loss=settings.harvest_max_loss),
            dry=how.dry,
            progress=progress,
        )
        return sync.run(full=how.full, afresh=how.afresh, accept_loss=how.accept_loss)
    finally:
        if fetcher is not None:
            fetcher.close()


def settle(database: Database, corpus: Corpus, *, progress: Callable[[int, int], None] | None = None) -> int:
    """After runs: look at what is new, propose merges; how many proposals are new. Safe to be cut."""
    records = HarvestedRecords(database)
    check_all(records, Harvests(database), progress=progress)
    return propose_merges(corpus, database)


def is_unsettled(database: Database) -> bool:
    """True where a run was cut before what it brought was looked at, or the rules are newer."""
    return HarvestedRecords(database).unchecked(rules()) > 0


def build_fetcher(
    settings: Settings,
    url: str | None = None,
    *,
    any_host: bool = False,
    delay_s: float | None = None,
    tries: int = 3,
) -> Fetcher:
    """A fetcher within the limits of the settings; `delay_s` is what a source asks for beyond them.

    Where KEWEN_HARVEST_HOSTS names no host, that of `url` may be fetched, which an operator named, or
    with `any_host` every public one.
    """
    listed = split_list(settings.harvest_hosts)
    if not listed:
        host = (urlsplit(url).hostname if url else None) or ""
        listed = [ANY] if any_host else [host]
    limits = Limits(
        max_bytes=settings.harvest_max_mb * 1024 * 1024,
        timeout_s=settings.harvest_timeout_s,
        delay_s=max(settings.harvest_delay_s, delay_s or 0),
        tries=tries,
    )
    return Fetcher(Guard(listed, split_list(settings.harvest_private)), limits)


def split_list(value: str | None) -> list[str]:
    return [one.strip() for one in (value or "").split(",") if one.strip()]


def user() -> str:
    """Who gives the command, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return "unknown"
