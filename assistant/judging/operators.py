"""The closed words of a rule (words.yaml): must, may, not, only, all, before, after, at least, at most."""

from __future__ import annotations

from collections.abc import Mapping
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

_WRITTEN: dict[str, Any] = yaml.safe_load((files("assistant.judging") / "words.yaml").read_text("utf-8"))


def _all_of(entry: Mapping[str, str]) -> list[str]:
    return [word for written in entry.values() for word in written.split()]


WORDS: Mapping[str, Operator] = {
    word: name for name in OPERATORS if name != "free" for word in _all_of(_WRITTEN["operators"][name])
}
LONGEST = max(len(word) for word in WORDS if not word.isascii())
PRICES: Mapping[str, bool] = {
    word: free
    for name, free in (("paid", False), ("free", True))
    for word in _all_of(_WRITTEN["prices"][name])
}
"""Words of price -> whether they say that there is none: both speak of a fee, and one denies it."""
TELLING = frozenset(_all_of(_WRITTEN["telling"]))
"""What a record may fail to do: with a negation before it, a sentence says that something is not recorded."""
LIGHT = frozenset(_all_of(_WRITTEN["light"]))
"""Words without weight: of grammar, and those with which any answer leads through what it says."""
