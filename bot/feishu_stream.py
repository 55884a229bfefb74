"""Feishu's long connection: we connect, so no public address is needed."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import websockets
from websockets.asyncio.client import ClientConnection, connect

from bot import texts
from bot.calling import Caller, json_of
from bot.channel import Take
from bot.errors import BotMisconfigured, SendLater
from bot.feishu_frames import CONTROL, DATA, Frame, FrameBroken, read_frame, write_frame
from bot.records import Incoming

logger = logging.getLogger("kewen.bot")

_PING_S = 120.0
_PARTS_KEPT = 64

Read = Callable[[dict[str, Any]], Incoming | None]


class FeishuStream:
    """One connection at a time; an event is acknowledged once it is written down."""

    def __init__(self, caller: Caller, app_id: str, app_secret: str) -> None:
        self._caller = caller
        self._credentials = {"AppID": app_id, "AppSecret": app_secret}

    async def run(self, read: Read, take: Take) -> None:
        """Take events until the connection ends. Raises SendLater, OSError."""
        url, ping_s = await self._endpoint()
        service = int((parse_qs(urlsplit(url).query).get("service_id") or ["0"])[0])
        try:
            async with connect(url, max_size=2**20, proxy=None) as socket:
                logger.info("feishu: connected")
                pinging = asyncio.create_task(_ping(socket, service, ping_s))
                try:
                    await self._receive(socket, read, take)
                finally:
                    pinging.cancel()
                    with contextlib.suppress(asyncio.CancelledError, websockets.WebSocketException):
                        await pinging
        except websockets.WebSocketException as error:
            raise SendLater(f"Feishu's connection failed: {type(error).__name__}") from error
        raise SendLater("Feishu ended the connection")

    async def _endpoint(self) -> tuple[str, float]:
        response = await self._caller.call(
            "POST", "/callback/ws/endpoint", json=self._credentials, headers={"locale": "zh"}
        )
        body = json_of(response)
        if body.get("code") != 0:
            if body.get("code") in (403, 514, 1000040343, 1000040344):
                raise BotMisconfigured(
                    f"Feishu refuses a long connection to this app ({body.get('code')}). Check "
                    "KEWEN_FEISHU_APP_ID, KEWEN_FEISHU_APP_SECRET and the app's subscription mode."
                )
            raise SendLater(f"Feishu gave no connection: {body.get('code')}")
        data = body.get("data") or {}
        interval = (data.get("ClientConfig") or {}).get("PingInterval") or _PING_S
        return str(data["URL"]), float(interval)

    async def _receive(self, socket: ClientConnection, read: Read, take: Take) -> None:
        parts: dict[str, dict[int, bytes]] = {}
        async for content in socket:
            if isinstance(content, str):
                continue
            try:
                frame = read_frame(content)
                payload = _whole(frame, parts) if frame.method == DATA else None
                event = json.loads(payload) if payload is not None else None
            except (FrameBroken, ValueError) as error:
                logger.warning("feishu: a frame cannot be read: %s", type(error).__name__)
                continue
            if not isinstance(event, dict) or frame.headers.get("type") not in ("event", "card"):
                continue
            incoming = read(event)
            if incoming is not None:
                await take(incoming)
            await socket.send(write_frame(_acknowledgement(frame, incoming)))


def _whole(frame: Frame, parts: dict[str, dict[int, bytes]]) -> bytes | None:
    """The payload, once all parts of it have come."""
    count = int(frame.headers.get("sum", "1") or 1)
    if count <= 1:
        return frame.payload
    name = frame.headers.get("message_id", "")
    held = parts.setdefault(name, {})
    held[int(frame.headers.get("seq", "0") or 0)] = frame.payload
    if len(held) < count:
        while len(parts) > _PARTS_KEPT:
            parts.pop(next(iter(parts)))
        return None
    del parts[name]
    return b"".join(held[place] for place in sorted(held))


def _acknowledgement(frame: Frame, incoming: Incoming | None) -> Frame:
    body: dict[str, Any] = {"code": 200}
    if incoming is not None and incoming.kind == "button":
        toast = json.dumps({"toast": {"type": "info", "content": texts.RECEIVED.zh}}, ensure_ascii=False)
        body["data"] = base64.b64encode(toast.encode()).decode()
    return replace(frame, payload=json.dumps(body).encode())


async def _ping(socket: ClientConnection, service: int, every_s: float) -> None:
    while True:
        await socket.send(write_frame(Frame(CONTROL, service, {"type": "ping"})))
        await asyncio.sleep(every_s)
