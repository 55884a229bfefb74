"""The tools that a language model drives, offered on /mcp to everyone, over the real assistant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rights.conftest import client_of
from wiring import Kewen

HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json, text/event-stream",
    "mcp-protocol-version": "2025-06-18",
}


async def use(kewen: Kewen, name: str, **arguments: Any) -> dict[str, Any]:
    """The structured result of one call."""
    params = {"name": name, "arguments": arguments}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    async with client_of(kewen) as client:
        told = (await client.post("/mcp/", content=body, headers=HEADERS)).json()["result"]
    found: dict[str, Any] = told["structuredContent"]
    return found


async def test_each_tool_gives_statements_to_cite(toy_kewen: Kewen) -> None:
    found = await use(toy_kewen, "search_statements", query="glacier observations", language="en", k=3)
    record = await use(toy_kewen, "get_record", id="qinglan-snow-data")
    rules = await use(toy_kewen, "get_record", id="qinglan-data-rules-2021")
    listed = await use(
        toy_kewen, "list_records", where=[{"field": "type", "values": ["种质资源", "scientific_data"]}]
    )
    where = [{"field": "type", "values": ["germplasm"]}, {"field": "words", "values": ["水稻"], "not": True}]
    some = await use(toy_kewen, "list_records", where=where)
    beside = await use(toy_kewen, "compare_records", ids=["ruomu-rice-bank", "ruomu-wheat-bank"])

    assert found["statements"][0]["id"] == "qinglan-snow-data"
    assert "Host: Qinglan Institute of Glaciology" in found["statements"][0]["quote"]
    assert [one["locator"] for one in record["statements"]] == ["overview", "how_to_apply"]
    assert rules["remarks"][0].startswith("Articles held")
    assert listed["total"] == len(listed["ids"]) == 4
    assert some["ids"] == ["ruomu-wheat-bank"]
    assert {one["id"] for one in beside["statements"]} == {"ruomu-rice-bank", "ruomu-wheat-bank"}


async def test_an_article_is_told_as_of_a_day_or_said_not_to_be_held(toy_kewen: Kewen) -> None:
    rules = {"policy_id": "qinglan-data-rules-2021"}
    today = await use(toy_kewen, "get_article_as_of", **rules, articles=["3", "99"])
    past = await use(toy_kewen, "get_article_as_of", **rules, articles=["3"], as_of="2001-01-01")

    assert "No article '99' is held." in today["remarks"][0]
    assert today["statements"][-1]["locator"] == "document"
    assert any("2001-01-01" in one for one in past["remarks"])


@pytest.mark.parametrize(
    ("name", "arguments", "part"),
    [
        ("get_record", {"id": "none"}, "no record 'none'"),
        ("list_records", {"where": [{"field": "colour", "values": ["red"]}]}, "colour"),
        ("list_records", {"where": [{"field": "host", "values": ["https://x.example"]}]}, "address"),
        ("search_statements", {"query": "x", "types": ["star"]}, "scientific_data"),
        ("compare_records", {"ids": ["ruomu-rice-bank"]}, "2 to 5"),
    ],
)
async def test_a_refused_call_says_what_is_allowed(
    name: str, arguments: dict[str, Any], part: str, toy_kewen: Kewen
) -> None:
    error = (await use(toy_kewen, name, **arguments))["error"]

    assert (error["code"], part in error["message"]) == ("tool_refused", True), error
