"""A statute becomes articles, paragraphs and items, byte for byte; anything else is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.rulebooks.errors import RulebookInvalid
from corpus.rulebooks.parser import parse
from corpus.rulebooks.records import FullText, Given
from tests.corpus.rulebook_texts import ENGLISH, FIRST, ITEMS, PLAIN, SECOND


def read(text: str, **given_: object) -> FullText:
    return parse(text.encode(), Given.model_validate(given_), origin="toy.md")


def test_title_note_dates_and_number_come_from_the_text() -> None:
    text = read(FIRST)

    assert text.title == "玩具样本管理办法"
    assert (text.issued, text.effective, text.version) == ("2015-03-02", "2015-05-01", "2015-05-01")
    assert (text.doc_number, text.issuing_body) == ("玩具部令第3号", "玩具部")
    assert text.rank == "departmental_rule"
    assert text.chapters == ("第一章 总则", "第二章 借用")


def test_every_article_stands_once_with_its_chapter_and_anchor() -> None:
    text = read(SECOND)

    assert [one.anchor for one in text.articles] == [
        "art-1", "art-2", "art-3", "art-4", "art-4-1", "art-5", "art-6", "art-7", "annex-1",
    ]  # fmt: skip
    inserted = text.articles[4]
    assert (inserted.no, inserted.number, inserted.chapter) == ("第四条之一", 4, "第二章 借用")
    assert text.articles[8].no == "附件"
    assert text.articles[8].chapter is None


def test_paragraphs_and_items_have_stable_ids() -> None:
    article = read(FIRST).articles[2]

    assert [part.id for part in article.parts] == ["p1", "p1.i1", "p1.i2", "p1.i2.i1", "p1.i2.i2", "p2"]
    assert article.part("p1.i2.i1") == "1．借用地点；"
    assert article.part("p2") == "前款材料一式两份。"
    assert article.part("p3") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_text_is_byte_for_byte_what_stands_in_the_file(encoding: str, ending: str) -> None:
    data = FIRST.replace("\n", ending).encode(encoding)

    text = parse(data)

    assert len(text.articles) == 6
    for article in text.articles:
        assert data[article.start : article.end] == article.text.encode(text.encoding)
        lines = data.decode(text.encoding).split("\n")
        assert article.no in lines[article.line - 1]


def test_a_reference_at_the_start_of_a_line_is_no_article() -> None:
    text = read(PLAIN)

    assert [one.no for one in text.articles] == ["第一条", "第二条", "第三条"]
    assert text.articles[1].part("p2") == "第三条规定的押金除外。"
    assert text.title == "玩具借阅规定"
    assert (text.effective, text.doc_number) == ("2016-03-01", "玩具部令第3号")


def test_english_articles_and_dates_are_read() -> None:
    text = read(ENGLISH)

    assert [(one.no, one.anchor) for one in text.articles] == [
        ("Article 1", "art-1"),
        ("Article 2", "art-2"),
        ("Article 3", "art-3"),
    ]
    assert (text.title, text.effective) == ("Toy Sample Regulations – “Loans”", "2020-07-01")


def test_a_document_of_numbered_points_has_a_preamble_and_items() -> None:
    text = read(ITEMS)

    assert [(one.no, one.anchor) for one in text.articles] == [
        ("序言", "preamble-1"),
        ("一", "item-1"),
        ("二", "item-2"),
    ]
    assert text.articles[2].part("p1.i2") == "（二）一周以上，每天三元。"


def test_pages_are_counted_where_there_are_page_breaks() -> None:
    text = read(FIRST.replace("## 第二章　借用\n", "## 第二章　借用\n\f"))

    assert [one.page for one in text.articles] == [1, 1, 2, 2, 2, 2]
    assert read(FIRST).articles[0].page is None


def test_the_closing_date_of_an_earlier_version_is_not_the_date_of_this_one() -> None:
    revised = FIRST.replace("自2015年5月1日起施行）", "根据2019年7月8日玩具部令第6号修正）")

    text = read(revised)

    assert (text.issued, text.effective, text.version) == ("2019-07-08", None, "2019-07-08")


def test_given_facts_win_and_an_impossible_one_is_told() -> None:
    assert read(FIRST, effective="2015-06-01", version="v1").version == "v1"
    early = read(FIRST, issued="1999-01-01")
    assert early.issued == "2015-03-02"
    assert "1999-01-01" in early.warnings[0]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "toy.md, line 1: holds no text."),
        ("会议于三点开始。\n散会。".encode(), "toy.md, line 1: no line begins with 第一条"),
        (FIRST.replace("第四条　", "第五条　").encode(), "line 32: 第五条 follows 第三条"),
        (FIRST.replace("第二条　", "第一条　").encode(), "line 14: 第一条 comes again; it stood in line 12"),
        (FIRST.replace("第一条　", "第七条　").encode(), "line 12: the first article is 第七条"),
        (
            FIRST.replace("第四条　玩具馆应当自收到材料之日起二十日内答复。", "第四条").encode(),
            "第四条 has no text",
        ),
        ("玩具\0".encode(), "holds a NUL byte"),
        (b"\xff\xfe\xfa\x81", "is neither UTF-8 nor GB 18030"),
        ("第一条 坏\ufffd字。".encode(), "letters were lost"),
        ("第一条 没有题目。".encode(), "no line before the first article is a title"),
        (ITEMS.replace("二、", "三、").encode(), "no line begins with"),
    ],
)
def test_what_is_no_whole_rule_book_is_refused_with_line_and_reason(data: bytes, told: str) -> None:
    with pytest.raises(RulebookInvalid) as refused:
        parse(data, origin="toy.md")

    assert any(told in complaint for complaint in refused.value.complaints)
    assert all(re.match(r"toy\.md, line \d+: ", complaint) for complaint in refused.value.complaints)


@given(st.text(alphabet="第一二三条章之（）、1. \n　附件：ABarticle法", max_size=80))
def test_any_text_is_read_or_refused(body: str) -> None:
    data = f"玩具办法\n{body}".encode()
    try:
        text = parse(data)
    except RulebookInvalid:
        return
    for article in text.articles:
        assert data[article.start : article.end].decode() == article.text
        assert all(article.text[one.start : one.end].strip() for one in article.parts)
    assert len({one.anchor for one in text.articles}) == len(text.articles)
