"""A real `chroma run` on loopback, for tests that do on a server what they do embedded."""

from __future__ import annotations

import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.patience import PATIENCE_S
from tests.processes import Forked, program


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """Address of a server of its own, stopped in the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    chroma = str(Path(sys.executable).with_name("chroma"))
    words = (chroma, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port))
    process = Forked(program, *words, stdout=folder.parent / "chroma.log")
    try:
        _wait(url, process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)


def _wait(url: str, process: Forked) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert process.poll() is None, "chroma run ended at once"
        try:
            if httpx.get(f"{url}/api/v2/heartbeat", timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            process_is_starting = 0.05
            time.sleep(process_is_starting)
    raise AssertionError("chroma run did not answer")
