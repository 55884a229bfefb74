"""One writer, and a message that says who it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from retrieval.errors import IndexLocked
from retrieval.lock import WriterLock

HOLD = """
import sys
from pathlib import Path
from retrieval.lock import WriterLock
WriterLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_process(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout and process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_second_writer_is_refused_and_told_who_has_the_folder(tmp_path, other_process):
    with pytest.raises(IndexLocked, match=f"in use by process {other_process.pid}"):
        WriterLock(tmp_path).acquire()


def test_a_killed_owner_leaves_no_lock(tmp_path, other_process):
    other_process.send_signal(signal.SIGKILL)
    other_process.wait()

    with WriterLock(tmp_path):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_released_lock_can_be_taken_again(tmp_path):
    lock = WriterLock(tmp_path)
    with lock:
        lock.acquire()  # already ours: nothing happens
    with WriterLock(tmp_path), pytest.raises(IndexLocked, match="another KEWEN_DATA_DIR"):
        lock.acquire()


def test_the_folder_is_made(tmp_path):
    with WriterLock(tmp_path / "new" / "folder"):
        assert (tmp_path / "new" / "folder" / "lock").is_file()
