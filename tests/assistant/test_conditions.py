"""Whether a record lies within the place and unit that a question says."""

from __future__ import annotations

import pytest

from assistant.reading.conditions import meets
from assistant.reading.query import Condition
from wiring import Kewen


@pytest.mark.parametrize(
    ("said", "met"),
    [
        ([("province", "北京市")], True),
        ([("province", "上海市")], False),
        ([("province", "上海市"), ("province", "北京市")], True),
        ([("province", "北京市"), ("host", "若木农业研究院")], True),
        ([("province", "北京市"), ("authority", "青岚冰川研究所")], False),
        ([("type", "germplasm")], None),
        ([], None),
    ],
)
def test_of_one_field_one_is_enough_and_every_field_counts(
    toy_kewen: Kewen, said: list[tuple[str, str]], met: bool | None
):
    record = next(one for one in toy_kewen.corpus if one.id == "ruomu-wheat-bank")

    assert meets(record, [Condition(*one) for one in said]) is met
