"""A real HTTP server with a /rerank endpoint in the forms of several products, that misbehaves on command."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from tests.openai_server import loopback

Product = Literal["cohere", "tei", "voyage"]


class RerankServer:
    """Scores a text by how dense the words of the question stand in it; `trouble` is what happens instead."""

    def __init__(self) -> None:
        self.product: Product = "cohere"
        self.trouble: str = ""
        self.contrary = False
        """Whether the last text it is given is the best."""
        self.requests: list[dict[str, Any]] = []
        self.base_url = ""

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/v1/rerank")
        async def rerank(request: Request) -> Response:
            asked = await request.json()
            self.requests.append(asked)
            if self.trouble == "slow":
                await asyncio.sleep(5)
            elif self.trouble.isdigit():
                return Response("no", int(self.trouble))
            elif self.trouble:
                return Response(self.trouble, media_type="application/json")
            field = "texts" if self.product == "tei" else "documents"
            if field not in asked:
                told = f"Failed to deserialize the JSON body: missing field `{field}`"
                return Response(told, 422, media_type="text/plain")
            return JSONResponse(self._ranked(asked["query"], asked[field]))

        return app

    def _ranked(self, query: str, texts: list[str]) -> Any:
        scores = [sum(map(text.count, query.split())) / (1 + len(text)) for text in texts]
        if self.contrary:
            scores = [float(place) for place in range(len(texts))]
        order = sorted(range(len(texts)), key=lambda place: -scores[place])
        if self.product == "tei":
            return [{"index": place, "score": scores[place]} for place in order]
        rows = [{"index": place, "relevance_score": scores[place]} for place in order]
        return {"results" if self.product == "cohere" else "data": rows}


@contextmanager
def running_reranker() -> Iterator[RerankServer]:
    """The server on a free loopback port, in a thread of its own."""
    server = RerankServer()
    with loopback(server.app()) as address:
        server.base_url = f"{address}/v1"
        yield server


UNREADABLE = (json.dumps({"results": [{"index": 0}]}), "[]", '"hello"', "<html>")
