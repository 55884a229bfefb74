"""Golden questions give the same facts, citations and order in chat as on POST /api/ask."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from api.app import build_app
from api.limits import RateLimiter
from api.state import ApiState
from bot.channel import Pushed
from bot.records import plain
from bot.wording import answer_reply
from storage.database import Database
from tests.bot.conftest import Answered, Start
from tests.bot.platform_peers import WebhookPeer
from tests.bot.telegram_peer import TelegramPeer, serving
from tests.bot.worlds import WebhookWorld
from wiring import Kewen

GOLDEN = Path(__file__).parents[2] / "evals" / "golden.jsonl"
COUNT = 36


def questions() -> list[str]:
    """First turns spread over the whole set, in both languages."""
    rows = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    return [row["turns"][0] for row in rows[:: len(rows) // COUNT]][:COUNT]


async def over_http(kewen: Kewen, asked: list[str]) -> list[dict[str, Any]]:
    @asynccontextmanager
    async def lifespan(_app: Any) -> Any:
        yield

    state = ApiState(limiter=RateLimiter(10_000), provinces=frozenset(), kewen=kewen)
    transport = httpx.ASGITransport(build_app(state, version="1", lifespan=lifespan))
    async with httpx.AsyncClient(transport=transport, base_url="http://kewen.test") as client:
        return [(await client.post("/api/ask", json={"question": one})).json() for one in asked]


async def test_golden_questions_are_answered_alike(
    bundled_kewen: Kewen, telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    asked = questions()
    assert len(asked) >= 30 and any(one.isascii() for one in asked)
    expected = await over_http(bundled_kewen, asked)
    async with telegram(kewen=bundled_kewen) as runner:
        for place, question in enumerate(asked):
            peer.says(1000 + place, question)
        for place in range(len(asked)):
            await answered(1000 + place)
        await runner.idle()

    for place, answer in enumerate(expected):
        text = "\n".join(one.text for one in peer.of(1000 + place))
        # The words in order, whatever messages they stand in.
        assert "".join(text.split()).startswith("".join(answer["text"].split())), asked[place]
        at = [text.index(f"\n[{one['number']}] {one['title']}") for one in answer["citations"]]
        assert at == sorted(at), asked[place]
        for one in answer["citations"]:
            assert f"https://kewen.example.org{one['url']}" in {
                link for sent in peer.of(1000 + place) for link in sent.links
            }
        for notice in answer["notices"]:
            assert notice in text


async def test_programs_get_the_answer_object_itself(bundled_kewen: Kewen, database: Database) -> None:
    world, asked = WebhookWorld(), questions()[:3]
    expected = await over_http(bundled_kewen, asked)
    with serving(WebhookPeer()) as url:
        channel = world.channel(url)
        _, headers, body = world.request(world.event("anna", asked[0]))
        (incoming,) = channel.receive(Pushed("POST", headers, {}, body)).incoming
        await channel.close()
    own = await bundled_kewen.assistant.ask(incoming.text)
    reply = answer_reply(own, None)

    assert reply.answer is not None
    leave = ("id", "conversation_id")
    assert {k: v for k, v in reply.answer.items() if k not in leave} == {
        k: v for k, v in expected[0].items() if k not in leave
    }
    assert own.text in plain(reply.rich)
