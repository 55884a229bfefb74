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
OF_SCORER, OF_ENCODER = 0.4, 0.6
"""What the scorer and the statement encoder have to say of the order of the statements of one record: the
likeliest for 922 questions about records that the encoder had not learned from (training/README.md)."""
TIED = 0.5
"""Statements of one field this near to the best of them stand before the others with it."""
ALSO = 1.6
"""A record this far behind the best one may be what is needed as well."""
FARTHER, APART = 3.5, 1.8
"""So may one this far behind it that stands this far before the next."""


@dataclass(frozen=True, slots=True)
class Best:
    """One record with its statements, best first, the log-odds of each among them, and the record's score."""

    record_id: str
    statements: tuple[Statement, ...]
    scores: tuple[float, ...]
    score: float


def best_records(found: Candidates, judged: Judgement, kind: str) -> list[Best]:
    """Records of a kind by their best statement."""
    grouped: dict[str, list[tuple[float, Candidate]]] = {}
    for score, one in zip(judged.scores, found.items, strict=True):
        if one.statement.kind == kind:
            grouped.setdefault(one.statement.record_id, []).append((float(score), one))
    ranked = []
    for record_id, own in grouped.items():
        told = any(one.told for _, one in own)
        odds = [OF_SCORER * score + OF_ENCODER * one.told if told else score for score, one in own]
        order = sorted(range(len(own)), key=lambda at: -odds[at])
        ranked.append(
            Best(
                record_id,
                tuple(own[at][1].statement for at in order),
                tuple(odds[at] for at in order),
                max(score for score, _ in own),
            )
        )
    return sorted(ranked, key=lambda one: -one.score)


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
