"""The text of an answer as blocks: paragraphs and lists, of plain text, markers and cited addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from assistant.records import Answer, Citation

_ITEM = re.compile(r"^\s*(?:([-•*])\s+|(\d{1,3})(?:[.、．]\s+|[、．]))(.*)$")
_INLINE = re.compile(r'\[(\d{1,3})\]|https?://[^\s\[\]（）【】《》“”，。；、<>"]+')
_LEAD = re.compile(r"(?:[!-~]{1,24}|\S{1,2})\s?$")


@dataclass(frozen=True, slots=True)
class Piece:
    """Plain text, the marker of a citation, or a link to an address that the answer cites.

    `lead` is the end of the text before a marker, which must not stand alone on a line.
    """

    kind: Literal["text", "marker", "link"]
    text: str
    citation: Citation | None = None
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph with one line, or a list with several; `start` numbers an ordered list."""

    kind: Literal["p", "ul", "ol"]
    lines: list[list[Piece]] = field(default_factory=list)
    start: int = 1


def blocks(answer: Answer) -> list[Block]:
    """The answer's text. Only markers of its citations and addresses that it cites become links."""
    by_number = {str(citation.number): citation for citation in answer.citations}
    known = {
        address
        for address in (
            *(one.source_url for one in answer.citations),
            *(one.url for one in answer.resources),
        )
        if address
    }
    made: list[Block] = []
    listing = False
    for line in answer.text.split("\n"):
        item = _ITEM.match(line)
        if not line.strip():
            listing = False
        elif item:
            kind: Literal["ul", "ol"] = "ol" if item[2] else "ul"
            if not (listing and made[-1].kind == kind):
                made.append(Block(kind, start=int(item[2] or 1)))
            listing = True
            made[-1].lines.append(list(_pieces(item[3], by_number, known)))
        else:
            listing = False
            made.append(Block("p", [list(_pieces(line, by_number, known))]))
    return made


def _pieces(text: str, by_number: dict[str, Citation], known: set[str]) -> Iterator[Piece]:
    at = 0
    for match in _INLINE.finditer(text):
        citation = by_number.get(match[1]) if match[1] else None
        address = None if match[1] else _cited(match[0], known)
        if citation is None and address is None:
            continue
        before = text[at : match.start()]
        end = _LEAD.search(before) if citation is not None else None
        lead = end[0] if end else ""
        if len(before) > len(lead):
            yield Piece("text", before[: len(before) - len(lead)])
        if citation is not None:
            yield Piece("marker", match[1], citation, lead)
            at = match.end()
        elif address is not None:
            yield Piece("link", address)
            at = match.start() + len(address)
    if at < len(text):
        yield Piece("text", text[at:])


def _cited(text: str, known: set[str]) -> str | None:
    """The longest beginning of what looks like an address that is one of ours."""
    for end in range(len(text), 8, -1):
        if text[:end] in known and not re.match(r"[\w/]", text[end:]):
            return text[:end]
    return None
