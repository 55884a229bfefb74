"""Lanes: what belongs to one chat happens in order, different chats go on beside each other."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

logger = logging.getLogger("kewen.bot")

Job = Callable[[], Awaitable[None]]


class Lanes:
    """One queue and at most one running task for each key; idle keys cost nothing."""

    def __init__(self) -> None:
        self._jobs: dict[str, deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def put(self, key: str, job: Job) -> None:
        """Do it after everything that was put under the same key."""
        if self._closed:
            return  # it is written down, and found again at the next start
        if key in self._jobs:
            self._jobs[key].append(job)
            return
        self._jobs[key] = deque([job])
        task = asyncio.create_task(self._run(key), name="kewen-bot-lane")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, key: str) -> None:
        try:
            while self._jobs[key]:
                job = self._jobs[key].popleft()
                try:
                    await job()
                except Exception as error:
                    # A job says itself what failed; this is the last net under the others of its lane.
                    logger.error("a job of a chat failed: %s", type(error).__name__, exc_info=error)
        finally:
            del self._jobs[key]

    async def idle(self) -> None:
        """Wait until nothing is left to do."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self, grace_s: float) -> None:
        """Take nothing more; give what runs some time, then stop it."""
        self._closed = True
        for jobs in self._jobs.values():
            jobs.clear()
        running = set(self._tasks)
        if running:
            _, late = await asyncio.wait(running, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
