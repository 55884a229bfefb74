"""What can go wrong while gathering catalogues."""

from __future__ import annotations


class HarvestingError(Exception):
    """Base of this package's errors; `code` is stable."""

    code = "harvest_failed"


class FetchRefused(HarvestingError):
    """An address or an answer breaks a rule of safety; `rule` names it."""

    code = "fetch_refused"

    def __init__(self, url: str, rule: str, why: str) -> None:
        self.url = url
        self.rule = rule
        super().__init__(f"{url}: {why} (rule {rule})")


class FetchFailed(HarvestingError):
    """The other side is down, too slow, or answers with an error. `status` is None without an answer."""

    code = "fetch_failed"

    def __init__(self, url: str, why: str, status: int | None = None) -> None:
        self.url = url
        self.status = status
        super().__init__(f"{url}: {why}")


class SourceInvalid(HarvestingError):
    """What was given as a source cannot be read as one."""

    code = "source_invalid"


class SyncBusy(HarvestingError):
    """Another process is harvesting into the same data folder."""

    code = "harvest_busy"


class SyncStopped(HarvestingError):
    """A run was stopped before it took anything away; what was there still is."""

    code = "harvest_stopped"


class SyncFailed(HarvestingError):
    """A run could not go on; what it had done stays, and the next one goes on from there."""

    code = "harvest_interrupted"
