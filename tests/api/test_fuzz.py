"""Whatever is sent, the answer is an answer or the envelope, and never a 5xx."""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TEXT = st.text(st.characters(), max_size=60)  # lone surrogates and control characters too
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
FILTERS = st.fixed_dictionaries({}, optional=dict.fromkeys(("types", "provinces", "access", "as_of"), VALUE))
ASK = st.fixed_dictionaries(
    {"question": TEXT | VALUE},
    optional={"conversation_id": VALUE, "language": VALUE, "filters": FILTERS | VALUE, "other": VALUE},
)
CHAT = st.fixed_dictionaries(
    {
        "messages": st.lists(
            st.fixed_dictionaries({"role": TEXT | st.just("user"), "content": VALUE}), max_size=3
        )
    },
    optional={"model": st.just("kewen") | VALUE, "stream": VALUE, "n": VALUE, "stream_options": VALUE},
)
HANDOFF = st.fixed_dictionaries({"answer_id": VALUE}, optional={"message": VALUE, "contact": VALUE})
FEEDBACK = st.fixed_dictionaries({"answer_id": VALUE, "verdict": VALUE}, optional={"comment": VALUE})
TIMES = int(os.environ.get("KEWEN_FUZZ_TIMES", "1"))
"""So many times the examples of `make test`."""
HANGS_S = 30
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
        async with httpx.AsyncClient(transport=transport, base_url="http://kewen.test") as client:
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


@pytest.mark.parametrize(
    ("path", "bodies"),
    [
        ("/api/ask", ASK | VALUE),
        ("/v1/chat/completions", CHAT | VALUE),
        ("/api/feedback", FEEDBACK | VALUE),
        ("/api/handoff", HANDOFF | VALUE),
    ],
)
def test_any_json_is_told_apart(app: FastAPI, path: str, bodies: Any) -> None:
    @slowly
    @given(bodies)
    def check(body: Any) -> None:
        is_told(
            send(app, "POST", path, content=json.dumps(body), headers={"Content-Type": "application/json"})
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
