"""Equal meanings become equal terms, at build time and at question time."""

from __future__ import annotations

import pytest

from retrieval.analysis import analyse, characters, content_terms


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("极地冰芯数据", "極地冰芯數據"),
        ("FAST 望远镜 2021", "ＦＡＳＴ望远镜２０２１"),
        ("genome sequences of cattle", "cattle genome sequence"),
        ("GB/T 39912—2021", "gb/t39912-2021"),
        ("Sentinel-2 影像", "sentinel‑2"),
    ],
)
def test_other_spellings_find_what_is_written(written, asked):
    assert set(content_terms(asked)) <= set(analyse(written))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("GB/T 39912—2021", {"gb/t39912-2021", "39912", "2021"}),
        ("Sentinel-2", {"sentinel-2", "sentinel", "2"}),
        ("前缀10.12402", {"10.12402"}),
        ("CRA-40再分析", {"cra-40", "cra", "40"}),
    ],
)
def test_identifiers_stay_whole_and_give_their_parts(text, terms):
    assert terms <= set(analyse(text))


def test_two_character_words_inside_a_long_name_are_terms():
    assert {"冰川", "冻土", "沙漠"} <= set(analyse("国家冰川冻土沙漠科学数据中心"))


def test_a_name_no_dictionary_knows_is_found_by_its_bigrams():
    assert set(content_terms("荇藻")) & set(analyse("收藏荇藻标本"))


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("请问冰芯在哪里？", ["冰芯"]),
        ("I want to find a dataset of glaciers", ["glacier"]),
        ("where can I get it", []),
        ("？！…", []),
        ("", []),
    ],
)
def test_words_around_a_need_are_not_content(question, terms):
    assert content_terms(question) == terms


def test_stop_words_are_kept_in_what_is_written():
    assert {"the", "of"} <= set(analyse("The Book of Ice"))


def test_characters_leave_out_stop_words_of_a_question():
    assert characters("请问冰芯在哪里 ice", query=True) == ["冰", "芯"]


@pytest.mark.parametrize("text", ["\x00\x01", "😀😀", "\ud800", "a" * 50_000, "，" * 1000])
def test_odd_input_gives_terms_without_white_space(text):
    assert not any(char.isspace() for term in analyse(text) for char in term)
