"""What a set of judged passages gave -> figures, tables and curves."""

from __future__ import annotations

from evaluation.absence import AbsenceResult, LanguageResult
from evaluation.records import Curves, Figure, SetReport, Table

_ANSWERED = (0.95, 0.9, 0.8, 0.7, 0.5)
"""Shares of the answerable questions that are to be answered."""


def absence_report(result: AbsenceResult) -> SetReport:
    """Areas under the curve by language, the curve itself, and what a threshold costs."""
    figures: dict[str, Figure] = {}
    areas: list[tuple[str, ...]] = []
    costs: list[tuple[str, ...]] = []
    lines = []
    for lang, one in result.languages.items():
        for name, value in (
            ("AUROC", one.auroc),
            ("AUROC, features alone", one.auroc_features),
            ("AUROC, best cosine", one.auroc_cosine),
        ):
            figures[f"{lang} {name}"] = Figure(value, unit="score")
        areas.append(
            (
                lang,
                f"{one.answerable} / {one.unanswerable}",
                *(f"{area:.3f}" for area in (one.auroc, one.auroc_features, one.auroc_cosine)),
            )
        )
        curve = roc(one)
        costs.append((lang, *(f"{100 * let_through(curve, share):.0f} %" for share in _ANSWERED)))
        lines.append((f"{lang}, AUROC {one.auroc:.3f}", tuple(curve)))
    shown = ", ".join(f"{lang} {one.auroc:.3f}" for lang, one in result.languages.items())
    return SetReport(
        name=f"bench/{result.name}, is the answer there",
        kind="bench",
        headline=f"five-fold AUROC of “the answer is there”: {shown}",
        figures=figures,
        tables=(
            Table(
                f"{result.name}: area under the curve, each question judged by a model that has not seen it",
                ("language", "answerable / not", "features and question", "features alone", "best cosine"),
                tuple(areas),
            ),
            Table(
                "Unanswerable questions let through when this share of the answerable is answered",
                ("language", *(f"{100 * share:.0f} %" for share in _ANSWERED)),
                tuple(costs),
            ),
        ),
        charts=(
            Curves(
                "Answering against letting through",
                "unanswerable let through",
                "answerable answered",
                tuple(lines),
            ),
        ),
        results=tuple(
            {"language": lang, "id": id_, "score": score, "answerable": one.truth[id_]}
            for lang, one in result.languages.items()
            for id_, score in one.scores.items()
        ),
    )


def roc(one: LanguageResult) -> list[tuple[float, float]]:
    """(share of the unanswerable let through, share of the answerable answered), threshold falling."""
    points = [(0.0, 0.0)]
    wrong = right = 0
    for id_ in sorted(one.scores, key=lambda name: -one.scores[name]):
        right, wrong = right + one.truth[id_], wrong + (not one.truth[id_])
        points.append((wrong / one.unanswerable, right / one.answerable))
    return points


def let_through(curve: list[tuple[float, float]], answered: float) -> float:
    """Share of the unanswerable that passes where at least `answered` of the answerable does."""
    return min(across for across, up in curve if up >= answered)
