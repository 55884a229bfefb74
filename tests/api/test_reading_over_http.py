"""How a question was read, and the set it asked for, in the answer of the real assistant over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from api.app import build_app
from api.limits import RateLimiter
from api.state import ApiState
from corpus.loaders import load_vocabulary
from wiring import Kewen


@pytest.fixture
async def client(toy_kewen: Kewen) -> AsyncIterator[httpx.AsyncClient]:
    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        yield

    provinces = load_vocabulary().province_names
    state = ApiState(limiter=RateLimiter(10_000), provinces=provinces, kewen=toy_kewen)
    transport = httpx.ASGITransport(build_app(state, version="1", lifespan=lifespan))
    async with httpx.AsyncClient(transport=transport, base_url="http://kewen.test") as client:
        yield client


async def ask(client: httpx.AsyncClient, question: str, **given: Any) -> dict[str, Any]:
    response = await client.post("/api/ask", json={"question": question, **given})
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


async def test_conditions_are_told_with_field_value_and_whether_they_rule_out(client: httpx.AsyncClient):
    answer = await ask(client, "不在北京的种质资源库有哪些？")

    query = answer["query"]
    assert query["operation"] == "list"
    assert {"field": "province", "value": "北京市", "negated": True} in query["conditions"]
    assert set(query) == {"operation", "conditions", "as_of", "uncovered"}
    assert answer["set"] == {"total": 1, "offset": 0, "ids": ["ruomu-rice-bank"]}


async def test_the_day_of_rules_is_told(client: httpx.AsyncClient):
    answer = await ask(client, "青岚科学数据共享办法第九条说了什么", filters={"as_of": "2022-01-01"})

    assert answer["query"]["as_of"] == answer["filters"]["as_of"] == "2022-01-01"
    assert answer["set"] is None


async def test_an_empty_set_is_answered(client: httpx.AsyncClient):
    answer = await ask(client, "西藏有哪些种质资源库？")

    assert answer["status"] == "answered"
    assert answer["set"] == {"total": 0, "offset": 0, "ids": []}
    assert answer["resources"] == [] and "[" not in answer["text"].splitlines()[0]


async def test_filters_of_the_caller_bound_the_set(client: httpx.AsyncClient):
    answer = await ask(client, "有哪些种质资源库？", filters={"provinces": ["浙江省"]})

    assert answer["set"]["ids"] == ["ruomu-rice-bank"]


async def test_a_stored_answer_keeps_both(client: httpx.AsyncClient):
    answer = await ask(client, "有哪些种质资源库？")

    stored = (await client.get(f"/api/answers/{answer['id']}")).json()
    assert (stored["query"], stored["set"]) == (answer["query"], answer["set"])


async def test_the_stream_ends_in_the_same_answer(client: httpx.AsyncClient):
    body = {"question": "有哪些种质资源库？"}
    response = await client.post("/api/ask", json=body, headers={"accept": "text/event-stream"})

    assert '"set":{"total":2,"offset":0' in response.text.replace(" ", "")
    assert '"operation":"list"' in response.text.replace(" ", "")


async def test_the_schema_names_them(client: httpx.AsyncClient):
    schema = (await client.get("/openapi.json")).json()["components"]["schemas"]["Answer"]

    assert {"query", "set"} <= set(schema["properties"])
