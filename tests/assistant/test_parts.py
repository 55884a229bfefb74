"""Messages of several questions: cut by their form, put together by the model, and no word lost."""

from __future__ import annotations

import pytest

from assistant.reading.parts import AT_MOST, parts_of, pieces

PAIRS = [
    ("{}的电话是多少，网址也给我", 2),
    ("{}收费吗？怎么预约？", 2),
    ("What does {} hold, and who runs it?", 2),
    ("① {}在哪 ② 谁主管 ③ 怎么申请", 3),
    ("我们要做高压实验，样品是矿物，想用{}", 1),
]
NAMES = ["上海光源", "国家天文科学数据中心", "中国西南野生生物种质资源库", "FAST"]


@pytest.mark.parametrize(("message", "count"), PAIRS)
def test_the_number_of_questions_does_not_hang_on_the_name(message: str, count: int):
    found = [len(parts_of(message.format(name)).questions) for name in NAMES]

    assert found == [count] * len(NAMES)


@pytest.mark.parametrize(("message", "count"), PAIRS)
def test_the_pieces_of_a_message_are_all_of_it(message: str, count: int):
    cut = pieces(message)

    assert "".join(message[a:b] for a, b in cut) == message


def test_what_is_told_first_bears_on_all_questions():
    parts = parts_of("我们是外资控股的药企。①算外方单位吗 ②自己能不能建样本库")

    assert len(parts.questions) == 2 and "外资控股" in parts.told
    assert "外资控股" in parts.questions[0]


def test_of_too_many_questions_the_last_are_left_out():
    many = "".join(f"{name}的电话是多少？" for name in NAMES * 6)
    parts = parts_of(many)

    assert len(parts.questions) == AT_MOST and parts.left == len(NAMES) * 6 - AT_MOST
    assert all(one in many for one in parts.questions)
