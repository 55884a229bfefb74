"""Lines as they stand on paper -> paragraphs as they were written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

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


def joined(rows: Sequence[Row]) -> list[Paragraph]:
    """Paragraphs in reading order; letters larger than those of the body make headings."""
    if not rows:
        return []
    body = _body_size(rows)
    levels = _levels(rows, body)
    pitch = _pitch(rows, body)
    frames = {
        page: _Frame.of([row for row in rows if row.page == page], body, pitch)
        for page in {row.page for row in rows}
    }
    # A page of few short lines does not show where its lines could have ended.
    width = max(frame.right - frame.left for frame in frames.values())
    frames = {
        page: replace(frame, right=max(frame.right, frame.left + 0.95 * width))
        for page, frame in frames.items()
    }
    groups: list[list[Row]] = []
    for row in rows:
        if groups and _continues(groups[-1], row, frames, body):
            groups[-1].append(row)
        else:
            groups.append([row])
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
    """Where the lines of a page begin and end, and how far apart they stand."""

    left: float
    right: float
    pitch: float

    @staticmethod
    def of(rows: Sequence[Row], body: float, pitch: float) -> _Frame:
        plain = [row for row in rows if row.size < body * 1.15] or list(rows)
        lefts = Counter(round(row.left / 2) for row in plain)
        # Among the edges in use often the outermost: with short paragraphs most lines are indented.
        often = [place for place, count in lefts.items() if count * 6 >= max(lefts.values())]
        return _Frame(min(often) * 2, max(row.right for row in plain), pitch)


def _continues(group: Sequence[Row], row: Row, frames: dict[int, _Frame], body: float) -> bool:
    last = group[-1]
    frame, old = frames[row.page], frames[last.page]
    if abs(row.size - last.size) > 0.25 * max(row.size, last.size):
        return False
    if row.size > body * 1.15:  # a title in several lines
        near = row.page == last.page and 0 < last.bottom - row.bottom < 2.2 * row.size
        return near and len(_text(group)) < 60 and not _STARTS.match(row.text)
    wide = bool(_WIDE.match(last.text[-1:]) or _WIDE.match(row.text[:1]))
    slack = (2.2 if wide else 10) * row.size
    full = last.right > old.right - slack
    indented = row.left > frame.left + 1.2 * row.size
    if not full:
        return False
    if min(last.left, row.left) > frame.left + 0.4 * (frame.right - frame.left):
        return False  # a signature and its day, set to the right
    gap = last.bottom - row.bottom if row.page == last.page else 0.0
    if gap > 1.6 * frame.pitch or (gap > 1.18 * frame.pitch and _ENDS.search(last.text)):
        return False
    if indented and row.left > last.left + 0.6 * row.size:
        return False
    if indented and abs(row.left - last.left) <= 0.6 * row.size and _ENDS.search(last.text):
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
