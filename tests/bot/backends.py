"""Backends that do what the real one does, when told to: later, not now, or wrongly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from assistant.records import DeltaEvent, Event, StatusEvent
from bot.errors import BackendDown
from bot.local import LocalBackend


class SlowBackend(LocalBackend):
    """Says piece by piece what the real one says at once, `pause_s` apart."""

    pause_s = 0.5
    pieces = 6

    async def stream(self, question: str, **given: Any) -> AsyncIterator[Event]:
        async for event in super().stream(question, **given):
            if isinstance(event, DeltaEvent):
                size = len(event.text) // self.pieces + 1
                for start in range(0, len(event.text), size):
                    await asyncio.sleep(self.pause_s)
                    yield DeltaEvent(text=event.text[start : start + size])
            else:
                yield event


class GatedBackend(LocalBackend):
    """Answers a question that holds 「等」 only once the gate is open."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.gate = asyncio.Event()
        self.asked: list[str] = []

    async def stream(self, question: str, **given: Any) -> AsyncIterator[Event]:
        self.asked.append(question)
        if "等" in question:
            yield StatusEvent(stage="searching", text="…")
            await self.gate.wait()
        async for event in super().stream(question, **given):
            yield event


class FailingBackend(LocalBackend):
    """Fails as often as it was told to, then answers."""

    def __init__(self, kewen: Any, *faults: Exception) -> None:
        super().__init__(kewen)
        self._faults = list(faults)

    async def stream(self, question: str, **given: Any) -> AsyncIterator[Event]:
        if self._faults:
            raise self._faults.pop(0)
        async for event in super().stream(question, **given):
            yield event


def down(count: int) -> list[Exception]:
    return [BackendDown("on command") for _ in range(count)]
