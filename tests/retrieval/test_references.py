"""Article references and their documents; identifiers; names that nobody bears."""

from __future__ import annotations

import pytest

from corpus.records import Article, Text
from retrieval.identifiers import identifiers
from retrieval.names import NameIndex
from retrieval.references import article_references, resolve
from retrieval.unknown_names import UnknownNames
from tests.retrieval.test_names import RECORDS, policy


def numbered(numbers: list[str]) -> tuple[Article, ...]:
    return tuple(Article(no=no, digest=Text(zh="某条", en="A rule")) for no in numbers)


FULL = policy(
    "tundra-law",
    "苔原保护法",
    "Tundra Protection Law",
    None,
    coverage="all",
    last_article=3,
    articles=numbered(["第一条", "第二条", "第三条"]),
)
KEY = policy(
    "desert-law",
    "荒漠防治法",
    "Desert Control Law",
    None,
    last_article=111,
    articles=numbered(["第二十条", "第二十条之一", "第一百一十一条"]),
)


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex([*RECORDS, FULL, KEY])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第二十条", [("article", 20, None)]),
        ("第20条说什么", [("article", 20, None)]),
        ("第二十条之一", [("article", 20, 1)]),
        ("第一百一十一条", [("article", 111, None)]),
        ("article 14", [("article", 14, None)]),
        ("Art. 14", [("article", 14, None)]),
        ("articles 14 and 15", [("article", 14, None), ("article", 15, None)]),
        ("articles 3-5", [("article", 3, None), ("article", 4, None), ("article", 5, None)]),
        ("第三条至第五条", [("article", 3, None), ("article", 4, None), ("article", 5, None)]),
        ("第四章", [("chapter", 4, None)]),
        ("第二条第（一）项", [("article", 2, None), ("item", 1, None)]),
        ("第２条第二款", [("article", 2, None), ("paragraph", 2, None)]),
        ("这条路怎么走，article about 14 people", []),
    ],
)
def test_article_references(text: str, found: list[tuple[str, int, int | None]]) -> None:
    assert [(r.unit, r.number, r.inserted) for r in article_references(text)] == found


def test_reference_span_is_of_the_text_as_given() -> None:
    ref = article_references("请看第２０条。")[0]

    assert (ref.surface, ref.start, ref.end) == ("第２０条", 2, 6)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("苔原保护法第二条", [("tundra-law", "第二条", True)]),
        ("苔原保护法第一百条", [("tundra-law", None, False)]),
        ("荒漠防治法第20条", [("desert-law", "第二十条", True)]),
        ("荒漠防治法第二十条之一", [("desert-law", "第二十条之一", True)]),
        ("荒漠防治法第三十条", [("desert-law", None, None)]),
        ("荒漠防治法第112条", [("desert-law", None, False)]),
        ("What does article 2 of the Tundra Protection Law say?", [("tundra-law", "第二条", True)]),
        (
            "荒漠防治法第二十条和苔原保护法第三条",
            [("desert-law", "第二十条", True), ("tundra-law", "第三条", True)],
        ),
        ("第二条", []),
    ],
)
def test_reference_binds_to_the_nearest_policy(
    index: NameIndex, text: str, bound: list[tuple[str, str | None, bool | None]]
) -> None:
    refs = resolve(text, index.mentions(text), index.records)

    assert [(r.policy_id, r.article, r.exists) for r in refs] == bound


def test_reference_without_a_name_takes_the_context(index: NameIndex) -> None:
    refs = resolve("那第三条呢", [], index.records, ["tundra-law"])

    assert [(r.policy_id, r.article, r.from_context) for r in refs] == [("tundra-law", "第三条", True)]


@pytest.mark.parametrize(
    ("text", "kind", "value", "well_formed"),
    [
        ("doi:10.99999/a.b-1。", "doi", "10.99999/a.b-1", True),
        ("前缀10.99999是谁的", "doi", "10.99999", False),
        ("CSTR:17081.11.sciencedb.1", "cstr", "17081.11.sciencedb.1", True),
        ("17081.11.abc.2020.1 在哪", "cstr", "17081.11.abc.2020.1", True),
        ("https://example.org/a?b=1）", "url", "https://example.org/a?b=1", True),
        ("data.example.cn打不开", "host", "data.example.cn", True),
        ("0000-0002-1825-0097", "orcid", "0000-0002-1825-0097", True),
        ("0000-0002-1825-0098", "orcid", "0000-0002-1825-0098", False),
        ("PRJCA001234怎么下", "accession", "PRJCA001234", True),
        ("HRA000123", "accession", "HRA000123", True),
        ("编号 ZM012345 的", "number", "ZM012345", True),
    ],
)
def test_identifiers(text: str, kind: str, value: str, well_formed: bool) -> None:
    ref = identifiers(text)[0]

    assert (ref.kind, ref.value, ref.well_formed) == (kind, value, well_formed)
    assert value in text[ref.start : ref.end]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("国家深海热泉黄土高原科学数据中心在哪", "国家深海热泉黄土高原科学数据中心"),
        ("Samples from the National Martian Basalt Seed Bank in Lhasa?", "National Martian Basalt Seed Bank"),
        ("《暗物质数据管理条例》怎么说", "《暗物质数据管理条例》"),
        ("Where can I download the FOOBAR-10 images?", "FOOBAR-10"),
        ("国冰发〔2031〕91号", "国冰发〔2031〕91号"),
    ],
)
def test_claimed_name_that_nobody_bears(index: NameIndex, text: str, surface: str) -> None:
    found = UnknownNames(index).find(text, index.mentions(text))

    assert [u.surface for u in found] == [surface]


def test_unknown_name_brings_the_nearest_records(index: NameIndex) -> None:
    found = UnknownNames(index).find("国家深海黄土高原科学数据中心", [])

    assert found[0].nearest[0] == "loess"


@pytest.mark.parametrize(
    "text",
    [
        "a national data centre for neutrino data",
        "国家级的遥感影像数据在哪个中心",
        "该找哪个国家库",
        "国家黄土高原科学数据中心",
        "《沙丘监测条例》第三条",
        "Where is the National Data Center?",
        "CT 影像和 MRI 数据怎么共享",
        "按照有关管理办法处理",
        "你好",
    ],
)
def test_real_or_generic_phrase_is_no_unknown_name(index: NameIndex, text: str) -> None:
    assert UnknownNames(index).find(text, index.mentions(text)) == []
