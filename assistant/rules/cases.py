"""What an asker told in numbers, in this question and in those before it, and the rule it is held against."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.rules.amounts import TIMES, Amount, amounts_in, bare_numbers, terms_of
from retrieval.analysis import has_han

_SCALES = (("万亿", 10**12), ("亿", 10**8), ("万", 10**4), ("billion", 10**9), ("million", 10**6),
           ("thousand", 10**3), ("k", 10**3), ("m", 10**6))  # fmt: skip
_SCALE = re.compile(
    r"(?P<number>[\d.,]*\d)\s*(?P<scale>万亿|亿|万|billion\b|million\b|thousand\b|[km]\b)?", re.I
)
_QUOTED = re.compile(r"[「『“《][^「」『』“”《》]*[」』”》]|\"[^\"]*\"")
_PARTS = re.compile(r"[，,；;。！!\n]|(?<=[？?])|\.(?=\s)")
_ASKING = ("?", "？", "吗", "么", "嘛")
_STEPS = 10
"""How many times more or less than before a number without a unit may be, that stands for one of before."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A clause: `quote` in the asker's language, `whole` its article, `twin` that in the other language."""

    quote: str
    whole: str = ""
    twin: str = ""
    operator: str | None = None
    aspects: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()

    @property
    def allots(self) -> bool:
        """False where a share of it is known to be a test, not a part of a sum to be given or paid."""
        return self.operator != "defines" and "permission" not in self.aspects


@dataclass(frozen=True, slots=True)
class Case:
    """What an asker told: the amounts that stand, and the terms of all words."""

    amounts: tuple[Amount, ...]
    terms: frozenset[str]
    told: frozenset[str]
    """The terms of what is told of the case, and not asked: 「算敏感信息吗？」 tells of none."""
    question: str
    text: str


def case_of(question: str, carried: str = "", before: Sequence[str] = ()) -> Case:
    """From a question, what it carries of its talk (itself included; empty: nothing), the questions before.

    A later amount takes the place of one of before that counts the same, unless its words add it to that.
    What stands between quotation marks is a rule's number, not the asker's.
    """
    past: list[Amount] = []
    question, carried, *before = (_QUOTED.sub(_blank, one) for one in (question, carried, *before))
    for turn in before:
        past = _then(past, past, turn)
    own = {one.surface for one in (*past, *amounts_in(question))}
    standing = [one for one in past if carried and all(part in carried for part in one.surface.split(" + "))]
    standing += [one for one in amounts_in(carried) if one.surface not in own]
    text = carried or question
    told = " ".join(one for one in _PARTS.split(text) if not one.strip().endswith(_ASKING))
    return Case(tuple(_then(standing, past, question)), terms_of(text), terms_of(told), question, text)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _then(standing: Sequence[Amount], past: Sequence[Amount], turn: str) -> list[Amount]:
    """The amounts that stand after a turn; what it adds may come on top of one of the `past`."""
    new: list[Amount] = []
    lost: list[Amount] = []
    for one in amounts_in(turn):
        same = [old for old in new if old.like(one) and one.unit not in TIMES]
        if "sum" in one.marks:
            new = [*(old for old in new if old not in same), one]
        elif "more" in one.marks and one.unit not in TIMES:
            base = same or [old for old in past if old.like(one)]
            if len(base) == 1 and base[0].sense == one.sense == "exact":
                new = [*(old for old in new if old not in base), added(base[0], one)]
            else:  # on top of what is not told
                lost.append(one)
        elif not any((old.size, old.sense, old.nouns) == (one.size, one.sense, one.nouns) for old in same):
            new.append(one)
    kept = [old for old in standing if not any(old.like(one) for one in (*new, *lost))]
    bare = [] if new or lost else bare_numbers(turn)
    countable = [old for old in kept if old.unit not in TIMES]
    if bare and countable:
        kept = [old for old in kept if old.unit in TIMES]
        told = [one for one in bare if "sum" in one.marks] or bare
        if len(countable) == len(told) == 1 and countable[0].sense == "exact":
            kept += _in_place(countable[0], told[0])
    return [*kept, *new]


def _in_place(old: Amount, bare: Amount) -> list[Amount]:
    """An amount of before with the number that a later turn gives without its unit."""
    prefix, _, _, suffix = _parts(old.surface)
    surface = f"{prefix}{bare.surface}{suffix}"
    one = replace(
        bare, unit=old.unit, surface=surface, said=surface, label=old.label, nouns=old.nouns | bare.nouns
    )
    if "more" in bare.marks:
        return [added(old, one)]
    near = old.value and Decimal(1) / _STEPS <= one.value / old.value <= _STEPS
    return [one] if near else []


def added(first: Amount, second: Amount) -> Amount:
    """The sum of two amounts that count the same."""
    surface = f"{first.surface} + {second.surface}"
    return replace(
        second, value=first.value + second.value, unit=first.unit, label=first.label, surface=surface,
        said=surface, nouns=first.nouns | second.nouns,
    )  # fmt: skip


def _parts(surface: str) -> tuple[str, str, str, str]:
    """What stands before a number, the number, its scale, and what stands behind."""
    found = list(_SCALE.finditer(surface))
    if not found:
        return "", surface, "", ""
    one = found[-1]
    before = surface[: found[0].start()] if len(found) > 1 else surface[: one.start()]
    return before, one["number"], one["scale"] or "", surface[one.end() :]


def shown(value: Decimal, like: Amount) -> str:
    """A number as another is written: with its scale, currency and unit."""
    prefix, _, scale, suffix = _parts(like.surface)
    if not any(char.isdigit() for char in like.surface):
        suffix = like.label
    scales = [one for one in _SCALES if has_han(one[0]) == has_han(scale)] if scale else []
    fits = [one for one in scales if one[1] <= value and one[1] <= _scale_of(scale)]
    name, size = fits[0] if fits else ("", 1)
    if name and len(name) > 1 and not has_han(name):
        name = f" {name}"
    number = plain(value / size)
    if not like.surface.isascii() and "," not in like.surface:
        number = number.replace(",", "")
    return f"{prefix}{number}{name}{suffix}"


def _scale_of(scale: str) -> int:
    return next((size for name, size in _SCALES if name == scale.lower()), 1)


def plain(value: Decimal) -> str:
    """A number with commas between its thousands."""
    whole = f"{value:,f}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole
