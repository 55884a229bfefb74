"""How much is worked on at once: the rest waits in line for a while, each client with a place of its own."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from api.errors import unavailable

LINE = 256
"""Who may wait, in all; a quarter of it for one client."""
WAIT_S = 10.0
STAYS_S = 10.0
"""Who had a turn so lately is still there: between two questions of one client no other takes its place."""


@dataclass(frozen=True, eq=False, slots=True)
class _Waiting:
    client: str
    called: asyncio.Event = field(default_factory=asyncio.Event)


class Turns:
    """Turns at asking and searching. One client has at most half of them at once, so that others find one
    free, a third while another is there, a quarter beside two, and always one; the next goes to whoever has
    the fewest, and among those to the one who waited longest."""

    def __init__(
        self, at_once: int, *, line: int = LINE, wait_s: float = WAIT_S, stays_s: float = STAYS_S
    ) -> None:
        self._at_once = at_once
        self._line = line
        self._wait_s = wait_s
        self._stays_s = stays_s
        self._running: Counter[str] = Counter()
        self._left: dict[str, float] = {}
        self._waiting: list[_Waiting] = []

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a turn and have it. Raises ApiError 503 when the line is full or the wait too long."""
        mine = _Waiting(client)
        self._stand_in_line(mine)
        self._call_next()
        try:
            try:
                async with asyncio.timeout(self._wait_s):
                    await mine.called.wait()
            except TimeoutError:
                if not mine.called.is_set():
                    raise unavailable("busy") from None
            yield
        finally:
            self._leave(mine)

    def _stand_in_line(self, one: _Waiting) -> None:
        mine = sum(other.client == one.client for other in self._waiting)
        if len(self._waiting) >= self._line or mine >= max(1, self._line // 4):
            raise unavailable("busy")
        self._waiting.append(one)

    def _leave(self, one: _Waiting) -> None:
        if one.called.is_set():
            self._running[one.client] -= 1
            self._left[one.client] = time.monotonic()
            self._running += Counter()  # forget who has none
            self._call_next()
        else:
            self._waiting.remove(one)

    def _call_next(self) -> None:
        while self._running.total() < self._at_once:
            there = self._there()
            each = max(1, self._at_once // (len(there) + 1))
            free = [one for one in self._waiting if self._running[one.client] < each]
            if not free:
                return
            chosen = min(free, key=lambda one: self._running[one.client])
            self._waiting.remove(chosen)
            self._running[chosen.client] += 1
            chosen.called.set()

    def _there(self) -> set[str]:
        """Clients with a turn, in line, or who had a turn just now."""
        since = time.monotonic() - self._stays_s
        self._left = {client: left for client, left in self._left.items() if left > since}
        return {*self._running, *self._left, *(one.client for one in self._waiting)}
