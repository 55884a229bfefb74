"""Conversations of five turns and more: filters in words, corrections, comparisons, returning."""

from __future__ import annotations

import pytest

from assistant.history import History
from assistant.kindred import holds_subject
from tests.assistant.conftest import Talk, cited_articles, first_resource

SNOW, LAKE = "qinglan-snow-data", "qinglan-lake-data"
LIGHT, MICROSCOPES = "yunxi-light-source", "heyan-microscopy"
WHEAT, RICE = "ruomu-wheat-bank", "ruomu-rice-bank"


def ids(answer) -> list[str]:
    return [one.id for one in answer.resources]


async def test_filters_are_set_added_and_removed_in_words(talk: Talk):
    every, beijing, both, free, again = await talk(
        "有哪些种质资源库？", "只看北京的", "也算上浙江", "不限地区了", "换成浙江的"
    )

    assert set(ids(every)) == {WHEAT, RICE}
    assert ids(beijing) == [WHEAT]
    assert beijing.filters == {"types": ["germplasm"], "provinces": ["北京市"]}
    assert set(ids(both)) == {WHEAT, RICE}
    assert both.filters["provinces"] == ["北京市", "浙江省"]
    assert "provinces" not in free.filters
    assert ids(again) == [RICE]


async def test_filters_in_english_words(talk: Talk):
    _, beijing, every, none = await talk(
        "List the germplasm banks", "only those in Beijing", "without the place limit", "what about Jilin?"
    )

    assert ids(beijing) == [WHEAT]
    assert set(ids(every)) == {WHEAT, RICE}
    assert none.status == "not_found"
    assert "Jilin" in none.text


async def test_a_city_stands_for_its_province(talk: Talk):
    last = (await talk("有哪些科学数据中心？", "南京的呢"))[-1]

    assert ids(last) == [LAKE]


async def test_what_no_record_meets_is_said_with_the_conditions(talk: Talk):
    last = (await talk("有哪些种质资源库？", "只要上海的"))[-1]

    assert last.status == "not_found"
    assert "上海市" in last.text


async def test_the_reading_is_shown_where_it_is_not_obvious(talk: Talk):
    plain, narrowed, pronoun = await talk("有哪些种质资源库？", "只看北京的", "第一个怎么申请")

    assert "我理解为" not in plain.text
    assert narrowed.text.startswith("我理解为：种质资源，北京市")
    assert pronoun.text.startswith("我理解为：若木小麦种质资源库")


@pytest.mark.parametrize(
    ("second", "record"),
    [
        ("不是这个，是湖泊的", LAKE),
        ("弄错了，我要的是湖泊的那个", LAKE),
        ("No, I meant the lake one", LAKE),
        ("不是青岚冰雪科学数据中心，是青岚湖泊科学数据中心", LAKE),
    ],
)
async def test_a_correction_puts_another_record_under_the_same_question(talk: Talk, second: str, record: str):
    last = (await talk("青岚冰雪科学数据中心的网址", second))[-1]

    assert first_resource(last) == record
    assert "https://" in last.text


async def test_two_subjects_of_the_talk_are_compared_and_picked_from(talk: Talk):
    _, _, compared, former = await talk(
        "青岚冰雪科学数据中心在哪", "那青岚湖泊科学数据中心呢", "这两个有什么区别", "前者怎么申请"
    )

    assert ids(compared) == [SNOW, LAKE]
    assert first_resource(former) == SNOW


async def test_a_record_is_compared_with_one_described(talk: Talk):
    last = (await talk("青岚冰雪科学数据中心在哪", "它和湖泊的有什么区别"))[-1]

    assert ids(last) == [SNOW, LAKE]


async def test_the_talk_returns_to_an_earlier_topic(talk: Talk):
    answers = await talk("北京有哪些种质资源库？", "换成浙江的", "云溪光源怎么申请", "谢谢", "回到北京的那些")

    assert ids(answers[-1]) == [WHEAT]


async def test_another_thing_is_asked_the_same(talk: Talk):
    last = (await talk("哪里有小麦种质？", "那湖泊水质数据呢？"))[-1]

    assert first_resource(last) == LAKE


async def test_a_kept_conversation_of_an_older_kewen_goes_on(toy_kewen):
    state = {
        "turns": [
            {"question": "q", "query": "q", "language": "zh", "status": "answered", "named": [SNOW],
             "shown": [SNOW], "places": [], "intent": "find", "attributes": []}
        ]
    }  # fmt: skip

    assert History.from_state(state).last_topical.shown == (SNOW,)
    assert History.from_state(History.from_state(state).to_state()) == History.from_state(state)


async def test_within_a_filter_whatever_holds_the_subject_answers(talk: Talk):
    first, narrowed, free = await talk("哪里有种质？", "只看浙江的", "浙江这个条件去掉吧")

    assert first.status == "answered"
    assert first_resource(narrowed) == RICE
    assert first_resource(free) == first_resource(first)


@pytest.mark.parametrize(
    ("question", "record", "held"),
    [
        ("哪里能订到水稻种质？", RICE, True),
        ("哪里能订到小麦种质？", RICE, False),
        ("Where can I order rice seeds?", RICE, True),
        ("Where can I order wheat seeds?", RICE, False),
        ("怎么申请？", RICE, False),
    ],
)
def test_a_record_holds_the_subject_in_every_word(toy_kewen, question: str, record: str, held: bool):
    assert holds_subject(toy_kewen.corpus.by_id[record], question) is held


async def test_what_does_not_hold_the_subject_is_no_answer_within_a_filter(talk: Talk):
    last = (await talk("哪里有小麦种质？", "只看江苏的"))[-1]

    assert last.status == "not_found"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("哪里能拿到小麦种子？", "只要国家级的资源库"),
        ("Where can I get wheat seeds?", "only the national ones, please"),
    ],
)
async def test_a_wish_that_is_no_filter_keeps_the_topic(talk: Talk, first: str, second: str):
    last = (await talk(first, second))[-1]

    assert first_resource(last) == WHEAT
    assert ("国家级" in last.text) or ("national" in last.text)


async def test_only_those_of_a_place_asks_the_last_question_again(talk: Talk):
    _, kept, leant = await talk(
        "Which synchrotron light sources take proposals?", "Only those in Anhui, please", "Where is it?"
    )

    assert first_resource(kept) == LIGHT
    assert first_resource(leant) == LIGHT


async def test_another_case_of_a_rule_stays_with_its_article(talk: Talk):
    first, level, penalty = await talk(
        "How soon is the export permit for human samples decided?", "And the longest one?", "And the penalty?"
    )

    assert cited_articles(level)[0] == cited_articles(first)[0]
    assert cited_articles(penalty)[:1] != cited_articles(first)[:1]


@pytest.mark.parametrize(
    ("both", "where", "other"),
    [
        ("若木小麦种质资源库和若木水稻种质资源库", "这两个哪个在浙江？", "另一个怎么申请？"),
        (
            "Tell me about the Ruomu Wheat Germplasm Bank and the Ruomu Rice Germplasm Bank",
            "Which of the two is in Zhejiang?",
            "And the other one, how do I apply?",
        ),
    ],
)
async def test_of_two_one_is_picked_by_place_and_then_the_other(
    talk: Talk, both: str, where: str, other: str
):
    _, picked, beside = await talk(both, where, other)

    assert first_resource(picked) == RICE
    assert first_resource(beside) == WHEAT


@pytest.mark.parametrize(
    ("first", "second", "read"),
    [
        (
            "Where can I find glacier observations?",
            "And cryo-electron microscopes?",
            "cryo-electron microscopes",
        ),
        ("哪里能查冰川数据？", "那冷冻电镜的呢？", "冷冻电镜"),
    ],
)
async def test_a_new_thing_is_asked_by_itself(talk: Talk, first: str, second: str, read: str):
    last = (await talk(first, second))[-1]

    assert first_resource(last) == MICROSCOPES
    assert last.text.splitlines()[0].endswith(read)


@pytest.mark.parametrize(
    "second", ["它和湖泊的有什么区别", "不是这个，是湖泊的", "回到上海的那些怎么申请", "第一个怎么申请"]
)
async def test_a_list_that_held_nothing_can_be_talked_about(talk: Talk, second: str):
    listed, last = await talk("上海有哪些种质资源库？", second)

    assert listed.status == "not_found"
    assert last.text
