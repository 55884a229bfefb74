"""Whatever is sent, the answer is an answer or the envelope, and never a 5xx.

Schemathesis draws requests that fit the OpenAPI document and requests that do not, and holds the answers
against it. It is not told to hold that all that fits is taken: which provinces there are, which dates are
real and what is text stand in no schema.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig

TIMES = int(os.environ.get("KEWEN_FUZZ_TIMES", "1"))
"""So many times the examples of `make test`."""
HANGS_S = 30
"""What has not been answered by then is given up, and the test fails with it."""
BASE = "http://kewen.test"
SENT: Counter[int] = Counter()
slowly = settings(
    max_examples=60 * TIMES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


def send(app: FastAPI, method: str, path: str, **given_: Any) -> httpx.Response:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            async with asyncio.timeout(HANGS_S):
                return await client.request(method, path, **given_)

    response = asyncio.run(call())
    SENT[response.status_code // 100] += 1
    return response


def is_told(response: httpx.Response) -> None:
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        error = response.json()["error"]
        assert set(error) == {"code", "message", "request_id"}
        assert error["message"]


CHECKED = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {"enabled": False}}})


def requests_of(app: FastAPI, mode: GenerationMode) -> dict[tuple[str, str], st.SearchStrategy[Case]]:
    """Requests by method and path, for every operation of the OpenAPI document."""
    document = schemathesis.openapi.from_asgi("/openapi.json", app, config=CHECKED)
    operations = [one.ok() for one in document.get_all_operations()]
    return {(one.method.upper(), one.path): one.as_strategy(generation_mode=mode) for one in operations}


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_the_document_holds(app: FastAPI, mode: GenerationMode) -> None:
    @settings(slowly, max_examples=30 * TIMES)  # what it draws takes 0.1 s
    @given(st.one_of(list(requests_of(app, mode).values())))
    def check(case: Case) -> None:
        drawn = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
        assert drawn.method and drawn.url
        case.validate_response(
            send(app, drawn.method, drawn.url, content=drawn.body, headers=dict(drawn.headers))
        )

    check()


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions", "/api/feedback", "/api/handoff"])
def test_any_bytes_are_told_apart(app: FastAPI, path: str) -> None:
    @slowly
    @given(st.binary(max_size=200))
    def check(body: bytes) -> None:
        is_told(send(app, "POST", path, content=body, headers={"Content-Type": "application/json"}))

    check()


def test_any_path_and_query_are_told_apart(app: FastAPI) -> None:
    encodable = st.text(st.characters(codec="utf-8"), max_size=40)
    heads = st.sampled_from(
        [
            "/api/resources/",
            "/api/policies/",
            "/api/policies/toy-rules/articles/",
            "/api/answers/",
            "/static/",
            "/v1/models/",
        ]
    )

    @slowly
    @given(
        heads, encodable, st.dictionaries(st.sampled_from(["q", "k", "kind", "type", "province"]), encodable)
    )
    def check(head: str, tail: str, query: dict[str, str]) -> None:
        is_told(send(app, "GET", head + quote(tail, safe="")))
        is_told(send(app, "GET", "/api/search", params=query))

    check()
