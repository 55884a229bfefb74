"""Amounts, bounds and days of a text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.rules.amounts import Amount, amounts_in, bare_numbers, days_in


def only(text: str) -> Amount:
    (one,) = amounts_in(text)
    return one


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("一共620人", 620, "person"),
        ("620 participants, that is 620 people", 620, "person"),
        ("累计向境外提供100万人以上", 1_000_000, "person"),
        ("单价50万元以上", 500_000, "yuan"),
        ("a share of 35%", 35, "percent"),
        ("持股百分之四十", 40, "percent"),
        ("3,000 samples", 3000, "sample"),
        ("RMB 1.6m, central money", 1_600_000, "yuan"),
        ("约一千二百人", 1200, "person"),
        ("單價38萬的流變儀", 380_000, "yuan"),
        ("26家单位", 26, "count"),
        ("3k people", 3000, "person"),
        ("a grant of €2.5 million", 2_500_000, "euro"),
        ("罚款5倍", 5, "times"),
    ],
)
def test_an_amount_has_its_value_and_what_it_counts(text: str, value: int, unit: str):
    assert (Decimal(value), unit) in [(one.value, one.unit) for one in amounts_in(text)]


@pytest.mark.parametrize(
    "text",
    [
        "2018年发布",
        "GB/T 30523",
        "第37条",
        "article 37",
        "on 3 May 2026",
        "第三方",
        "a 110 m tower",
        "版本3.2",
    ],
)
def test_what_counts_nothing_is_no_amount(text: str):
    assert amounts_in(text) == ()


@pytest.mark.parametrize(
    ("sense", "texts"),
    [
        ("least", ["12株以上", "12株及以上", "至少12株", "不少于12株", "不得少于12株", "≥12株"]),
        ("least", ["at least 12 plants", "12 or more plants", "12 plants or more"]),
        ("least", ["不低于12株", "至少保存12株", "not fewer than 12 plants"]),
        ("over", ["超过12株", "大于12株", "多于12株", ">12株", "more than 12 plants", "over 12 plants"]),
        ("most", ["12株以下", "不超过12株", "不得超过12株", "最多12株", "≤12株", "12 or fewer plants"]),
        ("most", ["at most 12 plants", "up to 12 plants", "no more than 12 plants"]),
        ("most", ["not exceeding 12 plants", "not over 12 plants"]),
        ("under", ["少于12株", "不足12株", "不满12株", "<12株", "fewer than 12 plants", "below 12 plants"]),
        ("about", ["大约12株", "12株左右", "12多株", "about 12 plants"]),
        ("exact", ["12株", "正好12株", "exactly 12 plants"]),
    ],
)  # fmt: skip
def test_words_of_comparison_say_how_a_number_bounds(sense: str, texts: list[str]):
    assert {text: only(text).sense for text in texts} == dict.fromkeys(texts, sense)


@pytest.mark.parametrize(
    ("bound", "inside"),
    [
        ("12株以上", {12, 13}), ("超过12株", {13}), ("12株以下", {11, 12}), ("不满12株", {11}),
        ("12 or more plants", {12, 13}), ("more than 12 plants", {13}), ("at most 12 plants", {11, 12}),
        ("fewer than 12 plants", {11}),
    ],
)  # fmt: skip
def test_a_bound_takes_its_number_in_or_leaves_it_out_as_chinese_law_does(bound: str, inside: set[int]):
    mine = {n: only(f"{n}株" if "株" in bound else f"{n} plants") for n in (11, 12, 13)}

    assert {n for n, one in mine.items() if one.side(only(bound))} == inside
    assert all(one.side(only(bound)) is not None for one in mine.values())


@pytest.mark.parametrize("mine", ["大约12株", "12株左右", "超过10株", "不到20株"])
def test_what_may_lie_on_either_side_is_not_decided(mine: str):
    assert only(mine).side(only("12株以上")) is None


def test_periods_are_compared_where_their_units_have_a_fixed_share():
    assert only("18个月").side(only("1年以上"))
    assert only("3 weeks").side(only("within 20 days")) is False
    assert not only("30天").like(only("1个月以上"))


def test_what_coordinated_bounds_share_is_of_each():
    normal, rare = amounts_in("累计500份普通或20份以上珍稀种子样本")

    assert {"种子", "样本"} <= normal.nouns & rare.nouns and "累计" in rare.nouns
    assert "珍稀" in rare.nouns - normal.nouns and "普通" in normal.nouns - rare.nouns


def test_a_noun_joined_by_or_stays_in_one_piece():
    assert only("自行或合作养护的样地不少于3块").piece == "自行或合作养护的样地不少于3块"


def test_numbers_without_a_unit_are_told_apart():
    assert [one.value for one in bare_numbers("再收500，总共3300吧，按GB/T 30523和2024的版本")] == [500, 3300]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2025年6月1日定的", [(2025, 6, 1)]),
        ("12月31日到期", [(None, 12, 31)]),
        ("passed in August 2024", [(2024, 8, None)]),
        ("from 20 May 2026 to 2026-06-01", [(2026, 5, 20), (2026, 6, 1)]),
        ("二〇二五年六月一日", [(2025, 6, 1)]),
        ("2025年的", []),
    ],
)
def test_days_are_read_in_both_languages(text: str, days: list[tuple[int | None, int, int | None]]):
    assert [(one.year, one.month, one.day) for one in days_in(text)] == days
