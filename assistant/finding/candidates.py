"""The statements that may answer a question: those of the best records and articles, and of what it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np

from assistant.finding.memory import NOTHING, Key, Memory, Together
from assistant.reading.features import Floats
from assistant.reading.query import Query
from corpus.records import Article, Policy, Resource
from corpus.statements import Statement, Words, in_language, statements_of, statements_of_article
from corpus.statements.resources import in_asked_language
from corpus.texts import Language
from retrieval.analysis import content_words
from retrieval.hybrid import HybridRetriever, Nearest
from retrieval.question_encoder import EncoderFile, statement_encoder
from retrieval.records import Filters, Hit
from retrieval.statements import FREE, StatementVectors

POOL = 40
RECORDS = 6
"""Records of the catalogue whose statements are looked at, besides those that are named."""
ARTICLES = 16
REMEMBERED = 20
"""Places of written questions like the one asked, that are looked at whatever search says."""
NEAREST = 40
"""Places near the question in the space of the question encoder that are looked at."""
ADDS = ("fact", "subject", "correction", "condition", "day")
"""Relations of a question that only adds to, or changes, what the one before it asks."""
DOCUMENTS = 3
OF_NAMED = 12
"""Articles of one named document."""

Records = Mapping[str, Resource | Policy]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement with what search says of its place: `place_score` of the hit, `record_score` of the best
    hit of its record (None: search did not return it), and the ranks of both from 1."""

    statement: Statement
    place_score: float | None
    place_rank: int
    record_score: float | None
    record_rank: int
    coverage: float
    named: float
    referred: bool
    remembered: float = 0.0
    """Likeness of the nearest written question that this place answers; 0 without any."""
    memory_rank: int = 99
    memory_share: float = 0.0
    """Share of the near written questions that this place answers."""
    near: float = -1.0
    """Cosine, in the space of the question encoder, of the nearest passage of its resource or article."""
    told: float = 0.0
    """Log-likelihood, but for a constant of its record, that this statement of a resource answers; 0 where
    the embedder has no statement encoder."""


@dataclass(frozen=True)
class Candidates:
    """All of one question: hits as search gave them, candidates, and the vector of each statement (n, d)."""

    hits: tuple[Hit, ...]
    items: tuple[Candidate, ...]
    vectors: Floats
    held: Mapping[str, float] = field(default_factory=dict)
    """What the corpus held for written questions like it, by Held; empty without a memory."""


class Finder:
    """Finds candidates in one generation; safe to use from several threads."""

    def __init__(
        self,
        records: Records,
        retriever: HybridRetriever,
        vectors: StatementVectors,
        words: Words,
        asked: Callable[[str], Floats | None],
        in_talk: Callable[[str, tuple[str, ...]], Floats | None],
        memory: Memory | None = None,
        told: Callable[[str], Floats | None] | None = None,
        encoder: EncoderFile | None = None,
    ) -> None:
        """`asked`, `in_talk` and `told` give a question as the encoders of questions, of talks and of
        statements do, None where the embedder has none; `memory` None: where another embedder is set than the
        one that wrote it; `encoder` None: that of statements that is shipped."""
        self._records, self._retriever, self._vectors, self._words = records, retriever, vectors, words
        self._asked, self._in_talk, self._memory = asked, in_talk, memory
        self._told, self._encoder = told, encoder or statement_encoder()
        self.statements = lru_cache(maxsize=2000)(self._statements)
        self._by_article = lru_cache(maxsize=4000)(self._of_article)

    def search(self, query: Query, filters: Filters, k: int = POOL) -> list[Hit]:
        """Places for a question, best first. Raises SearchFailed."""
        return self._retriever.search_vector(query.text, query.vector, k=k, filters=filters)

    def led(self, question: str, before: tuple[str, ...]) -> dict[tuple[str, str], float]:
        """How likely each place, (record id, part), answers a question after others, oldest first; empty
        where the embedder has no talk encoder. Raises EmbeddingFailed."""
        asked = self._in_talk(question, before) if before else None
        return self._retriever.likely(asked) if asked is not None else {}

    def nearness(self, phrase: str, filters: Filters) -> dict[str, float]:
        """How near each resource lies to a phrase in the space of the question encoder, by id; empty where
        the embedder has none. Raises EmbeddingFailed."""
        asked = self._asked(phrase)
        if asked is None:
            return {}
        nearest = self._retriever.nearest(asked, filters=filters)
        found = {i: nearest.of(i, None) for i, one in self._records.items() if isinstance(one, Resource)}
        return {i: like for i, like in found.items() if like > -1}

    def resources(self, phrase: str, filters: Filters) -> list[str]:
        """Ids of the resources that search gives for a phrase, best first. Raises SearchFailed."""
        hits = self._retriever.search_sync(phrase, k=POOL, filters=filters)
        return list(dict.fromkeys(hit.record_id for hit in hits if hit.passage.kind == "resource"))

    def nearest(self, phrase: str, record_id: str, language: str) -> Statement | None:
        """The statement of a resource in free words that is nearest to a phrase: one that says most of its
        words, or else by vectors. Raises EmbeddingFailed."""
        own = [one for one in self.statements(record_id, language) if one.field in FREE]
        if not own:
            return None
        words = set(content_words(phrase))
        said = [len(words & set(content_words(one.quote))) / max(1, len(words)) for one in own]
        likeness = self._vectors.rows(own) @ self._retriever.embed(phrase)
        return own[int(np.argmax(np.array(said) + likeness))]

    def rows(self, statements: Sequence[Statement]) -> Floats:
        """The vectors (n, d) of statements. Raises EmbeddingFailed."""
        return np.asarray(self._vectors.rows(statements), np.float32)

    def find(self, query: Query, filters: Filters, without: str | None = None) -> Candidates:
        """The candidates of a question. Raises SearchFailed, EmbeddingFailed.

        `without` leaves one file of written questions out, for what is learned and measured on it.
        """
        asked = self._asked(query.text)
        recall = NOTHING
        if self._memory is not None and asked is not None:
            recall = self._memory.near(asked, query.text, self._records, without)
        near = recall.places
        order = {key: place for place, key in enumerate(near, 1)}
        hits = self.search(query, filters)
        nearest = self._retriever.nearest(asked, filters=filters) if asked is not None else None
        named_policies = [i for i in query.subjects if isinstance(self._records.get(i), Policy)]
        within: list[Hit] = []
        if named_policies:
            one_of = Filters(record_ids=frozenset(named_policies), as_of=filters.as_of)
            within = self.search(query, one_of, k=OF_NAMED)
        place: dict[tuple[str, str], tuple[int, Hit]] = {}
        best: dict[str, tuple[int, Hit]] = {}
        for hit in [*hits, *within]:
            place.setdefault((hit.record_id, hit.part), (len(place) + 1, hit))
            if hit.record_id not in best:
                best[hit.record_id] = (len(best) + 1, hit)
        referred = {(ref.policy_id, ref.key) for ref in query.references if ref.article is not None}
        # An old number leads to the article that bears another today.
        referred |= {(ref.policy_id, old.article.key) for ref in query.references for old in ref.formerly}
        items: list[Candidate] = []
        nearby = nearest.best(NEAREST) if nearest else []
        for statement in self._chosen(
            query, hits, within, referred, filters, list(near)[:REMEMBERED], nearby
        ):
            key = (statement.record_id, statement.locator)
            own = place.get((statement.record_id, statement.part))
            of_record = best.get(statement.record_id)
            items.append(
                Candidate(
                    statement,
                    own[1].score if own else None,
                    own[0] if own else POOL + 1,
                    of_record[1].score if of_record else None,
                    of_record[0] if of_record else POOL + 1,
                    own[1].coverage if own else 0.0,
                    self._named(query, statement),
                    any(self._same(one, statement) for one in referred),
                    near[key].like if key in near else 0.0,
                    order.get(key, 99),
                    near[key].share if key in near else 0.0,
                    nearest.of(statement.record_id, statement.part if statement.kind == "policy" else None)
                    if nearest
                    else -1.0,
                )
            )
        vectors = self.rows([one.statement for one in items])
        likely = tuple(self._answering(query, items, vectors))
        return Candidates(tuple(hits), likely, vectors, recall.held)

    def _answering(self, query: Query, items: Sequence[Candidate], vectors: Floats) -> Sequence[Candidate]:
        """Candidates with what the statement encoder says of those of resources: of the question as it was
        typed and, where that only adds to the one before it, as it is read in its talk as well."""
        own = [at for at, one in enumerate(items) if one.statement.kind == "resource"]
        if self._told is None or not own:
            return items
        texts = [query.question, *([query.text] if query.relation in ADDS else [])]
        asked = [one for one in map(self._told, texts) if one is not None]
        if not asked:
            return items
        turned = vectors[own] @ self._encoder.turn
        likely = self._encoder.sharp * (turned @ np.mean(asked, axis=0)) / np.linalg.norm(turned, axis=1)
        told = list(items)
        for at, value in zip(own, likely, strict=True):
            told[at] = replace(items[at], told=float(value))
        return told

    def distances(self, texts: Sequence[str], filters: Filters) -> list[Nearest]:
        """How near each text comes to every place; empty where the embedder has no question encoder.

        Raises EmbeddingFailed.
        """
        vectors = [self._asked(text) for text in texts]
        return [self._retriever.nearest(one, filters=filters) for one in vectors if one is not None]

    @cached_property
    def together(self) -> Together:
        """What written questions tell of places that answer together; nothing without a memory."""
        return self._memory.together if self._memory else {}

    @staticmethod
    def _named(query: Query, statement: Statement) -> float:
        """How surely the question names the record of a statement, or what the statement itself names."""
        quote = statement.quote if statement.kind == "resource" else ""
        sure = (
            one.confidence
            for one in query.mentions
            if one.record_id == statement.record_id or (len(one.surface) > 3 and one.surface in quote)
        )
        return max(sure, default=0.0)

    def _same(self, referred: tuple[str, str], statement: Statement) -> bool:
        """True for a statement of the article that a number refers to."""
        if referred[0] != statement.record_id:
            return False
        policy = self._records.get(statement.record_id)
        article = policy.article(referred[1]) if isinstance(policy, Policy) else None
        return article is not None and article.key == statement.part

    def _chosen(
        self,
        query: Query,
        hits: Sequence[Hit],
        within: Sequence[Hit],
        referred: set[tuple[str, str]],
        filters: Filters,
        near: Sequence[Key],
        nearby: Sequence[tuple[str, str, float]],
    ) -> list[Statement]:
        resources = [i for i in query.subjects if isinstance(self._records.get(i), Resource)]
        documents = [i for i in query.subjects if isinstance(self._records.get(i), Policy)]
        hinted = [m.record_id for m in query.mentions if isinstance(self._records.get(m.record_id), Resource)]
        meant = (i for i in dict.fromkeys(hit.record_id for hit in hits) if i not in query.excluded)
        found = [i for i in meant if isinstance(self._records.get(i), Resource)]
        recalled = [id_ for id_, _ in near if isinstance(self._records.get(id_), Resource)]
        close = list(dict.fromkeys(i for i, *_ in nearby if isinstance(self._records.get(i), Resource)))
        resources = list(
            dict.fromkeys([*resources, *hinted[:3], *found[:RECORDS], *recalled[:5], *close[:4]])
        )
        places = [(hit.record_id, hit.part) for hit in hits if hit.passage.kind == "policy"][:ARTICLES]
        places += [(hit.record_id, hit.part) for hit in within]
        places += sorted(referred)
        places += [(i, part) for i, part, _ in nearby if isinstance(self._records.get(i), Policy)][:ARTICLES]
        for id_, no in near:
            policy = self._records.get(id_)
            article = policy.article(no) if isinstance(policy, Policy) else None
            if article is not None and filters.as_of is None:
                places.append((id_, article.key))
        documents = list(dict.fromkeys([*documents, *(id_ for id_, _ in places)]))
        chosen: list[Statement] = []
        for id_ in resources:
            if id_ not in query.excluded:
                chosen += self.statements(id_, query.language)
        for id_, part in dict.fromkeys(places):
            chosen += self._by_article(id_, part, query.language)
        for id_ in documents[: DOCUMENTS + len(query.subjects)]:
            chosen += [one for one in self.statements(id_, query.language) if one.field != "article"]
        unique = {one.id: one for one in chosen}
        return list(unique.values())

    def _statements(self, record_id: str, language: Language) -> tuple[Statement, ...]:
        """Of one record in one language, or in its own where it has not that one."""
        record = self._records[record_id]
        told = in_language(statements_of(record, self._words), language)
        return in_asked_language(told, record, language) if isinstance(record, Resource) else told

    def _of_article(self, policy_id: str, part: str, language: str) -> tuple[Statement, ...]:
        policy = self._records.get(policy_id)
        article: Article | None = policy.article(part) if isinstance(policy, Policy) else None
        if not isinstance(policy, Policy) or article is None:
            return ()
        return in_language(statements_of_article(policy, article), language)
