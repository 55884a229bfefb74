"""Chinese short forms: names with words or characters dropped, found without a list of them."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import rjieba

from retrieval.folding import word_set

GENERIC = word_set(
    "国家 中国 全国 中华 人民 共和国 科学 数据 中心 资源 库 平台 共享 服务 管理 办法 条例 法 规定 细则"
    " 实施 意见 通知 关于 系统 网络 网 研究 技术 国际 世界 开放 科技 科研 设施 装置 站 馆 院 所 中科院 科学院"
    " 信息 大型 重大 重要 标准 保护 暂行 试行 的 和 与 及 、 化 在 名单 公布 发布"
)
PREFIXES = ("国家", "中国", "全国")
RARE = 0.5
MAX_POSTINGS = 80
SKIP = re.compile("的|[那这]个?")
"""What may stand between the parts of a short form: 合肥的那个光源."""


@lru_cache(maxsize=50_000)
def _fine(word: str) -> tuple[str, ...]:
    for cut in range(2, len(word) - 1):
        if rjieba.has_word(word[:cut]) and rjieba.has_word(word[cut:]):
            return (*_fine(word[:cut]), *_fine(word[cut:]))
    if len(word) > 4 and rjieba.has_word(word[:2]):
        rest = rjieba.cut(word[2:], False)
        if all(len(piece) > 1 for piece in rest):
            return (word[:2], *(fine for piece in rest for fine in _fine(piece)))
    if len(word) > 2 and rjieba.has_word(word[:-1]) and word[-1] in "库网法站馆院所台室源器类号令":
        return (*_fine(word[:-1]), word[-1])
    return (word,)


def words_of(name: str) -> list[str]:
    """Dictionary words, as fine as the dictionary allows: 资源库 is 资源 and 库."""
    merged: list[str] = []
    unknown = ""
    for word in rjieba.cut(name, False):
        if len(word) == 1 and word not in GENERIC:
            # Neighbouring characters that no dictionary word holds are one unknown word: 散裂.
            unknown += word
            continue
        if unknown:
            merged.append(unknown)
            unknown = ""
        merged.extend(_fine(word))
    if unknown:
        merged.append(unknown)
    return merged


@dataclass(frozen=True, slots=True)
class ShortForm:
    """A span of the searched string that abbreviates name `index`."""

    index: int
    start: int
    end: int
    strength: float
    """0 to 1: how much of what is particular to the name was said."""


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    weights: tuple[float, ...]
    rare_total: float
    total: float


class ShortForms:
    """Finds spans that are ordered subsequences of a name, with enough of its rare words.

    Works on any string of one symbol a syllable: characters, or the pinyin stream of phonetic.py.
    """

    def __init__(self, names: Sequence[tuple[str, Sequence[str]]], owners: Sequence[str]) -> None:
        """`names` are (symbols, words in symbols); `owners[i]` is the record of name i."""
        self._owners = list(owners)
        records_of: dict[str, set[str]] = defaultdict(set)
        for (_, words), owner in zip(names, owners, strict=True):
            for word in words:
                records_of[word].add(owner)
        scale = math.log(max(50, len(set(owners))) / 2)
        self._weights = {
            word: max(0.0, 1 - math.log(len(holders)) / scale) for word, holders in records_of.items()
        }
        self.generic: frozenset[str] = frozenset()
        self._names: list[_Name] = []
        self._raw = names

    def finish(self, generic: Iterable[str], prefixes: Iterable[str] = PREFIXES) -> None:
        """Build the inverted index; `generic` are words that never distinguish a name."""
        self.generic = frozenset(generic)
        self._prefixes = tuple(prefixes)
        postings: dict[str, set[int]] = defaultdict(set)
        for index, (text, words) in enumerate(self._raw):
            starts, position = [], 0
            for word in words:
                starts.append(position)
                position += len(word)
            weights = tuple(self.weight(word) for word in words)
            self._names.append(
                _Name(
                    text,
                    tuple(words),
                    tuple(starts),
                    weights,
                    sum(w for w in weights if w >= RARE),
                    sum(weights) or 1.0,
                )
            )
            if not any(w >= RARE for w in weights):
                continue
            for pair in _pairs(text, words, weights):
                postings[pair].add(index)
        limit = max(MAX_POSTINGS, len(self._names) // 50)
        self._postings = {pair: tuple(sorted(ids)) for pair, ids in postings.items() if len(ids) <= limit}

    def weight(self, word: str) -> float:
        return 0.0 if word in self.generic else self._weights.get(word, 1.0)

    def is_alone(self, word: str) -> bool:
        """Whether only one record's names hold the word."""
        return word not in self.generic and self._weights.get(word, 1.0) == 1.0

    def has_rare_word(self, words: Iterable[str]) -> bool:
        return any(self.weight(word) >= RARE for word in words)

    def find(self, text: str, skip: re.Pattern[str] = SKIP) -> list[ShortForm]:
        """All short forms in `text`, per name the longest ones; what `skip` matches may stand between."""
        skipped = {i for match in skip.finditer(text) for i in range(*match.span())}
        places: dict[str, list[int]] = defaultdict(list)
        for place, symbol in enumerate(text):
            if place not in skipped:
                places[symbol].append(place)
        found: list[ShortForm] = []
        for index in self.candidates(text, skipped):
            found.extend(self._spans(text, index, skipped, places))
        return found

    def candidates(self, text: str, skipped: Container[int] = ()) -> set[int]:
        """Names that share a telling pair of symbols with the text."""
        squeezed = [i for i in range(len(text)) if i not in skipped]
        found: set[int] = set()
        for a, b in pairwise(squeezed):
            if b - a <= 4:
                found.update(self._postings.get(text[a] + text[b], ()))
        return found

    def core(self, index: int) -> str:
        """The name from its first rare word on, without its last one or two common words."""
        name = self._names[index]
        rare = [i for i, w in enumerate(name.weights) if w >= RARE]
        if not rare or rare[-1] >= len(name.words) - 2:
            return ""
        return "".join(name.words[rare[0] : len(name.words) - 1])

    def _spans(
        self, text: str, index: int, skipped: Container[int], places: Mapping[str, Sequence[int]]
    ) -> Iterable[ShortForm]:
        """`places` are those in the text of each symbol that is not skipped."""
        name = self._names[index]
        symbols, tail = name.text, name.text[-1]
        size, free = len(text), 0
        for start in sorted(place for symbol in set(symbols) for place in places.get(symbol, ())):
            if start < free or start > size - 2:
                continue
            position = symbols.find(text[start])
            end, best, held = start + 1, 0, text[start]
            said = ""
            while end < size:
                if end in skipped:
                    end += 1
                    continue
                char = text[end]
                if char == tail:
                    best, said = end + 1, held + char
                position = symbols.find(char, position + 1)
                if position < 0:
                    break
                held += char
                end += 1
            strength = self._strength(name, said) if best and 3 <= len(said) <= len(symbols) else 0.0
            if strength:
                yield ShortForm(index, start, best, strength)
                free = best

    def _strength(self, name: _Name, said: str) -> float:
        """0 when the alignment breaks words in a way nobody abbreviates."""
        prefix = next((p for p in self._prefixes if said.startswith(p)), "")
        if prefix:
            # 国家库 is no short form of 国家家养…库: a prefix said in full is the prefix.
            if name.words[0] != prefix:
                return 0.0
            aligned = _align(name, said[len(prefix) :], 1)
        else:
            aligned = _align(name, said, 0)
        if aligned is None:
            return 0.0
        rare = weight = 0.0
        whole_rare = pieces = 0
        for word, share, w in zip(name.words, aligned, name.weights, strict=True):
            weight += w * share
            pieces += 0 < share < 1
            if w >= RARE:
                rare += w * share
                whole_rare += share == 1.0 and len(word) > 1
        if not rare or not name.rare_total:
            return 0.0
        coverage = rare / name.rare_total
        if not whole_rare and (coverage < 0.5 or pieces < 2 or prefix):
            return 0.0
        if coverage < 0.34:
            return 0.0
        return min(1.0, 0.5 * coverage + 0.3 * weight / name.total + 0.2 * min(1, len(said) / 6))


def _align(name: _Name, said: str, first: int) -> tuple[float, ...] | None:
    """The share of each word that `said` keeps from word `first` on; None if it does not fit.

    A word is kept whole, by its first symbols, by its second of two (保密法), or dropped.
    """
    words, weights = name.words, name.weights
    count = len(words)

    @cache
    def best(word: int, at: int) -> tuple[float, tuple[float, ...]] | None:
        if word == count:
            return (0.0, ()) if at == len(said) else None
        options: list[tuple[float, tuple[float, ...]]] = []
        symbols = words[word]
        keeps = [n for n in range(len(symbols), 0, -1) if said.startswith(symbols[:n], at)]
        tries = [(n, n / len(symbols)) for n in keeps]
        if len(symbols) == 2 and said.startswith(symbols[-1], at):
            tries.append((1, 0.4))
        elif word == count - 1 and said[at:] == symbols[-1]:
            tries.append((1, 1 / len(symbols)))
        for n, share in [*tries, (0, 0.0)]:
            rest = best(word + 1, at + n)
            if rest is not None:
                # Whole words beat pieces of words.
                gain = (weights[word] + 0.1) * (1.0 if share == 1.0 else 0.6 * share)
                partial = 0.7 if 0 < share < 1 else share
                options.append((gain + rest[0], (partial, *rest[1])))
        return max(options, key=lambda option: option[0]) if options else None

    found = best(first, 0)
    return (1.0,) * first + found[1] if found else None


def _pairs(text: str, words: Sequence[str], weights: Sequence[float]) -> Iterable[str]:
    """Neighbouring symbols that a short form of the name can contain."""
    firsts = [word[0] for word in words]
    for i, (word, weight) in enumerate(zip(words, weights, strict=True)):
        rare = weight >= RARE
        for a, b in pairwise(word):
            if rare:
                yield a + b
        for j in range(i + 1, min(len(words), i + 4)):
            if rare or weights[j] >= RARE:
                yield word[-1] + firsts[j]
                yield word[0] + firsts[j]
                yield word[0] + words[j][-1]
        if rare:
            yield word[-1] + text[-1]
            yield word[0] + text[-1]
