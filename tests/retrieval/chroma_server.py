"""A real `chroma run` on loopback, for tests that do on a server what they do embedded."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """Address of a server of its own, stopped in the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder)]
    with (folder.parent / "chroma.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)], stdout=log, stderr=log
        )
        try:
            _wait(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "chroma run ended at once"
        try:
            if httpx.get(f"{url}/api/v2/heartbeat", timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            process_is_starting = 0.05
            time.sleep(process_is_starting)
    raise AssertionError("chroma run did not answer in a minute")
