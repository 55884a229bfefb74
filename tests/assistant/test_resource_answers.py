"""Answers about resources: where, who, how, how much; several side by side; lists; sums."""

from __future__ import annotations

import pytest

from assistant.records import AskFilters
from tests.assistant.conftest import Ask, first_resource


@pytest.mark.parametrize(
    ("question", "record"),
    [
        ("冰川积雪的观测数据在哪里？怎么申请？", "qinglan-snow-data"),
        ("Where can I get snow cover data and how do I apply?", "qinglan-snow-data"),
        ("水稻种子从哪里申请", "ruomu-rice-bank"),
        ("I need wheat germplasm for breeding, who provides it?", "ruomu-wheat-bank"),
        ("我想用X射线做衍射实验，哪里可以做", "yunxi-light-source"),
        ("哪里可以用冷冻电镜", "heyan-microscopy"),
    ],
)
async def test_a_need_finds_its_record_in_both_languages(ask: Ask, question: str, record: str):
    answer = await ask(question)

    assert answer.status == "answered"
    assert first_resource(answer) == record


async def test_where_and_how_are_answered_with_address_steps_and_verification(ask: Ask):
    answer = await ask("青岚冰雪科学数据中心在哪里？怎么申请？")

    for told in (
        "甘肃省",
        "兰州市",
        "https://snow.qinglan.example.org/",
        "1. 用单位邮箱注册账号",
        "核实状态",
    ):
        assert told in answer.text
    card = answer.resources[0]
    assert card.how_to_apply[0] == "用单位邮箱注册账号"
    assert (card.url, card.access) == ("https://snow.qinglan.example.org/", "registered")


async def test_the_same_record_is_told_in_english(ask: Ask):
    answer = await ask("Where is the Qinglan Snow and Ice Data Center and how do I apply?")

    for told in (
        "Lanzhou",
        "https://snow.qinglan.example.org/",
        "1. Register with an institutional",
        "Verif",
    ):
        assert told in answer.text
    assert answer.language == "en"


async def test_steps_that_are_only_usual_for_the_kind_say_so(ask: Ask):
    usual = await ask("若木小麦库怎么申请")
    own = await ask("若木水稻库怎么申请")

    assert "通用做法" in usual.text
    assert "通用做法" not in own.text


async def test_an_address_from_memory_says_so(ask: Ask):
    assert "未核对" in (await ask("青岚湖泊科学数据中心的网址")).text
    assert "未核对" not in (await ask("青岚冰雪科学数据中心的网址")).text


async def test_a_doubtful_record_says_so(ask: Ask):
    answer = await ask("松涛森林生态野外观测站怎么样")

    assert answer.resources[0].verification == "unsure"
    assert "存疑" in answer.text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("青岚冰雪中心的电话", "0931-5550118"),
        ("QSIDC email address", "data@snow.qinglan.example.org"),
        ("青岚冰雪中心由哪个单位负责", "青岚冰川研究所"),
        ("who supervises QSIDC", "Qinglan Academy of Sciences"),
        ("云溪光源在哪个城市", "合肥"),
        ("云溪光源哪年建成", "2014年"),
        ("河岩电镜中心的冷冻电镜多少钱一小时", "900 元"),
        ("how much does cryo-EM cost at the Heyan Electron Microscopy Center", "900 yuan"),
        ("云溪光源收机时费吗", "不收机时费"),
        ("兰亭脑库国外的人能用吗", "仅限中方科研机构"),
    ],
)
async def test_an_attribute_that_is_held_is_told(ask: Ask, question: str, told: str):
    answer = await ask(question)

    assert answer.status == "answered"
    assert told in answer.text


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("若木小麦库的电话", "电话"),
        ("phone number of the Yunxi Synchrotron Light Source", "phone number"),
        ("兰亭人脑组织库的网址", "网址"),
        ("青岚湖泊中心是哪一年成立的", "成立"),
        ("若木小麦库一份种子多少钱", "价格"),
        ("云溪光源下周停机吗", "排期"),
        ("若木水稻库现在还有现货吗", "库存"),
        ("who is the director of QSIDC", "people in charge"),
    ],
)
async def test_an_attribute_that_is_missing_is_said_to_be(ask: Ask, question: str, what: str):
    answer = await ask(question)

    assert answer.status == "not_found"
    assert what in answer.text


async def test_of_two_attributes_the_missing_one_is_named_beside_the_other(ask: Ask):
    answer = await ask("若木小麦种质资源库的网址和电话是什么")

    assert answer.status == "answered"
    assert "https://wheat.ruomu.example.org/" in answer.text
    assert "库中没有收录它的电话" in answer.text


async def test_two_records_are_compared_side_by_side(ask: Ask):
    answer = await ask("若木小麦库和若木水稻库有什么区别")

    assert [card.id for card in answer.resources] == ["ruomu-wheat-bank", "ruomu-rice-bank"]
    assert {one.id for one in answer.citations} == {"ruomu-wheat-bank", "ruomu-rice-bank"}


async def test_both_sides_of_a_contradiction_are_shown(ask: Ask):
    chinese = await ask("若木水稻库保存了多少份种质")
    english = await ask("How many accessions does the Ruomu Rice Germplasm Bank hold?")

    for answer in (chinese, english):
        assert "32,000" in answer.text
        assert "35,000" in answer.text


@pytest.mark.parametrize(
    ("question", "records", "filters"),
    [
        ("有哪些种质资源库", {"ruomu-wheat-bank", "ruomu-rice-bank"}, {"types": ["germplasm"]}),
        (
            "北京有哪些仪器平台",
            {"heyan-microscopy"},
            {"types": ["instrument"], "provinces": ["北京市"]},
        ),
        (
            "list the free data centers",
            {"qinglan-lake-data"},
            {"types": ["scientific_data"], "access": ["open"]},
        ),
    ],
)
async def test_a_list_holds_what_the_filters_allow_and_shows_them(
    ask: Ask, question: str, records: set[str], filters: dict[str, list[str]]
):
    answer = await ask(question)

    assert {card.id for card in answer.resources} == records
    assert answer.filters == filters


async def test_an_empty_list_is_not_found(ask: Ask):
    answer = await ask("西藏有哪些望远镜")

    assert answer.status == "not_found"
    assert answer.filters["provinces"] == ["西藏自治区"]


@pytest.mark.parametrize(
    "filters",
    [
        AskFilters(provinces=("江苏省",)),
        AskFilters(access=("open",)),
        AskFilters(types=("scientific_data",), access=("open", "paid")),
    ],
)
async def test_filters_apply_before_ranking(ask: Ask, filters: AskFilters):
    question = "冰川和积雪的观测数据在哪里下载"

    anywhere = await ask(question)
    narrowed = await ask(question, filters=filters)

    # Only one record passes; a filter after ranking would leave nothing of the first ones.
    assert first_resource(anywhere) == "qinglan-snow-data"
    assert {one.id for one in narrowed.citations if one.kind == "resource"} == {"qinglan-lake-data"}
    assert narrowed.filters == {name: list(value) for name, value in filters if value}


@pytest.mark.parametrize(
    ("question", "working"),
    [
        ("青岚冰雪中心的气象塔和雪深站一共多少个", "18 + 49 = 67"),
        ("how many weather towers and snow gauges does QSIDC have in total", "18 + 49 = 67"),
        ("河岩电镜中心的冷冻电镜和透射电镜加起来几台", "3 + 5 = 8"),
    ],
)
async def test_a_sum_is_shown_with_its_working(ask: Ask, question: str, working: str):
    answer = await ask(question)

    assert f"{working}[1]" in answer.text
