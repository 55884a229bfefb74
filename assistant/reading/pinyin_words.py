"""Words by sound, and how likely one follows another: what `python -m training.pinyin` learned.

`pinyin.npz` holds the words of our Chinese texts and the commonest of a general dictionary, each with its
readings, and costs (negative logarithms of likelihoods, in sixteenths) of words alone and of pairs; with
them English words and pairs of letters, so that what is no Chinese has a likelihood too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np

STEPS = 16.0
"""Costs are kept in steps of a sixteenth."""
START, MARK, NUMBER, FOREIGN = range(4)
"""Words that have no sound: the beginning, a mark of punctuation, a number, a word left as it is."""
SPECIAL = 4
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Word:
    """A word in one of its readings; `cost` counts both."""

    number: int
    text: str
    cost: float


@dataclass(frozen=True)
class PinyinWords:
    """`by_sound` has the words of a reading, cheapest first, `starts` each beginning of a reading; readings
    are syllables with a space behind each."""

    syllables: frozenset[str]
    by_sound: dict[str, list[Word]]
    starts: frozenset[str]
    pairs: dict[tuple[int, int], float]
    alone: list[float]
    away: list[float]
    """Of each word its own cost, and that of going on with a word that it was not seen before."""
    numbers: dict[str, int]
    """The number of each word by its text."""
    english: dict[str, float]
    letters: list[list[float]]
    """Cost of a letter (row 26: none, the word begins) before another (column 26: the word ends)."""
    weights: tuple[float, ...]
    """Of the share of letters that are read, the gain a letter, the logarithm of letters read, a talk in
    pinyin, and the constant: see PinyinReader."""
    known: dict[str, float] = field(default_factory=dict)

    def spelt(self, word: str) -> float:
        """The cost of a word, in small letters, of another language or of none."""
        if word not in self.known:
            at, cost = 26, 0.0
            for letter in word:
                to = LETTERS.find(letter)
                cost, at = cost + self.letters[at][to], to
            self.known[word] = min(self.english.get(word, 99.0), cost + self.letters[at][26] + UNSEEN)
        return self.known[word]


UNSEEN = 3.0
"""What it costs that a word is none of the English words known."""


@cache
def learned_words() -> PinyinWords:
    """The words as they were learned, read once: a tenth of a second."""
    with files("assistant.reading").joinpath("pinyin.npz").open("rb") as file, np.load(file) as kept:
        return unpacked({name: kept[name] for name in kept.files})


def unpacked(kept: dict[str, np.ndarray]) -> PinyinWords:
    """Words out of the arrays of a file: see training/pinyin.py for their making."""
    syllables = bytes(kept["syllables"]).decode().split()
    texts = bytes(kept["words"]).decode().split("\n")
    english = bytes(kept["english"]).decode().split()
    costs = (kept["costs"] / STEPS).tolist()
    away = (kept["away"] / STEPS).tolist()
    numbers = {text: number + SPECIAL for number, text in enumerate(texts)}
    by_sound: defaultdict[str, list[Word]] = defaultdict(list)
    sounds, extra = kept["sounds"].tolist(), (kept["extra"] / STEPS).tolist()
    at = 0
    for number, more in zip(kept["read"].tolist(), extra, strict=True):
        text = texts[number]
        sound = "".join(f"{syllables[one]} " for one in sounds[at : at + len(text)])
        at += len(text)
        by_sound[sound].append(Word(number + SPECIAL, text, costs[number + SPECIAL] + more))
    for held in by_sound.values():
        held.sort(key=lambda one: one.cost)
    starts = {sound[: i + 1] for sound in by_sound for i, char in enumerate(sound) if char == " "}
    first = np.repeat(np.arange(len(kept["after"])), kept["after"])
    second = kept["second"].tolist()
    pairs = dict(
        zip(
            zip(first.tolist(), second, strict=True),
            (kept["pair_costs"] / STEPS).tolist(),
            strict=True,
        )
    )
    return PinyinWords(
        syllables=frozenset(syllables),
        by_sound=dict(by_sound),
        starts=frozenset(starts),
        pairs=pairs,
        alone=costs,
        away=away,
        numbers=numbers,
        english=dict(zip(english, (kept["english_costs"] / STEPS).tolist(), strict=True)),
        letters=(kept["letters"] / STEPS).tolist(),
        weights=tuple(float(one) for one in kept["weights"]),
    )


def special_cost(words: PinyinWords, before: int, number: int) -> float:
    """The cost of a word without sound behind another."""
    return words.pairs.get((before, number), words.away[before] + words.alone[number])
