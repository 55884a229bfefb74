"""Did you mean: words of the catalogue that sound like what found nothing, or are one letter from it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from retrieval.phonetic import syllable_of
from retrieval.typos import Spelling

_LONGEST = 8
"""Characters of a Chinese word; longer ones are whole names, which are found in other ways."""
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[a-z]+")


class Meant:
    """Made once from the words of a list: subjects, names and what they are also called."""

    def __init__(self, words: Iterable[str]) -> None:
        used = Counter(word for one in words for word in _words(one))
        self._used = used
        self._spelling = Spelling(word for word in used if _LATIN.fullmatch(word))
        self._sounding: dict[str, list[str]] = defaultdict(list)
        for word, _ in used.most_common():  # the most used first, then as they came
            if _CHINESE.fullmatch(word):
                self._sounding[_sound(word)].append(word)

    def of(self, query: str) -> str | None:
        """The query with the words put right that can be; None where none can."""
        said = query.casefold().split()
        meant = [self._word(word) for word in said]
        return " ".join(meant) if meant != said else None

    def _word(self, word: str) -> str:
        if word in self._used:
            return word
        if _CHINESE.fullmatch(word):
            return next(iter(self._sounding.get(_sound(word), ())), word)
        if _LATIN.fullmatch(word):
            return self._spelling.correction(word) or next(iter(self._sounding.get(word, ())), word)
        return word


def _sound(word: str) -> str:
    """shengtai for 生态."""
    return "".join(map(syllable_of, word))


def _words(text: str) -> Iterable[str]:
    folded = text.casefold()
    yield from _LATIN.findall(folded)
    yield from (word for word in _CHINESE.findall(folded) if 2 <= len(word) <= _LONGEST)
