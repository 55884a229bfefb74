"""Other records for the same question: within the filters now set, or another of the kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from assistant import cues, support
from assistant.access import Asker, visible_to
from assistant.available import resource_text
from assistant.history import meant
from assistant.places import Places
from assistant.reading import NO_FILTERS, Understanding
from assistant.records import AskFilters
from corpus.records import Article, Policy, Resource
from retrieval.analysis import analyse, content_words, nouns
from retrieval.records import Filters, Hit

POOL = 40
"""Places asked of retrieval."""
SIBLING_COVERAGE = 4.0
"""What the share of the new words a record holds is worth, beside retrieval's score."""
MARGIN_NARROWED = 6.0
"""So far behind the best for the same question, a record within the filters must hold its subject."""


class Retriever(Protocol):
    """Search as the assistant needs it."""

    async def search(self, query: str, *, k: int = 8, filters: Filters | None = None) -> list[Hit]:
        """At most k distinct places, best first. Raises SearchFailed."""
        ...


def search_filters(filters: AskFilters, asker: Asker, record_ids: Sequence[str] = ()) -> Filters:
    """What retrieval must respect."""
    return Filters(
        types=frozenset(filters.types),
        provinces=frozenset(filters.provinces),
        access=frozenset(filters.access),
        record_ids=frozenset(record_ids),
        as_of=date.fromisoformat(filters.as_of) if filters.as_of else None,
        visible=visible_to(asker),
    )


def holds_subject(record: Resource, question: str) -> bool:
    """True when a record's text holds every word that says what the question is about, and there is one."""
    said = resource_text(record).lower()
    chinese = not question.isascii()
    words = nouns(question) if chinese else support.specific(question)
    words = [word for word in words if not cues.ASKING.fullmatch(word)]
    held = frozenset() if chinese else frozenset(analyse(said))
    return bool(words) and all(word in said if chinese else word in held for word in words)


def told_of(article: Article, question: str) -> int:
    """How many of a question's words an article uses in what it says."""
    told = f"{article.says.zh} {article.says.en}".lower()
    held = frozenset(analyse(told))
    return sum(word in held or (not word.isascii() and word in told) for word in content_words(question))


class Kindred:
    """Looks for what else answers a question of the talk."""

    def __init__(
        self, records: Mapping[str, Resource | Policy], retriever: Retriever, places: Places
    ) -> None:
        self._records, self._retriever, self._places = records, retriever, places

    async def fitting(
        self, reading: Understanding, hits: Sequence[Hit], topic: Resource | None, asker: Asker
    ) -> list[Resource]:
        """Records within the filters that answer the topic's question, best first.

        Those of the kind and about as good as the best anywhere; then those whose text holds its subject.
        """
        within = [record for record, _ in self._places.resources(hits)]
        anywhere = await self._retriever.search(
            reading.query, k=POOL, filters=search_filters(NO_FILTERS, asker)
        )
        order = {record.id: hit for record, hit in reversed(self._places.resources(anywhere))}
        best = max((hit.score for hit in order.values()), default=0.0)
        kinds = set(reading.filters.types) or ({topic.type} if topic else set())
        close = [
            record
            for record in within
            if record.type in kinds
            and record.id in order
            and best - order[record.id].score <= MARGIN_NARROWED
        ]
        holding = [record for record in within if holds_subject(record, reading.core)]
        close.sort(key=lambda one: one not in holding)
        return close + [one for one in holding if one not in close]

    async def sibling(self, reading: Understanding, carried: Resource, asker: Asker) -> Resource | None:
        """The record that 「淡水的那个呢」 or 「我要的是种质资源库」 picks out instead of the one carried."""
        name = carried.name.in_(reading.language)
        words = meant(reading.question) or reading.question
        base = search_filters(reading.filters, asker)
        same_type = replace(base, types=base.types or frozenset({carried.type}))
        tries = [(f"{words} {name}", same_type), (words, same_type)]
        if reading.core:
            tries.append((f"{words} {reading.core}", same_type))
        if meant(reading.question):
            tries += [(f"{words} {name}", base), (words, base)]
        scores: dict[str, float] = {}
        for query, filters in tries:
            for hit in await self._retriever.search(query, k=POOL, filters=filters):
                if hit.record_id != carried.id and isinstance(self._records.get(hit.record_id), Resource):
                    value = hit.score + SIBLING_COVERAGE * hit.coverage
                    scores[hit.record_id] = max(scores.get(hit.record_id, float("-inf")), value)
        if not scores:
            return None
        found = self._records[max(scores, key=lambda record_id: scores[record_id])]
        return found if isinstance(found, Resource) else None
