"""Lines as they stand on paper -> paragraphs as they were written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from corpus.documents.records import Paragraph

_N = r"[零〇○一二两三四五六七八九十百千\d]+"
_STARTS = re.compile(
    rf"^(?:第\s*{_N}\s*(?:编|分编|章|节)(?![规的、，和及至第])"
    rf"|第\s*{_N}\s*条(?:\s*之\s*{_N})?(?![的、，。；和及或与至规第款项所])"
    r"|[（(]\s*[一二三四五六七八九十百]+\s*[）)](?![项款目、和或至])"
    r"|[一二三四五六七八九十百]+、|[①-⑳]|[（(]\d{1,3}[）)](?![项款目、和或至])"
    r"|\d{1,3}[．、]|\d{1,3}\.(?!\d)"
    r"|附\s*[件录表]\s*[一二三四五六七八九十\d]*\s*(?:[:：]|$)"
    r"|(?:Article|Chapter|Section|Part|Annex|Appendix)\s+(?:\d+|[IVXLC]+)\b(?!,|\s+(?:of|and|or|to)\b))"
)
_ARTICLE = re.compile(rf"^(?:第\s*{_N}\s*条|Article\s+\d|附\s*[件录表])")
_WIDE = re.compile(
    "[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6，。；：？！“”‘’（）《》]"
)
_ENDS = re.compile(r"[。！？；：.!?;:]['\"”’）)》]?$")
_SPACED = re.compile("(?<=[\u3400-\u9fff，。；：、（）《》]) +(?=[\u3400-\u9fff，。；：、（）《》])")
_LABEL = re.compile(rf"^第\s*{_N}\s*(?:编|分编|章|节|条)\s+")
ACROSS = 0.2
"""Share of the lines of a page in two columns that may stand across both: titles."""
FEWEST_LINES = 5
"""Of a column."""
COLUMN = 6
"""Letters that half of the lines of a column are longer than; numbers of pages are none."""
_PAIRS = re.compile("(?<=[\u3400-\u9fff])(?=[\u3400-\u9fff])")


@dataclass(frozen=True, slots=True)
class Row:
    """A line on a page. Lengths are points; `bottom` counts from the foot of the page."""

    text: str
    left: float
    right: float
    bottom: float
    size: float
    page: int
    hyphen: bool = False
    """It ends in a hyphen that only the end of the line put there."""


def mended(pieces: Iterable[Row]) -> list[Row]:
    """Lines whose words a file gives in several pieces, each beginning where the one before ends."""
    rows: list[Row] = []
    for piece in pieces:
        last = rows[-1] if rows else piece
        size = max(last.size, piece.size)
        level = abs((last.bottom + last.size / 2) - (piece.bottom + piece.size / 2)) < 0.5 * size
        gap = piece.left - last.right
        if rows and level and abs(gap) < 0.5 * size:
            base = max(last, piece, key=lambda one: one.size)
            plain = not (_WIDE.match(last.text[-1:]) or _WIDE.match(piece.text[:1]))
            text = f"{last.text}{' ' if plain and gap > 0.15 * size else ''}{piece.text}"
            rows[-1] = replace(base, text=text, left=last.left, right=piece.right, hyphen=piece.hyphen)
        else:
            rows.append(piece)
    return rows


def joined(rows: Sequence[Row]) -> list[Paragraph]:
    """Paragraphs in reading order; letters larger than those of the body make headings."""
    if not rows:
        return []
    body = _body_size(rows)
    levels = _levels(rows, body)
    pitch = _pitch(rows, body)
    frames = [frame for page in _pages(rows) for frame in _frames(page, body, pitch)]
    # A page of few short lines does not show where its lines could have ended.
    width = {
        cut: max(frame.right - frame.left for frame in frames if frame.column is cut)
        for cut in {frame.column for frame in frames}
    }
    groups: list[list[Row]] = []
    before = frames[0]
    for row, tight in zip(rows, frames, strict=True):
        frame = replace(tight, right=max(tight.right, tight.left + 0.95 * width[tight.column]))
        if groups and _continues(groups[-1], row, before, frame, body):
            groups[-1].append(row)
        else:
            groups.append([row])
        before = frame
    return list(_paragraphs(groups, levels, body))


def _paragraphs(groups: Sequence[Sequence[Row]], levels: dict[int, int], body: float) -> Iterator[Paragraph]:
    for group in groups:
        text = despaced(_text(group))
        level = levels.get(round(group[0].size), 0) if group[0].size > body * 1.15 else 0
        if level and (len(text) > 90 or _ENDS.search(text) or _ARTICLE.match(text)):
            level = 0
        if text:
            yield Paragraph(text, group[0].page, level)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the lines of a page or of a column begin and end, and how far apart they stand."""

    left: float
    right: float
    pitch: float
    column: bool

    @staticmethod
    def of(rows: Sequence[Row], body: float, pitch: float, *, column: bool) -> _Frame:
        plain = [row for row in rows if row.size < body * 1.15] or list(rows)
        lefts = Counter(round(row.left / 2) for row in plain)
        # Among the edges in use often the outermost: with short paragraphs most lines are indented.
        often = [place for place, count in lefts.items() if count * 6 >= max(lefts.values())]
        return _Frame(min(often) * 2, max(row.right for row in plain), pitch, column)


def _pages(rows: Sequence[Row]) -> Iterator[list[Row]]:
    for _, page in groupby(rows, key=lambda row: row.page):
        yield list(page)


def _frames(page: Sequence[Row], body: float, pitch: float) -> Iterator[_Frame]:
    """The frame of each line: of its column where the page has two, else of the page."""
    whole = _Frame.of(page, body, pitch, column=False)
    gutter = _gutter(page)
    if gutter is None:
        yield from (whole for _ in page)
        return
    sides = [_side(row, gutter) for row in page]
    columns = {
        side: _Frame.of(
            [row for row, at in zip(page, sides, strict=True) if at == side], body, pitch, column=True
        )
        for side in (-1, 1)
    }
    yield from (columns.get(side, whole) for side in sides)


def _side(row: Row, gutter: float) -> int:
    """-1 left of it, 1 right of it, 0 across."""
    return -1 if row.right <= gutter else 1 if row.left >= gutter else 0


def _gutter(page: Sequence[Row]) -> float | None:
    """Where the second of two columns begins: lines stand on both sides, at the same height, all of the left
    ones before all of the right ones in the file (the cells of a table go by rows), and hardly one across."""
    best: tuple[int, float] | None = None
    for gutter in {row.left for row in page}:
        sides = [_side(row, gutter) for row in page]
        inside = [side for side in sides if side]
        if len(page) - len(inside) > ACROSS * len(page) or inside != sorted(inside):
            continue
        left, right = ([row for row, at in zip(page, sides, strict=True) if at == side] for side in (-1, 1))
        if min(len(left), len(right)) < FEWEST_LINES:
            continue
        beside = sum(row.bottom >= left[-1].bottom for row in right)
        narrow = min(median(row.right - row.left for row in lines) for lines in (left, right))
        if beside * 2 > len(right) and narrow > COLUMN * median(row.size for row in page):
            best = max(best or (0, 0.0), (len(inside), gutter))
    return best[1] if best else None


def _continues(group: Sequence[Row], row: Row, old: _Frame, frame: _Frame, body: float) -> bool:
    last = group[-1]
    if abs(row.size - last.size) > 0.25 * max(row.size, last.size):
        return False
    if row.size > body * 1.15:  # a title in several lines
        near = row.page == last.page and 0 < last.bottom - row.bottom < 2.2 * row.size
        return near and len(_text(group)) < 60 and not _STARTS.match(row.text)
    wide = bool(_WIDE.match(last.text[-1:]) or _WIDE.match(row.text[:1]))
    slack = (2.2 if wide else 10) * row.size
    full = last.right > old.right - slack
    inset, above = row.left - frame.left, last.left - old.left
    indented = inset > 1.2 * row.size
    if not full:
        return False
    if min(above, inset) > 0.4 * (frame.right - frame.left):
        return False  # a signature and its day, set to the right
    gap = last.bottom - row.bottom if row.page == last.page else 0.0
    if gap > 1.6 * frame.pitch or (gap > 1.18 * frame.pitch and _ENDS.search(last.text)):
        return False
    if indented and inset > above + 0.6 * row.size:
        return False
    if indented and abs(inset - above) <= 0.6 * row.size and _ENDS.search(last.text):
        return False
    if _STARTS.match(row.text):
        # A label where the line before ran out in the middle of a sentence is a reference: 依照 / 第三条 ….
        return not indented and not _ENDS.search(last.text) and wide
    return True


def _text(group: Sequence[Row]) -> str:
    text, hyphen = "", False
    for row in group:
        if text and not _WIDE.match(text[-1]) and not _WIDE.match(row.text[:1]) and not hyphen:
            text += " "
        text += row.text
        hyphen = row.hyphen
    return text


def _pitch(rows: Sequence[Row], body: float) -> float:
    """From line to line within a paragraph: the least of the distances that are usual."""
    gaps = Counter(
        round(gap * 2) / 2
        for one, other in pairwise(rows)
        if one.page == other.page and body * 0.8 < (gap := one.bottom - other.bottom) < body * 4
    )
    usual = [gap for gap, count in gaps.items() if count * 8 >= max(gaps.values())]
    return min(usual, default=body * 1.5)


def _body_size(rows: Sequence[Row]) -> float:
    """The size in which most characters are."""
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[round(row.size * 2) / 2] += len(row.text)
    return sizes.most_common(1)[0][0]


def _levels(rows: Sequence[Row], body: float) -> dict[int, int]:
    """Rounded size -> level of heading: the largest is the title where it stands once, on its own."""
    sizes = sorted({round(row.size) for row in rows if row.size > body * 1.15}, reverse=True)
    return {size: min(level, 5) for level, size in enumerate(sizes, 1)}


def despaced(text: str) -> str:
    """Without the blanks that spread-out setting leaves between Chinese characters.

    The blank behind a label, 第一章 总则, is none of those.
    """
    label = _LABEL.match(text)
    head, text = (label[0], text[label.end() :]) if label else ("", text)
    spaced = len(_SPACED.findall(text))
    if spaced >= 2 and spaced >= 0.8 * (spaced + len(_PAIRS.findall(text))):
        text = _SPACED.sub("", text)
    return head + text
