"""Honest answers when the corpus does not hold it."""

from __future__ import annotations

import pytest

from assistant import replies
from tests.assistant.conftest import Ask
from tests.assistant.drafts import unsound

QUESTIONS = [
    "国家深空标本库怎么申请",
    "《青岚火星条例》第三条",
    "若木小麦库的电话",
    "青岚人体样本管理条例第三十条",
    "What is the Global Asteroid Archive?",
]


@pytest.mark.parametrize("question", QUESTIONS)
async def test_not_found_says_what_was_searched_who_may_know_and_a_way_on(ask: Ask, question: str):
    answer = await ask(question)

    assert answer.status == "not_found"
    who = (replies.WHO_MAY_KNOW, replies.WHO_MAY_KNOW_GENERAL)
    for texts in ((replies.SEARCHED,), who, (replies.WAY_ON,)):
        assert any(text.in_(answer.language) in answer.text for text in texts)
    assert answer.resources == ()
    assert unsound(answer, question) == {}


@pytest.mark.parametrize("question", ["火星上有没有企鹅", "Are there penguins on Mars?", "明天天气怎么样"])
async def test_what_nothing_supports_is_not_answered(ask: Ask, question: str):
    assert (await ask(question)).status in ("not_found", "declined", "clarify")


async def test_near_records_are_marked_uncertain_and_cited(ask: Ask):
    answer = await ask("国家深空标本库怎么申请")

    near = answer.text.split(f"{replies.NEAREST.zh}\n")[1].splitlines()
    marked = [line for line in near if line.startswith("- ")]
    assert 1 <= len(marked) <= 3
    assert all(line.endswith("]") for line in marked)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("国家深空标本库怎么申请", "国家深空标本库"),
        ("《青岚火星条例》第三条怎么规定", "青岚火星条例"),
    ],
)
async def test_a_name_that_is_not_held_is_given_back(ask: Ask, question: str, name: str):
    answer = await ask(question)

    assert replies.NAME_UNKNOWN.zh.format(name=name) in answer.text.splitlines()[0]
