"""Numbers of a case held against numbers of a clause, and periods counted from a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from assistant.rules.amounts import amounts_in, compared, counted


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("一共620人", 620, "person"),
        ("620 participants, that is 620 people", 620, "person"),
        ("累计向境外提供100万人以上", 1_000_000, "person"),
        ("单价50万元以上", 500_000, "yuan"),
        ("a share of 35%", 35, "percent"),
        ("3,000 samples", 3000, "sample"),
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


@pytest.mark.parametrize(
    ("period", "end"), [("60日内", "2027-03-01"), ("3个月", "2027-03-31"), ("1年", "2027-12-31")]
)
def test_a_period_is_counted_from_the_day_that_is_named(period: str, end: str):
    told = counted("12月31日到期", f"期满{period}提交", "zh", date(2026, 11, 29))

    assert told is not None and told.split("= ")[1].startswith(end)


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

    assert told is not None and told.split("= ")[1].split(" (")[0] == end
    assert ("past" in told) == (end < "2026-11-30")


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

    assert told is not None and told.endswith(end)


def test_a_month_without_a_day_gives_no_last_day():
    assert counted("2026年8月通过", "60日内", "zh", date(2026, 11, 30)) is None


def test_two_days_or_two_periods_leave_it_open():
    today = date(2026, 11, 29)

    assert counted("从1月1日到2月1日", "60日内", "zh", today) is None
    assert counted("12月31日到期", "20日内审核，60日内决定", "zh", today) is None
    assert counted("13月45日", "60日内", "zh", today) is None
