"""What a talk keeps of one answered question."""

from __future__ import annotations

from assistant.reading.history import PastTurn
from assistant.reading.query import Query
from assistant.writing.draft import Draft


def turn_of(query: Query, draft: Draft) -> PastTurn:
    """What the talk keeps of a question and its answer."""
    of_rules = query.kinds.get("policy", 0) > query.kinds.get("resource", 0)
    if draft.status == "answered" and (draft.places or draft.resources):
        of_rules = bool(draft.places)
    kind = "policy" if of_rules else "resource"
    return PastTurn(
        question=query.question,
        text=query.text,
        language=query.language,
        status=draft.status,
        operation=query.operation,
        kind=kind,
        subjects=query.subjects,
        shown=draft.shown,
        offered=draft.offered,
        places=draft.places,
        conditions=tuple((one.field, one.value, one.negated, one.surface) for one in query.conditions),
        as_of=query.as_of,
        facts=query.facts,
        relation=query.relation,
        bounded=query.bounded,
        excluded=tuple(sorted(query.excluded)) if query.bounded else (),
    )
