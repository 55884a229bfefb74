"""How assistant/reading/pinyin.npz was learned: `python -m training.pinyin [--figures]`, a few minutes.

From all Chinese texts of corpus/data and of training/: words (cut by the general dictionary, whose commonest
words are added) with the readings that pypinyin gives them in context, likelihoods of words and of pairs by
absolute discounting; from the English ones words and pairs of letters. Questions of training/data that are
held out (a tenth of the Chinese, by a digest of their words) are in none of it: on some of them, spelt
without tones and with spaces at random, and on English and other questions, the detector is fitted; on the
other half figures are taken.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import rjieba
import yaml
from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.phrases_dict import phrases_dict

from assistant.reading.pinyin import PinyinReader
from assistant.reading.pinyin_words import (
    FOREIGN,
    LETTERS,
    MARK,
    NUMBER,
    SPECIAL,
    START,
    STEPS,
    unpacked,
)  # fmt: skip
from corpus.loaders import load_corpus
from retrieval.names import NameIndex
from training.examples import read

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "assistant" / "reading" / "pinyin.npz"
OTHERS = Path(__file__).parent / "pinyin" / "others.txt"
"""Messages in other languages, code, addresses and identifiers: none is pinyin."""
EVERYDAY, TIMES = Path(__file__).parent / "pinyin" / "everyday.txt", 12
"""What anybody says in a talk, and how often that counts: our questions are about science and law."""
HELD_OUT = 10
"""One Chinese question in so many is held out."""
GENERAL, GENERAL_SHARE = 45_000, 0.1
"""Words of the general dictionary, and how much its counts weigh beside ours."""
DISCOUNT = 0.75
RARE_READING = 5.0
"""Cost of a reading of a character that our texts do not have."""
ENGLISH = 8_000
_HAN = re.compile("[\u4e00-\u9fff]+")
_PIECES = re.compile("[\u4e00-\u9fff]+|\\d[\\d.,]*|[A-Za-z][A-Za-z0-9-]*|[^\\w\\s]")
_LATIN = re.compile("[A-Za-z]{1,20}")


def held_out(text: str) -> bool:
    """Whether a question is left out of learning; the same for ever, whatever is added beside it."""
    return blake2b(text.encode(), digest_size=4).digest()[0] % HELD_OUT == 0


def held_out_questions() -> list[str]:
    """The Chinese questions of training/data that stand on their own and are held out, each once."""
    told = (one.q for one in read() if one.lang == "zh" and not one.before and one.source != "aside")
    plain = (one for one in told if held_out(one) and len(_HAN.findall(one)) and len(one) <= 60)
    return sorted(set(plain), key=lambda one: blake2b(one.encode()).digest())


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for one in value.values() for text in _strings(one))
    elif isinstance(value, list | tuple):
        yield from (text for one in value for text in _strings(one))


def texts() -> list[str]:
    """All that we have in writing, each text once, without what is held out and what holds it."""
    asked: list[str] = []
    for path in sorted((ROOT / "training").rglob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                asked += _strings(json.loads(line))
    for path in sorted((ROOT / "training").rglob("*.txt")):
        if path.parent != OTHERS.parent:
            asked += path.read_text("utf-8").splitlines()
    out = held_out_questions()
    found = dict.fromkeys(
        one for one in asked if not held_out(one) and not any(other in one for other in out)
    )
    for path in sorted((ROOT / "corpus" / "data").rglob("*")):
        if path.suffix == ".yaml":
            for document in yaml.load_all(path.read_text("utf-8"), yaml.CSafeLoader):
                found.update(dict.fromkeys(_strings(document)))
    return list(found)


def spelt(text: str, chance: random.Random) -> str:
    """A Chinese text as it is typed in pinyin without tones, with a space behind some syllables and words."""
    style = chance.choice(((1.0, 1.0), (1.0, 0.0), (0.9, 0.4), (0.6, 0.2)))
    typed = ""
    for piece in _PIECES.findall(text):
        if not _HAN.match(piece):
            latin = piece[0].isalnum()
            glue = " " if latin and typed and not typed.endswith(" ") else ""
            typed += f"{glue}{piece} " if latin or chance.random() < 0.6 else " "
            continue
        for word in rjieba.cut(piece, False):
            read = lazy_pinyin(word, style=Style.NORMAL)
            for syllable in read[:-1]:
                typed += syllable + (" " if chance.random() < style[1] else "")
            typed += read[-1] + (" " if chance.random() < style[0] else "")
    return " ".join(re.sub(r"\s+([?,.!])", r"\1", typed.translate(_PLAIN)).split())


_PLAIN = str.maketrans("？，。！：；、（）“”《》", '?,.!:;,()""""')


class Counts:
    """Words, readings and pairs of our Chinese texts, words and letters of the English ones."""

    def __init__(self, told: Iterable[str], everyday: Iterable[str]) -> None:
        self.words: Counter[str] = Counter()
        self.readings: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.english: Counter[str] = Counter()
        for text in told:
            if _HAN.search(text):
                self._chinese(text)
            else:
                self.english.update(one.lower() for one in _LATIN.findall(text))
        for text in everyday:
            self._chinese(text, TIMES)

    def _chinese(self, text: str, times: int = 1) -> None:
        for sentence in re.split("(?<=[。！？?!；\n])", text):
            row = ["<s>"]
            for piece in _PIECES.findall(sentence):
                if not _HAN.match(piece):
                    latin = piece[0].isascii() and piece[0].isalpha()
                    row.append("<n>" if piece[0].isdigit() else "<f>" if latin else "<m>")
                    if latin:
                        self.english[piece.lower()] += 1
                    continue
                sounds = lazy_pinyin(piece, style=Style.NORMAL)
                at = 0
                for word in rjieba.cut(piece, False):
                    row.append(word)
                    if len(sounds) == len(piece):
                        self.readings[word][tuple(sounds[at : at + len(word)])] += 1
                    at += len(word)
            for one in row:
                self.words[one] += times
            for pair in pairwise(row):
                self.pairs[pair] += times


@cache
def general() -> dict[str, int]:
    """The commonest words of the general dictionary with their counts: those of two characters, and longer
    ones that the dictionary of readings has too."""
    common = "".join(char for char in map(chr, range(0x4E00, 0x9FA6)) if rjieba.suggest_freq(char) > 400)
    found = {char: rjieba.suggest_freq(char) for char in common}
    pairs = (a + b for a in common for b in common)
    words = [one for one in pairs if rjieba.has_word(one)]
    words += [one for one in phrases_dict if 2 < len(one) < 5 and rjieba.has_word(one)]
    found |= {one: rjieba.suggest_freq(one) for one in words if _HAN.fullmatch(one)}
    return dict(Counter(found).most_common(GENERAL))


def learned(counts: Counts) -> dict[str, np.ndarray]:
    """The arrays of the file, without the weights of the detector."""
    special = ["<s>", "<m>", "<n>", "<f>"]
    assert [START, MARK, NUMBER, FOREIGN] == [0, 1, 2, 3] and len(special) == SPECIAL
    ours = {word for word, count in counts.words.items() if word not in special}
    words = sorted({*ours, *general()})
    total, total_general = sum(counts.words.values()), sum(general().values())
    share = {
        one: (1 - GENERAL_SHARE) * counts.words[one] / total
        + GENERAL_SHARE * general().get(one, 0) / total_general
        for one in [*special, *words]
    }
    whole = sum(share.values())
    cost = [-log(max(share[one] / whole, 1e-9)) for one in [*special, *words]]
    number = {one: place for place, one in enumerate([*special, *words])}
    followed: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (one, other), count in counts.pairs.items():
        followed[one].append((other, count))
    away = np.full(len(number), 0.0)
    after, second, pair_costs = np.zeros(len(number), int), [], []
    for one, place in number.items():
        held = sorted((number[next_], count) for next_, count in followed[one])
        seen = sum(count for _, count in held)
        if not held:
            continue
        left = DISCOUNT * len(held) / seen
        away[place] = -log(left)
        after[place] = len(held)
        for at, count in held:
            second.append(at)
            pair_costs.append(-log((count - DISCOUNT) / seen + left * np.exp(-cost[at])))
    syllables, sounds, read_, extra = _readings(words, counts)
    english = dict(counts.english.most_common(ENGLISH))
    letters = np.ones((27, 27))
    for word, count in counts.english.items():
        row = [26, *(LETTERS.find(one) for one in word if one in LETTERS), 26]
        for a, b in pairwise(row):
            letters[a, b] += min(count, 5)
    letters = -np.log(letters / letters.sum(axis=1, keepdims=True))
    return {
        "syllables": _bytes(" ".join(syllables)),
        "words": _bytes("\n".join(words)),
        "costs": _steps(cost),
        "away": _steps(away),
        "after": after.astype(np.uint16),
        "second": np.array(second, dtype=np.uint32 if len(number) > 65_535 else np.uint16),
        "pair_costs": _steps(pair_costs),
        "sounds": np.array(sounds, dtype=np.uint16),
        "read": np.array(read_, dtype=np.uint32),
        "extra": _steps(extra),
        "english": _bytes(" ".join(english)),
        "english_costs": _steps([-log(one / counts.english.total()) for one in english.values()]),
        "letters": _steps(letters),
        "weights": np.zeros(5),
    }


def _readings(words: list[str], counts: Counts) -> tuple[list[str], list[int], list[int], list[float]]:
    """Syllables; those of each reading in a row; the word of each reading; what a rare one costs."""
    found: list[tuple[int, tuple[str, ...], float]] = []
    for place, word in enumerate(words):
        held = dict(counts.readings.get(word, {}))
        if not held:
            held = {tuple(lazy_pinyin(word, style=Style.NORMAL)): 1}
        most = sum(held.values())
        own = {one: -log(count / most) for one, count in held.items() if len(one) == len(word)}
        if len(word) == 1:
            for other in pinyin(word, style=Style.NORMAL, heteronym=True)[0]:
                own.setdefault((other,), RARE_READING)
        found += [(place, one, extra) for one, extra in sorted(own.items()) if all(_plain(s) for s in one)]
    syllables = sorted({s for _, one, _ in found for s in one})
    number = {one: place for place, one in enumerate(syllables)}
    sounds = [number[s] for _, one, _ in found for s in one]
    return syllables, sounds, [place for place, _, _ in found], [extra for _, _, extra in found]


def _plain(syllable: str) -> bool:
    return syllable.isascii() and syllable.isalpha() and bool(set(syllable) & set("aeiouv"))


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _steps(costs: Iterable[float]) -> np.ndarray:
    return np.clip(np.round(np.asarray(costs) * STEPS), 0, 255).astype(np.uint8)


def positives() -> list[tuple[str, bool]]:
    """Chinese messages that are held out, and whether they are said within a talk."""
    last = {one.q for one in read() if one.lang == "zh" and one.before and held_out(one.q)}
    short = [one for one in sorted(last) if len(one) <= 30]
    return [(one, False) for one in held_out_questions()[FIGURES:]] + [(one, True) for one in short]


FIGURES = 300
"""Held-out questions that figures are taken on; the detector is fitted on the others."""


def english() -> list[str]:
    """The English questions of training/, each once."""
    found: dict[str, None] = {}
    for path in sorted((ROOT / "training").rglob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                given = json.loads(line)
                told = [one for one in _strings(given) if not _HAN.search(one) and " " in one]
                found.update(dict.fromkeys(told))
    return list(found)


def others() -> list[str]:
    return OTHERS.read_text("utf-8").splitlines()


def fitted(reader: PinyinReader) -> np.ndarray:
    """The weights of the detector."""
    chance = random.Random(0)
    rows: list[tuple[tuple[float, ...], float]] = []

    def add(text: str, within: bool, wanted: float) -> None:
        made = reader.features(text, within=within)
        if made is not None:
            rows.append((made[1], wanted))

    for text, within in positives():
        add(spelt(text, chance), within, 1.0)
    for text in [*others()[::2], *english()]:
        add(text, False, 0.0)
        words = text.split()
        for _ in range(3):
            start, size = chance.randrange(len(words)), chance.randint(1, 5)
            add(" ".join(words[start : start + size]), chance.random() < 0.5, 0.0)
    table = np.array([row for row, _ in rows])
    wanted = np.array([one for _, one in rows])
    weights = np.zeros(table.shape[1])
    for _ in range(40):  # Newton's method
        said = 1 / (1 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (said - wanted) + RIDGE * weights
        bend = (table * (said * (1 - said))[:, None]).T @ table + RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    print(
        f"detector: {int(wanted.sum())} messages in pinyin, {int((1 - wanted).sum())} others",
        weights.round(2),
    )
    return weights


RIDGE = 0.1


def figures(reader: PinyinReader) -> None:
    """Print how many characters of held-out questions come back, and what is wrongly taken for pinyin."""
    chance = random.Random(1)
    right = total = whole = heard = 0
    for text in held_out_questions()[:FIGURES]:
        said = reader.read(spelt(text, chance))
        told, meant = (_bare(said.text) if said else ""), _bare(text)
        heard += said is not None
        good = _alike(told, meant)
        right, total, whole = right + good, total + len(meant), whole + (told == meant)
    print(f"{FIGURES} held-out questions: {heard} read as pinyin, {right / total:.3f} of characters right, "
          f"{whole / FIGURES:.2f} of questions wholly")  # fmt: skip
    for name, told_ in (("English", english()), ("other", others()[1::2])):
        wrong = [one for one in told_ if reader.read(one)]
        print(f"{len(wrong)} of {len(told_)} {name} messages taken for pinyin", wrong[:20])


def _bare(text: str) -> str:
    return "".join(_HAN.findall(text))


def _alike(told: str, meant: str) -> int:
    """Characters in common, in order."""
    row = [0] * (len(meant) + 1)
    for a in told:
        before = 0
        for place, b in enumerate(meant, 1):
            above = row[place]
            row[place] = before + 1 if a == b else max(above, row[place - 1])
            before = above
    return row[-1]


def main() -> int:
    corpus = load_corpus()
    names = NameIndex(list(corpus))
    if "--figures" not in sys.argv:
        kept = learned(Counts(texts(), EVERYDAY.read_text("utf-8").splitlines()))
        kept["weights"] = fitted(PinyinReader(names, unpacked(kept)))
        np.savez_compressed(TARGET, **kept)  # type: ignore[arg-type]
        print(f"{TARGET.name}: {TARGET.stat().st_size / 1e6:.2f} MB")
    figures(PinyinReader(names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
