"""The HTTP application around shared state: routers, limits, errors, MCP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.routing import Route

from api import (
    answers,
    ask,
    conversations,
    docs,
    errors,
    feedback,
    handoff,
    health,
    oai,
    openai,
    pages,
    pages_errors,
    pages_people,
    pages_staff,
    policies,
    resources,
    search,
    sites,
    widget,
    widget_pages,
)
from api.document import describe
from api.hosts import HostGuard
from api.limits import Limits
from api.mcp_mount import McpMount
from api.plain_text import PlainText
from api.requests import Requests
from api.state import ApiState
from api.widget_guard import WidgetGuard

DESCRIPTION = (
    "科问: where a science resource lives, who may use it, how to apply, and which article says so. "
    "Answers in Chinese and English, every sentence cited. Errors are "
    '{"error": {"code", "message", "request_id"}}.'
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def build_app(state: ApiState, *, version: str, lifespan: Lifespan) -> FastAPI:
    """The application; `lifespan` opens and closes what `state` holds."""
    mcp = McpMount(state)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        async with mcp.running(), lifespan(app):
            yield

    app = FastAPI(
        title="Kewen",
        version=version,
        description=DESCRIPTION,
        lifespan=running,
        docs_url=None,  # Swagger UI comes from another site; api/docs.py needs none
        redoc_url=None,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.state.api = state
    describe(app)
    for module in (
        ask,
        search,
        resources,
        policies,
        answers,
        conversations,
        feedback,
        handoff,
        openai,
        health,
        oai,
        docs,
        widget,
        sites,
        pages_people,
        pages_staff,
        widget_pages,  # before pages, which has every other path
        pages,
    ):
        app.include_router(module.router)

    for path in ("/mcp", "/mcp/"):
        app.router.routes.append(Route(path, mcp, include_in_schema=False))
    errors.install(app)
    pages_errors.install(app)
    # The last added is the outermost: every response gets its id, also one that a limit refused.
    app.add_middleware(PlainText)
    app.add_middleware(
        Limits,
        limiter=state.limiter,
        turns=state.turns,
        reading=state.reading,
        refused=pages_errors.refusal,
    )
    app.add_middleware(WidgetGuard, state=state)
    app.add_middleware(HostGuard, hosts=state.hosts)
    app.add_middleware(Requests, metrics=state.metrics)
    return app
