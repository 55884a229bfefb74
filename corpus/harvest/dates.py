"""Dates of all spellings -> year, month or day in ISO 8601; what cannot be one has a fault."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime

from corpus.harvest.cleaning import is_placeholder
from corpus.numerals import chinese_number

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), 1,
    )
    for name in names.split()
}  # fmt: skip
_ISO = re.compile(r"^(-?\d{4,6}|\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?)?Z?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?\d{4,6}Z?)?$")
_CHINESE = re.compile(r"^(\d{4})\s*年(?:\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*[日号])?)?")
_NUMERALS = re.compile(r"[〇○零一二三四五六七八九]{4}(?=年)|[一二三四五六七八九十]{1,3}(?=[月日号])")
_WORDS = re.compile(
    r"^(?:(\d{1,2})(?:st|nd|rd|th)?[\s.,-]+)?([A-Za-z]{3,9})\.?[\s,-]+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})\b"
)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+", re.I)
_SLASHES = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_RECURRING = re.compile(r"^R/?P", re.I)


def date_of(value: object, *, ancient: bool = False) -> tuple[str | None, str | None]:
    """(date, fault): `2016`, `2016-12` or `2016-12-20`; the fault says why there is none, or less than given.

    Both are None for an empty value and for words that stand for no date ("unknown", R/P1W). A number is
    seconds or milliseconds since 1970. Years before 1000 count as dates only with `ancient`.
    """
    if isinstance(value, bool) or value is None:
        return None, None
    if isinstance(value, int | float):
        return _epoch(float(value))
    text = str(value).strip().strip("[]()")
    if not text or _RECURRING.match(text) or is_placeholder(text) or text.lower() in _NONE:
        return None, None
    if text.isdigit() and len(text) in (10, 13):
        return _epoch(float(text))
    text = _WEEKDAY.sub("", unicodedata.normalize("NFKC", text))
    if _NUMERALS.match(text):
        text = _NUMERALS.sub(lambda found: str(chinese_number(found[0].replace("○", "〇"))), text)
    for pattern in (_COMPACT, _ISO, _CHINESE):
        if found := pattern.match(text):
            return _checked(found[1], found[2], found[3], ancient)
    if found := _WORDS.match(text):
        month = _MONTHS.get(found[2].lower())
        if month:
            return _checked(found[4], str(month), found[1] or found[3], ancient)
    if found := _SLASHES.match(text):
        return _slashed(int(found[1]), int(found[2]), found[3])
    return None, f"{text[:40]!r} is not a date; write YYYY-MM-DD"


_NONE = {"na", "present", "ongoing", "now", "至今"}


def _slashed(one: int, two: int, year: str) -> tuple[str | None, str | None]:
    if one > 12:
        return _checked(year, str(two), str(one), False)
    if two > 12:
        return _checked(year, str(one), str(two), False)
    if one == two:
        return _checked(year, str(one), str(two), False)
    return year, f"'{one}/{two}/{year}' may be {one} or {two} first; only the year is taken"


def _epoch(number: float) -> tuple[str | None, str | None]:
    if 1000 <= number <= 2999:
        return _checked(str(int(number)), None, None, False)
    seconds = number / 1000 if number > 1e11 else number
    if not 0 < seconds < 4e9:
        return None, f"{number:g} is not a date"
    return datetime.fromtimestamp(seconds, UTC).date().isoformat(), None


def _checked(year: str, month: str | None, day: str | None, ancient: bool) -> tuple[str | None, str | None]:
    number = int(year)
    given = "-".join(part for part in (year, month, day) if part)
    if number < 1000 and not ancient:
        return None, f"{given!r} is no year of a record"
    if abs(number) > 9999 and not ancient:
        return None, f"{given!r} is no year"
    first = f"{'-' if number < 0 else ''}{abs(number):04d}"
    if month is None or int(month) == 0:
        return first, None
    if not 1 <= int(month) <= 12:
        return None, f"{given!r}: there is no month {month}"
    if day is None or int(day) == 0:
        return f"{first}-{int(month):02d}", None
    try:
        # 2000 is a leap year: good enough for years that `date` does not know.
        date(number if 1 <= number <= 9999 else 2000, int(month), int(day))
    except ValueError:
        return None, f"{given!r}: there is no such day"
    return f"{first}-{int(month):02d}-{int(day):02d}", None
