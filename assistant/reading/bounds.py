"""Does a record lie within what a question says of place and unit?"""

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
