"""A clause of a claim laid over a statement: which of its units that carries, and how they stand there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from assistant.judging.grounds import Ground, Piece
from assistant.judging.operators import NEGATIVE, OPERATORS
from assistant.judging.units import Unit, units_of
from assistant.numerals import Number
from retrieval.analysis import normalise

Tokens = tuple[npt.NDArray[np.float32], list[tuple[int, int]]]
Vectors = Callable[[str], Tokens | None]
"""Unit vectors (n, d) of the pieces of a text, and where each stands."""

NEAR = 14
"""Characters around what a clause is aligned with in which the operators of a statement are its operators."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A unit of the clause: `share` of it that the statement says (1 whole), and where; None nowhere."""

    unit: Unit
    share: float
    place: int | None
    end: int | None = None
    soft: float = 0.0


@dataclass(frozen=True)
class Alignment:
    """A clause over a piece of a ground."""

    clause: str
    piece: Piece
    ground: Ground
    bound: tuple[Bound, ...]

    @property
    def weight(self) -> float:
        """How much of the clause the piece says itself, less what else it says."""
        own = sum(one.share for one in self.bound if one.place is not None)
        return own - 0.02 * len(self.piece.units)


def same_number(said: Number, told: Number) -> bool:
    """The same value, in the same unit where both name one."""
    if said.kind == told.kind and said.value == told.value:
        return said.unit == told.unit or not said.unit or not told.unit
    years, months = _months(said), _months(told)
    if years is not None and years == months:
        return True
    if told.kind == "date" and said.kind in ("date", "number"):  # a date also states its year and its month
        return told.value.startswith(said.value + "-") or (
            said.value.startswith("--") and told.value.endswith(said.value[1:])
        )
    return False


def _months(one: Number) -> float | None:
    if one.kind == "number" and one.unit in ("year", "month"):
        return float(one.value) * (12 if one.unit == "year" else 1)
    return None


def align(clause: str, piece: Piece, ground: Ground) -> Alignment:
    text = normalise(piece.text)
    told = piece.units
    bound: list[Bound] = []
    last = 0
    for unit in units_of(clause):
        if unit.kind == "operator":
            continue
        one = _number(unit, told) if unit.kind == "number" else _word(unit, text, told, last)
        if one.place is None and unit.kind == "word" and unit.text in ground.names:
            one = Bound(unit, 1.0, None)
        if one.place is not None:
            last = one.place
        bound.append(one)
    return Alignment(clause, piece, ground, tuple(bound))


def _number(unit: Unit, told: Sequence[Unit]) -> Bound:
    assert unit.number
    for one in told:
        if one.number and same_number(unit.number, one.number):
            return Bound(unit, 1.0, one.start, one.end)
    return Bound(unit, 0.0, None)


def _word(unit: Unit, text: str, told: Sequence[Unit], near: int) -> Bound:
    word = unit.text
    if word.isascii():
        places = [(one.start, one.end) for one in told if one.text == word]
        if not places and len(word) > 4:
            places = [
                (one.start, one.end)
                for one in told
                if one.kind == "word"
                and one.text.isascii()
                and len(one.text) > 3
                and (one.text.startswith(word[:-1]) or word.startswith(one.text[:-1]))
            ]
        if places:
            start, end = min(places, key=lambda at: abs(at[0] - near))
            return Bound(unit, 1.0, start, end)
        if word in text and len(word) > 3:
            return Bound(unit, 1.0, text.find(word), text.find(word) + len(word))
        return Bound(unit, 0.0, None)
    found = [at for at in range(len(text)) if text.startswith(word, at)]
    if found:
        at = min(found, key=lambda one: abs(one - near))
        return Bound(unit, 1.0, at, at + len(word))
    for size in range(len(word) - 1, 0, -1):
        for start in range(len(word) - size + 1):
            part = word[start : start + size]
            if (at := text.find(part)) >= 0:
                share = size / len(word)
                return Bound(unit, share if size > 1 else 0.6 * share, at, at + size)
    return Bound(unit, 0.0, None)


def softened(alignment: Alignment, vectors: Vectors) -> Alignment:
    """With how near each word that is not said whole comes to what is said, by the token vectors."""
    said = vectors(alignment.clause)
    told = vectors(alignment.piece.text)
    if said is None or told is None or not len(said[0]) or not len(told[0]):
        return alignment
    folded = normalise(alignment.clause)
    same = len(folded) == len(alignment.clause)
    likeness = said[0] @ told[0].T
    bound = []
    for one in alignment.bound:
        rows = [
            place
            for place, (start, end) in enumerate(said[1])
            if same and start < one.unit.end and end > one.unit.start
        ]
        soft = float(likeness[rows].max(axis=1).mean()) if rows else 0.0
        bound.append(Bound(one.unit, one.share, one.place, one.end, soft))
    return Alignment(alignment.clause, alignment.piece, alignment.ground, tuple(bound))


def features(alignment: Alignment, vectors: Vectors | None = None) -> dict[str, float]:
    """What tells whether the piece carries the clause; all of one size, more is not always better."""
    piece, ground = alignment.piece, alignment.ground
    bound = alignment.bound
    words = [one for one in bound if one.unit.kind == "word"]
    numbers = [one for one in bound if one.unit.kind == "number"]
    told = piece.units
    placed = [
        (one.place, one.end or one.place) for one in bound if one.place is not None and one.share >= 0.5
    ]
    low = min((at for at, _ in placed), default=0)
    high = max((end for _, end in placed), default=0)
    whole = [one for one in words if one.share >= 1]
    open_ = [one for one in words if one.share < 1]
    covered = {
        place for place, one in enumerate(told) if any(at < one.end and end > one.start for at, end in placed)
    }
    content = [place for place, one in enumerate(told) if one.kind != "operator"]
    inside = [p for p in content if low <= told[p].start < high and p not in covered]
    order = [one.place for one in bound if one.place is not None and one.share >= 0.5]
    pairs = [(a, b) for i, a in enumerate(order) for b in order[i + 1 :]]
    steps = list(pairwise(order))
    said_ops = [one.operator for one in units_of(alignment.clause) if one.operator]
    near_ops = [
        one.operator for one in told if one.operator and low - NEAR <= one.start and one.end <= high + NEAR
    ]
    all_ops = [one.operator for one in told if one.operator]
    count = max(1, len(words))
    values = {
        "adjacent": _adjacent(bound, told),
        "one_segment": _one_segment(bound, normalise(piece.text)),
        "rivals": float(_rivals(bound, told)),
        "strangers": float(_strangers(bound, told)),
        "words": min(len(words), 10) / 5,
        "whole": len(whole) / count,
        "part": sum(one.share for one in words) / count,
        "open": min(sum(1 - one.share for one in words), 4),
        "open_none": min(sum(one.share == 0 for one in words), 4),
        "open_soft_min": min((one.soft for one in open_), default=1.0),
        "open_soft": float(np.mean([one.soft for one in open_])) if open_ else 1.0,
        "soft": float(np.mean([one.soft for one in words])) if words else 1.0,
        "named": sum(one.place is None and one.share >= 1 for one in words) / count,
        "elsewhere": float(sum(one.share < 1 and one.unit.text in ground.folded for one in words)),
        "numbers": min(len(numbers), 3),
        "numbers_missing": float(sum(one.share == 0 for one in numbers)),
        "back": len([p for p in content if p in covered]) / max(1, len(content)),
        "inside": min(len(inside), 8) / 4,
        "inside_share": len(inside) / max(1, len(inside) + len(covered)),
        "turned": sum(a > b for a, b in pairs) / max(1, len(pairs)),
        "far": max((abs(b - a) for a, b in steps), default=0) / 40,
        "backward": sum(a > b for a, b in steps) / max(1, len(steps)),
        "length": min(len(told), 40) / 20,
        "across": float(ground.language != language_of(alignment.clause)),
        "labelled": float(bool(piece.label)),
        "steps": float(ground.citation.locator == "how_to_apply"),
        "policy": float(ground.citation.kind == "policy"),
    }
    for name in OPERATORS:
        said, near, any_ = said_ops.count(name), near_ops.count(name), all_ops.count(name)
        values[f"said_{name}"] = float(said > 0 and near == 0)
        values[f"told_{name}"] = float(near > 0 and said == 0)
        values[f"far_{name}"] = float(said > 0 and near == 0 and any_ > 0)
    values["negative_said"] = float(bool(NEGATIVE & set(said_ops)) and not NEGATIVE & set(near_ops))
    values["negative_told"] = float(bool(NEGATIVE & set(near_ops)) and not NEGATIVE & set(said_ops))
    values["leave_for_duty"] = float("may" in said_ops and "must" in near_ops and "may" not in near_ops)
    values["duty_for_leave"] = float("must" in said_ops and "may" in near_ops and "must" not in near_ops)
    if vectors is not None:
        said_vectors, told_vectors = vectors(alignment.clause), vectors(piece.text)
        if (
            said_vectors is not None
            and told_vectors is not None
            and len(said_vectors[0])
            and len(told_vectors[0])
        ):
            one, other = said_vectors[0].mean(0), told_vectors[0].mean(0)
            values["cosine"] = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
            likeness = said_vectors[0] @ told_vectors[0].T
            values["recall"] = float(likeness.max(1).mean())
            values["recall_min"] = float(np.sort(likeness.max(1))[:2].mean())
            values["precision"] = float(likeness.max(0).mean())
    return values


def _rivals(bound: Sequence[Bound], told: Sequence[Unit]) -> int:
    """Units between two aligned ones that are like the second in form, but are not said: in the statement the
    first may go with these."""
    found = 0
    held = [one for one in bound if one.place is not None and one.share >= 0.5]
    for first, second in pairwise(held):
        if first.end is None or second.place is None or second.place < first.end:
            continue
        between = [one for one in told if first.end <= one.start and one.end <= second.place]
        said = {one.unit.text for one in held}
        found += any(_alike(one, second.unit) and one.text not in said for one in between)
    return found


def _alike(one: Unit, other: Unit) -> bool:
    if one.kind != other.kind:
        return False
    if one.kind == "number":
        return True
    if one.text.isascii() or other.text.isascii():
        return one.text.isascii() and other.text.isascii() and one.named and other.named
    return one.text[-1] == other.text[-1] and one.text != other.text and len(one.text) > 1 < len(other.text)


def _year(one: Number) -> bool:
    return one.kind == "number" and not one.unit and one.value.isdigit() and 1900 <= int(one.value) <= 2100


def misplaced(said: Sequence[Unit], told: Sequence[Unit]) -> bool:
    """True where before or after stands beside other words than in the statement, which has it too."""
    for name in ("before", "after"):
        here = [_beside(said, at) for at, one in enumerate(said) if one.operator == name]
        there = [_beside(told, at) for at, one in enumerate(told) if one.operator == name]
        for before, after in here:
            alike = [(before and before == one) or (after and after == other) for one, other in there]
            if there and not any(alike):
                return True
    return False


def _beside(units: Sequence[Unit], at: int) -> tuple[str, str]:
    """The nearest units of weight on both sides of an operator; empty where there are none."""
    before = next((one.text for one in reversed(units[:at]) if one.kind != "operator"), "")
    after = next((one.text for one in units[at + 1 :] if one.kind != "operator"), "")
    return before, after


def comparators(unit: Unit, units: Sequence[Unit]) -> set[str]:
    """At least, at most, before, after: those that stand with a number."""
    return {
        one.operator
        for one in units
        if one.operator in ("least", "most", "before", "after")
        and (0 <= one.start - unit.end <= 2 or 0 <= unit.start - one.end <= 2)
    }


def _adjacent(bound: Sequence[Bound], told: Sequence[Unit]) -> float:
    """Share of neighbours in the clause that stand next to each other in the statement, either way round."""
    content = [one for one in told if one.kind != "operator"]
    places = []
    for one in bound:
        if one.place is not None and one.share >= 0.5:
            here = next(
                (i for i, unit in enumerate(content) if unit.start < (one.end or 0) and unit.end > one.place),
                None,
            )
            places.append(here)
    pairs = [(a, b) for a, b in pairwise(places) if a is not None and b is not None]
    return sum(abs(a - b) <= 1 for a, b in pairs) / len(pairs) if pairs else 1.0


def _one_segment(bound: Sequence[Bound], text: str) -> float:
    """Share of neighbours in the clause with no comma or stop between them in the statement."""
    held = [one for one in bound if one.place is not None and one.share >= 0.5]
    pairs = [(min(a.place or 0, b.place or 0), max(a.place or 0, b.place or 0)) for a, b in pairwise(held)]
    return (
        sum(not any(mark in text[a:b] for mark in ",;。:") for a, b in pairs) / len(pairs) if pairs else 1.0
    )


def swapped(alignment: Alignment) -> str | None:
    """Two values of one form that stand the other way round in the statement; None where there are none."""
    held = [one for one in alignment.bound if one.place is not None and one.share >= 1]
    for at, first in enumerate(held):
        for second in held[at + 1 :]:
            if (first.place or 0) <= (second.place or 0) or not _alike(first.unit, second.unit):
                continue
            one, other = first.unit.number, second.unit.number
            if (
                one
                and other
                and (one.kind != other.kind or one.unit != other.unit or _year(one) or _year(other))
            ):
                continue
            return f"{first.unit.text} and {second.unit.text} stand the other way round"
    return None


def _strangers(bound: Sequence[Bound], told: Sequence[Unit]) -> int:
    """Numbers of the clause whose nearest word in the clause is not near them in the statement."""
    found = 0
    content = [one for one in told if one.kind != "operator"]
    for at, one in enumerate(bound):
        if one.unit.kind != "number" or one.place is None:
            continue
        here = next((i for i, unit in enumerate(content) if unit.start <= one.place < unit.end), None)
        if here is None:
            continue
        near = content[max(0, here - 3) : here + 4]
        beside = [bound[i] for i in (at - 1, at + 1) if 0 <= i < len(bound)]
        beside = [b for b in beside if b.place is not None and b.share >= 0.5]
        reach = [
            any(unit.start <= b.place < unit.end for unit in near) for b in beside if b.place is not None
        ]
        found += bool(reach) and not all(reach)
    return found


def language_of(text: str) -> str:
    return "zh" if any("\u3400" <= char <= "\u9fff" for char in text) else "en"
