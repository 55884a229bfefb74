"""Which reading of a follow-up is answered: features of each that was searched, and what was learned on them.

`python -m training.readings` learned it on the last turns of written talks; it lies in readings.json.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import get_args

import numpy as np

from assistant.finding.candidates import Candidates
from assistant.finding.memory import HELD
from assistant.judging.support import Judgement, Texts
from assistant.reading.features import Floats, tokens
from assistant.reading.query import SET_OPERATIONS, Relation
from assistant.reading.talk import Reading, Readings, by_record
from corpus.statements import Statement
from retrieval.ranking import Model

LED = ("log_led", "log_led_place")
_LEAST_LED = 0.01
CARRIED = tuple(one for one in get_args(Relation) if one not in ("alone", "language"))


@dataclass(frozen=True, slots=True)
class Tried:
    """A reading with what was found for it and how that was judged."""

    reading: Reading
    found: Candidates
    judged: Judgement

    @property
    def best(self) -> int:
        """Position of the best candidate; -1 without any."""
        return int(np.argmax(self.judged.scores)) if len(self.judged.scores) else -1


def reading_features(tried: Sequence[Tried], readings: Readings, texts: Texts) -> dict[str, Floats]:
    """Named features (n,) of every reading that was tried; all finite."""
    alone = readings.alone
    told = [_of_one(one, readings, texts) for one in tried]
    for name in ("score", "remembered", "voiced", "said", "yes", "cosine", *LED):
        most = max(one[name] for one in told)
        for one in told:
            one[f"{name}_behind"] = one[name] - most
    words = min(len(tokens(alone.text)), 30) / 10
    same = {
        "words": words,
        "named": float(bool(alone.subjects)),
        "refers": float(bool(alone.references)),
        "unknown": float(bool(alone.unknown)),
        "bounded": float(bool(alone.conditions)),
        "content": min(len(alone.content), 8) / 4,
        "like_before": readings.like_before,
        **{f"op:{name}": alone.operations.get(name, 0.0) for name in ("find", "fact", "list", "may", "rule")},
    }
    for one in told:
        is_alone = one["alone"]
        one |= {f"alone*{name}": is_alone * value for name, value in same.items()}
        one |= {f"alone*{name}": is_alone * one[name] for name in ("score", "yes", "voiced", "said", LED[0])}
    return {name: np.array([one[name] for one in told], np.float32) for name in told[0]}


def _of_one(one: Tried, readings: Readings, texts: Texts) -> dict[str, float]:
    place = one.best
    item = one.found.items[place] if place >= 0 else None
    chances = one.judged.chances
    said = texts.of(item.statement.record_id) if item else ""
    words = [word for word in readings.alone.content if len(word) > 1]
    values = {
        "prior": one.reading.prior,
        "log_prior": math.log(max(one.reading.prior, 1e-3)),
        "alone": float(one.reading.relation == "alone"),
        "score": float(one.judged.scores[place]) if item else -8.0,
        "share": float(one.judged.shares[place]) if item else 0.0,
        "place": item.place_score if item and item.place_score is not None else -6.0,
        "remembered": 10 * (item.remembered - 0.85) if item and item.remembered else -2.0,
        "voiced": item.memory_share if item else 0.0,
        "cosine": 10 * (float(one.found.vectors[place] @ readings.alone.vector) - 0.85) if item else -2.0,
        "said": sum(word in said for word in words) / len(words) if words else 0.5,
        **dict(zip(LED, _led(readings, item.statement if item else None), strict=True)),
        "focus": float(bool(item and item.statement.record_id == readings.focus)),
        "unknown_subject": float(bool(one.reading.query.unknown)),
        "is_policy": float(bool(item and item.statement.kind == "policy")),
        "set": float(one.reading.query.operation in SET_OPERATIONS),
        "kind": readings.alone.kinds.get(item.statement.kind, 0.0) if item else 0.0,
    }
    values |= {name: chances[name] for name in HELD}
    values |= {f"is:{name}": float(one.reading.relation == name) for name in CARRIED}
    return values


def _led(readings: Readings, found: Statement | None) -> tuple[float, float]:
    """Logarithms of how likely the talk encoder thinks the record, and the place, of what was found."""
    record = place = 0.0
    if found:
        record = by_record(readings.led).get(found.record_id, 0.0)
        place = readings.led.get((found.record_id, found.part), 0.0)
    return math.log(record + _LEAST_LED), math.log(place + _LEAST_LED)


def likeliest(tried: Sequence[Tried], readings: Readings, texts: Texts) -> Tried:
    """The reading that is answered."""
    scores = learned_readings().score(reading_features(tried, readings, texts))
    stays = np.array([one.reading.stays for one in tried])
    return tried[int(np.argmax(scores + np.log(stays)))]


@cache
def learned_readings() -> Model:
    """The model in readings.json beside this file."""
    stored = json.loads(files("assistant.judging").joinpath("readings.json").read_text("utf-8"))
    return Model.from_json(stored["model"])
