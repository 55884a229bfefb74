"""Reports of sets as text, JSON and one page that needs nothing else."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from evaluation.baseline import Change, compare
from evaluation.errors import EvaluationError
from evaluation.plots import chart
from evaluation.records import Figure, SetReport, Table

_PAGE = Path(__file__).parent / "report.html"
_SHOWN_CHARACTERS = 220


def width(text: str) -> int:
    """Columns of a terminal the text takes: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def text_table(table: Table) -> str:
    """Title and rows in aligned columns, the first on the left, the others on the right."""
    rows = [table.header, *table.rows]
    widths = [max(width(row[column]) for row in rows) for column in range(len(table.header))]
    lines = []
    for row in rows:
        cells = []
        for column, (cell, wide) in enumerate(zip(row, widths, strict=True)):
            space = " " * (wide - width(cell))
            cells.append(cell + space if column == 0 else space + cell)
        lines.append("  ".join(cells).rstrip())
    return "\n".join([table.title, *lines])


def text_report(report: SetReport, before: Mapping[str, float]) -> str:
    """What a terminal shows of one set: tables, change against the baseline, failing items."""
    parts = [f"{report.name}: {report.headline}"]
    parts += [text_table(table) for table in report.tables]
    if before:
        parts.append(text_table(_change_table(compare(report.figures, before))))
    else:
        figures = tuple((name, figure.shown()) for name, figure in report.figures.items())
        parts.append(text_table(Table("Figures (no baseline for this set yet)", ("", "now"), figures)))
    for failure in report.failures:
        answer = " ".join(failure.answer.split())
        cut = answer if len(answer) <= _SHOWN_CHARACTERS else answer[:_SHOWN_CHARACTERS] + " …"
        reasons = [f"    {reason}" for reason in failure.reasons]
        parts.append("\n".join([f"- {failure.id} {failure.question}", *reasons, f"    answer: {cut}"]))
    return "\n\n".join(parts)


def write_report(
    reports: Sequence[SetReport], folder: Path, baseline: Mapping[str, Mapping[str, float]]
) -> None:
    """summary.json, results.jsonl, report.txt and report.html in the folder, each whole or not at all.

    Raises EvaluationError where the folder cannot be written.
    """
    texts = {
        "summary.json": json.dumps(_summary(reports, baseline), ensure_ascii=False, indent=1) + "\n",
        "results.jsonl": "".join(
            json.dumps({"set": report.name, **result}, ensure_ascii=False) + "\n"
            for report in reports
            for result in report.results
        ),
        "report.txt": "\n\n".join(text_report(r, baseline.get(r.name, {})) for r in reports) + "\n",
        "report.html": html_report(reports, baseline),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            temporary = folder / f".{name}.new"
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(folder / name)
    except OSError as error:
        raise EvaluationError(
            f"Report folder {folder} cannot be written ({error.strerror}); give another with --report."
        ) from error


def html_report(reports: Sequence[SetReport], baseline: Mapping[str, Mapping[str, float]]) -> str:
    """One page with tables, charts and failing items; follows the reader's light or dark setting."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    shown = [
        {
            "set": report,
            # The chart escapes its own labels.
            "charts": [{"title": one.title, "svg": Markup(chart(one))} for one in report.charts],
            "changes": [
                {
                    "name": change.name,
                    "now": change.now.shown(),
                    "before": _before(change),
                    "verdict": change.verdict,
                }
                for change in compare(report.figures, baseline.get(report.name, {}))
            ],
        }
        for report in reports
    ]
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    page = environment.from_string(_PAGE.read_text(encoding="utf-8"))
    return page.render(reports=shown, when=when)


def _before(change: Change) -> str:
    return "–" if change.before is None else Figure(change.before, unit=change.now.unit).shown()


def _change_table(changes: Sequence[Change]) -> Table:
    rows = tuple((c.name, c.now.shown(), _before(c), c.verdict) for c in changes)
    return Table("Against the baseline", ("", "now", "baseline", ""), rows)


def _summary(reports: Sequence[SetReport], baseline: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    return {
        "sets": {
            report.name: {
                "kind": report.kind,
                "headline": report.headline,
                "figures": {name: round(figure.value, 6) for name, figure in report.figures.items()},
                "baseline": dict(baseline.get(report.name, {})),
                "failing": [failure.id for failure in report.failures],
                "tables": [
                    {"title": t.title, "header": list(t.header), "rows": [list(row) for row in t.rows]}
                    for t in report.tables
                ],
            }
            for report in reports
        }
    }
