"""Conditions of a list as a caller names them, resolved to the values that records carry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from assistant.finding.sets import SetFound
from assistant.reading.bounds import RECORDED
from assistant.reading.query import Condition
from assistant.reading.values import Values, merged
from assistant.tools.records import ToolRefused
from corpus.addresses.finding import addresses_in
from corpus.facets import FOLDED
from corpus.records import AccessLevel, PolicyStatus, Rank, ResourceType
from corpus.suspicion import inert, visible
from corpus.vocabulary import Vocabulary
from retrieval.fields import BODY, GAP, NAME, SAID, WHOSE, WORDS, Fields, Wanted

CODES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "type": ("types", get_args(ResourceType)),
    "access": ("access", get_args(AccessLevel)),
    "status": ("statuses", get_args(PolicyStatus)),
    "rank": ("ranks", get_args(Rank)),
}
HAS: Mapping[str, tuple[str, ...]] = {kind: tuple(told.values()) for kind, told in RECORDED.items()}
"""What a record may tell or not, by kind: the values of `has`."""
OF_RESOURCES = (
    "type", "province", "city", "country", "place", "host", "authority", "body", "whose", "subject",
    "access", "licence", "format", "variable", "year", "updated", "has", "name", "words",
)  # fmt: skip
OF_RULES = ("status", "rank", "issuer", "year", "has", "words")
LONGEST = 60
"""Characters of one value."""
_YEAR = re.compile(r"(?:>=|<=)?(?:1[89]|20)\d\d")
_OPEN = (WORDS, WHOSE, NAME)


class Conditions:
    """Resolves and applies the conditions of lists over one view; safe to use from several threads."""

    def __init__(self, fields: Fields, values: Values, vocabulary: Vocabulary) -> None:
        self._fields, self._values, self._vocabulary = fields, values, vocabulary

    def apply(self, kind: str, groups: Sequence[Sequence[Condition]]) -> SetFound:
        """Every record that meets each group; the values of one group are alternatives, ruled out together
        where it is negated. What is ruled out and no record has bounds nothing and is left out."""
        kept = [tuple(one for one in group if not one.negated or self._some(kind, one)) for group in groups]
        found: set[str] = set(self._fields.ids(kind, []))
        for group in filter(None, kept):
            sides = [set(self._fields.ids(kind, [one])) for one in _wanted(group)]
            for side in sides[1:]:
                sides[0] = sides[0] & side if group[0].negated else sides[0] | side
            found &= sides[0]
        return SetFound(kind, tuple(sorted(found)), tuple(one for group in kept for one in group))

    def resolve(self, kind: str, field: str, value: str, *, negated: bool = False) -> Iterator[Condition]:
        """One value as records carry it. Raises ToolRefused."""
        allowed = OF_RESOURCES if kind == "resource" else OF_RULES
        if field not in allowed:
            raise ToolRefused(
                f"There is no field {field[:30]!r} of {kind} records; use {', '.join(allowed)}."
            )
        value = " ".join(inert(visible(value), markers=True).split())
        if not value or len(value) > LONGEST or addresses_in(value):
            raise ToolRefused(
                f"The value of {field!r} is empty, longer than {LONGEST} characters or an address."
            )
        yield from (Condition(name, told, negated, value) for name, told in self._told(kind, field, value))

    def _told(self, kind: str, field: str, value: str) -> Iterator[tuple[str, str]]:
        """(field, value) as rows have them; a region gives several."""
        if field in CODES:
            yield field, self._code(field, value)
        elif field in ("year", "updated"):
            if not _YEAR.fullmatch(value):
                raise ToolRefused(f"{field} {value!r} is no year; write 2019, >=2015 or <=2020.")
            yield field, value
        elif field == "has":
            if value not in HAS[kind]:
                raise ToolRefused(f"has {value!r} is not known of {kind}; use {', '.join(HAS[kind])}.")
            yield field, value
        elif field == BODY:
            known = [one for one in self._vocabulary.bodies if value in _names(one)]
            if not known:
                names = ", ".join(one.name.zh for one in self._vocabulary.bodies)
                raise ToolRefused(f"body {value!r} is not known; use {names}.")
            yield field, known[0].name.zh
        elif field == WORDS and kind == "resource":
            yield (WORDS if self._some(kind, Condition(WORDS, value)) else SAID), value
        elif field in _OPEN:
            yield field, value
        else:
            yield from self._open(field, value)

    def _open(self, field: str, value: str) -> Iterator[tuple[str, str]]:
        """A place, a body or a topic by any of its names; one that is not known as such, as it is said."""
        places = ("province", "city", "country") if field in ("place", "province", "city") else (field,)
        found = [one for one in self._values.find(value) if one.field in places]
        found = [one for one in found if one.end - one.start >= len(value) / 2]
        if found:
            yield from dict.fromkeys((one.field, one.value) for one in found)
        elif field in ("host", "authority"):
            yield WHOSE, value
        else:
            yield ("province" if field == "place" else field), value.lower() if field in FOLDED else value

    def _code(self, field: str, value: str) -> str:
        name, allowed = CODES[field]
        if value in allowed:
            return value
        for term in getattr(self._vocabulary, name):
            if value.casefold() in (term.label.zh.casefold(), term.label.en.casefold()):
                return str(term.code)
        raise ToolRefused(f"{field} {value!r} is not known; use {', '.join(allowed)}.")

    def _some(self, kind: str, one: Condition) -> bool:
        return bool(self._fields.ids(kind, [Wanted(one.field, (_stored(one.field, one.value),))]))

    def unsaid(self, found: SetFound, talk: str) -> bool:
        """True where a value that bounds the set in free words is told neither by any record nor by the talk:
        what is shown of a set names its conditions."""
        return any(
            one.surface not in talk and not self._some(found.kind, one)
            for one in found.conditions
            if one.field not in CODES
        )


def _names(unit: object) -> tuple[str, ...]:
    name, short = unit.name, unit.short  # type: ignore[attr-defined]
    return (name.zh, name.en, *short.zh, *short.en)


def _wanted(group: Sequence[Condition]) -> Iterator[Wanted]:
    """Field by field; 上海 and 合肥 are places alike, though one is a province and one a city."""
    for (field, negated), values in merged(group).items():
        name = "place" if field in ("province", "city") else field
        yield Wanted(name, tuple(_stored(field, one) for one in values), negated)


def _stored(field: str, value: str) -> str:
    """As a condition asks for it: a name that holds a text."""
    return f"{GAP}{value.lower()}{GAP}" if field == NAME and GAP not in value else value
