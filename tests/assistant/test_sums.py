"""The numbers of a case worked out by a clause."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.rules.cases import Rule, case_of
from assistant.rules.periods import counted
from assistant.rules.sums import worked
from wiring import Kewen

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("sums.yaml").read_text("utf-8"))
TODAY = date(2026, 11, 30)


def told(one: dict[str, Any]) -> str:
    """Both lines that a case of sums.yaml gives."""
    *before, question = one["turns"]
    carried = "，".join(one["turns"]) if before and one.get("carried", True) else ""
    case = case_of(question, carried, before)
    rule = Rule(one["clause"], one.get("whole", ""), one.get("twin", ""), one.get("operator"))
    ends = counted(case, rule, one["lang"], TODAY)
    return "\n".join(line for line in (worked(case, rule, one["lang"]), ends and ends.text) if line)


@pytest.mark.parametrize("one", CASES, ids=[f"{at}-{one['turns'][-1][:24]}" for at, one in enumerate(CASES)])
def test_a_case_is_worked_out_or_left_alone(one: dict[str, Any]):
    assert told(one) == (one["line"] or "")


def line(clause: str, *turns: str, language: Any = "zh", operator: str | None = None) -> str:
    case = case_of(turns[-1], "，".join(turns) if len(turns) > 1 else "", turns[:-1])
    return worked(case, Rule(clause, operator=operator), language)


@pytest.mark.parametrize("times", [1, 2, 5])
@pytest.mark.parametrize(
    ("clause", "asked", "due", "language"),
    [
        ("渔获销售收入的20%以上用于放流", "渔获销售收入{}万", "{}万", "zh"),
        ("at least 20% of ticket revenue", "ticket revenue of {} million euros", "{} million euros", "en"),
    ],
)
def test_twice_the_sum_is_twice_the_share(clause: str, asked: str, due: str, language: Any, times: int):
    told = line(clause, asked.format(100 * times), language=language)

    assert f"= {due.format(20 * times)}" in told


@pytest.mark.parametrize(
    ("clause", "right", "wrong"),
    [
        ("渔获销售收入的20%以上用于放流", "渔获销售收入100万", "码头租金100万"),
        ("8艘以上渔船", "9艘渔船", "9艘货轮"),
        ("看护记录至少保存4年", "看护记录保存了3年", "合作了3年"),
        ("捕捞所得30万元以上罚2–4倍", "捕捞所得40万", "修船花了40万"),
    ],
)
def test_another_noun_leaves_it_open(clause: str, right: str, wrong: str):
    operator = "penalty" if "罚" in clause else None

    assert line(clause, right, operator=operator) and not line(clause, wrong, operator=operator)


@pytest.mark.parametrize(("parts", "side"), [((7, 12), "没有达到"), ((8, 12), "达到"), ((9, 12), "达到")])
def test_a_mix_is_summed_whichever_part_is_named_first(parts: tuple[int, int], side: str):
    clause = "15艘以上渔船或40个以上渔民（合计不少于20个）"
    boats, people = (f"{parts[0]}艘渔船", f"{parts[1]}个渔民")

    for asked in (f"{boats}和{people}", f"{people}，{boats}"):
        assert f" = {sum(parts)} " in line(clause, asked)
        assert f"20个，{side}（条款：“合计不少于20个”" in line(clause, asked)
    assert "合计" not in line(clause, boats)


def test_a_later_number_stands_for_that_of_before_or_comes_on_top_of_it():
    clause = "20艘以上渔船"

    assert "18艘 < 20艘" in line(clause, "我们有12艘渔船", "数错了，18艘渔船")
    assert "12艘 + 18艘 = 30艘 > 20艘" in line(clause, "我们有12艘渔船", "又来了18艘渔船")
    assert "18艘 <" in line(clause, "我们有12艘渔船", "现在总数18")
    assert line(clause, "我们有12艘渔船", "编号7和18的都算") == ""


def test_numbers_told_alone_do_not_carry_a_talk_that_was_left():
    case = case_of("鱼苗要检疫吗", "", ["我们有12艘渔船"])

    assert worked(case, Rule("20艘以上渔船"), "zh") == ""


def test_equality_is_left_open_where_the_two_languages_of_an_article_differ():
    case = case_of("正好20人")

    assert "含本数" in worked(case, Rule("渔民20人以上", twin="20 or more people"), "zh")
    assert worked(case, Rule("渔民20人以上", twin="over 20 people"), "zh") == ""


def test_an_exception_of_the_clause_stands_beside_what_it_reaches():
    rule = Rule("20艘以上渔船须登记", exceptions=("休闲渔船除外",))

    assert worked(case_of("25艘渔船"), rule, "zh").endswith("；例外：“休闲渔船除外”")
    assert "例外" not in worked(case_of("15艘渔船"), rule, "zh")


@pytest.mark.parametrize("later", [0, 1, 30, 400])
@pytest.mark.parametrize(
    ("clause", "language"), [("收到后45日内答复", "zh"), ("answer within 45 days", "en")]
)
def test_a_later_day_is_a_later_end(clause: str, language: Any, later: int):
    day = date(2027, 1, 10) + timedelta(days=later)

    ends = counted(case_of(f"{day.isoformat()}收到"), Rule(clause), language, TODAY)

    assert ends and ends.text.endswith(f"= {(day + timedelta(days=45)).isoformat()}")


@pytest.mark.parametrize(("today", "over"), [(date(2026, 1, 10), False), (date(2026, 1, 11), True)])
def test_a_period_is_over_from_the_day_after_its_last(today: date, over: bool):
    ends = counted(case_of("2024年1月10日发的"), Rule("许可有效期2年"), "zh", today)

    assert ends and ends.over is over and ("已过" in ends.text) is over


def test_a_period_counts_by_the_grade_that_is_named_and_no_other():
    rule = Rule("甲级渔港证5年、乙级渔港证3年")

    def ends(asked: str) -> str:
        found = counted(case_of(asked), rule, "zh", TODAY)
        return found.text if found else ""

    assert "= 2032-02-01" in ends("2027年2月1日发的甲级渔港证") and "2030" not in ends(
        "2027年2月1日发的甲级渔港证"
    )
    assert "= 2030-02-01" in ends("2027年2月1日发的乙级渔港证")
    assert ends("2027年2月1日发的渔港证") == ""


async def test_what_is_worked_out_stands_right_behind_its_clause(bundled_kewen: Kewen):
    answer = await bundled_kewen.assistant.ask("专利许可净收入600万，单位没有规定也没约定，最少奖励多少")

    lines = answer.text.split("\n")
    at = next(n for n, one in enumerate(lines) if "600万 × 50% = 300万" in one)
    assert "≥50%" in lines[at - 1]
    assert re.findall(r"\[\d+\]$", lines[at]) == re.findall(r"\[\d+\]$", lines[at - 1]) != []


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
