"""What stands around the words that a claim quotes: an opening yes or no, whose words they are, notes.

None of it stands in the evidence. An opening stays where it agrees with the operators of the quoted words and
with what the asker told of their conditions; around them nothing may stand but names and notes of our own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from assistant import replies
from assistant.judging.grounds import Ground
from assistant.judging.operators import Operator, closed
from assistant.judging.units import units_of
from retrieval.analysis import normalise

Says = Literal["yes", "no"]
LONGEST = 48
"""Characters of an opening, at most; of its first word it is cut down to."""
LEAST = 6
"""Letters that a quote has at least to be what a claim says."""
AGAINST: frozenset[Operator] = frozenset({"forbid", "not", "exempt", "only", "except", "must"})
"""What a no may go with: the words deny, exempt, limit, or ask for something first."""
FOR: frozenset[Operator] = frozenset({"may", "must", "free", "exempt"})
"""What a yes may go with, where nothing forbids."""
_JOINT = re.compile(r"[，：；。、!！]|[,:;.](?=\s)|\s[-—–]\s?")
_ENDS = " ，,；;。.：:—–-、"
_NOTES = (replies.ARTICLE_UNSURE, replies.ARTICLE_KNOWN, replies.DIGEST_ONLY)


@dataclass(frozen=True, slots=True)
class Opening:
    """`text` as it may be shown, with the mark behind it; `rest` what it opens; `alone` where it was not cut
    down."""

    says: Says
    text: str
    rest: str
    alone: bool


def opening_of(claim: str) -> Opening | None:
    """The yes or no that a claim begins with, cut down to its first word where more stands beside it."""
    folded = normalise(claim)
    if len(folded) != len(claim) or not (found := _first(folded)):
        return None
    says, end = found
    joint = _JOINT.search(claim, end)
    if joint is None or joint.start() > LONGEST or not claim[joint.end() :].strip():
        return None
    beside = {unit.operator for unit in units_of(claim[end : joint.start()]) if unit.operator}
    alone = not claim[end : joint.start()].strip()
    if not alone and (beside or not _negated(folded[:end])):
        return None
    chinese = not claim[:end].isascii()
    mark = "：" if chinese else ": "
    return Opening(says, f"{claim[:end]}{mark}", claim[joint.end() :].strip(), alone)


def _first(folded: str) -> tuple[Says, int] | None:
    """What the first word of a text says, and where that ends; None for neither yes nor no."""
    for word in sorted(closed().yes, key=len, reverse=True):
        if folded.startswith(word) and not folded[len(word) : len(word) + 1].isalpha():
            return "yes", len(word)
    first = next(iter(units_of(folded)), None)
    if first is None or first.start or first.operator is None:
        return None
    if first.operator in ("forbid", "not", "exempt"):
        return "no", first.end
    return ("yes", first.end) if first.operator in ("may", "must") else None


def _negated(word: str) -> bool:
    """True for a Chinese word that a negation and a word of leave or duty make, as 不能 and 不需要."""
    return len(word) > 1 and closed().words.get(word[0]) == "not" and closed().words.get(word) != "not"


def agrees(opening: Opening, told: Collection[str], *, unmet: bool = False, conditions: bool = False) -> bool:
    """Whether a yes or no goes with the words that it opens (`told`): `unmet` where the asker told something
    that does not meet a condition, `conditions` where conditions are told with it."""
    operators = {unit.operator for text in told for unit in units_of(text) if unit.operator}
    if opening.says == "no":
        return unmet or bool(operators & AGAINST)
    return not unmet and not operators & {"forbid", "not"} and (bool(operators & FOR) or conditions)


def framed(claim: str, quote: str, ground: Ground) -> bool:
    """True where a claim has a quote letter for letter, and around it nothing but names, places and notes."""
    letters, places = _letters(claim)
    words, _ = _letters(quote)
    at = letters.find(words) if len(words) >= LEAST else -1
    if at < 0:
        return False
    start, end = places[at], places[at + len(words) - 1] + 1
    return _names(claim[:start], ground) and _names(claim[end:], ground)


def _names(text: str, ground: Ground) -> bool:
    """True for a text that only says whose words stand beside it."""
    listed = closed()
    plain = listed.light | listed.telling | listed.records
    for unit in units_of(text):
        if unit.number is not None:
            article = unit.number.kind == "article" and unit.number.value in ground.article
            if not article and normalise(text[unit.start : unit.end]) not in ground.names:
                return False
            continue
        named = unit.operator is None and (unit.text in plain or unit.text in ground.names)
        if not named and unit.text not in _notes():
            return False
    return True


@cache
def _notes() -> frozenset[str]:
    texts = [text for note in _NOTES for text in (note.zh, note.en)]
    return frozenset(unit.text for text in texts for unit in units_of(text))


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, and where each stands in it."""
    folded = normalise(text)
    if len(folded) != len(text):
        folded = text.lower()
    kept = [(char, place) for place, char in enumerate(folded) if char.isalnum() or char == "%"]
    return "".join(char for char, _ in kept), [place for _, place in kept]


def told_by(quote: str, grounds: Sequence[Ground]) -> list[str]:
    """The words that a claim rests on, with the heads of the lines that they stand under."""
    found = [quote] if quote else []
    for one in grounds:
        for piece in one.pieces:
            if piece.quote in quote or quote in piece.quote:
                head, _, rest = piece.whole.partition("：" if "：" in piece.whole else ":")
                found += [head] if rest else []
    return found
