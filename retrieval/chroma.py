"""Chroma as the index sees it: collections of ids and vectors, embedded or behind a URL."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import chromadb
import httpx
import numpy as np
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from retrieval.embedding import Vector
from retrieval.errors import SearchFailed
from retrieval.seal import broken_seal, write_seal

log = logging.getLogger(__name__)

_EF_SEARCH = 200
_SMALLEST_SYNC = 100
"""Chroma's own batch size; it takes no threshold below it."""


class Chroma:
    """A connection. `path` opens the embedded one in that folder, `url` a server (with `token`, if
    a proxy before it wants one).

    An embedded folder that does not open is deleted and made anew: it only ever holds copies. One
    process may have it open, see retrieval/lock.py. Raises SearchFailed when the server does not
    answer, as every method does when Chroma fails.
    """

    def __init__(
        self,
        *,
        path: Path | None = None,
        url: str | None = None,
        token: str | None = None,
        timeout_s: float = 30.0,
    ) -> None:
        self._place = url or str(path)
        self._folder = None if url else path
        self._options = Settings(anonymized_telemetry=False)
        self._known: dict[str, Any] = {}
        self._sessions: list[httpx.Client] = []
        if url is not None:
            self._client = self._connect(url, token, timeout_s)
        elif path is not None:
            self._client = self._open(path)
        else:
            raise ValueError("Chroma needs a path or a url")
        with self._failures("open"):
            self._largest = self._client.get_max_batch_size()

    def _open(self, path: Path) -> Any:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        fault = broken_seal(path)
        if fault is None:
            try:
                return self._embedded(path)
            except SearchFailed as error:
                fault = str(error)
                # Chroma keeps the broken client by path and would hand it out again.
                SharedSystemClient.clear_system_cache()
        log.warning("The Chroma folder %s is damaged and made anew: %s", path, fault)
        shutil.rmtree(path)
        path.mkdir(mode=0o700)
        return self._embedded(path)

    def _embedded(self, path: Path) -> Any:
        with self._failures("open"):
            # Chroma would leave its database to the umask; what SQLite puts beside it has the same mode.
            database = path / "chroma.sqlite3"
            database.touch(mode=0o600)
            database.chmod(0o600)
            client = chromadb.PersistentClient(path, settings=self._options)
            client.list_collections()
            return client

    def _connect(self, url: str, token: str | None, timeout_s: float) -> Any:
        parts = urlparse(url)
        secure = parts.scheme == "https"
        with self._failures("connect"):
            client = chromadb.HttpClient(
                parts.hostname or "",
                parts.port or (443 if secure else 8000),
                ssl=secure,
                headers={"Authorization": f"Bearer {token}"} if token else None,
                settings=self._options,
            )
        # Chroma gives its two sessions no time limit, has no setting for one, and never closes them.
        for part in (client, getattr(client, "_admin_client", None)):
            session = getattr(getattr(part, "_server", None), "_session", None)
            if isinstance(session, httpx.Client):
                session.timeout = httpx.Timeout(timeout_s)
                self._sessions.append(session)
        return client

    def close(self) -> None:
        self._known.clear()
        self._client.close()
        for session in self._sessions:
            session.close()

    def seal(self) -> None:
        """All that is there is finished: let the next opening hold the files against this moment."""
        if self._folder is not None:
            write_seal(self._folder)

    def create(self, name: str, count: int) -> None:
        """An empty collection for `count` vectors.

        The threshold makes Chroma write its graph once, with the last vector: less would write it
        again and again, more would leave a log that every start replays (0.5 s per 1,000 vectors).
        """
        with self._failures("create"):
            self._known[name] = self._client.create_collection(
                name,
                embedding_function=None,
                configuration={
                    "hnsw": {
                        "space": "cosine",
                        "ef_search": _EF_SEARCH,
                        "sync_threshold": max(count, _SMALLEST_SYNC),
                    }
                },
            )

    def add(self, name: str, ids: Sequence[str], rows: Vector) -> None:
        collection = self._collection(name)
        for at in range(0, len(ids), self._largest):
            end = at + self._largest
            with self._failures("add"):
                collection.add(ids=list(ids[at:end]), embeddings=rows[at:end])

    def ids(self, name: str) -> set[str]:
        collection = self._collection(name)
        with self._failures("get"):
            return set(collection.get(include=[])["ids"])

    def query(self, name: str, rows: Vector, k: int) -> list[list[tuple[str, float]]]:
        """For each row at most k (id, cosine), best first."""
        collection = self._collection(name)
        with self._failures("query"):
            found = collection.query(query_embeddings=rows, n_results=k, include=["distances"])
        return [
            [(id_, 1.0 - float(distance)) for id_, distance in zip(ids, distances, strict=True)]
            for ids, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def drop(self, name: str) -> None:
        """Delete the collection, if it is there."""
        self._known.pop(name, None)
        try:
            with self._failures("delete"):
                self._client.delete_collection(name)
        except SearchFailed as error:
            if not isinstance(error.__cause__, NotFoundError):
                raise

    def fault(self, name: str, ids: set[str], probe_ids: Sequence[str], probes: Vector) -> str | None:
        """None if the collection holds exactly these ids and, for the probes, these vectors (n, d);
        else what is wrong. Chroma may lose half of its vectors in a kill and still count them all."""
        try:
            held = self.ids(name)
            if held != ids:
                return f"{len(ids - held)} passages are missing and {len(held - ids)} too many"
            collection = self._collection(name)
            with self._failures("get"):
                stored = collection.get(ids=list(probe_ids), include=["embeddings"])
            rows = dict(zip(stored["ids"], stored["embeddings"], strict=True))
            wrong = sum(
                not np.allclose(rows[id_], row, atol=1e-3) for id_, row in zip(probe_ids, probes, strict=True)
            )
            return f"{wrong} of {len(probe_ids)} vectors are not what was stored" if wrong else None
        except SearchFailed as error:
            return str(error)

    def finds_itself(self, name: str, probes: Vector) -> float:
        """Share of the probes, vectors (n, d) that are in it, whose search gives themselves, 0 to 1.

        Below 1 in good health too, since the graph is searched approximately: 0.98 for text.
        """
        if not len(probes):
            return 1.0
        nearest = self.query(name, probes, 1)
        return float(np.mean([bool(hits) and hits[0][1] > 0.999 for hits in nearest]))

    def _collection(self, name: str) -> Any:
        if name not in self._known:
            with self._failures("open"):
                self._known[name] = self._client.get_collection(name, embedding_function=None)
        return self._known[name]

    @contextmanager
    def _failures(self, action: str) -> Iterator[None]:
        try:
            yield
        except (ChromaError, httpx.HTTPError, ValueError, RuntimeError, OSError, KeyError) as error:
            raise self._failed(action, error) from error
        except BaseException as error:
            # A panic of Chroma's Rust side is no Exception, and its class has no public name.
            if type(error).__name__ != "PanicException":
                raise
            raise self._failed(action, error) from error

    def _failed(self, action: str, error: BaseException) -> SearchFailed:
        return SearchFailed(
            f"Chroma at {self._place} failed to {action}: {error}. "
            "Check that it runs; restart Kewen to check and repair the index."
        )
