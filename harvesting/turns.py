"""One harvest at a time for a data folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harvesting.errors import SyncBusy


@contextmanager
def harvest_turn(data_dir: Path) -> Iterator[None]:
    """Held while a run goes; dies with its process. Raises SyncBusy when another process has it.

    It is not the lock of the index: a server that answers may be harvested beside.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / "harvest.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise SyncBusy(
                f"Process {owner} is harvesting into {data_dir}. Let it finish, then try again."
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
