"""Question to places: dense and lexical candidates, merged, ranked by the second stage."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from retrieval.analysis import asks, characters, content_terms, has_han
from retrieval.embedding import Embedder
from retrieval.errors import RetrievalError, SearchFailed
from retrieval.fusion import Calibration, best_in_group, merge
from retrieval.lexical import LexicalIndex
from retrieval.places import Places
from retrieval.question_encoder import EncoderFile, question_encoder
from retrieval.ranking import Candidates, Model, features, first_guess, learned_model, most_likely
from retrieval.records import Filters, Hit, Passage
from retrieval.reranking import RERANKED, Reranker
from retrieval.terms import Match, TermTable
from retrieval.vectors import DenseLeg

DENSE_POOL = 200
"""Passages that the dense leg gives, from all languages together."""
LEXICAL_POOL = 200
_BLOCK = 4096
_UNLIKELY = 1e-3
LIKENESS = 10
"""Best places whose words are looked for in the others."""

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]


class HybridRetriever:
    """Search in one generation; safe to use from several threads.

    Holds all passages and vectors in memory, 1.5 KB of vector each, so that every candidate place can
    be judged by all of its passages.
    """

    def __init__(
        self,
        embedder: Embedder,
        vectors: DenseLeg,
        lexical: LexicalIndex,
        passages: Iterable[Passage],
        *,
        model: Model | None = None,
        encoder: EncoderFile | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """`model`, `encoder` None: the learned ones. `reranker` is asked for the order of the best.

        Raises IndexDamaged where parts do not fit together.
        """
        self._embedder, self._vectors, self._lexical = embedder, vectors, lexical
        self._encoder = encoder or question_encoder()
        self._reranker = reranker
        model = model or learned_model()
        if model.adapter and not model.adapter.fits(embedder.name, embedder.dimensions):
            model = replace(model, adapter=None)
        self._model = model
        by_id: dict[str, Floats] = {}
        for language in vectors.languages:
            ids, rows = vectors.rows(language)
            by_id.update(zip(ids, rows, strict=True))
        self._places = Places(passages, by_id)
        self._calibration = Calibration(self._places.vectors, self._places.groups(), self._places.own())
        self._terms = lexical.terms.ordered([passage.id for passage in self._places.passages])

    async def search(self, query: str, *, k: int = 8, filters: Filters | None = None) -> list[Hit]:
        """At most k distinct places, best first; nothing found is an empty list.

        Filters apply before ranking. Raises SearchFailed when a leg
        fails, never an answer from the other leg alone.
        """
        return await asyncio.to_thread(self.search_sync, query, k=k, filters=filters)

    def search_sync(self, query: str, *, k: int = 8, filters: Filters | None = None) -> list[Hit]:
        """As `search`, in the caller's thread."""
        if not query.strip() or k < 1 or not self._places.passages:
            return []
        return self.search_vector(query, self.embed(query), k=k, filters=filters)

    def embed(self, query: str) -> Floats:
        """The vector of a question (d,). Raises EmbeddingFailed."""
        try:
            return self._embedder.embed_query(query)
        except RetrievalError as error:
            raise SearchFailed(f"The question could not be embedded: {error}") from error

    def search_vector(
        self, query: str, question: Floats, *, k: int = 8, filters: Filters | None = None
    ) -> list[Hit]:
        """As `search_sync`, for a question that is embedded already: unit vector (d,)."""
        pool = self.pool(query, question, filters=filters)
        if pool is None:
            return []
        if self._reranker is None:
            return pool.hits(self._model, k)
        return self._reranker.reordered(query, pool.hits(self._model, max(k, RERANKED)))[:k]

    def nearest(self, asked: Floats, *, filters: Filters | None = None) -> Nearest:
        """How near every place lies to a question as the question encoder gives it: unit vector (d,)."""
        return Nearest(self._places, np.maximum(self._products(asked, filters), -1))

    def likely(self, asked: Floats, *, filters: Filters | None = None) -> dict[tuple[str, str], float]:
        """How likely each place, (record id, part), answers a question as the talk encoder gives it (d,);
        those that are likely at all."""
        products = self._products(asked, filters)
        if not len(products) or not np.isfinite(most := products.max()):
            return {}
        chances = np.exp(products - most)
        chances /= chances.sum()
        return {self._places.names[one]: float(chances[one]) for one in np.flatnonzero(chances > _UNLIKELY)}

    def _products(self, asked: Floats, filters: Filters | None) -> Floats:
        """Of each place's nearest passage with a vector of the encoder's; -inf where none is allowed."""
        places = self._places
        scores = np.full(places.count, -np.inf, np.float32)
        if places.passages:
            rows = places.allowed(filters or Filters()).rows
            products = places.vectors @ (self._encoder.turn @ asked) / self._turned
            np.maximum.at(scores, places.place_of[rows], products[rows])
        return scores

    @cached_property
    def _turned(self) -> Floats:
        """The length of each passage's vector in the encoder's space (n,)."""
        vectors, turn = self._places.vectors, self._encoder.turn
        some = (vectors[at : at + _BLOCK] for at in range(0, len(vectors), _BLOCK))
        return np.concatenate([np.linalg.norm(one @ turn, axis=1) for one in some])

    def pool(self, query: str, question: Floats, *, filters: Filters | None = None) -> Pool | None:
        """The candidate places of a question with their features; None where there is no candidate."""
        places = self._places
        allowed = places.allowed(filters or Filters())
        terms = content_terms(query)
        single = list(dict.fromkeys(characters(query, query=True)))
        legs: list[list[tuple[str, float]]] = []
        try:
            share = DENSE_POOL // max(1, len(self._vectors.languages))
            for language in self._vectors.languages:
                legs.append(self._vectors.search(question, language, share, allowed.ids))
            lexical = self._lexical.search_terms(terms, LEXICAL_POOL, allowed.ids)
        except SearchFailed:
            raise
        except Exception as error:  # any fault of an engine is a failed search, not an empty one
            raise SearchFailed(f"One leg of the search failed: {error}") from error
        merged = merge([places.row_of[id_] for id_, _ in leg] for leg in [*legs, lexical])
        # A place is only found where there is text to show, which filters must leave too.
        shown = places.with_text(allowed.rows)
        found = np.unique(places.place_of[merged])
        found = found[shown[found]]
        if len(found) == 0:
            return None
        rows = places.rows_in(found, allowed.rows)
        lexical_scores = np.zeros(len(places.passages), np.float32)
        for id_, value in lexical:
            lexical_scores[places.row_of[id_]] = value
        return Pool(
            places, self._calibration, self._terms, self._terms.match(terms, single), question, found, rows,
            lexical_scores[rows], query,
        )  # fmt: skip


class Nearest:
    """Cosine of each place's best passage with one question."""

    def __init__(self, places: Places, scores: Floats) -> None:
        self._places, self._scores = places, scores

    def of(self, record_id: str, part: str | None = None) -> float:
        """Of one place, or of the nearest of a record; -1 where there is none."""
        if part is None:
            return max(
                (float(self._scores[one]) for one in self._places.of_record.get(record_id, ())), default=-1.0
            )
        number = self._places.number_of.get((record_id, part))
        return float(self._scores[number]) if number is not None else -1.0

    def best(self, count: int) -> list[tuple[str, str, float]]:
        """(record id, part, cosine) of the nearest places, the nearest first."""
        order = np.argsort(-self._scores, kind="stable")[:count]
        near = ((self._places.names[one], float(self._scores[one])) for one in order)
        return [(*name, cosine) for name, cosine in near if cosine > -1]


class Pool:
    """Candidate places of one question: `found` are place numbers, `features` one value a place."""

    def __init__(
        self,
        places: Places,
        calibration: Calibration,
        terms: TermTable,
        match: Match,
        question: Floats,
        found: Rows,
        rows: Rows,
        lexical: Floats,
        query: str,
    ) -> None:
        chinese, self.asks = has_han(query), asks(query)
        self._places, self._match, self._chinese = places, match, chinese
        self._calibration, self.question = calibration, question
        self.found, self._rows = found, rows
        # Rows come place by place, so the number of a row's place among `found` never falls.
        self._slot = np.searchsorted(found, places.place_of[rows])
        self._cosines = places.vectors[rows] @ question
        self._dense = calibration.of_question(question, rows, self._cosines)
        self._lexical = self._most(lexical)
        text = places.is_text[rows]
        # A place speaks to other places by the text of it that is nearest to the question.
        _, face = best_in_group(np.where(text, self._dense, -np.inf), self._slot, len(found))
        self._face = rows[face]
        self._nearest, self._best = best_in_group(self._dense, self._slot, len(found))
        vectors = places.vectors[self._face]
        whole = self._most(match.whole[rows])
        best, weights = most_likely(first_guess(self._nearest, whole), LIKENESS)
        self.features = features(
            Candidates(
                dense=self._nearest,
                lead=self._most(np.where(places.is_lead[rows], self._dense, np.float32(-9))),
                whole=whole,
                body=self._most(match.body[rows]),
                names=self._most(match.names[rows]),
                characters=self._most(match.characters[rows]),
                coverage=np.maximum(self.coverage(), self._most(match.coverage[rows])),
                name_coverage=self._most(match.name_coverage[rows]),
                named=self._most(match.named[rows]),
                likeness=terms.likeness(self._face, best, weights),
                foreign=~places.has_text(chinese=chinese)[found],
                similar=calibration.among(self._face, vectors @ vectors.T),
                chinese=chinese,
                asks=self.asks,
                terms=len(match.idf),
            )
        )

    def places(self) -> list[tuple[str, str]]:
        """(record_id, part) of each candidate."""
        first = np.searchsorted(self._slot, np.arange(len(self.found)))
        listed = [self._places.passages[row] for row in self._rows[first]]
        return [(passage.record_id, passage.part) for passage in listed]

    def centred(self) -> Floats:
        """The vector (m, d) of the nearest passage of each place, minus the mean of its language."""
        nearest = self._rows[self._best]
        return self._calibration.centred(nearest, self._places.vectors[nearest])

    def _most(self, values: Floats) -> Floats:
        """The highest value in each place."""
        starts = np.searchsorted(self._slot, np.arange(len(self.found)))
        return np.maximum.reduceat(values, starts)

    def coverage(self) -> Floats:
        """IDF-weighted share (m,) of the question's terms that each place's own text holds, in any of
        its languages."""
        total = float(self._match.idf.sum())
        if total <= 0:
            return np.zeros(len(self.found), np.float32)
        own = self._match.held[:, self._rows] & self._places.is_text[self._rows]
        starts = np.searchsorted(self._slot, np.arange(len(self.found)))
        held = np.logical_or.reduceat(own, starts, axis=1)
        return np.asarray(self._match.idf @ held / total, np.float32)

    def hits(self, model: Model, k: int) -> list[Hit]:
        """The k best places; equal scores in order of record and part."""
        scores, coverage = model.score(self.features), self.coverage()
        if model.adapter and self.asks:
            scores += model.adapter.score(self.question, self.centred())
        order = np.argsort(-scores, kind="stable")[:k]
        return [
            Hit(
                passage=self._shown(int(place)),
                score=float(scores[place]),
                cosine=float(self._cosines[self._best[place]]),
                dense=float(self._nearest[place]),
                lexical=float(self._lexical[place]) if self._lexical[place] > 0 else None,
                coverage=min(1.0, float(coverage[place])),
                features={name: float(values[place]) for name, values in self.features.items()},
            )
            for place in order
        ]

    def _shown(self, place: int) -> Passage:
        """The place's text in the question's language where it has one; of several pieces the nearest."""
        members = np.flatnonzero((self._slot == place) & self._places.is_text[self._rows])
        own = members[self._places.is_chinese[self._rows[members]] == self._chinese]
        choice = own if len(own) else members
        row = int(self._rows[choice[np.argmax(self._dense[choice])]])
        return self._places.passages[row]
