"""What a claim says of the question itself: an opening yes, no or if, and numbers that are the asker's own.

Neither stands in the evidence. A yes or no stays where what is shown behind it agrees by closed things;
a number of the asker's where the comparison that the claim draws is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.judging.alignment import same_number
from assistant.judging.operators import NEGATIVE, closed
from assistant.judging.units import Unit, units_of
from assistant.numerals import Number, numbers_in
from assistant.reading.reader import frame_words
from retrieval.analysis import normalise

LONGEST = 40
"""Characters of an opening, at most; a letter counts half."""
_JOINT = re.compile(r"[，：；。]|[,:;.](?=\s)")
_ENDS = "，,：:；; "
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Opening:
    """`kind` yes, no or if; `text` with the mark behind it; `rest` what it opens."""

    kind: str
    text: str
    rest: str


def opening_of(claim: str, question: str, told: str) -> Opening | None:
    """The opening of a claim: its first clauses that say yes, no or if of what was asked. `told` is all that
    the evidence says."""
    known = normalise(f"{question}\n{told}")
    kind, at = "", 0
    for joint in _JOINT.finditer(claim):
        text = claim[at : joint.end()]
        opens = _opens(text)
        if not opens or (kind and opens != kind) or not _plain(text, known, opens):
            break
        kind, at = opens, joint.end()
    weight = sum(0.5 if char.isascii() else 1 for char in claim[:at])
    if not kind or weight > LONGEST or not claim[at:].strip():
        return None
    blank = len(claim[at:]) - len(claim[at:].lstrip())
    return Opening(kind, claim[: at + blank], claim[at + blank :])


def agrees(opening: Opening, told: str, question: str, *, against: bool = False) -> bool:
    """Whether a yes or no goes with the statement behind it: a no where that negates, bounds or gives another
    number than was asked for, or where a condition is known not to be met (`against`); a yes elsewhere."""
    if opening.kind == "if":
        return True
    operators = {unit.operator for unit in units_of(told)}
    negates = bool(operators & (NEGATIVE | {"only", "except"})) or against
    stated = numbers_in(told)
    echoed = [one for one in numbers_in(opening.text) if _any_same(one, numbers_in(question))]
    differs = bool(echoed) and not any(_any_same(one, stated) for one in echoed)
    differs = differs or any(
        one.kind == other.kind and one.unit == other.unit and not _any_same(one, stated)
        for one in numbers_in(question)
        for other in stated
        if one.unit
    )
    return negates or differs if opening.kind == "no" else not (negates or differs)


def without_asked(claim: str, told: Sequence[str], question: str) -> str:
    """The claim without the numbers of the asker's that it compares rightly with those of the evidence: one
    that it negates and that no statement gives, one within a range that is told, one beyond or below one."""
    folded = normalise(claim)
    if len(folded) != len(claim):
        return claim
    asked, stated = numbers_in(question), [one for text in told for one in numbers_in(text)]
    cuts = []
    for clause, at in _clauses(folded):
        units = units_of(clause)
        for place, unit in enumerate(units):
            if unit.number is None or not _any_same(unit.number, asked) or _any_same(unit.number, stated):
                continue
            before = units[place - 1] if place else None
            if before is not None and before.operator == "not" and unit.start - before.end <= 4:
                cuts.append((at + before.start, at + unit.end))
            elif _compared(unit, units[place + 1 :], stated):
                cuts.append((at + unit.start, at + unit.end))
    for start, end in reversed(cuts):
        claim = claim[:start] + claim[end:]
    return claim if any(unit.kind != "operator" for unit in units_of(claim)) else folded


def _compared(unit: Unit, after: Sequence[Unit], stated: Sequence[Number]) -> bool:
    """Whether it is right what is said behind a number of its place among numbers of the evidence."""
    said = [one for one in after if one.number is not None and _any_same(one.number, stated)]
    value = _value(unit.number)
    bounds = [number for one in said[:2] if (number := _value(one.number)) is not None]
    if value is None or not bounds or not _comparable(unit.number, said[-1].number):
        return False
    between = [one.operator for one in after if one.operator and one.start < said[0].end]
    if NEGATIVE & set(between):
        return False
    if len(bounds) == 2 and "least" not in between:
        return min(bounds) <= value <= max(bounds)
    if "least" in between:
        return value >= bounds[0]
    return "most" in between and value <= bounds[0]


def _comparable(one: Number | None, other: Number | None) -> bool:
    return (
        one is not None and other is not None and (one.unit == other.unit or not one.unit or not other.unit)
    )


def _value(number: Number | None) -> float | None:
    try:
        return float(number.value) if number is not None and number.kind != "article" else None
    except ValueError:
        return None


def _any_same(one: Number, others: Sequence[Number]) -> bool:
    return any(same_number(one, other) for other in others)


def _clauses(text: str) -> Iterator[tuple[str, int]]:
    at = 0
    for joint in [*_JOINT.finditer(text), None]:
        end = joint.end() if joint else len(text)
        yield text[at:end], at
        at = end


def _opens(text: str) -> str:
    """The kind of opening that a clause is, empty for none."""
    bare = normalise(text).strip().strip(_ENDS + "。.")
    first = _WORD.match(bare)
    for kind, words in closed().openings.items():
        if first is not None:
            if first[0] in words:
                return kind
        elif any(bare.startswith(word) for word in words if not word.isascii()):
            return _kind(bare)
    return ""


def _kind(bare: str) -> str:
    """That of the longest word that it begins with."""
    found = [
        (len(word), kind)
        for kind, words in closed().openings.items()
        for word in words
        if not word.isascii() and bare.startswith(word)
    ]
    return max(found)[1]


def _plain(text: str, known: str, kind: str) -> bool:
    """Nothing in it is new: its words and numbers are the asker's or the evidence's. Behind an if anything
    may stand but names and numbers."""
    words = closed()
    for unit in units_of(text):
        raw = normalise(text)[unit.start : unit.end]
        if unit.kind == "operator" or raw in known or unit.text in known:
            continue
        if unit.text in words.records | words.stating or raw in frame_words():
            continue
        if kind == "if" and unit.kind == "word" and not unit.named:
            continue
        if any(raw.startswith(one) and raw[len(one) :] in known for one in words.openings.get(kind, ())):
            continue
        return False
    return True
