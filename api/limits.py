"""How much one client may send: size of a body, requests in a minute."""

from __future__ import annotations

import math
import time
from typing import Literal

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiError, error_response

BODY_LIMIT = 64 * 1024
"""Bytes."""
LOOKUPS_PER_QUESTION = 10
"""Looking something up writes nothing and costs less than a question, so more of it is allowed."""

QUESTIONS_PER_HANDOFF = 20
"""Handing over makes work for people, so less of it is allowed."""

_QUESTIONS = {("POST", "/api/ask"), ("POST", "/v1/chat/completions")}
_HANDOFF = ("POST", "/api/handoff")
_COUNTED = ("/api/", "/v1/", "/mcp", "/oai")

Kind = Literal["question", "lookup", "handoff"]


class RateLimiter:
    """A moving window of one minute for each client address."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def take(self, client: str, kind: Kind) -> None:
        """Count one request. Raises ApiError 429 with Retry-After when there were too many."""
        limit = {
            "question": self.per_minute,
            "lookup": self.per_minute * LOOKUPS_PER_QUESTION,
            "handoff": max(1, self.per_minute // QUESTIONS_PER_HANDOFF),
        }[kind]
        item = RateLimitItemPerMinute(limit)
        if self._window.hit(item, kind, client):
            return
        reset = self._window.get_window_stats(item, kind, client).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        raise ApiError(
            429, "rate_limited", headers={"Retry-After": str(seconds)}, limit=limit, seconds=seconds
        )


def client_of(request: Request) -> str:
    """The address of the caller, as the server sees it."""
    return request.client.host if request.client else "unknown"


class Limits:
    """ASGI: refuses too many requests and too large bodies before anything else sees them."""

    def __init__(self, app: ASGIApp, limiter: RateLimiter) -> None:
        self._app = app
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            path: str = scope["path"]
            if path.startswith(_COUNTED):
                self._limiter.take(client_of(request), _kind(scope["method"], path))
            body = await _read(request)
        except ApiError as refusal:
            await error_response(request, refusal)(scope, receive, send)
            return
        await self._app(scope, replay(body, receive), send)


def _kind(method: str, path: str) -> Kind:
    if (method, path) == _HANDOFF:
        return "handoff"
    return "question" if (method, path) in _QUESTIONS else "lookup"


async def _read(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    too_large = ApiError(413, "body_too_large", limit=BODY_LIMIT)
    if declared.isascii() and declared.isdigit() and int(declared[:12]) > BODY_LIMIT:
        raise too_large
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise too_large
    return body


def replay(body: bytes, receive: Receive) -> Receive:
    """The body in one message, then whatever the server says (a disconnect)."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return pending.pop() if pending else await receive()

    return next_message
