"""What a running server does beside answering: takes up a new catalogue, harvests and checks links."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from corpus.harvest.errors import HarvestError
from corpus.rulebooks.shelf import FOLDER
from harvesting.errors import HarvestingError, SyncBusy
from harvesting.links import addresses_of, check_links
from harvesting.turns import harvest_turn
from storage.harvest_records import StoredSource
from storage.harvest_sides import Links
from storage.harvested import HarvestedRecords
from storage.harvests import Harvests

if TYPE_CHECKING:
    from assistant.chat import Call
    from retrieval.indexing import Progress
    from settings import Settings
    from wiring import Kewen

logger = logging.getLogger("kewen.caretaker")

_SCHEDULE_S = 60.0
"""Between two looks at what is due."""
_RETRY_S = 600.0
"""After a refresh that failed."""


class Stopped(Exception):
    """The server stops; what was begun is left as it is, to be gone on with."""

    code = "stopped"


class Caretaker:
    """Two threads beside an open Kewen: one refreshes it, one harvests and checks links by schedule.

    Begin with `start()`; `stop()` ends both before the Kewen is closed.
    """

    def __init__(
        self, settings: Settings, kewen: Kewen, *, on_call: Callable[[Call], None] | None = None
    ) -> None:
        self._settings, self._kewen, self._on_call = settings, kewen, on_call
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.refreshed = 0
        """How often a new catalogue was taken up."""

    def start(self) -> None:
        if self._settings.refresh_s:
            self._begin("kewen-refresh", self._refresh_loop)
        if self._settings.harvest_every_h or self._settings.links_every_h:
            self._begin("kewen-harvest", self._schedule_loop)

    def stop(self, timeout_s: float = 30.0) -> None:
        """End what goes on at its next step; a build begun is thrown away, a harvest is taken up later."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout_s)

    def _begin(self, name: str, loop: Callable[[], None]) -> None:
        thread = threading.Thread(target=loop, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    # Refreshing

    def _refresh_loop(self) -> None:
        seen: tuple[object, ...] | None = None  # what came while Kewen was opened is looked for too
        while not self._stop.wait(self._settings.refresh_s):
            try:
                now = self._signature()
                if now != seen and self.refresh():
                    logger.info("A new catalogue answers: generation %s", self._kewen.generation)
                seen = now
            except Stopped:
                return
            except Exception as error:
                told = str(error) if isinstance(getattr(error, "code", None), str) else type(error).__name__
                logger.warning("The new catalogue cannot be taken up, the old one answers: %s", told)
                if self._stop.wait(_RETRY_S):
                    return

    def refresh(self) -> bool:
        """Take up what is new; True where anything was. Raises as wiring.refresh_kewen, and Stopped."""
        from wiring import refresh_kewen

        done = refresh_kewen(self._kewen, self._settings, progress=self._step, on_call=self._on_call)
        self.refreshed += done
        return done

    def _step(self, _progress: Progress) -> None:
        if self._stop.is_set():
            raise Stopped

    def _signature(self) -> tuple[object, ...]:
        """What the corpus is made of, cheaply: catalogue revision, rule books, and the day, on which the
        states of rules and the age of dead links depend."""
        folder = self._settings.data_dir / FOLDER
        books = sorted(
            (path.as_posix(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()
        )
        return HarvestedRecords(self._kewen.database).revision(), tuple(books), date.today()

    # By schedule

    def _schedule_loop(self) -> None:
        wait = 1.0
        while not self._stop.wait(wait):
            wait = _SCHEDULE_S
            try:
                if self._settings.harvest_every_h:
                    self.harvest_due(timedelta(hours=self._settings.harvest_every_h))
                if self._settings.links_every_h:
                    self.check_links_due(timedelta(hours=self._settings.links_every_h))
            except Stopped:
                return
            except Exception as error:
                logger.warning("Scheduled work failed: %s", error)

    def harvest_due(self, every: timedelta) -> int:
        """Harvest the sources whose last run began that long ago, or as long as they ask for; how many."""
        from corpus.harvest.records import HarvestSource
        from operations.catalogues import How, harvest_catalogue, settle

        harvests = Harvests(self._kewen.database)
        due = [one for one in harvests.sources() if one.scheduled and self._is_due(harvests, one, every)]
        changed = False
        for stored in due:
            try:
                with harvest_turn(self._settings.data_dir):
                    report = harvest_catalogue(
                        self._settings,
                        self._kewen.database,
                        HarvestSource.model_validate(stored.settings),
                        how=How(),
                        visibility=stored.visibility,
                        unit=stored.unit,
                        who="schedule",
                        progress=lambda _step: self._go_on(),
                    )
            except SyncBusy:
                return len(due)
            except (HarvestingError, HarvestError) as error:
                logger.warning("Source %s was not harvested: %s", stored.name, error)
                continue
            counts = {name: number for name, number in report.counts.items() if number}
            logger.info("Source %s was harvested: %s", stored.name, counts)
            changed = changed or report.changed_answers
        if changed:
            settle(self._kewen.database, self._kewen.corpus, progress=lambda _done, _all: self._go_on())
        return len(due)

    @staticmethod
    def _is_due(harvests: Harvests, source: StoredSource, every: timedelta) -> bool:
        last = harvests.last_run(source.name)
        every = max(every, timedelta(hours=source.settings.get("every_h") or 0))
        return last is None or last.state == "running" or datetime.now(UTC) - last.started >= every

    def check_links_due(self, every: timedelta) -> dict[str, int]:
        """Ask the addresses of all records that were not asked within `every`; how many are how."""
        from operations.catalogues import build_fetcher

        urls = addresses_of(self._kewen.corpus.resources)
        counts = check_links(
            urls,
            Links(self._kewen.database),
            lambda: build_fetcher(self._settings, any_host=True),
            older_than=every,
            stop=self._stop,
        )
        if sum(counts.values()):
            logger.info("Links were checked: %s", counts)
        return {str(name): number for name, number in counts.items()}

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Stopped
