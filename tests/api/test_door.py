"""The door: names that are served, what a question costs, turns, and what is never kept waiting."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from api.asking import UNREAD_LIMIT, cut, readable, readable_question
from api.costs import cost_of
from api.errors import ApiError
from api.hosts import Hosts
from api.state import ApiState
from api.turns import Turns
from assistant.records import QUESTION_LIMIT
from tests.api.conftest import Running
from tests.api.toy import ToyKewen
from tests.patience import PATIENCE_S

LIGATURE = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
"""One character, eighteen in the form that is searched."""


# Names


@pytest.fixture
def guarded(state: ApiState) -> ApiState:
    state.hosts._names = Hosts(["127.0.0.1", "kewen.example.org"])._names  # the middleware holds this list
    return state


@pytest.mark.parametrize(
    "path",
    ["/", "/resources", "/api/search", "/api/ask", "/v1/models", "/mcp", "/oai", "/sitemap.xml", "/healthz"],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_a_foreign_name_is_refused_to_pages_and_programs(
    guarded: ApiState, running: Running, path: str, accept: str
) -> None:
    async with httpx.AsyncClient(base_url=running.url, headers={"Accept": accept}) as http:
        response = await http.get(path, headers={"Host": "evil.example"})
        own = await http.get(path, headers={"Host": "kewen.example.org:8443"})

    assert response.status_code == 421
    error = response.json()["error"]
    assert error["code"] == "host_unknown" and error["request_id"] == response.headers["x-request-id"]
    assert "'evil.example'" in error["message"] and "KEWEN_HOSTS" in error["message"]
    assert own.status_code != 421


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("HTTP/1.1\r\n", 400),
        ("HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n", 400),
        ("HTTP/1.1\r\nHost: evil.example#127.0.0.1\r\n", 421),
        ("HTTP/1.1\r\nHost: 127.0.0.1\r\n", 200),
        ("HTTP/1.0\r\n", 200),
    ],
)
async def test_a_request_has_one_name(guarded: ApiState, running: Running, head: str, status: int) -> None:
    host, _, port = running.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /healthz {head}Connection: close\r\n\r\n".encode())
    line = await reader.readline()
    writer.close()

    assert int(line.split()[1]) == status


async def test_a_page_elsewhere_may_not_call_mcp(guarded: ApiState, running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.url) as http:
        foreign = await http.post("/mcp", json={}, headers={"Origin": "https://evil.example"})
        none = await http.post("/mcp", json={}, headers={"Origin": "null"})
        own = await http.post("/mcp", json={}, headers={"Origin": "https://kewen.example.org"})

    for refused in (foreign, none):
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "origin_foreign")
    assert own.status_code != 403


# How long a question may be, and what it costs


@pytest.mark.parametrize(
    "text", [LIGATURE * 112, "冰" * (QUESTION_LIMIT + 1), "\N{ZERO WIDTH SPACE}" * UNREAD_LIMIT + "冰"]
)
def test_a_question_is_measured_in_the_form_that_is_searched(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        readable_question(text)

    assert refused.value.status == 422 and "2000" in refused.value.message("en")


@pytest.mark.parametrize(
    "text", [LIGATURE * 111, "冰" * QUESTION_LIMIT, "\N{ZERO WIDTH SPACE}" * 9000 + "冰"]
)
def test_a_question_within_the_limit_is_read(text: str) -> None:
    assert readable_question(text) == text.replace("\N{ZERO WIDTH SPACE}", "")


@pytest.mark.parametrize("parted", ["", "\N{ZERO WIDTH JOINER}"])
def test_marks_beyond_any_script_are_let_fall(parted: str) -> None:
    text = "a" + parted.join("\u0301\u0316" * 4000)

    for read in (readable(text, "query_too_long"), cut(text)):
        assert len(unicodedata.normalize("NFD", read)) <= 32


def test_what_is_cut_is_within_the_limit_in_every_form() -> None:
    for text in (LIGATURE * 1900, "冰" * 9000, "ice " * 900):
        assert len(unicodedata.normalize("NFKC", cut(text))) <= QUESTION_LIMIT
    assert cut(" 冰川 ") == "冰川"


def test_long_questions_and_past_turns_cost_more() -> None:
    short = cost_of("冰川样品在哪里？")

    assert short == 1
    assert cost_of("冰" * 2000) > 10 * short
    assert cost_of(LIGATURE * 2000) > 10 * cost_of("a" * 2000) > 10 * short
    assert cost_of(*["冰川"] * 4) == 4 * short


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/ask", {"question": "冰" * 1000}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "冰" * 1000}]}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "冰" * 300}] * 4}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "a"}] * 34_000}),
        ("/api/search?q=" + "冰" * 1000, None),
        ("/resources?q=" + "冰" * 1000, None),
    ],
)
async def test_what_takes_long_to_read_counts_as_several(
    client: httpx.AsyncClient, state: ApiState, path: str, body: dict[str, object] | None
) -> None:
    state.limiter.per_minute = 30
    method = "POST" if body else "GET"

    statuses = [(await client.request(method, path, json=body)).status_code for _ in range(2)]

    assert statuses == [200, 429]


@pytest.mark.parametrize("limit", [1, 5])
async def test_no_question_costs_more_than_a_minute_has(
    client: httpx.AsyncClient, state: ApiState, limit: int
) -> None:
    state.limiter.per_minute = limit

    statuses = [(await client.post("/api/ask", json={"question": "冰" * 2000})).status_code for _ in range(2)]

    assert statuses == [200, 429]


@pytest.mark.parametrize(
    "path", ["/resources?q=冰川", "/policies?q=冰川", "/api/search?q=冰川", "/resources.csv?q=冰川"]
)
async def test_searches_are_metered_on_pages_too(
    client: httpx.AsyncClient, state: ApiState, path: str
) -> None:
    state.limiter.per_minute = 2
    answers = [await client.get(path, headers={"Accept": "text/html"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert (
        answers[-1]
        .headers["content-type"]
        .startswith("application/json" if path.startswith("/api/") else "text/html")
    )
    assert (await client.get(path.partition("?")[0])).status_code == 200  # a list is a look-up


async def test_one_network_of_ipv6_is_one_client(app: FastAPI, state: ApiState) -> None:
    state.limiter.per_minute = 1
    statuses = []
    for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:192.0.2.1", "::ffff:192.0.2.2"):
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://kewen.test") as http:
            statuses.append((await http.post("/api/ask", json={"question": "冰川"})).status_code)

    assert statuses == [200, 429, 200, 200, 200]


# Turns


@pytest.fixture
async def crowded(kewen: ToyKewen, state: ApiState, running: Running) -> AsyncIterator[Running]:
    """One turn in all and nobody may wait for it long; somebody has it until the end."""
    state.turns.__init__(1, wait_s=0.05)  # type: ignore[misc]  # the middleware holds this object
    kewen.assistant.gate.clear()
    async with httpx.AsyncClient(base_url=running.url, timeout=PATIENCE_S) as http:
        first = asyncio.create_task(http.post("/api/ask", json={"question": "冰川"}))
        await asyncio.to_thread(kewen.assistant.asked.acquire)
        yield running
        running.call(kewen.assistant.gate.set)
        assert (await first).status_code == 200
        assert (await http.post("/api/ask", json={"question": "冰川"})).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/ask", {"question": "冰川"}),
        ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "冰川"}]}),
        ("GET", "/api/search?q=冰川", None),
    ],
)
async def test_where_all_turns_are_taken_it_is_503_and_says_when_to_come_back(
    crowded: Running, method: str, path: str, body: dict[str, object] | None
) -> None:
    async with httpx.AsyncClient(base_url=crowded.url) as http:
        for headers in ({}, {"Accept": "text/event-stream"}):
            refused = await http.request(method, path, json=body, headers=headers)

            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
            assert int(refused.headers["retry-after"]) >= 1


async def test_a_page_search_without_a_turn_is_a_page(crowded: Running) -> None:
    async with httpx.AsyncClient(base_url=crowded.url, headers={"Accept": "text/html"}) as http:
        refused = await http.get("/resources?q=冰川")

    assert refused.status_code == 503 and "retry-after" in refused.headers
    assert refused.headers["content-type"].startswith("text/html")


async def test_health_needs_no_turn_and_look_ups_none_of_questions(crowded: Running, state: ApiState) -> None:
    state.limiter.per_minute = 1
    async with httpx.AsyncClient(base_url=crowded.url) as http:
        for path in ("/healthz", "/readyz", "/metrics") * 20:
            assert (await http.get(path)).status_code == 200
        assert (await http.get("/api/resources/toy-ice")).status_code == 200


async def test_look_ups_have_turns_of_their_own(client: httpx.AsyncClient, state: ApiState) -> None:
    state.reading.__init__(1, wait_s=0.05)  # type: ignore[misc]  # the middleware holds this object
    paths = ["/api/resources/toy-ice", "/resources", "/oai?verb=Identify", "/resources.csv"]
    async with state.reading.turn("somebody"):
        refused = [await client.get(path) for path in paths]
        asked = [await client.post("/api/ask", json={"question": "冰川"}), await client.get("/healthz")]

    assert [(one.status_code, "retry-after" in one.headers) for one in refused] == [(503, True)] * len(paths)
    assert [one.status_code for one in asked] == [200, 200]
    assert [(await client.get(path)).status_code for path in paths] == [200] * len(paths)


async def test_who_takes_long_to_read_a_page_keeps_no_turn(
    app: FastAPI, client: httpx.AsyncClient, state: ApiState
) -> None:
    state.reading.__init__(1, wait_s=0.05)  # type: ignore[misc]
    answered, read = asyncio.Event(), asyncio.Event()

    async def send(_message: Message) -> None:
        answered.set()
        await read.wait()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    headers = client.build_request("GET", "/resources").headers.raw
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/resources", "headers": headers,
             "query_string": b"", "scheme": "http", "root_path": ""}  # fmt: skip
    reader = asyncio.create_task(app(scope, receive, send))
    await answered.wait()

    assert (await client.get("/resources")).status_code == 200
    read.set()
    await reader


async def test_a_reader_who_leaves_a_stream_gives_the_turn_back(crowded: Running, kewen: ToyKewen) -> None:
    crowded.call(kewen.assistant.gate.set)
    async with asyncio.timeout(20), httpx.AsyncClient(base_url=crowded.url) as http:
        while (await http.post("/api/ask", json={"question": "冰川"})).status_code != 200:
            pass
        crowded.call(kewen.assistant.gate.clear)
        async with http.stream(
            "POST", "/api/ask", json={"question": "冰川"}, headers={"Accept": "text/event-stream"}
        ) as response:
            await anext(response.aiter_lines())
        crowded.call(kewen.assistant.gate.set)
        while (await http.post("/api/ask", json={"question": "冰川"})).status_code != 200:
            pass


async def test_one_client_leaves_half_of_the_turns_to_others() -> None:
    turns = Turns(4, wait_s=0.01, stays_s=0)
    async with turns.turn("a"), turns.turn("a"):
        with pytest.raises(ApiError, match="busy"):
            async with turns.turn("a"):
                pass
        async with turns.turn("b"):
            with pytest.raises(ApiError, match="busy"):
                async with turns.turn("b"):  # one each while there are two
                    pass
            async with turns.turn("c"):
                with pytest.raises(ApiError, match="busy"):
                    async with turns.turn("d"):
                        pass
    async with turns.turn("a"), turns.turn("a"):
        pass


async def test_beside_others_a_client_has_fewer_turns() -> None:
    turns = Turns(12, wait_s=0.01)
    async with turns.turn("b"), AsyncExitStack() as mine:
        for _ in range(4):
            await mine.enter_async_context(turns.turn("a"))
        with pytest.raises(ApiError, match="busy"):
            await mine.enter_async_context(turns.turn("a"))
        async with turns.turn("b"), turns.turn("b"), turns.turn("b"):
            pass


async def test_between_the_questions_of_another_a_client_takes_no_more() -> None:
    turns = Turns(4, wait_s=0.01)
    async with turns.turn("b"):
        pass
    async with turns.turn("a"):
        with pytest.raises(ApiError, match="busy"):
            async with turns.turn("a"):
                pass


async def test_the_next_turn_goes_to_who_has_fewest() -> None:
    turns, had = Turns(2, wait_s=20), list[str]()
    first, second, third = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def ask(client: str, end: asyncio.Event | None = None) -> None:
        async with turns.turn(client):
            had.append(client)
            if len(had) == 3:
                third.set()
            if end is not None:
                await end.wait()

    async with asyncio.TaskGroup() as group:
        for client, end in (("a", first), ("b", second), ("a", None), ("a", None), ("c", None)):
            group.create_task(ask(client, end))
        await asyncio.sleep(0)
        second.set()
        await third.wait()
        first.set()

    assert had == ["a", "b", "c", "a", "a"]


async def test_a_full_line_takes_nobody_more_and_forgets_who_leaves() -> None:
    turns = Turns(1, line=8, wait_s=20)
    async with turns.turn("a"):
        waiting = [asyncio.create_task(_one(turns, client)) for client in ("a", "a", "b")]
        await asyncio.sleep(0)
        with pytest.raises(ApiError, match="busy"):
            await _one(turns, "a")
        waiting[0].cancel()
        await asyncio.gather(waiting[0], return_exceptions=True)
        waiting.append(asyncio.create_task(_one(turns, "a")))
        await asyncio.sleep(0)
    await asyncio.gather(*waiting[1:])

    assert not turns._waiting and not turns._running


async def _one(turns: Turns, client: str) -> None:
    async with turns.turn(client):
        await asyncio.sleep(0)
