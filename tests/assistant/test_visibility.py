"""What an asker may not see leaves no trace in any part of an answer."""

from __future__ import annotations

import pytest

from assistant.access import LEVELS, Asker, Level, visible_to
from assistant.errors import UnknownConversation
from assistant.records import AskFilters
from corpus.rights import label_of
from tests.assistant.conftest import Ask, cited_articles, first_resource

MEMBER = Asker("member")
RECORD = "xingcha-member-archive"
TRACES = ("xingcha", "星槎", "Xingcha", "Meteorite Archive", "薄片扫描", "thin sections from member")
ARTICLE_TRACES = ("联络员", "liaison")

QUESTIONS = [
    "星槎陨石归档平台怎么申请",
    "星槎平台的网址",
    "How do I apply to the Xingcha Meteorite Archive?",
    "陨石薄片图像在哪里",
    "where are scans of meteorite thin sections",
    "有哪些服务平台",
    "北京有哪些平台",
    "列出所有的服务平台",
    "星槎平台和若木小麦库有什么区别",
    "xingcha yunshi guidang pingtai",
    "星槎陨石归档平抬",
    "星槎陨石数据平台的电话",
]


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_record_for_members_leaves_no_trace_for_the_public(ask: Ask, question: str):
    answer = await ask(question)

    # The asker's own words may be given back when they are the name of something unknown.
    shown = answer.model_dump_json(exclude={"text"}) + answer.text.replace(question, "")
    for trace in TRACES:
        if trace not in question:
            assert trace not in shown
    assert RECORD not in shown


@pytest.mark.parametrize("level", ["public", "registered"])
async def test_lower_levels_do_not_see_it(ask: Ask, level: Level):
    answer = await ask("星槎陨石归档平台怎么申请", asker=Asker(level))

    assert RECORD not in answer.model_dump_json()
    assert "members.xingcha.example.org" not in answer.model_dump_json()


@pytest.mark.parametrize("level", ["member", "unit", "staff"])
async def test_members_and_those_above_see_it(ask: Ask, level: Level):
    answer = await ask("陨石薄片图像在哪里，怎么申请", asker=Asker(level))

    assert first_resource(answer) == RECORD
    assert "用成员单位账号登录" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "青岚科学数据共享办法第二十五条",
        "青岚科学数据共享办法里联络员名单怎么定",
        "What does article 25 of the Qinglan Measures for Scientific Data Sharing say?",
        "成员单位联络员名单多久核定一次",
        "青岚科学数据共享办法第二十二条",  # its number before a renumbering
    ],
)
async def test_an_article_for_members_leaves_no_trace_for_the_public(ask: Ask, question: str):
    answer = await ask(question)

    shown = answer.model_dump_json()
    assert "#art-25" not in shown
    assert "枢纽办公室" not in shown
    assert "hub office" not in shown


async def test_members_see_the_article(ask: Ask):
    answer = await ask("青岚科学数据共享办法第二十五条", asker=MEMBER)

    assert cited_articles(answer) == [("qinglan-data-rules-2021", "第二十五条")]


async def test_no_follow_up_leads_the_public_to_an_article_it_cannot_read(ask: Ask):
    answer = await ask("青岚科学数据共享办法第二十四条")

    assert cited_articles(answer) == [("qinglan-data-rules-2021", "第二十四条")]

    assert all("二十五" not in one and "25" not in one for one in answer.follow_ups)


async def test_filters_do_not_open_what_is_closed(ask: Ask):
    answer = await ask("有什么平台", filters=AskFilters(types=("service_platform",)))

    assert RECORD not in answer.model_dump_json()


async def test_a_conversation_of_a_member_is_closed_to_the_public(ask: Ask):
    first = await ask("星槎陨石归档平台怎么申请", asker=MEMBER)

    with pytest.raises(UnknownConversation):
        await ask("网址呢？", conversation_id=first.conversation_id)
    again = await ask("网址呢？", conversation_id=first.conversation_id, asker=MEMBER)
    assert "https://members.xingcha.example.org/" in again.text


async def test_a_public_conversation_that_a_member_joins_becomes_the_members(ask: Ask):
    first = await ask("陨石薄片图像在哪里")
    await ask("陨石薄片图像在哪里", conversation_id=first.conversation_id, asker=MEMBER)

    with pytest.raises(UnknownConversation):
        await ask("它的网址", conversation_id=first.conversation_id)


def test_each_level_sees_its_own_and_those_below():
    for place, level in enumerate(LEVELS):
        assert [one for one in LEVELS if label_of(one, "a") in visible_to(Asker(level, "a"))] == list(
            LEVELS[: place + 1]
        )
