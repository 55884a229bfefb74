"""A text cut into what it says one by one: between sentences, and at the semicolons of a list."""

from __future__ import annotations

import re

_CUTS = re.compile(r"(?<=[。！？；!?\n])|(?<=[;.])(?=\s)")
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|No|Art|Nos|approx|ca|vs|Dr|Prof|St|Co|Ltd|Inc|etc)|\b[A-Z])\.$"
)
_OPEN, _CLOSE = "（(【[「《", "）)】]」》"


def cut(text: str) -> list[str]:
    """Pieces in order, each a substring of `text` without blanks at its ends; brackets are not cut open."""
    pieces: list[str] = []
    current = ""
    for piece in _CUTS.split(text):
        current += piece
        depth = sum(current.count(one) for one in _OPEN) - sum(current.count(one) for one in _CLOSE)
        if depth <= 0 and not _ABBREVIATED.search(current.rstrip()):
            pieces.append(current)
            current = ""
    pieces.append(current)
    return [kept for one in pieces if (kept := one.strip().rstrip("；;").rstrip()) and kept.strip("。.；; ")]
