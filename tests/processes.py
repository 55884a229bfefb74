"""Processes of their own that begin at once: forked from one that has all modules loaded and nothing opened.

A start from nothing takes three seconds of a processor, nearly all of it imports. It is tested too, of
`index`, `serve`, `sites` and `bot`: `cold` in tests/toy_home.py. None outlives the run of the tests that
began it, also one that is killed: the kernel ends a process with the one it was forked from.
"""

from __future__ import annotations

import ctypes
import io
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import chdir
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).parent.parent
_PR_SET_PDEATHSIG = 1
"""Of prctl(2); it stays over an exec."""

forked = multiprocessing.get_context("forkserver")
# Nothing that starts a thread when it is imported, as onnxruntime does: a fork would be without it.
forked.set_forkserver_preload(
    [
        "tests.bound",
        "pytest",
        "cli",
        "server",
        "bot.alone",
        "langchain_openai",
        "rich.progress",
        "tests.api.toy_server",
        "tests.harvesting.crash_child",
        "tests.retrieval.crash_child",
        "tests.frozen",
    ]
)


def start(work: Callable[..., object], *arguments: object) -> BaseProcess:
    """`work` in a process of its own; ended with this one."""
    process = forked.Process(target=_bound, args=(work, *arguments), daemon=True)
    with chdir(ROOT):  # the first one starts the process that has everything loaded: from here
        process.start()
    return process


def end_with_parent() -> None:
    """From now on the kernel ends this process as soon as the one that started it is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _bound(work: Callable[..., object], *arguments: object) -> None:
    end_with_parent()
    work(*arguments)


class Forked:
    """`work` in a process of its own, its outputs in files: what subprocess.Popen gives of one."""

    def __init__(
        self,
        work: Callable[..., object],
        *arguments: object,
        stdout: Path,
        stderr: Path | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
    ) -> None:
        """`stderr` None: with `stdout`; `env` None: that of the tests."""
        self.args = (work.__name__, *arguments)
        given = None if env is None else dict(env)
        self._process = start(_run, work, arguments, str(stdout), str(stderr or stdout), given, str(cwd))
        self.pid: int = self._process.pid or 0

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout_s: float) -> int:
        self._process.join(timeout_s)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self.args, timeout_s)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()


def kewen(*arguments: str) -> None:
    """The command line."""
    import cli

    sys.argv = ["kewen", *arguments]
    cli.main()


def program(*words: str) -> None:
    """Another program in the place of this process, with nothing of it loaded."""
    os.execv(words[0], words)


def _run(
    work: Callable[..., object],
    arguments: tuple[object, ...],
    stdout: str,
    stderr: str,
    env: dict[str, str] | None,
    cwd: str,
) -> None:
    if env is not None:
        os.environ.clear()
        os.environ.update(env)
    os.chdir(cwd)
    for path, stream in ((stdout, sys.stdout), (stderr, sys.stderr)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream.fileno())
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(encoding="utf-8")
    work(*arguments)
