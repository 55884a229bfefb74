"""Long connections: we connect to Feishu and DingTalk, and need no public address."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from bot.channel import Channel
from bot.desk import House
from bot.dingtalk import DingTalkChannel
from bot.feishu import FeishuChannel
from bot.feishu_frames import CONTROL, DATA, Frame, FrameBroken, read_frame, write_frame
from bot.local import LocalBackend
from bot.metrics import BotMetrics
from bot.runner import Runner
from storage.database import Database
from tests.bot.conftest import QUICK, until
from tests.bot.platform_peers import DingTalkPeer, FeishuPeer
from tests.bot.telegram_peer import serving
from tests.bot.worlds import DingTalkWorld, FeishuWorld
from wiring import Kewen

RULE = "青岚科学数据共享办法第二十条说了什么？"


@asynccontextmanager
async def running(channel: Channel, kewen: Kewen, database: Database) -> AsyncIterator[Runner]:
    runner = Runner(channel, LocalBackend(kewen), database, House(), BotMetrics(CollectorRegistry()), QUICK)
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()


async def test_feishus_long_connection(toy_kewen: Kewen, database: Database) -> None:
    peer, world = FeishuPeer(), FeishuWorld()

    def frame(event: dict[str, Any], **headers: str) -> bytes:
        given = {"type": "event", "message_id": "x", "sum": "1", "seq": "0", "trace_id": "t", **headers}
        return write_frame(Frame(DATA, 33, given, json.dumps(event).encode(), 5, 6, "log"))

    with serving(peer) as url:
        peer.url = url
        channel = FeishuChannel(
            FeishuPeer.app_id,
            FeishuPeer.app_secret,
            encrypt_key=None,
            verification_token=None,
            api_url=url,
            long_connection=True,
        )
        async with running(channel, toy_kewen, database) as runner:
            await until(lambda: peer.sockets)
            event = world.event("anna", RULE)
            peer.bring(frame(event))
            await until(lambda: peer.of("anna"))
            peer.bring(frame(event))  # the same again
            peer.bring(b"\xff\xff\xff")  # no frame
            peer.bring(write_frame(Frame(CONTROL, 33, {"type": "pong"}, b'{"PingInterval": 1}')))
            text = json.dumps(world.event("berta", RULE)).encode()
            for part in range(2):  # one event in two frames
                half = text[:50] if part == 0 else text[50:]
                headers = {"type": "event", "message_id": "y", "sum": "2", "seq": str(part)}
                peer.bring(write_frame(Frame(DATA, 33, headers, half)))
            await until(lambda: peer.of("berta"))
            label = next(data for name, data in peer.of("anna")[0].buttons if name.startswith("来源"))
            peer.bring(frame(world.event("anna", press=label), message_id="z"))
            await until(lambda: any("来源 1/" in one.text for one in peer.of("anna")))
            peer.hang_up()
            await until(lambda: not peer.sockets)
            await until(lambda: peer.sockets)  # it comes back
            peer.bring(frame(world.event("carla", RULE)))
            await until(lambda: peer.of("carla"))
            await runner.idle()

    read = [read_frame(one) for one in peer.frames]
    answers = [one for one in read if one.method == DATA]
    assert len(peer.of("anna")) == 2 and len(peer.of("berta")) == 1
    assert all(json.loads(one.payload)["code"] == 200 for one in answers)
    assert (answers[0].log_id, answers[0].log, answers[0].headers["message_id"]) == (6, "log", "x")
    assert any(one.headers == {"type": "ping"} and one.service == 33 for one in read)


async def test_dingtalks_stream(toy_kewen: Kewen, database: Database) -> None:
    peer, world = DingTalkPeer(), DingTalkWorld()
    topic = "/v1.0/im/bot/messages/get"
    with serving(peer) as url:
        peer.url = url
        channel = DingTalkChannel(DingTalkPeer.client_id, DingTalkPeer.client_secret, api_url=url)
        async with running(channel, toy_kewen, database) as runner:
            await until(lambda: peer.sockets)
            event = world.event("anna", RULE)
            peer.bring("CALLBACK", topic, event)
            await until(lambda: peer.of("user:anna"))
            peer.bring("CALLBACK", topic, event)
            peer.bring("SYSTEM", "ping", {"opaque": "o-1"})
            await until(lambda: len(peer.acknowledged) == 3)
            first = peer.sockets[0]
            peer.bring("SYSTEM", "disconnect", {"reason": "moving"})
            await until(lambda: peer.sockets and peer.sockets[0] is not first)
            peer.bring("CALLBACK", topic, world.event("berta", RULE))
            await until(lambda: peer.of("user:berta"))
            await runner.idle()

    assert all("第二十条" in one.text for one in peer.of("user:berta")[:1])
    assert sum("第二十条：" in one.text for one in peer.of("user:anna")) == 1
    assert peer.acknowledged[0]["code"] == 200
    assert json.loads(peer.acknowledged[2]["data"]) == {"opaque": "o-1"}


@pytest.mark.parametrize("app", ["feishu", "dingtalk"])
async def test_wrong_credentials_are_said(app: str, toy_kewen: Kewen, database: Database) -> None:
    peer = FeishuPeer() if app == "feishu" else DingTalkPeer()
    with serving(peer) as url:
        channel: Channel
        if app == "feishu":
            channel = FeishuChannel("cli", "wrong", encrypt_key="k", verification_token=None, api_url=url)
        else:
            channel = DingTalkChannel("ding", "wrong", api_url=url)
        async with running(channel, toy_kewen, database) as runner:
            await until(lambda: "SECRET" in runner.state)


@given(
    st.builds(
        Frame,
        st.integers(0, 1),
        st.integers(0, 2**31 - 1),
        st.dictionaries(st.text(max_size=9), st.text(max_size=300), max_size=5),
        st.binary(max_size=400),
        st.integers(0, 2**64 - 1),
        st.integers(0, 2**64 - 1),
        st.text(max_size=9),
    )
)
def test_a_frame_comes_back_as_it_was_written(frame: Frame) -> None:
    assert read_frame(write_frame(frame)) == frame


@given(st.binary(max_size=60))
def test_other_bytes_are_a_frame_or_none(content: bytes) -> None:
    with suppress(FrameBroken):
        read_frame(content)
