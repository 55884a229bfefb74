"""A bot in a process of its own: it asks a running Kewen over HTTP."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from api.sockets import PatientProtocol
from bot.bots import Bots
from bot.building import Name
from bot.errors import BotMisconfigured
from bot.http import bot_router
from bot.remote import RemoteBackend
from operations.remote import address, is_ready
from settings import Settings
from storage.database import Database, open_database

logger = logging.getLogger("kewen.bot")

ASK_AGAIN_S = 2.0


def run_alone(settings: Settings, name: Name) -> None:
    """Run one bot until it is told to stop. Raises BotMisconfigured, BotTaken, StorageError."""
    bots = Bots(settings, registry := CollectorRegistry(), name)
    failures: list[Exception] = []
    if settings.database_url is None:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _listening(settings) as listener:
        database = open_database(settings.own_database)
        try:
            app = _app(settings, bots, registry, database, failures)
            server = uvicorn.Server(
                uvicorn.Config(
                    app,
                    http=PatientProtocol,
                    ws="none",
                    log_config=None,
                    access_log=False,
                    server_header=False,
                )
            )
            app.state.stop = lambda: setattr(server, "should_exit", True)
            server.run(sockets=[listener])
        finally:
            database.close()
    if failures:
        raise failures[0]


def _app(
    settings: Settings,
    bots: Bots,
    registry: CollectorRegistry,
    database: Database,
    failures: list[Exception],
) -> FastAPI:
    base_url = settings.api_url or address(settings.host, settings.port)
    backend = RemoteBackend(base_url, settings.bot_key.get_secret_value() if settings.bot_key else None)

    async def begin(app: FastAPI) -> None:
        told = False
        # Until Kewen is there, updates wait where they are safest: with the platform.
        while not await asyncio.to_thread(is_ready, base_url):
            if not told:
                logger.warning("waiting for Kewen at %s (KEWEN_API_URL)", base_url)
                told = True
            await asyncio.sleep(ASK_AGAIN_S)
        try:
            await bots.start(backend, database)
        except Exception as error:
            failures.append(error)
            app.state.stop()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        beginning = asyncio.create_task(begin(app))
        try:
            yield
        finally:
            beginning.cancel()
            await asyncio.gather(beginning, return_exceptions=True)
            await bots.stop()
            await backend.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(bot_router(bots))

    @app.get("/healthz")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return app


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.bot_port))
    except OSError as error:
        listener.close()
        raise BotMisconfigured(
            f"KEWEN_HOST {settings.host!r} with KEWEN_BOT_PORT {settings.bot_port} cannot be used: "
            f"{error.strerror or error}. Stop what uses that port, or set another one."
        ) from error
    return listener
