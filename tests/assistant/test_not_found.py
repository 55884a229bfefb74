"""Honest answers when the corpus does not hold it."""

from __future__ import annotations

import pytest

from tests.assistant.conftest import Ask
from wiring import Kewen

PARTS_ZH = ("已在收录的资源目录和政策条款中查找", "可能知道的单位：", "还可以：")
PARTS_EN = ("I searched the catalogue", "Who may know: ", "A way on: ")


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("火星上有没有企鹅", PARTS_ZH),
        ("国家深空标本库怎么申请", PARTS_ZH),
        ("《青岚火星条例》第三条", PARTS_ZH),
        ("若木小麦库的电话", PARTS_ZH),
        ("青岚人体样本管理条例第三十条", PARTS_ZH),
        ("Are there penguins on Mars?", PARTS_EN),
        ("What is the Global Asteroid Archive?", PARTS_EN),
        ("明天天气怎么样", PARTS_ZH),
    ],
)
async def test_not_found_says_what_was_searched_who_may_know_and_a_way_on(
    ask: Ask, question: str, parts: tuple[str, ...]
):
    answer = await ask(question)

    assert answer.status == "not_found"
    for part in parts:
        assert part in answer.text


async def test_near_records_are_marked_uncertain_and_cited(ask: Ask):
    answer = await ask("陨石薄片的扫描图像哪里有")

    near = answer.text.split("不确定是否相关）：\n")[1].splitlines()
    marked = [line for line in near if line.startswith("- ")]
    assert 1 <= len(marked) <= 3
    assert all(line.endswith("]") for line in marked)
    assert answer.resources == ()


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("国家深空标本库怎么申请", "国家深空标本库"),
        ("《青岚火星条例》第三条怎么规定", "青岚火星条例"),
        ("How do I apply to the Global Asteroid Archive?", "Global Asteroid Archive"),
    ],
)
async def test_a_name_that_is_not_held_is_given_back(ask: Ask, question: str, name: str):
    answer = await ask(question)

    assert name in answer.text.splitlines()[0]


async def test_the_asker_gets_no_live_or_personal_fact(ask: Ask):
    answer = await ask("我上周交给云溪光源的申请批到哪一步了")

    assert answer.status == "not_found"
    assert "办理进度" in answer.text


async def test_a_name_of_another_place_is_not_taken_for_ours(bundled_kewen: Kewen):
    answer = await bundled_kewen.assistant.ask("广州市促进大型科学仪器设施共享规定第六条是什么？")
    own = await bundled_kewen.assistant.ask("上海市促进大型科学仪器设施共享规定第五条是什么？")

    assert answer.status == "not_found"
    assert "广州市促进大型科学仪器设施共享规定" in answer.text.splitlines()[0]
    assert own.status == "answered"


async def test_a_penalty_is_not_borrowed_from_another_law(bundled_kewen: Kewen):
    answer = await bundled_kewen.assistant.ask("畜牧法里卖假种畜会罚多少钱？")

    assert answer.status == "not_found"
    assert "处罚" in answer.text.splitlines()[0]
