"""Vectors of statements: those of the bundled corpus kept in the store, others made when they are needed.

A statement of a closed field (host, place, address …) says by its label what it answers, so the label is
what is embedded; free text is embedded with its label, an article's clause with the title of its document.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from threading import Lock

import numpy as np

from corpus.statements import Statement
from retrieval.embedding import Embedder, Vector
from retrieval.store import STATEMENTS, PassageStore, vector_space

FREE = frozenset(
    {"holdings", "access", "how_to_apply", "note", "article", "amendment", "succession", "scope", "details"}
)
"""Fields whose words, not only their label, say what they answer."""
KEPT = 20_000
"""Vectors of other statements that are kept in memory; the longest unused go first."""
_BATCH = 64


def to_embed(statement: Statement) -> str:
    """What the embedder reads of a statement."""
    if statement.field not in FREE:
        return statement.label
    if statement.field == "article":
        return f"{statement.title}\n{statement.quote}"
    return f"{statement.label}\n{statement.read_as or statement.quote}"


def text_key(text: str) -> str:
    """SHA-256: equal text has one vector."""
    return hashlib.sha256(b"statement\0" + text.encode("utf-8", "replace")).hexdigest()


class StatementVectors:
    """Vectors of statements in one space. Safe to use from several threads."""

    def __init__(self, embedder: Embedder, known: dict[str, Vector]) -> None:
        self._embedder = embedder
        self._known = known
        self._others: OrderedDict[str, Vector] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def open(
        cls,
        statements: Iterable[Statement],
        store: PassageStore,
        embedder: Embedder,
        progress: Callable[[int, int], None] | None = None,
    ) -> StatementVectors:
        """Those of `statements` from the store; what is missing is embedded and kept, what is stale goes.

        Raises EmbeddingFailed, SearchFailed.
        """
        space = vector_space(embedder.name, embedder.dimensions) + STATEMENTS
        texts = {text_key(text): text for text in map(to_embed, statements)}
        known = store.statement_vectors(space)
        missing = sorted((key for key in texts if key not in known), key=lambda key: len(texts[key]))
        for at in range(0, len(missing), _BATCH):
            keys = missing[at : at + _BATCH]
            rows = embedder.embed_passages([texts[key] for key in keys])
            fresh = dict(zip(keys, rows, strict=True))
            store.add_statement_vectors(space, fresh)
            known |= fresh
            if progress:
                progress(at + len(keys), len(missing))
        stale = [key for key in known if key not in texts]
        store.forget_statement_vectors(space, stale)
        for key in stale:
            del known[key]
        return cls(embedder, known)

    def rows(self, statements: Sequence[Statement]) -> Vector:
        """Unit rows (n, d). Raises EmbeddingFailed."""
        texts = [to_embed(one) for one in statements]
        keys = [text_key(text) for text in texts]
        with self._lock:
            missing = {
                key: text
                for key, text in zip(keys, texts, strict=True)
                if key not in self._known and key not in self._others
            }
        if missing:
            made = self._embedder.embed_passages(list(missing.values()))
            with self._lock:
                self._others.update(zip(missing, made, strict=True))
        with self._lock:
            for key in keys:
                if key in self._others:
                    self._others.move_to_end(key)
            found = [self._known[key] if key in self._known else self._others[key] for key in keys]
            while len(self._others) > KEPT:
                self._others.popitem(last=False)
        if not found:
            return np.zeros((0, self._embedder.dimensions), np.float32)
        return np.stack(found)
