"""The last committed figures, by set, and how new ones compare with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evaluation.errors import EvaluationError, GateClosed
from evaluation.records import Figure, SetReport

BASELINE = Path(__file__).resolve().parent.parent / "evals" / "baseline.json"
# Machines differ and so do runs on one: latency within a quarter is the same.
_NOISE_MS = 0.25
_ROUNDING = 0.0005


@dataclass(frozen=True)
class Change:
    """One figure now and before; `before` is None where the baseline has none."""

    name: str
    now: Figure
    before: float | None
    verdict: Literal["better", "worse", "same", "new"]


def load_baseline(path: Path = BASELINE) -> dict[str, dict[str, float]]:
    """Figures by set name; empty where there is no baseline yet. Raises EvaluationError for a broken file."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(name): {str(figure): float(value) for figure, value in figures.items()}
            for name, figures in stored["sets"].items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise EvaluationError(
            f"Baseline {path} cannot be used ({type(error).__name__}: {error}); restore it from version "
            "control, or write a new one with --update-baseline."
        ) from error


def compare(figures: Mapping[str, Figure], before: Mapping[str, float]) -> list[Change]:
    """Every figure beside the baseline's, in order."""
    return [
        Change(name, figure, before.get(name), _verdict(figure, before.get(name)))
        for name, figure in figures.items()
    ]


def update_baseline(reports: list[SetReport], path: Path = BASELINE) -> None:
    """Put the figures of these sets into the file; other sets keep theirs. Never leaves half a file."""
    sets = load_baseline(path)
    for report in reports:
        sets[report.name] = {name: round(figure.value, 4) for name, figure in report.figures.items()}
    text = json.dumps({"sets": dict(sorted(sets.items()))}, ensure_ascii=False, indent=1) + "\n"
    temporary = path.with_suffix(".json.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise EvaluationError(
            f"Baseline {path} cannot be written ({error.strerror}); give a folder that can be."
        ) from error


def check_gate(reports: list[SetReport], baseline: Mapping[str, Mapping[str, float]]) -> None:
    """Pass only what is at least as good as the baseline: pass share, integrity violations and, for test
    collections, every score. Raises GateClosed with every figure that fell, or where a set has no baseline.
    """
    complaints = []
    for report in reports:
        before = baseline.get(report.name)
        if before is None:
            complaints.append(f"{report.name} has no baseline; write one with --update-baseline.")
            continue
        for change in compare(report.figures, before):
            guarded = change.name in _GUARDED or (report.kind == "bench" and change.now.unit != "ms")
            if guarded and change.verdict == "worse":
                was = Figure(change.before or 0.0, unit=change.now.unit).shown()
                complaints.append(f"{report.name}: {change.name} is {change.now.shown()}, baseline {was}.")
    if complaints:
        raise GateClosed("\n".join(complaints))


_GUARDED = {"pass", "integrity violations", "ungrounded answers"}


def _verdict(figure: Figure, before: float | None) -> Literal["better", "worse", "same", "new"]:
    if before is None:
        return "new"
    gain = figure.value - before if figure.better == "higher" else before - figure.value
    noise = _NOISE_MS * before if figure.unit == "ms" else _ROUNDING
    if abs(gain) <= noise:
        return "same"
    return "better" if gain > 0 else "worse"
