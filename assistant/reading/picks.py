"""What a question picks of what the talk has shown: 「第二个」, 「后者」, "the first one", 「这两家」."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.reading.history import History, PastTurn
from corpus.numerals import chinese_number

_ORDINAL = re.compile(
    r"第\s*([一二三四五六七八九十\d]+)\s*(?:个|家|项|种|座|所|条结果|台)|^\s*(?:选|要)?\s*([1-9１-９])\s*[.。、]?\s*$"
    r"|\b(first|second|third|fourth|fifth|last)\b(?: one)?",
    re.I,
)
_LAST = re.compile(
    r"(?:最后|后面|后)(?:一|那|这)(?:个|家|种|座|所)|最后(?:个|家)|\bthe last\b|后者|\bthe latter\b", re.I
)
_FORMER = re.compile(r"(?:前面|前)(?:一|那|这)(?:个|家|种|座|所)|前者|\bthe former\b", re.I)
_TOGETHER = re.compile(
    r"[这那]\s*([两俩二三四])|(?<![一-鿿])([两俩])\s*(?:个|家|者)"
    r"|\b(?:those|these|the|of) (two|three|four)\b|\b(both)\b",
    re.I,
)
_OF_THOSE = re.compile(r"其中|里面|里头|里边|当中|之中|\b(?:of|among) (?:those|these|them|which)\b", re.I)
_NUMBERS = {"两": 2, "俩": 2, "both": 2, "two": 2, "three": 3, "four": 4}
_ENGLISH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}


def focus_of(turn: PastTurn) -> str | None:
    return next(iter((*turn.shown, *turn.subjects)), None)


def topics(history: History) -> tuple[str, ...]:
    """What the turns of the talk were about, in order, each where it was spoken of last."""
    told = (one for turn in reversed(history.turns) if turn.topical and (one := focus_of(turn)))
    return tuple(reversed(dict.fromkeys(told)))


def last_offered(history: History) -> tuple[str, ...]:
    """The records that were last shown to choose among."""
    several = (turn.offered or turn.shown for turn in reversed(history.turns))
    return next((one for one in several if len(one) > 1), ())


def chosen_of(text: str, offered: Sequence[str]) -> str | None:
    """The record that 「第二个」, 「后者」 or "the last one" picks."""
    if not offered:
        return None
    if _LAST.search(text):
        return offered[-1]
    if _FORMER.search(text):
        return offered[0]
    found = _ORDINAL.search(text)
    if found is None:
        return None
    said = next(one for one in found.groups() if one)
    number = _ENGLISH.get(said.lower()) or chinese_number(said)
    return offered[number - 1] if number and 1 <= number <= len(offered) else None


def of_those(text: str) -> bool:
    """True where what is asked for is part of what was spoken of: 「其中」, "which of them"."""
    return bool(_OF_THOSE.search(text))


def without_picks(text: str) -> str:
    """The question without the words that pick."""
    for form in (_TOGETHER, _ORDINAL, _LAST, _FORMER):
        text = form.sub(" ", text)
    return text


def how_many(text: str) -> int:
    """The number of those that are meant together: 2 of 「这两家」; 0 where none are."""
    found = _TOGETHER.search(text)
    if found is None:
        return 0
    said = next(one for one in found.groups() if one).lower()
    return _NUMBERS.get(said) or chinese_number(said) or 0
