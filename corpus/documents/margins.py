"""Rows of pages without running heads, feet and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from corpus.documents.joining import Row

_ENDS = "。；：！？.;:!?”）)"
_OPENS = re.compile(
    r"\s*(?:第\s*[\d一二三四五六七八九十百零〇０-９]+\s*[条章节]|[（(]|[一二三四五六七八九十]+、|\d+[.、])"
)
_BAND = 0.12
"""Share of the height of a page, from above and from below, in which heads and feet stand."""
_NUMBER = re.compile(
    r"^[\s\-–—_·.~|/]*(?:第?\s*\d{1,4}\s*页?(?:\s*[/,，共of]+\s*共?\s*\d{1,4}\s*页?)?|[ivxlc]{1,6}"
    r"|page\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?)[\s\-–—_·.~|/]*$",
    re.I,
)


_MARKED = re.compile(r"[^\d\s.]")


def without_feet(text: str) -> str | None:
    """A text without the page numbers and running heads that recognition left among its lines.

    None where it has none: two numbers of pages, set off by dashes or 第…页, that grow.
    """
    lines = text.split("\n")
    feet = [at for at, line in enumerate(lines) if _NUMBER.match(line.strip()) and _MARKED.search(line)]
    numbers = [int(found[0]) for at in feet if (found := re.search(r"\d+", lines[at]))]
    if len(set(numbers)) < 2 or len(numbers) < len(feet) or numbers != sorted(numbers):
        return None
    beside: dict[int, str] = {}
    for at in feet:
        for step in (-1, 1):
            near = at + step
            while 0 <= near < len(lines) and not lines[near].strip():
                near += step
            if 0 <= near < len(lines):
                beside[near] = _plain(lines[near])
    opening = {_plain(line) for line in [one for one in lines if one.strip()][:3]}
    seen = Counter(beside.values())
    first = min((at for at, line in enumerate(lines) if line.strip() and at not in feet), default=0)
    heads = {at for at, words in beside.items() if at != first and (seen[words] > 1 or words in opening)}
    kept: list[str] = []
    broken = False
    for at, line in enumerate(lines):
        if at in feet or at in heads:
            broken = bool(kept)
        elif line.strip() or not broken:
            if broken and kept[-1].strip() and kept[-1].rstrip()[-1] not in _ENDS and not _OPENS.match(line):
                kept[-1] = kept[-1].rstrip() + line.strip()  # a sentence over two pages
            else:
                kept.append(line)
            broken = False
    return "\n".join(kept)


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
