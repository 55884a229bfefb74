"""Judging whether the answer is there: features, folds, curves, and what the command prints."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from evaluation.absence import is_absence_set, load_items, run_absence, sentences
from evaluation.absence_report import absence_report, let_through, roc
from evaluation.errors import EvaluationError
from evaluation.run import find_sets
from tests.retrieval.toy import HashEmbedder

pytestmark = pytest.mark.skipif(find_spec("sklearn") is None, reason="scikit-learn is not installed")

THINGS = ["glacier", "wheat", "telescope", "fossil", "lake", "brain", "mouse", "forest", "stamp", "comet"]


def items(lang: str, count: int) -> list[dict]:
    """Half of the questions have a passage in their own words, half have passages about other things."""
    made = []
    for n in range(count):
        thing, there = THINGS[n % len(THINGS)], n % 2 == 0
        about = thing if there else THINGS[(n + 3) % len(THINGS)]
        text = (
            f"The {about} of valley {n} was measured in {1900 + n}." if there else f"A {about} is kept here."
        )
        made.append(
            {
                "id": f"{lang}-{n}",
                "lang": lang,
                "query": f"When was the {thing} of valley {n} measured?",
                "answerable": there,
                "passages": [
                    {"id": "a", "title": about, "text": text},
                    {"id": "b", "title": "list", "text": f"Many things. Number {n} among them!"},
                ],
            }
        )
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "judged"
    place.mkdir()
    lines = [json.dumps(one) for one in items("en", 40)]
    (place / "items.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return place


def test_the_answer_that_is_there_is_told_from_the_one_that_is_not(folder: Path, tmp_path: Path):
    result = run_absence(folder, HashEmbedder(), tmp_path / "work")

    english = result.languages["en"]
    assert (english.answerable, english.unanswerable) == (20, 20)
    assert english.auroc > 0.9
    assert len(english.scores) == 40


def test_the_order_of_passages_does_not_matter(folder: Path, tmp_path: Path):
    first = run_absence(folder, HashEmbedder(), tmp_path / "one").languages["en"]
    turned = [{**one, "passages": one["passages"][::-1]} for one in items("en", 40)]
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, turned)), "utf-8")
    second = run_absence(folder, HashEmbedder(), tmp_path / "two").languages["en"]

    assert np.allclose(list(first.scores.values()), list(second.scores.values()), atol=0.02)


def test_the_report_has_areas_costs_and_a_curve(folder: Path, tmp_path: Path):
    result = run_absence(folder, HashEmbedder(), tmp_path / "work")
    report = absence_report(result)

    assert report.figures["en AUROC"].value == result.languages["en"].auroc
    assert len(report.results) == 40
    curve = roc(result.languages["en"])
    assert curve[0] == (0.0, 0.0) and curve[-1] == (1.0, 1.0)
    assert let_through(curve, 0.5) <= let_through(curve, 0.95)


def test_the_folder_is_found_as_a_set(folder: Path):
    assert is_absence_set(folder)
    assert find_sets(folder) == ([], [folder])


@pytest.mark.parametrize(
    "line", ["{}", "not json", '{"id": "x", "lang": "en", "query": "q", "answerable": true, "passages": []}']
)
def test_a_broken_line_is_named(folder: Path, line: str):
    (folder / "items.jsonl").write_text(line, "utf-8")

    with pytest.raises(EvaluationError, match="line 1"):
        load_items(folder)


def test_too_few_of_one_kind_cannot_be_judged(folder: Path, tmp_path: Path):
    few = [{**one, "answerable": n > 1} for n, one in enumerate(items("en", 20))]
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, few)), "utf-8")

    with pytest.raises(EvaluationError, match="fewer than"):
        run_absence(folder, HashEmbedder(), tmp_path / "work")


def test_sentences_of_both_languages():
    assert sentences("冰在湖上。风停了！是吗？好") == ["冰在湖上。", "风停了！", "是吗？", "好"]
    assert sentences("One is 3.5 m. Two; three.") == ["One is 3.5 m.", "Two;", "three."]
