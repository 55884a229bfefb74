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
    """The other side is down, too slow, or answers with an error; `status` is None without an answer.

    `body` is the beginning of what came with a status of error: protocols say there what is wrong.
    """

    code = "fetch_failed"

    def __init__(self, url: str, why: str, status: int | None = None, body: bytes = b"") -> None:
        self.url = url
        self.status = status
        self.body = body
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


def as_told(error: Exception) -> Exception:
    """The error as a run ends with it: a server that says no has answered, one that is down has not."""
    if not isinstance(error, FetchFailed):
        return error
    if 400 <= (error.status or 0) < 500:
        what = "is not there" if error.status in (404, 410) else "is not given to us"
        return SyncFailed(f"What was asked for {what}: {error}. Nothing was taken away.")
    return SyncFailed(
        f"The source did not answer: {error}. What was there still is; the next run goes on from here."
    )
