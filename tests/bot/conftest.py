"""A bot of each app against a peer of ours on loopback, over the toy corpus."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from bot.channel import Channel
from bot.desk import House
from bot.http import bot_router
from bot.local import LocalBackend
from bot.metrics import BotMetrics
from bot.runner import Pace, Runner
from bot.telegram import TelegramChannel
from storage.chats import Chats
from storage.database import Database, open_database
from tests.bot.telegram_peer import TOKEN, TelegramPeer, serving
from tests.bot.worlds import Only
from tests.patience import PATIENCE_S
from wiring import Kewen

QUICK = Pace(
    watch_s=0.05, ask_again_s=(0.02, 0.02, 0.02), listen_again_s=0.05, first_wait_s=0.02, grace_s=0.5
)

Start = Callable[..., AbstractAsyncContextManager[Runner]]


async def until(condition: Callable[[], Any], timeout_s: float = PATIENCE_S) -> Any:
    """What the condition gives, once that is true; fails after the time."""
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.01)
    return found


@asynccontextmanager
async def behind_routes(
    channel: Channel, backend: Any, database: Database
) -> AsyncIterator[tuple[Runner, httpx.AsyncClient]]:
    """A bot that listens behind the routes its platform pushes to, and a client that reaches them."""
    house = House(keep_count=Chats(database).count, base_url="https://kewen.example.org")
    runner = Runner(channel, backend, database, house, BotMetrics(CollectorRegistry()), QUICK)
    app = FastAPI()
    app.include_router(bot_router(Only(runner)))  # type: ignore[arg-type]
    await runner.start()
    try:
        await until(lambda: runner.state == "listening")
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://kewen.test") as client:
            yield runner, client
    finally:
        await runner.stop()


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Iterator[Database]:
    """What the bot remembers; Kewen's own conversations are elsewhere."""
    shutil.copyfile(migrated, tmp_path / "bot.db")
    opened = open_database(f"sqlite:///{tmp_path / 'bot.db'}")
    yield opened
    opened.close()


@pytest.fixture
def peer() -> TelegramPeer:
    return TelegramPeer()


@pytest.fixture
def api_url(peer: TelegramPeer) -> Iterator[str]:
    with serving(peer) as url:
        yield url


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def telegram(api_url: str, toy_kewen: Kewen, database: Database, registry: CollectorRegistry) -> Start:
    """Starts a Telegram bot; options are its house's, its channel's and its backend."""

    counts = BotMetrics(registry)

    @asynccontextmanager
    async def start(
        *,
        kewen: Kewen = toy_kewen,
        backend: Any = None,
        quick: bool = True,
        progress: bool = False,
        house: dict[str, Any] | None = None,
        **channel: Any,
    ) -> AsyncIterator[Runner]:
        backend = backend or LocalBackend(kewen)
        rules = {"keep_count": Chats(database).count, "base_url": "https://kewen.example.org"}
        made = TelegramChannel(
            TOKEN,
            api_url=api_url,
            **{
                "poll_s": 5,
                "timeout_s": PATIENCE_S,
                "lookup": lambda q, lang: backend.search(q, None, 8, lang),
                **channel,
            },
        )
        if quick:
            # Pacing has tests of its own; here it would only take time. And on a machine that is busy any
            # answer may be slow enough to show its progress.
            made.limits = replace(made.limits, every_s=0.0)
        if not progress:
            made.limits = replace(made.limits, progress_s=None)
        runner = Runner(made, backend, database, House(**{**rules, **(house or {})}), counts, QUICK)
        await runner.start()
        try:
            yield runner
        finally:
            await runner.stop()

    return start


Answered = Callable[..., Awaitable[list[Any]]]


@pytest.fixture
def answered(peer: TelegramPeer) -> Answered:
    """Waits until a chat shows so many messages of the bot; these."""

    async def wait(chat: int, count: int = 1, timeout_s: float = PATIENCE_S) -> list[Any]:
        return await until(lambda: peer.of(chat) if len(peer.of(chat)) >= count else None, timeout_s)

    return wait
