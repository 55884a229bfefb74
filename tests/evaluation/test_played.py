"""What people played as the language model, replayed by HTTP without them; and the desk they play at."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from evaluation.golden import load_golden
from evaluation.play.asking import load_talks
from evaluation.play.desk import Desk
from evaluation.play.endpoint import Player, at_loopback
from evaluation.play.transcripts import Played, Transcripts, prompt_key
from evaluation.played import played_report, run_played
from settings import Settings
from tests.sampling import sample
from wiring import Kewen

PLAYED = Path(__file__).parents[2] / "evals" / "played"
CONVERSATIONS = PLAYED / "conversations.jsonl"


async def test_played_conversations_run_the_whole_path_without_a_model(bundled_kewen: Kewen) -> None:
    """A reply whose prompt has changed since is stale: counted, not red."""
    items = sample(load_golden(CONVERSATIONS), 3)

    pairs = await run_played(items, PLAYED, bundled_kewen, Settings(_env_file=None))

    print(played_report(pairs))  # noqa: T201 - seen with -s
    assert [one.played.item.id for one in pairs] == [item.id for item in items]
    assert all(one.played.answer is not None and not one.played.broken for one in pairs)
    assert {pair.played.item.id: pair.played.ungrounded for pair in pairs if pair.played.ungrounded} == {}
    for one in pairs:
        if not one.stale:
            assert one.calls and one.played.answer is not None and one.played.answer["notices"] == []


def test_a_prompt_has_one_name_whatever_the_day_the_rules_and_the_ids_of_calls() -> None:
    def prompt(rules: str, day: str, id_: str, asked: str = "冰芯") -> list[dict[str, object]]:
        function = {"name": "search_statements", "arguments": json.dumps({"query": asked})}
        return [
            {"role": "system", "content": rules},
            {"role": "user", "content": f'{{"today": "{day}"}}\n<question>冰芯？</question>'},
            {"role": "assistant", "content": "", "tool_calls": [{"id": id_, "function": function}]},
            {"role": "tool", "tool_call_id": id_, "content": "[1] …"},
        ]

    first = prompt_key(prompt("a", "2026-01-01", "x"))

    assert first == prompt_key(prompt("b", "2027-02-03", "y"))
    assert first != prompt_key(prompt("a", "2026-01-01", "x", "雪"))


async def test_prompts_wait_at_the_desk_and_are_replayed_by_what_they_ask(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk")
    body = {"messages": [{"role": "user", "content": "<question>冰芯？</question>"}]}
    with at_loopback(Player(Transcripts(tmp_path), desk)) as player:
        async with httpx.AsyncClient(timeout=30) as client:
            url = f"{player.base_url}/chat/completions"
            waiting = asyncio.create_task(client.post(url, json=body))
            keys, done = await asyncio.to_thread(desk.next, 20)
            shown = desk.shown(keys[0], whole=False)
            assert desk.answer("=== nobody00\n{}") == []
            reply = json.dumps({"calls": [{"tool": "get_record", "arguments": {"id": "x"}}]})
            laid = desk.answer(f"=== {keys[0][:8]} (a remark)\n{reply}")
            first = (await waiting).text
            again = (await client.post(url, json=body)).text
    with at_loopback(Player(Transcripts(tmp_path))) as replay:
        async with httpx.AsyncClient(timeout=30) as client:
            url = f"{replay.base_url}/chat/completions"
            kept = (await client.post(url, json=body)).text
            stale = await client.post(url, json={"messages": [{"role": "user", "content": "?"}]})

    assert (done, laid) == (False, keys) and "冰芯？" in shown
    assert '"get_record"' in first and '"tool_calls"' in first and first == again == kept
    assert (stale.status_code, replay.stale, replay.calls) == (400, 1, 1)


def test_a_list_of_conversations_is_read_or_told_what_is_wrong(tmp_path: Path) -> None:
    from evaluation.errors import SetInvalid

    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text('{"id": "a", "turns": ["x", "y"]}\n', "utf-8")
    bad.write_text('{"id": "a"}\nno\n', "utf-8")
    (tmp_path / "replies.jsonl").write_text('{"key": 1}\n', "utf-8")

    assert [(one.id, one.turns) for one in load_talks(good)] == [("a", ("x", "y"))]
    with pytest.raises(SetInvalid, match="line 2"):
        load_talks(bad)
    with pytest.raises(SetInvalid, match="no played reply"):
        Transcripts(tmp_path)
    assert Played("k", "r").of == ""
