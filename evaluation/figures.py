"""Verdicts -> figures, tables and charts of a golden set."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evaluation.golden import verdict_object
from evaluation.records import Chart, Failure, Figure, SetReport, Table, Verdict
from evaluation.scoring import CHECKS

SILENT = {"not_found", "declined", "clarify"}
_NAMES = {"article": "article", "facts": "facts", "wrong": "not wrong", "url": "url", "top": "top"}


@dataclass(frozen=True)
class Abstention:
    """How well it stays silent: over items that allow only `answered`, or never allow it."""

    rightly: int
    wrongly: int
    groundless: int

    @property
    def precision(self) -> float:
        return _ratio(self.rightly, self.rightly + self.wrongly)

    @property
    def recall(self) -> float:
        return _ratio(self.rightly, self.rightly + self.groundless)

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def abstention(verdicts: Iterable[Verdict]) -> Abstention:
    """Items without any answer (an outage) do not count."""
    rightly = wrongly = groundless = 0
    for verdict in verdicts:
        if verdict.answer is None:
            continue
        allowed = set(verdict.item.expect.status)
        silent = verdict.answer.get("status") in SILENT
        if "answered" not in allowed:
            rightly, groundless = rightly + silent, groundless + (not silent)
        elif allowed == {"answered"}:
            wrongly += silent
    return Abstention(rightly, wrongly, groundless)


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile; 0 for no values."""
    if not values:
        return 0.0
    rank = math.ceil(percent / 100 * len(values))
    return sorted(values)[max(rank, 1) - 1]


def golden_report(name: str, verdicts: Sequence[Verdict]) -> SetReport:
    """Everything the report shows of one golden set."""
    silence = abstention(verdicts)
    passed = sum(verdict.passed for verdict in verdicts)
    calls = [1000 * second for v in verdicts if v.answer is not None for second in v.seconds]
    p50, p95 = percentile(calls, 50), percentile(calls, 95)
    broken = sum(bool(verdict.broken) for verdict in verdicts)
    loose = sum(bool(verdict.ungrounded) for verdict in verdicts)
    figures = {
        "pass": _share(passed, len(verdicts)),
        "abstention F1": Figure(silence.f1, unit="score"),
        "abstention precision": Figure(silence.precision, unit="score"),
        "abstention recall": Figure(silence.recall, unit="score"),
        "integrity violations": Figure(broken, better="lower", unit="count"),
        "ungrounded answers": Figure(loose, better="lower", unit="count"),
        "fact recall": _facts(verdicts),
        "latency p50": Figure(p50, better="lower", unit="ms"),
        "latency p95": Figure(p95, better="lower", unit="ms"),
    }
    for kind in _in_order(verdict.item.kind for verdict in verdicts):
        group = [verdict for verdict in verdicts if verdict.item.kind == kind]
        figures[f"pass, {kind}"] = _share(sum(v.passed for v in group), len(group))
    for lang in _in_order(verdict.item.lang for verdict in verdicts):
        group = [verdict for verdict in verdicts if verdict.item.lang == lang]
        figures[f"pass, {lang}"] = _share(sum(v.passed for v in group), len(group))
    return SetReport(
        name=name,
        kind="golden",
        headline=f"{passed} of {len(verdicts)} pass · abstention F1 {silence.f1:.2f} · "
        f"integrity violations {broken} · ungrounded {loose} · p50 {p50:.0f} ms, p95 {p95:.0f} ms",
        figures=figures,
        tables=(_by_group(verdicts), _silence_table(silence), _integrity_table(verdicts), _writers(verdicts)),
        charts=(*_pass_charts(verdicts), _latency_chart(calls)),
        failures=tuple(_failure(verdict) for verdict in verdicts if not verdict.passed or verdict.ungrounded),
        results=tuple(verdict_object(verdict) for verdict in verdicts),
    )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _share(part: int, whole: int) -> Figure:
    return Figure(_ratio(part, whole), total=whole)


def _facts(verdicts: Iterable[Verdict]) -> Figure:
    counts = [verdict.facts for verdict in verdicts]
    return _share(sum(found for found, _ in counts), sum(wanted for _, wanted in counts))


def _in_order(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _cell(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def _groups(verdicts: Sequence[Verdict]) -> list[tuple[str, list[Verdict]]]:
    groups: list[tuple[str, list[Verdict]]] = []
    by: tuple[tuple[str, Callable[[Verdict], str]], ...] = (
        ("kind", lambda verdict: verdict.item.kind),
        ("lang", lambda verdict: verdict.item.lang),
    )
    for title, key in by:
        for value in _in_order(key(verdict) for verdict in verdicts):
            groups.append((f"{title} {value}", [verdict for verdict in verdicts if key(verdict) == value]))
    return [*groups, ("all", list(verdicts))]


def _by_group(verdicts: Sequence[Verdict]) -> Table:
    rows = []
    for name, group in _groups(verdicts):
        row = [name, str(len(group)), _cell(sum(v.passed for v in group), len(group))]
        for check in CHECKS:
            asked = [verdict.checks[check] for verdict in group if check in verdict.checks]
            row.append(_cell(sum(asked), len(asked)))
        found, wanted = (sum(v.facts[side] for v in group) for side in (0, 1))
        row.append(_cell(found, wanted))
        row.append(_cell(sum(not v.broken for v in group), len(group)))
        row.append(_cell(sum(not v.ungrounded for v in group), len(group)))
        rows.append(tuple(row))
    checks = tuple(_NAMES.get(check, check) for check in CHECKS)
    header = ("", "items", "pass", *checks, "fact recall", "integrity", "grounded")
    return Table("By kind and language: share of the items asked that are right", header, tuple(rows))


def _silence_table(silence: Abstention) -> Table:
    header = ("", "precision", "recall", "F1", "rightly silent", "wrongly silent", "answered without ground")
    scores = (f"{value:.3f}" for value in (silence.precision, silence.recall, silence.f1))
    counts = (str(count) for count in (silence.rightly, silence.wrongly, silence.groundless))
    return Table("Abstention", header, (("not answering", *scores, *counts),))


def _integrity_table(verdicts: Sequence[Verdict]) -> Table:
    broken = Counter(name for verdict in verdicts for name in verdict.broken)
    loose = Counter(name for verdict in verdicts for name in verdict.ungrounded)
    rows = (
        ("well formed", str(broken["shape"])),
        ("[n] and citations agree", str(broken["markers"])),
        ("every address stands in a citation or resource", str(broken["urls"])),
        ("no field missing or null", str(loose["fields"])),
        ("every address is a url or source_url", str(loose["addresses"])),
        ("every number is cited, given or shown arithmetic", str(loose["numbers"])),
    )
    return Table("Integrity of every answer: items with a violation", ("promise", "items"), rows)


def _writers(verdicts: Sequence[Verdict]) -> Table:
    answers = [str((verdict.answer or {}).get("generated_by", "no answer")) for verdict in verdicts]
    states = [str((verdict.answer or {}).get("status", "no answer")) for verdict in verdicts]
    rows = [(f"written by {name}", str(count)) for name, count in sorted(Counter(answers).items())]
    rows += [(f"status {name}", str(count)) for name, count in sorted(Counter(states).items())]
    return Table("Last answers by writer and status", ("", "items"), tuple(rows))


def _pass_charts(verdicts: Sequence[Verdict]) -> tuple[Chart, Chart]:
    shares = {
        name: _ratio(sum(v.passed for v in group), len(group)) for name, group in _groups(verdicts)[:-1]
    }
    kinds, langs = (
        tuple((name.removeprefix(title), share) for name, share in shares.items() if name.startswith(title))
        for title in ("kind ", "lang ")
    )
    return Chart("Items that pass, by kind", kinds), Chart("Items that pass, by language", langs)


def _latency_chart(calls: Sequence[float]) -> Chart:
    marks = (10, 25, 50, 75, 90, 95, 99, 100)
    bars = tuple((f"p{mark}", percentile(calls, mark)) for mark in marks)
    return Chart(f"Latency of {len(calls)} calls, one at a time", bars, top=None, unit="ms")


def _failure(verdict: Verdict) -> Failure:
    text = str((verdict.answer or {}).get("text") or "no answer")
    reasons = {**verdict.why, **{f"{name} (ungrounded)": why for name, why in verdict.ungrounded.items()}}
    return Failure(
        id=f"{verdict.item.id} [{verdict.item.lang}]" + (" passes, but" if verdict.passed else ""),
        question=" ⏎ ".join(verdict.item.turns),
        reasons=tuple(f"{name}: {why}" for name, why in reasons.items()),
        answer=text,
    )
