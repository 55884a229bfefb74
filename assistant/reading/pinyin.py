"""Chinese typed in pinyin without tones, as characters: "banma yu zai na li mai" is 「斑马鱼在哪里买」.

A lattice of all ways to cut the letters into syllables and the syllables into words, each Latin word also as
one of another language; the cheapest way through it, by the likelihoods of pinyin_words and the names of the
corpus at hand. What is read that way is pinyin where that is much likelier than all of it being foreign.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, inf, log

import rjieba

from assistant.reading.pinyin_words import (
    FOREIGN,
    MARK,
    NUMBER,
    START,
    PinyinWords,
    Word,
    learned_words,
    special_cost,
)  # fmt: skip
from retrieval.names import NameIndex
from retrieval.phonetic import syllables

LIKELY = 0.5
"""Likelihood from which a text is read as pinyin."""
WORTH = 0.4
"""Share of Latin letters that can be cut into syllables below which a text is not looked at."""
KEPT = 24
"""Words that may stand last at one place of the letters, cheapest first; of one sound as many go on."""
NAME, NAME_WORD = 8.0, 10.0
"""What a name of the corpus costs, and a word of its names, however long."""
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_CHUNK = re.compile(r"\S+")
_WHOLE = re.compile(
    r"[@/\\_=<>{}\[\]|#$%^~`*+&]|\w[.:]\w|[A-Za-z]\d|[A-Za-z]-[A-Za-z0-9]|\d-?[A-Za-z]\b|\w\("
)
"""In what is neither words nor pinyin: addresses, identifiers, code."""
_PIECE = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*|\d+(?:[.,]\d+)*|[^A-Za-z\d]")
_TONES = re.compile("[\u0300\u0301\u0304\u030c]")
_FULL = str.maketrans(",?!;:.", "，？！；：。")


@dataclass(frozen=True, slots=True)
class Spelt:
    """A text typed in pinyin: its characters, and how likely it is pinyin at all."""

    text: str
    chance: float


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters, a number or a mark, whether blank stands before it, and whether it may be pinyin."""

    text: str
    spaced: bool
    kind: int
    cut: bool


@dataclass(slots=True)
class _State:
    """The cheapest way to a place that ends with a word: `said` is what was added last."""

    cost: float
    before: _State | None
    said: str
    spaced: bool
    letters: int
    """Letters read as pinyin on the way."""


class PinyinReader:
    """Reads pinyin with the names of one corpus."""

    def __init__(self, names: NameIndex, words: PinyinWords | None = None) -> None:
        """`words` None: those learned, read when they are first needed."""
        self._names, self._words = names, words

    def read(self, text: str, *, within: bool = False) -> Spelt | None:
        """The characters of a text that is pinyin; None for any other. `within`: the talk is in pinyin."""
        spelt = self.reading(text, within=within)
        return spelt if spelt and spelt.chance >= LIKELY else None

    def reading(self, text: str, *, within: bool = False) -> Spelt | None:
        """The likeliest characters of a text, pinyin or not; None where that cannot be."""
        features = self.features(text, within=within)
        if features is None:
            return None
        told, row = features
        sum_ = sum(weight * one for weight, one in zip(self._learned().weights, row, strict=True))
        return Spelt(told, 1 / (1 + exp(-sum_)) if sum_ > -60 else 0.0)

    def features(self, text: str, *, within: bool = False) -> tuple[str, tuple[float, ...]] | None:
        """The likeliest characters, with what tells whether the text is pinyin, as weights has it."""
        if _HAN.search(text):
            return None
        pieces = list(_pieces(text))
        latin = sum(len(one.text) for one in pieces if one.kind == FOREIGN)
        if not latin or sum(len(one.text) for one in pieces if one.cut) < WORTH * latin:
            return None
        words = self._learned()
        best = self._cheapest(pieces, words)
        foreign = sum(words.spelt(one.text.lower()) for one in pieces if one.kind == FOREIGN)
        rest = [one for one in pieces if one.kind != FOREIGN]
        read = best.letters
        if not read:
            return None
        gain = foreign + len(rest) * 2 - best.cost
        return _joined(best), (read / latin, gain / latin, log(read), float(within), 1.0)

    def _learned(self) -> PinyinWords:
        if self._words is None:
            self._words = learned_words()
        return self._words

    def _cheapest(self, pieces: Sequence[_Piece], words: PinyinWords) -> _State:
        states = {START: _State(0.0, None, "", False, 0)}
        at = 0
        while at < len(pieces):
            piece = pieces[at]
            if piece.cut:
                end = at
                while end < len(pieces) and pieces[end].cut:
                    end += 1
                states = self._through(pieces[at:end], states, words)
                at = end
                continue
            states = _beyond(states, piece, words)
            at += 1
        return min(states.values(), key=lambda one: one.cost)

    def _through(
        self, run: Sequence[_Piece], states: dict[int, _State], words: PinyinWords
    ) -> dict[int, _State]:
        """The states behind a run of Latin words, any of which may be pinyin."""
        letters = "".join(one.text for one in run).replace("'", "").lower()
        starts: dict[int, _Piece] = {}
        barred: set[int] = set()
        at = 0
        for piece in run:
            starts[at] = piece
            for part in piece.text.split("'"):
                at += len(part)
                barred.add(at)
        ends = sorted(barred)
        at_place: list[dict[int, _State]] = [{} for _ in range(len(letters) + 1)]
        at_place[0] = states
        named = self._named(run)
        for place in range(len(letters)):
            here = _few(at_place[place])
            at_place[place] = here
            if not here:
                continue
            spaced = place in starts and starts[place].spaced
            arcs: list[tuple[int, Word]] = list(_arcs(letters, place, ends, words))
            for end, text, cost in named.get(place, ()):
                last = [*rjieba.cut(text, False)][-1]
                arcs.append((end, Word(words.numbers.get(last, FOREIGN), text, min(cost, 99.0))))
            for end, word in arcs:
                _extend(at_place[end], here, word, spaced, end - place, words)
            if place in starts:
                piece = starts[place]
                bare = piece.text.replace("'", "")
                end = place + len(bare)
                cost = words.spelt(bare.lower())
                for number, state in here.items():
                    total = state.cost + cost + special_cost(words, number, FOREIGN)
                    _keep(at_place[end], FOREIGN, total, state, piece.text, spaced, 0)
        return at_place[-1]

    def _named(self, run: Sequence[_Piece]) -> dict[int, list[tuple[int, str, float]]]:
        """Names of the corpus, and words of them, by the place of the letters where they begin: end, text and
        cost."""
        sounds: list[str] = []
        spans: list[tuple[int, int]] = []
        at = 0
        for piece in run:
            for part in piece.text.lower().split("'"):
                for syllable in syllables(part):
                    sounds.append(syllable)
                    spans.append((at, at + len(syllable)))
                    at += len(syllable)
        found: dict[int, list[tuple[int, str, float]]] = {}
        for first, last, text, whole in self._names.sounding(sounds):
            start, end = spans[first][0], spans[last - 1][1]
            found.setdefault(start, []).append((end, text, NAME if whole else NAME_WORD))
        return found


def _pieces(text: str) -> Iterator[_Piece]:
    plain = unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", text)))
    plain = plain.translate(str.maketrans("üÜ’ʼ", "vV''"))
    mixed = any(one.islower() for one in plain)
    for found in _CHUNK.finditer(plain):
        chunk, spaced = found[0], found.start() > 0
        if _WHOLE.search(chunk.rstrip(".,?!")):
            letters = any(one.isalpha() for one in chunk)
            yield _Piece(chunk, spaced, FOREIGN if letters else MARK, False)
            continue
        for part in _PIECE.finditer(chunk):
            said = part[0]
            first = spaced and part.start() == 0
            if said[0].isdigit():
                yield _Piece(said, first, NUMBER, False)
            elif said[0].isascii() and said[0].isalpha():
                name = mixed and len(said) > 1 and said.isupper()
                cut = not name and all(syllables(one) for one in said.lower().split("'"))
                yield _Piece(said, first, FOREIGN, cut)
            else:
                yield _Piece(said, first, FOREIGN if said.isalpha() else MARK, False)


def _arcs(letters: str, place: int, ends: Sequence[int], words: PinyinWords) -> Iterator[tuple[int, Word]]:
    """Words that the letters from a place on may spell, with where they end; a syllable crosses no end."""
    waiting = [(place, "")]
    while waiting:
        at, sound = waiting.pop()
        bound = next(one for one in ends if one > at)
        for end in range(at + 1, min(at + 6, bound) + 1):
            syllable = letters[at:end]
            if syllable not in words.syllables:
                continue
            longer = f"{sound}{syllable} "
            if longer not in words.starts:
                continue
            for word in words.by_sound.get(longer, ())[:KEPT]:
                yield end, word
            if end < len(letters):
                waiting.append((end, longer))


def _extend(
    there: dict[int, _State],
    here: dict[int, _State],
    word: Word,
    spaced: bool,
    letters: int,
    words: PinyinWords,
) -> None:
    """Go on with a word from the cheapest of the states before it."""
    best, cost = None, inf
    extra = word.cost
    for number, state in here.items():
        pair = words.pairs.get((number, word.number))
        total = state.cost + (
            extra + words.away[number] if pair is None else pair + extra - words.alone[word.number]
        )
        if total < cost:
            best, cost = state, total
    if best is not None:
        _keep(there, word.number, cost, best, word.text, spaced, letters)


def _keep(
    there: dict[int, _State], number: int, cost: float, before: _State, said: str, spaced: bool, letters: int
) -> None:
    known = there.get(number)
    if known is None or cost < known.cost:
        there[number] = _State(cost, before, said, spaced, before.letters + letters)


def _few(states: dict[int, _State]) -> dict[int, _State]:
    if len(states) <= KEPT:
        return states
    return dict(sorted(states.items(), key=lambda one: one[1].cost)[:KEPT])


def _beyond(states: dict[int, _State], piece: _Piece, words: PinyinWords) -> dict[int, _State]:
    """The states behind what is no pinyin."""
    there: dict[int, _State] = {}
    cost = words.spelt(piece.text.lower()) if piece.kind == FOREIGN else 0.0
    for number, state in _few(states).items():
        total = state.cost + cost + special_cost(words, number, piece.kind)
        _keep(there, piece.kind, total, state, piece.text, piece.spaced, 0)
    return there


def _joined(last: _State) -> str:
    """What was said on the way, Chinese in one, marks as Chinese has them."""
    row: list[_State] = []
    state: _State | None = last
    while state is not None:
        row.append(state)
        state = state.before
    text = ""
    for one in reversed(row):
        said = one.said
        han = bool(_HAN.match(said))
        if text and _HAN.match(text[-1]):
            said = said.translate(_FULL) if len(said) == 1 else said
        elif text and one.spaced and not han:
            text += " "
        text += said
    return text
