"""Numbers in one form, whatever they are written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.numerals import Number, Stated, chinese_value, numbers_in, shown_results

SAME = [
    [
        "2018-03-17",
        "2018年3月17日",
        "2018/3/17",
        "17 March 2018",
        "March 17, 2018",
        "二〇一八年三月十七日",
        "２０１８年３月１７日",
    ],
    ["2018年3月", "2018-03", "March 2018", "Mar. 2018"],
    ["3月1日", "1 March"],
    ["第二十条", "第20条", "article 20", "Art. 20", "第 20 条"],
    ["第十四、二十条", "第十四条和第二十条", "articles 14 and 20", "Arts. 14, 20"],
    ["第十四至十六条", "第14-16条", "articles 14–16", "arts. 14 to 16"],
    [
        "50万份",
        "500,000 copies",
        "五十万份",
        "0.5 million",
        "500 thousand",
        "50 余万份",
        "五十余万份",
        "500k",
    ],
    ["1.2亿", "120 million"],
    ["三十个工作日", "30 个工作日", "30 working days", "thirty working days", "30 business days"],
    ["20日内", "20天内", "within 20 days", "二十日内"],
    ["3个月", "三个月", "three months", "3 months"],
    ["50%", "百分之五十", "５０％", "50 percent", "百分之50"],
    ["三分之一"],
    ["010-62551234", "(010) 62551234"],
    ["5至10个工作日", "5-10 working days", "5 to 10 working days"],
    ["50万元", "五十万元", "500,000 yuan", "RMB 500k yuan"],
]


@pytest.mark.parametrize("forms", SAME, ids=lambda forms: forms[0])
def test_all_forms_are_the_same_number(forms: list[str]) -> None:
    assert numbers_in(forms[0])
    assert {frozenset(numbers_in(form)) for form in forms} == {frozenset(numbers_in(forms[0]))}


@pytest.mark.parametrize(
    "text",
    [
        "四川九江第三方",
        "十分一般",
        "1. 注册\n2. 提交",
        "（一）材料",
        "第一步登录",
        "Step 2: wait",
        "一个平台",
        "one of them",
        "百科",
        "十三五",
    ],
)
def test_what_counts_nothing_is_no_number(text: str) -> None:
    assert numbers_in(text) == set()


@pytest.mark.parametrize(
    ("evidence", "claim", "held"),
    [
        ("2018-03-17 发布", "2018年", True),
        ("2018-03-17 发布", "2018年3月", True),
        ("2018-03-17 发布", "3月17日", True),
        ("2018-03 发布", "2018-03-17", False),
        ("20个工作日", "20日", False),
        ("20日", "20个工作日", False),
        ("20个工作日", "20", True),
        ("共 20", "20 days", True),
        ("20 days", "20 months", False),
        ("第二十条", "20", False),
        ("共20条", "第20条", False),
        ("50%", "50", False),
        ("2018年 5年", "5 years", True),
        ("10.12402", "10.12402", True),
        ("GB/T 31075-2014", "31075", True),
    ],
)
def test_evidence_holds_what_it_states(evidence: str, claim: str, held: bool) -> None:
    stated = Stated([evidence])

    assert all(stated.holds(number) for number in numbers_in(claim)) is held


@given(st.integers(1, 9999))
def test_chinese_numerals_are_read_as_written(value: int) -> None:
    digits = "零一二三四五六七八九"
    written, zero = "", False
    for unit, power in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = value // power % 10
        if digit:
            written += ("零" if zero and written else "") + digits[digit] + unit
        zero = not digit
    assert chinese_value(written) == value
    assert chinese_value(written + "万") == value * 10_000


@pytest.mark.parametrize("broken", ["", "三五千", "abc", "三a"])
def test_no_numeral_is_none(broken: str) -> None:
    assert chinese_value(broken) is None


def test_sums_come_out_right_or_are_not_results() -> None:
    stated = Stated(["18台", "49台", "2 sites", "0"])

    assert shown_results("18 + 49 = 67", stated) == {Number("number", "67")}
    assert shown_results("18台（甲）+49台（乙）= 67台", stated) == {Number("number", "67")}
    assert shown_results("49 - 18 = 31; 18 × 2 = 36", stated) == {
        Number("number", "31"),
        Number("number", "36"),
    }
    assert shown_results("18万 × 49% = 8.82万元", Stated(["18万", "49%"])) == {
        Number("number", "88200", "yuan")
    }
    assert shown_results("18万 × 49% = 882万；18% + 49% = 67%", Stated(["18%", "18万", "49%"])) == {
        Number("percent", "67")
    }
    assert shown_results("18+49=68; 18+50=68; 18/0=0", stated) == set()
