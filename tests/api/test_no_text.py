"""NUL and lone surrogates in any field of any route of the OpenAPI document get a clear 4xx.

Schemathesis draws bodies that fit the document, and one place in them, of whatever type, or the name of
one more field is then no text. On both databases: SQLite takes a NUL that PostgreSQL refuses.
"""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import quote, quote_from_bytes

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from api.app import build_app
from api.limits import RateLimiter
from api.state import ApiState
from storage.database import open_database
from storage.keys import Keys
from tests.api.conftest import PROVINCES, Running
from tests.api.test_fuzz import is_told, requests_of, send, slowly
from tests.api.toy import ToyAssistant, ToyKewen, ToyRetriever
from tests.storage.conftest import url  # noqa: F401 - a database of each kind

NO_TEXT = st.sampled_from(["\0", "\ud800", "\udfff", "a\0b", "冰\udc00川", "c_\ud83d", "2020-01-01\0"])
PAGES = [
    ("/", ("q", "about")),
    ("/resources", ("q", "type", "province", "page", "lang")),
    ("/policies", ("q", "rank", "status")),
    ("/policies/toy-rules", ("version", "from", "to")),
    ("/widget/check", ("site", "page")),
    ("/widget/frame", ("site",)),
    ("/oai", ("verb", "identifier", "metadataPrefix", "set", "from", "resumptionToken")),
]
HEADERS = ["Accept", "Accept-Language", "Authorization", "If-None-Match", "Origin", "X-Kewen-Session"]


@pytest.fixture
def stored(url: str, retriever: ToyRetriever) -> Iterator[tuple[FastAPI, dict[str, str]]]:  # noqa: F811
    """The application on an empty database, and the header of a member of staff."""
    database = open_database(url)
    kewen = ToyKewen(database, retriever, ToyAssistant(retriever, database))
    state = ApiState(limiter=RateLimiter(100_000), provinces=PROVINCES, kewen=cast(Any, kewen))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield

    key = Keys(database).add("staff")[1]
    yield build_app(state, version="1.2.3", lifespan=lifespan), {"Authorization": f"Bearer {key}"}
    kewen.close()


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a JSON value, the whole of it aside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, one in inner for place in ((*at, key), *places(one, (*at, key)))]


@st.composite
def spoilt(draw: st.DrawFn, requests: st.SearchStrategy[Case]) -> Any:
    """A body of such a request with one place that is no text."""
    body = draw(requests).body
    bad, place = draw(NO_TEXT), draw(st.sampled_from([(), *places(body)]))
    if not place:
        return {**body, bad: 1}
    body = copy.deepcopy(body)
    holder = body
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = bad
    return body


def test_in_a_body(stored: tuple[FastAPI, dict[str, str]]) -> None:
    app, staff = stored
    methods = app.openapi()["paths"]
    bodies = {
        (method, path.replace("{site_id}", "toy")): spoilt(requests)
        for (method, path), requests in requests_of(app, GenerationMode.POSITIVE).items()
        if "requestBody" in methods[path][method.lower()]
    }
    assert len(bodies) >= 6

    @slowly
    @given(st.data(), st.sampled_from(sorted(bodies)), st.booleans())
    def check(drawn: st.DataObject, operation: tuple[str, str], escaped: bool) -> None:
        body = drawn.draw(bodies[operation])
        data = json.dumps(body, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
        kind = {"Content-Type": "application/json"}
        response = send(app, *operation, content=data, headers={**kind, **staff})
        is_told(response)
        assert response.status_code == 422, response.text
        assert "no text" in response.json()["error"]["message"]

    check()


def test_in_a_path(stored: tuple[FastAPI, dict[str, str]]) -> None:
    app, staff = stored
    paths = [
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if "{" in path
    ] + [("GET", "/resources/{id}"), ("GET", "/policies/{id}"), ("GET", "/answers/{id}")]

    @slowly
    @given(st.sampled_from(paths), NO_TEXT)
    def check(operation: tuple[str, str], bad: str) -> None:
        method, path = operation
        encoded = quote_from_bytes(bad.encode("utf-8", "surrogatepass"), safe="")
        filled = "/".join(encoded if part.startswith("{") else part for part in path.split("/"))
        site = {"origins": ["https://www.example.org"]} if method == "PUT" else None
        response = send(app, method, filled, json=site, headers=staff)
        assert 400 <= response.status_code < 500, response.text
        if path.startswith(("/api/", "/v1/")):
            is_told(response)

    check()


def test_in_a_query(stored: tuple[FastAPI, dict[str, str]]) -> None:
    app, staff = stored
    named = [
        (method, path.replace("{resource_id}", "toy-ice").replace("{policy_id}", "toy-rules"), one["name"])
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
        for one in operation.get("parameters", ())
        if one["in"] == "query"
    ]
    named += [("get", path, name) for path, names in PAGES for name in names]
    assert len(named) >= 25

    @slowly
    @given(st.sampled_from(named), NO_TEXT, st.booleans())
    def check(operation: tuple[str, str, str], bad: str, in_name: bool) -> None:
        method, path, name = operation
        encoded = quote_from_bytes(bad.encode("utf-8", "surrogatepass"))
        query = f"{encoded}=1" if in_name else f"{name}={encoded}&k=1"
        response = send(app, method.upper(), f"{path}?{query}", headers=staff)
        is_told(response)
        assert response.status_code == 422, response.text
        assert in_name or f"'{name}'" in response.json()["error"]["message"]

    check()


def test_in_a_form(stored: tuple[FastAPI, dict[str, str]]) -> None:
    @slowly
    @given(NO_TEXT)
    def check(bad: str) -> None:
        form = b"verb=GetRecord&identifier=" + quote(bad.encode("utf-8", "surrogatepass")).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert send(stored[0], "POST", "/oai", content=form, headers=kind).status_code == 422

    check()


@pytest.mark.parametrize("name", HEADERS)
def test_in_a_header_it_is_answered_or_told(stored: tuple[FastAPI, dict[str, str]], name: str) -> None:
    latin = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"))

    def ask(value: str) -> None:
        for path in ("/api/search", "/api/answers/x", "/v1/models"):
            is_told(send(stored[0], "GET", path, headers={name: value.strip().encode("latin-1")}))

    for odd in ("http://[", "https://[::1", "//]", "null", "http://a:b", "Bearer \xff", "*/*;q="):
        ask(odd)
    slowly(given(latin)(ask))()


async def test_a_browser_gets_a_page(client: httpx.AsyncClient) -> None:
    response = await client.get("/resources?q=%00", headers={"Accept": "text/html", "Accept-Language": "zh"})

    assert response.status_code == 422
    assert response.headers["content-type"].startswith("text/html") and "空字符" in response.text


async def test_text_that_only_looks_like_it_is_taken(client: httpx.AsyncClient) -> None:
    said = ['{"question": "\\\\u0000 冰川"}', '{"question": "\\ud83e\\uddca 冰川"}']  # a backslash; a pair
    for body in (*(one.encode() for one in said), json.dumps({"question": "冰川"}).encode("utf-16")):
        response = await client.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
        assert response.status_code == 200, response.text


async def test_the_sentence_names_the_field(client: httpx.AsyncClient) -> None:
    body = json.dumps({"question": "冰川", "filters": {"provinces": ["全国", "北京\ud800"]}})
    response = await client.post("/api/ask", content=body, headers={"Content-Type": "application/json"})

    assert "'filters.provinces[1]'" in response.json()["error"]["message"]


async def test_a_field_deep_inside_is_named(client: httpx.AsyncClient) -> None:
    body = '{"messages": ' + '{"a": [' * 8 + '"\\u0000"' + "]}" * 8 + "}"
    kind = {"Content-Type": "application/json"}
    response = await client.post("/v1/chat/completions", content=body, headers=kind)

    assert response.status_code == 422
    assert f"'messages{'.a[0]' * 8}'" in response.json()["error"]["message"]


@pytest.mark.parametrize("bad", ["\0", "\ud800"])
async def test_mcp_refuses_it_too(running: Running, bad: str) -> None:
    call = {"name": "get_resource", "arguments": {"resource_id": bad}}
    said = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    kinds = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    async with httpx.AsyncClient() as http:
        response = await http.post(f"{running.url}/mcp", content=json.dumps(said), headers=kinds)

    is_told(response)
    assert response.status_code == 422 and "resource_id" in response.json()["error"]["message"]
