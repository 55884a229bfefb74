"""Lists of records with counts: what fits the chosen values, and how many would with one more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from api.catalogue import is_meant
from api.pages_meant import Meant
from api.pages_shell import Shell, label
from api.state import ApiState
from assistant.records import Language
from corpus.facets import FACETS, FOLDED, facets_of, last_told
from corpus.loaders import load_vocabulary
from corpus.records import Policy, Resource
from retrieval.phonetic import syllable_of
from retrieval.records import Filters, RecordKind

if TYPE_CHECKING:
    from wiring import View

FOUND = 100
"""Records that a search lists at most."""
_PLACES = 300
"""Places that are searched for them: a record may be found in several."""
_MARGIN = 6.0
"""How far behind the best a record may be and still count as found; scores are log-odds."""

LISTED = (
    "type", "field", "access", "province", "subject", "licence", "format", "updated", "frequency", "funder",
    "part_of",
)  # fmt: skip
"""Facets of the list of resources, in the order of the page; those that no record tells are not shown."""
SHELVES = 32
"""Shelves that are kept, of all views together."""

Key = tuple[str, ...]
_VERIFIED = {"verified": 0, "known": 1, "unsure": 2}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet with its number of records."""

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Positions in a shelf, best or first first, and the counts beside them. `cut`: more may fit."""

    rows: Sequence[int]
    facets: Mapping[str, list[Choice]]
    places: Mapping[str, str]
    cut: bool = False


class Shelf:
    """Records of one kind that one asker may see, in the order of the list, ready to be counted."""

    def __init__(self, records: Iterable[Resource] | Iterable[Policy]) -> None:
        self.records: list[Any] = sorted(records, key=_order)
        self.row_of = {record.id: row for row, record in enumerate(self.records)}
        self.values: dict[str, list[Key]] = {}
        for record in self.records:
            for name, value in _facets(record).items():
                self.values.setdefault(name, []).append(value)

    @cached_property
    def subjects(self) -> Mapping[str, Mapping[str, str]]:
        """Subject words of each language as they are written, by their folded form."""
        found: dict[str, dict[str, str]] = {"zh": {}, "en": {}}
        for record in self.records:
            for language, words in found.items():
                for word in getattr(record.subjects, language):
                    words.setdefault(word.casefold(), word)
        return found

    @cached_property
    def written(self) -> Mapping[str, Mapping[str, str]]:
        """Values of the facets that are compared without case, as the first record writes them."""
        found: dict[str, dict[str, str]] = {}
        for record in self.records:
            for name, values in facets_of(record).items():
                spelt = found.setdefault(name, {})
                for value in values if name in FOLDED else ():
                    spelt.setdefault(value.casefold(), value)
        return found

    @cached_property
    def meant(self) -> Meant:
        """What a search that found nothing may have meant."""
        return Meant(word for record in self.records for word in _told(record))

    @cached_property
    def pointing(self) -> dict[str, list[Any]]:
        """Records of this shelf by the id that they name as related."""
        found: dict[str, list[Any]] = {}
        for record in self.records:
            for other in record.related:
                found.setdefault(other, []).append(record)
        return found

    def ordered(self, rows: Sequence[int], sort: str, language: Language) -> Sequence[int]:
        """The rows by name, newest first, or the most completely described first; what is equal stays."""
        if sort == "name":
            return sorted(rows, key=lambda row: _sounded(self.records[row].name.in_(language)))
        if sort == "date":
            return sorted(rows, key=lambda row: last_told(self.records[row]), reverse=True)
        if sort == "completeness":
            return sorted(rows, key=lambda row: -_completeness(self.records[row]))
        return rows

    def choose(
        self, chosen: Mapping[str, Sequence[str]], among: Sequence[int] | None = None
    ) -> tuple[list[int], dict[str, list[Choice]]]:
        """Rows that have one of the chosen values of every facet, and the counts of each facet's values:
        of rows that fit all other facets, so that a second value of one facet can be seen to add."""
        rows = range(len(self.records)) if among is None else among
        wanted = {name: frozenset(values) for name, values in chosen.items() if values}
        # One pass: a row that fails one facet only still counts in that facet.
        fitting: list[int] = []
        failing: dict[str, list[int]] = {name: [] for name in wanted}
        tests = [(name, self.values.get(name, []), values) for name, values in wanted.items()]
        for row in rows:
            fails = None
            for name, column, values in tests:
                if values.isdisjoint(column[row]):
                    if fails is not None:
                        break
                    fails = name
            else:
                if fails is None:
                    fitting.append(row)
                else:
                    failing[fails].append(row)
        facets = {}
        for name, column in self.values.items():
            counts = Counter(value for row in fitting for value in column[row])
            counts.update(value for row in failing.get(name, ()) for value in column[row])
            values = wanted.get(name, frozenset())
            counts.update(dict.fromkeys(values - counts.keys(), 0))
            facets[name] = [Choice(value, count, value in values) for value, count in counts.most_common()]
        return fitting, facets


def _sounded(name: str) -> tuple[str, str]:
    """Chinese names by how they sound, among those in letters, without regard to marks and case."""
    said = "".join(syllable_of(char) for char in name.casefold() if char.isalnum())
    return said, name


def _completeness(record: Resource) -> int:
    """How many of the things that a reader looks for a record tells."""
    told = (
        record.holdings, record.host, record.province, record.url, record.subjects.zh, record.access.level,
        record.access.text, record.how_to_apply, record.contact, record.since, record.identifiers,
        record.licence,
    )  # fmt: skip
    return 2 * sum(map(bool, told)) + 2 * (record.verification == "verified") + record.url_checked


def fields() -> tuple[str, ...]:
    """Codes that ?field= takes."""
    return tuple(one.code for one in load_vocabulary().fields)


def _told(record: Resource | Policy) -> Iterable[str]:
    if isinstance(record, Policy):
        return (record.title.zh, record.title.en)
    return (*record.subjects.zh, *record.subjects.en, *record.aliases, record.name.zh, record.name.en)


def _facets(record: Resource | Policy) -> dict[str, Key]:
    if isinstance(record, Policy):
        return {"rank": (record.rank,), "status": (record.status,)}
    told = facets_of(record)
    found: dict[str, Key] = {
        name: tuple(map(str.casefold, told.get(name, ()))) if name in FOLDED else told.get(name, ())
        for name in FACETS
    }
    found["field"] = load_vocabulary().fields_of(found["subject"])
    return {name: found[name] for name in LISTED}


def _order(record: Resource | Policy) -> tuple[Any, ...]:
    """Checked records of the bundled catalogue before harvested ones; policies by rank, newest first."""
    if isinstance(record, Policy):
        newest = record.effective or record.issued or ""
        return (tuple(-ord(char) for char in newest.ljust(10, "\x00")), record.id)
    return (":" in record.id, _VERIFIED[record.verification], record.id)


def shelf_of(state: ApiState, kewen: View, kind: RecordKind) -> Shelf:
    """The shelf of a view, made once for each."""
    key = (kind, id(kewen.corpus))
    corpus, shelf = state.shelves.get(key, (None, None))
    if corpus is kewen.corpus and isinstance(shelf, Shelf):
        return shelf
    records = kewen.corpus.resources if kind == "resource" else kewen.corpus.policies
    shelf = Shelf(records)
    while len(state.shelves) >= SHELVES:
        del state.shelves[next(iter(state.shelves))]
    state.shelves[key] = (kewen.corpus, shelf)
    return shelf


async def find(
    kewen: View,
    shelf: Shelf,
    kind: RecordKind,
    query: str,
    chosen: Mapping[str, Sequence[str]],
    sort: str = "",
    language: Language = "zh",
) -> Found:
    """What fits the query and the chosen values; without a query everything that fits the values. `sort` is
    name (in `language`), date or completeness; else the best comes first, or the list's own order.

    Raises SearchFailed.
    """
    if not query:
        rows, facets = shelf.choose(chosen)
        return Found(shelf.ordered(rows, sort, language), facets, {})
    hits = await kewen.retriever.search(query, k=_PLACES, filters=Filters(kinds=frozenset({kind})))
    parts: dict[int, str] = {}
    for hit in hits:
        row = shelf.row_of.get(hit.record_id)
        if row is None or row in parts or not (hit.score > 0 and hit.score >= hits[0].score - _MARGIN):
            continue
        if not is_meant(hit):
            continue
        parts[row] = hit.part
    rows, facets = shelf.choose(chosen, list(parts)[:FOUND])
    places = {shelf.records[row].id: part for row, part in parts.items()}
    return Found(shelf.ordered(rows, sort, language), facets, places, cut=len(parts) > FOUND)


def value_word(shell: Shell, shelf: Shelf, name: str, value: str) -> str:
    """What people call a value that a list may be narrowed to."""
    if name == "subject":
        own, other = shelf.subjects[shell.language], shelf.subjects[shell.other]
        return own.get(value) or other.get(value) or value
    if name in FOLDED:
        return shelf.written[name].get(value, value)
    named = {"type": "types", "field": "fields", "access": "access", "province": "provinces"}
    return label(named[name], value, shell.language) if name in named else value


def chosen_words(
    shell: Shell, shelf: Shelf, chosen: Mapping[str, Sequence[str]], query: str
) -> Iterable[str]:
    """What a list is narrowed to, in words; what is searched for first."""
    if query:
        yield query
    for name, values in chosen.items():
        yield from (value_word(shell, shelf, name, value) for value in values)
