"""The closed words around a number, as patterns: units, comparison, sums, what runs out (quantities.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

Sense = Literal["exact", "about", "over", "least", "under", "most", "range"]
"""`over` and `under` leave the number out; `least` and `most` take it in, as 以上 and 以下 do by law."""


@dataclass(frozen=True, slots=True)
class QuantityWords:
    """The words of quantities.yaml as patterns."""

    units: re.Pattern[str]
    unit_of: Mapping[str, str]
    counter: re.Pattern[str]
    currencies: re.Pattern[str]
    currency_of: Mapping[str, str]
    before: Mapping[str, Sense]
    below: frozenset[str]
    lead: re.Pattern[str]
    said: re.Pattern[str]
    adverb: re.Pattern[str]
    behind: re.Pattern[str]
    after: Mapping[str, Sense]
    within: re.Pattern[str]
    marks: Mapping[str, re.Pattern[str]]


def _either(words: Iterable[str]) -> str:
    """Alternatives, the longest first; those of letters as whole words."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(
        rf"(?<![a-z]){re.escape(one)}(?![a-z])"
        if one[-1:].isascii() and one[-1:].isalpha()
        else re.escape(one)
        for one in ordered
    )


@cache
def quantity_words() -> QuantityWords:
    """The patterns, made once."""
    said: dict[str, Any] = yaml.safe_load((files("assistant.rules") / "quantities.yaml").read_text("utf-8"))

    def of(entry: Mapping[str, Sequence[str]]) -> list[str]:
        return [*entry["zh"], *entry["en"]]

    unit_of = {word: unit for unit, entry in said["units"].items() for word in of(entry)}
    currency_of = {word: unit for unit, words in said["currencies"].items() for word in words}
    before: dict[str, Sense] = dict(said["signs"])
    for sense, entry in said["before"].items():
        before |= dict.fromkeys(of(entry), "under" if sense == "below" else sense)
    after = {word: sense for sense, entry in said["after"].items() for word in of(entry)}
    more = r"\s*[余多]?\s*"
    return QuantityWords(
        units=re.compile(rf"{more}(?:个(?=人))?(?P<unit>{_either(unit_of)})"),
        unit_of=unit_of,
        counter=re.compile(rf"{more}(?P<unit>[{said['counters']}])"),
        currencies=re.compile(rf"(?:{_either(currency_of)})\s*$"),
        currency_of=currency_of,
        before=before,
        below=frozenset(of(said["before"]["below"])),
        lead=re.compile(rf"(?P<no>{_either(of(said['not']))})?\s*(?P<word>{_either(before)})\s*$"),
        said=re.compile(_either(before)),
        adverb=re.compile(
            rf"(?P<word>{_either(word for name in ('least', 'most') for word in said['before'][name]['zh'])})"
            r"[\u3400-\u9fff]{1,4}$"
        ),
        behind=re.compile(rf"\s*(?P<word>{_either(after)})"),
        after=after,
        within=re.compile(rf"\s*(?:{_either(of(said['within']))})"),
        marks={
            name: re.compile(_either(of(said[name]))) for name in ("sum", "more", "yearly", "ends", "valid")
        },
    )  # fmt: skip
