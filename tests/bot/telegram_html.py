"""The HTML of the Bot API as its server reads it: which tags there are, that they close, what remains."""

from __future__ import annotations

import re
from html.parser import HTMLParser

TAGS = {
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "a",
    "code",
    "pre",
    "tg-spoiler",
    "blockquote",
}
_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)")


class Unparsable(Exception):
    """What Telegram would answer with 400."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise Unparsable(f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)
        self.links += [value or "" for name, value in attrs if tag == "a" and name == "href"]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Unparsable(f'Bad Request: can\'t parse entities: Unmatched end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.text += data


def read_html(markup: str) -> tuple[str, list[str]]:
    """(the visible text, the addresses of its links). Raises Unparsable."""
    if _ENTITY.search(markup):
        raise Unparsable("Bad Request: can't parse entities: unsupported entity")
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    if reader.open:
        raise Unparsable(f"Bad Request: can't parse entities: Can't find end tag of {reader.open[-1]}")
    return reader.text, reader.links


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
