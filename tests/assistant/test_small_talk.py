"""What is not a question to the catalogue: courtesies, questions about Kewen, what is not ours to answer."""

from __future__ import annotations

import pytest

from assistant.access import PUBLIC
from tests.assistant.conftest import Ask, first_resource


@pytest.mark.parametrize(
    "question",
    [
        "你好",
        "您好！",
        "谢谢，帮大忙了",
        "thank you so much",
        "再见",
        "你是谁？是真人吗",
        "你能做什么",
        "What can you do?",
    ],
)
async def test_courtesies_and_questions_about_kewen_are_answered(ask: Ask, question: str):
    answer = await ask(question)

    assert (answer.status, answer.citations, answer.resources) == ("answered", (), ())
    assert answer.follow_ups


async def test_what_kewen_holds_is_told_in_numbers(ask: Ask, toy_kewen):
    answer = await ask("你能做什么")

    corpus = toy_kewen.seen_by(PUBLIC).corpus
    for told in (len(corpus.resources), len(corpus.policies)):
        assert str(told) in answer.text


async def test_a_courtesy_before_a_question_does_not_hide_it(ask: Ask):
    answer = await ask("你好，请问青岚冰雪科学数据中心的网址是什么？谢谢")

    assert first_resource(answer) == "qinglan-snow-data"


@pytest.mark.parametrize("question", ["我血压高吃什么药", "帮我推荐几只股票买哪个好"])
async def test_what_is_not_ours_is_declined_with_a_way_on(ask: Ask, question: str):
    answer = await ask(question)

    assert (answer.status, answer.citations, answer.resources) == ("declined", (), ())
    assert answer.follow_ups


@pytest.mark.parametrize(
    "question",
    [
        "怎么申请",
        "how do I apply?",
        pytest.param(
            "第三条说了什么", marks=pytest.mark.xfail(reason="an article of no document is looked for")
        ),
        pytest.param("网址是什么", marks=pytest.mark.xfail(reason="something is found for no subject")),
    ],
)
async def test_a_question_without_a_subject_is_asked_back(ask: Ask, question: str):
    answer = await ask(question)

    assert answer.status == "clarify"
    assert answer.text.rstrip().endswith(("。", ".", "？", "?"))
    assert answer.follow_ups
