"""Numbers of a case held against numbers of a clause, and periods counted from a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from assistant.rules.amounts import amounts_in, compared, counted
from wiring import Kewen


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("一共620人", 620, "person"),
        ("620 participants, that is 620 people", 620, "person"),
        ("累计向境外提供100万人以上", 1_000_000, "person"),
        ("单价50万元以上", 500_000, "yuan"),
        ("a share of 35%", 35, "percent"),
        ("3,000 samples", 3000, "sample"),
        ("RMB 1.6m, central money", 1_600_000, "yuan"),
        ("约一千二百人", 1200, "person"),
        ("单价38万的流变仪", 380_000, "yuan"),
        ("26家单位", 26, "count"),
        ("3k people", 3000, "person"),
    ],
)
def test_an_amount_has_its_value_and_what_it_counts(text: str, value: int, unit: str):
    assert (Decimal(value), unit) in [(one.value, one.unit) for one in amounts_in(text)]


def test_a_year_of_the_calendar_is_no_amount():
    assert [one for one in amounts_in("2018年发布") if one.unit == "year"] == []


@pytest.mark.parametrize(("mine", "sign"), [(500, "<"), (3000, "="), (3200, ">")])
def test_amounts_of_one_kind_are_compared(mine: int, sign: str):
    (line,) = compared(f"we have {mine} people", "needed for 3000 people or more", "en")

    assert f"{mine} people {sign} 3000 people" in line


def test_amounts_of_different_kinds_are_not_compared():
    assert compared("我们有620人", "单价50万元以上的仪器", "zh") == []
    assert compared("三台离心机", "30个以上单位会员", "zh") == []
    assert compared("a gain of 3 million dollars: USD 3 million", "fined CNY 5 million", "en") == []


@pytest.mark.parametrize("thing", ["单位", "企业", "学校"])
def test_counts_of_one_thing_are_compared(thing: str):
    (line,) = compared(f"26家{thing}想注册", f"30个以上{thing}会员", "zh")

    assert "26家 < 30个" in line


@pytest.mark.parametrize(
    ("asked", "clause", "total", "sign"),
    [
        ("一家持18%，另一家持35%", "境外持有50%以上股份", "53%", ">"),
        ("300 people now, 250 people in May", "more than 500 people", "550 people", ">"),
        ("先寄200人的，再寄300人的", "500人以上", "500人", "="),
    ],
)
def test_what_only_the_sum_reaches_is_added_up(asked: str, clause: str, total: str, sign: str):
    added, line = compared(asked, clause, "en")

    assert added.endswith(f"= {total}") and f"{total} {sign}" in line


@pytest.mark.parametrize("thing", ["人", "份", "条"])
def test_where_it_is_not_said_which_number_is_meant_nothing_is_compared(thing: str):
    clause = f"1万{thing}以上敏感信息"

    assert compared(f"传了8.2万{thing}的普通信息和3100{thing}的体检结果", clause, "zh") == []
    assert compared(f"传了3100{thing}", clause, "zh", beside=f"100万{thing}以上或者1万{thing}以上敏感") == []
    assert len(compared(f"传了3100{thing}", clause, "zh", beside=clause)) == 1


@pytest.mark.parametrize("thing", ["单位", "企业", "高校"])
def test_where_amounts_of_two_kinds_are_bounded_nothing_is_compared(thing: str):
    clause = f"50名以上个人会员或者30个以上{thing}会员"

    assert compared(f"26名个人会员和22家{thing}会员", clause, "zh") == []
    assert len(compared(f"22家{thing}会员", clause, "zh")) == 1


@pytest.mark.parametrize(
    ("period", "end"), [("60日内", "2027-03-01"), ("3个月", "2027-03-31"), ("1年", "2027-12-31")]
)
def test_a_period_is_counted_from_the_day_that_is_named(period: str, end: str):
    told = counted("12月31日到期", f"期满{period}提交", "zh", date(2026, 11, 29))

    assert told is not None and told.text.split("= ")[1].startswith(end)


@pytest.mark.parametrize(
    ("day", "period", "end"),
    [
        ("2024年8月通过", "3年", "2027-08"),
        ("passed in August 2024", "3 years", "2027-08"),
        ("dated 20 May 2026", "6 months", "2026-11-20"),
        ("since May 20, 2026", "8 months", "2027-01-20"),
        ("2023年1月通过", "有效期3年，可申请延长3年", "2026-01"),
    ],
)
def test_days_and_months_are_read_in_both_languages(day: str, period: str, end: str):
    told = counted(day, period, "en", date(2026, 11, 30))

    assert told is not None and told.text.split("= ")[1].split(" (")[0] == end
    assert ("past" in told.text) == (end < "2026-11-30")


@pytest.mark.parametrize(
    ("clause", "end"),
    [
        ("提前6个月报送", "2026-12-10"),
        ("apply 6 months before the start", "2026-12-10"),
        ("在开始6个月前提交", "2026-12-10"),
        ("within 6 months after the start", "2027-12-10"),
    ],
)
def test_a_period_before_a_day_is_counted_back(clause: str, end: str):
    told = counted("start date 10 June 2027", clause, "en", date(2026, 11, 30))

    assert told is not None and told.text.endswith(end) and told.back == (end < "2027")


def test_a_fine_is_no_bound_of_what_was_gained():
    assert compared("卖了180万", "罚100万–1000万元", "zh", fines=True) == []


def test_a_month_without_a_day_gives_no_last_day():
    assert counted("2026年8月通过", "60日内", "zh", date(2026, 11, 30)) is None


def test_two_days_or_two_periods_leave_it_open():
    today = date(2026, 11, 29)

    assert counted("从1月1日到2月1日", "60日内", "zh", today) is None
    assert counted("12月31日到期", "20日内审核，60日内决定", "zh", today) is None
    assert counted("13月45日", "60日内", "zh", today) is None


@pytest.mark.parametrize(
    ("first", "then"), [("2800人", "再收500，总共3300吧"), ("2500人", "scratch that, 3100 now")]
)
async def test_a_number_of_before_is_not_held_against_a_bound_beside_a_new_one(
    bundled_kewen: Kewen, first: str, then: str
):
    ask = bundled_kewen.assistant.ask
    before = await ask(f"我们做普通人群队列，多省，打算收{first}的血，没有家系，纯内资，要办采集审批吗")

    after = await ask(then, conversation_id=before.conversation_id)

    assert f"{first} <" in before.text
    assert f"{first} <" not in after.text
