"""How long an answer takes to one client at a time, and how much memory answering takes.

    python benchmarks/answering.py [--url http://127.0.0.1:8000 [--pid PID] | --data DIR]
                                   [--count N] [--set FILE]

Without --url Kewen is opened in this process on --data. Only first turns are asked, each question once,
after three that warm up; what was asked in process is deleted, what a server was asked it keeps.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from evaluation.asking import ask_in_process, ask_over_http
from evaluation.golden import load_golden
from evaluation.records import Ask
from settings import Settings
from storage.conversations import Conversations
from wiring import build_kewen

GOLDEN = Path(__file__).parents[1] / "evals" / "golden.jsonl"
WARM_UP = ("国家青藏高原科学数据中心在哪里？", "Who runs the polar data centre?", "数据怎么申请？")


@asynccontextmanager
async def in_process(data_dir: Path) -> AsyncIterator[Ask]:
    """An Ask over Kewen opened on a data folder."""
    begun = time.perf_counter()
    kewen = build_kewen(Settings(data_dir=data_dir))
    print(f"opened in           {time.perf_counter() - begun:8.2f} s")
    made: list[str] = []

    async def ask(question: str, conversation_id: str | None):  # type: ignore[no-untyped-def]
        answer = await kewen.assistant.ask(question, conversation_id=conversation_id, channel="benchmark")
        made.append(answer.conversation_id)
        return answer

    try:
        yield ask_in_process(ask)
    finally:
        for one in made:
            Conversations(kewen.database).delete(one)
        kewen.close()


def memory_mb(pid: int | None, key: str) -> int:
    """`VmRSS` now or `VmHWM` at most, of a process on this machine; None: this one."""
    lines = Path(f"/proc/{pid or 'self'}/status").read_text(encoding="ascii").splitlines()
    return int(next(one for one in lines if one.startswith(key)).split()[1]) // 1024


def share(times: Sequence[float], part: float) -> float:
    """The time, in ms, that `part` of the answers stay within."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] * 1000


async def measure(ask: Ask, questions: Sequence[str]) -> None:
    for question in WARM_UP:
        await ask(question, None)
    times: dict[str, float] = {}
    statuses: Counter[str] = Counter()
    burnt = time.process_time()
    for question in questions:
        begun = time.perf_counter()
        answer = await ask(question, None)
        times[question] = time.perf_counter() - begun
        statuses[str(answer.get("status"))] += 1
    burnt = time.process_time() - burnt
    values = list(times.values())
    print(
        f"questions           {len(values):8d}   " + ", ".join(f"{n} {s}" for s, n in statuses.most_common())
    )
    print(f"mean                {statistics.fmean(values) * 1000:8.1f} ms")
    for part in (0.5, 0.95, 0.99):
        print(f"p{part * 100:<2.0f}                 {share(values, part):8.1f} ms")
    print(f"CPU of this process {burnt / len(values) * 1000:8.1f} ms a question")
    for question in sorted(times, key=lambda one: -times[one])[:3]:
        print(f"slow                {times[question] * 1000:8.1f} ms   {question[:60]}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--url", help="a running Kewen")
    options.add_argument("--pid", type=int, help="of that Kewen, for its memory")
    options.add_argument("--data", type=Path, default=Path("data"))
    options.add_argument("--count", type=int, default=1000, help="at most so many questions")
    options.add_argument("--set", type=Path, default=GOLDEN)
    given = options.parse_args()
    firsts = dict.fromkeys(item.turns[0] for item in load_golden(given.set) if item.turns)
    questions = list(firsts)[: given.count]

    async def run() -> None:
        opened = ask_over_http(given.url) if given.url else in_process(given.data)
        async with opened as ask:
            await measure(ask, questions)
            if given.url is None or given.pid:
                now, most = memory_mb(given.pid, "VmRSS"), memory_mb(given.pid, "VmHWM")
                print(f"memory              {now:8d} MB   at most {most} MB")

    asyncio.run(run())


if __name__ == "__main__":
    main()
