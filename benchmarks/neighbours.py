"""What one client that asks as much as it can costs another: `python benchmarks/neighbours.py --data data`.

Serves the data folder with the settings as they are. A neighbour at 127.0.0.3 asks short questions one
after another, now alone and now beside a hostile client at 127.0.0.2, which asks over many connections at
once: short questions, the longest, the longest at the end of a talk of 81 turns over /v1, the largest body
there, the longest searches, or pages, lists and exports. Each kind is held against the same questions asked
alone just before, in turns, so that what else the machine does weighs on both alike.
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
from typing import Any
from urllib.parse import urlencode

import httpx

GOLDEN = Path(__file__).parents[1] / "evals" / "golden.jsonl"
LONG = 2000
"""Characters of the longest question."""
TURNS = 81
BULK = 30_000
"""Messages of one body of nearly 1 MiB."""
PAGES = [
    "/oai?verb=ListRecords&metadataPrefix=oai_datacite",
    "/resources.bib",
    "/resources?view=places",
    "/policies",
    "/api/search?k=200",
    "/resources.csv?q=data",
]
KINDS = ["short", "long", "talk", "bulk", "search", "pages"]


def questions() -> list[str]:
    lines = [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]
    return list(dict.fromkeys(one["turns"][0] for one in lines))


def client(url: str, address: str) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(local_address=address, limits=httpx.Limits(max_connections=200))
    return httpx.AsyncClient(base_url=url, transport=transport, timeout=120)


def asking(kind: str, number: int) -> tuple[str, str, Any]:
    """(method, path, JSON) of the hostile client's request of this number."""
    all_of = questions()
    some = all_of[number % len(all_of) :] + all_of
    long = " ".join(some)[:LONG]
    if kind == "search":
        return "GET", f"/api/search?{urlencode({'q': long, 'k': 200})}", None
    if kind == "pages":
        return "GET", PAGES[number % len(PAGES)], None
    if kind == "talk":
        roles = ["user", "assistant"] * TURNS
        said = [{"role": role, "content": long} for role in roles[:TURNS]]
        return "POST", "/v1/chat/completions", {"messages": said}
    if kind == "bulk":
        said = [{"role": "user", "content": "?"}] * BULK
        return "POST", "/v1/chat/completions", {"messages": [*said, {"role": "user", "content": some[0]}]}
    return "POST", "/api/ask", {"question": some[0] if kind == "short" else long}


async def hostile(url: str, kind: str, at_once: int, said: Counter[str]) -> None:
    asked = 0
    async with client(url, "127.0.0.2") as http:

        async def go_on() -> None:
            nonlocal asked
            while True:
                asked += 1
                method, path, body = asking(kind, asked)
                answer = await http.request(method, path, json=body)
                said[f"{kind} {answer.status_code}"] += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(go_on())


async def measure(url: str, kinds: list[str], rounds: int, asks: int, at_once: int) -> None:
    all_of = questions()
    times: dict[tuple[str, bool], list[float]] = defaultdict(list)
    said: Counter[str] = Counter()
    async with client(url, "127.0.0.3") as http:

        async def ask(own: list[str], spent: list[float]) -> None:
            for question in own:
                begun = time.perf_counter()
                answer = await http.post("/api/ask", json={"question": question})
                spent.append(time.perf_counter() - begun)
                said[f"neighbour {answer.status_code}"] += 1

        for turn in range(rounds):
            own = [all_of[(turn * asks + at) % len(all_of)] for at in range(asks)]
            await ask(own, [])
            for kind in kinds:
                await ask(own, times[kind, False])
                enemy = asyncio.create_task(hostile(url, kind, at_once, said))
                await asyncio.sleep(1)
                await ask(own, times[kind, True])
                enemy.cancel()
                await asyncio.gather(enemy, return_exceptions=True)
    for kind in kinds:
        alone, beside = (
            (statistics.median(some), statistics.quantiles(some, n=20)[-1])
            for some in (times[kind, False], times[kind, True])
        )
        shown = [
            f"p{name} {was * 1000:5.0f} -> {now * 1000:5.0f} ms ({now / was:.2f}x)"
            for name, was, now in zip((50, 95), alone, beside, strict=True)
        ]
        print(f"{kind:6} {'  '.join(shown)}", flush=True)
    print(dict(sorted(said.items())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--asks", type=int, default=15)
    parser.add_argument("--at-once", type=int, default=16, help="Connections of the hostile client.")
    parser.add_argument("kinds", nargs="*", default=KINDS, help=f"Of {', '.join(KINDS)}.")
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
        asyncio.run(measure(url, given.kinds, given.rounds, given.asks, given.at_once))
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()
