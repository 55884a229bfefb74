"""Long texts in pieces that a chat app takes, cut at line and sentence ends with every style closed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.records import Rich, Span, plain

Measure = Callable[[Rich], int]

_LINE = re.compile(r"\n+")
_SENTENCE = re.compile(r"[。！？!?；;](?:[”’」』）)\]\s]|\[\d+\])*|(?<![0-9])\.(?:\[\d+\])*\s")
"""A dot behind a number begins a line of a list; it ends nothing."""
_SPACE = re.compile(r"\s+|[，、,]")
_JOINER = "\u200d"


def utf16_units(rich: Rich) -> int:
    """How Telegram counts: a character beyond the basic plane is two."""
    return len(plain(rich).encode("utf-16-le", "surrogatepass")) // 2


def utf8_bytes(rich: Rich) -> int:
    return len(plain(rich).encode("utf-8", "surrogatepass"))


def split(rich: Rich, limit: int, measure: Measure) -> list[Rich]:
    """Pieces that each measure at most `limit`; none is empty or blank.

    A cut falls behind a line, else behind a sentence, else between words, and only where there is none
    of these within a word; never within what is seen as one character.
    """
    pieces: list[Rich] = []
    rest = rich
    while plain(rest).strip():
        text = plain(rest)
        if measure(rest) <= limit:
            pieces.append(_trimmed(rest))
            break
        most = _most(rest, len(text), limit, measure)
        cut = _cut(text, most)
        piece = _trimmed(_slice(rest, 0, cut))
        if piece:
            pieces.append(piece)
        rest = _slice(rest, cut, len(text))
    return pieces


def shorten(rich: Rich, limit: int, measure: Measure) -> Rich:
    """The first piece of it, at most `limit` with the mark that something follows."""
    pieces = split(rich, limit, measure)
    if len(pieces) < 2:
        return pieces[0] if pieces else ()
    return (*split(rich, limit - measure((Span("\n…"),)), measure)[0], Span("\n…"))


def _most(rich: Rich, length: int, limit: int, measure: Measure) -> int:
    """The most characters from the start that fit, at least one."""
    low, high = 1, min(length, limit)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(_slice(rich, 0, middle)) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(text: str, most: int) -> int:
    for pattern, least in ((_LINE, 0.5), (_SENTENCE, 0.3), (_SPACE, 0.3)):
        ends = [found.end() for found in pattern.finditer(text, 0, most) if found.end() >= most * least]
        if ends:
            return ends[-1]
    cut = most
    while cut > 1 and _sticks(text, cut):
        cut -= 1
    return cut if cut > 1 else most


def _sticks(text: str, cut: int) -> bool:
    """True when a cut there would break what is seen as one character."""
    if cut >= len(text):
        return False
    after = text[cut]
    return (
        after == _JOINER
        or text[cut - 1] == _JOINER
        or unicodedata.category(after) in {"Mn", "Me", "Mc"}
        or "\ufe00" <= after <= "\ufe0f"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )


def _slice(rich: Rich, start: int, end: int) -> Rich:
    return tuple(_spans(rich, start, end))


def _spans(rich: Rich, start: int, end: int) -> Iterator[Span]:
    at = 0
    for span in rich:
        first, last = max(start - at, 0), min(end - at, len(span.text))
        at += len(span.text)
        if first < last:
            yield replace(span, text=span.text[first:last])


def _trimmed(rich: Rich) -> Rich:
    text = plain(rich)
    end = len(text.rstrip())
    start = len(text) - len(text.lstrip("\n"))
    return _slice(rich, start, end)
