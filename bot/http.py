"""/bots: where chat apps push to, and how the bots are."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bot.bots import Bots
from bot.channel import Pushed
from bot.errors import Rejected
from storage.errors import StorageError

logger = logging.getLogger("kewen.bot")


def bot_router(bots: Bots) -> APIRouter:
    """The routes; with no bot running every app is 404."""
    router = APIRouter(include_in_schema=False)

    @router.get("/bots")
    async def how_they_are() -> JSONResponse:
        """Each bot: listening, opening, out of reach or why not, how many updates wait, and what is to be
        set up before messages go through."""
        shown: dict[str, Any] = {name: {"state": "stopped", "waiting": 0} for name in bots.names}
        for name, runner in bots.runners.items():
            waiting = await asyncio.to_thread(runner.backlog)
            shown[name] = {"state": runner.state, "waiting": waiting, **runner.troubles()}
        return JSONResponse({"bots": shown})

    @router.api_route("/bots/{name}", methods=["GET", "POST"])
    async def pushed(name: str, request: Request) -> Response:
        """What a platform pushes: verified, written down, and only then acknowledged."""
        runner = bots.runners.get(name)
        if runner is None:
            # 503 makes the platform try again: a bot that is wanted will be here soon.
            return Response(status_code=503 if name in bots.names else 404)
        headers = {key.lower(): value for key, value in request.headers.items()}
        body = await request.body()
        try:
            receipt = await runner.pushed(Pushed(request.method, headers, dict(request.query_params), body))
        except Rejected as refusal:
            logger.warning("%s: a request was refused: %s", name, refusal)
            return Response(status_code=refusal.status)
        except StorageError as error:
            logger.error("%s: a request was not taken: %s", name, error)
            return Response(status_code=503)
        return Response(receipt.body, receipt.status, media_type=receipt.media_type)

    return router
