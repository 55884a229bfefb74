"""What may leave the house: people's own numbers and mailboxes are hidden from a language model."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

from assistant.model.messages import ChatModel, Form, Message, Reply, Tool
from corpus.records import Text
from corpus.texts import fixed_text as _t
from retrieval.analysis import has_han

Kind = Literal["mailbox", "phone", "identity", "card"]
HIDDEN: dict[Kind, Text] = {
    "mailbox": _t("（邮箱已隐去）", "(mailbox hidden)"),
    "phone": _t("（电话已隐去）", "(phone number hidden)"),
    "identity": _t("（证件号已隐去）", "(identity number hidden)"),
    "card": _t("（卡号已隐去）", "(card number hidden)"),
}
_BEFORE, _AFTER = r"(?<![\w./:-])", r"(?![\w/-]|\.\d)"
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("mailbox", re.compile(r"[\w.+-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+", re.A)),
    ("identity", re.compile(rf"{_BEFORE}\d{{17}}[\dXx]{_AFTER}", re.A)),
    ("identity", re.compile(rf"{_BEFORE}(?:E[A-Z]?\d{{7,8}}|G\d{{8}}){_AFTER}", re.A)),
    ("card", re.compile(rf"{_BEFORE}[3-6](?:[ -]?\d){{14,18}}{_AFTER}", re.A)),
    ("phone", re.compile(rf"{_BEFORE}(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}{_AFTER}", re.A)),
    (
        "phone",
        re.compile(rf"{_BEFORE}\(?0[1-9]\d{{1,2}}\)?[ -]?\d{{3,4}}[ -]?\d{{4}}(?:-\d{{1,5}})?{_AFTER}", re.A),
    ),
    ("phone", re.compile(rf"{_BEFORE}\+\d{{1,3}}(?:[ -]?\(?\d{{1,4}}\)?){{2,5}}{_AFTER}", re.A)),
)
"""Closed forms: mailboxes; China's identity and passport numbers; cards; telephones at home and abroad."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def personal(text: str) -> list[tuple[int, int, Kind]]:
    """(begin, end, kind) of what tells who somebody is, in order, none within another."""
    found: list[tuple[int, int, Kind]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if _is(kind, match[0]) and all(end <= begun or start >= ended for begun, ended, _ in found):
                found.append((start, end, kind))
    return sorted(found)


def _is(kind: Kind, written: str) -> bool:
    digits = re.sub(r"[^\dXx]", "", written).upper()
    if kind == "identity" and len(digits) == 18:
        return _is_identity(digits)
    if kind == "card":
        return 15 <= len(digits) <= 19 and _luhn(digits)
    return kind != "phone" or len(digits) >= 8


def _is_identity(digits: str) -> bool:
    """The check character and the date of birth of GB 11643-1999."""
    if digits[-1] != "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False)) % 11]:
        return False
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1."""
    doubled = (int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def plain(written: str) -> str:
    """A number or mailbox without what people put between."""
    return re.sub(r"[^\w@.]", "", written).removeprefix("0086").lower()


def published_in(text: str) -> frozenset[str]:
    """What a text that everybody may read tells itself."""
    return frozenset(plain(text[start:end]) for start, end, _ in personal(text))


def masked(text: str, published: Collection[str] = ()) -> str:
    """The text without what tells who somebody is, but for what is published."""
    made, at = "", 0
    language: Literal["zh", "en"] = "zh" if has_han(text) else "en"
    for start, end, kind in personal(text):
        if plain(text[start:end]) not in published:
            made, at = made + text[at:start] + HIDDEN[kind].in_(language), end
    return made + text[at:]


class Guarded:
    """A model that is told nobody's numbers and mailboxes, but for those that the catalogue publishes."""

    def __init__(self, chat: ChatModel, published: Callable[[], str]) -> None:
        """`published` gives all that everybody may read, once, when the first question comes."""
        self.name = chat.name
        self.inner = (chat,)
        self._chat = chat
        self._read = published

    @cached_property
    def _published(self) -> frozenset[str]:
        return published_in(self._read())

    def _masked(self, messages: Sequence[Message]) -> list[Message]:
        return [
            replace(one, text=masked(one.text, self._published)) if personal(one.text) else one
            for one in messages
        ]

    async def stream(
        self, messages: Sequence[Message], *, tools: Sequence[Tool] = (), form: Form | None = None
    ) -> AsyncGenerator[str | Reply]:
        """As ChatModel.stream."""
        hidden = await asyncio.to_thread(self._masked, messages)
        pieces: Any = self._chat.stream(hidden, tools=tools, form=form)
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece
