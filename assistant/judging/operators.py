"""The closed words of a rule (words.yaml): must, may, not, only, all, before, after, at least, at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

Operator = Literal[
    "must",
    "may",
    "forbid",
    "exempt",
    "not",
    "free",
    "only",
    "all",
    "except",
    "before",
    "after",
    "least",
    "most",
]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
NEGATIVE: frozenset[Operator] = frozenset({"not", "forbid", "exempt"})
NEGATED: Mapping[Operator, Operator] = {
    "must": "exempt",
    "may": "forbid",
    "forbid": "may",
    "exempt": "must",
    "least": "most",
    "most": "least",
}
"""What an operator becomes behind a negation."""
FEE = "fee"
"""The one word that all words of price are."""


@dataclass(frozen=True, slots=True)
class Closed:
    """`words`: word -> operator; `longest`: characters of the longest Chinese one; `prices`: words of price
    -> whether they say that there is none; `light`: words without weight, of grammar and of leading through
    an answer; `telling`: what a record may fail to do;
    `records`: what records, and all of them, are called; `yes`:
    words that say yes."""

    words: Mapping[str, Operator]
    longest: int
    prices: Mapping[str, bool]
    light: frozenset[str]
    telling: frozenset[str]
    records: frozenset[str]
    yes: frozenset[str]


@cache
def closed() -> Closed:
    """The words of words.yaml: Chinese as the segmenter cuts it, English in lower case."""
    written: dict[str, Any] = yaml.safe_load((files("assistant.judging") / "words.yaml").read_text("utf-8"))

    def of(entry: Mapping[str, str]) -> list[str]:
        return [word for text in entry.values() for word in text.split()]

    words: dict[str, Operator] = {
        word: name for name in OPERATORS if name != "free" for word in of(written["operators"][name])
    }
    return Closed(
        words,
        max(len(word) for word in words if not word.isascii()),
        {word: name == "free" for name in ("paid", "free") for word in of(written["prices"][name])},
        frozenset(of(written["light"])),
        frozenset(of(written["telling"])),
        frozenset(of(written["records"])),
        frozenset(of(written["assent"])),
    )
