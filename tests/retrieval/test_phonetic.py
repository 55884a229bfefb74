"""Pinyin syllables and homophone slips."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.folding import fold, tokenise
from retrieval.phonetic import Homophones, pinyin_runs, syllables


def test_words_are_cut_into_syllables() -> None:
    assert syllables("qingzang") == ("qing", "zang")
    assert syllables("gaoyuan") == ("gao", "yuan")
    assert syllables("telescope") == ()


def test_english_is_no_pinyin_run() -> None:
    assert pinyin_runs(tokenise(fold("where is the telescope data center"))) == []
    assert len(pinyin_runs(tokenise(fold("huangtu gaoyuan in English")))) == 1


def test_slip_needs_a_character_that_stands_alone() -> None:
    words = Homophones(["标准物质", "资源库"])

    assert [c.word for c in words.corrections("买标准物植")] == ["标准物质"]
    assert words.corrections("买标准物质") == []
    assert words.corrections("标注无值") == []


@given(st.text(max_size=60))
def test_folding_keeps_a_way_back(text: str) -> None:
    for token in tokenise(fold(text)):
        assert 0 <= token.start < token.end <= len(text)
