"""Items of amending decisions in the closed forms of legislative drafting -> operations on a text.

Chinese forms after 立法技术规范（试行） of the Legislative Affairs Commission; English as acts have them.
Whatever stands in no such form is not read at all: the item stays a note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.numerals import chinese_number
from corpus.rulebooks import marks

Key = tuple[int, int]
"""(20, 0) of article 20, (20, 1) of 第二十条之一 and of article 20-1."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One change of one article.

    `place` is a paragraph or item as Part has it (`p2`, `p2.i3`), None for the whole article. `old` and `new`
    are words; `key` of `insert` and `renumber` is the number after the change, `was` the one before.
    """

    kind: Literal["replace", "delete", "insert", "words", "renumber", "paragraph"]
    key: Key | None
    place: str | None = None
    old: str = ""
    new: str = ""
    was: Key | None = None


_N = r"[零〇一二两三四五六七八九十百千\d]+"
_ARTICLE = rf"第{_N}条(?:之[一二三四五六七八九十\d]+)?"
_PARA = rf"第{_N}款"
_ITEM = rf"第[（(]?{_N}[）)]?项"
_PLACE = rf"(?:(?P<para>{_PARA})?(?P<item>{_ITEM})?)"
_LIST = rf"(?P<list>{_ARTICLE}(?:[、和及]{_ARTICLE})*)"
_Q = r"\x00(?P<q>\d+)\x00"
_TO = r"(?:修改|修订|改|替换)为[:：]?"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("replace", re.compile(rf"(?:将|把)?{_LIST}{_PLACE}{_TO}{_Q}")),
    ("moved", re.compile(rf"(?:将|把)?(?P<list>{_ARTICLE})改为(?P<to>{_ARTICLE})")),
    ("insert", re.compile(
        rf"(?:在?(?P<list>{_ARTICLE})之?后)?增加{_N}条[,，]?(?:分别)?作为(?P<to>{_ARTICLE}(?:[、和及至]{_ARTICLE})*)[:：]?{_Q}"
    )),
    ("paragraph", re.compile(rf"(?:(?:将|在)?{_LIST})?增加一款[,，]?作为(?P<para>{_PARA})[:：]?{_Q}")),
    ("words", re.compile(
        rf"(?:将|把)?(?:{_LIST}{_PLACE})?(?:中|里)?的?\x00(?P<o>\d+)\x00(?:统一)?{_TO}{_Q}"
    )),
    ("cut", re.compile(rf"(?:删去|删除|将)?{_LIST}{_PLACE}中的?{_Q}(?:删去|删除)?")),
    ("delete", re.compile(rf"(?:删去|删除){_LIST}{_PLACE}")),
    ("delete", re.compile(rf"(?:将|把)?{_LIST}{_PLACE}(?:予以)?(?:删去|删除)")),
)  # fmt: skip
_EN = r"(?P<list>(?:Article|Section)\s+\d+(?:-\d+)?)"
_EN_PLACE = r"(?:\s*\((?P<para>\d+)\))?"
_ENGLISH: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("replace", re.compile(
        rf"{_EN}{_EN_PLACE}\s+is\s+(?:hereby\s+)?(?:amended\s+to\s+read(?:\s+as\s+follows)?|replaced\s+by(?:\s+the\s+following)?"
        rf"|substituted\s+by)\s*[:,]?\s*{_Q}", re.I)),
    ("delete", re.compile(rf"{_EN}{_EN_PLACE}\s+is\s+(?:hereby\s+)?(?:repealed|deleted|revoked)", re.I)),
    ("insert", re.compile(
        rf"After\s+{_EN}\s*,?\s*(?:the\s+following\s+(?:article|section)\s+is\s+(?:inserted|added)|insert|there\s+is\s+inserted)"
        rf"\s*[:,]?\s*{_Q}", re.I)),
    ("words", re.compile(
        rf"In\s+{_EN}{_EN_PLACE}\s*,?\s*(?:the\s+words?\s+)?\x00(?P<o>\d+)\x00\s+(?:is|are)\s+(?:replaced\s+by|substituted\s+by)"
        rf"\s+(?:the\s+words?\s+)?{_Q}", re.I)),
)  # fmt: skip
_QUOTED = re.compile(r"“((?:[^“”]|“[^“”]*”)*)”|「([^「」]*)」|‘([^‘’]*)’|\"([^\"]*)\"")
_PARTING = re.compile(
    r"(?:[\s；;。，,、.]|并|and\b|以及|\([0-9a-z]+\)|[（(][一二三四五六七八九十]+[）)]|\d+[.．、])+"
)
_REST = re.compile(r"[^\x00第]*(?:条文|条款|条|款|项)?[^\x00第]*(?:顺序|序号)[^\x00第]*调整[^\x00第。]*")
"""…条文序号作相应调整: the articles are counted anew."""
_NAMES = re.compile(_ARTICLE + r"|\b(?:Article|Section)\s+\d+")
_LABELLED = re.compile(rf"^\s*(?P<label>{_ARTICLE}|(?:Article|Section)\s+\d+(?:-\d+)?)[.:：\s　]*", re.M)


@dataclass(frozen=True, slots=True)
class Item:
    """What an item does; `operations` is None where it is in no form that is known. `recount`: articles are
    numbered anew behind it."""

    operations: tuple[Operation, ...] | None
    recount: bool = False


def read_item(text: str) -> Item:
    """The operations of one item, or of an article that holds several."""
    quotes: list[str] = []

    def kept(found: re.Match[str]) -> str:
        quotes.append(next(one for one in found.groups() if one is not None))
        return f"\x00{len(quotes) - 1}\x00"

    bare = _QUOTED.sub(kept, text)
    recount = bool(re.search(r"(?:顺序|序号)[^。]{0,12}调整", bare))
    spaced = re.sub(r"[ \t\u3000]+", " ", bare)
    bare = spaced if re.search(r"[A-Za-z]{3}", spaced) else re.sub(r"\s+", "", bare)
    operations: list[Operation] = []
    context: tuple[Key, ...] = ()
    lead = _start(bare)
    if lead is None:
        return Item(() if not _NAMES.search(bare) else None, recount)
    at = lead
    while at < len(bare):
        if parting := _PARTING.match(bare, at):
            at = parting.end()
            continue
        found = _form_at(bare, at)
        if found is None:
            tail = bare[at:]
            if "\x00" in tail or _NAMES.search(tail):
                return Item(None, recount)
            break
        kind, match = found
        made = _operations(kind, match, quotes, context)
        if made is None:
            return Item(None, recount)
        operations += made
        if match.groupdict().get("list"):
            keys = _keys(match["list"])
            context = (*keys,)
        at = match.end()
    return Item(tuple(operations), recount)


def _start(bare: str) -> int | None:
    """Where the first form begins; what stands before it names the document that is amended."""
    starts = [found.start() for _, form in (*_FORMS, *_ENGLISH) if (found := form.search(bare))]
    if not starts:
        return None
    first = min(starts)
    return None if _NAMES.search(bare[:first]) else first


def _form_at(bare: str, at: int) -> tuple[str, re.Match[str]] | None:
    for kind, form in (*_FORMS, *_ENGLISH):
        if found := form.match(bare, at):
            return kind, found
    return None


def _keys(labels: str) -> list[Key]:
    found = []
    for label in re.findall(rf"{_ARTICLE}|(?:Article|Section)\s+\d+(?:-\d+)?", labels, re.I):
        if key := key_of(label):
            found.append(key)
    return found


def key_of(label: str) -> Key | None:
    """Of 第二十条之一, Article 4-1 and Section 3."""
    if section := re.fullmatch(r"\s*Section\s+(\d+)(?:-(\d+))?\s*", label, re.I):
        return int(section[1]), int(section[2] or 0)
    mark = marks.article(f"{label} ")
    return (mark.number, mark.inserted) if mark else None


def _place(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    number = re.search(_N, groups.get("para") or "")
    item = re.search(_N, groups.get("item") or "")
    if not (number or item):
        return None
    paragraph = chinese_number(number[0]) if number else 1
    return f"p{paragraph}.i{chinese_number(item[0])}" if item else f"p{paragraph}"


def _operations(
    kind: str, match: re.Match[str], quotes: Sequence[str], context: Sequence[Key]
) -> list[Operation] | None:
    groups = match.groupdict()
    keys = _keys(groups["list"]) if groups.get("list") else []
    new = quotes[int(groups["q"])].strip() if groups.get("q") else ""
    place = _place(match)
    if kind == "replace":
        return _replaced(keys, place, new)
    if kind == "moved":
        to = _keys(groups["to"])
        return [Operation("renumber", to[0], was=keys[0])] if to and keys else None
    if kind == "insert":
        return _inserted(_keys(groups.get("to") or ""), new)
    if kind == "paragraph":
        own = keys or list(context)
        return [Operation("paragraph", own[0], place, new=new)] if len(own) == 1 else None
    if kind in ("words", "cut"):
        old = quotes[int(groups["o"])] if kind == "words" else new
        inside = keys or list(context) if groups.get("list") else keys
        put = new if kind == "words" else ""
        targets: list[Key | None] = [*inside] if inside else [None]
        return [Operation("words", key, place, old=old, new=put) for key in targets]
    return [Operation("delete", key, place) for key in keys]


def _replaced(keys: list[Key], place: str | None, new: str) -> list[Operation] | None:
    """The whole article's words stand behind its label; with another label it gets that number too."""
    if len(keys) != 1:
        return None
    parted = labelled(new)
    if place is not None or not parted:
        return [Operation("replace", keys[0], place, new=new)]
    if len(parted) != 1:
        return None
    key, words = parted[0]
    moved = [Operation("renumber", key, was=keys[0])] if key != keys[0] else []
    return [Operation("replace", keys[0], new=words), *moved]


def _inserted(keys: list[Key], new: str) -> list[Operation] | None:
    parted = labelled(new)
    if not parted and len(keys) == 1:
        parted = [(keys[0], new)]
    if not parted or (keys and [keys[0], keys[-1]] != [parted[0][0], parted[-1][0]]):
        return None
    return [Operation("insert", key, new=words) for key, words in parted]


def labelled(text: str) -> list[tuple[Key, str]]:
    """The articles that stand in a quotation, each with its number; none where it begins with no label."""
    found = [one for one in _LABELLED.finditer(text) if key_of(one["label"])]
    if not found or text[: found[0].start()].strip():
        return []
    ends = [one.start() for one in found[1:]] + [len(text)]
    parted = []
    for one, end in zip(found, ends, strict=True):
        key = key_of(one["label"])
        if key is not None:
            parted.append((key, text[one.end() : end].strip()))
    return parted
