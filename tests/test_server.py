"""The server's life: it listens at once, opens Kewen meanwhile, and ends what it began."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import server
from assistant.chat import Call
from retrieval.errors import IndexLocked
from retrieval.indexing import Progress
from settings import Settings
from tests.api import toy_server
from tests.api.toy import ToyKewen, build_toy
from tests.patience import PATIENCE_S
from tests.processes import Forked


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, port=0, _env_file=None)  # type: ignore[call-arg]


class Builder:
    """Stands for build_kewen: builds the small Kewen when it is told to, or fails."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.may_finish = threading.Event()
        self.fault: Exception | None = None
        self.closed = threading.Event()

    def __call__(
        self, settings: Settings, *, progress: Callable[[Progress], None], on_call: Callable[[Call], None]
    ) -> ToyKewen:
        progress(Progress("embedding", 12, 90))
        on_call(Call("some-model", "ok", 0.5, prompt_tokens=70, completion_tokens=None))
        self.began.set()
        self.may_finish.wait(PATIENCE_S)
        if self.fault is not None:
            raise self.fault
        kewen = build_toy(settings.data_dir)
        close = kewen.close

        def closing() -> None:
            close()
            self.closed.set()

        kewen.close = closing  # type: ignore[method-assign]
        return kewen


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> Builder:
    made = Builder()
    monkeypatch.setattr(server, "build_kewen", made)
    return made


@asynccontextmanager
async def started(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client,
    ):
        yield client


async def until(client: httpx.AsyncClient, path: str, condition: Any) -> httpx.Response:
    async with asyncio.timeout(20):
        while not condition(response := await client.get(path)):
            await asyncio.to_thread(threading.Event().wait, 0.01)
    return response


async def test_while_the_index_is_built_the_server_is_alive_and_not_ready(
    settings: Settings, builder: Builder
) -> None:
    seen: list[Progress] = []
    async with started(server.create_app(settings, on_progress=seen.append)) as client:
        assert (await client.get("/healthz")).status_code == 200
        await asyncio.to_thread(builder.began.wait, 20)
        for path in ("/readyz", "/api/search"):
            early = await client.get(path)
            assert early.status_code == 503
            assert early.json()["error"]["code"] == "index_not_ready"
            assert "computing vectors, 12 of 90" in early.json()["error"]["message"]
            assert "retry-after" in early.headers

        builder.may_finish.set()
        ready = await until(client, "/readyz", lambda response: response.status_code == 200)
        answered = await client.post("/api/ask", json={"question": "冰川样品在哪里？"})

        assert seen == [Progress("embedding", 12, 90)]
        assert (
            'kewen_llm_tokens_total{direction="read",model="some-model"} 70.0'
            in (await client.get("/metrics")).text
        )
        assert ready.json()["records"] == 4  # a member sees the fifth
        assert answered.status_code == 200
        assert not builder.closed.is_set()
    assert builder.closed.is_set()


async def test_a_build_that_ends_after_the_server_is_closed(settings: Settings, builder: Builder) -> None:
    async with started(server.create_app(settings)):
        await asyncio.to_thread(builder.began.wait, 20)

    builder.may_finish.set()
    await asyncio.to_thread(builder.closed.wait, 20)

    assert builder.closed.is_set()


async def test_why_kewen_cannot_be_opened_is_said(settings: Settings, builder: Builder) -> None:
    builder.fault = IndexLocked("Folder 'data' is in use by process 42. Stop it first.")
    builder.may_finish.set()
    told: list[Exception] = []

    async with started(server.create_app(settings, on_failure=told.append)) as client:
        response = await until(
            client, "/readyz", lambda response: response.json()["error"]["code"] == "start_failed"
        )

    assert response.status_code == 503
    assert "in use by process 42" in response.json()["error"]["message"]
    assert told == [builder.fault]


async def test_an_unexpected_fault_at_the_start_is_not_shown_in_full(
    settings: Settings, builder: Builder
) -> None:
    builder.fault = KeyError("/secret/path")
    builder.may_finish.set()

    async with started(server.create_app(settings)) as client:
        response = await until(
            client, "/readyz", lambda response: response.json()["error"]["code"] == "start_failed"
        )

    assert "KeyError" in response.text and "/secret" not in response.text


async def test_serving_ends_with_the_reason_when_kewen_cannot_be_opened(
    settings: Settings, builder: Builder
) -> None:
    builder.fault = IndexLocked("Folder 'data' is in use by process 42. Stop it first.")
    builder.may_finish.set()

    with pytest.raises(server.StartFailed, match="in use by process 42"):
        await asyncio.to_thread(server.serve, settings)


def test_a_port_in_use_is_named(settings: Settings, builder: Builder) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(server.StartFailed, match=rf"KEWEN_PORT {port}.*[Ss]top"):
            server.serve(settings.model_copy(update={"port": port}))


def test_an_address_that_is_not_ours_is_named(settings: Settings, builder: Builder) -> None:
    with pytest.raises(server.StartFailed, match=r"KEWEN_HOST '192\.0\.2\.1'"):
        server.serve(settings.model_copy(update={"host": "192.0.2.1"}))


@pytest.mark.parametrize(
    ("changes", "served", "refused"),
    [
        ({}, ["127.0.0.1:8000", "LOCALHOST", "[::1]:9", "localhost."], ["kewen.example.org", "10.0.0.5"]),
        (
            {"public_url": "https://kewen.example.org"},
            ["kewen.example.org", "kewen.example.org:8443", "localhost"],
            ["example.org", "kewen.example.org.evil.example", "evil@kewen.example.org", "a b", ""],
        ),
        ({"public_url": "https://科问.example"}, ["xn--mmzt98c.example"], ["evil.example"]),
        ({"hosts": "door.intern, fd00::7"}, ["door.intern", "[fd00::7]:80", "localhost"], ["fd00::7:80"]),
        ({"host": "192.0.2.7"}, ["192.0.2.7:8000"], ["192.0.2.8"]),
        ({"hosts": "*"}, ["anything.example"], []),
    ],
)
def test_names_that_are_served(
    settings: Settings, changes: dict[str, str], served: list[str], refused: list[str]
) -> None:
    hosts = server._hosts(settings.model_copy(update=changes))

    assert [name for name in served if not hosts.serves(name)] == []
    assert [name for name in refused if hosts.serves(name)] == []


def test_the_address_that_a_connection_came_in_on_is_ours(settings: Settings) -> None:
    hosts = server._hosts(settings.model_copy(update={"host": "0.0.0.0"}))

    assert hosts.serves("192.0.2.7:8000", "192.0.2.7") and hosts.serves("192.0.2.7", "::ffff:192.0.2.7")
    assert not hosts.serves("192.0.2.8", "192.0.2.7") and not hosts.serves("kewen.test", "kewen.test")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_running_streams_with_an_event_and_the_process_cleanly(
    tmp_path: Path, stop: signal.Signals
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    process = Forked(toy_server.serve, tmp_path / "data", port, stdout=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process)
        lines: list[str] = []
        with httpx.stream(
            "POST",
            f"{url}/api/ask",
            json={"question": "冰川"},
            headers={"Accept": "text/event-stream"},
            timeout=PATIENCE_S,
        ) as response:
            for line in response.iter_lines():
                lines.append(line)
                if line.startswith("event: status"):
                    process.send_signal(stop)
        status = process.wait(PATIENCE_S)
    finally:
        process.kill()

    assert "event: error" in lines
    assert any("shutting_down" in line for line in lines)
    assert "Traceback" not in log.read_text("utf-8")
    assert status in (0, -stop)


def _wait_until_ready(url: str, process: Forked) -> None:
    pause = threading.Event()
    for _ in range(1000):
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            assert process.poll() is None
        pause.wait(0.03)
    raise AssertionError("the server did not become ready")
