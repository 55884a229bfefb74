"""Whether a question is one of permission that articles carry, beside what search chose for it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from assistant.access import is_seen
from assistant.permission import Matter, asks_whereabouts, matter, names_abroad
from assistant.places import Place
from assistant.understanding import Understanding
from assistant.verdicts import Rulings, Verdict
from corpus.records import Policy, Resource
from retrieval.records import Hit

FIGURES = 3
"""Articles added to those that search chose where a time limit is asked for."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What search chose without regard to permission: a selection in plain values."""

    kind: str
    reason: str
    places: tuple[Place, ...]
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Judged:
    """What to answer from instead; without a verdict, articles on what a breach costs."""

    places: tuple[Place, ...]
    verdict: Verdict | None = None
    of_resource: bool = False
    """The question names a resource: it is to be shown beside."""


class Judge:
    """Judges questions against the rulings of one corpus."""

    def __init__(self, records: Mapping[str, Resource | Policy]) -> None:
        self._records = records
        self._rulings = Rulings(records)

    def judge(self, reading: Understanding, chosen: Chosen, visible: Container[str]) -> Judged | None:
        """None where no permission is asked, none is carried, or what search chose answers better."""
        if not self._rulings or reading.references or chosen.kind in ("unclear", "list", "compare"):
            return None
        if chosen.kind == "absent" and chosen.reason not in ("nothing", "rule_detail"):
            abroad = all(names_abroad(one.surface) for one in reading.unknown)
            if chosen.reason != "name" or not abroad:
                return None
        asked = matter(reading)
        if asked is None:
            return None
        subjects = [self._records[i] for i in reading.subjects if is_seen(self._records, i, visible)]
        by_need = chosen.kind == "resource"
        of_resource = by_need and any(isinstance(one, Resource) for one in subjects)
        if (of_resource and not asked.concerns_all) or (by_need and asks_whereabouts(reading.text)):
            return None
        if asked.modality == "penalty":
            return self._penalty(asked, chosen, visible)
        if asked.modality == "figure":
            return self._figure(asked, chosen, visible)
        documents = frozenset(one.id for one in subjects if isinstance(one, Policy))
        verdict = self._verdict(reading, asked, chosen, documents, visible)
        if verdict is None or (of_resource and verdict.outcome not in ("no", "approval")):
            return None
        beside = chosen.places if chosen.kind == "policy" else ()
        own: tuple[Place, ...] = verdict.places
        return Judged(tuple(dict.fromkeys((*own, *beside))), verdict, of_resource)

    def _verdict(
        self,
        reading: Understanding,
        asked: Matter,
        chosen: Chosen,
        documents: frozenset[str],
        visible: Container[str],
    ) -> Verdict | None:
        """A document that is named binds the answer; one only talked about goes first."""
        found = [(hit.record_id, hit.part) for hit in chosen.hits]
        tries = [documents] if reading.named or not documents else [documents, frozenset[str]()]
        for within in tries:
            verdict = self._rulings.judge(
                asked, text=reading.query, found=found, within=within, visible=visible
            )
            if verdict is not None:
                return verdict
        return None

    def _figure(self, asked: Matter, chosen: Chosen, visible: Container[str]) -> Judged | None:
        """What search chose, with what else its documents set by the day."""
        if chosen.kind != "policy":
            return None
        within = frozenset(policy.id for policy, _ in chosen.places)
        told = self._rulings.figures(asked, within, visible=visible)
        more = [place for place in told if place not in chosen.places][:FIGURES]
        return Judged((*chosen.places, *more)) if more else None

    def _penalty(self, asked: Matter, chosen: Chosen, visible: Container[str]) -> Judged | None:
        known = {(policy.id, article.anchor) for policy, article in chosen.places if article}
        places = self._rulings.penalties(asked, visible=visible)
        if not places or any((policy.id, article.anchor) in known for policy, article in places):
            return None
        return Judged((*places, *(chosen.places[:1] if chosen.kind == "policy" else ())))
