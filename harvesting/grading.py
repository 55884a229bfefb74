"""QualityReport: every record graded, by supplier and by rule; as numbers, JSON and lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import fmean
from typing import Any

from corpus.records import Corpus, Resource
from harvesting.duplicates import same_in_source
from harvesting.quality import RULES, Beside, Graded, grade, subject_words
from harvesting.routes import with_route
from storage.database import Database
from storage.harvest_records import Merge, Run
from storage.harvest_sides import Links, Merges
from storage.harvested import HarvestedRecords
from storage.harvests import Harvests

OWN = "kewen"
"""The name under which bundled records stand in the report."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """One source: what it has and how good it is; `last` is its newest run."""

    name: str
    records: int
    withdrawn: int
    score: int
    completeness: int
    freshness: int
    errors: int
    warnings: int
    dead_links: int
    last: Run | None


@dataclass(frozen=True, slots=True)
class QualityReport:
    """As of `day`; records worst first."""

    day: date
    made: datetime
    suppliers: tuple[Supplier, ...]
    records: tuple[Graded, ...]
    merges: tuple[Merge, ...]

    def by_rule(self) -> list[tuple[str, int]]:
        """(rule, records that break it), most first."""
        counts = Counter(rule for one in self.records for rule in {found.rule for found in one.findings})
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    def histogram(self) -> list[int]:
        """Records with 0 to 9 points, 10 to 19, …, 90 to 100."""
        counts = Counter(min(one.score // 10, 9) for one in self.records)
        return [counts[tenth] for tenth in range(10)]


def quality_report(
    corpus: Corpus,
    database: Database,
    *,
    source: str | None = None,
    today: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> QualityReport:
    """The report over all sources and the records of our own in `corpus`, or over one source."""
    day = today or date.today()
    records = HarvestedRecords(database)
    stored = [
        (one.source, with_route(Resource.model_validate_json(one.resource))) for one in records.live(source)
    ]
    ids = {one.id for _, one in stored}
    own = [(OWN, one) for one in corpus.resources if one.id not in ids and one.origin is None]
    both = [*stored, *(own if source in (None, OWN) else [])]
    merges = tuple(Merges(database).all("proposed"))
    beside = Beside(
        links=Links(database).all(),
        flagged=frozenset(one.id for one in records.checked() if one.flags),
        twins=same_in_source([one for _, one in stored]),
        merges={one.other: one.kept for one in merges} | {one.kept: one.other for one in merges},
        subjects=subject_words(corpus.resources),
    )
    graded = []
    for number, (name, one) in enumerate(both, 1):
        graded.append(grade(one, name, beside, day))
        if progress is not None and (number % 100 == 0 or number == len(both)):
            progress(number, len(both))
    graded.sort(key=lambda one: (one.score, one.id))
    return QualityReport(
        day, datetime.now(UTC), tuple(_suppliers(graded, Harvests(database))), tuple(graded), merges
    )


def _suppliers(graded: Iterable[Graded], harvests: Harvests) -> Iterator[Supplier]:
    groups: dict[str, list[Graded]] = defaultdict(list)
    for one in graded:
        groups[one.source].append(one)
    counts = harvests.record_counts()
    for name, some in sorted(groups.items()):
        severities = Counter(found.severity for one in some for found in one.findings)
        yield Supplier(
            name=name,
            records=len(some),
            withdrawn=counts.get(name, (0, 0))[1],
            score=round(fmean(one.score for one in some)),
            completeness=round(fmean(one.completeness for one in some)),
            freshness=round(fmean(one.freshness for one in some)),
            errors=severities["error"],
            warnings=severities["warning"],
            dead_links=sum(found.rule == "address.dead" for one in some for found in one.findings),
            last=harvests.last_run(name) if name != OWN else None,
        )


def as_json(report: QualityReport) -> dict[str, Any]:
    """The whole report, for machines."""
    return {
        "day": report.day.isoformat(),
        "suppliers": [
            {
                "name": one.name,
                "records": one.records,
                "withdrawn": one.withdrawn,
                "score": one.score,
                "completeness": one.completeness,
                "freshness": one.freshness,
                "errors": one.errors,
                "warnings": one.warnings,
                "dead_links": one.dead_links,
                "last_run": _run(one.last),
            }
            for one in report.suppliers
        ],
        "rules": [
            {
                "rule": rule,
                "severity": RULES[rule][0],
                "records": number,
                "zh": RULES[rule][1],
                "en": RULES[rule][2],
            }
            for rule, number in report.by_rule()
        ],
        "records": [
            {
                "id": one.id,
                "source": one.source,
                "title": one.title,
                "score": one.score,
                "completeness": one.completeness,
                "freshness": one.freshness,
                "findings": [
                    {"rule": found.rule, "severity": found.severity, "detail": found.detail}
                    for found in one.findings
                ],
                "proposals": [
                    {"field": two.field, "value": two.value, "why": two.why} for two in one.proposals
                ],
            }
            for one in report.records
        ],
        "merges": [{"kept": one.kept, "other": one.other, "why": list(one.why)} for one in report.merges],
    }


def _run(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "id": run.id,
        "who": run.who,
        "state": run.state,
        "started": run.started.isoformat(timespec="seconds"),
        "counts": run.counts,
        "sentence": run.sentence,
    }


def table(rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Lines with the columns under each other; wide characters count as two."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(_width(row[n]) for row in texts) for n in range(len(texts[0]))] if texts else []
    for row in texts:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in text)


def lines_of(report: QualityReport, *, worst: int = 15) -> Iterator[str]:
    """The report for a terminal: suppliers, rules, the worst records, proposals."""
    head = ("source", "records", "score", "complete", "fresh", "errors", "warnings", "dead links", "last run")
    rows: list[Sequence[object]] = [head]
    for one in report.suppliers:
        last = f"{one.last.started:%Y-%m-%d %H:%M} {one.last.state}" if one.last else "-"
        rows.append(
            (one.name, one.records, one.score, one.completeness, one.freshness, one.errors, one.warnings,
             one.dead_links, last)
        )  # fmt: skip
    yield from table(rows)
    yield ""
    rules: list[Sequence[object]] = [("records", "severity", "rule", "")]
    rules += [(number, RULES[rule][0], rule, RULES[rule][2]) for rule, number in report.by_rule()]
    yield from table(rules)
    if report.records:
        yield ""
        shown: list[Sequence[object]] = [("score", "record", "what is wrong")]
        for graded in report.records[:worst]:
            serious = [one.rule for one in graded.findings if one.severity != "note"]
            shown.append((graded.score, graded.id, ", ".join(dict.fromkeys(serious)) or "-"))
        yield from table(shown)
    proposed = [(one.id, two) for one in report.records for two in one.proposals]
    for id_, two in proposed[:worst]:
        yield f"proposed  {id_}: {two.field} {two.value} ({two.why})"
    if len(proposed) > worst:
        yield f"… and {len(proposed) - worst} more proposals; --json has all"
    for merge in report.merges[:worst]:
        yield f"one card?  {merge.kept} + {merge.other} ({', '.join(merge.why)})"
