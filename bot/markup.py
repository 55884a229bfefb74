"""Rich text in the forms that chat apps read."""

from __future__ import annotations

import html
import re
from itertools import groupby

from bot.records import Rich, Span

_ADDRESS = re.compile(r"(https?://[^\s<>，。；、）】]+)")
_IN_TEXT = re.compile(r"[\\`*_~<]|\](?=\()|^[#>]", re.M)
_IN_LINK = re.compile(r"[\\`*_~<\[\]]")


def to_html(rich: Rich) -> str:
    """The HTML of Telegram: b, i and a; everything else is escaped."""
    return "".join(_html(span) for span in rich)


def _html(span: Span) -> str:
    text = html.escape(span.text, quote=False)
    if span.link:
        text = f'<a href="{html.escape(span.link)}">{text}</a>'
    if span.italic:
        text = f"<i>{text}</i>"
    return f"<b>{text}</b>" if span.bold else text


def to_links(rich: Rich) -> str:
    """Plain text in which only links are marked, as WeCom reads it; `<` cannot begin another tag."""
    shown = []
    for span in rich:
        text = span.text.replace("<", "＜").replace(">", "＞") if _tag_like(span.text) else span.text
        shown.append(f'<a href="{html.escape(span.link)}">{text}</a>' if span.link else text)
    return "".join(shown)


def _tag_like(text: str) -> bool:
    return re.search(r"</?\s*a\b", text, re.I) is not None


def to_markdown(rich: Rich, *, entities: bool) -> str:
    """Markdown in which what looks like markup in the words is escaped, addresses excepted.

    `entities`: as HTML entities, which Feishu's cards read; else with backslashes, as DingTalk does.
    """
    shown = []
    for style, spans in groupby(rich, lambda span: "**" if span.bold else "*" if span.italic else ""):
        text = "".join(_markdown(span, entities) for span in spans)
        # One run of one style has one pair of stars, at words: those between two spans would be seen.
        words = text.strip("\n ") if style else ""
        before, after = text.split(words, 1) if words else (text, "")
        shown.append(f"{before}{style}{words}{style}{after}" if words else text)
    return "".join(shown)


def _markdown(span: Span, entities: bool) -> str:
    words = span.text.strip("\n ") if span.link else span.text
    if not words:
        return span.text
    before, after = span.text.split(words, 1)
    special = _IN_LINK if span.link else _IN_TEXT
    parts = _ADDRESS.split(words)  # addresses stand at the odd places
    text = "".join(
        part if place % 2 and not span.link else special.sub(lambda found: _escaped(found[0], entities), part)
        for place, part in enumerate(parts)
    )
    if span.link:
        text = f"[{text}]({_address(span.link)})"
    return f"{before}{text}{after}"


def _escaped(character: str, entities: bool) -> str:
    return f"&#{ord(character)};" if entities or character == "<" else f"\\{character}"


def _address(link: str) -> str:
    return link.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def addresses_as_text(rich: Rich) -> str:
    """Plain text with the address of a link behind it, unless it stands there already."""
    shown = []
    for span in rich:
        shown.append(span.text)
        if span.link and not re.fullmatch(r"\[\d+\]", span.text) and span.link not in span.text:
            shown.append(f" {span.link} ")
    return "".join(shown)
