"""SyncReport: what a run brought, as numbers, as changes and as sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from corpus.records import Resource
from storage.harvest_records import Refusal, RunState

ChangeKind = Literal["new", "changed", "returned", "withdrawn"]
COUNTED = (
    "new",
    "changed",
    "returned",
    "withdrawn",
    "unchanged",
    "refused",
    "remarks",
    "pages",
    "pages_unchanged",
)
_SHOWN = 60
_FIELDS = 40
"""Of the source that are named in a sentence."""
_LEFT_OUT = frozenset({"origin", "origins"})


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one record; `fields` are (field, before, after) of a changed one."""

    kind: ChangeKind
    id: str
    title: str
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass
class SyncReport:
    """One run. `state` None: it was a dry run, nothing was written."""

    source: str
    run_id: str | None
    state: RunState | None = None
    counts: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    """Records by field of the source that was not read: only their originals have it."""
    sentence: str | None = None
    resumed: bool = False
    changed_answers: bool = False
    """True where answers may change by it."""
    whole: bool = True
    """False where the source has more than was read: nothing was taken for withdrawn then."""

    @property
    def loss(self) -> str | None:
        """What this run did not bring, as a sentence: a part of the source, or every record of it."""
        counts = self.counts
        if not self.whole:
            return f"{self.source}: {self.sentence}"
        taken = sum(counts[name] for name in ("new", "changed", "returned", "unchanged", "withdrawn"))
        if counts["refused"] and not taken:
            return f"{self.source}: all {counts['refused']} records were refused."
        return None

    def as_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "run": self.run_id,
            "state": self.state or "dry_run",
            "whole": self.whole,
            "counts": {name: self.counts[name] for name in COUNTED},
            "changes": [
                {
                    "kind": one.kind,
                    "id": one.id,
                    "title": one.title,
                    "fields": [{"field": name, "before": old, "after": new} for name, old, new in one.fields],
                }
                for one in self.changes
            ],
            "refusals": [
                {
                    "place": one.place,
                    "line": one.line,
                    "record": one.record,
                    "rule": one.rule,
                    "message": one.message,
                }
                for one in self.refusals
            ],
            "unread": dict(self.unread.most_common()),
            "sentence": self.sentence,
        }


def not_whole(faults: list[str]) -> str:
    """The sentence of a run that did not see all that its source has."""
    told = "; ".join(dict.fromkeys(faults[:3]))
    return f"The source was not read whole ({told}): nothing was taken for withdrawn."


def not_read(fields: Counter[str]) -> str:
    """What the originals say and the records do not, the most often first."""
    told = ", ".join(f"{name} ({count})" for name, count in fields.most_common(_FIELDS))
    more = f" and {len(fields) - _FIELDS} more fields" if len(fields) > _FIELDS else ""
    return f"only the originals have {told}{more}; the number is that of records"


def said(refusal: Refusal) -> str:
    """place:line (record): message [rule]"""
    place = refusal.place if refusal.line is None else f"{refusal.place}:{refusal.line}"
    record = f" ({refusal.record})" if refusal.record else ""
    return f"{place}{record}: {refusal.message} [{refusal.rule}]"


def lines_of(report: SyncReport, *, most: int = 30) -> Iterator[str]:
    """The report for a terminal: changes, refusals, numbers."""
    signs = {"new": "+", "changed": "~", "returned": "^", "withdrawn": "-"}
    for change in report.changes[:most]:
        yield f"{signs[change.kind]} {change.id}  {change.title}"
        for name, old, new in change.fields:
            yield f"    {name}: {old} -> {new}"
    if len(report.changes) > most:
        yield f"… and {len(report.changes) - most} more changes"
    for refusal in report.refusals[:most]:
        yield f"! {said(refusal)}"
    if len(report.refusals) > most:
        yield f"… and {len(report.refusals) - most} more remarks"
    counts = report.counts
    told = [f"{counts[name]} {name}" for name in ("new", "changed", "returned", "withdrawn") if counts[name]]
    told += [f"{counts['unchanged']} unchanged", f"{counts['refused']} refused"]
    head = f"{report.source}: {', '.join(told)}"
    if report.state is None:
        yield f"{head}. Dry run: nothing was written."
    else:
        resumed = ", went on where the last run broke off" if report.resumed else ""
        yield f"{head} (run {report.run_id}{resumed})."
    if report.sentence:
        yield report.sentence


def differences(before: Resource, after: Resource) -> tuple[tuple[str, str, str], ...]:
    """(field, before, after) of what differs, each cut to a line."""
    old, new = (one.model_dump(mode="json", exclude=set(_LEFT_OUT)) for one in (before, after))
    return tuple(
        (name, _shown(old.get(name)), _shown(new.get(name))) for name in new if old.get(name) != new.get(name)
    )


def _shown(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        value = value["zh"] if value["zh"] == value["en"] else f"{value['zh']} / {value['en']}"
    text = "–" if value in (None, "", [], {}) else " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
