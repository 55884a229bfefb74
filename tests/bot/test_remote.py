"""A bot that runs alone asks over HTTP and says the same; its failures are told apart."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api.app import build_app
from api.limits import RateLimiter
from api.state import ApiState
from api.turns import Turns
from assistant.records import AskFilters, DoneEvent, ErrorEvent
from bot.errors import AnswerRefused, BackendDown
from bot.local import LocalBackend
from bot.remote import RemoteBackend
from storage.conversations import Conversations
from storage.tickets import Tickets
from tests.bot.conftest import QUICK, Answered, Start
from tests.bot.telegram_peer import TelegramPeer, serving
from wiring import Kewen

RULE = "青岚科学数据共享办法第二十条说了什么？"


class _Api:
    """The API around a Kewen, in the form that `serving` takes."""

    def __init__(self, state: ApiState) -> None:
        import threading

        self.released = threading.Event()
        self._state = state

    def app(self) -> Any:
        @asynccontextmanager
        async def lifespan(_app: Any) -> Any:
            yield

        return build_app(self._state, version="1", lifespan=lifespan)


@pytest.fixture
def api(toy_kewen: Kewen) -> Iterator[str]:
    state = ApiState(limiter=RateLimiter(10_000), provinces=frozenset(), kewen=toy_kewen)
    with serving(_Api(state)) as url:
        yield url


async def last(backend: Any, question: str, conversation_id: str | None = None) -> Any:
    events = [
        event
        async for event in backend.stream(
            question,
            conversation_id=conversation_id,
            language="auto",
            hint="zh",
            filters=AskFilters(),
            channel="telegram",
        )
    ]
    return events[-1]


async def test_both_backends_give_the_same_records(api: str, toy_kewen: Kewen) -> None:
    remote, local = RemoteBackend(api), LocalBackend(toy_kewen)
    done, same = await last(remote, RULE), await last(local, RULE)
    assert isinstance(done, DoneEvent) and isinstance(same, DoneEvent)
    leave = {"id", "conversation_id"}

    assert done.answer.model_dump(exclude=leave) == same.answer.model_dump(exclude=leave)
    assert await remote.answer(done.answer.id) == await local.answer(done.answer.id) == done.answer
    assert await remote.search("冰川", "resource", 5, "zh") == await local.search("冰川", "resource", 5, "zh")
    assert await remote.counts() == await local.counts() and (await local.counts())["type"]
    for backend in (remote, local):
        assert await backend.feedback(done.answer.id, "up")
        assert not await backend.feedback("a_none", "up")
        assert await backend.answer("a_none") is None
        assert await backend.hand_over("a_none", None) is None
    handed = await remote.hand_over(done.answer.id, "急")
    again = await local.hand_over(done.answer.id, None)
    assert handed and again and handed.made and not again.made and handed.ticket_id == again.ticket_id
    Tickets(toy_kewen.database).answer(handed.ticket_id, "见第二十条。", author="王")
    asked = [handed.conversation_id, "c_none"]
    assert await remote.replies(asked) == await local.replies(asked)
    replies, gone = await remote.replies(asked)
    assert [one.text for one in replies] == ["见第二十条。"] and gone == {"c_none"}
    await remote.forget([handed.conversation_id, "c_none"])
    await local.forget([handed.conversation_id])
    assert (await local.replies([handed.conversation_id]))[1] == {handed.conversation_id}
    await remote.close()


async def test_chats_behind_one_address_count_apart_with_the_key_of_the_bot(toy_kewen: Kewen) -> None:
    state = ApiState(limiter=RateLimiter(1, "shared"), provinces=frozenset(), kewen=toy_kewen)
    with serving(_Api(state)) as url:
        known, unknown = RemoteBackend(url, "shared"), RemoteBackend(url, "guessed")
        first, second = await last(known, RULE), await last(known, RULE)
        stranger = await last(unknown, RULE)
        # Staff see the app, where the key shows that a bot says so.
        conversations = Conversations(toy_kewen.database)
        told_from = [conversations.get(one.answer.conversation_id).channel for one in (first, stranger)]
        with pytest.raises(BackendDown) as told:
            await last(unknown, RULE)
        await known.close()
        await unknown.close()

    assert isinstance(first, DoneEvent) and isinstance(second, DoneEvent)
    assert told_from == ["telegram", "web"]
    assert told.value.retry_after_s and told.value.retry_after_s > 1


async def test_the_same_refusals(api: str, toy_kewen: Kewen) -> None:
    remote = RemoteBackend(api)
    with pytest.raises(AnswerRefused, match="conversation_unknown"):
        await last(remote, RULE, "c_none")
    error = await last(LocalBackend(toy_kewen), RULE, "c_none")
    assert isinstance(error, ErrorEvent) and error.code == "conversation_unknown"
    await remote.close()


async def test_chat_apps_in_the_server_take_turns_with_the_api(toy_kewen: Kewen) -> None:
    turns = Turns(2, wait_s=0.01)
    local = LocalBackend(toy_kewen, turns=turns)
    async with turns.turn("somebody"), turns.turn("else"):
        for busy in (last(local, RULE), local.search("冰川", None, 5, "zh")):
            with pytest.raises(BackendDown) as told:
                await busy
            assert told.value.retry_after_s
    assert isinstance(await last(local, RULE), DoneEvent)
    assert await local.search("冰川", None, 5, "zh") and not turns._running


async def test_nobody_there_is_an_outage() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        remote = RemoteBackend(f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(BackendDown, match="KEWEN_API_URL"):
            await last(remote, RULE)
        with pytest.raises(BackendDown):
            await remote.search("冰川", None, 5, "zh")
    await remote.close()


async def test_a_whole_session_over_http(
    api: str, telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen
) -> None:
    remote = RemoteBackend(api)
    async with telegram(backend=remote):
        peer.says(42, RULE)
        (sent,) = await answered(42)
        peer.presses(42, sent.button("有用")["callback_data"], sent.message_id)
        peer.says(42, "/source")
        await answered(42, 2)
        peer.says(42, "/human")
        *_, handed = await answered(42, 3)
        number = re.search(r"t_[0-9a-f]{32}", handed.text)
        assert number
        Tickets(toy_kewen.database).answer(number[0], "找王老师。")
        *_, reply = await answered(42, 4)
        peer.says(42, "/forget")
        *_, sure = await answered(42, 5)
        peer.presses(42, sure.button("删除")["callback_data"], sure.message_id)
        *_, gone = await answered(42, 6)
    await remote.close()

    assert "第二十条" in sent.text and "找王老师" in reply.text and "已删除" in gone.text


async def test_an_api_that_is_full_is_asked_again_later(
    toy_kewen: Kewen,
    telegram: Start,
    peer: TelegramPeer,
    answered: Answered,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # The API says to ask again in a minute, which is waited for: here the longest wait is short instead.
    monkeypatch.setattr("bot.runner.LONGEST_WAIT_S", 0.3)
    state = ApiState(limiter=RateLimiter(1), provinces=frozenset(), kewen=toy_kewen)
    with serving(_Api(state)) as url:
        remote = RemoteBackend(url)
        try:
            async with telegram(backend=remote):
                peer.says(42, RULE)
                (first,) = await answered(42)
                asked = time.monotonic()
                peer.says(42, RULE)
                _, told = await answered(42, 2)
                waited_s = time.monotonic() - asked
        finally:
            # Left open, it would be the failure of whatever test comes next.
            await remote.close()

    assert "第二十条" in first.text and "不代表没有收录" in told.text
    tries = len(QUICK.ask_again_s) + 1
    assert caplog.text.count("refused: rate_limited") == tries
    assert waited_s > (tries - 1) * 0.3 - 0.1  # not the 0.02 s of the pace: what the API said
