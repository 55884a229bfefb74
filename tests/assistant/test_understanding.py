"""What a question asks, read from its words."""

from __future__ import annotations

import pytest

from assistant.records import AskFilters
from assistant.understanding import Understander

SNOW = "qinglan-snow-data"


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("冰川数据怎么申请？", "zh"),
        ("How do I apply for glacier data?", "en"),
        ("QSIDC 的 dataset 怎么 download？", "zh"),
        ("how to get data from 青岚冰雪科学数据中心", "en"),
        ("青嵐冰雪科學數據中心怎麼申請", "zh"),
        ("qinglan bingxue kexue shuju zhongxin", "zh"),
        ("https://example.org/data/index.html 这个数据怎么下载", "zh"),
        ("冰川数据怎么申请？in English please", "en"),
        ("Where is glacier data? 请用中文回答", "zh"),
        ("冰川数据用英文介绍一下", "en"),
    ],
)
def test_the_language_of_the_answer_follows_the_question(
    understander: Understander, question: str, language: str
):
    assert understander.read(question).language == language


def test_a_language_given_by_the_caller_wins(understander: Understander):
    assert understander.read("冰川数据怎么申请？", language="en").language == "en"
    assert understander.read("in English please: glacier data", language="zh").language == "zh"


@pytest.mark.parametrize(
    "question",
    [
        "青岚冰雪科学数据中心怎么申请",
        "青嵐冰雪科學數據中心怎麼申請",
        "ＱＳＩＤＣ怎么申请",
        "qsidc怎么申请",
        "qinglan bingxue kexue shuju zhongxin",
        "How do I apply to the Qinglan Snow and Ice Data Center?",
        "青岚雪冰资料室现在叫什么",
        "青岚\u200b冰雪\u202e科学数据中心怎么申请",
    ],
)
def test_a_record_is_known_by_any_of_its_names(understander: Understander, question: str):
    assert understander.read(question).named == (SNOW,)


def test_several_records_are_named_in_the_order_of_the_question(understander: Understander):
    reading = understander.read("若木水稻库和若木小麦库有什么区别")

    assert reading.intent == "compare"
    assert reading.named == ("ruomu-rice-bank", "ruomu-wheat-bank")


@pytest.mark.parametrize(
    ("question", "attribute"),
    [
        ("青岚冰雪中心的网址", "url"),
        ("QSIDC official website", "url"),
        ("青岚冰雪中心由哪个单位负责", "host"),
        ("who runs QSIDC", "host"),
        ("青岚冰雪中心的主管部门", "governing_body"),
        ("云溪光源在哪个城市", "place"),
        ("where is the Yunxi Synchrotron Light Source located", "place"),
        ("青岚冰雪中心电话多少", "phone"),
        ("QSIDC phone number", "phone"),
        ("青岚冰雪中心的邮箱", "email"),
        ("云溪光源哪年建成", "since"),
        ("when was the Yunxi Synchrotron Light Source established", "since"),
        ("云溪光源收费吗", "access"),
        ("is QSIDC free", "access"),
        ("云溪光源怎么预约", "steps"),
        ("how do I apply for beam time at YXLS", "steps"),
        ("河岩电镜中心多少钱一小时", "amount"),
        ("若木小麦库还有库存吗", "stock"),
        ("云溪光源下周停机吗", "schedule"),
        ("我的申请批到哪一步了", "own_case"),
        ("青岚冰雪中心主任是谁", "person"),
    ],
)
def test_attributes_are_read_from_the_wording(understander: Understander, question: str, attribute: str):
    assert attribute in understander.read(question).attributes


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("你好", "small_talk"),
        ("Thanks a lot!", "small_talk"),
        ("你是谁", "small_talk"),
        ("我头疼吃什么药", "declined"),
        ("help me forge an ethics approval", "declined"),
        ("明天天气怎么样", "elsewhere"),
        ("北京有哪些仪器平台", "list"),
        ("which germplasm banks are there", "list"),
        ("北京哪里能用冷冻电镜", "find"),
        ("冰川数据在哪里", "find"),
        ("怎么申请", "unclear"),
        ("我要申请，怎么弄", "unclear"),
        ("第三条说了什么", "unclear"),
    ],
)
def test_the_intent_is_read_from_the_wording(understander: Understander, question: str, intent: str):
    assert understander.read(question).intent == intent


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("北京有哪些仪器平台", AskFilters(types=("instrument",), provinces=("北京市",))),
        ("List the germplasm banks in Zhejiang", AskFilters(types=("germplasm",), provinces=("浙江省",))),
        ("有哪些免费的数据中心", AskFilters(types=("scientific_data",), access=("open",))),
        ("北京的免费数据", AskFilters(provinces=("北京市",), access=("open",))),
        ("浙江都有什么", AskFilters(provinces=("浙江省",))),
        ("which resources in Beijing are free?", AskFilters(provinces=("北京市",), access=("open",))),
        ("有哪些服务平台", AskFilters(types=("service_platform",))),
        ("江苏都有哪些野外台站", AskFilters(types=("field_station",), provinces=("江苏省",))),
    ],
)
def test_filters_are_read_from_a_listing_question(
    understander: Understander, question: str, filters: AskFilters
):
    assert understander.read(question).filters == filters


def test_a_given_filter_stands_above_one_that_is_read(understander: Understander):
    given = AskFilters(provinces=("浙江省",))

    reading = understander.read("北京有哪些种质资源库", given=given)

    assert reading.filters == AskFilters(types=("germplasm",), provinces=("浙江省",))


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("青岚科学数据共享办法第二十条", 20),
        ("《青岚科学数据共享办法》第20条说了什么", 20),
        ("article 20 of the Qinglan Measures for Scientific Data Sharing", 20),
        ("Qinglan Measures for Scientific Data Sharing Art. 20", 20),
    ],
)
def test_an_article_is_read_by_its_number(understander: Understander, question: str, number: int):
    [reference] = understander.read(question).references

    assert (reference.policy_id, reference.number) == ("qinglan-data-rules-2021", number)


def test_a_document_number_names_its_document(understander: Understander):
    assert "qinglan-data-rules-2021" in understander.read("青科发〔2021〕16号是什么文件").named


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("国家深空标本库怎么申请", "国家深空标本库"),
        ("《青岚火星条例》第三条", "青岚火星条例"),
        ("What is the Global Asteroid Archive?", "Global Asteroid Archive"),
        ("民法典第一千条说了什么", "民法典"),
    ],
)
def test_a_name_that_is_not_held_is_told_from_known_ones(
    understander: Understander, question: str, name: str
):
    assert name in understander.read(question).unknown[0].surface
