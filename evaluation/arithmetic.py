"""Sums that a text shows: `18 + 49 = 67`, `800万 × 50% = 400万`, `2025-06-01 + 20年 = 2045-06-01`.

A second reckoning, apart from the assistant's own: an answer is checked by it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta

SCALES = {"千": 1e3, "万": 1e4, "亿": 1e8, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SCALE = "|".join(SCALES)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNIT = r"[^\d=＝+−×x*÷/–\-,，;；。:：()（）\n]{0,16}"
_PREFIX = r"(?:[A-Za-z]{1,5} ?|[¥$€])?"
_TERM = rf"{_PREFIX}\d+(?:\.\d+)?\s*(?:{_SCALE})?\s*%?{_UNIT}"
_EQUATION = re.compile(
    rf"(?<![\d-])({_TERM}(?:\s*[-+−×x*÷/–]\s*{_TERM})+)\s*[=＝]\s*{_UNIT}(\d+(?:\.\d+)?\s*(?:{_SCALE})?)(?!\d|-\d)",
    re.IGNORECASE,
)
_MULTIPLES = re.compile(
    rf"(\d+(?:\.\d+)?\s*(?:{_SCALE})?){_UNIT}\s*×\s*(\d+(?:\.\d+)?)[-–](\d+(?:\.\d+)?){_UNIT}"
    rf"\s*=\s*{_PREFIX}(\d+(?:\.\d+)?\s*(?:{_SCALE})?){_UNIT}[-–]{_PREFIX}(\d+(?:\.\d+)?\s*(?:{_SCALE})?)",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"(?P<sign>[-+−–×x*÷/]?)\s*{_PREFIX}(?P<number>\d+(?:\.\d+)?)\s*(?P<scale>{_SCALE})?\s*(?P<percent>%?){_UNIT}",
    re.IGNORECASE,
)
_DAY = r"(\d{4})-(\d\d)(?:-(\d\d))?"
_DAYS = re.compile(
    rf"{_DAY}\s*([+−])\s*(\d+)\s*(个?月|年|日|天|周|months?|years?|days?|weeks?)\s*=\s*{_DAY}", re.IGNORECASE
)


def shown_results(text: str, ground: Collection[float]) -> set[float]:
    """The results of sums in a text whose terms have ground, or are results before, as they are written."""
    proven: set[float] = set()
    for terms, result in _EQUATION.findall(text):
        parts = [float(number) for number in _NUMBER.findall(terms)]
        if all(part in ground or part in proven for part in parts) and _adds_up(terms, _value(result)):
            proven.add(float(_NUMBER.findall(result)[0]))
    for base, low, high, *ends in _MULTIPLES.findall(text):
        rates = [float(low), float(high)]
        if all(float(_NUMBER.findall(one)[0]) in ground for one in (base, low, high)):
            for rate, end in zip(rates, ends, strict=True):
                if _near(_value(base) * rate, _value(end)):
                    proven.add(float(_NUMBER.findall(end)[0]))
    return proven | _ends(text, ground)


def _ends(text: str, ground: Collection[float]) -> set[float]:
    """Numbers of days that a period added to a day gives; a year that nobody named is this one."""
    proven: set[float] = set()
    for y, m, d, sign, count, unit, *end in _DAYS.findall(text):
        said = [float(one) for one in (m, d, count) if one]
        known = float(y) in ground or int(y) == date.today().year
        if not known or not all(one in ground for one in said):
            continue
        steps = int(count) if sign == "+" else -int(count)
        start = date(int(y), int(m), int(d or 1))
        last = _moved(start, steps, unit.lower())
        if [f"{last.year:04}", f"{last.month:02}", f"{last.day:02}" if d else ""] == end:
            proven |= {float(one) for one in (y, *end) if one}
    return proven


def _moved(start: date, steps: int, unit: str) -> date:
    if unit[0] in "日天周dw":
        return start + timedelta(days=steps * (7 if unit[0] in "周w" else 1))
    months = start.year * 12 + start.month - 1 + steps * (12 if unit[0] in "年y" else 1)
    for day in range(start.day, 0, -1):
        try:
            return date(months // 12, months % 12 + 1, day)
        except ValueError:
            continue
    return start


def _value(written: str) -> float:
    found = re.match(rf"(\d+(?:\.\d+)?)\s*({_SCALE})?", written.strip(), re.IGNORECASE)
    assert found is not None
    return float(found[1]) * SCALES.get((found[2] or "").lower(), 1.0)


def _near(value: float, result: float) -> bool:
    return abs(value - result) <= 0.051 * max(1.0, abs(result) * 0.01)


def _adds_up(terms: str, result: float) -> bool:
    """Whether a chain such as `18 + 49 + 87` or `174 − 154` gives the result, to the digits shown."""
    value: float | None = None
    for part in _PART.finditer(terms):
        sign = part["sign"].lower()
        operand = float(part["number"]) * SCALES.get((part["scale"] or "").lower(), 1.0)
        if value is None:
            value = operand
        elif sign == "+":
            value += operand
        elif sign in ("-", "−", "–"):
            value -= operand
        elif sign in ("×", "x", "*"):
            value *= operand / 100 if part["percent"] else operand
        elif sign and operand:
            value /= operand
    return value is not None and _near(value, result)
