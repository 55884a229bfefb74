"""Hits as the records and articles they stand for, in the order that suits the question."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.expected import expectations, met
from assistant.understanding import Understanding
from corpus.records import Article, Note, Policy, Resource
from corpus.versions import first_day
from retrieval.analysis import normalise
from retrieval.records import Hit
from retrieval.references import ResolvedRef

NEAR = 3
MARGIN_ARTICLE = 2.4
"""An article this far behind the best is still shown."""
MARGIN_BESIDE = 2.0
"""A rule this far behind a resource still bears on it."""
DEEPER = 10
"""How far down the articles a second kind of statement is looked for."""
LIFT = 1.0
"""Added to an article that holds the kind of statement asked for."""

Place = tuple[Policy, Article | None]
"""An article, or the document as a whole."""
Near = Resource | Place


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article with the place that found it and its score on this question."""

    policy: Policy
    article: Article
    hit: Hit
    score: float

    @property
    def statement(self) -> str:
        """What it says, in both languages."""
        return f"{self.article.says.zh} {self.article.says.en}"


def distinct(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each document and article once, in order of first mention."""
    found: dict[tuple[str, str, str | None], Place] = {}
    for policy, article in places:
        key = (policy.id, article.no if article else "", article.version if article else None)
        found.setdefault(key, (policy, article))
    return tuple(found.values())


def _plain(number: str) -> str:
    return re.sub(r"[^0-9a-z\u4e00-\u9fff]", "", normalise(number))


def as_near(records: Sequence[Resource | Policy]) -> tuple[Near, ...]:
    """Whole records as neighbours of an absent answer."""
    return tuple(one if isinstance(one, Resource) else (one, None) for one in records[:NEAR])


class Places:
    """Reads hits against the records of one corpus."""

    def __init__(self, records: Mapping[str, Resource | Policy]) -> None:
        self._records = records

    def _place(self, hit: Hit) -> Place | None:
        record = self._records.get(hit.record_id)
        if not isinstance(record, Policy):
            return None
        return record, record.article(hit.part)

    def near(self, hits: Sequence[Hit]) -> tuple[Near, ...]:
        """The best place of each of the first records."""
        near: list[Near] = []
        seen: set[str] = set()
        for hit in hits:
            record = self._records.get(hit.record_id)
            if record is None or hit.record_id in seen:
                continue
            seen.add(hit.record_id)
            place = self._place(hit)
            near.append(place if place else record)  # type: ignore[arg-type]
            if len(near) == NEAR:
                break
        return tuple(near)

    def resources(self, hits: Sequence[Hit]) -> list[tuple[Resource, Hit]]:
        """Records with their best place, best first."""
        found: dict[str, tuple[Resource, Hit]] = {}
        for hit in hits:
            record = self._records.get(hit.record_id)
            if isinstance(record, Resource) and hit.record_id not in found:
                found[hit.record_id] = (record, hit)
        return list(found.values())

    def articles(self, hits: Sequence[Hit], reading: Understanding) -> list[Ranked]:
        """Articles, best first: retrieval's order, lifted where one holds the kind of statement asked for."""
        asked = expectations(reading.text)
        found: list[Ranked] = []
        for hit in hits:
            place = self._place(hit)
            if place and place[1] is not None:
                plain = Ranked(place[0], place[1], hit, hit.score)
                found.append(replace(plain, score=hit.score + LIFT * met(asked, plain.statement)))
        return sorted(found, key=lambda one: -one.score)

    def over(self, hit: Hit) -> bool:
        """True for a place of a document that is no longer, or not yet, in force."""
        record = self._records.get(hit.record_id)
        if not isinstance(record, Policy):
            return False
        return record.status in ("superseded", "repealed", "not_yet_in_force", "draft")

    def referred(self, policy: Policy, ref: ResolvedRef, reading: Understanding) -> list[Place]:
        """The article that a number refers to; for an old number what it became, then its old words.

        Where the words of the day asked for are not held: today's, unless the numbers have moved since.
        """
        found: list[Place] = []
        for old in ref.formerly:
            found.append((policy, old.article))
            if old.version and (then := policy.article(f"{old.old_no}@{old.version}")):
                found.append((policy, then))
        if found:
            return found
        if ref.exists is None and reading.filters.as_of:
            day = reading.filters.as_of
            moved = any(first_day(old.until) > day for one in policy.articles for old in one.former)
            article = None if moved else policy.article(ref.ref.key)
        else:
            article = policy.article(ref.key)
        return [(policy, article)] if article is not None else []

    def sides(
        self, notes: Sequence[Note], policy: Policy, reading: Understanding, visible: Container[str]
    ) -> list[Place]:
        """The articles of other documents that contradictions of this one rest on, on the day asked for."""
        day = reading.filters.as_of
        found: list[Place] = []
        for note in notes:
            for one in note.disagreement.statements if note.disagreement else ():
                other = self._records.get(one.record or "")
                late = day is not None and one.since is not None and first_day(one.since) > day
                if late or not isinstance(other, Policy) or other.id == policy.id or not one.article:
                    continue
                article = other.article(one.article)
                if article is not None and article.label in visible and other.label in visible:
                    found.append((other, article))
        return found

    def best(self, hits: Sequence[Hit], reading: Understanding, *, at_most: int = 3) -> list[Place]:
        """The best article and those close behind it."""
        ranked = self.articles(hits, reading)
        best = [one for one in ranked[:at_most] if ranked[0].score - one.score <= MARGIN_ARTICLE]
        for asked in expectations(reading.text):
            # 「最迟哪天交，不交会怎样」 asks for two kinds of statement: both must be there.
            if any(met((asked,), one.statement) for one in best):
                continue
            holding = next((one for one in ranked[:DEEPER] if met((asked,), one.statement)), None)
            if holding is not None and ranked[0].score - holding.score <= 2 * MARGIN_ARTICLE:
                best.append(holding)
        return [(one.policy, one.article) for one in best[: at_most + 1]]

    def numbered(
        self, reading: Understanding, policies: Sequence[Policy], visible: Container[str]
    ) -> list[Place]:
        """Articles that are named like a document number in the question: one standard of a series."""
        wanted = {_plain(m.surface) for m in reading.mentions if m.how == "doc_number"}
        return [
            (policy, article)
            for policy in policies
            for article in policy.articles
            if article.label in visible and any(number and number in _plain(article.no) for number in wanted)
        ]

    def beside(self, hits: Sequence[Hit], reading: Understanding) -> list[Place]:
        """Articles near the top of a search that a resource leads."""
        ranked = self.articles(hits[:8], reading)
        return [(o.policy, o.article) for o in ranked[:2] if o.hit.score >= hits[0].score - MARGIN_BESIDE]
