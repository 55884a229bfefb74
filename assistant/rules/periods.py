"""Where periods of a clause end, counted from the day that an asker names."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.reading.days import moved, speaks_of_now
from assistant.records import Language
from assistant.rules.amounts import Amount, Day, amounts_in, days_in, ruled_out
from assistant.rules.cases import Case, Rule
from corpus.texts import Text
from corpus.texts import fixed_text as _t
from retrieval.analysis import content_terms, has_han, normalise, tagged_words

COUNTED: Text = _t("期限推算：", "Counted: ")
ENDS: Text = _t("{start} {sign} {period} = {end}", "{start} {sign} {period} = {end}")
GRADE: Text = _t("{grade}：{ends}", "{grade}: {ends}")
OVER: Text = _t("（按{day}算，已过）", " (past, as of {day})")
JOIN: Text = _t("；", "; ")
_BEFORE = re.compile(r"\s*(?:以?前|之前|before\b|prior to\b|ahead of\b|in advance\b|ahead\b)", re.I)


@dataclass(frozen=True, slots=True)
class Counted:
    """Where periods end, in words; `back`: on the day that was named; `over`: all have ended."""

    text: str
    back: bool
    over: bool


def counted(case: Case, rule: Rule, language: Language, today: date) -> Counted | None:
    """The last day of a period from the only day that the asker names, of a month without a day its month.

    Of several periods of a clause those whose grade the asker names. None where it is not said which.
    """
    asked, start = _days(case.question)
    if start is None:
        asked, start = _days(case.text)
    periods = [one for one in amounts_in(rule.quote) if one.measure in ("day", "month") and one.upper is None]
    graded = len({(one.value, one.unit) for one in periods}) > 1
    if graded:
        periods = [one for one in periods if one.led and _is_grade(one, periods, case)]
    if start:
        periods = [one for one in periods if _fits(one, start, rule)]
    first = start.on(today) if start else None
    if start is None or first is None or not periods:
        return None
    if start.day is None and any(one.measure == "day" for one in periods):
        return None
    day = _end_of(asked, today) if asked else today
    told, past = [], []
    back = False
    for period in periods if graded else periods[:1]:
        back = _runs_back(rule.quote, period)
        try:
            end = moved(first, -int(period.value) if back else int(period.value), period.unit)
        except (ValueError, OverflowError):
            return None
        ends = [one.isoformat()[: 10 if start.day else 7] for one in (first, end)]
        past.append(ends[1] < day.isoformat()[: len(ends[1])])
        line = ENDS.in_(language).format(
            start=ends[0], sign="−" if back else "+", period=period.surface, end=ends[1]
        )
        line += OVER.in_(language).format(day=day.isoformat()) if past[-1] else ""
        told.append(GRADE.in_(language).format(grade=period.led, ends=line) if graded else line)
    return Counted(COUNTED.in_(language) + JOIN.in_(language).join(told), back, all(past))


def _fits(period: Amount, start: Day, rule: Rule) -> bool:
    """False for a validity from the day on which something runs out, and for a period that runs back from
    that day where the asker tells another one."""
    valid = "validity" in rule.aspects[:1] or "valid" in period.marks
    if _runs_back(rule.quote, period):
        return start.ends or "ends" not in period.marks
    return not (start.ends and valid and "ends" not in period.marks)


def _days(text: str) -> tuple[Day | None, Day | None]:
    """The day that is called today, and the only other one."""
    folded = normalise(text)
    found = {(one.year, one.month, one.day): one for one in reversed(days_in(text))}
    now = [one for one in found.values() if speaks_of_now(folded[max(0, one.start - 8) : one.start])]
    others = [one for one in found.values() if one not in now]
    return now[0] if len(now) == 1 else None, others[0] if len(others) == 1 else None


def _end_of(day: Day, today: date) -> date:
    """A day, the last one of a month."""
    first = day.on(today) or today
    return first if day.day else moved(first, 1, "month") - timedelta(days=1)


def _is_grade(period: Amount, periods: Collection[Amount], case: Case) -> bool:
    """Whether the asker names the grade that a period is tied to, by a word of its own (not 国家秘密)."""
    others = frozenset[str]().union(*(one.nouns for one in periods if one.led != period.led))
    own = period.nouns - others
    text = normalise(case.text)
    at, before = 0, ""
    for word, tag in tagged_words(text):
        at = text.find(word, at)
        compound = has_han(word) and before.startswith("n")
        if own & frozenset(content_terms(word)) and not compound and not ruled_out(text, at, at + len(word)):
            return True
        at, before = at + len(word), tag
    return False


def _runs_back(clause: str, period: Amount) -> bool:
    """True for a period that ends on the day, as 提前六个月 or "6 months before" says."""
    at = clause.find(period.surface)
    before, after = clause[:at], clause[at + len(period.surface) :]
    return before.rstrip().endswith("提前") or _BEFORE.match(after) is not None
