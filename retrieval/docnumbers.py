"""Document numbers as keys: 国办发〔2018〕17号, State Council Order No. 717, GB/T 39912—2021."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

from corpus.numerals import chinese_number
from retrieval.folding import Folded, fold

_DIGITS = "0-9〇零一二三四五六七八九十百"
_OPEN, _CLOSE = r"\[(【〔［﹝<", r"\])】〕］﹞>"
_ISSUED = re.compile(
    rf"(?P<body>[\u4e00-\u9fff]{{2,9}}?)?\s*[{_OPEN}]?\s*(?P<year>(?:19|20)\d\d)\s*[{_CLOSE}]?\s*(?:年)?\s*第?\s*"
    rf"(?P<number>\d{{1,4}})\s*号(?!\s*令)"
)
_ISSUED_EN = re.compile(
    rf"(?P<body>\b[A-Za-z]+(?:\s+[A-Za-z]+){{0,5}})?\s*[{_OPEN}]\s*(?P<year>(?:19|20)\d\d)\s*[{_CLOSE}]\s*"
    r"(?:No\.?|Number|#)?\s*(?P<number>\d{1,4})\b(?!\s*号)",
    re.I | re.A,
)
_ORDER = re.compile(
    rf"(?P<body>[\u4e00-\u9fff]{{2,12}}?)?令\s*(?:(?P<year>(?:19|20)\d\d)年)?\s*第?\s*(?P<number>[{_DIGITS}]{{1,6}})\s*号"
)
_ORDER_BACK = re.compile(r"(?:第\s*)?(?P<number>\d{1,4})\s*号\s*令")
_ORDER_EN = re.compile(
    r"(?P<body>State Council|Presidential|President(?:'s)?|Chairman(?:'s)?|MOST|CAC|Ministry)?\s*"
    r"\b(?:Order|Decree)\s*(?:of the (?P<after>State Council|President)\s*)?"
    r"(?:No\.?|Number|#)?\s*(?P<number>\d{1,4})\b",
    re.I | re.A,
)
_PAPER = re.compile(r"(?<![0-9])(?P<number>\d{1,4})\s*号\s*文(?:件)?")
_STANDARD = re.compile(
    r"(?P<series>\b(?:GB|GA|HJ|JJF|JJG|DB\d\d)\s*(?:/?\s*[TZ])?)\s*(?P<number>\d{3,6}(?:\.\d+)?)(?:\s*[-–—―－:]{1,2}\s*(?P<year>(?:19|20)\d\d))?(?!\d)",
    re.I | re.A,
)
_BODIES_EN = {"state council": "国务院", "president": "主席", "presidential": "主席", "chairman": "主席"}
_BODY_TAIL = re.compile("(?:国务院|主席|[\u4e00-\u9fff]{1,9}(?:部|委|局|办公室|总署))$")


@dataclass(frozen=True, slots=True)
class DocNumber:
    """A number as written at start..end of the folded text. None: that part was not said."""

    series: str
    """issued, order, standard or paper (「70号文」: only the number was said)."""
    number: str
    year: str | None
    body: str | None
    written_body: str
    """The letters or characters before the number, which may hold more than the issuer."""
    start: int
    end: int

    def issuer_length(self, known: DocNumber) -> int:
        """How many trailing characters of `written_body` are the issuer of `known`."""
        if not self.body or not known.body or not self.body.endswith(known.body):
            return len(self.written_body)
        text = self.written_body
        for size in range(1, len(text) + 1):
            if (_body(text[-size:]) or "").endswith(known.body):
                return size
        return len(text)


@lru_cache(maxsize=2_000)
def _sound(body: str) -> str:
    return "".join(lazy_pinyin(body)).lower()


def _body(text: str | None) -> str | None:
    if not text:
        return None
    key = re.sub(r"\s+|'s", "", text).lower()
    for english, chinese in _BODIES_EN.items():
        if key.endswith(english.replace(" ", "")):
            return _sound(chinese)
    return key if key.isascii() else _sound(re.sub("^中华人民共和国", "", key))


def _digits(numeral: str) -> str:
    value = chinese_number(numeral)
    return numeral if value is None else str(value)


def doc_numbers(folded: Folded) -> list[DocNumber]:
    """All document numbers in the folded text, left to right, longest reading first."""
    return list(_scan(folded.text))


@lru_cache(maxsize=512)
def _scan(text: str) -> tuple[DocNumber, ...]:
    found: list[DocNumber] = []
    if not re.search("[0-9〇零一二三四五六七八九十]", text):
        return ()
    for series, pattern in (
        ("standard", _STANDARD),
        ("issued", _ISSUED),
        ("issued", _ISSUED_EN),
        ("order", _ORDER),
        ("order", _ORDER_BACK),
        ("order", _ORDER_EN),
        ("paper", _PAPER),
    ):
        for match in pattern.finditer(text):
            parts = match.groupdict()
            start = match.start()
            body = parts.get("body") or parts.get("after")
            if series == "order" and body and parts.get("body") and not body.isascii():
                tail = _BODY_TAIL.search(body)
                if tail is None:
                    start, body = match.start() + len(body), None
                    parts["body"] = None
            if any(start < d.end and d.start < match.end() for d in found):
                continue
            if series == "standard":
                body = re.sub(r"(?<=\w)([TZ])$", r"/\1", re.sub(r"[\s/]", "", parts["series"]).upper())
            found.append(
                DocNumber(
                    series,
                    parts["number"] if series == "standard" else _digits(parts["number"]),
                    parts.get("year"),
                    body if series == "standard" else _body(body),
                    "" if series == "standard" else (parts.get("body") or "")[-(match.end() - start) :],
                    start,
                    match.end(),
                )
            )
    return tuple(sorted(found, key=lambda d: d.start))


def agrees(said: DocNumber, known: DocNumber) -> float:
    """0 to 1: how surely `said` is `known`; a part that was not said lowers it, one that differs is 0."""
    if said.number != known.number:
        return 0.0
    if said.series != known.series and not (said.series == "paper" and known.series == "issued"):
        return 0.0
    if said.year and known.year and said.year != known.year:
        return 0.0
    sure = 1.0
    if said.body and known.body:
        if said.series == "standard":
            if said.body != known.body and "/" in said.body:
                return 0.0
        # The text before a number may hold more than the issuer: 根据国办发, 关于国发.
        elif not (said.body.endswith(known.body) or known.body.endswith(said.body)):
            return 0.0
    elif not said.body:
        sure -= 0.15
    if known.year and not said.year:
        sure -= 0.1
    return sure


def known_numbers(written: str) -> Iterator[DocNumber]:
    """Those of a record's field, which may hold several: `…第717号；2024年由国务院令第777号修改`."""
    yield from _scan(fold(written).text)
