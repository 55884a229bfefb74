"""English names said in another order or with words left out, found by their rare words."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from retrieval.folding import Token, english_key, word_set

CONNECTIVES = word_set("of the on for and in to at from with by a an its their under")
_PREPOSITIONS = word_set("of on for in to at from")
PREFIXES = word_set("national china chinese prc people republic of cas academy")
_RULES = word_set("law regulation measure provision rule opinion notice decree act")
_HOLDERS = word_set(
    "center bank repository library collection platform database infrastructure portal archive genebank"
    " facility network service system"
)
_WEAK = (
    CONNECTIVES
    | PREFIXES
    | _RULES
    | _HOLDERS
    | word_set(
        "data science scientific resource management administration information technology research large"
        " major world public sharing open service implementing detailed trial interim measure"
    )
)
RARE = 0.5
MAX_POSTINGS = 80


@lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=20_000)
def stem(key: str) -> str:
    """`astronomical` and `astronomy` share one; cut at 7 letters."""
    return str(_stemmer().stemWord(key))[:7]


_WEAK_STEMS = frozenset(stem(english_key(word)) for word in _WEAK)
_RULE_STEMS = frozenset(stem(word) for word in _RULES)
_HOLDER_STEMS = frozenset(stem(word) for word in _HOLDERS)


@dataclass(frozen=True, slots=True)
class EnglishForm:
    """Tokens `first` to `last` (inclusive) name surface `index`."""

    index: int
    first: int
    last: int
    strength: float


@dataclass(frozen=True, slots=True)
class _Name:
    stems: frozenset[str]
    head: str
    core: frozenset[str]
    """What stands before the first preposition, without National: Human Brain Bank | for Health …"""
    rare_total: float


def _head(words: Sequence[str]) -> str:
    """The last word before the first preposition: Law on …, Center in …"""
    for position, word in enumerate(words):
        if position and word in _PREPOSITIONS:
            return stem(words[position - 1])
    return stem(words[-1])


def _core(words: Sequence[str]) -> frozenset[str]:
    cut = next((i for i, w in enumerate(words) if i and w in _PREPOSITIONS), len(words))
    return frozenset(stem(w) for w in words[:cut] if w not in CONNECTIVES and w not in PREFIXES)


class EnglishForms:
    """Bags of words around a rare word, with the kind of thing (law, center, telescope) said."""

    def __init__(self, names: Sequence[str], owners: Sequence[str]) -> None:
        holders: dict[str, set[str]] = defaultdict(set)
        bags: list[tuple[list[str], frozenset[str]]] = []
        for name, owner in zip(names, owners, strict=True):
            words = [english_key(w) for w in re.findall("[A-Za-z0-9]+", name)]
            stems = frozenset(stem(w) for w in words if w not in CONNECTIVES)
            bags.append((words or [""], stems))
            for item in stems:
                holders[item].add(owner)
        scale = math.log(max(50, len(set(owners))) / 2)
        self._weights = {s: max(0.0, 1 - math.log(len(h)) / scale) for s, h in holders.items()}
        self._weights.update(dict.fromkeys(_WEAK_STEMS, 0.0))
        self._names: list[_Name] = []
        postings: dict[str, list[int]] = defaultdict(list)
        for index, (words, stems) in enumerate(bags):
            rare = {s: w for s in stems if (w := self._weights[s]) >= RARE}
            core = _core(words)
            core = core if core & rare.keys() and len(core) > 1 else frozenset()
            self._names.append(_Name(stems, _head(words), core, sum(rare.values())))
            for item in rare:
                postings[item].append(index)
        limit = max(MAX_POSTINGS, len(names) // 50)
        self._postings = {s: ids for s, ids in postings.items() if len(ids) <= limit}

    def weight(self, word: str) -> float:
        return self._weights.get(stem(word), 1.0)

    def find(self, tokens: Sequence[Token]) -> list[EnglishForm]:
        stems = ["" if t.cjk else stem(t.key) for t in tokens]
        found: dict[tuple[int, int, int], EnglishForm] = {}
        for position, item in enumerate(stems):
            for index in self._postings.get(item, ()):
                form = self._around(tokens, stems, position, index)
                if form is not None:
                    found[(form.index, form.first, form.last)] = form
        return list(found.values())

    def _around(
        self, tokens: Sequence[Token], stems: Sequence[str], position: int, index: int
    ) -> EnglishForm | None:
        name = self._names[index]
        allowed = name.stems | _RULE_STEMS if name.head in _RULE_STEMS else name.stems
        if name.head in _HOLDER_STEMS:
            allowed = allowed | _HOLDER_STEMS
        first = last = position

        def fits(at: int) -> bool:
            return stems[at] in allowed or tokens[at].key in CONNECTIVES

        while first > 0 and not tokens[first].hard and fits(first - 1):
            first -= 1
        while last + 1 < len(tokens) and not tokens[last + 1].hard and fits(last + 1):
            last += 1
        while tokens[first].key in CONNECTIVES:
            first += 1
        while tokens[last].key in CONNECTIVES:
            last -= 1
        span = _tightest(stems, first, last, name.stems, tokens)
        if span is None:
            return None
        first, last = span
        said = set(stems[first : last + 1])
        rare = sum(self._weights.get(s, 0) for s in said & name.stems if self._weights.get(s, 0) >= RARE)
        coverage = rare / name.rare_total
        if name.head in said:
            sure = 1.0
            if not _is_headed(tokens, stems, first, last, name.head):
                return None
        elif said & (_RULE_STEMS if name.head in _RULE_STEMS else _HOLDER_STEMS):
            sure = 0.8
        else:
            return None
        several = len([s for s in said & name.stems if self._weights[s] >= RARE]) > 1
        titled = any(t.raw[:1].isupper() for t in tokens[first : last + 1])
        needed = (0.38 if several and titled else 0.5) if sure == 1.0 else 0.75
        whole_core = bool(name.core) and name.core <= said
        if (coverage < needed and not whole_core) or last - first < 1:
            return None
        overlap = len(said & name.stems) / len(name.stems)
        return EnglishForm(index, first, last, sure * (0.6 * coverage + 0.4 * overlap))


def _tightest(
    stems: Sequence[str], first: int, last: int, wanted: frozenset[str], tokens: Sequence[Token]
) -> tuple[int, int] | None:
    """The span without repeated words or connectives at its ends; None if nothing is left."""

    def loose(at: int, rest: Sequence[str]) -> bool:
        return tokens[at].key in CONNECTIVES or (stems[at] in wanted and stems[at] in rest)

    while first <= last and loose(first, stems[first + 1 : last + 1]):
        first += 1
    while first <= last and loose(last, stems[first:last]):
        last -= 1
    return (first, last) if first <= last else None


def _is_headed(tokens: Sequence[Token], stems: Sequence[str], first: int, last: int, head: str) -> bool:
    """Whether the kind of thing comes last or before a preposition: not `station observations`."""
    for at in range(first, last + 1):
        if stems[at] == head and (at == last or tokens[at + 1].key in CONNECTIVES or tokens[at + 1].hard):
            return True
    return False
