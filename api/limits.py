"""How much one client may send: size of a body, requests in a minute, requests at once."""

from __future__ import annotations

import hmac
import ipaddress
import math
import secrets
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Literal

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.costs import cost_of
from api.errors import ApiError
from api.turns import Turns

BODY_LIMIT = 64 * 1024
"""Bytes."""
CHAT_BODY_LIMIT = 1024 * 1024
"""Bytes of POST /v1/chat/completions, whose callers send the whole conversation each time."""
LOOKUPS_PER_QUESTION = 10
"""Looking something up writes nothing and costs less than a question, so more of it is allowed."""
WORDS = "q"
"""The parameter of whatever can be searched."""

QUESTIONS_PER_HANDOFF = 20
"""Handing over makes work for people, so less of it is allowed."""
QUESTIONS_PER_PASSWORD, LEAST_PASSWORDS = 75, 5
"""Each try costs what twenty questions do, and who guesses wants many."""

_CHAT = ("POST", "/v1/chat/completions")
_QUESTIONS = {("POST", "/api/ask"), _CHAT}
_HANDOFF = ("POST", "/api/handoff")
_FREE = ("/healthz", "/readyz", "/metrics", "/static/", "/bots/")
"""Never counted: those who watch over Kewen must hear from it however much is asked, files cost nothing,
and chat apps push everybody's messages from one address."""
_OWN_TURNS = "/mcp"
"""What a tool does is known where its call was read."""

BOT_KEY_HEADER = "X-Kewen-Bot-Key"
CONVERSATION_HEADER = "X-Kewen-Conversation"
CHANNEL_HEADER = "X-Kewen-Channel"

Kind = Literal["question", "search", "lookup", "handoff", "password"]
Refused = Callable[[Request, Exception], Response]


class RateLimiter:
    """A moving window of one minute for each client."""

    def __init__(self, per_minute: int, bot_key: str | None = None) -> None:
        """Who bears `bot_key` is a bot with many people behind one address: each conversation is a client."""
        self.per_minute = per_minute
        self._bot_key = bot_key
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def client_of(self, request: Request) -> str:
        """The conversation of a bot that bears the key, else the address of the caller."""
        if self._is_bot(request):
            return f"bot {request.headers.get(CONVERSATION_HEADER) or secrets.token_hex(8)}"
        return client_of(request)

    def app_of(self, request: Request) -> str | None:
        """The chat app that a bot bearing the key asks for, as staff see it."""
        named = request.headers.get(CHANNEL_HEADER, "")
        return (
            named
            if named.isascii() and named.isalpha() and len(named) <= 20 and self._is_bot(request)
            else None
        )

    def _is_bot(self, request: Request) -> bool:
        given = request.headers.get(BOT_KEY_HEADER, "")
        return bool(self._bot_key) and hmac.compare_digest(given.encode(), str(self._bot_key).encode())

    def worth(self, *texts: str) -> int:
        """How many short questions the texts of one request are worth: none more than a minute has."""
        return min(cost_of(*texts), self.per_minute)

    def take(self, client: str, kind: Kind, cost: int = 1) -> None:
        """Count one request, or as many as it costs. Raises ApiError 429 with Retry-After when there were
        too many."""
        limit = {
            "question": self.per_minute,
            "search": self.per_minute,  # one costs about as much
            "lookup": self.per_minute * LOOKUPS_PER_QUESTION,
            "handoff": max(1, self.per_minute // QUESTIONS_PER_HANDOFF),
            "password": max(LEAST_PASSWORDS, self.per_minute // QUESTIONS_PER_PASSWORD),
        }[kind]
        item = RateLimitItemPerMinute(limit)
        if self._window.hit(item, kind, client, cost=cost):
            return
        reset = self._window.get_window_stats(item, kind, client).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        raise ApiError(
            429,
            "rate_limited",
            say_as="passwords_too_many" if kind == "password" else None,
            headers={"Retry-After": str(seconds)},
            limit=limit,
            seconds=seconds,
        )


def client_of(request: Request) -> str:
    """The address of the caller, as the server sees it; of IPv6 the network, since one caller has many."""
    return network_of(request.client.host if request.client else "unknown")


def network_of(host: str) -> str:
    """Of an IPv6 address its /64; everything else as it is."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return host


class Limits:
    """ASGI: refuses too many requests and too large bodies before anything else sees them, and gives
    the others their turns."""

    def __init__(
        self, app: ASGIApp, limiter: RateLimiter, turns: Turns, reading: Turns, refused: Refused
    ) -> None:
        """`turns` are those of questions and searches, `reading` those of all that is only looked up or
        noted, which does not wait for questions. `refused` makes the response of a refusal."""
        self._app = app
        self._limiter = limiter
        self._turns = turns
        self._reading = reading
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        client, kind = self._limiter.client_of(request), _kind(request)
        request.state.app = self._limiter.app_of(request)
        free = scope["path"].startswith(_FREE)
        async with AsyncExitStack() as turn:
            try:
                if not free:
                    words = request.query_params.get(WORDS, "") if kind == "search" else ""
                    self._limiter.take(client, kind, self._limiter.worth(words))
                limit = CHAT_BODY_LIMIT if (scope["method"], scope["path"]) == _CHAT else BODY_LIMIT
                body = await _read(request, limit)
                if more := min(len(body) // BODY_LIMIT, self._limiter.per_minute - 1):
                    self._limiter.take(client, kind, more)
                request.state.charged = 1 + more
                if not free and not scope["path"].startswith(_OWN_TURNS):
                    line = self._turns if kind in ("question", "search") else self._reading
                    await turn.enter_async_context(line.turn(client))
            except ApiError as refusal:
                await self._refused(request, refusal)(scope, receive, send)
                return

            async def answered(message: Message) -> None:
                if kind != "question":  # the work is done: only streams of answers begin before it
                    await turn.aclose()
                await send(message)

            await self._app(scope, replay(body, receive), answered)


def _kind(request: Request) -> Kind:
    method, path = request.method, request.scope["path"].rstrip("/")
    if (method, path) == _HANDOFF:
        return "handoff"
    if (method, path) in _QUESTIONS:
        return "question"
    # A list without words to search for is only counted out.
    return "search" if request.query_params.get(WORDS) else "lookup"


async def _read(request: Request, limit: int) -> bytes:
    declared = request.headers.get("content-length", "0")
    too_large = ApiError(413, "body_too_large", limit=limit)
    if declared.isascii() and declared.isdigit() and int(declared[:12]) > limit:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large
    return bytes(body)


def replay(body: bytes, receive: Receive) -> Receive:
    """The body in one message, then whatever the server says (a disconnect)."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return pending.pop() if pending else await receive()

    return next_message
