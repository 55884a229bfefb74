"""Whether it is so that something is not recorded: what is said to be missing, held against all of a record.

Such a claim has no words to rest on. It is cut into what it denies and what it says besides; a small model
learned on written questions (`python -m training.absence`) weighs, of what is denied, whether a record
answers it: what is asked for, which fields the record has, what of the words it says, how near its statements
lie. A name that no statement says is missing, whatever is asked of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, Protocol

import numpy as np

from assistant.judging.grounds import Ground
from assistant.judging.operators import closed
from assistant.judging.small import Small
from assistant.judging.support import CLOSED
from assistant.judging.units import Unit, units_of
from assistant.numerals import Stated, numbers_in
from assistant.reading.features import Floats
from assistant.reading.query import Query
from assistant.reading.reader import frame_words
from assistant.records import Citation, Language
from corpus.addresses.finding import addresses_in
from corpus.statements import Statement
from retrieval.analysis import content_words, normalise

LABELS = ("recorded", "missing")
PLAINLY = 0.8
"""Likelihood of an aspect that one field answers from which a record with that field does record it."""
BARE = 2
"""Words of weight that a topic which asks for a field as such has at most."""
GAP = 8
"""Characters between a negation and the word of telling that it denies."""
ASPECTS = (
    "access", "steps", "eligibility", "use_terms", "contact", "holdings", "permission", "duty", "host",
    "authority", "place", "url", "since", "identifier", "licence", "formats", "period", "updated", "cost",
    "time", "size", "penalty", "deadline", "definition",
)  # fmt: skip
_JOINT = re.compile(r"[，；。！？]|[,;:.!?](?=\s|$)|：(?!//)")
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_QUOTED = re.compile(r"[“「『《\"]([^”」』》\"]{2,60})[”」』》\"]")
_NAME = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])[A-Za-z0-9]*[A-Z0-9-]+[\w-]*[A-Z0-9][\w-]*", re.A)

_MANY = ("steps", "identifier")
"""Aspects of which a record tells some, and may well not tell what is sought."""

Found = Literal["missing", "unsure", "recorded"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a claim: what it denies to be recorded, None where it denies nothing."""

    text: str
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Bearing:
    """Whether a record answers what is said to be missing, and the statement that does."""

    found: Found
    statement: Statement | None = None


class Silent(Protocol):
    """Looks for what a claim says is missing."""

    def bearing(self, topic: str, citation: Citation, said: str, language: Language) -> Bearing: ...

    def anywhere(self, topic: str, said: str) -> Bearing: ...

    def knows(self, word: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Absence:
    """What stands of a claim that something is missing: `own`, its parts that are proven, in its words;
    `unsure`, what it says is missing and may be there, empty texts where that may not be repeated; `faults`,
    parts that a statement contradicts, with the statement."""

    own: str
    unsure: tuple[str, ...]
    faults: tuple[tuple[str, Statement], ...]


def judged(
    claim: str,
    grounds: Sequence[Ground],
    silent: Silent,
    proves: Callable[[str], bool],
    *,
    said: str,
    told: Sequence[Ground],
    language: Language,
) -> Absence | None:
    """A claim that something is missing, part by part; None for one that says no such thing.

    `grounds` are what it cites, `told` all evidence, `said` the asker's words; `proves` whether evidence
    carries a part that denies nothing. Raises EmbeddingFailed.
    """
    parts = parts_of(claim, grounds)
    if all(one.topic is None for one in parts):
        return None
    own: list[str] = []
    unsure: list[str] = []
    faults: list[tuple[str, Statement]] = []
    known = normalise("\n".join([said, *(one.text for one in told)]))
    denied, open_ = False, True
    for part in parts:
        if part.topic is None:
            open_ = open_ and proves(part.text.strip(_ENDS))
            own += [part.text] if open_ and not unsure else []
            open_ = open_ or part.text.rstrip()[-1:] in _STOPS
            continue
        open_ = True
        fault = _new(part.text, known, silent)
        found = [silent.bearing(part.topic, one.citation, said, language) for one in grounds[:MOST]]
        found = found or [silent.anywhere(part.topic, said)]
        statement = next((one.statement for one in found if one.found == "recorded"), None)
        if statement is not None:
            faults.append((part.text.strip(_ENDS), statement))
        elif all(one.found == "missing" for one in found) and not fault and not unsure:
            own.append(part.text)
            denied = True
        else:
            unsure.append("" if fault else part.topic)
    return Absence("".join(own).strip(_ENDS) if denied else "", tuple(unsure), tuple(faults))


MOST = 3
"""Records of one claim that are looked into."""


def _new(text: str, known: str, silent: Silent) -> str:
    """A number or a name that nobody said before, or a word where most are ones that neither anybody nor any
    record says; empty without."""
    stated = Stated([known])
    for number in numbers_in(text):
        if not stated.holds(number):
            return number.value
    if addresses_in(text):
        return "address"
    if name := next((one for one in named_in(text) if normalise(one) not in known), ""):
        return name
    listed = closed()
    plain = listed.light | listed.telling | listed.records | frame_words()
    words = [unit.text for unit in units_of(text) if unit.kind == "word" and unit.text not in plain]
    new = [one for one in words if one not in known and not silent.knows(one)]
    return new[0] if 2 * len(new) > len(words) else ""


def parts_of(claim: str, grounds: Sequence[Ground]) -> list[Part]:
    """The claim cut between its clauses; one that denies, and names nothing itself, denies what stands before
    it."""
    hidden = _BRACKETS.sub(lambda found: "_" * len(found[0]), claim)
    found: list[Part] = []
    waiting: list[str] = []
    at = 0
    for joint in [*_JOINT.finditer(hidden), None]:
        end = joint.end() if joint else len(claim)
        text, at = claim[at:end], end
        if not text.strip():
            continue
        denies = bool(found) and not waiting and found[-1].topic is not None
        topic = _denied(text, grounds, after=denies)
        if topic is None:
            waiting.append(text)
            if text.rstrip()[-1:] in _STOPS:
                found += map(Part, waiting)
                waiting = []
            continue
        if topic or not waiting:
            while waiting and not any(_content(waiting[-1], grounds)):  # "The law, article 3, does not say …"
                text = waiting.pop() + text
            found += map(Part, waiting)
            found.append(Part(text, topic or text.strip(_ENDS)))
        else:
            found.append(Part("".join([*waiting, text]), "".join(waiting).strip(_ENDS)))
        waiting = []
    return [*found, *map(Part, waiting)]


_STOPS = "；;。.！!？?"
_ENDS = " ，,；;。.：:"


def _denied(text: str, grounds: Sequence[Ground], *, after: bool) -> str | None:
    """What a clause says is not told, its longest run of words beside the denial; None for no denial. `after`
    another: it may go on with that one's."""
    folded = normalise(text)
    if len(folded) != len(text):
        text = folded
    span = _denial(folded, after=after)
    if span is None:
        return None
    (start, first), (second, end) = span
    while (before := _AUXILIARY.search(folded[:start])) and before[1] in closed().light:
        start = before.start()
    runs = [text[:start], text[first:second], text[end:]]
    weights = [sum(1 for _ in _content(run, grounds)) for run in runs]
    best = max(range(3), key=lambda one: weights[one])
    named = any(normalise(one.title) in normalise(runs[best]) for one in grounds)
    return runs[best].strip(_ENDS) if weights[best] > named else ""


_AUXILIARY = re.compile(r"\b([a-z]+) ?$")


def _denial(folded: str, *, after: bool) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where a negation and the word of telling stand, the first one first; the last pair of a clause."""
    denials = [unit for unit in units_of(folded) if unit.operator == "not"]
    tellings = list(_tellings(folded))
    for unit in reversed(denials):
        behind = [one for one in tellings if 0 <= one[0] - unit.end <= GAP]
        if behind:
            return (unit.start, unit.end), min(behind, key=lambda one: (one[0], -one[1]))
    for unit in reversed(denials):
        before = [one for one in tellings if 0 <= unit.start - one[1] <= 1]
        if before:
            return before[0], (unit.start, unit.end)
    if denials and not folded[: denials[0].start].strip(" ，,"):
        first = (denials[0].start, denials[0].end)
        if tellings and not folded[tellings[-1][1] :].strip(_ENDS):  # "No address of it is recorded."
            start, end = tellings[-1]
            while (ahead := _AUXILIARY.search(folded[:start])) and ahead[1] in closed().light:
                start = ahead.start()
            return first, (start, end)
        if after:
            return first, (first[1], first[1])
    return None


def _tellings(folded: str) -> list[tuple[int, int]]:
    found = []
    for word in sorted(closed().telling, key=len, reverse=True):
        pattern = rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)
        found += [one.span() for one in re.finditer(pattern, folded)]
    return sorted(found)


def _content(text: str, grounds: Sequence[Ground]) -> Iterator[Unit]:
    for unit in units_of(text):
        if unit.kind != "word" or unit.text in closed().telling or unit.text in closed().records:
            continue
        if not any(unit.text in one.names for one in grounds):
            yield unit


def named_in(topic: str) -> tuple[str, ...]:
    """What a text names by its form: what it quotes, a title, Latin names with two capitals, or one and a
    digit."""
    quoted = [found.strip() for found in _QUOTED.findall(topic)]
    return tuple(dict.fromkeys([*quoted, *(one for one in _NAME.findall(topic) if not one.isdigit())]))


def features(
    query: Query, statements: Sequence[Statement], rows: Floats, knows: Collection[str], of_rules: bool
) -> dict[str, float]:
    """What tells whether statements answer the topic that `query` reads; `rows` (n, d) are the vectors of
    those in its language, `knows` the words of it that any record says."""
    words = [word for word in content_words(query.text) if word not in frame_words()]
    texts = [normalise(f"{one.label} {one.quote}") for one in statements]
    answered = {aspect for one in statements for aspect in one.aspects}
    count = max(1, len(words))
    unsaid = sum(not any(word in text for text in texts) for word in words)
    best = max((sum(word in text for word in words) for text in texts), default=0)
    near = rows @ query.vector if len(rows) else np.zeros(1, np.float32)
    aspects = query.aspects
    values = {
        "have": max((aspects[one] for one in aspects if one in answered), default=0.0),
        "lack": max((aspects[one] for one in aspects if one not in answered), default=0.0),
        "none": 1 - max(aspects.values(), default=0.0),
        "words": min(len(words), 8),
        "unsaid": unsaid / count if words else 0.5,
        "unsaid_n": unsaid,
        "unbest": 1 - best / count if words else 0.5,
        "unknown": float(any(word not in knows for word in words)),
        "cos": float(near.max()),
        "cosgap": float(near.max() - near.mean()),
        "policy": float(of_rules),
        "en": float(query.language == "en"),
        "n": min(len(rows), 40) / 20,
        "num": float(any(unit.number for unit in units_of(query.text))),
    }
    for name in ASPECTS:
        values[f"a:{name}"] = aspects.get(name, 0.0)
        values[f"h:{name}"] = aspects.get(name, 0.0) * (name in answered)
    for name in ("yes", "not_recorded", "no_such_thing"):
        values[f"held:{name}"] = query.held.get(name, 0.0)
    return values


@dataclass(frozen=True)
class Learned:
    """What training.absence wrote: `most` is the likelihood of being recorded below which it is missing, of
    records and of rules."""

    model: Small
    most: float
    most_of_rules: float

    def chance(self, values: dict[str, float]) -> float:
        """That it is recorded."""
        return self.model.chances(values)["recorded"]


@cache
def learned_absence() -> Learned:
    """As shipped."""
    stored = json.loads((files("assistant.judging") / "absence.json").read_text("utf-8"))
    return Learned(Small.from_json(stored["model"]), stored["most"], stored["most_of_rules"])


def plainly(query: Query, statements: Sequence[Statement]) -> Statement | None:
    """The statement in a field of its own that a topic asks for and hardly anything else; None without."""
    if sum(word not in frame_words() for word in content_words(query.text)) > BARE:
        return None
    asked = normalise(query.text)
    fields = {name for aspect, some in CLOSED.items() if aspect not in _MANY for name in some}
    wanted = {
        name
        for aspect, some in CLOSED.items()
        if aspect not in _MANY and query.aspects.get(aspect, 0.0) >= PLAINLY
        for name in some
    }
    for one in statements:
        if one.field in wanted or (one.field in fields and one.label and normalise(one.label) in asked):
            return one
    return None
