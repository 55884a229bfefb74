"""Questions that lean on what was said before."""

from __future__ import annotations

import pytest

from assistant.records import AskFilters
from tests.assistant.conftest import Ask, Talk, cited_articles, first_resource

SNOW, LAKE = "qinglan-snow-data", "qinglan-lake-data"
WHEAT, RICE = "ruomu-wheat-bank", "ruomu-rice-bank"
RULES = "qinglan-data-rules-2021"


@pytest.mark.parametrize(
    ("questions", "record", "told"),
    [
        (("青岚冰雪科学数据中心是什么", "它怎么申请？"), SNOW, "用单位邮箱注册账号"),
        (("青岚冰雪科学数据中心是什么", "电话呢？"), SNOW, "0931-5550118"),
        (("What is QSIDC?", "and who runs it?"), SNOW, "Qinglan Institute of Glaciology"),
        (("What is QSIDC?", "How do I apply?"), SNOW, "Register with an institutional"),
        (("冰川积雪的观测数据在哪里", "谁负责这个中心？", "要收费吗？"), SNOW, "免费下载"),
        (("云溪光源怎么申请机时", "要钱吗"), "yunxi-light-source", "不收机时费"),
    ],
)
async def test_pronouns_and_ellipses_stay_with_the_record(
    talk: Talk, questions: tuple[str, ...], record: str, told: str
):
    last = (await talk(*questions))[-1]

    assert first_resource(last) == record
    assert told in last.text


@pytest.mark.parametrize(
    ("second", "record"),
    [("第二个怎么申请", RICE), ("后者呢，怎么申请", RICE), ("第一个的网址", WHEAT), ("前者怎么申请", WHEAT)],
)
async def test_one_of_several_is_picked_by_its_place(talk: Talk, second: str, record: str):
    last = (await talk("若木小麦库和若木水稻库有什么区别", second))[-1]

    assert first_resource(last) == record


async def test_one_of_a_list_is_picked_by_its_place(talk: Talk):
    listed, last = await talk("有哪些种质资源库", "第二个怎么申请")

    assert first_resource(last) == listed.resources[1].id


@pytest.mark.parametrize(
    ("first", "second", "record"),
    [
        ("若木小麦库怎么申请", "水稻的呢", RICE),
        ("青岚冰雪中心怎么申请", "湖泊的那个呢", LAKE),
        ("How do I apply to the Ruomu Wheat Germplasm Bank?", "what about the rice one?", RICE),
    ],
)
async def test_the_sibling_of_a_record_is_found(talk: Talk, first: str, second: str, record: str):
    last = (await talk(first, second))[-1]

    assert first_resource(last) == record


async def test_a_correction_keeps_the_question_and_changes_the_subject(talk: Talk):
    last = (await talk("青岚冰雪科学数据中心的网址是什么", "不对，我问的是湖泊的"))[-1]

    assert first_resource(last) == LAKE
    assert "https://lake.qinglan.example.org/" in last.text


@pytest.mark.parametrize(
    "second", ["外国公司可以在国内采集血液样本吗？", "换个话题，外国公司能不能采集血液样本"]
)
async def test_a_new_topic_starts_afresh(talk: Talk, second: str):
    last = (await talk("若木小麦库怎么申请", second))[-1]

    assert ("sample-export-rules-2019", "第三条") in cited_articles(last)
    assert WHEAT not in {one.id for one in last.citations}


async def test_a_listing_question_is_not_about_the_record_before(talk: Talk):
    last = (await talk("河岩电镜中心收费吗", "有哪些种质资源库"))[-1]

    assert {card.id for card in last.resources} == {WHEAT, RICE}


async def test_an_earlier_record_is_returned_to(talk: Talk):
    last = (await talk("若木小麦库怎么申请", "云溪光源收费吗", "回到刚才那个库，网址是什么"))[-1]

    assert first_resource(last) == WHEAT
    assert "https://wheat.ruomu.example.org/" in last.text


async def test_the_language_can_be_switched(talk: Talk):
    first, english, chinese = await talk(
        "青岚冰雪科学数据中心怎么申请？", "in English please", "再用中文说一遍"
    )

    assert [first.language, english.language, chinese.language] == ["zh", "en", "zh"]
    assert "Register with an institutional" in english.text
    assert {one.id for one in english.citations} == {SNOW}
    assert "用单位邮箱注册账号" in chinese.text


@pytest.mark.parametrize(
    ("second", "article"),
    [("那第十条呢", "第十条"), ("第十条呢？", "第十条"), ("and article 10?", "第十条")],
)
async def test_another_article_of_the_same_document(talk: Talk, second: str, article: str):
    last = (await talk("青岚科学数据共享办法第九条说了什么", second))[-1]

    assert cited_articles(last) == [(RULES, article)]


async def test_a_question_on_the_consequences_stays_with_the_document(talk: Talk):
    last = (await talk("外国公司可以在国内采集血液样本吗？", "违反了会怎么样？"))[-1]

    assert cited_articles(last)[0] == ("sample-export-rules-2019", "第七条")


async def test_filters_of_one_question_do_not_cling_to_the_next(ask: Ask):
    first = await ask("有哪些数据中心", filters=AskFilters(provinces=("江苏省",)))
    second = await ask("云溪光源怎么申请", conversation_id=first.conversation_id)

    assert first.filters["provinces"] == ["江苏省"]
    assert second.filters == {}


async def test_earlier_turns_may_be_given_as_text(ask: Ask):
    answer = await ask("那怎么申请？", history=[("青岚冰雪科学数据中心是什么", "…")])

    assert first_resource(answer) == SNOW


async def test_conversations_do_not_mix(talk: Talk, ask: Ask):
    await talk("青岚冰雪科学数据中心是什么")

    assert (await ask("那怎么申请？")).status == "clarify"
