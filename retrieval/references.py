"""Articles a text refers to, and the documents they belong to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from corpus.numerals import chinese_number
from corpus.records import Policy, Resource
from corpus.versions import Renumbered, formerly, standing, version_on
from retrieval.folding import fold
from retrieval.mentions import Mention

Unit = Literal["article", "chapter", "section", "paragraph", "item"]

_NUM = r"[零〇一二两三四五六七八九十百千\d]+"
_ZH = re.compile(
    rf"第\s*[（(]?\s*(?P<number>{_NUM})\s*[）)]?\s*(?P<unit>条|章|节|款|项)(?:\s*之\s*(?P<inserted>[一二三四五六七八九十\d]+))?"
)
_ZH_RANGE = re.compile(
    rf"第\s*(?P<first>{_NUM})\s*条?\s*(?P<joint>[至到\-–—~～、和与及])\s*第?\s*(?P<last>{_NUM})\s*条"
)
_EN = re.compile(
    r"\b(?P<unit>articles?|arts?\.?|chapters?|sections?|paragraphs?|items?)\s*(?P<list>\d{1,4}(?:\s*(?:,|and|&|or|to|[-–—])\s*(?:\d{1,4}))*)(?![\d.]|\s*(?:%|percent|years?|days?))",
    re.I | re.A,
)
_UNITS: dict[str, Unit] = {"条": "article", "章": "chapter", "节": "section", "款": "paragraph", "项": "item"}
_OF_THE = re.compile(r"\s*(?:of|in|from|under)\s+(?:the\s+|document\s+|China's\s+)*[\"'《“]?\s*", re.I)
_WIDEST = 20
"""A range of more articles than this is read as its two ends."""


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """One number referred to at start..end of the text as given.

    `inserted` is 1 for 第二十条之一. A paragraph or item belongs to the article before it.
    """

    unit: Unit
    number: int
    inserted: int | None
    surface: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """As Policy.article() takes it."""
        return f"第{self.number}条之{self.inserted}" if self.inserted else f"第{self.number}条"


@dataclass(frozen=True, slots=True)
class ResolvedRef:
    """An article reference bound to a document.

    `exists`: True when the corpus has the article, False when the document ends before it (or is known
    in full and lacks it), None when the document is known by key articles only and this is not one.
    `article` is the `no` of the record's article, verbatim, and `version` the stored version that it is
    taken from where that is not today's. `formerly`: the articles of today that bore the number before,
    where the number is an old one. `exists` is None too where the words of the day asked for are not held.
    """

    policy_id: str
    number: int
    article: str | None
    exists: bool | None
    ref: ArticleRef
    from_context: bool = False
    version: str | None = None
    formerly: tuple[Renumbered, ...] = ()

    @property
    def key(self) -> str:
        """As Policy.article() takes it."""
        return f"{self.ref.key}@{self.version}" if self.version else self.ref.key


def article_references(text: str) -> list[ArticleRef]:
    """References in order of place; lists and ranges give one for each number."""
    folded = fold(text)
    found: list[ArticleRef] = []

    def add(unit: Unit, number: int | None, inserted: int | None, start: int, end: int) -> None:
        if number is not None and number > 0:
            span = folded.span(start, end)
            found.append(ArticleRef(unit, number, inserted, text[span[0] : span[1]], *span))

    taken: list[tuple[int, int]] = []
    for match in _ZH_RANGE.finditer(folded.text):
        first, last = chinese_number(match["first"]), chinese_number(match["last"])
        for number in _numbers(first, match["joint"], last):
            add("article", number, None, *match.span())
        taken.append(match.span())
    for match in _ZH.finditer(folded.text):
        if any(start <= match.start() < end for start, end in taken):
            continue
        inserted = chinese_number(match["inserted"]) if match["inserted"] else None
        add(_UNITS[match["unit"]], chinese_number(match["number"]), inserted, *match.span())
    for match in _EN.finditer(folded.text):
        unit = _english_unit(match["unit"])
        pieces = re.findall(r"\d+|,|and|&|or|to|[-–—]", match["list"], re.I)
        numbers: list[int] = []
        joint = ""
        for piece in pieces:
            if piece.isdigit():
                number = int(piece)
                numbers += _numbers(numbers[-1], joint, number)[1:] if joint and numbers else [number]
                joint = ""
            elif piece in ("to", "-", "–", "—"):
                joint = piece
        for number in numbers:
            add(unit, number, None, *match.span())
    return sorted(found, key=lambda r: (r.start, r.number))


def _english_unit(word: str) -> Unit:
    key = word.lower().rstrip(".").rstrip("s")
    return "article" if key == "art" else key  # type: ignore[return-value]


def _numbers(first: int | None, joint: str, last: int | None) -> list[int]:
    if first is None or last is None:
        return [n for n in (first, last) if n is not None]
    if joint in "、和与及" or not first < last or last - first > _WIDEST:
        return [first, last]
    return list(range(first, last + 1))


def resolve(
    text: str,
    mentions: Sequence[Mention],
    records: Mapping[str, Resource | Policy],
    context_policy_ids: Sequence[str] = (),
    day: date | None = None,
) -> list[ResolvedRef]:
    """Each article reference with the document it belongs to, as it stood on that day; None: today.

    The nearest policy named before it wins, in the same clause first; then one named after it
    (`article 14 of the …`); then every policy of `context_policy_ids`. References without any are left out.
    """
    policies = [m for m in mentions if isinstance(records.get(m.record_id), Policy)]
    bound: list[ResolvedRef] = []
    for ref in article_references(text):
        if ref.unit != "article":
            continue
        owners = _owners(text, ref, policies)
        chosen = [m.record_id for m in owners] or list(context_policy_ids)
        for policy_id in dict.fromkeys(chosen):
            policy = records.get(policy_id)
            if isinstance(policy, Policy):
                bound.append(_bound(policy, ref, day, text, not owners))
    return bound


_OLD = re.compile(
    r"(?:原来?|旧|老|曾|过去|从前|以前|之前|(?:修正|修订|修改)(?:之|以)?前|旧法|旧版|老版)的?[^，。；？?,;]{0,8}$"
    r"|\b(?:old|former(?:ly)?|previous(?:ly)?|earlier|pre-amendment|before the (?:amendment|revision))\b"
    r"[^,;?]{0,20}$",
    re.I,
)


def _bound(policy: Policy, ref: ArticleRef, day: date | None, text: str, from_context: bool) -> ResolvedRef:
    old: tuple[Renumbered, ...] = ()
    if day is None:
        no, exists = article_state(policy, ref)
        if no is None or _OLD.search(text[: ref.start]):
            old = tuple(formerly(policy, ref.key))
        if old:
            no, exists = None, None
        elif no is None or _OLD.search(text[: ref.start]):
            # The old number has no counterpart of like words: its own words are what is known of it.
            for version in reversed(policy.versions):
                if version.version != policy.current and (article := version.article(ref.key)):
                    return ResolvedRef(
                        policy.id, ref.number, article.no, True, ref, from_context, version=version.version
                    )
        return ResolvedRef(policy.id, ref.number, no, exists, ref, from_context, formerly=old)
    how = standing(policy, day)
    if how == "stored":
        held = version_on(policy, day)
        assert held is not None
        article = held.article(ref.key)
        name = None if held.version == policy.current else held.version
        no = article.no if article else None
        return ResolvedRef(policy.id, ref.number, no, article is not None, ref, from_context, version=name)
    if how in ("digest", "over"):
        no, exists = article_state(policy, ref)
        return ResolvedRef(policy.id, ref.number, no, exists, ref, from_context)
    old = tuple(formerly(policy, ref.key, day))
    return ResolvedRef(policy.id, ref.number, None, None, ref, from_context, formerly=old)


def article_state(policy: Policy, ref: ArticleRef) -> tuple[str | None, bool | None]:
    """Today's: the article's `no` and whether it exists; see ResolvedRef."""
    article = policy.article(ref.key)
    if article is not None:
        return article.no, True
    if policy.last_article is not None and ref.number > policy.last_article:
        return None, False
    if policy.coverage == "all":
        return None, False
    return None, None


def _owners(text: str, ref: ArticleRef, policies: Sequence[Mention]) -> list[Mention]:
    before = [m for m in policies if m.end <= ref.start]
    after = [m for m in policies if m.start >= ref.end]
    if after:
        nearest = min(m.start for m in after)
        gap = text[ref.end : nearest]
        if _OF_THE.fullmatch(gap):
            return [m for m in after if m.start == nearest]
    if before:
        nearest = max(m.end for m in before)
        return [m for m in before if m.end == nearest]
    if after:
        nearest = min(m.start for m in after)
        return [m for m in after if m.start == nearest]
    return []
