"""What a test collection gave -> figures, tables and charts."""

from __future__ import annotations

from evaluation.bench import BenchResult
from evaluation.records import Chart, Figure, SetReport, Table

_CHARTED = ("R@1", "R@5", "R@10", "R@100", "nDCG@10", "MRR")
_HEADLINE = ("R@5", "R@10", "MRR", "other-language R@10", "own-language R@10")
_KEPT = 10
"""Ranks of each question that go into results.jsonl."""


def bench_report(result: BenchResult) -> SetReport:
    """Everything the report shows of one collection; the key in the baseline names the pool too."""
    figures: dict[str, Figure] = {}
    for run, measured in result.runs.items():
        figures |= {f"{run}: {name}": Figure(value, unit="score") for name, value in measured.items()}
    figures["search p50"] = Figure(result.p50_ms, better="lower", unit="ms")
    figures["search p95"] = Figure(result.p95_ms, better="lower", unit="ms")
    first, best = next(iter(result.runs.items()), ("", {}))
    shown = ", ".join(f"{name} {best[name]:.3f}" for name in _HEADLINE if name in best)
    return SetReport(
        name=f"bench/{result.name}, {result.pool}",
        kind="bench",
        headline=f"{first}: {shown} · {result.passages:,} passages ({result.pool}) · "
        f"search p50 {result.p50_ms:.0f} ms, p95 {result.p95_ms:.0f} ms",
        figures=figures,
        tables=_tables(result),
        charts=tuple(
            Chart(run, tuple((name, measured[name]) for name in _CHARTED if name in measured), unit="score")
            for run, measured in result.runs.items()
        ),
        results=tuple(
            {"run": run, "query": query, "found": found[:_KEPT]}
            for run, rankings in result.rankings.items()
            for query, found in rankings.items()
        ),
    )


def _tables(result: BenchResult) -> tuple[Table, ...]:
    """One table a set of measures: runs of a pool in two languages have more of them."""
    by_header: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for run, measured in result.runs.items():
        plain = tuple(name for name in measured if "→" not in name and "language" not in name)
        languages = tuple(name for name in measured if name not in plain)
        for names in filter(None, (plain, languages)):
            row = (run, str(result.queries[run]), *(f"{measured[name]:.3f}" for name in names))
            by_header.setdefault(("run", "queries", *names), []).append(row)
    return tuple(
        Table(f"{result.name}, {result.pool}", header, tuple(rows)) for header, rows in by_header.items()
    )
