"""What bounds a question, over its talk, and whether a record lies within its place and unit."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.query import Condition
from corpus.records import Policy, Resource


def meets(record: Resource | Policy | None, conditions: Sequence[Condition]) -> bool | None:
    """True where a resource is at the place, or of the unit, that is said; of several of one field one is
    enough. None where nothing of the kind is said."""
    said: dict[str, bool] = {}
    for one in conditions:
        if one.negated or one.field not in ("province", "city", "host", "authority"):
            continue
        field = "unit" if one.field in ("host", "authority") else one.field
        said[field] = said.get(field, False) or one.value in _told(record, field)
    return all(said.values()) if said else None


def _told(record: Resource | Policy | None, field: str) -> str:
    if not isinstance(record, Resource):
        return ""
    if field == "unit":
        return "\n".join(one.zh for one in (record.host, record.governing_body) if one)
    place = record.city.zh if record.city and field == "city" else record.province
    return place or ""


def merged_conditions(old: Sequence[Condition], new: Sequence[Condition]) -> tuple[Condition, ...]:
    """The old conditions, each field that is named anew replaced; an exclusion is added."""
    fields = {one.field for one in new if not one.negated}
    places = {"province", "city", "country"}
    fields |= places if fields & places else set()
    kept = [one for one in old if one.field not in fields and not any(n.key == one.key for n in new)]
    taken = {(one.field, one.value) for one in new if one.negated}
    return (*(one for one in kept if (one.field, one.value) not in taken or one.negated), *new)
