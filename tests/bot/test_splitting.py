"""Long texts are cut where a reader would, and nothing of them is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.markup import addresses_as_text, to_html, to_links, to_markdown
from bot.records import Rich, Span, plain
from bot.splitting import shorten, split, utf8_bytes, utf16_units
from tests.bot.platform_peers import from_markdown
from tests.bot.telegram_html import read_html, units

spans = st.lists(
    st.builds(
        Span,
        st.text(st.sampled_from("冰芯 abc。，.!?\n😀é́<>&*_[]()`\u200d"), max_size=60),
        st.booleans(),
        st.booleans(),
        st.sampled_from([None, "https://example.org/a?b=1&c=(2)"]),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(spans, st.integers(8, 60), st.sampled_from([utf16_units, utf8_bytes]))
def test_pieces_fit_and_hold_everything_in_order(drawn: list[Span], limit: int, measure: object) -> None:
    rich = tuple(drawn)
    pieces = split(rich, limit, measure)  # type: ignore[arg-type]

    assert all(measure(piece) <= limit for piece in pieces)  # type: ignore[operator]
    assert all(plain(piece).strip() for piece in pieces)
    assert "".join("".join(map(plain, pieces)).split()) == "".join(plain(rich).split())


@settings(max_examples=150, deadline=None)
@given(spans)
def test_every_form_shows_the_same_words(drawn: list[Span]) -> None:
    rich = tuple(drawn)
    words = plain(rich)

    assert read_html(to_html(rich))[0] == words.replace("\r", "\n")
    # WeCom knows no way to escape a tag, so its brackets are shown full width.
    shown = to_links(rich).replace("＜", "<").replace("＞", ">")
    assert words in shown or any(span.link for span in rich)
    assert "".join(addresses_as_text(rich).replace("https://example.org/a?b=1&c=(2)", "").split()) == "".join(
        words.split()
    )


@pytest.mark.parametrize("entities", [True, False])
def test_markdown_of_feishu_and_dingtalk_shows_the_words(entities: bool) -> None:
    rich: Rich = (
        Span("第一条", bold=True, link="https://example.org/(a)_b"),
        Span(
            "：*星* _线_ `码` <b>粗</b> ~~删~~ [点](https://evil.example/) https://example.org/a_b_c\n# 标题"
        ),
    )
    shown = to_markdown(rich, entities=entities)

    assert from_markdown(shown) == plain(rich)
    assert not re.search(r"(?<!\\)\]\(https://evil", shown) and "https://example.org/a_b_c" in shown


def test_a_cut_falls_behind_a_sentence_with_its_marks() -> None:
    text = "雪冰样品在极地中心。[1][2]申请前请先注册账号，并写明用途。[2]"

    first, second = split((Span(text),), 22, utf16_units)

    assert plain(first) == "雪冰样品在极地中心。[1][2]" and plain(second).startswith("申请前")


def test_a_character_of_several_code_points_is_not_cut() -> None:
    family = "👩\u200d👩\u200d👧"
    pieces = split((Span("甲" * 9 + family + "乙" * 9),), 12, utf16_units)

    assert any(family in plain(piece) for piece in pieces)


def test_a_style_that_is_cut_is_closed_and_opened_again() -> None:
    rich = (Span("很长的一句话。" * 30, bold=True, link="https://example.org/"),)
    pieces = split(rich, 50, utf16_units)

    assert len(pieces) > 3
    for piece in pieces:
        text, links = read_html(to_html(piece))
        assert units(text) <= 50 and links


def test_shortening_says_that_more_follows() -> None:
    rich = (Span("一句话。" * 100),)

    assert plain(shorten(rich, 60, utf16_units)).endswith("…")
    assert shorten((Span("短"),), 60, utf16_units) == (Span("短"),)
    assert shorten((), 60, utf16_units) == ()
