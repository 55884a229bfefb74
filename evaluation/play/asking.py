"""A list of conversations put to Kewen with a player as its model, each kept when it has ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import SetInvalid
from evaluation.play.desk import Desk
from evaluation.play.endpoint import Player, at_loopback
from evaluation.play.model import played_by
from evaluation.play.transcripts import Transcripts
from settings import Settings
from wiring import build_kewen

CONVERSATIONS = "conversations"


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation to be had: what is asked, in order."""

    id: str
    turns: tuple[str, ...]


def load_talks(path: Path) -> list[Talk]:
    """Conversations of a JSON-lines file: {"id", "turns"} a line; golden sets are such files.

    Raises SetInvalid.
    """
    talks, faults = [], []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            told = json.loads(line)
            talks.append(Talk(str(told["id"]), tuple(map(str, told["turns"]))))
        except (ValueError, KeyError, TypeError) as error:
            faults.append(f"{path}, line {number}: is no conversation ({error}); write id and turns.")
    if faults:
        raise SetInvalid(faults)
    return talks


async def play(
    talks: Sequence[Talk], folder: Path, settings: Settings, *, at_once: int, say: Callable[[str], None]
) -> None:
    """Have every conversation that is not kept in the folder yet; the desk is in the folder as well."""
    desk = Desk(folder / "desk")
    desk.begin()
    kept = folder / CONVERSATIONS
    kept.mkdir(parents=True, exist_ok=True)
    left = [one for one in talks if not (kept / f"{one.id}.json").is_file()]
    say(f"{len(talks)} conversations, {len(left)} to be had")
    with at_loopback(Player(Transcripts(folder), desk)) as player:
        alone = settings.model_copy(update={"llm_base_url": None, "llm_fallback_base_url": None})
        kewen = await asyncio.to_thread(build_kewen, alone)
        assistant = played_by(player, kewen, settings)
        turn = asyncio.Semaphore(at_once)

        async def have(talk: Talk) -> None:
            async with turn:
                told: list[dict[str, Any]] = []
                conversation: str | None = None
                for question in talk.turns:
                    answer = await assistant.ask(question, conversation_id=conversation, channel="evaluation")
                    conversation = answer.conversation_id
                    told.append({"question": question, "answer": answer.model_dump(mode="json")})
                whole = json.dumps({"id": talk.id, "turns": told}, ensure_ascii=False, indent=1)
                (kept / f"{talk.id}.json").write_text(whole, "utf-8")
                say(f"{talk.id}: {', '.join(one['answer']['status'] for one in told)}")

        try:
            await asyncio.gather(*(have(one) for one in left))
        finally:
            desk.finish()
            await asyncio.to_thread(kewen.close)
