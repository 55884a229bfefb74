"""POST /api/ask as server-sent events, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api.state import ApiState
from api.streams import watched
from assistant.errors import FilterInvalid
from storage.errors import StorageUnavailable
from tests.api.conftest import Running
from tests.api.toy import ToyKewen
from tests.patience import PATIENCE_S


@dataclass
class Line:
    """One event, or a comment (event None)."""

    event: str | None
    data: Any


async def events_of(response: httpx.Response) -> AsyncIterator[Line]:
    event = None
    async for line in response.aiter_lines():
        if line.startswith(":"):
            yield Line(None, line)
        elif line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield Line(event, json.loads(line.removeprefix("data: ")))


async def stream(url: str, body: dict[str, Any], **headers: str) -> tuple[httpx.Response, list[Line]]:
    async with (
        httpx.AsyncClient(timeout=PATIENCE_S) as client,
        client.stream(
            "POST", f"{url}/api/ask", json=body, headers={"Accept": "text/event-stream", **headers}
        ) as response,
    ):
        if response.status_code != 200:
            await response.aread()
            return response, []
        return response, [line async for line in events_of(response)]


async def test_a_stream_tells_what_happens_and_ends_in_the_whole_answer(running: Running) -> None:
    response, lines = await stream(running.url, {"question": "冰川样品在哪里？"})

    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert [line.event for line in lines] == ["status", "sources", "delta", "done"]
    status, sources, delta, done = (line.data for line in lines)
    assert set(status) == {"stage", "text"}
    assert sources == {"citations": done["citations"]}
    assert delta == {"text": done["text"]}
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{running.url}/api/answers/{done['id']}")).json() == done


async def test_the_done_event_is_the_stored_bytes(running: Running) -> None:
    async with (
        httpx.AsyncClient() as client,
        client.stream(
            "POST",
            f"{running.url}/api/ask",
            json={"question": "冰川"},
            headers={"Accept": "text/event-stream"},
        ) as response,
    ):
        raw = [line async for line in response.aiter_lines() if line.startswith("data: ")][-1]
        stored = await client.get(f"{running.url}/api/answers/{json.loads(raw[6:])['id']}")

    assert raw[6:].encode() == stored.content


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"question": ""}, 422, "question_invalid"),
        ({"question": "冰", "conversation_id": "c_none"}, 404, "conversation_unknown"),
        ({"question": "冰", "filters": {"provinces": ["月球"]}}, 422, "validation_failed"),
        ({"question": "冰", "filters": {"types": ["x"]}}, 422, "validation_failed"),
    ],
)
async def test_what_is_refused_is_refused_before_the_stream(
    running: Running, body: dict[str, Any], status: int, code: str
) -> None:
    response, _ = await stream(running.url, body)

    assert response.status_code == status
    assert response.json()["error"]["code"] == code


async def test_a_wrong_key_is_refused_before_the_stream(running: Running) -> None:
    response, _ = await stream(running.url, {"question": "冰"}, Authorization="Bearer wrong")

    assert response.status_code == 401


@pytest.mark.parametrize(
    ("fault", "code", "message"),
    [
        (RuntimeError("secret"), "internal_error", "Something went wrong on our side"),
        (StorageUnavailable("secret/kewen.db is full"), "storage_unavailable", "nothing was kept"),
        (FilterInvalid("as_of is before the first law"), "filter_invalid", "as_of is before the first law"),
    ],
)
async def test_a_fault_once_begun_is_an_error_event(
    running: Running, kewen: ToyKewen, fault: Exception, code: str, message: str
) -> None:
    kewen.assistant.fault = fault

    response, lines = await stream(running.url, {"question": "冰川"})

    assert response.status_code == 200
    assert lines[-1].event == "error"
    error = lines[-1].data["error"]
    assert error["code"] == code and message in error["message"] and "secret" not in error["message"]
    assert error["request_id"] == response.headers["x-request-id"]


async def test_comments_keep_an_idle_line_open(running: Running, kewen: ToyKewen) -> None:
    kewen.assistant.gate.clear()
    seen: list[Line] = []
    async with (
        httpx.AsyncClient(timeout=PATIENCE_S) as client,
        client.stream(
            "POST",
            f"{running.url}/api/ask",
            json={"question": "冰川"},
            headers={"Accept": "text/event-stream"},
        ) as response,
    ):
        async for line in events_of(response):
            seen.append(line)
            if [one.event for one in seen].count(None) == 3:
                running.call(kewen.assistant.gate.set)

    assert seen[-1].event == "done"
    assert [line.data for line in seen if line.event is None][:3] == [": ping"] * 3


async def test_a_reader_who_leaves_ends_the_work(running: Running, kewen: ToyKewen) -> None:
    kewen.assistant.gate.clear()
    async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
        async with client.stream(
            "POST",
            f"{running.url}/api/ask",
            json={"question": "冰川"},
            headers={"Accept": "text/event-stream"},
        ) as response:
            async for line in events_of(response):
                if line.event == "status":
                    break
        async with asyncio.timeout(10):
            while kewen.assistant.closed == 0:
                await client.get(f"{running.url}/healthz")

    assert kewen.assistant.closed == 1


async def test_what_waits_to_be_read_is_closed_too(kewen: ToyKewen, state: ApiState) -> None:
    events = watched(kewen.assistant.stream("冰川"), state)
    await anext(events)
    await anext(events)

    await events.aclose()

    assert kewen.assistant.closed == 1


async def test_stopping_lets_a_ready_answer_out(running: Running, kewen: ToyKewen, state: ApiState) -> None:
    state.grace_s = 15
    kewen.assistant.gate.clear()
    asking = asyncio.create_task(stream(running.url, {"question": "冰川"}))
    await asyncio.to_thread(kewen.assistant.asked.acquire)

    running.call(state.closing.set)
    running.call(kewen.assistant.gate.set)
    _, lines = await asking

    assert lines[-1].event == "done"


async def test_stopping_ends_a_slow_answer_with_an_error_event(
    running: Running, kewen: ToyKewen, state: ApiState
) -> None:
    kewen.assistant.gate.clear()
    streaming = asyncio.create_task(stream(running.url, {"question": "冰川"}))

    async def whole() -> httpx.Response:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            return await client.post(f"{running.url}/api/ask", json={"question": "冰川"})

    waiting = asyncio.create_task(whole())
    for _ in range(2):
        await asyncio.to_thread(kewen.assistant.asked.acquire)

    running.call(state.closing.set)
    _, lines = await streaming
    response = await waiting

    assert lines[-1].event == "error"
    assert lines[-1].data["error"]["code"] == "shutting_down"
    assert (response.status_code, response.json()["error"]["code"]) == (503, "shutting_down")
    assert "retry-after" in response.headers
