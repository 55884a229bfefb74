"""Calls to a platform's own HTTP API: one client, an access token that is renewed, errors by meaning."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from bot.errors import SendLater, SendUnsure

Renew = Callable[[], Awaitable[tuple[str, float]]]
"""(the token, seconds that it is valid)."""

_EARLY_S = 300.0
"""A token is renewed this much before it ends."""


class Caller:
    """JSON over HTTP to one platform."""

    def __init__(self, base_url: str, timeout_s: float = 10.0) -> None:
        self.base_url = base_url
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout_s, pool=60),
            limits=httpx.Limits(max_connections=32),
            follow_redirects=False,
        )

    async def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Its response, whatever the status below 500.

        Raises SendLater where it surely did not take the call, SendUnsure where nobody knows.
        """
        url = path if path.startswith(("http://", "https://")) else f"{self.base_url}{path}"
        try:
            response = await self._client.request(method, url, **given)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise SendLater(f"{type(error).__name__} at {self.base_url}") from error
        except httpx.HTTPError as error:
            raise SendUnsure(f"{type(error).__name__} at {self.base_url}") from error
        if response.status_code == 429:
            raise SendLater(f"HTTP 429 at {self.base_url}", retry_after(response))
        if response.status_code >= 500:
            raise SendLater(f"HTTP {response.status_code} at {self.base_url}")
        return response

    async def close(self) -> None:
        await self._client.aclose()


def retry_after(response: httpx.Response) -> float | None:
    """Seconds, from whichever header tells them."""
    for name in ("retry-after", "x-ogw-ratelimit-reset"):
        value = response.headers.get(name, "")
        if value.isascii() and value.isdecimal():
            return min(float(value), 600.0) + 0.1
    return None


def json_of(response: httpx.Response) -> dict[str, Any]:
    """The body as an object. Raises SendLater when it is none: a gateway between us may have answered."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise SendLater(f"HTTP {response.status_code} without a JSON object")
    return body


class AccessToken:
    """The token that a platform's calls need, fetched once for all who wait for it."""

    def __init__(self, renew: Renew) -> None:
        self._renew = renew
        self._lock = asyncio.Lock()
        self._token, self._until = "", 0.0

    async def get(self) -> str:
        async with self._lock:
            if time.monotonic() >= self._until:
                token, valid_s = await self._renew()
                self._token, self._until = token, time.monotonic() + max(valid_s - _EARLY_S, valid_s / 2)
            return self._token

    def reject(self, token: str) -> None:
        """The platform did not take it: the next caller gets a new one."""
        if token == self._token:
            self._until = 0.0
