"""The application around a small Kewen: in process, and on loopback for streams and clients."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from api.app import build_app
from api.limits import RateLimiter
from api.sockets import PatientProtocol
from api.state import ApiState
from storage.keys import Keys
from tests.api.toy import ToyKewen, ToyRetriever, build_toy
from tests.patience import PATIENCE_S

PROVINCES = frozenset({"北京市", "上海市", "贵州省", "全国"})


@pytest.fixture(scope="session")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> ToyRetriever:
    """It only reads: one for all tests."""
    return ToyRetriever(tmp_path_factory.mktemp("index"))


@pytest.fixture
def kewen(tmp_path: Path, retriever: ToyRetriever, migrated: Path) -> Iterator[ToyKewen]:
    shutil.copyfile(migrated, tmp_path / "kewen.db")
    built = build_toy(tmp_path, retriever)
    yield built
    built.close()


@pytest.fixture
def state(kewen: ToyKewen) -> ApiState:
    return ApiState(
        limiter=RateLimiter(10_000), provinces=PROVINCES, kewen=cast(Any, kewen), grace_s=0.2, ping_s=0.1
    )


@pytest.fixture
def app(state: ApiState) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield

    return build_app(state, version="1.2.3", lifespan=lifespan)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Plain calls, without a socket and without start and stop."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://kewen.test") as opened:
        yield opened


@pytest.fixture
def keys(kewen: ToyKewen) -> dict[str, dict[str, str]]:
    """Authorization headers by level."""
    book = Keys(kewen.database)
    return {
        level: {"Authorization": f"Bearer {book.add(level)[1]}"}
        for level in ("registered", "member", "unit", "staff")
    }


@dataclass
class Running:
    """A server on loopback, in a thread of its own."""

    url: str
    server: uvicorn.Server
    loop: asyncio.AbstractEventLoop

    def call(self, work: Any) -> None:
        """Do something on the server's own event loop."""
        self.loop.call_soon_threadsafe(work)


@pytest.fixture
def running(app: FastAPI) -> Iterator[Running]:
    with running_on(app) as server:
        yield server


@contextmanager
def running_on(app: Any, protocol: type[PatientProtocol] = PatientProtocol) -> Iterator[Running]:
    """A server as server.serve() sets it up, on loopback and a thread of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=protocol, ws="none", log_config=None, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    loops: list[asyncio.AbstractEventLoop] = []

    async def main() -> None:
        loops.append(asyncio.get_running_loop())
        await server.serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    deadline = time.monotonic() + PATIENCE_S
    while not server.started and time.monotonic() < deadline:
        thread.join(0.01)
    yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", server, loops[0])
    server.should_exit = True
    thread.join(PATIENCE_S)
    listener.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many malformed requests were sent, where they were many."""
    from tests.api.test_fuzz import SENT, TIMES

    if TIMES > 1:
        terminalreporter.write_line(f"{SENT.total()} requests, by class of status: {dict(SENT)}")
