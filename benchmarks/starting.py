"""How long `kewen serve` takes until it is ready, and how much processor time and memory.

    python benchmarks/starting.py [--data DIR] [--times N]

With a folder that is built already these are second starts; with an empty one the first is the build.
Judge by CPU seconds where other work shares the machine.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

PAUSE_S = 0.02
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def cpu_s(pid: int) -> float:
    """User and system seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(one for one in lines if one.startswith("VmRSS")).split()[1]) // 1024


def start_once(data: Path) -> None:
    port = free_port()
    given = {**os.environ, "KEWEN_DATA_DIR": str(data), "KEWEN_PORT": str(port)}
    begun = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve"],
        env=given,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    alive: float | None = None
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=5) as client:
            while True:
                if server.poll() is not None:
                    sys.exit(f"kewen serve ended with {server.returncode}: run it by hand to see why.")
                try:
                    ready = client.get("/readyz").status_code == 200
                    alive = alive or time.perf_counter() - begun
                    if ready:
                        break
                except httpx.HTTPError:
                    pass
                time.sleep(PAUSE_S)
        took = time.perf_counter() - begun
        print(
            f"answers {alive:6.2f} s   ready {took:6.2f} s   CPU {cpu_s(server.pid):6.2f} s   "
            f"memory {memory_mb(server.pid)} MB   load {os.getloadavg()[0]:.1f}"
        )
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--data", type=Path, default=Path("data"))
    options.add_argument("--times", type=int, default=5)
    given = options.parse_args()
    for _ in range(given.times):
        start_once(given.data)


if __name__ == "__main__":
    main()
