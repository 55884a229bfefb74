"""Talks and questions of the field over the bundled corpus: right by HTTP, and the same in every app."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from api.app import build_app
from api.limits import RateLimiter
from api.state import ApiState
from bot.local import LocalBackend
from storage.database import Database
from tests.bot.conftest import behind_routes
from tests.bot.telegram_peer import serving
from tests.bot.worlds import WORLDS, World, push
from wiring import Kewen


@dataclass(frozen=True)
class Case:
    """Turns, and what is right of the answer to the last."""

    turns: tuple[str, ...]
    cites: frozenset[str] = frozenset()
    spares: frozenset[str] = frozenset()
    """Ids that are not cited."""
    total: int | None = None
    """Of the set; None: there is none, or any."""
    says: tuple[str, ...] = ()
    status: str = "answered"
    language: str = "zh"


def case(*turns: str, cites: str = "", spares: str = "", **more: Any) -> Case:
    return Case(turns, frozenset(cites.split()), frozenset(spares.split()), **more)


IN_BEIJING = "bepc-bsrf phoenix-beijing earthlab secuf cnopc"
CASES = {
    "another subject: sea": case(
        "上海光源怎么申请机时？", "海洋数据哪里有", cites="nsdc-marine", spares="ssrf"
    ),
    "another subject: fish": case("上海光源怎么申请机时？", "斑马鱼哪里买", cites="czrc", spares="ssrf"),
    "from rule to record": case(
        "人类遗传资源材料出境要批准吗？",
        "植物标本哪里有",
        cites="nbr-plant-specimens",
        spares="biosafety-law-2024",
    ),
    "from article to record": case(
        "科学数据管理办法第二十条说了什么？",
        "怎么申请菌种",
        cites="nbr-strains",
        spares="scientific-data-measures-2018",
    ),
    "how long": case(
        "人类遗传资源材料出境要批准吗？",
        "多少天能批下来？",
        cites="hgr-regulation-2019",
        says=("20个工作日", "10个工作日"),
    ),
    "without": case("大科学装置有哪些？", "不要北京的", cites="ssrf csns fast", spares=IN_BEIJING, total=16),
    "a bare name": case("斑马鱼哪里买", "CGMCC 呢", cites="cgmcc"),
    "not in": case("哪些大科学装置不在北京？", cites="ssrf csns fast", spares=IN_BEIJING, total=16),
    "outside": case("北京以外的大科学装置有哪些", cites="ssrf csns fast", spares=IN_BEIJING, total=16),
    "not in, English": case(
        "Which facilities are not in Beijing?",
        cites="ssrf csns fast",
        spares=IN_BEIJING,
        total=16,
        language="en",
    ),
    "all of a name": case(
        "列出所有国家科学数据中心", cites="nsdc-polar", spares="phsciencedata", total=20, says=("20",)
    ),
    "more than are shown": case("大科学装置有哪些？", total=24, says=("24",)),
    "how many": case("国家科学数据中心在上海的有几个？", cites="nsdc-polar", total=1, says=("1 个",)),
    "three questions": case(
        "我想问三个问题：1. 上海光源怎么申请？2. 人类遗传资源出境要多少天？3. NSTL全文怎么下载？",
        cites="ssrf nstl",
        says=("人类遗传资源出境要多少天",),
    ),
    "side by side": case("Zenodo 和 figshare 哪个更适合上传数据？", cites="zenodo figshare", total=2),
    "not ours": case("中科院的工资标准", status="not_found"),
}


@pytest.fixture(scope="module")
def answers(bundled_kewen: Kewen) -> Iterator[dict[str, dict[str, Any]]]:
    """The last answer of each case, filled by the first test that asks."""
    yield {}


async def over_http(kewen: Kewen) -> dict[str, dict[str, Any]]:
    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        yield

    state = ApiState(limiter=RateLimiter(10_000), provinces=frozenset(), kewen=kewen)
    transport = httpx.ASGITransport(build_app(state, version="1", lifespan=lifespan))
    found: dict[str, dict[str, Any]] = {}
    async with httpx.AsyncClient(transport=transport, base_url="http://kewen.test") as client:
        for name, one in CASES.items():
            talk: dict[str, Any] = {"conversation_id": None}
            for turn in one.turns:
                asked = {"question": turn, "conversation_id": talk["conversation_id"]}
                talk = (await client.post("/api/ask", json=asked)).json()
            found[name] = talk
    return found


async def test_each_is_answered_as_it_should_be(
    bundled_kewen: Kewen, answers: dict[str, dict[str, Any]]
) -> None:
    answers.update(await over_http(bundled_kewen))
    for name, one in CASES.items():
        answer = answers[name]
        cited = {citation["id"] for citation in answer["citations"]}
        assert (answer["status"], answer["language"]) == (one.status, one.language), name
        assert one.cites <= cited and not one.spares & cited, (name, cited)
        assert one.total is None or answer["set"]["total"] == one.total, name
        assert all(words in answer["text"] for words in one.says), (name, answer["text"])
        # More than is shown can be asked for.
        assert one.total is None or len(answer["set"]["ids"]) == one.total or answer["follow_ups"], name


@pytest.mark.parametrize("app", WORLDS)
async def test_every_app_says_the_same(
    app: str, bundled_kewen: Kewen, database: Database, answers: dict[str, dict[str, Any]]
) -> None:
    if not answers:
        answers.update(await over_http(bundled_kewen))
    world = WORLDS[app]()
    with serving(world.peer()) as url:
        shown = await in_chat(world, url, bundled_kewen, database)
    for name, answer in answers.items():
        for line in answer["text"].splitlines():
            assert squeezed(line) in shown[name], (name, line)


def squeezed(text: str) -> str:
    return "".join(text.split())


async def in_chat(world: World, url: str, kewen: Kewen, database: Database) -> dict[str, str]:
    """All that each chat shows in the end, without its spaces."""
    channel = world.channel(url)
    channel.limits = replace(channel.limits, every_s=0.0, progress_s=None)
    async with behind_routes(channel, LocalBackend(kewen), database) as (runner, client):
        for number, one in enumerate(CASES.values()):
            for turn in one.turns:
                await push(client, world, world.event(f"chat{number}", turn))
        await runner.idle()
    return {
        name: squeezed("\n".join(shown.text for shown in world.of(f"chat{number}")))
        for number, name in enumerate(CASES)
    }
