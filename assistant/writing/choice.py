"""Which records and statements an answer about records tells, and in which order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.finding.candidates import Candidate, Candidates
from assistant.judging.support import Judgement
from assistant.numerals import numbers_in
from assistant.reading.query import Query
from corpus.statements import Statement
from retrieval.statements import FREE

TOGETHER = ("access", "how_to_apply", "holdings")
"""Fields whose statements belong together."""
PLAINLY = 0.5
"""Likelihood of an aspect from which the field that tells it is all that was asked for."""
MOST = 3
TIED = 0.2
"""Statements of one field this near to the best of them stand before the others with it."""
ALSO = 1.6
"""A record this far behind the best one may be what is needed as well."""
FARTHER, APART = 3.5, 1.8
"""So may one this far behind it that stands this far before the next."""


@dataclass(frozen=True, slots=True)
class Best:
    """One record with its statements, best first, and the score of the best."""

    record_id: str
    statements: tuple[Statement, ...]
    scores: tuple[float, ...]


def best_records(found: Candidates, judged: Judgement, kind: str) -> list[Best]:
    """Records of a kind by their best statement."""
    grouped: dict[str, list[tuple[float, Candidate]]] = {}
    for score, one in zip(judged.scores, found.items, strict=True):
        if one.statement.kind == kind:
            grouped.setdefault(one.statement.record_id, []).append((float(score), one))
    ranked = []
    for record_id, own in grouped.items():
        own.sort(key=lambda one: -one[0])
        ranked.append(
            Best(record_id, tuple(one.statement for _, one in own), tuple(score for score, _ in own))
        )
    return sorted(ranked, key=lambda one: -one.scores[0])


def leads(first: Best, same: Sequence[Statement]) -> list[Statement]:
    """Of statements of one field those that answer about as well as the best of them; none where it is not
    of the record's best."""
    if same[0].field not in TOGETHER:
        return []
    scores = dict(zip((one.id for one in first.statements), first.scores, strict=True))
    best = max((scores[one.id] for one in same if one.id in scores), default=-math.inf)
    return [one for one in same if scores.get(one.id, -math.inf) >= best - TIED]


def needed(scores: Sequence[float]) -> int:
    """How many records may be needed, of scores from the best on."""
    near = sum(scores[0] - one <= ALSO for one in scores[:MOST])
    for last in range(near, min(near + 2, MOST, len(scores) - 1)):
        if scores[0] - scores[last] <= FARTHER and scores[last] - scores[last + 1] >= APART:
            return last + 1
    return near


def answers_plainly(statement: Statement, query: Query) -> bool:
    """True for a closed field that is plainly asked for."""
    return statement.field not in FREE and query.asks(*statement.aspects) > PLAINLY


def tells_amount(statements: Iterable[Statement]) -> bool:
    """True where a number stands in terms of access: a price may be among them."""
    return any(numbers_in(one.quote) for one in statements)


def in_order(statements: Sequence[Statement]) -> list[Statement]:
    """Field by field as they came first, each field in the order of the record."""
    fields = list(dict.fromkeys(one.field for one in statements))
    return sorted(statements, key=lambda one: (fields.index(one.field), one.number))
