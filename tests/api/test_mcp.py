"""/mcp with the official client, over real HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import httpx2  # the official client's own
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from api.state import ApiState
from tests.api.conftest import Running


async def call(running: Running, tool: str, headers: dict[str, str] | None = None, **arguments: Any) -> Any:
    """The structured result, or the text of a tool error."""
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{running.url}/mcp", http_client=http)) as client,
    ):
        result = await client.call_tool(tool, arguments)
    if result.is_error:
        return "".join(getattr(part, "text", "") for part in result.content)
    return result.structured_content


async def test_the_tools_are_listed_with_what_they_take(running: Running) -> None:
    async with Client(f"{running.url}/mcp") as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}

    assert list(tools) == [
        "find_resource",
        "get_resource",
        "how_to_apply",
        "find_policy",
        "get_article",
        "ask",
        "search_statements",
        "list_records",
        "get_record",
        "get_article_as_of",
        "compare_records",
    ]
    assert all(tool.description for tool in tools.values())
    assert tools["ask"].input_schema["required"] == ["question"]
    assert "context" not in tools["find_resource"].input_schema["properties"]


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
async def test_both_spellings_of_the_address_work(running: Running, path: str) -> None:
    async with Client(running.url + path) as client:
        assert (await client.call_tool("get_resource", {"resource_id": "toy-ice"})).is_error is False


async def test_a_call_takes_one_turn(running: Running, state: ApiState) -> None:
    state.turns.__init__(1, wait_s=0.5)  # type: ignore[misc]
    state.reading = state.turns  # as where no question waits for a model

    assert (await call(running, "find_resource", query="水稻种子"))["hits"]
    assert (await call(running, "get_resource", resource_id="toy-ice"))["id"] == "toy-ice"
    async with state.turns.turn("somebody"):
        assert "Try again" in await call(running, "get_resource", resource_id="toy-ice")


async def test_look_ups(running: Running) -> None:
    found = await call(running, "find_resource", query="水稻种子", types=["germplasm"], k=1)
    record = await call(running, "get_resource", resource_id="toy-ice")
    steps = await call(running, "how_to_apply", resource_id="toy-ice", language="en")
    rules = await call(running, "find_policy", query="共享样品登记")
    article = await call(running, "get_article", policy_id="toy-rules", article="第二十条")
    whole = await call(running, "get_article", policy_id="toy-rules")

    assert [hit["id"] for hit in found["hits"]] == ["toy-seeds"]
    assert record["name"]["en"] == "Toy Ice Data Centre"
    assert steps["steps"] == ["Register.", "Apply."] and steps["common_route"] is True
    assert rules["hits"][0]["url"] == "/policies/toy-rules#art-20"
    assert article["anchor"] == "art-20"
    assert len(whole["articles"]) == 2


async def test_ask_gives_the_answer_of_every_channel(running: Running) -> None:
    first = await call(running, "ask", question="冰川样品在哪里？")
    second = await call(running, "ask", question="水稻呢？", conversation_id=first["conversation_id"])
    async with httpx.AsyncClient() as http:
        stored = (await http.get(f"{running.url}/api/answers/{first['id']}")).json()

        told = (await http.get(f"{running.url}/api/conversations/{first['conversation_id']}")).json()

    assert told["channel"] == "mcp"
    assert stored == first
    assert second["conversation_id"] == first["conversation_id"]


@pytest.mark.parametrize(
    ("tool", "arguments", "parts"),
    [
        ("get_resource", {"resource_id": "none"}, ["none"]),
        ("how_to_apply", {"resource_id": "toy-rules"}, ["toy-rules"]),
        ("get_article", {"policy_id": "toy-rules", "article": "99"}, ["99", "art-20, x-1"]),
        ("get_article", {"policy_id": "none"}, ["none"]),
        ("find_resource", {"query": ""}, ["question", "2000"]),
        ("find_resource", {"query": "冰", "provinces": ["月球"]}, ["月球", "北京市"]),
        ("find_resource", {"query": "冰", "types": ["dataset"]}, ["dataset", "scientific_data"]),
        ("find_policy", {"query": "冰" * 2001}, ["2001"]),
        ("ask", {"question": "🧊"}, ["word"]),
        ("ask", {"question": "冰", "conversation_id": "c_none"}, ["c_none"]),
        ("ask", {}, ["question"]),
    ],
)
async def test_a_failure_is_a_tool_error_that_says_what(
    running: Running, tool: str, arguments: dict[str, Any], parts: list[str]
) -> None:
    message = await call(running, tool, **arguments)

    assert isinstance(message, str)
    assert [part for part in parts if part not in message] == []


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("get_resource", {"resource_id": "none"}, "resource_unknown"),
        ("get_resource", {"resource_id": None}, "validation_failed"),
        ("find_resource", {"query": "冰", "k": 0}, "validation_failed"),
        ("ask", {"question": ""}, "question_invalid"),
        ("nothing", {}, "tool_unknown"),
    ],
)
async def test_a_failed_tool_tells_the_envelope(
    running: Running, tool: str, arguments: dict[str, Any], code: str
) -> None:
    async with Client(f"{running.url}/mcp") as client:
        result = await client.call_tool(tool, arguments)

    assert result.is_error and result.structured_content is not None
    error = result.structured_content["error"]
    assert (error["code"], set(error)) == (code, {"code", "message", "request_id"})
    assert [getattr(part, "text", "") for part in result.content] == [error["message"]]
    assert "pydantic" not in error["message"] and error["request_id"].startswith("r_")


JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
PING = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'


@pytest.mark.parametrize(
    ("method", "content", "headers", "status", "code"),
    [
        ("GET", b"", JSON, 405, "method_not_allowed"),
        ("DELETE", b"", JSON, 405, "method_not_allowed"),
        ("POST", b"{", JSON, 400, "mcp_request_invalid"),
        ("POST", b"[]", JSON, 400, "mcp_request_invalid"),
        ("POST", b"{}", JSON, 400, "mcp_request_invalid"),
        ("POST", PING, {**JSON, "Content-Type": "text/plain"}, 400, "mcp_request_invalid"),
        ("POST", PING, {**JSON, "Accept": "text/html"}, 406, "mcp_request_invalid"),
    ],
)
async def test_what_is_refused_before_it_is_read_has_the_envelope(
    running: Running, method: str, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    async with httpx.AsyncClient() as http:
        response = await http.request(method, f"{running.url}/mcp", content=content, headers=headers)

    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert response.json()["error"]["request_id"] == response.headers["x-request-id"]
    assert response.headers.get("allow") == ("POST" if status == 405 else None)
    assert "pydantic" not in response.text


async def test_a_call_with_an_id_gets_the_error_of_the_protocol(running: Running) -> None:
    async with httpx.AsyncClient() as http:
        call = PING.replace(b"ping", b"nothing")
        response = await http.post(f"{running.url}/mcp", content=call, headers=JSON)

    assert (response.json()["id"], response.json()["error"]["code"]) == (1, -32601)


async def test_a_key_decides_what_is_seen(running: Running, keys: dict[str, dict[str, str]]) -> None:
    assert "no resource" in await call(running, "get_resource", resource_id="toy-hidden")
    assert (await call(running, "get_resource", keys["member"], resource_id="toy-hidden"))[
        "id"
    ] == "toy-hidden"
    assert (await call(running, "find_resource", query="显微镜"))["hits"] == []
    assert (await call(running, "find_resource", keys["member"], query="显微镜"))["hits"] != []


async def test_a_wrong_key_is_401(running: Running) -> None:
    async with httpx.AsyncClient() as http:
        response = await http.post(f"{running.url}/mcp", json={}, headers={"Authorization": "Bearer wrong"})

    assert response.status_code == 401
    assert response.json()["error"]["code"] == "key_invalid"


async def test_questions_count_against_the_limit(running: Running, state: ApiState) -> None:
    state.limiter.per_minute = 2
    statuses = [await call(running, "ask", question="样品") for _ in range(3)]

    assert isinstance(statuses[1], dict)
    assert "2" in statuses[2] and "minute" in statuses[2]
