"""Search keys of a harvested record in the language that it is not written in, by a dictionary of terms.

A key is never shown and never cited: it lets a Chinese question find a record that is English alone, and the
reverse. What the dictionary does not have is left out, so a key may be empty.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from corpus.records import Lines, Resource

MOST = 16
"""Terms of one key."""
_LONGEST = 4
"""Words of one English term."""
_FIRST = 400
"""Characters of a description that say what the thing is."""
_WORD = re.compile(r"[A-Za-z0-9]+(?:[-.'][A-Za-z0-9]+)*")
_NAME = re.compile(r"(?=[\w-]*[A-Z0-9][\w-]*[A-Z0-9])[A-Za-z0-9][\w-]+", re.A)
"""A word with two capitals or digits: an abbreviation, which every language keeps."""


@dataclass(frozen=True)
class Terms:
    """Words of one language by those of the other; English ones in lower case."""

    chinese: dict[str, tuple[str, ...]]
    english: dict[str, tuple[str, ...]]
    digest: str

    def in_chinese(self, text: str) -> Iterator[tuple[str, ...]]:
        """The Chinese words for each term of an English text, the longest terms first at each place."""
        words = [word.lower() for word in _WORD.findall(text)]
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST, len(words) - at), 0, -1):
                if found := self._known(" ".join(words[at : at + length])):
                    yield found
                    at += length
                    break
            else:
                at += 1

    def _known(self, term: str) -> tuple[str, ...]:
        singular = term[:-1] if term.endswith("s") else term
        return self.chinese.get(term) or self.chinese.get(singular) or ()

    def in_english(self, text: str) -> Iterator[tuple[str, ...]]:
        """The English words for each term of a Chinese text, the longest terms first at each place."""
        longest = max(map(len, self.english), default=0)
        at = 0
        while at < len(text):
            for length in range(min(longest, len(text) - at), 1, -1):
                if found := self.english.get(text[at : at + length]):
                    yield found
                    at += length
                    break
            else:
                at += 1


@cache
def terms() -> Terms:
    """Those of corpus/data/terms."""
    content = files("corpus").joinpath("data/terms/en-zh.txt").read_text("utf-8")
    chinese: dict[str, tuple[str, ...]] = {}
    english: dict[str, list[str]] = {}
    for line in content.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        word, _, others = line.partition("\t")
        chinese[word] = tuple(others.split("、"))
        for other in chinese[word]:
            english.setdefault(other, []).append(word)
    return Terms(
        chinese,
        {word: tuple(others[:2]) for word, others in english.items()},
        hashlib.sha256(content.encode()).hexdigest(),
    )


def keyed(record: Resource) -> Resource:
    """The record with keys in the language that it lacks; itself where it has both, or no term is known."""
    if record.origin is None or len(record.languages) != 1 or record.questions != Lines():
        return record
    known = terms()
    own = record.languages[0]
    spoken = known.in_chinese if own == "en" else known.in_english
    title = "; ".join((record.name.in_(own), *record.aliases))
    about = "; ".join(record.subjects.in_(own))
    told = record.holdings.in_(own)[:_FIRST] if record.holdings else ""
    names = list(dict.fromkeys(_NAME.findall(title)))[:4] if own == "en" else []
    first = _once(spoken(title))
    every = _once([*spoken(title), *spoken(about), *spoken(told)])
    mark = "" if own == "en" else " "
    keys = [mark.join([*(f"{name} " for name in names), *some]) for some in (first, every) if some]
    lines = tuple(dict.fromkeys(key.strip() for key in keys))
    if not lines:
        return record
    questions = Lines(zh=lines) if own == "en" else Lines(en=lines)
    return record.model_copy(update={"questions": questions})


def _once(found: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(word for words in found for word in words))[:MOST]
