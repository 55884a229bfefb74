"""Rows of pages without running heads, feet and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from corpus.documents.joining import Row

_BAND = 0.12
"""Share of the height of a page, from above and from below, in which heads and feet stand."""
_NUMBER = re.compile(
    r"^[\s\-–—_·.~|/]*(?:第?\s*\d{1,4}\s*页?(?:\s*[/,，共of]+\s*共?\s*\d{1,4}\s*页?)?|[ivxlc]{1,6}"
    r"|page\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?)[\s\-–—_·.~|/]*$",
    re.I,
)


def without_margins(pages: Sequence[Sequence[Row]], heights: Sequence[float]) -> list[list[Row]]:
    """The rows of each page that belong to the text."""
    seen: Counter[tuple[str, str]] = Counter()
    for rows, height in zip(pages, heights, strict=True):
        seen.update({(band, _plain(row.text)) for row in rows if (band := _band(row, height))})
    filled = sum(bool(rows) for rows in pages)
    enough = max(2, filled // 2 if filled < 6 else filled // 4)
    body = median([row.size for rows in pages for row in rows] or [1.0])
    kept: list[list[Row]] = []
    for rows, height in zip(pages, heights, strict=True):
        kept.append(
            [
                row
                for row in rows
                if not (band := _band(row, height))
                or not (
                    _NUMBER.match(row.text)
                    or seen[band, _plain(row.text)] >= enough
                    # Notes stand small at the foot, too; small print above the text is a running head.
                    or (band == "head" and row.size < 0.75 * body)
                )
            ]
        )
    return kept


def _band(row: Row, height: float) -> str:
    if row.bottom > height * (1 - _BAND):
        return "head"
    return "foot" if row.bottom + row.size < height * _BAND else ""


def _plain(text: str) -> str:
    return re.sub(r"\d+", "0", re.sub(r"\s+", "", text))
