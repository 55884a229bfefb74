"""What one client that asks as much as it can costs another: `python benchmarks/neighbours.py --data data`.

Serves the data folder with the settings as they are. A neighbour at 127.0.0.3 asks short questions one
after another; for half of the rounds a hostile client at 127.0.0.2 asks over many connections at once: short
questions, the longest, or the longest at the end of a talk of 81 turns over /v1. Every part of a round asks
the same questions, which were asked once before, and rounds alternate, so that what else the machine does
weighs on all alike.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import httpx

GOLDEN = Path(__file__).parents[1] / "evals" / "golden.jsonl"
LONG = 2000
"""Characters of the longest question."""
TURNS = 81


def questions() -> list[str]:
    lines = [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]
    return list(dict.fromkeys(one["turns"][0] for one in lines))


def client(url: str, address: str) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(local_address=address, limits=httpx.Limits(max_connections=200))
    return httpx.AsyncClient(base_url=url, transport=transport, timeout=120)


async def hostile(url: str, kind: str, at_once: int, said: Counter[str]) -> None:
    asked, all_of = 0, questions()
    async with client(url, "127.0.0.2") as http:

        async def go_on() -> None:
            nonlocal asked
            while True:
                asked += 1
                some = all_of[asked % len(all_of) :] + all_of
                question = some[0] if kind == "short" else " ".join(some)[:LONG]
                if kind == "talk":
                    roles = ["user", "assistant"] * TURNS
                    said_before = [{"role": role, "content": question} for role in roles[:TURNS]]
                    answer = await http.post("/v1/chat/completions", json={"messages": said_before})
                else:
                    answer = await http.post("/api/ask", json={"question": question})
                said[f"{kind} {answer.status_code}"] += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(go_on())


async def measure(url: str, rounds: int, asks: int, at_once: int) -> None:
    all_of = questions()
    times: dict[str, list[float]] = defaultdict(list)
    said: Counter[str] = Counter()
    async with client(url, "127.0.0.3") as http:
        for turn in range(rounds):
            own = [all_of[(turn * asks + at) % len(all_of)] for at in range(asks)]
            for question in own:
                await http.post("/api/ask", json={"question": question})
            for kind in ("alone", "short", "alone", "long", "alone", "talk"):
                enemy = None
                if kind != "alone":
                    enemy = asyncio.create_task(hostile(url, kind, at_once, said))
                    await asyncio.sleep(1)
                for question in own:
                    begun = time.perf_counter()
                    answer = await http.post("/api/ask", json={"question": question})
                    times[kind].append(time.perf_counter() - begun)
                    said[f"neighbour {answer.status_code}"] += 1
                if enemy is not None:
                    enemy.cancel()
                    await asyncio.gather(enemy, return_exceptions=True)
    cuts = {
        kind: (statistics.median(some), statistics.quantiles(some, n=20)[-1]) for kind, some in times.items()
    }
    for kind, (middle, slow) in cuts.items():
        shown = f"p50 {middle * 1000:7.0f} ms ({middle / cuts['alone'][0]:.2f}x)"
        print(f"{kind:6} {shown}  p95 {slow * 1000:7.0f} ms ({slow / cuts['alone'][1]:.2f}x)")
    print(dict(said))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--asks", type=int, default=15)
    parser.add_argument("--at-once", type=int, default=16, help="Connections of the hostile client.")
    given = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"KEWEN_DATA_DIR": str(given.data), "KEWEN_PORT": str(port)}
    server = subprocess.Popen([sys.executable, "cli.py", "serve"], env=environment, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            time.sleep(1)
            try:
                if httpx.get(f"{url}/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                continue
        asyncio.run(measure(url, given.rounds, given.asks, given.at_once))
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()
