"""How the Telegram bot bears a crowd on a bad day: many chats at once, and a share of calls that fail.

    python benchmarks/bot_load.py --data DIR [--chats 300] [--questions 3] [--faults 0.05]

The bot runs as it is, with its own pacing and limits, against the peer of tests/bot/telegram_peer.py, which
enforces Telegram's: 30 messages a second in all, one a second to a chat. A call fails by chance: 429, 500,
silence (until the bot gives up waiting), or taken with the acknowledgement lost. Everything is asked at the
start. DIR is a data folder; what the bot writes goes into a temporary one beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the peer is among the tests

from bot.desk import House  # noqa: E402
from bot.local import LocalBackend  # noqa: E402
from bot.metrics import BotMetrics  # noqa: E402
from bot.runner import Runner  # noqa: E402
from bot.telegram import TelegramChannel  # noqa: E402
from settings import Settings  # noqa: E402
from storage.chats import Chats  # noqa: E402
from storage.conversations import Conversations  # noqa: E402
from storage.database import open_database  # noqa: E402
from tests.bot.telegram_peer import TOKEN, TelegramPeer, serving  # noqa: E402
from wiring import Kewen, build_kewen  # noqa: E402

GOLDEN = ROOT / "evals" / "golden.jsonl"
SETS = 20
"""Different conversations; chats take turns."""
FIRST_CHAT = 10_000


async def expected_answers(kewen: Kewen, sets: list[list[str]]) -> list[list[str]]:
    """What the assistant itself says, asked the same in the same order."""
    said = []
    for questions in sets:
        conversation_id, answers = None, []
        for question in questions:
            answer = await kewen.assistant.ask(question, conversation_id=conversation_id, channel="benchmark")
            conversation_id = answer.conversation_id
            answers.append("".join(answer.text.split()))
        said.append(answers)
        if conversation_id:
            Conversations(kewen.database).delete(conversation_id)
    return said


def judge(peer: TelegramPeer, chat: int, answers: list[str]) -> tuple[int, int, int, int]:
    """(lost, out of order, doubled after a lost acknowledgement, doubled otherwise) in one chat."""
    seen: list[Any] = []
    excused = unexcused = 0
    for one in peer.of(chat):
        twin = next((other for other in seen if other.text == one.text), None)
        if twin is None:
            seen.append(one)
        elif twin.lost:
            excused += 1
            twin.lost = one.lost  # only once for each loss
        else:
            unexcused += 1
    text = "".join("".join(one.text.split()) for one in seen)
    places = [text.find(answer) for answer in answers]
    lost = sum(place < 0 for place in places)
    return lost, int(places != sorted(places) and lost == 0), excused, unexcused


async def measure(given: argparse.Namespace, state_dir: Path) -> bool:
    """Run it once and print the figures; True when nothing that was promised is broken."""
    logging.getLogger("kewen").setLevel(logging.ERROR)
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    rows = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    first = [row["turns"][0] for row in rows]
    sets = [first[place::SETS][: given.questions] for place in range(SETS)]
    kewen = build_kewen(Settings(data_dir=given.data, _env_file=None))  # type: ignore[call-arg]
    answers = await expected_answers(kewen, sets)
    database = open_database(f"sqlite:///{state_dir / 'bot.db'}")
    peer, registry = TelegramPeer(), CollectorRegistry()
    peer.fault_rate = given.faults
    with serving(peer) as url:
        channel = TelegramChannel(TOKEN, api_url=url, timeout_s=10.0)
        house = House(daily=10_000, keep_count=Chats(database).count)
        runner = Runner(channel, LocalBackend(kewen), database, house, BotMetrics(registry))
        began = time.monotonic()
        for place in range(given.chats):
            for question in sets[place % SETS]:
                peer.says(FIRST_CHAT + place, question)
        await runner.start()
        while peer.pending() or runner.state != "listening" or runner.backlog():  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await runner.idle()
        took = time.monotonic() - began
        await runner.stop()
    judged = [judge(peer, FIRST_CHAT + place, answers[place % SETS]) for place in range(given.chats)]
    lost, unordered, excused, unexcused = (sum(column) for column in zip(*judged, strict=True))
    unsure = registry.get_sample_value("kewen_bot_sends_total", {"channel": "telegram", "outcome": "unsure"})
    waits = sorted(one.at - began for one in peer.sent)
    asked = given.chats * given.questions
    print(f"asked                 {asked} questions in {given.chats} chats, all at the start")
    print(
        f"took                  {took:.1f} s, {len(peer.sent)} messages, {len(peer.sent) / took:.1f} a second"
    )
    print(f"faults                {dict(sorted(peer.faults_done.items()))} in {len(peer.calls)} calls")
    print(f"lost                  {lost}")
    print(f"out of order          {unordered} chats")
    print(f"doubled               {excused} after a lost acknowledgement, {unexcused} otherwise")
    print(f"counted as unsure     {unsure or 0:.0f} by the bot")
    print(f"flood limits broken   {len(peer.floods)} {peer.floods[:3]}")
    print(f"answered after        {waits[len(waits) // 2]:.1f} s median, {waits[-1]:.1f} s the last")
    database.close()
    kewen.close()
    return not (lost or unordered or unexcused or peer.floods)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, required=True, help="a data folder with the index")
    options.add_argument("--chats", type=int, default=300)
    options.add_argument("--questions", type=int, default=3)
    options.add_argument("--faults", type=float, default=0.05, help="share of calls that fail")
    with tempfile.TemporaryDirectory() as folder:
        if not asyncio.run(measure(options.parse_args(), Path(folder))):
            sys.exit(1)


if __name__ == "__main__":
    main()
