"""Citations say what the record says, in the order of GB/T 7714 and in braces that BibTeX keeps."""

from __future__ import annotations

import re
from datetime import date

from corpus.exports.bibtex import bibtex
from corpus.exports.citable import citable
from corpus.exports.gbt7714 import gbt7714
from tests.corpus.exports.samples import BASE, CENTRE, DATASET, RULE

TODAY = date(2026, 11, 22)


def test_a_centre_is_cited_as_a_database_without_a_year_of_publication() -> None:
    work = citable(CENTRE, BASE)

    assert gbt7714(work, TODAY) == "玩具研究所. 国家玩具数据中心[DB/OL]. [2026-11-22]. https://toys.example/."
    assert gbt7714(work, TODAY, "en").startswith("Institute of Toys. National Toy Data Center[DB/OL]. ")
    assert work.doi is None


def test_a_data_set_is_cited_with_authors_version_publisher_and_identifiers() -> None:
    assert gbt7714(citable(DATASET, BASE), TODAY) == (
        "Doe, Jane, Toy Survey and Co, Li Si, 等. Spinning tops & balls <2020>[DS/OL]. 版本 1.2. "
        "Toy Archive, 2020(2021-06-02)[2026-11-22]. https://toys.example/d/1. DOI:10.12345/toys.1. "
        "CSTR:12345.11.toys.1."
    )


def test_a_rule_is_cited_with_its_number_and_day() -> None:
    assert gbt7714(citable(RULE, BASE), TODAY) == (
        "玩具部. 玩具样本管理办法: 玩具部令第3号[EB/OL]. (2015-03-02)[2026-11-22]. https://toys.example/rule."
    )


def test_bibtex_keeps_bodies_whole_and_escapes_what_tex_reads() -> None:
    entry = bibtex(citable(DATASET, BASE), TODAY, "en")

    assert entry.startswith("@misc{src-10-12345-toys-1,\n")
    assert "author    = {Doe, Jane and {Toy Survey and Co} and {Li Si} and {Zhang San}}" in entry
    assert r"title     = {{Spinning tops \& balls <2020>}}" in entry
    assert "doi       = {10.12345/toys.1}" in entry
    assert "year      = {2020}" in entry
    assert entry.count("{") == entry.count("}")


def test_what_is_not_known_is_in_no_field() -> None:
    entry = bibtex(citable(CENTRE, BASE), TODAY)

    assert re.findall(r"^  (\w+)", entry, re.M) == [
        "author",
        "title",
        "publisher",
        "url",
        "urldate",
        "langid",
    ]
