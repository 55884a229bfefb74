"""Messages of several questions, and what may be swapped in a question without changing its answer."""

from __future__ import annotations

import pytest

from assistant.reading.parts import parts_of
from assistant.records import Answer
from tests.assistant.conftest import cited_articles
from tests.assistant.drafts import unsound
from wiring import Kewen


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("甲库在哪里？", ["甲库在哪里？"]),
        ("甲库在哪里", ["甲库在哪里"]),
        ("甲库在哪里？乙库收费吗？", ["甲库在哪里？", "乙库收费吗？"]),
        ("1. 甲库在哪里 2. 乙库收费吗", ["甲库在哪里", "乙库收费吗"]),
        ("请问：1、甲库在哪里；2、乙库收费吗", ["请问：甲库在哪里", "乙库收费吗"]),
        ("我们是外国公司。能采集吗？要谁批？", ["我们是外国公司。能采集吗？", "要谁批？"]),
        ("Where is A? Is B free? Thanks.", ["Where is A?", "Is B free? Thanks."]),
        ("3.5 米的望远镜在哪里？", ["3.5 米的望远镜在哪里？"]),
        ("", [""]),
    ],
)
def test_a_message_falls_into_its_questions(message: str, parts: list[str]):
    found = parts_of(message).questions

    assert [one.replace(" ", "") for one in found] == [one.replace(" ", "") for one in parts]


@pytest.mark.parametrize("message", ["？", "？？？", "1.", "1. 2. 3.", "\n\n", "? ? ?", "①②③"])
def test_odd_messages_have_parts_too(message: str):
    assert parts_of(message).questions


def test_no_part_is_empty_and_no_word_is_lost():
    message = "背景：甲。1. 甲库在哪里？怎么去 2) 乙库收费吗；③丙库呢"
    parts = parts_of(message).questions

    assert all(part.strip() for part in parts)
    said = "".join(parts)
    for word in ("甲库在哪里", "怎么去", "乙库收费吗", "丙库呢"):
        assert word in said


COUNTRIES = [
    "美国",
    "英国",
    "德国",
    "法国",
    "日本",
    "韩国",
    "俄罗斯",
    "澳大利亚",
    "加拿大",
    "巴西",
    "挪威",
    "肯尼亚",
]
ENGLISH = ["the United States", "Germany", "Japan", "Brazil", "Norway", "Kenya"]


SWAPPED = pytest.mark.xfail(reason="the operation or the article still hangs on the thing that is swapped")


def kernel(answer: Answer) -> tuple[object, ...]:
    """What must not hang on the thing swapped: status, reading and the first article cited."""
    assert answer.query is not None
    return answer.status, answer.query.operation, tuple(cited_articles(answer)[:1])


async def kernels(kewen: Kewen, form: str, names: list[str]) -> dict[str, tuple[object, ...]]:
    return {name: kernel(await kewen.assistant.ask(form.format(name))) for name in names}


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("可以把人类遗传资源样本寄到{}吗？", COUNTRIES),
        ("{}的公司可以在中国采集人类遗传资源吗？", COUNTRIES),
        ("May we send human genetic resource samples to {}?", ENGLISH),
        ("向{}提供{}种质资源要谁批准？", COUNTRIES[:6]),
    ],
)
async def test_the_country_does_not_change_the_rule(bundled_kewen: Kewen, form: str, names: list[str]):
    found = await kernels(bundled_kewen, form.replace("{}种质", "小麦种质"), names)

    assert len(set(found.values())) == 1, found


@pytest.mark.parametrize(
    ("form", "names"),
    [
        pytest.param(
            "向境外提供{}种质资源要批准吗？", ["小麦", "水稻", "玉米", "大豆", "棉花", "高粱"], marks=SWAPPED
        ),
        pytest.param(
            "买一台{}要做查重评议吗？", ["质谱仪", "冷冻电镜", "核磁共振仪", "流式细胞仪"], marks=SWAPPED
        ),
        pytest.param("偷采{}化石怎么处罚？", ["恐龙", "鱼类", "植物", "昆虫"], marks=SWAPPED),
    ],
)
async def test_the_thing_does_not_change_the_rule(bundled_kewen: Kewen, form: str, names: list[str]):
    found = await kernels(bundled_kewen, form, names)

    assert len(set(found.values())) == 1, found


SELF_CONTAINED = [
    "国家极地科学数据中心的网址是什么？",
    "上海光源怎么申请机时？",
    "科学数据管理办法第二十条说了什么？",
    "甘肃省有哪些野外台站？",
    "国家作物种质库由哪个单位负责？",
    "北京有多少个科学数据中心？",
    "人类遗传资源管理条例现行有效吗？",
    "How do I apply for beam time at the Shanghai Synchrotron Radiation Facility?",
    "Which scientific data centres are in Beijing?",
    "What does article 20 of the Measures for the Management of Scientific Data say?",
]
FIRST = ["国家基因库收费吗？", "可以把人类遗传资源样本寄到国外吗？"]


@pytest.mark.parametrize("first", FIRST)
async def test_a_self_contained_question_is_answered_as_when_asked_alone(bundled_kewen: Kewen, first: str):
    ask = bundled_kewen.assistant.ask
    differ = []
    for second in SELF_CONTAINED:
        alone = await ask(second)
        before = await ask(first)
        after = await ask(second, conversation_id=before.conversation_id)
        told = [(one.status, one.text, one.citations, one.set, one.filters) for one in (alone, after)]
        if told[0] != told[1]:
            differ.append(second)

    assert differ == []


@pytest.mark.parametrize("question", [*SELF_CONTAINED, *FIRST])
async def test_answers_over_the_bundled_corpus_keep_their_promises(bundled_kewen: Kewen, question: str):
    answer = await bundled_kewen.assistant.ask(question)

    assert answer.status == "answered"
    assert unsound(answer, question) == {}


async def test_a_count_and_its_list_are_of_one_set(bundled_kewen: Kewen):
    counted = await bundled_kewen.assistant.ask("北京有多少个科学数据中心？")
    listed = await bundled_kewen.assistant.ask("北京有哪些科学数据中心？")

    assert counted.set is not None and listed.set is not None
    expected = {
        one.id
        for one in bundled_kewen.corpus.resources
        if one.province == "北京市" and one.type == "scientific_data"
    }
    assert set(counted.set.ids) == set(listed.set.ids) == expected
    for answer in (counted, listed):
        assert answer.set is not None and answer.set.total == len(expected)
        assert str(len(expected)) in answer.text.splitlines()[0]
