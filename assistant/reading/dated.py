"""Which day of a rule a question bounds: of issue, of taking effect, of a change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from assistant.reading.days import MONTHS
from assistant.reading.negation import field_places, fields_in, negated
from assistant.reading.query import Condition

FIELDS = ("effective", "issued", "amended")
_DAY = re.compile(
    r"(?<![\d-])(?P<y>(?:1[89]|20)\d\d)(?:[-/.]|年)(?P<m>\d{1,2})(?:(?:[-/.]|月)(?P<d>\d{1,2})[日号]?|月)(?![\d-])"
)
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in MONTHS)
_ENGLISH = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<m>{_MONTH})\.?(?:\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?)?"
    r"\s+(?P<y>(?:1[89]|20)\d\d)\b",
    re.I,
)


def days_in(text: str) -> list[tuple[str, int, int]]:
    """Days and months that a text names, YYYY-MM-DD or YYYY-MM, and where."""
    found = [
        (
            "-".join([one["y"], f"{int(one['m']):02}", *([f"{int(one['d']):02}"] if one["d"] else [])]),
            *one.span(),
        )
        for one in _DAY.finditer(text)
    ]
    for one in _ENGLISH.finditer(text):
        month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(one["m"][:3].lower()))
        day = one["d1"] or one["d2"]
        found.append(("-".join([one["y"], f"{month:02}", *([f"{int(day):02}"] if day else [])]), *one.span()))
    return found


def dated(found: Iterable[Condition], text: str) -> list[Condition]:
    """Conditions on rules, their years as the days that the text names, of the event that it names nearest;
    the words that name an event are no status."""
    named = [one for one in field_places(text, FIELDS) if not negated(text, one[1], one[2])]
    days = days_in(text)
    made: list[Condition] = []
    years = [one for one in found if one.field == "year"]
    for one in found:
        if one.field == "status" and (fields_in(one.surface) & set(FIELDS)):
            if not years and "amended" in fields_in(one.surface):
                made.append(replace(one, field="has", value="amended"))
            elif years or days:
                continue
            else:
                made.append(one)
        elif one.field == "year":
            made.append(_of_event(one, named, days, text))
        else:
            made.append(one)
    return made


def _of_event(
    year: Condition, named: Iterable[tuple[str, int, int]], days: Iterable[tuple[str, int, int]], text: str
) -> Condition:
    """A year as the day that stands there, and of the event that is named nearest to it."""
    whole = next((one for one in days if one[1] <= year.start < one[2]), None)
    if whole is not None and not year.value.startswith((">", "<")):
        value, start, end = whole
        year = replace(year, value=value, surface=text[start:end], start=start, end=end)
    gaps = [(max(start - year.end, year.start - end, 0), field) for field, start, end in named]
    return replace(year, field=min(gaps)[1]) if gaps else year
