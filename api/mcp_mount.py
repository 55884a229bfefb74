"""/mcp in the application: refuses what cannot be served, and loads the protocol when it is first spoken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from api.auth import asker_of
from api.errors import ApiError, error_response
from api.hosts import local_of
from api.mcp_errors import Enveloped, check_method
from api.state import ApiState
from api.validation import quoted

if TYPE_CHECKING:
    from api.mcp import Tools


class McpMount:
    """ASGI for /mcp. The protocol's package is imported by the first request that needs it: that takes
    0.6 s, which every start would pay and few servers need."""

    def __init__(self, state: ApiState) -> None:
        self._state = state
        self._opened: asyncio.Future[Tools] | None = None
        self._serving: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Enter while the application serves."""
        try:
            yield
        finally:
            self._stopping.set()
            if self._serving is not None:
                await self._serving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            check_method(request)
            self._check_origin(request)
            kewen = self._state.opened()
            request.state.asker = await asker_of(request.headers.get("authorization"), kewen.database)
        except ApiError as refusal:
            await error_response(request, refusal)(scope, receive, send)
            return
        tools = await self._tools()
        # The protocol's own application has one route, "/", whichever way /mcp was written.
        inner = {**scope, "root_path": f"{scope.get('root_path', '')}/mcp"}
        told = Enveloped(scope, receive, send)
        await tools.app({**inner, "path": f"{inner['root_path']}/"}, receive, told)

    def _check_origin(self, request: Request) -> None:
        """Raises ApiError 403 for a page of another place, as the protocol asks; programs name none."""
        origin = request.headers.get("origin")
        if origin is not None and not self._state.hosts.serves(origin.partition("://")[2], local_of(request)):
            raise ApiError(403, "origin_foreign", origin=quoted(origin))

    async def _tools(self) -> Tools:
        if self._opened is None:
            self._opened = asyncio.get_running_loop().create_future()
            self._serving = asyncio.create_task(self._serve(self._opened))
        return await asyncio.shield(self._opened)

    async def _serve(self, opened: asyncio.Future[Tools]) -> None:
        # One task enters and leaves: the session's task group asks for that.
        try:
            tools = await asyncio.to_thread(self._load)
            async with tools.session.run():
                opened.set_result(tools)
                await self._stopping.wait()
        except Exception as error:
            if opened.done():
                raise
            opened.set_exception(error)

    def _load(self) -> Tools:
        from api.mcp import Tools

        return Tools(self._state)
