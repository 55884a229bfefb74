"""What a checked text may hold: only sentences that stand in the evidence they cite."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.citations import Checked, Checker, ClaimGate, check
from assistant.records import Language
from assistant.sentences import normalise_markers, split_sentences
from tests.assistant.model_samples import CHINESE, ENGLISH, GOOD, citation, evidence


def checked(text: str, language: Language) -> Checked:
    return check(text, evidence(language), language=language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_supported_answer_stays_as_it_is(language: Language) -> None:
    result = checked(GOOD[language], language)

    assert result.verdict == "good"
    assert result.text == GOOD[language].strip()
    assert [citation.number for citation in result.citations] == [1, 2]


KEPT_ZH = [
    "中心收录五十万条冰川观测数据[1]。",
    "中心收录500,000条冰川观测数据[1]。",
    "数据始于2018年3月17日[1]。",
    "数据始于二〇一八年三月[1]。",
    "收录的观测数据从2018年开始[1]。",
    "提交申请后二十个工作日内答复[2]。",
    "电话是010-62551234，邮箱是data@ice.example.cn[1]。",
    "涉密数据不得对外提供[3]。",
    "不可以，涉密的观测数据不能对外提供[3]。",
    "《测试数据管理办法》第20条规定，涉密观测数据不得对外提供[3]。",
    "网址是 https://ice.example.cn/data/ [1]。",
]
DROPPED_ZH = [
    "没有标记的一句，冰川数据免费。",
    "冰川观测数据很多[9]。",
    "中心收录60万条冰川观测数据[1]。",
    "数据始于2018-03-18[1]。",
    "数据始于2017年[1]。",
    "提交申请后20日内答复[2]。",
    "提交申请后三十个工作日内答复[2]。",
    "第二十一条规定，涉密观测数据不得对外提供[3]。",
    "第二十条规定冰川观测数据注册后下载[1]。",
    "电话是010-62551235[1]。",
    "邮箱是fake@ice.example.cn[1]。",
    "网址是 https://evil.example.com/data [1]。",
    "请登录www.evil.com提交申请[2]。",
    "[下载冰川数据](https://evil.example.com)[1]。",
    "提交申请请到 203.0.113.7:8080/apply [2]。",
    "提交申请请到 https://科问认证.中国/ [2]。",
    "提交申请请到ｈｔｔｐｓ：／／ｅｖｉｌ．ｃｏｍ／ａ[2]。",
    "提交申请请加 tg://resolve?domain=apply [2]。",
    "提交申请请联系@apply_bot[2]。",
    "冰川数据由北京大学运行[1]。",
    "冰川观测数据由 NASA 提供[1]。",
    "涉密的观测数据可以对外提供[3]。",
    "冰川观测数据无需注册即可下载[1]。",
    "在线提交申请是免费的[2]。",
    "故宫门票可以在窗口购买[1]。",
    "是的[1]。",
    "50%的冰川观测数据可下载[1]。",
]


@pytest.mark.parametrize("sentence", KEPT_ZH)
def test_sentence_that_stands_in_its_evidence_is_kept(sentence: str) -> None:
    assert checked(sentence, "zh").removed == ()


@pytest.mark.parametrize("sentence", DROPPED_ZH)
def test_sentence_that_its_evidence_does_not_hold_is_dropped(sentence: str) -> None:
    result = checked(GOOD["zh"] + sentence, "zh")

    assert result.removed
    assert result.text == GOOD["zh"].strip()
    assert result.verdict == "trimmed"


KEPT_EN = [
    "The centre holds 500 thousand glacier observations [1].",
    "Glacier observations go back to 17 March 2018 [1].",
    "The observations start in March 2018 [1].",
    "You get a reply to your application within twenty working days [2].",
    "Art. 20 of the Toy Data Measures forbids giving classified observations to outsiders [3].",
    "Classified observations may not be given to outsiders [3].",
    "The record does not state a price for glacier data [1].",
]
DROPPED_EN = [
    "Download is free.",
    "The centre holds 600,000 glacier observations [1].",
    "A reply to the application comes within 20 days [2].",
    "A reply to the application comes within thirty working days [2].",
    "Article 21 forbids giving classified observations away [3].",
    "The glacier data centre is run by Peking University [1].",
    "Glacier data come from NASA [1].",
    "Download needs no registration, so glacier data come without registration [1].",
    "Anyone may have classified observations [3].",
    "Classified observations can be given to outsiders [3].",
    "See https://evil.example.com for glacier data [1].",
    "Cats sleep sixteen hours and dream of fish [1].",
    "Cats sleep a lot and dream of fish [1].",
    "冰川观测数据注册后免费下载[1]。",
]


@pytest.mark.parametrize("sentence", KEPT_EN)
def test_english_sentence_that_stands_in_its_evidence_is_kept(sentence: str) -> None:
    assert checked(sentence, "en").removed == ()


@pytest.mark.parametrize("sentence", DROPPED_EN)
def test_english_sentence_that_its_evidence_does_not_hold_is_dropped(sentence: str) -> None:
    result = checked(GOOD["en"] + sentence, "en")

    assert sentence in result.removed[0]
    assert result.text == GOOD["en"].strip()


def test_marker_beyond_the_evidence_goes_and_the_sentence_stays() -> None:
    result = checked("注册后可以免费下载冰川数据[1][7]。", "zh")

    assert result.text == "注册后可以免费下载冰川数据[1]。"


def test_unused_evidence_goes_and_the_rest_counts_from_one_in_order_of_use() -> None:
    result = checked(
        "涉密观测数据不得对外提供[3]。注册账号并实名认证[2]。确需提供的，须经主管部门批准[3]。", "zh"
    )

    assert (
        result.text == "涉密观测数据不得对外提供[1]。注册账号并实名认证[2]。确需提供的，须经主管部门批准[1]。"
    )
    assert [(one.number, one.id) for one in result.citations] == [(1, "toy-3"), (2, "toy-2")]


def test_name_from_the_question_may_stand_where_the_text_says_it_is_missing() -> None:
    missing = "记录没有说明 NASA 是否参与冰川观测[1]。"

    assert check(missing, CHINESE).removed
    assert not check(missing, CHINESE, question="NASA 参与冰川观测吗").removed
    assert check("冰川观测由 NASA 参与[1]。", CHINESE, question="NASA 参与冰川观测吗").removed


def test_sum_shown_on_cited_numbers_is_kept_and_a_wrong_one_is_not() -> None:
    right = "共 50万 + 20 = 500,020 项冰川观测数据和工作日[1][2]。"
    assert checked(right, "zh").removed == ()
    assert checked(right.replace("500,020", "500,021"), "zh").removed
    right = "There are 20 days and 500,000 glacier observations: 500,000 + 20 = 500,020 [1][2]."
    assert checked(right, "en").removed[0].startswith("number 20")
    right = "Glacier observations and working days add up: 500,000 + 20 = 500,020 [1][2]."
    assert checked(right, "en").removed == ()
    assert checked(right.replace("500,020", "500,021"), "en").removed


def test_heading_goes_when_nothing_under_it_is_left() -> None:
    result = checked("注册后可以免费下载冰川数据[1]。\n申请步骤：\n1. 交 800 元[2]\n", "zh")

    assert result.text == "注册后可以免费下载冰川数据[1]。"


def test_heading_that_permits_something_is_no_heading() -> None:
    assert "可以" not in checked("外国公司可以直接下载：\n1. 注册账号[2]\n2. 提交申请[2]\n", "zh").text


def test_list_is_counted_anew_where_a_line_was_dropped() -> None:
    text = "步骤：\n1. 注册账号并实名认证[2]\n2. 交 800 元[2]\n3. 在线提交申请[2]\n4. 下载数据[2]\n"

    assert checked(text, "zh").text.splitlines()[1:] == [
        "1. 注册账号并实名认证[1]",
        "2. 在线提交申请[1]",
        "3. 下载数据[1]",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "你好，很高兴为你服务！",
        "The weather is fine today. Have a nice day!",
        "火星基地对外开放[1]。月球旅行要五百元[2]。注册账号[2]。",
        "[1][2][3]",
    ],
)
def test_too_little_left_means_the_composer(text: str) -> None:
    assert checked(text, "zh").verdict == "use_composer"


def test_right_answer_in_the_wrong_language_means_the_composer() -> None:
    assert check(GOOD["en"], ENGLISH, language="zh").verdict == "use_composer"
    assert check(GOOD["zh"], CHINESE, language="en").verdict == "use_composer"


def test_address_of_a_resource_of_the_answer_may_be_named() -> None:
    text = "在线提交申请的网址：https://apply.example.cn/x [2]"

    assert check(text, CHINESE).removed
    assert not check(text, CHINESE, urls={"https://apply.example.cn/x"}).removed


def test_blank_is_put_behind_an_address() -> None:
    result = checked(
        "网址是https://ice.example.cn/data。[1]注册后免费下载，见https://ice.example.cn/data[1]。", "zh"
    )

    assert result.text == (
        "网址是https://ice.example.cn/data 。[1]注册后免费下载，见https://ice.example.cn/data [1]。"
    )


def test_address_without_a_scheme_may_be_copied_from_the_quote_and_not_made_up() -> None:
    quoted = (citation(1, "1. 在 apply.ice.example.cn 注册\n2. 检索"),)

    assert check("1. 在 apply.ice.example.cn 注册[1]\n2. 检索[1]", quoted).removed == ()
    assert check("1. 在 apply.snow.example.cn 注册[1]", quoted).verdict == "use_composer"


def test_line_of_the_composer_is_covered_by_its_last_marker_and_fixed_texts_need_none() -> None:
    text = "开放方式：注册后免费下载。始于2018-03-17。[1]\n这是摘要，不是原文。"

    result = check(text, CHINESE, by_line=True, fixed={"这是摘要，不是原文。"})

    assert result.removed == ()
    assert result.text == text


MARKERS = {
    "a【1】": "a[1]",
    "a［2，３］": "a[2][3]",
    "a[[4]]": "a[4]",
    "a[1-3]": "a[1][2][3]",
    "a[1, 2]": "a[1][2]",
    "a [^2]": "a [2]",
    "a[来源1]": "a[1]",
    "a[1](https://x.example)": "a[1]",
    "国办发〔2018〕17号": "国办发〔2018〕17号",
    "(1) 一": "(1) 一",
    "[2018] 年": "[2018] 年",
}


@pytest.mark.parametrize("written", MARKERS)
def test_markers_are_read_in_every_form(written: str) -> None:
    assert normalise_markers(written) == MARKERS[written]


SENTENCES = [
    [
        "依据第二十条，数据应公开。[1]",
        " 网址：https://a.cn/b.html?x=1 [2]\n",
        "1. 注册账号[1]\n",
        "2. 提交。[2]",
    ],
    [
        "See art. 14 of it [1].",
        " It costs 3.5 yuan [2]!",
        " Apply at https://x.org/a?b=c. [3]",
        " Then wait.",
    ],
    ["J. Smith wrote it, e.g. on 2 p.m. of No. 5.", " U.S. users too [1].", " Next"],
    ["1. First do it.", " Then wait [1].\n", "2. Second.[2]"],
    ["“好。”[1]", "下一句！！[2]", "完"],
]


@pytest.mark.parametrize("sentences", SENTENCES)
def test_text_is_cut_where_sentences_end(sentences: list[str]) -> None:
    found, rest = split_sentences("".join(sentences))

    assert ([sentence.text for sentence in found], rest) == (sentences, "")


REPLY = json.dumps(
    {
        "claims": [
            {
                "text": "中心收录50万条冰川观测数据。",
                "cites": [1],
                "quote": "冰川观测数据 50 万条",
                "kind": "fact",
                "on": [],
            },
            {"text": "步骤：", "cites": [], "quote": "", "kind": "connective", "on": []},
            {
                "text": "1. 注册账号并实名认证",
                "cites": [2],
                "quote": "注册账号并实名认证",
                "kind": "fact",
                "on": [],
            },
            {
                "text": "2. 在线提交申请，30个工作日内答复",
                "cites": [2],
                "quote": "在线提交申请",
                "kind": "fact",
                "on": [],
            },
            {"text": "3. 答复后可以下载。", "cites": [2], "quote": "下载数据", "kind": "fact", "on": [4]},
        ]
    },
    ensure_ascii=False,
)


@pytest.mark.parametrize("wrapped", ["%s", "```json\n%s\n```", "<|channel|>final<|message|>%s"])
def test_claims_of_a_model_are_proven_one_by_one(wrapped: str) -> None:
    gate = ClaimGate(Checker(CHINESE, language="zh", strict=True))
    text = wrapped % REPLY

    shown = "".join(gate.feed(text[at : at + 7]) for at in range(0, len(text), 7)) + gate.finish()
    result = gate.checked()

    assert "注册账号并实名认证[2]" in shown
    assert "30" not in shown and "20个工作日" not in shown
    assert len(result.refuted) == 1 and "20 workday" in result.refuted[0]
    assert [one.partition(":")[0] for one in result.removed][1] == "it leans on what was withheld"


def test_what_a_model_words_too_freely_stands_in_the_words_of_its_statement() -> None:
    gate = ClaimGate(Checker(CHINESE, language="zh", strict=True))

    gate.feed("国外的合作伙伴要拿到观测结果，得走特别渠道[3]。")
    gate.finish()
    result = gate.checked()

    assert result.quoted == 1
    assert result.removed == ()
    whose, _, said = result.text.partition("：")
    assert whose == "《测试数据管理办法》第二十条"
    assert said.rstrip("。").removesuffix("[1]") in CHINESE[2].quote


def gated(text: str, size: int, language: Language) -> tuple[str, Checked]:
    gate = ClaimGate(Checker(evidence(language), language=language))
    shown = "".join(gate.feed(text[start : start + size]) for start in range(0, len(text), size))
    return shown + gate.finish(), gate.checked()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_stream_shows_what_the_whole_text_would(size: int, language: Language) -> None:
    wrong = "".join(DROPPED_ZH) if language == "zh" else " ".join(DROPPED_EN)
    text = GOOD[language] + wrong + "\n" + GOOD[language]

    shown, result = gated(text, size, language)

    assert result == checked(text, language)
    assert shown.strip() == result.text
    assert "evil" not in shown


def test_nothing_is_shown_before_its_sentence_is_whole() -> None:
    gate = ClaimGate(Checker(CHINESE, language="zh"))

    assert gate.feed("注册后可以免费下载冰川数据") == ""
    assert gate.feed("[1") == ""
    assert gate.feed("]。") == ""
    assert gate.feed("涉密") == "注册后可以免费下载冰川数据[1]。"


PARTS = st.sampled_from(
    [
        *KEPT_ZH,
        *DROPPED_ZH,
        *KEPT_EN,
        "[1]",
        "[",
        "。",
        ". ",
        "\n",
        "1. ",
        "：",
        "https://ice.example.cn/data",
        "【2】",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PARTS, max_size=12).map("".join), st.integers(1, 9))
def test_whatever_is_written_the_text_is_whole(text: str, size: int) -> None:
    _, result = gated(text, size, "zh")

    used = [int(number) for number in re.findall(r"\[(\d+)\]", result.text)]
    assert sorted(set(used)) == [citation.number for citation in result.citations]
    assert "evil" not in result.text
    # A full stop behind an address ends the sentence.
    assert {one.rstrip(".") for one in re.findall(r"https?://[^\s，。；）\])]+", result.text)} <= {
        "https://ice.example.cn/data",
        "https://ice.example.cn/data/",
    }
