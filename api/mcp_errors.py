"""Errors of /mcp in our envelope: what refuses a request before its call is read, and failed tools.

A call that was read and has an id gets the protocol's own errors, since its client waits for them.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from api.errors import ApiError, error_response
from api.validation import quoted

METHOD = "POST"
"""Nothing is ever sent unasked and no session is kept, so GET and DELETE have nothing to do."""


def check_method(request: Request) -> None:
    """Raises ApiError 405 for all but POST."""
    if request.method != METHOD:
        raise ApiError(
            405,
            "method_not_allowed",
            path=quoted(request.url.path),
            method=quoted(request.method, quotes=False),
            allowed=METHOD,
            headers={"Allow": METHOD},
        )


class Enveloped:
    """In place of `send` for one request: holds a refusal back until it is known whose it is."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._held: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= 400:
            self._held = message
        elif self._held is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._tell(self._held)

    async def _tell(self, start: Message) -> None:
        reason, answered = _read(self._body)
        if answered:
            await self._send(start)
            await self._send({"type": "http.response.body", "body": self._body})
            return
        status = start["status"]
        code = "mcp_request_invalid" if status < 500 else "internal_error"
        error = ApiError(status, code, reason=quoted(reason, quotes=False))
        await error_response(Request(self._scope), error)(self._scope, self._receive, self._send)


def _read(body: bytes) -> tuple[str, bool]:
    """Why, in one line, and whether it answers a call that was read."""
    try:
        told: Any = json.loads(body)
        reason = str(told["error"]["message"])
        answered = told.get("id") is not None
    except (ValueError, LookupError, TypeError, AttributeError):
        reason, answered = body.decode("utf-8", "replace"), False
    return (reason.splitlines() or [""])[0].rstrip("."), answered
