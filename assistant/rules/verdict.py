"""Whether a clause decides a question of permission, and on what it hangs.

One learned score over the question and the clause that answers it best (`python -m training.verdicts`). A
headline stands only where the score is sure of it, the clause was checked by hand, and none of its exceptions
is named by the asker; else the clause is shown, and what it hangs on.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import get_args

import numpy as np

from assistant.finding.candidates import Candidates
from assistant.judging.small import Small
from assistant.reading.features import Floats
from assistant.reading.query import Query
from corpus.clauses import Operator, RuleAspect
from corpus.statements import Statement
from retrieval.analysis import content_terms

MET = 0.6
"""Share of a condition's content terms that the asker's words must hold."""
VERDICTS = ("yes", "no", "approval", "not_needed", "required", "none")
"""`none`: the articles carry no verdict for these facts, or another clause decides."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`headline` is a key of writing.texts.MAY, or None; `open` are conditions not known to be met."""

    headline: str | None
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How the clause stands among the candidates: its score, its lead over other articles, its share."""

    score: float
    lead: float
    share: float
    cosine: float


def standing_of(query: Query, found: Candidates, scores: Floats, place: int) -> Standing:
    """How the candidate at `place` stands among all."""
    likely = np.exp(scores - scores.max())
    statement = found.items[place].statement
    own = (statement.record_id, statement.part)
    others = [
        float(score)
        for score, one in zip(scores, found.items, strict=True)
        if (one.statement.record_id, one.statement.part) != own
    ]
    score = float(scores[place])
    return Standing(
        score,
        score - max(others, default=score - 3),
        float(likely[place] / likely.sum()),
        float(found.vectors[place] @ query.vector),
    )


def verdict(query: Query, clause: Statement, standing: Standing) -> Verdict | None:
    """What a checked clause carries for a question; None where it was not annotated by hand."""
    if not clause.checked or clause.clause is None:
        return None
    said = _said(query)
    unmet = tuple(one for one in clause.clause.conditions if _share(one, said) < MET)
    model, least = learned_verdict()
    chances = model.chances(verdict_features(query, clause, standing))
    best = max(VERDICTS, key=lambda one: chances[one])
    touched = any(_share(one, said) >= MET for one in clause.clause.exceptions)
    if best == "none" or chances[best] < least or touched:
        return Verdict(None, unmet)
    return Verdict(best, unmet if best in ("yes", "not_needed") else ())


def verdict_features(query: Query, clause: Statement, standing: Standing) -> dict[str, float]:
    """What the score sees; all finite."""
    said = _said(query)
    told = clause.clause
    conditions = told.conditions if told else ()
    exceptions = told.exceptions if told else ()
    shares = [_share(one, said) for one in conditions]
    values = {
        "score": standing.score,
        "lead": standing.lead,
        "share": standing.share,
        "cosine": 10 * (standing.cosine - 0.85),
        "conditions": min(len(conditions), 4) / 2,
        "least_met": min(shares, default=1.0),
        "most_met": max(shares, default=1.0),
        "unmet": sum(one < MET for one in shares) / 2,
        "exceptions": float(bool(exceptions)),
        "excepted": max((_share(one, said) for one in exceptions), default=0.0),
        "act_said": _share(told.act or "", said) if told else 0.0,
        "object_said": _share(told.object or "", said) if told else 0.0,
        "actor_said": _share(told.actor or "", said) if told else 0.0,
        "actor": float(bool(told and told.actor)),
        "quote_said": _share(clause.quote, said),
        "facts": float(bool(query.facts)),
        "words": min(len(query.content), 12) / 6,
    }
    for operator in get_args(Operator):
        values[f"operator:{operator}"] = float(clause.operator == operator)
    for aspect in get_args(RuleAspect):
        values[f"clause:{aspect}"] = float(aspect in clause.aspects)
    for name, chance in query.verdicts.items():
        values[f"asked:{name}"] = chance
        for operator in ("must", "must_not", "may", "exempt"):
            values[f"asked:{name}*{operator}"] = chance * values[f"operator:{operator}"]
    for operator in ("must", "must_not", "may", "exempt", "sets"):
        values[f"{operator}*least_met"] = values[f"operator:{operator}"] * values["least_met"]
        values[f"{operator}*share"] = values[f"operator:{operator}"] * standing.share
    return values


def _said(query: Query) -> frozenset[str]:
    return frozenset(content_terms(" ".join([query.text, *query.facts])))


def _share(text: str, said: Collection[str]) -> float:
    """Share of a span's content terms that the asker's words hold."""
    terms = set(content_terms(text))
    return len(terms & set(said)) / len(terms) if terms else 0.0


@cache
def learned_verdict() -> tuple[Small, float]:
    """The score in verdict.json beside this file, and the likelihood from which it is sure enough."""
    stored = json.loads(files("assistant.rules").joinpath("verdict.json").read_text("utf-8"))
    return Small.from_json(stored["verdict"]), float(stored["least"])
