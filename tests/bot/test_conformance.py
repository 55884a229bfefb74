"""What every chat app's channel must do, tried on each against a peer that speaks its protocol."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from bot.local import LocalBackend
from bot.runner import Runner
from storage.conversations import Conversations
from storage.database import Database
from storage.errors import RecordUnknown
from storage.tickets import Tickets
from tests.bot.backends import GatedBackend, SlowBackend
from tests.bot.conftest import behind_routes, until
from tests.bot.platform_peers import Shown
from tests.bot.telegram_peer import serving
from tests.bot.worlds import WORLDS, World, push
from wiring import Kewen

RULE = "青岚科学数据共享办法第二十条说了什么？"
NINE = "青岚科学数据共享办法第九条说了什么？"


@dataclass
class Talk:
    """Someone at a chat app, and the bot behind it."""

    world: World
    runner: Runner
    client: httpx.AsyncClient

    async def says(self, chat: str, text: str, **given: Any) -> Any:
        return await push(self.client, self.world, self.world.event(chat, text, **given))

    async def chooses(self, chat: str, shown: Shown, label: str, **given: Any) -> Any:
        """Press the button with that label, or send the number that stands for it."""
        if self.world.buttons:
            data = next(data for name, data in shown.buttons if name.startswith(label))
            return await push(self.client, self.world, self.world.event(chat, press=data, **given))
        number = re.search(rf"^(\d+)\. {re.escape(label)}", shown.text, re.M)
        assert number, shown.text
        return await self.says(chat, number[1], **given)

    async def shown(self, chat: str, count: int = 1) -> list[Shown]:
        return await until(lambda: found if len(found := self.world.of(chat)) >= count else None)


Begin = Callable[..., AbstractAsyncContextManager[Talk]]


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> World:
    return WORLDS[request.param]()


@pytest.fixture
def url(world: World) -> Iterator[str]:
    with serving(world.peer()) as address:
        yield address


@pytest.fixture
def begin(world: World, url: str, toy_kewen: Kewen, database: Database) -> Begin:
    """Starts the bot, behind the routes that the platform pushes to."""

    @asynccontextmanager
    async def begin(backend: Any = None, *, progress: bool = False) -> AsyncIterator[Talk]:
        channel = world.channel(url)
        shown_s = channel.limits.progress_s if progress else None
        channel.limits = replace(channel.limits, every_s=0.0, progress_s=shown_s)
        async with behind_routes(channel, backend or LocalBackend(toy_kewen), database) as (runner, client):
            yield Talk(world, runner, client)
        assert getattr(world.peer(), "violations", []) == []

    return begin


async def test_an_answer_arrives_with_its_facts_and_citations_in_order(
    begin: Begin, toy_kewen: Kewen
) -> None:
    asked = await toy_kewen.assistant.ask(RULE)
    async with begin() as talk:
        assert (await talk.says("anna", RULE)).status_code < 300
        await talk.shown("anna")
        await talk.runner.idle()
        text = "\n".join(one.text for one in talk.world.of("anna"))

    for line in asked.text.splitlines():
        assert line in text
    places = [text.index(f"[{one.number}] {one.title}") for one in asked.citations]
    assert places == sorted(places)


async def test_a_chat_has_a_memory_of_its_own(begin: Begin) -> None:
    async with begin() as talk:
        await talk.says("anna", "冰川积雪观测数据在哪里？")
        await talk.says("anna", "怎么申请？")
        await talk.says("berta", "怎么申请？")
        await talk.shown("anna", 2)
        await talk.shown("berta")
        await talk.runner.idle()

    assert "青岚" in talk.world.of("anna")[-1].text
    assert "青岚" not in talk.world.of("berta")[0].text.splitlines()[0]


async def test_a_group_has_a_memory_for_each_who_asks(begin: Begin, world: World, database: Database) -> None:
    if not world.groups:
        pytest.skip("this app has no groups")
    async with begin() as talk:
        await talk.says("group-1", RULE, user="anna")
        await talk.says("group-1", RULE, user="berta")
        await talk.shown("group-1", 2)
        await talk.runner.idle()

    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT asker, conversation_id FROM bot_chats").all()
    assert len({row.asker for row in rows}) == 2 and len({row.conversation_id for row in rows}) == 2


async def test_an_event_that_comes_again_is_answered_once(begin: Begin, world: World) -> None:
    event = world.event("anna", RULE)
    async with begin() as talk:
        first = await push(talk.client, world, event)
        again = await push(talk.client, world, event)
        await talk.says("anna", "/privacy")
        await until(lambda: any("/forget" in one.text for one in world.of("anna")))
        await talk.runner.idle()

    assert first.status_code == again.status_code < 300
    assert sum("第二十条" in one.text for one in world.of("anna")) == 1


async def test_a_forged_request_is_refused_and_nothing_is_answered(begin: Begin, world: World) -> None:
    async with begin() as talk:
        wrong = await push(talk.client, world, world.event("anna", RULE), good=False)
        bare = await talk.client.post(f"/bots/{world.name}", content=b'{"text": "x"}')
        empty = await talk.client.post(f"/bots/{world.name}", content=b"")
        await talk.runner.idle()

    assert [one.status_code // 100 for one in (wrong, bare, empty)] == [4, 4, 4]
    assert wrong.text == "" and world.of("anna") == []


async def test_the_platform_is_answered_before_the_asker(begin: Begin, toy_kewen: Kewen) -> None:
    backend = GatedBackend(toy_kewen)
    async with begin(backend) as talk:
        response = await talk.says("anna", f"等一下，{RULE}")
        assert talk.world.of("anna") == []
        backend.gate.set()
        await talk.shown("anna")

    assert response.status_code < 300


async def test_messages_of_a_chat_are_answered_in_order_beside_others(begin: Begin, toy_kewen: Kewen) -> None:
    backend = GatedBackend(toy_kewen)
    async with begin(backend) as talk:
        await talk.says("anna", f"等一下，{NINE}")
        await talk.says("anna", RULE)
        await talk.says("berta", RULE)
        await talk.shown("berta")
        assert talk.world.of("anna") == []
        backend.gate.set()
        first, second = (await talk.shown("anna", 2))[:2]

    assert "第九条" in first.text and "第二十条" in second.text


async def test_what_was_not_answered_is_answered_after_a_restart(begin: Begin, toy_kewen: Kewen) -> None:
    backend = GatedBackend(toy_kewen)
    async with begin(backend) as talk:
        await talk.says("anna", f"等一下，{NINE}")
        await until(lambda: backend.asked)
    assert talk.world.of("anna") == []
    async with begin() as talk:
        (sent, *_) = await talk.shown("anna")
        await talk.runner.idle()

    assert "第九条" in sent.text


@pytest.mark.parametrize("faults", [["429"], ["500", "500"], ["token"]])
async def test_what_was_not_taken_is_sent_again_and_shown_once(
    begin: Begin, world: World, faults: list[str]
) -> None:
    if world.name in ("telegram", "webhook") and "token" in faults:
        pytest.skip("this app's calls need no token that ends")
    async with begin() as talk:
        world.fail(*faults)
        await talk.says("anna", "/privacy")
        await talk.shown("anna")
        await talk.runner.idle()

    assert len(world.of("anna")) == 1


async def test_nobody_there_is_cleaned_up_and_others_are_answered(
    begin: Begin, world: World, database: Database
) -> None:
    async with begin() as talk:
        await talk.says("anna", RULE)
        await talk.shown("anna")
        await talk.runner.idle()
        count = len(world.of("anna"))
        world.leave("anna")
        await talk.says("anna", RULE)
        await talk.says("berta", RULE)
        await talk.shown("berta")
        await talk.runner.idle()

    assert len(world.of("anna")) == count
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM bot_chats").scalar()
    assert rows == 1


async def test_sources_verdicts_and_a_person_are_one_choice_away(
    begin: Begin, world: World, toy_kewen: Kewen
) -> None:
    async with begin() as talk:
        await talk.says("anna", RULE)
        await talk.runner.idle()
        answer = (await talk.shown("anna"))[-1]
        await talk.chooses("anna", answer, "有用")
        await talk.chooses("anna", answer, "转人工")
        handed = await until(lambda: [one for one in world.of("anna") if "工单" in one.text])
        number = re.search(r"t_[0-9a-f]{32}", handed[0].text)
        assert number
        ticket = Tickets(toy_kewen.database).get(number[0])
        Tickets(toy_kewen.database).answer(ticket.id, "找王老师。")
        await until(lambda: any("找王老师" in one.text for one in world.of("anna")))
        await talk.says("anna", "/source")
        await until(lambda: any("来源 1/" in one.text for one in world.of("anna")))
        await talk.runner.idle()

    assert ticket.channel == world.name and ticket.question == RULE
    assert sum("找王老师" in one.text for one in world.of("anna")) == 1
    if not world.buttons:
        assert any("谢谢" in one.text for one in world.of("anna"))


async def test_pages_of_sources_replace_each_other_where_the_app_can(begin: Begin, world: World) -> None:
    async with begin() as talk:
        await talk.says("anna", "青岚雪山科学数据中心怎么申请？")
        await talk.says("anna", "/source")
        await until(lambda: any("来源 1/" in one.text for one in world.of("anna")))
        await talk.runner.idle()
        count, pager = len(world.of("anna")), world.of("anna")[-1]
        await talk.chooses("anna", pager, "下一条")
        await until(lambda: any("来源 2/" in one.text for one in world.of("anna")))
        await talk.runner.idle()

    assert len(world.of("anna")) == count + (0 if talk.runner.channel.limits.edits else 1)


async def test_a_long_reply_arrives_whole_in_order_and_within_the_limits(
    begin: Begin, world: World, toy_kewen: Kewen
) -> None:
    sentences = [f"第{n}句：请带上盖章的申请表和用途说明😀。" for n in range(400)]
    async with begin() as talk:
        await talk.says("anna", RULE)
        await talk.says("anna", "/human")
        handed = await until(lambda: [one for one in world.of("anna") if "工单" in one.text])
        number = re.search(r"t_[0-9a-f]{32}", handed[0].text)
        assert number
        count = len(world.of("anna"))
        Tickets(toy_kewen.database).answer(number[0], "".join(sentences))
        await until(lambda: any(sentences[-1] in one.text for one in world.of("anna")))
        pieces = [one.text for one in world.of("anna")[count:]]

    joined = "".join(pieces)
    places = [joined.index(one) for one in sentences]
    assert places == sorted(places)
    assert all(piece.rstrip()[-1] in "。）" for piece in pieces) or len(pieces) == 1


async def test_markup_in_words_stays_words(begin: Begin, world: World) -> None:
    words = (
        "<b>冰川</b> *x* _y_ [点我](https://evil.example/) `z` &amp; <a href='https://evil.example/'>w</a>"
    )
    async with begin() as talk:
        await talk.says("anna", f"/find {words}")
        sent = (await talk.shown("anna"))[0]
        await talk.runner.idle()

    assert "*x* _y_" in sent.text and "`z`" in sent.text and "冰川" in sent.text
    assert not any("evil.example" in data for _, data in sent.buttons)


async def test_a_number_chooses_however_it_is_written(begin: Begin, world: World) -> None:
    if world.buttons:
        pytest.skip("choices are buttons")
    async with begin() as talk:
        for written in ("选{}", "{}.", "第{}个"):
            await talk.says("anna", "/list")
            await talk.runner.idle()
            menu = world.of("anna")[-1].text
            number = re.search(r"^(\d+)\. 科学数据", menu, re.M)
            assert number
            await talk.says("anna", written.format(number[1]))
            await talk.runner.idle()
            assert "第 1 到" in world.of("anna")[-1].text, written


async def test_a_refusal_of_the_set_up_waits_and_is_told_to_who_can_change_it(
    begin: Begin, world: World
) -> None:
    if world.name == "telegram":
        pytest.skip("a bot of Telegram has no set-up beyond its token and its rights in a group")
    async with begin() as talk:
        world.fail(*["setup"] * 3)
        await talk.says("anna", "/privacy")
        told = await until(lambda: talk.runner.troubles().get("to_set_up"))
        await talk.shown("anna")
        await talk.runner.idle()
        after = (await talk.client.get("/bots")).json()["bots"][world.name]

    assert world.name in told["told"].lower() or "KEWEN_WEBHOOK" in told["told"]
    assert after == {"state": "listening", "waiting": 0} and len(world.of("anna")) == 1


async def test_pictures_get_a_kind_sentence(begin: Begin, world: World) -> None:
    if world.name == "webhook":
        pytest.skip("programs send text")
    async with begin() as talk:
        await push(talk.client, world, world.event("anna", media=True))
        (sent,) = await talk.shown("anna")

    assert "写成文字" in sent.text


async def test_a_forged_or_foreign_choice_does_nothing(begin: Begin, world: World) -> None:
    if not world.buttons:
        pytest.skip("numbers are looked up in the chat's own last menu")
    async with begin() as talk:
        await talk.says("anna", RULE)
        sent = (await talk.shown("anna"))[-1]
        data = next(data for name, data in sent.buttons if name.startswith("转人工"))
        await push(talk.client, world, world.event("berta", press=data))
        await push(talk.client, world, world.event("berta", press="A" * 22 + ":0"))
        await talk.runner.idle()

    # Said in passing where the app can, else into the chat.
    told = [one.text for one in world.of("berta")] or world.peer().toasts
    assert len(told) == 2 and all("失效" in one for one in told)


async def test_forgetting_deletes_the_conversation(begin: Begin, world: World, toy_kewen: Kewen) -> None:
    async with begin() as talk:
        await talk.says("anna", RULE)
        await talk.says("anna", "/human")
        handed = await until(lambda: [one for one in world.of("anna") if "工单" in one.text])
        number = re.search(r"t_[0-9a-f]{32}", handed[0].text)
        assert number
        conversation_id = Tickets(toy_kewen.database).get(number[0]).conversation_id
        await talk.says("anna", "/forget")
        sure = (await until(lambda: [one for one in world.of("anna") if "不能恢复" in one.text]))[0]
        await talk.chooses("anna", sure, "删除")
        await until(lambda: any("已删除" in one.text for one in world.of("anna")))

    with pytest.raises(RecordUnknown):
        Conversations(toy_kewen.database).get(conversation_id)


async def test_both_languages_are_spoken(begin: Begin, world: World) -> None:
    async with begin() as talk:
        await talk.says("anna", "/lang en")
        await talk.says("anna", RULE)
        await until(lambda: any("Sources" in one.text for one in world.of("anna")))


async def test_stopping_leaves_nothing_running(begin: Begin) -> None:
    before = len(asyncio.all_tasks())
    async with begin() as talk:
        await talk.says("anna", RULE)
        await talk.shown("anna")
    assert len(asyncio.all_tasks()) == before


async def test_a_slow_answer_is_shown_as_it_grows_where_the_app_can_change_a_message(
    begin: Begin, world: World, toy_kewen: Kewen
) -> None:
    if world.name not in ("telegram", "feishu"):
        pytest.skip("this app's messages stay as they are")
    async with begin(SlowBackend(toy_kewen), progress=True) as talk:
        await talk.says("group-1", RULE, user="anna")
        (first,) = await talk.shown("group-1")
        text = first.text
        await talk.runner.idle()
        (last,) = world.of("group-1")

    assert last.edits >= 1 and last.buttons and "来源" in last.text and len(last.text) > len(text)
