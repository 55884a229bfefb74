import pytest

from evaluation.text import (
    article_key,
    bare_hosts_in,
    language_of,
    leads_to,
    normal_address,
    normal_text,
    numeral,
    same_article,
    says,
)


def test_normal_text_drops_width_case_marks_and_thousands_commas():
    assert normal_text("**共１，５９９　小时** [1][2、3] — OK") == "共1599 小时 - ok"


@pytest.mark.parametrize(
    ("text", "alternative"),
    [
        ("受理后 20 个工作日", "20个工作日"),
        ("registration is free", "regist"),
        ("共 5.27 PB", "5.27"),
        ("涉及1,599小时", "1599"),
        ("见第二十条[3]。", "第二十条"),
        ("2018–2020 年", "2018-2020"),
    ],
)
def test_a_fact_is_found_whatever_its_typography(text, alternative):
    assert says(text, alternative)


@pytest.mark.parametrize(
    ("text", "alternative"),
    [
        ("2022年", "20"),
        ("5.27PB", "27"),
        ("20.5小时", "20"),
        ("it cannot be done", "not"),
        ("120个工作日", "20个工作日"),
    ],
)
def test_a_fact_is_not_found_inside_a_longer_number_or_word(text, alternative):
    assert not says(text, alternative)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("依托中国科学院 (Institute of Botany, CAS)，可以免费检索。", "zh"),
        ("The host is 植物研究所; you may search without an account.", "en"),
        ("https://example.org/some/long/english/path 看这里", "zh"),
    ],
)
def test_language_is_that_of_most_of_the_text(text, language):
    assert language_of(text) == language


def test_addresses_compare_without_scheme_www_and_last_slash():
    assert normal_address("HTTPS://www.Fox.example.org/Den/.") == "fox.example.org/Den"
    assert leads_to("fox.example.org/den/2", "fox.example.org/den")
    assert not leads_to("fox.example.org/dens", "fox.example.org/den")


def test_a_host_without_scheme_counts_and_a_mail_address_does_not():
    assert bare_hosts_in("看 www.fox.cn 或写信给 keeper@fox.cn，https://den.fox.cn/x") == ["www.fox.cn"]


@pytest.mark.parametrize(
    ("written", "value"),
    [("二十", 20), ("一百零三", 103), ("两百", 200), ("十", 10), ("47", 47), ("甲", None)],
)
def test_numerals_in_both_scripts(written, value):
    assert numeral(written) == value


def test_an_article_is_the_same_in_either_numeral_and_in_an_anchor():
    assert same_article("第二十条", "第20条", None)
    assert same_article("第二十条", None, "/policies/fox-rules#art-20")
    assert not same_article("第二十条", "第二条", "/policies/fox-rules#art-2")


def test_a_place_without_a_number_is_compared_by_its_words():
    assert article_key("第四章 义务（条号待核）") == "第四章义务"
    assert same_article("第四章 义务（条号待核）", "第四章 义务", None)
    assert not same_article("第四章 义务（条号待核）", "第三章 保存", None)
