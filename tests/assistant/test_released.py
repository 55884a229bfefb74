"""A field that is named to be left open: 「不限地区」."""

from __future__ import annotations

import pytest

from assistant.reading.negation import released


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("不限地区", {"province"}),
        ("不限类型", {"type"}),
        ("Without the place limit", {"province"}),
        ("Without the access limit", {"access"}),
        ("哪个地区都行", {"province"}),
        ("只要北京的", set()),
        ("Which region is it in?", set()),
    ],
)
def test_a_field_is_left_open(text: str, fields: set[str]):
    assert released(text) == fields
