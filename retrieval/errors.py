"""What can go wrong while building or searching the index."""

from __future__ import annotations


class RetrievalError(Exception):
    """Base of this package's errors; `code` is stable."""

    code = "retrieval_failed"


class IndexNotBuilt(RetrievalError):
    """There is no generation to serve."""

    code = "index_not_built"


class IndexDamaged(RetrievalError):
    """A generation does not hold what its manifest promises."""

    code = "index_damaged"


class IndexBuildFailed(RetrievalError):
    """A new generation could not be finished; the one before is untouched."""

    code = "index_build_failed"


class IndexNewer(RetrievalError):
    """The index was written by a newer Kewen."""

    code = "index_newer"


class IndexLocked(RetrievalError):
    """Another process owns the data folder."""

    code = "index_locked"


class EmbeddingFailed(RetrievalError):
    """The embedder did not give vectors."""

    code = "embedding_failed"


class SearchFailed(RetrievalError):
    """A search could not be carried out; never the same as nothing found."""

    code = "search_failed"


class RerankFailed(RetrievalError):
    """The reranker gave no order; search does without."""

    code = "rerank_failed"
