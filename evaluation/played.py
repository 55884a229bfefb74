"""A golden set asked twice: of the rules alone, and of a model whose replies were played by people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.assistant import Assistant
from assistant.records import Answer
from evaluation.asking import ask_in_process
from evaluation.golden import run_item
from evaluation.play.endpoint import Player, at_loopback
from evaluation.play.model import played_by
from evaluation.play.transcripts import Transcripts
from evaluation.progress import progress
from evaluation.records import Item, Verdict
from settings import Settings, load_settings
from storage.conversations import Conversations
from storage.errors import RecordUnknown
from wiring import Kewen, build_kewen


@dataclass(frozen=True, slots=True)
class Pair:
    """One item by both; `stale` prompts of it were never played, so that the rules answered there."""

    composer: Verdict
    played: Verdict
    stale: int
    calls: int
    tokens: tuple[int, int]


async def run_played(
    items: Sequence[Item],
    folder: Path,
    kewen: Kewen,
    settings: Settings,
    step: Callable[[str], None] = lambda _: None,
) -> list[Pair]:
    """Ask every item of both, one at a time. What was asked is deleted in the end."""
    made: set[str] = set()

    def asking(assistant: Assistant) -> Callable[[str, str | None], Awaitable[Answer]]:
        async def ask(question: str, conversation_id: str | None) -> Answer:
            answer = await assistant.ask(question, conversation_id=conversation_id, channel="evaluation")
            made.add(answer.conversation_id)
            return answer

        return ask

    pairs = []
    with at_loopback(Player(Transcripts(folder))) as player:
        driven = played_by(player, kewen, settings)
        alone, model = (ask_in_process(asking(one)) for one in (driven.driven_by(None), driven))
        for item in items:
            before = player.stale, player.calls, *player.tokens
            composer, played = await run_item(item, alone), await run_item(item, model)
            stale, calls, read, written = (
                now - then
                for now, then in zip((player.stale, player.calls, *player.tokens), before, strict=True)
            )
            pairs.append(Pair(composer, played, stale, calls, (read, written)))
            step(item.id)

    def forget() -> None:
        for one in made:
            with suppress(RecordUnknown):
                Conversations(kewen.database).delete(one)

    await asyncio.to_thread(forget)
    return pairs


async def compare_played(items: Sequence[Item], folder: Path) -> str:
    """The report over a Kewen opened with the settings of this process, without their language model."""
    settings = load_settings().model_copy(update={"llm_base_url": None, "llm_fallback_base_url": None})
    kewen = await asyncio.to_thread(build_kewen, settings)
    try:
        with progress("played", len(items)) as step:
            return played_report(await run_played(items, folder, kewen, settings, step))
    finally:
        await asyncio.to_thread(kewen.close)


def played_report(pairs: Sequence[Pair]) -> str:
    """How both did, over the items whose every prompt was played; the others are counted."""
    whole = [one for one in pairs if not one.stale and one.calls]
    turns = sum(len(one.played.item.turns) for one in whole) or 1
    calls = sum(one.calls for one in whole)
    read, written = (sum(one.tokens[at] for one in whole) for at in (0, 1))
    right = {name: sum(getattr(one, name).passed for one in whole) for name in ("composer", "played")}
    stale = sum(one.stale for one in pairs)
    lines = [
        f"played: {len(whole)} of {len(pairs)} conversations; {stale} prompts stale",
        f"right: composer {right['composer']} · played model {right['played']} of {len(whole)}",
        f"a turn: {calls / turns:.2f} calls · {read / turns:.0f} tokens read · {written / turns:.0f} written",
    ]
    for one in whole:
        if one.composer.passed != one.played.passed:
            better = "played model" if one.played.passed else "composer"
            why = one.played.why or one.composer.why
            told = "; ".join(f"{name}: {reason}" for name, reason in why.items())
            lines.append(f"- {one.played.item.id}: only the {better} is right ({told[:160]})")
    return "\n".join(lines)
