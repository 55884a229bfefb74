"""Values that a claim works out: sums, shares, dates and periods, and comparisons, worked out again.

Terms are numbers of the evidence, of the asker's words, or worked out before. What comes out right may be
shown, with its terms; nothing else of a claim is proven by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from assistant.judging.grounds import Ground
from assistant.judging.operators import Operator, closed
from assistant.judging.units import Unit, units_of
from assistant.numerals import Number, Stated, fold, number_spans, numbers_in
from assistant.reading.days import moved
from assistant.reading.reader import frame_words
from retrieval.analysis import normalise

SCALES = tuple(Decimal(10) ** power for power in (0, 3, 4, 6, 8, 9))
"""千 and thousand, 万, million, 亿 and billion: a term may stand without the scale that it was given in."""
SEPARATOR = 16
"""Characters between two terms, at most."""
NEW = 3
"""One of so many words may be neither the asker's nor the evidence's, and no name."""
_SIGNS = "+-×*/÷="
_PERIODS = ("day", "week", "month", "year")
_SIGNED: Mapping[str, Operator] = {"≥": "least", "≤": "most"}
_FREE = ("least", "most", "not")


@dataclass(frozen=True, slots=True)
class Worked:
    """`results` are right; `compared` tells whether the claim compares two values rightly."""

    results: frozenset[Number]
    compared: bool = False


def worked(claim: str, told: Sequence[str], asked: str, before: Iterable[Number] = ()) -> Worked:
    """What a claim works out from numbers of texts (`told`), of the asker, and of what came out before."""
    stated = Stated([*told, asked])
    stated.add(before)
    folded = fold(claim)
    results: set[Number] = set()
    for left, signs, right in _sums(folded):
        scales = [_scale(one, stated) for one in left]
        if None not in scales and _right(left, signs, right):
            found = set(_scaled(right, max(filter(None, scales))))
            results |= found
            stated.add(found)
    for one in numbers_in(claim):
        if not stated.holds(one) and _implied(one, told, asked):
            results.add(one)
            stated.add([one])
    return Worked(frozenset(results), _compared(claim, stated))


def carried(
    claim: str, grounds: Sequence[Ground], asked: str, known: set[str], before: Iterable[Number] = ()
) -> Worked | None:
    """What a claim works out, where that is right and it says little else; None where it does not.

    `known` are units of the asker's words and of all evidence.
    """
    before = set(before)
    found = worked(claim, [one.text for one in grounds], asked, before)
    if not (found.results - before or found.compared):
        return None
    stated = Stated([asked, *(one.text for one in grounds)])
    stated.add([*found.results, *before])
    articles = {article for one in grounds for article in one.article}
    for one in numbers_in(claim):
        if not (one.value in articles if one.kind == "article" else _scale(one, stated)):
            return None
    told = {unit.operator for one in grounds for piece in one.pieces for unit in piece.units}
    told |= {_SIGNED[char] for one in grounds for char in one.text if char in _SIGNED}
    new = words = 0
    for unit in units_of(claim):
        if unit.operator:
            if unit.operator not in told and not (found.compared and unit.operator in _FREE):
                return None
        elif unit.kind == "word" and unit.text not in closed().light | closed().telling | frame_words():
            words += 1
            if unit.text in known or any(unit.text in one.folded for one in grounds):
                continue
            new += 1
            if unit.named and normalise(unit.text) not in normalise(asked):
                return None
    return found if NEW * new <= max(words, NEW) else None


def _sums(folded: str) -> Iterator[tuple[list[Number], list[str], Number]]:
    """Chains of terms with signs between them and one equals sign."""
    spans = [one for one in number_spans(folded) if one[0].kind in ("number", "percent", "date")]
    signs: list[str] = []
    chain: list[Number] = []
    for (number, _, end), (other, start, _) in pairwise([*spans, (Number("number", ""), len(folded), 0)]):
        chain = chain or [number]
        between = folded[end:start] if start >= end else "\n"
        found = [char for char in between if char in _SIGNS]
        if len(found) != 1 or len(between) > SEPARATOR or "\n" in between or not other.value:
            chain, signs = [], []
            continue
        chain, signs = [*chain, other], [*signs, found[0]]
        if found[0] == "=":
            if signs.count("=") == 1 and len(chain) > 2:
                yield chain[:-1], signs[:-1], other
            chain, signs = [], []


def _scale(number: Number, stated: Stated) -> Decimal | None:
    """1 for a value that is given as it stands, else the scale by which it is given; None where it is not."""
    if stated.holds(number) or (number.unit and stated.holds(Number(number.kind, number.value))):
        return SCALES[0]
    value = _value(number)
    if number.kind != "number" or value is None:
        return None
    for scale in SCALES[1:]:
        if any(stated.holds(Number("number", _plain(value * scale), unit)) for unit in ("", "yuan")):
            return scale
    return None


def _scaled(number: Number, scale: Decimal) -> Iterator[Number]:
    """A result, in any unit and with the scale that its terms stood without."""
    value = _value(number)
    if number.kind != "number" or value is None:
        yield number
        return
    for one in (value, value * scale):
        yield from (Number("number", _plain(one), unit) for unit in dict.fromkeys(("", number.unit, "yuan")))


def _right(left: Sequence[Number], signs: Sequence[str], right: Number) -> bool:
    if left[0].kind == "date":
        day = _day(left[0])
        for sign, term in zip(signs, left[1:], strict=True):
            day = _moved(day, term, sign) if day else None
        return day is not None and _day(right) == day
    sums: list[Decimal] = []
    percent = Decimal(100)
    several = any(one.kind != "percent" for one in left)
    for sign, term in zip(["+", *signs], left, strict=True):
        value = _value(term)
        if value is None:
            return False
        if term.kind == "percent" and several:
            value /= percent
        if sign in "×*" and sums:
            sums[-1] *= value
        elif sign in "/÷" and sums:
            if not value:
                return False
            sums[-1] /= value
        else:
            sums.append(-value if sign == "-" else value)
    return sum(sums, Decimal(0)) == _value(right)


def _implied(number: Number, told: Sequence[str], asked: str) -> bool:
    """True for a day that is a period of the evidence after a day of the asker's, and for a share, or a
    multiple, of an amount of the asker's that the evidence gives."""
    theirs, ours = numbers_in(asked), {one for text in told for one in numbers_in(text)}
    if number.kind == "date":
        days = [day for one in theirs if (day := _day(one)) is not None]
        spans = [one for one in ours if one.unit in _PERIODS]
        return any(_moved(day, span, sign) == _day(number) for day in days for span in spans for sign in "+-")
    value = _value(number)
    if number.kind != "number" or not value:
        return False
    amounts = [amount for one in theirs if one.kind == "number" and (amount := _value(one))]
    shares = [share / 100 for one in ours if one.kind == "percent" and (share := _value(one))]
    shares += [times for one in ours if one.unit == "times" and (times := _value(one))]
    return any(amount * share == value and amount >= 100 for amount in amounts for share in shares)


def _moved(day: date, span: Number, sign: str) -> date | None:
    value = _value(span)
    if span.unit not in _PERIODS or value is None or value != int(value) or sign not in "+-":
        return None
    count = int(value) if sign == "+" else -int(value)
    try:
        return moved(day, count, span.unit)
    except (ValueError, OverflowError):
        return None


def _compared(claim: str, stated: Stated) -> bool:
    """True where a value is said to be above, or below, another of the evidence, and is; both stand there."""
    units = units_of(claim)
    right = False
    for place, unit in enumerate(units):
        if unit.operator not in ("least", "most"):
            continue
        bound = next((one for one in units[place + 1 : place + 2] if one.number), None)
        other = next((one for one in reversed(units[:place]) if one.number), None)
        if bound is None or other is None or not _alike(other, bound):
            continue
        assert other.number is not None and bound.number is not None
        if not (_scale(other.number, stated) and _scale(bound.number, stated)):
            return False
        value, limit = _value(other.number), _value(bound.number)
        if value is None or limit is None or (value < limit) == (unit.operator == "least"):
            return False
        right = True
    return right


def _alike(one: Unit, other: Unit) -> bool:
    first, second = one.number, other.number
    if first is None or second is None or first.kind != second.kind:
        return False
    return first.unit == second.unit or not first.unit or not second.unit


def _value(number: Number | None) -> Decimal | None:
    if number is None or number.kind not in ("number", "percent"):
        return None
    try:
        return Decimal(number.value)
    except InvalidOperation:
        return None


def _day(number: Number) -> date | None:
    try:
        return date.fromisoformat(number.value) if number.kind == "date" else None
    except ValueError:
        return None


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"
