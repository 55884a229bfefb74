"""What an answer is made of: articles of rules, what records of the catalogue say, or both.

Learned (`python -m training.kinds`) of messages that tell of things a catalogue holds and ask what rules say
of them, and the other way round: neither the wording nor what is found decides it alone.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from assistant.finding.candidates import Candidates
from assistant.judging.readings import CARRIED, Tried
from assistant.judging.small import Small
from assistant.reading.history import PastTurn
from assistant.reading.parts import pieces
from assistant.reading.query import Query

Kind = Literal["policy", "resource"]
MadeOf = Literal["policy", "resource", "both"]
MADE_OF: tuple[MadeOf, ...] = get_args(MadeOf)
NOT_FOUND = -3.0
"""Score of search that says nothing for a kind of record."""
ASPECTS = ("access", "steps", "eligibility", "use_terms", "contact", "holdings", "permission", "duty")
OPERATIONS = ("find", "fact", "steps", "rule", "may", "version", "other")


def kind_features(tried: Tried, spoken: Query, last: PastTurn | None) -> dict[str, float]:
    """What tells of what the answer to a reading is made of; all finite.

    `spoken` is the question read without the talk, `last` the turn before that was about something.
    """
    query, found, judged = tried.reading.query, tried.found, tried.judged
    share: dict[Kind, float] = {"policy": 1e-3, "resource": 1e-3}
    score: dict[Kind, float] = {"policy": -10.0, "resource": -10.0}
    voiced: dict[Kind, float] = {"policy": 0.0, "resource": 0.0}
    near: dict[Kind, float] = {"policy": -1.0, "resource": -1.0}
    named: dict[Kind, bool] = {"policy": False, "resource": False}
    for one, part, value in zip(found.items, judged.shares, judged.scores, strict=True):
        kind = one.statement.kind
        share[kind] += float(part)
        score[kind] = max(score[kind], float(value))
        voiced[kind] = max(voiced[kind], one.memory_share)
        near[kind] = max(near[kind], one.near)
        named[kind] |= one.named > 0
    hits = {kind: _best(found, kind) for kind in share}
    values = {
        "share": math.log(share["policy"] / share["resource"]),
        "score": score["policy"] - score["resource"],
        "voiced": voiced["policy"] - voiced["resource"],
        "voiced_least": min(voiced.values()),
        "near": 10 * (near["policy"] - near["resource"]),
        "hits": hits["policy"] - hits["resource"],
        "hit": max(hits.values()),
        "remembers": float(any(voiced.values())),
        "named": float(named["resource"]),
        "titled": float(named["policy"]),
        "refers": float(bool(query.references)),
        "day": float(query.as_of is not None),
        "pieces": min(len(pieces(spoken.text)), 6) / 3,
        "held": judged.chances["yes"],
        "verdict": 1 - spoken.verdicts.get("none", 1.0),
        "before": 0.0 if last is None else 1.0 if last.kind == "policy" else -1.0,
    }
    for name in ("policy", "resource", "none"):
        values[f"kind:{name}"] = spoken.kinds.get(name, 0.0)
        values[f"read:{name}"] = query.kinds.get(name, 0.0)
    for name in OPERATIONS:
        values[f"op:{name}"] = spoken.operations.get(name, 0.0)
    for aspect in (
        "access",
        "steps",
        "eligibility",
        "use_terms",
        "contact",
        "holdings",
        "permission",
        "duty",
    ):
        values[f"asks:{aspect}"] = spoken.asks(aspect)
    values |= {f"is:{name}": float(query.relation == name) for name in CARRIED}
    return values


def _best(found: Candidates, kind: Kind) -> float:
    return max((hit.score for hit in found.hits if hit.passage.kind == kind), default=NOT_FOUND)


def made_of(tried: Tried, spoken: Query, last: PastTurn | None) -> dict[str, float]:
    """How likely the answer is made of each of MADE_OF."""
    return learned_kinds().chances(kind_features(tried, spoken, last))


@cache
def learned_kinds() -> Small:
    """The model in kinds.json beside this file."""
    stored = json.loads(files("assistant.judging").joinpath("kinds.json").read_text("utf-8"))
    return Small.from_json(stored["model"])
