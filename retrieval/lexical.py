"""BM25 over the fields of every passage, in a tantivy folder that is written once.

Fields hold terms already cut by retrieval/analysis.py and joined by spaces. Queries are built from
term queries, never by tantivy's parser: questions hold `:` `"` `(` and mean nothing by them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import tantivy

from retrieval.analysis import analyse, content_terms
from retrieval.errors import IndexDamaged, SearchFailed
from retrieval.records import Passage
from retrieval.terms import TermTable

FIELDS = ("title", "aliases", "host", "keywords", "text")
BOOSTS: Mapping[str, float] = {"title": 1.0, "aliases": 1.0, "host": 0.5, "keywords": 0.7, "text": 1.0}
"""Weight of a field's BM25 (tantivy's own k1 1.2 and b 0.75) in the sum."""

_WRITER_HEAP_BYTES = 64_000_000
_MAX_TERMS = 256
"""Of a question: 2,000 characters may hold far more, and each costs five postings lists."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class LexicalIndex:
    """A finished lexical index, open for reading; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open what `build` wrote. Raises IndexDamaged where there is none that can be read."""
        self.path = path
        try:
            self._index = tantivy.Index.open(str(path))
            self._schema = self._index.schema
            self._searcher = self._index.searcher()
            self._ids = self._read_ids()
            self.terms = TermTable.load(path)
            # Filters repeat, and a set of thousands of ids takes longer to make than to search.
            self._only = lru_cache(maxsize=64)(self._among)
        except (ValueError, OSError, KeyError) as error:
            raise IndexDamaged(
                f"Lexical index {path.name} cannot be read: {error}. Rebuild the index."
            ) from error

    @staticmethod
    def build(path: Path, passages: Iterable[Passage]) -> None:
        """Write the index at `path`, whole or not at all; what was there before is replaced."""
        fresh = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        try:
            listed = list(passages)
            analysed = [{field: analyse(getattr(passage, field)) for field in FIELDS} for passage in listed]
            index = tantivy.Index(_schema(), path=str(fresh))
            writer = index.writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)
            try:
                for passage, terms in zip(listed, analysed, strict=True):
                    row = {field: " ".join(terms[field]) for field in FIELDS}
                    writer.add_document(tantivy.Document(id=passage.id, **row))
                writer.commit()
            finally:
                # Its threads end here, also after a failure: they write files into a folder that is removed.
                writer.wait_merging_threads()
            TermTable.build(listed, analysed).save(fresh)
            if path.exists():
                retired = path.with_name(f"{path.name}.{os.getpid()}.old")
                path.rename(retired)
                fresh.rename(path)
                shutil.rmtree(retired, ignore_errors=True)
            else:
                fresh.rename(path)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _read_ids(self) -> dict[tuple[int, int], str]:
        """Ids by address: looking them up per hit in the document store would cost more than the search."""
        count = self._searcher.num_docs
        if count == 0:
            return {}
        found = self._searcher.search(tantivy.Query.all_query(), limit=count, count=False).hits
        return {
            (address.segment_ord, address.doc): self._searcher.doc(address)["id"][0] for _, address in found
        }

    def count(self) -> int:
        """Passages in the index."""
        return int(self._searcher.num_docs)

    def ids(self) -> frozenset[str]:
        """Ids of the passages in the index."""
        return frozenset(self._ids.values())

    def idf(self, term: str) -> float:
        """BM25's inverse document frequency of a term; highest for one that no passage holds."""
        return self.terms.idf(term)

    def search(
        self, query: str, k: int, allowed_ids: frozenset[str] | None = None
    ) -> list[tuple[str, float]]:
        """At most k (passage id, BM25 over the fields), best first; equal scores in order of id.

        A question without content terms finds nothing. Raises SearchFailed when tantivy fails.
        """
        return self.search_terms(content_terms(query), k, allowed_ids)

    def search_terms(
        self,
        terms: Iterable[str],
        k: int,
        allowed_ids: frozenset[str] | None = None,
        boosts: Mapping[str, float] = BOOSTS,
    ) -> list[tuple[str, float]]:
        """As `search`, for terms already analysed and own boosts; a field not named is not searched."""
        wanted = list(dict.fromkeys(terms))[:_MAX_TERMS]
        if not wanted or k < 1 or self.count() == 0 or (allowed_ids is not None and not allowed_ids):
            return []
        try:
            query = self._query(wanted, boosts, allowed_ids)
            hits = self._searcher.search(query, limit=min(k, self.count()), count=False).hits
            found = [(self._ids[address.segment_ord, address.doc], float(score)) for score, address in hits]
        except (ValueError, OSError, KeyError) as error:
            raise SearchFailed(f"The lexical index {self.path.name} failed on a question: {error}") from error
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def _query(
        self, terms: list[str], boosts: Mapping[str, float], allowed_ids: frozenset[str] | None
    ) -> tantivy.Query:
        should = tantivy.Occur.Should
        query = tantivy.Query.boolean_query(
            [
                (
                    should,
                    tantivy.Query.boost_query(
                        tantivy.Query.term_query(self._schema, field, term, "freq"), boost
                    ),
                )
                for field, boost in boosts.items()
                for term in terms
            ]
        )
        if allowed_ids is None:
            return query
        must = tantivy.Occur.Must
        return tantivy.Query.boolean_query([(must, query), (must, self._only(allowed_ids))])

    def _among(self, allowed_ids: frozenset[str]) -> tantivy.Query:
        allowed = tantivy.Query.term_set_query(self._schema, "id", sorted(allowed_ids))
        return tantivy.Query.const_score_query(allowed, 0.0)
