"""Words of English names that a text misspells by one letter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

SHORTEST = 6


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


class Spelling:
    """One missing, added, wrong or swapped letter, in words of at least six letters."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = set(words)
        self._near: dict[str, set[str]] = defaultdict(set)
        for word in self._words:
            if len(word) >= SHORTEST and word.isalpha():
                for form in _deletions(word) | {word}:
                    self._near[form].add(word)

    def correction(self, word: str) -> str | None:
        """The known word meant, or None: the word is known, too short, or two words are as near."""
        if len(word) < SHORTEST - 1 or word in self._words or not word.isalpha():
            return None
        near = {
            known
            for form in _deletions(word) | {word}
            for known in self._near.get(form, ())
            if known[0] == word[0] and _one_apart(word, known)
        }
        return near.pop() if len(near) == 1 else None


def _one_apart(a: str, b: str) -> bool:
    """One insertion, deletion, substitution or swap of neighbours."""
    if len(a) == len(b):
        wrong = [i for i in range(len(a)) if a[i] != b[i]]
        if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
            return a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
        return len(wrong) == 1
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return shorter in _deletions(longer)
