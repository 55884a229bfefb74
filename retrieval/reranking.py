"""A second opinion on the order of what search found: any server with the common /rerank form."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

import httpx

from retrieval.circuit import Circuit
from retrieval.errors import RerankFailed
from retrieval.records import Hit

logger = logging.getLogger("kewen.reranking")

RERANKED = 30
"""Places that are ordered anew: fewer than the 32 texts that TEI takes at once."""
TEXT_LIMIT = 2_000
"""Characters of one place; rerankers read 512 to 8,192 tokens."""
RANK_SHARE = 10
"""Constant of the fusion of both orders (Cormack et al., SIGIR 2009, has 60 for lists of a thousand)."""
_KEPT = 256
Form = Literal["documents", "texts"]


class Reranker:
    """A reranker behind `base_url`/rerank: Cohere, Jina, vLLM, Infinity, SiliconFlow, Voyage ("documents") or
    TEI ("texts"), whichever it takes, found out by the first refusal.

    `hide` is what a question goes through before it is sent. Safe to use from several threads.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        model: str,
        *,
        timeout_s: float = 2.0,
        hide: Callable[[str], str] = str,
        circuit: Circuit | None = None,
    ) -> None:
        self.name = model
        self.circuit = circuit or Circuit()
        self._url = f"{base_url.rstrip('/')}/rerank"
        self._hide = hide
        self._form: Form = "documents"
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        # Threads: one connection each, kept between questions.
        self._client = httpx.Client(headers=headers, timeout=timeout_s)
        self._told: OrderedDict[tuple[str, tuple[str, ...]], list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def reordered(self, query: str, hits: Sequence[Hit]) -> list[Hit]:
        """The hits, the first RERANKED of them in the order that both ranks together give; as they were where
        the server is away. Scores stay those of the ranks, so what was learned on them still holds."""
        head = list(hits[:RERANKED])
        if len(head) < 2:
            return list(hits)
        probe = self.circuit.enter()
        if probe is None:
            return list(hits)
        try:
            scores = self.scores(query, [hit.passage.to_embed[:TEXT_LIMIT] for hit in head])
            self.circuit.worked()
        except RerankFailed as error:
            logger.warning("%s; the order of search stands", error)
            self.circuit.failed()
            return list(hits)
        finally:
            self.circuit.leave(probe)
        theirs = sorted(range(len(head)), key=lambda place: (-scores[place], place))
        rank = {place: number for number, place in enumerate(theirs)}
        both = [1 / (RANK_SHARE + place) + 1 / (RANK_SHARE + rank[place]) for place in range(len(head))]
        order = sorted(range(len(head)), key=lambda place: (-both[place], place))
        moved = [replace(head[old], score=head[new].score) for new, old in enumerate(order)]
        return [*moved, *hits[len(head) :]]

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question, higher is better. Raises RerankFailed."""
        asked = self._hide(query)
        key = (asked, tuple(texts))
        with self._lock:
            if (known := self._told.get(key)) is not None:
                self._told.move_to_end(key)
                return known
        scores = self._asked(asked, texts)
        with self._lock:
            self._told[key] = scores
            while len(self._told) > _KEPT:
                self._told.popitem(last=False)
        return scores

    def close(self) -> None:
        self._client.close()

    def _asked(self, query: str, texts: Sequence[str]) -> list[float]:
        form = self._form
        answer = self._posted(query, texts, form)
        if answer.status_code in (400, 422) and form == "documents" and "texts" in answer.text:
            form = "texts"
            answer = self._posted(query, texts, form)
        if answer.status_code != 200:
            raise self._failed(f"answered {answer.status_code}")
        try:
            scores = _read(answer.json(), len(texts))
        except (ValueError, TypeError, LookupError) as error:
            raise self._failed("gave no readable scores") from error
        self._form = form
        return scores

    def _posted(self, query: str, texts: Sequence[str], form: Form) -> httpx.Response:
        told: dict[str, Any] = (
            {"model": self.name, "query": query, "documents": list(texts), "top_n": len(texts)}
            if form == "documents"
            else {"query": query, "texts": list(texts), "truncate": True}
        )
        try:
            return self._client.post(self._url, json=told)
        except httpx.TimeoutException as error:
            raise self._failed("did not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._failed("cannot be reached") from error

    def _failed(self, what: str) -> RerankFailed:
        return RerankFailed(f"The reranker {self._url} (model {self.name!r}) {what}")


def _read(told: Any, count: int) -> list[float]:
    """Scores by place: of Cohere's `results`, Voyage's `data` or TEI's plain list.

    Raises ValueError, TypeError or LookupError where one is missing or twice.
    """
    rows = told if isinstance(told, list) else told["results"] if "results" in told else told["data"]
    scores: dict[int, float] = {}
    for row in rows:
        score = row["relevance_score"] if "relevance_score" in row else row["score"]
        if row["index"] in scores:
            raise ValueError("a place is there twice")
        scores[row["index"]] = float(score)
    return [scores[place] for place in range(count)]
