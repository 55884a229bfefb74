"""Which articles a complete answer needs: those that decide, and those that stand with them.

A learned likelihood (`python -m training.choosing`) of each article among the candidates and of the likeliest
documents: how the scorer ranks it, how near each piece of the message comes to it, and whether written
questions are answered by it together with the first.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.finding.candidates import Candidates, Records
from assistant.finding.memory import Key, Together
from assistant.judging.support import Judgement
from assistant.reading.features import Floats
from assistant.reading.query import Query
from corpus.records import Policy
from retrieval.hybrid import Nearest

DOCUMENTS = 2
"""Documents all of whose articles are looked at."""
OF_DOCUMENT = 40
"""Of a long one only so many, those nearest to a piece of the message."""
WHOLE = "document"
"""Stands for the part of a place that is a document as such."""
CLIP = 6.0
"""Deviations at which a feature is cut."""
_ARRAYS = ("mean", "spread", "weights")
UNSCORED = -10.0
"""Behind the best: what a place has that no candidate is of."""


@dataclass
class _Seen:
    """What the candidates tell of one place."""

    share: float = 0.0
    score: float = -math.inf
    voiced: float = 0.0
    named: float = 0.0
    referred: float = 0.0
    covered: float = 0.0
    aspects: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A place that may stand in an answer; `part` is WHOLE or the key of an article."""

    record_id: str
    part: str
    chance: float


def choose(places: Sequence[tuple[str, str]], rows: Sequence[Mapping[str, float]]) -> list[Chosen]:
    """Places by how likely an answer needs them, the likeliest first."""
    if not places:
        return []
    choice = learned_choice()
    chances = choice.chances(np.array([[row[name] for name in choice.inputs] for row in rows], np.float32))
    order = np.argsort(-chances, kind="stable")
    return [Chosen(places[i][0], places[i][1], float(chances[i])) for i in order]


def place_features(
    query: Query,
    found: Candidates,
    judged: Judgement,
    near: Sequence[Nearest],
    records: Records,
    together: Together,
    told: Collection[tuple[str, str]] = (),
) -> tuple[list[tuple[str, str]], list[dict[str, float]]]:
    """Places (record id, part) and what the likelihood sees of each; all finite.

    `near` are distances to the question as it was typed, to the message as it is read in its talk, and to
    each of its pieces; empty where there is no question encoder. `told` are the places that the answer before
    showed to a question that this one leans on.
    """
    spoken, near = near[:1], near[1:]
    seen = _of_candidates(found, judged)
    if not seen:
        return [], []
    whole = sum(one.share for one in seen.values()) or 1.0
    documents: dict[str, float] = defaultdict(float)
    for (id_, _), one in seen.items():
        one.share /= whole
        documents[id_] += one.share
    lead = max(seen, key=lambda place: seen[place].score)
    for id_ in dict.fromkeys([lead[0], *sorted(documents, key=lambda i: -documents[i])[:DOCUMENTS]]):
        for part in _articles(records[id_], near):
            seen.setdefault((id_, part), _Seen())
    places = list(seen)
    best = seen[lead].score
    ranked = sorted(places, key=lambda place: -seen[place].score)
    rank = {place: 1 / number for number, place in enumerate(ranked, 1)}
    beside = together.get(key_of(lead, records), {})
    pieces = [_distances(one, places) for one in near]
    own_words = _distances(spoken[0], places) if spoken else None
    own = np.array([place[0] == lead[0] for place in places], bool)
    rows = []
    for i, place in enumerate(places):
        one = seen[place]
        inside = np.array([other[0] == place[0] and other[1] != WHOLE for other in places], bool)
        fresh = one.aspects - seen[lead].aspects
        behind = [
            float(each[i] - each[inside].max()) if inside.any() else -0.1 for each in pieces[1:] or pieces
        ]
        ranks = [1 / (1 + int((each[inside] > each[i]).sum())) for each in pieces[1:] or pieces]
        scored = one.score > -math.inf
        row = {
            "share": math.log(one.share + 1e-4),
            "behind": max(one.score - best, UNSCORED) if scored else UNSCORED,
            "rank": rank[place] if scored else 0.0,
            "lead": float(place == lead),
            "own": float(own[i]),
            "document": math.log(documents.get(place[0], 0.0) + 1e-3),
            "voiced": one.voiced,
            "together": beside.get(key_of(place, records), 0.0),
            "near": 10 * float(pieces[0][i] - pieces[0].max()) if pieces else -1.0,
            "near_rank": 1 / (1 + int((pieces[0] > pieces[0][i]).sum())) if pieces else 0.0,
            "piece": 10 * max(behind, default=-0.1),
            "piece_rank": max(ranks, default=0.0),
            "piece_first": float(sum(share == 1 for share in ranks)),
            "piece_mean": 10 * float(np.mean(behind)) if behind else -1.0,
            "pieces": len(pieces) / 6,
            "lead_share": seen[lead].share,
            "named": one.named,
            "referred": one.referred,
            "covered": one.covered,
            "whole": float(place[1] == WHOLE),
            "asked": query.asks(*one.aspects),
            "fresh": query.asks(*fresh),
            "told": float(place in told),
            "follows": float(bool(told)),
            "spoken": 0.0 if own_words is None else 10 * float(own_words[i] - own_words.max()),
            "spoken_rank": 0.0 if own_words is None else 1 / (1 + int((own_words > own_words[i]).sum())),
        }
        for name in ("may", "rule", "steps", "version"):
            row[f"op:{name}"] = query.operations.get(name, 0.0)
        for name in ("behind", "together", "piece", "piece_rank", "near", "voiced", "fresh"):
            row[f"own*{name}"] = row["own"] * row[name]
        for name in ("told", "spoken", "spoken_rank", "near", "behind"):
            row[f"follows*{name}"] = row["follows"] * row[name]
        row["told*spoken"] = row["told"] * row["spoken"]
        for name in ("piece", "piece_rank"):
            row[f"pieces*{name}"] = row["pieces"] * row[name]
        rows.append(row)
    return places, rows


def _of_candidates(found: Candidates, judged: Judgement) -> dict[tuple[str, str], _Seen]:
    seen: dict[tuple[str, str], _Seen] = defaultdict(_Seen)
    for one, share, score in zip(found.items, judged.shares, judged.scores, strict=True):
        statement = one.statement
        if statement.kind != "policy":
            continue
        place = seen[statement.record_id, statement.part if statement.field == "article" else WHOLE]
        place.share += float(share)
        place.score = max(place.score, float(score))
        place.voiced = max(place.voiced, one.memory_share)
        place.named = max(place.named, one.named)
        place.referred = max(place.referred, float(one.referred))
        place.covered = max(place.covered, one.coverage)
        place.aspects.update(statement.aspects[:2])
    return seen


def _articles(policy: object, near: Sequence[Nearest]) -> list[str]:
    """Keys of the articles of a document, of a long one those nearest to any piece."""
    assert isinstance(policy, Policy)
    keys = [one.key for one in policy.articles]
    if len(keys) > OF_DOCUMENT:
        reach = {key: max((one.of(policy.id, key) for one in near), default=0.0) for key in keys}
        keys = sorted(keys, key=lambda key: -reach[key])[:OF_DOCUMENT]
    return keys


def _distances(near: Nearest, places: Sequence[tuple[str, str]]) -> Floats:
    """Cosines (places,) of one text."""
    parts = ((id_, "summary" if part == WHOLE else part) for id_, part in places)
    return np.array([near.of(id_, part) for id_, part in parts], np.float32)


def key_of(place: tuple[str, str], records: Records) -> Key:
    """A place as the memory names it: by the `no` of an article, which stays when its key does not."""
    policy = records[place[0]]
    article = policy.article(place[1]) if isinstance(policy, Policy) else None
    return place[0], article.no if article else place[1]


@dataclass(frozen=True)
class Choice:
    """A logistic likelihood over standardised features, and from where on an answer shows a place."""

    inputs: tuple[str, ...]
    mean: Floats
    spread: Floats
    weights: Floats
    bias: float
    sure: float

    def chances(self, rows: npt.NDArray[np.float32]) -> Floats:
        """Likelihood (n,) that a place is needed, of features (n, f) in the order of `inputs`."""
        standard = ((rows - self.mean) / self.spread).clip(-CLIP, CLIP)
        return np.asarray(1 / (1 + np.exp(-(standard @ self.weights + self.bias))), np.float32)

    def to_json(self) -> dict[str, object]:
        """What `from_json` reads."""
        arrays = {name: np.round(getattr(self, name).astype(float), 5).tolist() for name in _ARRAYS}
        return {"inputs": list(self.inputs), **arrays, "bias": self.bias, "sure": self.sure}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Choice:
        mean, spread, weights = (np.array(stored[name], np.float32) for name in _ARRAYS)
        return cls(tuple(stored["inputs"]), mean, spread, weights, stored["bias"], stored["sure"])


@cache
def learned_choice() -> Choice:
    """The likelihood in choosing.json beside this file."""
    stored = json.loads(files("assistant.rules").joinpath("choosing.json").read_text("utf-8"))
    return Choice.from_json(stored["choice"])
