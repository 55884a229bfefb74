"""All bots of one process: started together, stopped together, asked how they are."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry

from bot.backend import Backend
from bot.building import Build, Name, allowed, channels_of, house_of
from bot.errors import BotTaken
from bot.metrics import BotMetrics
from bot.runner import Runner
from settings import Settings
from storage.database import Database

logger = logging.getLogger("kewen.bot")


class Bots:
    """The bots that the settings name. `runners` are those that run, by name."""

    def __init__(self, settings: Settings, registry: CollectorRegistry, wanted: Name | None = None) -> None:
        """Raises BotMisconfigured."""
        self._settings = settings
        self._builds: dict[Name, Build] = channels_of(settings, wanted)
        allowed(settings)
        self._metrics = BotMetrics(registry) if self._builds else None
        self._locks: list[int] = []
        self._running: dict[str, Runner] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Those that are wanted, whether they run or not."""
        return tuple(self._builds)

    @property
    def runners(self) -> Mapping[str, Runner]:
        return self._running

    async def start(self, backend: Backend, database: Database) -> None:
        """Begin.

        Raises BotTaken when another process runs one of them on this data folder, BotMisconfigured.
        """
        if self._metrics is None:
            return
        house = house_of(self._settings, database)
        for name, build in self._builds.items():
            self._locks.append(_lock(self._settings.data_dir, name))
            runner = Runner(build(backend), backend, database, house, self._metrics)
            self._running[name] = runner
            await runner.start()

    async def stop(self) -> None:
        """End; what is not answered is found again at the next start."""
        for runner in self._running.values():
            await runner.stop()
        self._running.clear()
        for handle in self._locks:
            os.close(handle)
        self._locks.clear()


def _lock(data_dir: Path, name: str) -> int:
    """Held until it is closed, or the process ends: two would answer everything twice."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(data_dir / f"bot-{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise BotTaken(
            f"Another process runs the {name} bot on the data folder {data_dir}. Stop that one first: it may "
            "be `kewen serve`, which starts every bot whose settings are set."
        ) from error
    return handle
