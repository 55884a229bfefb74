"""Names by sound: pinyin typed in full or by initials, and homophone slips in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import rjieba
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PINYIN_DICT

from retrieval.folding import Token, is_cjk

_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")
_FIRST_SYMBOL = 0xE000
"""Syllables travel as characters of the private use area, so that strings of them can be searched."""


@lru_cache(maxsize=20_000)
def syllable_of(char: str) -> str:
    """The commonest reading without tone; empty for anything but a Chinese character."""
    readings = PINYIN_DICT.get(ord(char))
    return readings.split(",")[0].translate(_TONES) if readings and "\u3400" <= char <= "\u9fff" else ""


@lru_cache(maxsize=1)
def _symbols() -> dict[str, str]:
    syllables = {
        reading.translate(_TONES)
        for code, readings in PINYIN_DICT.items()
        if 0x4E00 <= code <= 0x9FA5
        for reading in readings.split(",")
    }
    # ê, hm, n and the like are interjections nobody types as a syllable.
    kept = sorted(s for s in syllables if s.isascii() and s.isalpha() and set(s) & set("aeiouv"))
    return {syllable: chr(_FIRST_SYMBOL + i) for i, syllable in enumerate(kept)}


@lru_cache(maxsize=64)
def _read(text: str) -> tuple[str, ...]:
    # The slow step, about 1,200 names a second: each name is read once for both uses.
    read = lazy_pinyin(text, style=Style.NORMAL, errors=lambda chars: " " * len(chars))
    return tuple(s.replace("ü", "v") for s in read)


def symbols_of(text: str) -> str:
    """One symbol a character of a Chinese text, read in context; unknown characters become spaces."""
    table = _symbols()
    return "".join(table.get(s, s if s.isspace() else " ") for s in _read(text))


def symbol_of(syllable: str) -> str:
    """The symbol of one syllable that `syllables` gives."""
    return _symbols()[syllable]


def initials_of(text: str) -> str:
    """First letters of the syllables: 国家 gives `gj`."""
    return "".join(s[0] for s in _read(text) if not s.isspace())


@lru_cache(maxsize=5_000)
def syllables(word: str) -> tuple[str, ...]:
    """The word cut into pinyin syllables, longest first; empty if it cannot be."""
    table = _symbols()
    if not word:
        return ()
    best: list[tuple[str, ...] | None] = [None] * len(word) + [()]
    for start in range(len(word) - 1, -1, -1):
        for size in range(min(6, len(word) - start), 0, -1):
            rest = best[start + size]
            if rest is None or word[start : start + size] not in table:
                continue
            option = (word[start : start + size], *rest)
            known = best[start]
            if known is None or len(option) < len(known):
                best[start] = option
    return best[0] or ()


@dataclass(frozen=True, slots=True)
class PinyinRun:
    """Neighbouring Latin words that are all pinyin. `spans[i]` is the place of symbol i."""

    symbols: str
    spans: tuple[tuple[int, int], ...]


def pinyin_runs(tokens: Sequence[Token]) -> list[PinyinRun]:
    """Runs of at least three syllables."""
    runs: list[PinyinRun] = []
    symbols: list[str] = []
    spans: list[tuple[int, int]] = []
    table = _symbols()

    def close() -> None:
        if len(symbols) >= 3:
            runs.append(PinyinRun("".join(symbols), tuple(spans)))
        symbols.clear()
        spans.clear()

    for token in tokens:
        cut = () if token.cjk or not token.raw.isalpha() else syllables(token.raw.lower().replace("ü", "v"))
        if token.hard or not cut:
            close()
        at = token.start
        for syllable in cut:
            symbols.append(table[syllable])
            spans.append((at, at + len(syllable)))
            at += len(syllable)
    close()
    return runs


@dataclass(frozen=True, slots=True)
class Correction:
    """`surface` at start..end of the folded text was meant as `word`; both have one length."""

    surface: str
    word: str
    start: int
    end: int


class Homophones:
    """Words of names, by sound; finds a misspelling that sounds the same."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_sound: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._words = {word for word in words if 3 <= len(word) <= 6 and is_cjk(word)}
        for word in sorted(self._words):
            self._by_sound[tuple(syllable_of(c) for c in word)].append(word)

    def words_of(self, sounds: Sequence[str]) -> Sequence[str]:
        """The words that sound like these syllables."""
        return self._by_sound.get(tuple(sounds), ())

    def corrections(self, text: str, weight: Callable[[str], float] | None = None) -> list[Correction]:
        """Slips in Chinese words, left to right, without overlaps.

        At least two thirds of the characters are right, and a wrong one stands alone in the
        dictionary's reading of the text: a real word is never called a slip.
        """
        if not any("\u3400" <= c <= "\u9fff" for c in text):
            return []
        lonely = _lonely(text)
        if not lonely:
            return []
        sounds = [syllable_of(c) for c in text]
        found: list[Correction] = []
        position = 0
        while position < len(text):
            hit = self._at(text, sounds, lonely, position)
            if hit is None:
                position += 1
            else:
                found.append(hit)
                position = hit.end
        return found

    def _at(self, text: str, sounds: list[str], lonely: set[int], start: int) -> Correction | None:
        for size in range(min(6, len(text) - start), 2, -1):
            key = tuple(sounds[start : start + size])
            if "" in key:
                continue
            for word in self._by_sound.get(key, ()):
                surface = text[start : start + size]
                if surface in self._words:
                    return None
                wrong = [start + i for i in range(size) if surface[i] != word[i]]
                if len(wrong) <= max(1, size // 3) and lonely.intersection(wrong):
                    return Correction(surface, word, start, start + size)
        return None


def _lonely(text: str) -> set[int]:
    """Places of characters that no dictionary word of the text holds."""
    places: set[int] = set()
    at = 0
    for word in rjieba.cut(text, False):
        if len(word) == 1:
            places.add(at)
        at += len(word)
    return places
