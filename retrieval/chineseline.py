"""The Chinese characters of a text in a row, with the way back to its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import rjieba

from retrieval.folding import Token

_CUT = "\x00"


@dataclass(frozen=True, slots=True)
class Line:
    """The Chinese characters of a text with everything else as one cut mark; `tokens[i]` is its token."""

    text: str
    tokens: tuple[int, ...]


def line_of(tokens: Sequence[Token]) -> Line:
    chars: list[str] = []
    places: list[int] = []
    for at, token in enumerate(tokens):
        if token.hard or not token.cjk:
            chars.append(_CUT)
            places.append(at)
        if token.cjk:
            chars.append(token.raw)
            places.append(at)
    return Line("".join(chars), tuple(places))


def bounds_of(line: Line) -> set[int]:
    """Places between dictionary words."""
    bounds, at = {0}, 0
    for word in rjieba.cut(line.text, False):
        at += len(word)
        bounds.add(at)
    return bounds


def on_bounds(first: int, last: int, line: Line, bounds: set[int]) -> bool:
    start = len(line.tokens) - 1 - line.tokens[::-1].index(first)
    end = len(line.tokens) - line.tokens[::-1].index(last - 1)
    return start in bounds and end in bounds
