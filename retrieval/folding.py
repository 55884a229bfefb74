"""Text as names are compared: width, traditional forms, spaces and plurals folded, offsets kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

CJK = "\u3400-\u4dbf\u4e00-\u9fff"
_HAS_CJK = re.compile(f"[{CJK}]")
_TOKEN = re.compile(rf"[A-Za-z0-9]+|[{CJK}]")
_HARD = re.compile(r"[。！？；，,!?;:\n…]|\.(?=\s|$)")
_IZE = re.compile(r"is(e|ed|es|ing|ation|ations)$")


@dataclass(frozen=True, slots=True)
class Token:
    """One CJK character or one Latin word; `start`, `end` count in the original text."""

    key: str
    raw: str
    start: int
    end: int
    cjk: bool
    hard: bool
    """Punctuation that ends a phrase stands before it."""


@dataclass(frozen=True, slots=True)
class Folded:
    """NFKC, simplified characters, case kept. `offsets[i]` is where character i stood."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span of a non-empty span of `text`."""
        return self.offsets[start], self.offsets[end - 1] + 1


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _fold_char(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) == 1 and "\u00c0" <= folded <= "\u024f":
        folded = unicodedata.normalize("NFD", folded)[0]
    return "'" if folded in "\u2019\u02bc" else folded


def fold(text: str) -> Folded:
    """The folded text with the way back to the original."""
    if text.isascii():
        return Folded(text, tuple(range(len(text) + 1)))
    chars: list[str] = []
    offsets: list[int] = []
    for position, char in enumerate(text):
        folded = char if char.isascii() or "\u4e00" <= char <= "\u9fff" else _fold_char(char)
        chars.append(folded)
        offsets.extend([position] * len(folded))
    offsets.append(len(text))
    joined = "".join(chars)
    if _HAS_CJK.search(joined):
        simplified = _converter().convert(joined)
        if len(simplified) != len(joined):
            # A phrase rule changed the length: convert one by one, so that offsets hold.
            simplified = "".join((_converter().convert(c) or c)[0] for c in joined)
        joined = simplified
    return Folded(joined, tuple(offsets))


def is_traditional(text: str) -> bool:
    """Whether a Chinese text is in traditional characters: two that simplified script writes otherwise."""
    differ = sum(a != b for a, b in zip(text, _converter().convert(text), strict=False))
    return bool(differ >= 2)


@lru_cache(maxsize=20_000)
def english_key(word: str) -> str:
    """Lower case, American spelling, singular: `Centres` and `center` are one."""
    key = word.lower()
    if key.endswith(("centre", "centres")):
        key = key.replace("centre", "center")
    if len(key) > 6:
        key = _IZE.sub(r"iz\1", key)
    if len(key) > 4 and key.endswith("ies"):
        return key[:-3] + "y"
    if len(key) > 3 and key.endswith("s") and not key.endswith(("ss", "us", "is")):
        return key[:-1]
    return key


def tokenise(folded: Folded) -> list[Token]:
    """Words and characters in order; a possessive 's is dropped, & is `and`."""
    tokens: list[Token] = []
    text, offsets = folded.text, folded.offsets
    last = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        raw = match[0]
        gap = text[last:start]
        if raw in ("s", "S") and gap == "'" and tokens:
            last = end
            continue
        if "&" in gap:
            at = last + gap.index("&")
            tokens.append(Token("and", "&", offsets[at], offsets[at] + 1, False, False))
        cjk = raw > "\u3000"
        tokens.append(
            Token(
                raw if cjk else english_key(raw),
                raw,
                offsets[start],
                offsets[end - 1] + 1,
                cjk,
                bool(gap) and bool(_HARD.search(gap)),
            )
        )
        last = end
    return tokens


def key_of(text: str) -> tuple[str, ...]:
    """The comparison key of a name."""
    return tuple(token.key for token in tokenise(fold(text)))


def word_set(words: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(words.split())


def has_cjk(text: str) -> bool:
    return bool(_HAS_CJK.search(text))


def is_cjk(text: str) -> bool:
    """Nothing but CJK characters."""
    return bool(text) and all("\u3400" <= c <= "\u9fff" for c in text)
