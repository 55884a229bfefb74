"""Quoted text as a prompt holds it: framed, so that it gives no orders, and within a budget of tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from corpus.suspicion import visible

CountTokens = Callable[[str], int]

_FRAME = str.maketrans({"<": "‹", ">": "›"})
_CUTS = re.compile(r"(?<=[。！？；;\n])|(?<=\. )")


LEAST_LINE = 12
"""Tokens of a line below which it says nothing."""


def framed(text: str) -> str:
    """Quoted text that cannot close its frame nor pose as numbered evidence."""
    return re.sub(r"[\[【［](\s*\d+\s*)[\]】］]", r"(\1)", visible(text).translate(_FRAME))


def within_budget(quotes: Sequence[str], budget: int, count_tokens: CountTokens) -> list[str]:
    """The quotes, the longest cut behind a sentence where together they have more than `budget` tokens."""
    counts = [count_tokens(quote) for quote in quotes]
    allowed = _level(counts, budget)
    return [
        quote if count <= allowed else _cut(quote, allowed, count_tokens)
        for quote, count in zip(quotes, counts, strict=True)
    ]


def _level(counts: Sequence[int], budget: int) -> int:
    """The most tokens that one quote may have so that all together keep to the budget."""
    left = budget
    ordered = sorted(counts)
    for place, count in enumerate(ordered):
        share = left // (len(ordered) - place)
        if count > share:
            return share
        left -= count
    return budget


def _cut(quote: str, allowed: int, count_tokens: CountTokens) -> str:
    """Every line of the quote, the longest cut behind a sentence: an address or a number at its end is a line
    of its own, and stays. Where the lines are too many, the first ones."""
    lines = quote.splitlines()
    counts = [count_tokens(line) for line in lines]
    most = _level(counts, allowed)
    if most < LEAST_LINE and len(lines) > 1:
        return _cut_text(quote, allowed, count_tokens)
    return "\n".join(
        line if count <= most else _cut_text(line, most, count_tokens)
        for line, count in zip(lines, counts, strict=True)
    )


def _cut_text(quote: str, allowed: int, count_tokens: CountTokens) -> str:
    """Whole sentences of the quote within the allowance; part of the first where that is too long."""
    kept, used = "", 0
    for sentence in _CUTS.split(quote):
        used += count_tokens(sentence)
        if used > allowed:
            break
        kept += sentence
    if not kept.strip():
        length = len(quote)
        while length > 1 and count_tokens(quote[:length]) > allowed:
            length = length * 3 // 4
        kept = quote[:length]
    return f"{kept.rstrip()} …"
