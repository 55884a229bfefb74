"""Slow connections end, over real sockets; others do not notice."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.sockets import PatientProtocol
from tests.api.conftest import Running, running_on
from tests.patience import PATIENCE_S

SIZE = 32 * 1024 * 1024


class Hasty(PatientProtocol):
    """The same with little patience, so that the tests need little."""

    head_s = 0.2
    body_s = 0.3
    read_s = 0.2


@pytest.fixture
def hasty(app: FastAPI) -> Iterator[Running]:
    with running_on(app, Hasty) as server:
        yield server


async def said_until_the_end(url: str, sent: bytes, *, drip: bytes = b"") -> bytes:
    """All that the server says until it ends the connection; `drip` goes on byte by byte meanwhile."""
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))

    async def dripping() -> None:
        for byte in drip:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    writer.write(sent)
    dripper = asyncio.create_task(dripping())
    try:
        async with asyncio.timeout(20):
            try:
                return await reader.read()
            except ConnectionResetError:  # the rest of what was sent met a closed door
                return b""
    finally:
        dripper.cancel()
        writer.close()


async def test_one_address_has_so_many_connections(app: FastAPI) -> None:
    class Narrow(PatientProtocol):
        CONNECTIONS = 2

    with running_on(app, Narrow) as server:
        host, _, port = server.url.removeprefix("http://").partition(":")

        async def opened(source: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            return await asyncio.open_connection(host, int(port), local_addr=(source, 0))

        async def status(one: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> bytes:
            try:
                one[1].write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                return (await one[0].readline())[9:12]
            except ConnectionResetError:  # refused before it was read
                return b"503"

        held = [await opened(source) for source in ("127.0.0.2", "127.0.0.2", "127.0.0.3")]
        assert [await status(one) for one in held] == [b"200"] * 3
        refused = await opened("127.0.0.2")
        assert (await refused[0].readline())[9:12] == b"503"
        held.pop(0)[1].close()
        while await status(again := await opened("127.0.0.2")) != b"200":
            again[1].close()
        for one in (*held, refused, again):
            one[1].close()


async def test_a_connection_that_asks_nothing_is_closed(hasty: Running) -> None:
    assert await said_until_the_end(hasty.url, b"") == b""


@pytest.mark.parametrize(
    ("sent", "drip"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b""),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"a" * 2000),
        (b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", b""),
        (b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n{", b" " * 2000),
        (b"POST /api/ask HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 400),
    ],
)
async def test_what_does_not_come_in_time_is_408(hasty: Running, sent: bytes, drip: bytes) -> None:
    said = await said_until_the_end(hasty.url, sent, drip=drip)

    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["error"]["code"] == "sent_too_slowly"


async def test_a_second_request_has_no_more_time_than_the_first(hasty: Running) -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    said = await said_until_the_end(hasty.url, whole, drip=whole[:-4] + b"\r\nX: " + b"a" * 2000)

    assert said.count(b"HTTP/1.1 200 ") == 1 and said.count(b"HTTP/1.1 408 ") == 1


async def test_a_head_without_end_is_431(running: Running) -> None:
    sent = b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X-More: " + b"a" * 1000 + b"\r\n"

    said = await said_until_the_end(running.url, sent + b"X-More: aaaaaaaaaaaaaaaaaaaa\r\n" * 4000)

    assert b" 431 " in said.partition(b"\r\n")[0] or said == b""


async def test_a_body_refused_unread_does_not_hold_the_connection(hasty: Running) -> None:
    sent = b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n{"

    said = await said_until_the_end(hasty.url, sent, drip=b" " * 2000)

    assert said.startswith(b"HTTP/1.1 413 ")


async def test_a_long_answer_outlasts_the_time_for_sending(hasty: Running, kewen: Any) -> None:
    kewen.assistant.gate.clear()
    async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
        asking = asyncio.create_task(client.post(f"{hasty.url}/api/ask", json={"question": "冰川"}))
        await asyncio.to_thread(kewen.assistant.asked.acquire)
        await said_until_the_end(hasty.url, b"GET /")  # as long as the patience lasts, and longer
        await said_until_the_end(hasty.url, b"GET /")
        hasty.call(kewen.assistant.gate.set)

        assert (await asking).status_code == 200


async def test_many_slow_connections_leave_others_their_answers(running: Running) -> None:
    host, _, port = running.url.removeprefix("http://").partition(":")
    slow = [await asyncio.open_connection(host, int(port)) for _ in range(60)]
    for _, writer in slow:
        writer.write(b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    async with httpx.AsyncClient(base_url=running.url) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.post("/api/ask", json={"question": "冰川"})).status_code == 200
    for _, writer in slow:
        writer.close()


async def big(scope: Scope, receive: Receive, send: Send) -> None:
    """More than any buffer between two programs holds."""
    if scope["type"] == "http":
        await Response(b"x" * SIZE)(scope, receive, send)


@pytest.mark.parametrize("drip", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
async def test_a_reader_who_does_not_read_is_cut(drip: bytes) -> None:
    with running_on(big, Hasty) as server:
        host, _, port = server.url.removeprefix("http://").partition(":")
        stuck = socket.create_connection((host, int(port)))
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + drip)
        open_ones = server.server.server_state.connections
        await until(lambda: bool(open_ones))
        await until(lambda: not open_ones)
        stuck.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.to_thread(threading.Event().wait, 0.01)


async def test_a_reader_who_reads_gets_everything() -> None:
    with running_on(big, Hasty) as server:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            assert len((await client.get(server.url)).content) == SIZE
