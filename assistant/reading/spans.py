"""How the words of a question, the values in it and the spans of its roles lie to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.reading.negation import joined
from assistant.reading.query import Condition
from assistant.reading.roles import Span
from assistant.reading.values import Found
from retrieval.analysis import tagged_words


def is_word(text: str) -> bool:
    """False for one Latin letter, and for one Chinese character that is no noun."""
    bare = text.strip()
    return len(bare) > 1 or any(tag[0] == "n" for _, tag in tagged_words(bare) if not bare.isascii())


def consistent(found: Sequence[Condition], text: str) -> list[Condition]:
    """Without a value that the same question rules out: "not Chinese (run from abroad)" says one thing; and
    without both where they stand side by side: 「国内国外」 are all."""
    out = {(one.field, one.value): one for one in found if one.negated}
    both = set()
    for one in found:
        other = out.get((one.field, one.value))
        if other is not None and not one.negated and min(one.start, other.start) >= 0:
            first, last = sorted((one, other), key=lambda c: c.start)
            if joins(text[first.end : last.start]):
                both.add((one.field, one.value))
    return [
        one
        for one in found
        if (one.field, one.value) not in both and (one.negated or (one.field, one.value) not in out)
    ]


def field_of(field: str, kind: str) -> str:
    """A body that governs resources issues rules."""
    return "issuer" if kind == "policy" and field in ("authority", "host") else field


def bare_gap(gap: str) -> str:
    return gap.strip(" /（(或者oOrR").removeprefix("的")


def joins(gap: str) -> bool:
    """True where no more stands between two words than what joins them."""
    return len(gap.strip()) <= 1 or joined(bare_gap(gap))


def parts_beside(span: Span, taken: Sequence[tuple[int, int]]) -> list[Span]:
    """What is left of a span beside the values that stand in it."""
    left: list[Span] = []
    at = span.start
    for start, end in [*sorted(place for place in taken if overlap(span, place)), (span.end, span.end)]:
        text = span.text[at - span.start : max(0, start - span.start)]
        if bare := text.strip():
            first = at + text.index(bare)
            left.append(replace(span, text=bare, start=first, end=first + len(bare)))
        at = max(at, end)
    return left


def overlap(span: Span | Condition | Found, place: tuple[int, int]) -> bool:
    return place[0] < span.end and span.start < place[1]


def covered(span: Span, taken: Sequence[tuple[int, int]]) -> bool:
    """True where conditions tell most of what a span says."""
    inside = sum(max(0, min(span.end, b) - max(span.start, a)) for a, b in taken)
    return inside >= 0.5 * (span.end - span.start)


def placed_in(one: Condition, text: str) -> Condition:
    """A condition where its words stand in a question that was written out; nowhere where they do not."""
    if one.start >= 0 and text[one.start : one.end] == one.surface:
        return one
    at = text.rfind(one.surface) if one.surface else -1
    return replace(one, start=at, end=at + len(one.surface) if at >= 0 else -1)
