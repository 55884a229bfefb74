"""A set that the talk goes on with: within more bounds, with another value of one, or what it left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.finding.sets import SetFound, Sets
from assistant.reading.negation import says
from assistant.reading.picks import of_those
from assistant.reading.query import Condition, Query
from retrieval.fields import NAME, WHOSE, WORDS

THINGS = ("type", NAME, WORDS)
"""Fields that tell what the things of a set are."""
_PLACES = ("province", "city", "country")
_ADDING = ("has", WORDS, WHOSE, NAME)
"""Fields of which a further value is a further condition."""
LIKELY, PLAINLY = 0.4, 0.85
"""Likelihoods from which a further question asks for a set, and plainly does."""
OTHERWISE = 0.6
"""Likelihood from which a question stands alone, or asks of one thing, whatever set was before."""


def of_set(query: Query, found: SetFound) -> Query:
    """A question with all that bounds the set that it asks for."""
    kinds = {kind: float(kind == found.kind) for kind in ("resource", "policy")}
    return replace(
        query,
        conditions=found.conditions,
        kinds=kinds,
        bounded=True,
        excluded=query.excluded | found.left_out,
    )


def continued(
    sets: Sets, alone: Query, before: Query, chances: Mapping[str, float]
) -> tuple[Query, SetFound] | None:
    """The set before as a further question bounds it; None where it asks for something else.

    `alone` is the question without the talk, `before` the one about the set, `chances` are those of its
    relations to the talk. What it says of things is a set of its own, unless it asks for some of those
    (「其中」).
    """
    if alone.subjects or alone.references or alone.unknown:
        return None
    inside = of_those(alone.question)
    asks = sets.bounds.asks(alone.question)
    first = sets.find(before)
    own = sets.find(alone, kind=first.kind)
    if inside and any(one.field == "type" for one in first.conditions):  # what they are was told before
        own = replace(own, conditions=tuple(one for one in own.conditions if one.field != "type"))
    rest = own.bounds.others or says("rest", alone.question)
    if not (inside or rest) and (
        asks["set"] < LIKELY or asks["compare"] > OTHERWISE or chances.get("alone", 0.0) > OTHERWISE
    ):
        return None
    kinds = [one for one in sets.bounds.mark(alone.question).spans() if one.role == "kind" and not one.out]
    if not inside and (kinds or own.uncovered or any(one.field in THINGS for one in own.conditions)):
        return None
    if rest and not own.conditions:
        conditions = _without_last(first.conditions)
        left_out = frozenset(first.ids)
        if conditions is None:
            return None
    else:
        conditions, left_out = _merged(first.conditions, own.conditions), frozenset()
    if not own.conditions and not rest and (not own.beside or len(first.ids) < 2 or asks["set"] < PLAINLY):
        return None
    query = replace(
        before, question=alone.question, text=f"{before.text} {alone.text}", language=alone.language,
        operations=alone.operations, aspects=alone.aspects, conditions=tuple(conditions), bounded=True,
        kinds={kind: float(kind == first.kind) for kind in ("resource", "policy")},
        excluded=before.excluded | first.left_out | left_out, relation="condition",
    )  # fmt: skip
    found = sets.find(query)
    if not found.ids and inside and all(one.field == "access" for one in own.conditions):
        # No level of theirs is called so: their own terms tell.
        query = replace(query, conditions=first.conditions)
        found = sets.find(query)
        said = tuple(one.surface for one in own.conditions if one.surface)
        found = replace(found, given_up=said, bounds=replace(found.bounds, asked=("access",)))
        return query, found
    if not found.ids and not (inside or rest) and asks["set"] < PLAINLY:
        return None
    asked = own.beside or found.beside
    bounds = replace(found.bounds, asked=asked, newest=own.bounds.newest)
    return query, replace(found, bounds=bounds, apart=bool(left_out))


def _family(field: str) -> str:
    return "place" if field in _PLACES else field


def _merged(old: Sequence[Condition], new: Sequence[Condition]) -> list[Condition]:
    """The conditions of a set with those of a further question: of several alternatives one may be picked or
    left out, another value of a field takes the place of those before, anything else is added."""
    merged = list(old)
    asked: dict[str, set[str]] = {}
    for one in new:
        if not one.negated and one.field not in _ADDING:
            asked.setdefault(_family(one.field), set()).add(one.value)
    for family in asked:
        merged = [one for one in merged if _family(one.field) != family or one.negated]
    for one in new:
        merged = [has for has in merged if (has.field, has.value) != (one.field, one.value)]
        merged.append(one)
    left: dict[str, int] = {}
    for one in merged:
        left[_family(one.field)] = left.get(_family(one.field), 0) + (not one.negated)
    # A value that was one of those asked for before is left out by itself.
    gone = {(one.field, one.value) for one in new if one.negated and _in(one, old)}
    return [one for one in merged if (one.field, one.value) not in gone or not left[_family(one.field)]]


def _in(one: Condition, old: Sequence[Condition]) -> bool:
    return any((has.field, has.value, has.negated) == (one.field, one.value, False) for has in old)


def _without_last(conditions: Sequence[Condition]) -> list[Condition] | None:
    """Without the field that was said last and does not tell what the things are; None where none is."""
    last = next((one for one in reversed(conditions) if one.field not in THINGS), None)
    if last is None:
        return None
    return [one for one in conditions if _family(one.field) != _family(last.field)]
