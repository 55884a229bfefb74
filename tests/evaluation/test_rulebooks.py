"""Questions over whole statutes: the file of questions, and what is said where the statutes are not there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from corpus.loaders import load_corpus
from corpus.rulebooks.matching import match, own_id
from corpus.rulebooks.parser import parse
from corpus.rulebooks.sources import read_submitted
from evaluation.errors import EvaluationError, SetInvalid
from evaluation.rulebooks import (
    DOCUMENTS,
    QUESTIONS,
    Question,
    _open,
    is_questions,
    load_questions,
    run_rulebooks,
)
from evaluation.run import find_sets
from tests.assistant.test_rules_in_time import joined
from tests.corpus.rulebook_texts import FIRST, SECOND
from wiring import Kewen

BENCH = os.environ.get("KEWEN_BENCH_DIR")
LAWS = Path(BENCH or ".") / "cn-science-law" / DOCUMENTS


class NoEmbedder:
    """Never asked: the run stops before anything is embedded."""


def test_there_are_a_hundred_questions_each_with_its_own_id() -> None:
    questions = load_questions()

    assert len({one.id for one in questions}) == len(questions) == 100
    assert {one.kind for one in questions} == {"number", "named", "lay", "asof"}
    assert sum(one.lang == "en" for one in questions) >= 8


async def test_a_folder_with_other_statutes_is_told_to_be_one(tmp_path: Path) -> None:
    line = json.dumps({"title": "玩具样本管理办法", "text": FIRST}, ensure_ascii=False)
    (tmp_path / DOCUMENTS).write_text(line, encoding="utf-8")

    with pytest.raises(EvaluationError, match=r"does not hold what science-law\.jsonl asks about"):
        await run_rulebooks(tmp_path, NoEmbedder(), tmp_path / "work")  # type: ignore[arg-type]


def test_the_questions_alone_say_that_they_need_the_statutes(tmp_path: Path) -> None:
    assert is_questions(QUESTIONS)
    with pytest.raises(EvaluationError, match="name the folder that holds their"):
        find_sets(QUESTIONS)
    with pytest.raises(EvaluationError, match="does not exist"):
        find_sets(tmp_path / "cn-science-law")


def test_a_folder_of_golden_sets_leaves_them_out() -> None:
    goldens, _ = find_sets(QUESTIONS.parent)

    assert QUESTIONS not in goldens


def test_a_faulty_question_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "law.jsonl"
    path.write_text('{"id": "x", "kind": "lay", "lang": "zh", "question": "", "expect": []}\n', "utf-8")

    with pytest.raises(SetInvalid, match="line 1"):
        load_questions(path)


@pytest.mark.skipif(not (BENCH and LAWS.is_file()), reason="KEWEN_BENCH_DIR is not set")
def test_every_expected_article_is_in_the_statutes() -> None:
    held: set[tuple[str, str, str]] = set()
    policies = load_corpus().policies
    taken: list[tuple[str, str]] = []
    for one in read_submitted(LAWS):
        text = parse(one.data, one.given, origin=one.origin, where=one.where)
        found = match(text, policies).policy
        policy_id = found.id if found else own_id(text.title, taken)
        taken.append((policy_id, text.title))
        held |= {(policy_id, text.version, article.no) for article in text.articles}

    for question in load_questions():
        for expected in question.expect:
            if expected.version is not None:
                assert (expected.document, expected.version, expected.article) in held, question.id


@pytest.mark.parametrize(
    ("as_of", "version", "rank"),
    [("2018-06-01", "2015-05-01", 1), ("2018-06-01", "2022-02-01", None), ("2023-06-01", "2022-02-01", 1)],
)
def test_an_answer_is_judged_by_the_version_of_the_day(
    toy_kewen: Kewen, tmp_path: Path, as_of: str, version: str, rank: int | None
) -> None:
    corpus = joined(tmp_path, FIRST, SECOND)
    expected = {"document": "toy-sample-measures", "version": version, "article": "第四条"}
    question = Question.model_validate(
        {"id": "x", "kind": "asof", "lang": "zh", "question": "玩具样本管理办法第四条怎么规定的？",
         "as_of": as_of, "expect": [expected]}
    )  # fmt: skip

    with _open(corpus, toy_kewen.embedder, tmp_path) as asking:
        asked = asking.ask(question)

    assert asked.rank == rank
    assert asked.version_errors == asked.byte_errors == ()
