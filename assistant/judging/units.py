"""A text as units that can be compared: numbers in normal form, operators, and words that say something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.judging.operators import FEE, NEGATED, Operator, closed
from assistant.numerals import Number, number_spans
from retrieval.analysis import normalise, stem_of, tagged_words

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+(?:[-_/.:'’&+@][a-z0-9]+)*", re.I)
_TAGS = frozenset(["u", "uj", "ul", "uz", "ug", "ud", "uv", "p", "c", "r", "y", "e", "o", "q", "x"])
"""Parts of speech that say nothing by themselves: particles, prepositions, conjunctions, pronouns …"""


@dataclass(frozen=True, slots=True)
class Unit:
    """`kind`: number, operator or word. `text` is its normal form; a word of no weight is not listed."""

    kind: str
    text: str
    start: int
    end: int
    number: Number | None = None
    operator: Operator | None = None
    named: bool = False
    """A name of a person, place, body or thing, as far as its form tells."""


@lru_cache(maxsize=20_000)
def units_of(text: str) -> tuple[Unit, ...]:
    """The units of a text in order; places are those in `normalise(text)`."""
    folded = normalise(text)
    raw = text if len(text) == len(folded) else folded
    spans = number_spans(folded)
    found: list[Unit] = []
    at = 0
    for number, start, end in spans:
        if start < at:
            continue
        found += _words(folded, raw, at, start)
        found.append(Unit("number", f"{number.kind}:{number.value}:{number.unit}", start, end, number))
        at = max(at, end)
    found += _words(folded, raw, at, len(folded))
    return tuple(_negated(found, folded))


def _words(text: str, raw: str, start: int, end: int) -> Iterator[Unit]:
    chinese = bool(_HAN.search(text))
    for run in _WORD.finditer(text, start, end):
        if _HAN.match(run[0]):
            yield from _chinese(run[0], run.start())
        else:
            named = chinese or any(char.isupper() for char in raw[run.start() : run.end()])
            yield from _latin(run[0], run.start(), named)


def _chinese(run: str, at: int) -> Iterator[Unit]:
    for word, tag in tagged_words(run):
        start, at = at, at + len(word)
        yield from _one(word, tag, start)


def _one(word: str, tag: str, start: int) -> Iterator[Unit]:
    end = start + len(word)
    if word in closed().prices:
        yield from _price(word, start, end)
        return
    if operator := closed().words.get(word):
        yield Unit("operator", word, start, end, operator=operator)
        return
    if word in closed().light or (tag in _TAGS and len(word) < 3):
        return
    # 要交, 须经: an operator that the segmenter left in its verb
    for size in range(min(closed().longest, len(word) - 1), 0, -1):
        head = word[:size]
        if head in closed().words and len(word) <= 3 and tag in "vd":
            yield Unit("operator", head, start, start + size, operator=closed().words[head])
            rest = word[size:]
            if rest not in closed().light:
                yield Unit("word", rest, start + size, end)
            return
    yield Unit("word", word, start, end, named=tag in ("nr", "ns", "nt", "nz", "nrt"))


def _price(word: str, start: int, end: int) -> Iterator[Unit]:
    if closed().prices[word]:
        yield Unit("operator", word, start, end, operator="free")
    yield Unit("word", FEE, start, end)


def _latin(run: str, at: int, named: bool) -> Iterator[Unit]:
    word = run.lower()
    if word in closed().prices:
        yield from _price(word, at, at + len(run))
        return
    if short := re.fullmatch(r"(.+)n['’]t", word):
        operator = closed().words.get({"wo": "must", "ca": "can"}.get(short[1], short[1]))
        turned: Operator = NEGATED.get(operator, "not") if operator else "not"
        yield Unit("operator", word, at, at + len(run), operator=turned)
        return
    if operator := closed().words.get(word):
        yield Unit("operator", word, at, at + len(run), operator=operator)
        return
    word = re.sub(r"['’]s?$", "", word)
    if word in closed().light or len(word) == 1:
        return
    yield Unit("word", stem_of(word), at, at + len(run), named=named)


def _negated(found: list[Unit], text: str) -> Iterator[Unit]:
    """「不」 before 「需要」 and "not" behind "may" are one operator with it."""
    skip = -1
    for place, unit in enumerate(found):
        if place <= skip:
            continue
        after = found[place + 1] if place + 1 < len(found) else None
        if unit.operator == "not" and after is not None and after.text == FEE and after.start - unit.end <= 2:
            yield Unit("operator", unit.text, unit.start, unit.end, operator="free")
            continue
        pair = after is not None and after.operator and unit.operator and after.start - unit.end <= 8
        if pair and after is not None:
            first, second = unit.operator, after.operator
            other = second if first == "not" else first if second == "not" else None
            between = text[unit.end : after.start]
            if other in NEGATED and not re.search(r"[，,。;；、]", between):
                turned = NEGATED[other]  # type: ignore[index]
                yield Unit("operator", text[unit.start : after.end], unit.start, after.end, operator=turned)
                skip = place + 1
                continue
        yield unit
