"""Whether a sentence gives away what the reader is not meant to see: the prompt, or a key."""

from __future__ import annotations

import re
from collections.abc import Iterable

from retrieval.analysis import normalise

_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")
_RUN = 7
"""Words (a Chinese character is one) that in this order stand in the prompt by no accident."""
_WHOLE = 3
"""Words; a sentence of more that stands so in the prompt is taken from there."""
_SECRET = re.compile(
    r"(?:\b(?:sk|pk|rk|ghp|gho|xox[abp]|hf|glpat|key|token)[-_][A-Za-z0-9_-]{6,}|\bAKIA[A-Z0-9]{12,}|\beyJ[A-Za-z0-9_-]{12,}|"
    r"\bKEWEN_[A-Z_]{3,}|-----BEGIN|(?<![\w/.])(?=[A-Za-z0-9_+-]*\d)(?=[A-Za-z0-9_+-]*[A-Za-z])[A-Za-z0-9_+-]{24,})"
)


class Leaks:
    """Knows the private text and what the evidence says; judges sentences."""

    def __init__(self, private: str, known: Iterable[str]) -> None:
        self._known = normalise("\n".join(known))
        self._private = _runs(private) - _runs(self._known) if private else frozenset()
        self._sentences = f" {' '.join(_WORD.findall(normalise(private)))} "
        self._said = f" {' '.join(_WORD.findall(self._known))} "

    def fault(self, words: str) -> str | None:
        """What of the sentence is not for the reader, in a few words; None when nothing is."""
        if self._private and not self._private.isdisjoint(_runs(words)):
            return "repeats its instructions"
        whole = f" {' '.join(_WORD.findall(normalise(words)))} "
        if whole.count(" ") > _WHOLE + 1 and whole in self._sentences and whole not in self._said:
            return "repeats its instructions"
        for found in _SECRET.findall(words):
            if normalise(found) not in self._known:
                return "looks like a key"
        return None


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(normalise(text))
    return frozenset(tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))
