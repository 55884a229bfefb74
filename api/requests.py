"""What every request gets: an id, a log line, a count, security headers, and no trace on failure."""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import error_response
from api.metrics import Metrics

logger = logging.getLogger("kewen.api")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_PRIVATE = ("/api/", "/v1/", "/mcp")
"""What is told there depends on who asks, and questions are told back: nothing on the way may keep it."""


class Requests:
    """ASGI, outermost. Logs hold ids, routes, statuses and times; never what was asked."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope).get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in _SECURITY.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(_PRIVATE):
                    headers["Cache-Control"] = "no-store"
                if "frame-ancestors 'none'" not in headers["Content-Security-Policy"]:
                    del headers["X-Frame-Options"]  # the older header knows no list of who may frame
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except ClientDisconnect:
            status = status or 499
        except Exception as error:
            # Once begun, a response can only be cut; before that the caller gets the envelope.
            response = error_response(Request(scope, receive), error)
            if not status:
                await response(scope, receive, send_marked)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", None) or _mounted(scope["path"])
            self._metrics.request(scope["method"], route, status, seconds)
            logger.info("%s %s %s %s %.1f ms", request_id, scope["method"], route, status, seconds * 1000)


def _request_id(given: str | None) -> str:
    """The caller's own id when it is a plain one, else a new one."""
    return given if given and _REQUEST_ID.fullmatch(given) else f"r_{secrets.token_hex(8)}"


def _mounted(path: str) -> str:
    # Unknown paths share one label, or anyone could make a million of them.
    return "/mcp" if path.startswith("/mcp") else "(none)"
