"""DingTalk's stream: we connect, so no public address is needed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import websockets
from websockets.asyncio.client import ClientConnection, connect

from bot.calling import Caller, json_of
from bot.channel import Take
from bot.errors import BotMisconfigured, SendLater
from bot.records import Incoming

logger = logging.getLogger("kewen.bot")

TOPIC = "/v1.0/im/bot/messages/get"

Read = Callable[[dict[str, Any]], Incoming | None]


class DingTalkStream:
    """One connection at a time; a message is acknowledged once it is written down."""

    def __init__(self, caller: Caller, client_id: str, client_secret: str) -> None:
        self._caller = caller
        self._request = {
            "clientId": client_id,
            "clientSecret": client_secret,
            "subscriptions": [{"type": "CALLBACK", "topic": TOPIC}],
            "ua": "kewen",
        }

    async def run(self, read: Read, take: Take) -> None:
        """Take messages until the connection ends. Raises SendLater, OSError."""
        response = await self._caller.call("POST", "/v1.0/gateway/connections/open", json=self._request)
        body = json_of(response)
        if response.status_code in (400, 401, 403):
            raise BotMisconfigured(
                f"DingTalk refuses a stream to this app ({body.get('code')}). Check "
                "KEWEN_DINGTALK_CLIENT_ID and KEWEN_DINGTALK_CLIENT_SECRET."
            )
        if "endpoint" not in body or "ticket" not in body:
            raise SendLater(f"DingTalk gave no connection: {body.get('code')}")
        url = f"{body['endpoint']}?ticket={quote_plus(str(body['ticket']))}"
        try:
            async with connect(url, max_size=2**20, proxy=None) as socket:
                logger.info("dingtalk: connected")
                await self._receive(socket, read, take)
        except websockets.WebSocketException as error:
            raise SendLater(f"DingTalk's connection failed: {type(error).__name__}") from error
        raise SendLater("DingTalk ended the connection", 0.0)

    async def _receive(self, socket: ClientConnection, read: Read, take: Take) -> None:
        async for content in socket:
            try:
                frame = json.loads(content)
                headers, kind = frame["headers"], frame["type"]
                topic = headers["topic"]
                data = json.loads(frame.get("data") or "{}")
            except (ValueError, KeyError, TypeError) as error:
                logger.warning("dingtalk: a frame cannot be read: %s", type(error).__name__)
                continue
            if kind == "SYSTEM":
                if topic == "disconnect":
                    return
                await socket.send(_acknowledgement(headers, frame.get("data") or "{}"))
            elif kind == "CALLBACK" and topic == TOPIC and isinstance(data, dict):
                incoming = read(data)
                if incoming is not None:
                    await take(incoming)
                await socket.send(_acknowledgement(headers, json.dumps({"response": None})))


def _acknowledgement(headers: dict[str, Any], data: str) -> str:
    about = {"contentType": "application/json", "messageId": headers.get("messageId", "")}
    return json.dumps({"code": 200, "headers": about, "message": "OK", "data": data})
