"""Numbers of a case held against numbers of a clause: compared, and periods counted from a day.

Closed rules only: a number is compared where both sides count the same thing in the same unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assistant.numerals import chinese_value
from assistant.records import Language
from corpus.texts import Text
from corpus.texts import fixed_text as _t
from retrieval.analysis import content_terms, has_han

_NUMBER = re.compile(
    r"(?P<currency>\b(?:rmb|cny|yuan|usd|eur)\b|[¥￥$€])?\s*"
    r"(?P<value>\d[\d,]*(?:\.\d+)?|[零一二两三四五六七八九十百千]+)\s*[余多]?"
    r"(?P<scale>万亿|万|亿|千|百|[km]\b|thousand\b|million\b|billion\b)?\s*"
    r"(?P<unit>%|percent\b|per cent\b|人|名|例|份|条|件|块|元|万元|年|个月|月|个?工作日|天|日|周|小时|米|"
    r"people\b|persons?\b|individuals?\b|patients?\b|subjects?\b|participants?\b|samples?\b|records?\b|"
    r"items?\b|yuan\b|rmb\b|美元|欧元|dollars?\b|euros?\b|years?\b|months?\b|working days?\b|business days?\b|days?\b|weeks?\b|hours?\b|"
    r"(?P<counter>[个家台套只株头匹支管粒艘架座]))?",
    re.I,
)
_SCALES = {
    "万": 10**4,
    "亿": 10**8,
    "万亿": 10**12,
    "千": 10**3,
    "百": 10**2,
    "k": 10**3,
    "m": 10**6,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
}
_CURRENCIES = {"usd": "dollar", "$": "dollar", "eur": "euro", "€": "euro"}
_SUMS_OF_MONEY = ("万", "亿", "million", "billion")
"""Scales after which money is meant where nothing else is counted: 「卖了180万」."""
_NOUN = 8
"""Characters behind a count that say what is counted."""
_UNITS = {
    "person": ("人", "名", "例", "people", "person", "persons", "individual", "individuals", "patient", "patients", "subject", "subjects", "participant", "participants"),
    "percent": ("%", "percent", "per cent"),
    "yuan": ("元", "块", "万元", "yuan", "rmb"),
    "dollar": ("美元", "dollar", "dollars"),
    "euro": ("欧元", "euro", "euros"),
    "sample": ("份", "sample", "samples"),
    "item": ("条", "件", "record", "records", "item", "items"),
    "workday": ("个工作日", "工作日", "working day", "working days", "business day", "business days"),
    "day": ("天", "日", "day", "days"),
    "week": ("周", "week", "weeks"),
    "month": ("个月", "月", "month", "months"),
    "year": ("年", "year", "years"),
    "hour": ("小时", "hour", "hours"),
    "metre": ("米",),
}  # fmt: skip
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = rf"(?P<{{}}>{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = re.compile(
    r"(?P<y>20\d\d)\s*[年./-]\s*(?P<m>\d{1,2})(?:\s*[月./-]\s*(?P<d>\d{1,2})(?!\d)|\s*月)"
    r"|(?<!\d)(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*[日号]"
    rf"|(?<!\d)(?P<d3>\d{{1,2}})\s+(?!may\b(?!\s+20)){_NAMED.format('m3')}(?:\s+(?P<y3>20\d\d))?\b"
    rf"|\b{_NAMED.format('m4')}\s+(?:(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+)?(?P<y4>20\d\d)\b",
    re.I,
)
COMPARED: Text = _t(
    "对照：{mine} {sign} {bound}（条款的数字）", "Compared: {mine} {sign} {bound} (the number of the clause)"
)
_BEFORE = re.compile(r"\s*(?:以?前|之前|before\b|prior to\b|ahead of\b|in advance\b)", re.I)
COUNTED: Text = _t("期限推算：{start} {sign} {period} = {end}", "Counted: {start} {sign} {period} = {end}")
OVER: Text = _t("（已过）", " (past)")


TOTAL: Text = _t("合计：{parts} = {total}", "In all: {parts} = {total}")
_SPANS = frozenset({"year", "month", "day", "workday", "week", "hour"})


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what it counts; `surface` as it was written. Of the unit `count`, `nouns` say what."""

    value: Decimal
    unit: str
    surface: str
    nouns: frozenset[str] = frozenset()
    label: str = ""
    """The unit as it was written."""

    def like(self, other: Amount) -> bool:
        """True where both count the same."""
        return self.unit == other.unit and (self.unit != "count" or bool(self.nouns & other.nouns))


def amounts_in(text: str) -> list[Amount]:
    """The amounts of a text in order; years that are dates are none."""
    found = []
    for match in _NUMBER.finditer(text):
        digits = match["value"]
        plain = chinese_value(digits) if not digits[0].isdigit() else None
        if not digits[0].isdigit() and (plain is None or not match["unit"] or plain < 2):
            continue
        value = Decimal(digits.replace(",", "")) if plain is None else Decimal(plain)
        scale = (match["scale"] or "").lower()
        value *= _SCALES.get(scale, 1)
        if (match["unit"] or "").startswith("万"):
            value *= 10**4
        behind = text[match.end() :]
        unit, nouns = _unit(match, scale, behind), frozenset[str]()
        if (unit == "year" and value > 200) or (unit in ("month", "day") and re.match(r"\s*\d", behind)):
            continue
        if unit == "count":
            nouns = frozenset(content_terms(behind[: _NOUN if has_han(behind[:2]) else 3 * _NOUN]))
        if unit:
            found.append(Amount(value, unit, match[0].strip(), nouns, match["unit"] or ""))
    return found


def _unit(match: re.Match[str], scale: str, behind: str) -> str:
    """What a number counts; empty where that is not told."""
    if currency := match["currency"]:
        return _CURRENCIES.get(currency.lower(), "yuan")
    if scale in ("k", "m") and not match["unit"]:
        return ""  # 110 m is a length
    if match["counter"]:
        return "count"
    if unit := match["unit"]:
        return _UNIT_OF.get(unit.lower(), "")
    if scale in _SUMS_OF_MONEY:
        return "yuan"
    return "count" if behind[:1] == " " and behind[1:2].isalpha() else ""


def compared(
    question: str, clause: str, language: Language, *, beside: str = "", fines: bool = False
) -> list[str]:
    """「620人 < 3000人」 for the amount of the question that the clause bounds, or the sum of several where only
    that reaches the bound. Nothing where the clause and what stands `beside` it in its article have several
    bounds of a kind, or the question several amounts of it that may each be meant, or amounts of two kinds
    that the clause bounds: which of its bounds decides is not said.

    `fines`: the clause sets fines, so that sums of money in it are no bounds.
    """
    apart = _SPANS | {"yuan"} if fines else _SPANS
    bounds = [one for one in amounts_in(clause) if one.unit not in apart]
    rivals = [*bounds, *(one for one in amounts_in(beside) if one.unit not in apart)]
    asked = list({(one.value, one.unit, one.nouns): one for one in amounts_in(question)}.values())
    lines = []
    if len({mine.unit for mine in asked if any(mine.like(one) for one in bounds)}) > 1:
        return []
    for bound in bounds:
        some = [mine for mine in asked if mine.like(bound)]
        if len({one.value for one in rivals if one.like(bound)}) > 1:
            continue  # which of several bounds is meant is not said
        total = sum((mine.value for mine in some), Decimal(0))
        if len(some) > 1 and all(mine.value < bound.value <= total for mine in some):
            told = _shown(total, some[0], language)
            parts = " + ".join(mine.surface for mine in some)
            lines.append(TOTAL.in_(language).format(parts=parts, total=told))
            lines.append(_line(told, total, bound, language))
        elif len(some) == 1:
            lines.append(_line(some[0].surface, some[0].value, bound, language))
    return list(dict.fromkeys(lines))[:3]


def _line(surface: str, value: Decimal, bound: Amount, language: Language) -> str:
    sign = "<" if value < bound.value else ">" if value > bound.value else "="
    return COMPARED.in_(language).format(mine=surface, sign=sign, bound=bound.surface)


def _shown(value: Decimal, of: Amount, language: Language) -> str:
    """A number as people write it in the language, with the unit of another."""
    whole = f"{value:,f}".rstrip("0").rstrip(".") if value % 1 else f"{int(value):,}"
    if language == "zh" and value >= 10**4 and value % 1000 == 0:
        whole = f"{(value / 10**4).normalize():f}万"
    space = " " if of.label[:1].isascii() and of.label[:1].isalpha() else ""
    return f"{whole}{space}{of.label}"


@dataclass(frozen=True, slots=True)
class Counted:
    """A sum of days in words; `back` where the period ends on the day that was named."""

    text: str
    back: bool


def counted(question: str, clause: str, language: Language, today: date) -> Counted | None:
    """The last day of the only period of days, weeks, months or years of a clause, from the only day asked;
    of a month without a day its month."""
    days = list(_DAY.finditer(question))
    periods = {
        (one.value, one.unit): one
        for one in amounts_in(clause)
        if one.unit in ("day", "week", "month", "year")
    }
    if len(days) != 1 or len(periods) != 1:
        return None
    year, month, day = (_said(days[0], name) for name in ("y", "m", "d"))
    (period,) = periods.values()
    if day is None and period.unit in ("day", "week"):
        return None
    try:
        start = date(year or today.year, month or 0, day or 1)
        back = _runs_back(clause, period)
        end = _after(start, -int(period.value) if back else int(period.value), period.unit)
    except (ValueError, OverflowError):
        return None
    shown = [one.isoformat()[: 10 if day else 7] for one in (start, end)]
    sign = "−" if back else "+"
    told = COUNTED.in_(language).format(start=shown[0], sign=sign, period=period.surface, end=shown[1])
    over = shown[1] < today.isoformat()[: len(shown[1])]
    return Counted(told + (OVER.in_(language) if over else ""), back)


def _runs_back(clause: str, period: Amount) -> bool:
    """True for a period that ends on the day, as 提前六个月 or "6 months before" says."""
    at = clause.find(period.surface)
    before, after = clause[:at], clause[at + len(period.surface) :]
    return before.rstrip().endswith("提前") or _BEFORE.match(after) is not None


def _said(day: re.Match[str], name: str) -> int | None:
    """The year, month or day of a match, whichever way it is written."""
    said = next((text for key, text in day.groupdict().items() if key[0] == name and text), None)
    if said is None:
        return None
    return int(said) if said.isdigit() else _MONTHS.index(said[:3].lower()) + 1


def _after(start: date, count: int, unit: str) -> date:
    if unit in ("day", "week"):
        return start + timedelta(days=count * (7 if unit == "week" else 1))
    months = start.month - 1 + count * (12 if unit == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(start.day, last))
