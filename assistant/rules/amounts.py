"""Numbers of a case held against numbers of a clause: compared, and periods counted from a day.

Closed rules only: a number is compared where both sides count the same thing in the same unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assistant.records import Language
from corpus.texts import Text
from corpus.texts import fixed_text as _t

_NUMBER = re.compile(
    r"(?P<value>\d[\d,]*(?:\.\d+)?)\s*(?P<scale>万|亿|千|百|k\b|thousand\b|million\b|billion\b)?\s*"
    r"(?P<unit>%|percent\b|人|名|例|份|条|件|元|万元|年|个月|月|个工作日|工作日|天|日|周|小时|米|"
    r"people\b|persons?\b|individuals?\b|patients?\b|subjects?\b|samples?\b|records?\b|items?\b|yuan\b|rmb\b|"
    r"years?\b|months?\b|working days?\b|business days?\b|days?\b|weeks?\b|hours?\b)",
    re.I,
)
_SCALES = {
    "万": 10**4,
    "亿": 10**8,
    "千": 10**3,
    "百": 10**2,
    "k": 10**3,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
}
_UNITS = {
    "person": ("人", "名", "例", "people", "person", "persons", "individual", "individuals", "patient", "patients", "subject", "subjects"),
    "percent": ("%", "percent"),
    "yuan": ("元", "yuan", "rmb"),
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


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what it counts; `surface` as it was written."""

    value: Decimal
    unit: str
    surface: str


def amounts_in(text: str) -> list[Amount]:
    """The amounts of a text in order; years that are dates are none."""
    found = []
    for match in _NUMBER.finditer(text):
        unit = _UNIT_OF.get(match["unit"].lower(), "yuan")
        value = Decimal(match["value"].replace(",", "")) * _SCALES.get((match["scale"] or "").lower(), 1)
        if (unit == "year" and value > 200) or (
            unit in ("month", "day") and re.match(r"\s*\d", text[match.end() :])
        ):
            continue
        found.append(Amount(value, unit, match[0].strip()))
    return found


def compared(question: str, clause: str, language: Language) -> list[str]:
    """「620人 < 3000人」 for each amount of the question whose unit the clause counts in; at most three."""
    bounds = amounts_in(clause)
    lines = []
    for mine in amounts_in(question):
        for bound in bounds:
            if bound.unit != mine.unit or mine.unit in ("year", "month", "day", "workday", "week", "hour"):
                continue
            sign = "<" if mine.value < bound.value else ">" if mine.value > bound.value else "="
            lines.append(COMPARED.in_(language).format(mine=mine.surface, sign=sign, bound=bound.surface))
    return list(dict.fromkeys(lines))[:3]


def counted(question: str, clause: str, language: Language, today: date) -> str | None:
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
    return told + (OVER.in_(language) if over else "")


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
