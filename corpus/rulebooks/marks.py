"""What a line begins with: a chapter, an article, an item, an annex."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from corpus.numerals import chinese_number

_N = r"[零〇○一二两三四五六七八九十百千\d](?:\s*[零〇○一二两三四五六七八九十百千\d])*"
"""Text recognition sets blanks between the characters."""
_HEADING = re.compile(
    rf"^第\s*{_N}\s*(?P<unit>编|分编|章|节)(?![规的、和及至])\s*(?P<name>.*)$"
    r"|^(?P<en>Part|Chapter|Section)\s+(?:\d+|[IVXLC]+)\b[.:]?\s*(?P<en_name>.*)$",
    re.I,
)
_ARTICLE = re.compile(
    rf"^\**\s*第\s*(?P<number>{_N})\s*条(?:\s*之\s*(?P<inserted>[一二三四五六七八九十\d]+))?\s*\**(?P<after>.?)",
    re.S,
)
_ENGLISH = re.compile(
    r"^\**\s*(?:Article|Art\.)\s+(?P<number>\d{1,4})(?:-(?P<inserted>\d{1,2}))?\**(?P<after>[.:]?(?:\s+|$))",
    re.I | re.A,
)
_REFERS = re.compile(r"(?:of|and|or|to|,|in|shall|is|applies)\b", re.I)
_ITEM = re.compile(
    r"^(?:"
    r"(?P<paren>[（(]\s*(?P<a>[零〇一二三四五六七八九十百]+)\s*[）)])"
    r"|(?P<dun>(?P<b>[一二三四五六七八九十百]+)、)"
    r"|(?P<digits>[（(]\s*(?P<c>\d{1,3})\s*[）)])"
    r"|(?P<dot>(?P<d>\d{1,3})(?:[．、]|\.(?!\d)))"
    r"|(?P<ring>(?P<e>[①-⑳]))"
    r"|(?P<letter>\((?P<f>[a-z])\)(?=\s))"
    r")\s*"
)
_ANNEX = re.compile(
    r"^(?P<label>附(?:件|录|表)?\s*[一二三四五六七八九十\d]{0,3}|(?:Annex|Appendix|Schedule)(?:\s+(?:\d+|[A-Z]))?)"
    r"\s*(?:[:：.]\s*|\s|$)(?P<name>[^。；]{0,60})$",
    re.I,
)
_LEVELS = {"编": 0, "part": 0, "分编": 1, "章": 2, "chapter": 2, "节": 3, "section": 3}

Kind = Literal["paren", "dun", "digits", "dot", "ring", "letter"]


@dataclass(frozen=True, slots=True)
class Heading:
    """第二章 总则, of level 0 (编) to 3 (节); a Markdown heading without a number counts as a chapter."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class ArticleMark:
    """A label; `length` characters of the line belong to it. `sure` when a blank or a bracket follows."""

    no: str
    number: int
    inserted: int
    length: int
    sure: bool


@dataclass(frozen=True, slots=True)
class ItemMark:
    kind: Kind
    label: str
    number: int


def markdown(text: str) -> tuple[int, str]:
    """(number of # signs, the rest)."""
    stripped = text.lstrip("#")
    depth = len(text) - len(stripped)
    if depth and not stripped[:1].isspace():
        return 0, text
    return depth, stripped.strip()


def heading(text: str) -> Heading | None:
    """A chapter or section; in plain text only where it is no sentence."""
    depth, bare = markdown(text)
    bare = bare.strip("*").strip()
    found = _HEADING.match(bare)
    if found and (depth or (len(bare) <= 40 and not re.search(r"[。；，：]|\.$", bare))):
        unit = (found["unit"] or found["en"]).lower()
        return Heading(_LEVELS[unit], re.sub(r"\s+", " ", bare))
    return Heading(min(depth, 3), re.sub(r"\s+", " ", bare)) if depth >= 2 else None


def article(text: str) -> ArticleMark | None:
    """A label at the start of a line, which may still be a reference: see `sure` and the numbering."""
    depth, bare = markdown(text)
    prefix = len(text) - len(bare)
    if found := _ARTICLE.match(bare):
        number = chinese_number(_settled(found["number"]))
        inserted = chinese_number(found["inserted"]) if found["inserted"] else 0
        if number is None or inserted is None:
            return None
        head, after = bare[: found.start("after")], found["after"]
        sure = depth > 0 or head != head.strip() or "*" in head or not after or after in "【［[（(：:"
        if not sure and after in "、，。的和至或及与规第款项所":
            return None
        label = re.sub(r"[\s*]", "", head)
        return ArticleMark(label, number, inserted, prefix + found.start("after"), sure)
    if found := _ENGLISH.match(bare):
        if _REFERS.match(bare[found.end() :]) and not bare.startswith("*"):
            return None
        inserted = int(found["inserted"] or 0)
        label = f"Article {int(found['number'])}" + (f"-{inserted}" if inserted else "")
        return ArticleMark(label, int(found["number"]), inserted, prefix + found.end(), True)
    return None


def _settled(numeral: str) -> str:
    """Without blanks, in half width."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", numeral)).replace("○", "〇")


def item(text: str) -> ItemMark | None:
    """（一）, 1．, 一、, ① or (a)."""
    found = _ITEM.match(text)
    if not found:
        return None
    kinds: tuple[tuple[Kind, str], ...] = (
        ("paren", "a"), ("dun", "b"), ("digits", "c"), ("dot", "d"), ("ring", "e"), ("letter", "f"),
    )  # fmt: skip
    for kind, group in kinds:
        if found[group]:
            return ItemMark(kind, found[kind], _value(kind, found[group]))
    return None


def _value(kind: Kind, numeral: str) -> int:
    if kind == "ring":
        return ord(numeral) - ord("①") + 1
    if kind == "letter":
        return ord(numeral) - ord("a") + 1
    return chinese_number(numeral) or 0


def annex(text: str) -> tuple[str, int] | None:
    """(label, its length in characters) of a line that opens an annex: 附件2：…, 附：, Annex 1."""
    _, bare = markdown(text)
    bare_at = len(text) - len(bare)
    found = _ANNEX.match(bare.strip("*"))
    if not found or found["name"].startswith("则"):
        return None
    return re.sub(r"\s+", " ", found["label"].strip()), bare_at + found.start("name")
