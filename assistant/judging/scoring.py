"""How well a statement answers a question: features of each candidate, and the model learned on them.

`python -m training.support` learned it on written examples whose evidence is known; it lies in
support.json with the figures of its cross-validation.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, get_args

import numpy as np

from assistant.finding.candidates import Candidate, Candidates
from assistant.reading.features import Floats
from assistant.reading.query import Query
from corpus.clauses import Operator
from corpus.statements.records import Field
from retrieval.analysis import content_terms
from retrieval.ranking import Model

FIELDS: tuple[str, ...] = get_args(Field)
OPERATORS: tuple[str, ...] = get_args(Operator)
KINDS = ("find", "fact", "steps", "rule", "may", "version")
_FREE = frozenset({"holdings", "access", "how_to_apply", "note", "article", "details", "amendment", "scope"})

_ALONE = (
    "like",
    "like_in_record",
    "place",
    "record",
    "place_rank",
    "near_behind",
    "near_rank",
    "said",
    "aspect",
)
"""What counts more where the memory says nothing."""


def features(query: Query, found: Candidates) -> dict[str, Floats]:
    """Named features (n,) of every candidate.

    NaN is not known, and taken for the mean: of a catalogue that no written question is about, the memory
    says nothing, and how near the question encoder puts it says less than which of it is nearest.
    """
    items = found.items
    count = len(items)
    cosine = found.vectors @ query.vector if count else np.zeros(0, np.float32)
    free = np.array([one.statement.field in _FREE for one in items], bool)
    like = np.where(free, cosine - (cosine[free].mean() if free.any() else 0), 0.0)
    spread = float(like[free].std()) + 1e-3 if free.any() else 1.0
    terms = content_terms(query.text)
    values: dict[str, Any] = {
        "cosine": np.where(free, 10 * (cosine - 0.85), 0.0),
        "like": like / spread,
        "like_in_record": _within(items, np.asarray(like / spread, np.float32), free),
        "place": _of(items, lambda one: one.place_score if one.place_score is not None else -6.0),
        "record": _of(items, lambda one: one.record_score if one.record_score is not None else -6.0),
        "behind": _of(items, lambda one: one.record_score if one.record_score is not None else -6.0)
        - max((one.record_score for one in items if one.record_score is not None), default=0.0),
        "place_rank": _of(items, lambda one: 1 / one.place_rank),
        "record_rank": _of(items, lambda one: 1 / one.record_rank),
        "remembered": _of(items, lambda one: 10 * (one.remembered - 0.85) if one.remembered else -2.0),
        "recalled": _of(items, lambda one: 1 / one.memory_rank),
        "recall_behind": 10
        * (
            _of(items, lambda one: one.remembered or 0.7)
            - max((one.remembered or 0.7 for one in items), default=0.7)
        ),
        "voiced": _of(items, lambda one: one.memory_share),
        "voiced_record": _by_record(items),
        "near": _of(items, lambda one: one.near),
        "near_behind": _of(items, lambda one: one.near) - max((one.near for one in items), default=0.0),
        "near_rank": _place_ranks(items),
        "coverage": _of(items, lambda one: one.coverage),
        "said": _of(items, lambda one: _said(terms, one.statement.read_as or one.statement.quote)),
        "said_label": _of(items, lambda one: _said(terms, one.statement.label)),
        "named": _of(items, lambda one: one.named),
        "unnamed": _of(
            items, lambda one: float(bool(query.subjects) and one.statement.record_id not in query.subjects)
        ),
        "first_named": _of(items, lambda one: float(query.subjects[:1] == (one.statement.record_id,))),
        "referred": _of(items, lambda one: float(one.referred)),
        "aspect": _of(items, lambda one: query.asks(*one.statement.aspects)),
        "aspect_first": _of(items, lambda one: query.asks(*one.statement.aspects[:1])),
        "has_aspect": _of(items, lambda one: float(bool(one.statement.aspects))),
        "kind": _of(items, lambda one: query.kinds.get(one.statement.kind, 0.0)),
        "number": _of(items, lambda one: min(one.statement.number, 6) / 6),
        "figures": _of(items, lambda one: float(any(char.isdigit() for char in one.statement.quote))),
        "foreign": _of(
            items,
            lambda one: float(one.statement.language != query.language and not one.statement.read_as),
        ),
    }
    alone = not any(one.remembered for one in items)
    for name in _ALONE:
        values[f"alone*{name}"] = values[name] * alone
    if alone:
        for name in ("remembered", "recalled", "recall_behind", "voiced", "voiced_record", "near"):
            values[name] = np.full(count, np.nan, np.float32)
    for aspect in (
        "size",
        "cost",
        "time",
        "eligibility",
        "access",
        "steps",
        "use_terms",
        "deadline",
        "penalty",
        "definition",
    ):
        values[f"figures*{aspect}"] = values["figures"] * query.asks(aspect)
    fields = np.array([one.statement.field for one in items], object)
    operators = np.array([one.statement.operator or "" for one in items], object)
    for field in FIELDS:
        values[f"field:{field}"] = (fields == field).astype(np.float32)
    for field in ("holdings", "access", "how_to_apply", "note"):
        here = values[f"field:{field}"]
        for aspect in (
            "holdings",
            "size",
            "cost",
            "time",
            "eligibility",
            "access",
            "steps",
            "use_terms",
            "since",
        ):
            values[f"{field}*{aspect}"] = here * query.asks(aspect)
    for operator in OPERATORS:
        values[f"operator:{operator}"] = (operators == operator).astype(np.float32)
    for kind in KINDS:
        chance = query.operations.get(kind, 0.0)
        for name in (
            "like",
            "record",
            "aspect",
            "place",
            "remembered",
            "recalled",
            "voiced",
            "voiced_record",
            "near_behind",
            "near_rank",
        ):
            values[f"{kind}*{name}"] = chance * values[name]
        for field in ("holdings", "access", "how_to_apply", "article", "document"):
            values[f"{kind}*{field}"] = chance * values[f"field:{field}"]
    for operator in ("must", "must_not", "may", "exempt", "penalty"):
        values[f"may*{operator}"] = query.operations.get("may", 0.0) * values[f"operator:{operator}"]
    return {name: np.asarray(one, np.float32) for name, one in values.items()}


def _of(items: Sequence[Candidate], value: Any) -> Floats:
    return np.array([value(one) for one in items], np.float32)


def _by_record(items: Sequence[Candidate]) -> Floats:
    """Share of the near written questions that any place of a statement's record answers."""
    by_place = {(one.statement.record_id, one.statement.locator): one.memory_share for one in items}
    shares: dict[str, float] = {}
    for (record_id, _), share in by_place.items():
        shares[record_id] = shares.get(record_id, 0.0) + share
    return _of(items, lambda one: shares[one.statement.record_id])


def _place_ranks(items: Sequence[Candidate]) -> Floats:
    """1 over the place of each among all distances to the question, the nearest first; 0 without any."""
    distances = sorted({one.near for one in items}, reverse=True)
    rank = {near: 1 / place for place, near in enumerate(distances, 1)}
    return _of(items, lambda one: rank[one.near] if one.near > -1 else 0.0)


def _within(items: Sequence[Candidate], like: Floats, free: Any) -> Floats:
    """How far a statement is above the others of its record."""
    result = np.zeros(len(items), np.float32)
    by_record: dict[str, list[int]] = {}
    for place, one in enumerate(items):
        if free[place]:
            by_record.setdefault(one.statement.record_id, []).append(place)
    for places in by_record.values():
        result[places] = like[places] - like[places].max()
    return result


def _said(terms: Sequence[str], text: str) -> float:
    """Share of the question's terms that a text holds."""
    if not terms:
        return 0.0
    held = _terms(text)
    return sum(term in held for term in terms) / len(terms)


@lru_cache(maxsize=20_000)
def _terms(text: str) -> frozenset[str]:
    """Of a quote or a label: the same for every question."""
    return frozenset(content_terms(text))


def score(model: Model, query: Query, found: Candidates) -> Floats:
    """Scores (n,) of the candidates."""
    if not found.items:
        return np.zeros(0, np.float32)
    return model.score(features(query, found))


@cache
def learned_scorer() -> Model:
    """The model in support.json beside this file."""
    stored = json.loads(files("assistant.judging").joinpath("support.json").read_text("utf-8"))
    return Model.from_json(stored["scorer"])
