"""What can go wrong in a command, said in one sentence."""

from __future__ import annotations


class OperationError(Exception):
    """Base of this package's errors; `code` is stable."""

    code = "operation_failed"


class AskFailed(OperationError):
    """There is no answer to print."""

    code = "ask_failed"


class BackupFailed(OperationError):
    """No backup was written; what stood at its place still does."""

    code = "backup_failed"


class RestoreFailed(OperationError):
    """Nothing was restored; what was there still is."""

    code = "restore_failed"


class VersionUnknown(OperationError):
    """No such document, or no such text of it, is stored."""

    code = "version_unknown"


class HarvestFailed(OperationError):
    """Some of several sources could not be harvested; the others were."""

    code = "harvest_failed"
