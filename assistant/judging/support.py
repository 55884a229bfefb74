"""Is it answered by these statements, held but not recorded, no such thing, or not ours to answer?

One learned score over the question and its best statements; `python -m training.support` fits it on written
questions of all four kinds, with its figures in support.json.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, get_args

import numpy as np

from assistant.finding.candidates import Candidates, Records
from assistant.finding.memory import HELD, Held
from assistant.judging.small import Small
from assistant.reading.features import Floats
from assistant.reading.query import Operation, Query
from corpus.records import Policy, Resource
from retrieval.analysis import content_words, normalise, tagged_words

SURE = 0.55
"""Likelihood from which statements are taken to answer. Abstention is nearly as good from here to 0.65 in the
five folds (F1 .68 about rules, .77 about the catalogue); readers of a blind round found 0.6 too eager."""
CLOSED = {
    "host": ("host",),
    "authority": ("governing_body",),
    "place": ("place",),
    "url": ("url", "other_urls"),
    "contact": ("contact",),
    "since": ("since",),
    "identifier": ("identifiers",),
    "licence": ("licence",),
    "formats": ("formats",),
    "period": ("temporal",),
    "updated": ("modified", "issued", "frequency"),
    "steps": ("how_to_apply",),
}
"""Aspects that one field answers: where the record lacks it, the answer is likely not recorded."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Texts:
    """What each record says in all, folded, and which words any of them says."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self.of = lru_cache(maxsize=4000)(self._of)
        self._counts: Counter[str] = Counter()
        for id_ in records:
            self._counts.update(set(content_words(self.of(id_))))

    def _of(self, record_id: str) -> str:
        record = self._records[record_id]
        said: list[str] = []
        if isinstance(record, Resource):
            texts = [
                record.name,
                record.host,
                record.governing_body,
                record.holdings,
                record.access.text,
                record.city,
            ]
            said += [one.zh + "\n" + one.en for one in texts if one]
            said += [*record.aliases, *record.former_names, *record.subjects.zh, *record.subjects.en]
            if record.how_to_apply:
                said += [*record.how_to_apply.steps.zh, *record.how_to_apply.steps.en]
            said += [note.text.zh + "\n" + note.text.en for note in record.notes]
            if record.origin:  # its keys are its own words in the other language
                said += [*record.questions.zh, *record.questions.en]
            said += [record.province or "", record.since.zh if record.since else "", " ".join(record.formats)]
        else:
            said += [record.title.zh, record.title.en, *record.aliases, record.scope.zh, record.scope.en]
            said += [
                record.issuing_body.zh,
                record.issuing_body.en,
                record.doc_number or "",
                record.issued or "",
            ]
            said += [f"{one.no} {one.says.zh}\n{one.says.en}" for one in record.articles]
        return normalise("\n".join(said))

    def knows(self, word: str) -> bool:
        """True where any record says the word."""
        return word in self._counts

    def share(self, word: str) -> float:
        """Share of all records that say the word."""
        return self._counts[word] / max(1, len(self._records))


@dataclass(frozen=True, slots=True)
class Judgement:
    """Probabilities by kind of holding, and the scores of the candidates (n,), higher is better."""

    chances: dict[str, float]
    scores: Floats

    @property
    def shares(self) -> Floats:
        """How likely each candidate is the one that answers (n,); they sum to 1."""
        if not len(self.scores):
            return self.scores
        powers = np.exp(self.scores - self.scores.max())
        return np.asarray(powers / powers.sum(), np.float32)

    @property
    def held(self) -> Held:
        """`yes` where that is likely enough, else the likeliest of why not."""
        if self.chances["yes"] >= SURE:
            return "yes"
        return max(HELD[1:], key=lambda one: self.chances[one])


def support_features(
    query: Query, found: Candidates, scores: Floats, records: Records, texts: Texts
) -> dict[str, float]:
    """What the check sees of one question and its scored candidates.

    NaN is not known: of a catalogue that no written question is about, the memory says nothing, and how
    near the question encoder puts it says little.
    """
    items = found.items
    values: dict[str, float] = {}
    order = np.argsort(-scores, kind="stable")
    best = items[order[0]] if len(items) else None
    record_id = best.statement.record_id if best else ""
    record = records.get(record_id)
    said = texts.of(record_id) if record else ""
    quote = normalise(best.statement.read_as or best.statement.quote) if best else ""
    likely = np.exp(scores - scores.max()) if len(items) else np.zeros(0)
    likely = likely / likely.sum() if len(items) else likely
    own = np.array([one.statement.record_id == record_id for one in items], bool)
    others = scores[~own] if len(items) else scores
    words = list(query.content)
    values["score"] = float(scores[order[0]]) if best else -10.0
    values["margin"] = float(scores[order[0]] - others.max()) if best and len(others) else 3.0
    values["share"] = float(likely[order[0]]) if best else 0.0
    values["record_share"] = float(likely[own].sum()) if best else 0.0
    values["cosine"] = 10 * (float(found.vectors[order[0]] @ query.vector) - 0.85) if best else -1.0
    values["cosine_most"] = 10 * (float((found.vectors @ query.vector).max()) - 0.85) if best else -1.0
    values["place"] = best.place_score if best and best.place_score is not None else -6.0
    values["record"] = best.record_score if best and best.record_score is not None else -6.0
    most = max((one.remembered for one in items), default=0.0)
    values["alone"] = float(not most)
    values["remembered"] = 10 * (most - 0.85) if most else math.nan
    values["best_remembered"] = 10 * ((best.remembered if best else 0.0) - 0.85) if most else math.nan
    values["recalled"] = (1 / best.memory_rank if best else 0.0) if most else math.nan
    values["voiced"] = max((one.memory_share for one in items), default=0.0) if most else math.nan
    values["best_voiced"] = (best.memory_share if best else 0.0) if most else math.nan
    for kind in HELD[1:]:
        values[f"told:{kind}"] = found.held.get(kind, math.nan) if most else math.nan
    known = best is not None and best.near > -1 and bool(most)
    values["near"] = best.near if best and known else math.nan
    values["near_most"] = max(one.near for one in items) if known else math.nan
    values["covered"] = best.coverage if best else 0.0
    values["words"] = min(len(words), 8) / 4
    values["unsaid"] = _share(words, lambda one: one not in said)
    values["unquoted"] = _share(words, lambda one: one not in quote)
    values["unknown_words"] = _share(words, lambda one: not texts.knows(one))
    values["unknown_any"] = float(any(not texts.knows(one) for one in words))
    values["unsaid_any"] = float(any(one not in said for one in words))
    values["named"] = best.named if best else 0.0
    values["subjects"] = float(bool(query.subjects))
    values["best_is_subject"] = float(record_id in query.subjects)
    values["unknown_name"] = float(bool(query.unknown))
    values["unknown_title"] = float(any(one.head == "title" for one in query.unknown))
    values["unknown_alone"] = float(bool(query.unknown) and not query.subjects)
    refs = list(query.references)
    values["refers"] = float(bool(refs))
    values["beyond"] = float(any(one.exists is False for one in refs))
    values["not_held_article"] = float(any(one.article is None and one.exists is not True for one in refs))
    values["referred"] = float(bool(best and best.referred))
    values["aspect"] = query.asks(*best.statement.aspects) if best and best.statement.aspects else 0.0
    values["aspect_open"] = float(not best.statement.aspects) if best else 1.0
    have = {one.statement.field for one in items if one.statement.record_id == record_id}
    lacking = [query.aspects.get(aspect, 0.0) for aspect, fs in CLOSED.items() if not have & set(fs)]
    values["lacks"] = max(lacking, default=0.0) if isinstance(record, Resource) else 0.0
    values["kind"] = query.kinds.get(best.statement.kind, 0.0) if best else 0.0
    for kind in HELD[1:]:
        values[f"held:{kind}"] = query.held.get(kind, 0.0)
    values["qualified"] = _qualified(query, said)
    values["kind_none"] = query.kinds.get("none", 0.0)
    values["place_unsaid"] = _place_unsaid(query, said)
    values["elsewhere"] = _elsewhere(query, record)
    numbers = [one for one in _NUMBER.findall(_without_names(query)) if len(one) > 1]
    values["numbers_unsaid"] = _share(numbers, lambda one: one not in said)
    values["has_numbers"] = float(bool(numbers))
    values["is_policy"] = float(isinstance(record, Policy))
    for name in get_args(Operation):
        values[f"op:{name}"] = query.operations.get(name, 0.0)
    for name in (
        "size",
        "cost",
        "time",
        "contact",
        "since",
        "url",
        "eligibility",
        "host",
        "penalty",
        "deadline",
    ):
        values[f"asks:{name}"] = query.aspects.get(name, 0.0)
        values[f"asks:{name}*score"] = query.aspects.get(name, 0.0) * values["score"]
    for name in (
        "score",
        "margin",
        "cosine",
        "record",
        "covered",
        "unsaid",
        "unquoted",
        "unknown_words",
        "lacks",
    ):
        values[f"alone*{name}"] = values["alone"] * values[name]
    for name in ("find", "fact", "steps", "rule", "may"):
        for other in ("unsaid", "score", "unknown_words", "cosine"):
            values[f"{name}*{other}"] = query.operations.get(name, 0.0) * values[other]
    return values


def _share(some: Sequence[str], true: Any) -> float:
    return sum(map(bool, map(true, some))) / len(some) if some else 0.0


def _without_names(query: Query) -> str:
    kept = list(query.text)
    for one in query.mentions:
        kept[one.start : one.end] = " " * (one.end - one.start)
    return "".join(kept)


_NOUNS = frozenset({"n", "ns", "nt", "nz", "nr", "nrt", "j", "nw", "x", "eng"})


def _qualified(query: Query, said: str) -> float:
    """1 where a noun stands right before a name and no record of that name says it: 江苏省 before a title."""
    for one in query.mentions:
        if one.record_id not in query.subjects:
            continue
        before = query.text[max(0, one.start - 12) : one.start]
        tagged = tagged_words(before)
        if tagged and before and not before[-1].isspace() and tagged[-1][1] in _NOUNS:
            word = tagged[-1][0]
            if len(word) > 1 and normalise(word) not in said:
                return 1.0
    return 0.0


def _place_unsaid(query: Query, said: str) -> float:
    """1 where the question names a place that the best record does not say."""
    places = [one for one in query.conditions if one.field in ("province", "city", "country")]
    return float(
        any(
            normalise(one.surface) not in said and normalise(one.value) not in said
            for one in places
            if not one.negated and one.surface
        )
    )


def _elsewhere(query: Query, record: Resource | Policy | None) -> float:
    """1 where the question names a place and the record is of another."""
    if not isinstance(record, Resource):
        return 0.0
    said = {(one.field, one.value) for one in query.conditions if not one.negated}
    provinces = {value for field, value in said if field == "province"}
    cities = {value for field, value in said if field == "city"}
    if provinces and record.province not in provinces:
        return 1.0
    return float(bool(cities) and (record.city is None or record.city.zh not in cities))


@cache
def learned_check() -> Small:
    """The check in support.json beside this file."""
    stored = json.loads(files("assistant.judging").joinpath("support.json").read_text("utf-8"))
    return Small.from_json(stored["check"])
