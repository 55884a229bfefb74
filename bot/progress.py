"""What the asker sees while an answer is made: typing, then the text so far."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from bot.channel import Channel
from bot.errors import SendFailed
from bot.records import Address, Incoming, Span, plain
from bot.splitting import shorten

BUSY_AFTER_S = 0.3
BUSY_EVERY_S = 4.5
SHOW_AFTER_S = 0.9
"""An answer that comes sooner is sent at once: a placeholder would only flicker."""


class Progress:
    """Shows progress on a channel between `async with` and its end; what it cannot show it leaves out.

    Afterwards `sent_id` is the message that the answer must replace, or None.
    """

    def __init__(
        self,
        channel: Channel,
        incoming: Incoming,
        draft_id: int,
        on_sent: Callable[[str], Awaitable[None]],
        pace: Callable[[str], Awaitable[None]],
        sent_id: str | None = None,
    ) -> None:
        self.sent_id = sent_id
        self._channel = channel
        self._incoming = incoming
        self._to = Address(incoming.chat, incoming.handle)
        self._draft_id = draft_id
        self._on_sent = on_sent
        self._pace = pace
        self._text = ""
        self._acknowledged = incoming.kind != "button"
        self._showing: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    async def show(self, text: str) -> None:
        """Remember the text; it is shown when its time comes."""
        self._text = text
        if not self._acknowledged:
            await self.acknowledge(None)

    async def acknowledge(self, toast: str | None) -> None:
        """Tell the app that the button was pressed, once."""
        if self._acknowledged:
            return
        self._acknowledged = True
        with contextlib.suppress(SendFailed):
            await self._channel.acknowledge(self._incoming, toast)

    async def __aenter__(self) -> Self:
        self._showing = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._showing is not None:
            # What is under way comes to its end: a draft that lands behind the answer would stay.
            self._stop.set()
            with contextlib.suppress(asyncio.CancelledError):
                await self._showing

    async def _go_on(self) -> None:
        began, busy_at, shown = time.monotonic(), BUSY_AFTER_S, ""
        every_s = self._channel.limits.progress_s
        show_at = SHOW_AFTER_S
        while not await self._over(0.1):
            elapsed = time.monotonic() - began
            with contextlib.suppress(SendFailed):
                if elapsed >= busy_at and not shown:
                    busy_at = elapsed + BUSY_EVERY_S
                    await self._channel.busy(self._to)
                if every_s is not None and elapsed >= show_at and self._text and self._text != shown:
                    shown, show_at = self._text, elapsed + every_s
                    await self._shown(shown)

    async def _shown(self, text: str) -> None:
        limits = self._channel.limits
        text = plain(shorten((Span(text),), limits.text, limits.measure))
        await self._pace(self._incoming.chat)
        if self._stop.is_set():
            return
        sent = await self._channel.progress(self._to, self.sent_id, self._draft_id, text)
        if sent is not None and sent != self.sent_id:
            self.sent_id = sent
            await self._on_sent(sent)

    async def _over(self, wait_s: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), wait_s)
        return self._stop.is_set()
