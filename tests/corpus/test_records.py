"""Numerals and anchors of articles."""

from __future__ import annotations

import pytest

from corpus.numerals import chinese_number
from corpus.records import Article, Text


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("七", 7),
        ("十", 10),
        ("二十", 20),
        ("一百零五", 105),
        ("一〇五", 105),
        ("三千六百", 3600),
        ("20", 20),
        ("", None),
        ("廿", None),
    ],
)
def test_numerals_of_articles(numeral: str, number: int | None) -> None:
    assert chinese_number(numeral) == number


def article(no: str, slug: str | None = None) -> Article:
    return Article(no=no, slug=slug, digest=Text(zh="要点", en="Digest"))


@pytest.mark.parametrize(
    ("no", "slug", "anchor"),
    [
        ("第二十条", None, "art-20"),
        ("第二十条之一", None, "art-20-1"),
        ("第14条", None, "art-14"),
        ("第四章（条号待核）", "x-3", "x-3"),
    ],
)
def test_anchor_of_an_article(no: str, slug: str | None, anchor: str) -> None:
    assert article(no, slug).anchor == anchor


def test_article_has_a_number_or_a_slug_never_both() -> None:
    with pytest.raises(ValueError, match="needs slug"):
        article("第四章（条号待核）")
    with pytest.raises(ValueError, match="has none"):
        article("第二十条", "x-1")
