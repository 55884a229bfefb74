"""One writer for a data folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from retrieval.errors import IndexLocked


class WriterLock:
    """Held from `acquire` to `release`, or for the time of a `with`; dies with its process.

    A lock of the operating system on `<data_dir>/lock`, so a killed process leaves none behind.
    The file holds the process id of its owner, for the message only.
    """

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "lock"
        self._handle: int | None = None

    def acquire(self) -> None:
        """Raises IndexLocked, which names the process that holds the folder."""
        if self._handle is not None:
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.read(handle, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(handle)
            raise IndexLocked(
                f"The data folder {self.path.parent} is in use by process {owner}. "
                "Stop that one (or let it finish), or set another KEWEN_DATA_DIR."
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._handle = handle

    def release(self) -> None:
        # The file stays: removing it would let a third process lock a new one beside a waiting one.
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
