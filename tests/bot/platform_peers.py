"""Feishu, WeCom, DingTalk and a webhook's receiver over loopback, with faults on command.

Each keeps what its platform shows in a chat and refuses what the platform refuses: a wrong token, a text
beyond its limit, a chat that nobody is in.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import JSONResponse
from markdown_it import MarkdownIt
from starlette.websockets import WebSocketDisconnect


@dataclass
class Shown:
    """A message as the chat shows it; `buttons` are (label, data or address)."""

    id: str
    chat: str
    text: str
    buttons: list[tuple[str, str]] = field(default_factory=list)
    edits: int = 0
    raw: dict[str, Any] = field(default_factory=dict)


class PlatformPeer:
    """What all of them share."""

    def __init__(self) -> None:
        self.shown: list[Shown] = []
        self.gone: set[str] = set()
        self.faults: deque[str] = deque()
        self.violations: list[str] = []
        self.released = threading.Event()
        self._ids = itertools.count(1)
        self.token = "tenant-token-1"
        self.tokens_given = 0

    def fail(self, *faults: str) -> None:
        """The next sends fail like this: 429, 500, `token` (ours is no longer valid) or `setup` (its
        administrator has to change something)."""
        self.faults.extend(faults)

    def of(self, chat: str) -> list[Shown]:
        return [one for one in list(self.shown) if one.chat == chat]

    def _fault(self) -> str | None:
        fault = self.faults.popleft() if self.faults else None
        if fault == "token":
            self.token = f"tenant-token-{next(self._ids)}"
        return fault

    def _new(self, chat: str, text: str, buttons: list[tuple[str, str]], raw: dict[str, Any]) -> Shown:
        shown = Shown(f"m{next(self._ids)}", chat, text, buttons, raw=raw)
        self.shown.append(shown)
        return shown


def from_markdown(text: str) -> str:
    """The words of a card's markdown, as a reader sees them: a star that makes nothing bold stays a star."""
    return "\n".join(_words(line) for line in text.split("\n"))


def _words(line: str) -> str:
    words = ""
    for token in (
        MarkdownIt("zero").enable(["emphasis", "link", "escape", "entity"]).parseInline(line)[0].children
    ):
        words += token.content
    return words


class FeishuPeer(PlatformPeer):
    """open.feishu.cn, as far as a bot needs it."""

    app_id, app_secret = "cli_peer", "feishu-secret"
    bot_open_id = "ou_bot"

    def __init__(self) -> None:
        super().__init__()
        self.uuids: dict[str, Shown] = {}
        self.sockets: list[WebSocket] = []
        self.frames: list[bytes] = []
        self.loop: asyncio.AbstractEventLoop | None = None
        self.url = ""

    def app(self) -> FastAPI:
        app = FastAPI()
        app.post("/open-apis/auth/v3/tenant_access_token/internal")(self._auth)
        app.get("/open-apis/bot/v3/info")(self._info)
        app.post("/open-apis/im/v1/messages")(self._send)
        app.post("/open-apis/im/v1/messages/{message_id}/reply")(self._reply)
        app.patch("/open-apis/im/v1/messages/{message_id}")(self._patch)
        app.post("/callback/ws/endpoint")(self._endpoint)
        app.websocket("/ws")(self._socket)
        return app

    async def _auth(self, request: Request) -> Response:
        given = await request.json()
        if (given["app_id"], given["app_secret"]) != (self.app_id, self.app_secret):
            return JSONResponse({"code": 10014, "msg": "app secret invalid"})
        self.tokens_given += 1
        return JSONResponse({"code": 0, "tenant_access_token": self.token, "expire": 7200})

    async def _info(self, request: Request) -> Response:
        return self._refused(request, None) or JSONResponse(
            {"code": 0, "bot": {"open_id": self.bot_open_id, "app_name": "科问"}}
        )

    def _refused(self, request: Request, chat: str | None) -> Response | None:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return JSONResponse({"code": 99991663, "msg": "invalid access token"}, 400)
        if chat in self.gone:
            return JSONResponse({"code": 230002, "msg": "Bot can NOT be out of the chat."}, 400)
        return None

    async def _send(self, request: Request) -> Response:
        body = await request.json()
        assert request.query_params["receive_id_type"] == "chat_id"
        return self._taken(request, body["receive_id"], body)

    async def _reply(self, message_id: str, request: Request) -> Response:
        body = await request.json()
        chat = message_id.partition("-")[2]  # our message ids name their chat
        return self._taken(request, chat, body)

    def _taken(self, request: Request, chat: str, body: dict[str, Any]) -> Response:
        fault = self._fault()
        if fault == "429":
            return JSONResponse({"code": 99991400, "msg": "request trigger frequency limit"}, 400)
        if fault == "500":
            return Response(status_code=502)
        if fault == "setup":
            return JSONResponse({"code": 99991672, "msg": "Access denied. a scope is required"}, 400)
        if refusal := self._refused(request, chat):
            return refusal
        if body["uuid"] in self.uuids:
            return JSONResponse({"code": 0, "data": {"message_id": self.uuids[body["uuid"]].id}})
        content = str(body["content"])
        if len(content.encode()) > 30_000:
            self.violations.append("a card over 30 KB")
            return JSONResponse({"code": 230025, "msg": "content too long"}, 400)
        shown = self._new(chat, *self._read(json.loads(content)), json.loads(content))
        self.uuids[body["uuid"]] = shown
        return JSONResponse({"code": 0, "data": {"message_id": shown.id}})

    async def _patch(self, message_id: str, request: Request) -> Response:
        if refusal := self._refused(request, None):
            return refusal
        for one in self.shown:
            if one.id == message_id:
                one.text, one.buttons = self._read(json.loads((await request.json())["content"]))
                one.edits += 1
                return JSONResponse({"code": 0, "data": {}})
        return JSONResponse({"code": 230011, "msg": "The message was recalled"}, 400)

    @staticmethod
    def _read(card: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
        assert card["config"]["update_multi"] is True
        text, buttons = "", []
        for element in card["elements"]:
            if element["tag"] == "markdown":
                text += from_markdown(element["content"])
            else:
                for action in element["actions"]:
                    data = action.get("url") or action["value"]["kewen"]
                    buttons.append((action["text"]["content"], data))
        return text, buttons

    async def _endpoint(self, request: Request) -> Response:
        given = await request.json()
        if (given["AppID"], given["AppSecret"]) != (self.app_id, self.app_secret):
            return JSONResponse({"code": 403, "msg": "forbidden"})
        url = self.url.replace("http", "ws") + "/ws?device_id=d1&service_id=33"
        return JSONResponse({"code": 0, "data": {"URL": url, "ClientConfig": {"PingInterval": 1}}})

    async def _socket(self, socket: WebSocket) -> None:
        await socket.accept()
        self.loop = asyncio.get_running_loop()
        self.sockets.append(socket)
        try:
            while True:
                self.frames.append(await socket.receive_bytes())
        except WebSocketDisconnect:
            self.sockets.remove(socket)

    def bring(self, frame: bytes) -> None:
        """Send a frame down the long connection."""
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(self.sockets[-1].send_bytes(frame), self.loop).result(5)

    def hang_up(self) -> None:
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(self.sockets[-1].close(), self.loop).result(5)


class WeComPeer(PlatformPeer):
    """qyapi.weixin.qq.com, as far as an app needs it."""

    corp_id, agent_id, secret = "ww_peer", 1000002, "wecom-secret"

    def app(self) -> FastAPI:
        app = FastAPI()
        app.get("/cgi-bin/gettoken")(self._auth)
        app.post("/cgi-bin/message/send")(self._send)
        return app

    async def _auth(self, corpid: str, corpsecret: str) -> Response:
        if (corpid, corpsecret) != (self.corp_id, self.secret):
            return JSONResponse({"errcode": 40001, "errmsg": "invalid credential"})
        self.tokens_given += 1
        return JSONResponse({"errcode": 0, "access_token": self.token, "expires_in": 7200})

    async def _send(self, request: Request, access_token: str) -> Response:
        fault = self._fault()
        if fault == "429":
            return JSONResponse({"errcode": 45009, "errmsg": "api freq out of limit"})
        if fault == "500":
            return Response(status_code=503)
        if fault == "setup":
            return JSONResponse({"errcode": 60020, "errmsg": "not allow to access from your ip"})
        if access_token != self.token:
            return JSONResponse({"errcode": 42001, "errmsg": "access_token expired"})
        body = await request.json()
        assert (body["agentid"], body["msgtype"]) == (self.agent_id, "text")
        if body["touser"] in self.gone:
            return JSONResponse({"errcode": 81013, "errmsg": "user & party & tag all invalid"})
        content = body["text"]["content"]
        if len(content.encode()) > 2048:
            self.violations.append("a text over 2,048 bytes, which WeCom cuts")
        text = re.sub(r'<a href="[^"]*">([^<]*)</a>', r"\1", content)
        return JSONResponse({"errcode": 0, "msgid": self._new(body["touser"], text, [], body).id})


class DingTalkPeer(PlatformPeer):
    """api.dingtalk.com, as far as a robot needs it."""

    client_id, client_secret = "ding_peer", "dingtalk-secret"

    def __init__(self) -> None:
        super().__init__()
        self.sockets: list[WebSocket] = []
        self.acknowledged: list[dict[str, Any]] = []
        self.loop: asyncio.AbstractEventLoop | None = None
        self.url = ""

    def app(self) -> FastAPI:
        app = FastAPI()
        app.post("/v1.0/oauth2/accessToken")(self._auth)
        app.post("/v1.0/robot/oToMessages/batchSend")(self._private)
        app.post("/v1.0/robot/groupMessages/send")(self._group)
        app.post("/v1.0/gateway/connections/open")(self._open)
        app.websocket("/connect")(self._socket)
        return app

    async def _auth(self, request: Request) -> Response:
        given = await request.json()
        if (given["appKey"], given["appSecret"]) != (self.client_id, self.client_secret):
            return JSONResponse({"code": "invalidClientIdOrSecret", "message": "…"}, 400)
        self.tokens_given += 1
        return JSONResponse({"accessToken": self.token, "expireIn": 7200})

    async def _private(self, request: Request) -> Response:
        body = await request.json()
        (user,) = body["userIds"]
        if f"user:{user}" in self.gone:
            return JSONResponse({"processQueryKey": "", "invalidStaffIdList": [user]})
        return self._taken(request, f"user:{user}", body)

    async def _group(self, request: Request) -> Response:
        body = await request.json()
        return self._taken(request, f"group:{body['openConversationId']}", body)

    def _taken(self, request: Request, chat: str, body: dict[str, Any]) -> Response:
        fault = self._fault()
        if fault == "429":
            return JSONResponse({"code": "Forbidden.AccessDenied.QpsLimitForApi", "message": "…"}, 403)
        if fault == "500":
            return Response(status_code=500)
        if fault == "setup":
            denied = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
            return JSONResponse({"code": denied, "message": "…"}, 403)
        if request.headers.get("x-acs-dingtalk-access-token") != self.token:
            return JSONResponse({"code": "InvalidAuthentication", "message": "…"}, 401)
        assert (body["msgKey"], body["robotCode"]) == ("sampleMarkdown", self.client_id)
        content = json.loads(body["msgParam"])
        if len(content["text"].encode()) > 5000:
            self.violations.append("a message over 5,000 bytes")
        text = from_markdown(content["text"].replace("  \n", "\n"))
        return JSONResponse({"processQueryKey": self._new(chat, text, [], body).id})

    async def _open(self, request: Request) -> Response:
        given = await request.json()
        if given["clientSecret"] != self.client_secret:
            return JSONResponse({"code": "authFailed"}, 401)
        assert given["subscriptions"] == [{"type": "CALLBACK", "topic": "/v1.0/im/bot/messages/get"}]
        return JSONResponse({"endpoint": self.url.replace("http", "ws") + "/connect", "ticket": "t/1=="})

    async def _socket(self, socket: WebSocket) -> None:
        assert socket.query_params["ticket"] == "t/1=="
        await socket.accept()
        self.loop = asyncio.get_running_loop()
        self.sockets.append(socket)
        try:
            while True:
                self.acknowledged.append(json.loads(await socket.receive_text()))
        except WebSocketDisconnect:
            self.sockets.remove(socket)

    def bring(self, kind: str, topic: str, data: dict[str, Any]) -> None:
        """Send a frame down the stream."""
        assert self.loop is not None
        number = f"f{next(self._ids)}"
        headers = {"topic": topic, "messageId": number, "contentType": "application/json", "time": "1"}
        frame = {"specVersion": "1.0", "type": kind, "headers": headers, "data": json.dumps(data)}
        asyncio.run_coroutine_threadsafe(self.sockets[-1].send_text(json.dumps(frame)), self.loop).result(5)


class WebhookPeer(PlatformPeer):
    """Someone's own server that receives our signed messages."""

    key = b"0123456789abcdef0123456789abcdef"

    def app(self) -> FastAPI:
        app = FastAPI()
        app.post("/replies")(self._receive)
        return app

    def sign(self, message_id: str, timestamp: str, body: bytes) -> str:
        content = f"{message_id}.{timestamp}.".encode() + body
        return "v1," + base64.b64encode(hmac.new(self.key, content, hashlib.sha256).digest()).decode()

    async def _receive(self, request: Request) -> Response:
        fault = self._fault()
        if fault == "setup":
            return Response(status_code=403)
        if fault in ("429", "500"):
            return Response(status_code=int(fault), headers={"Retry-After": "0"} if fault == "429" else {})
        body = await request.body()
        message_id, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        if request.headers["webhook-signature"] != self.sign(message_id, timestamp, body):
            self.violations.append("a wrong signature")
            return Response(status_code=401)
        assert abs(int(timestamp) - time.time()) < 60
        given = json.loads(body)
        if given["chat"] in self.gone:
            return Response(status_code=410)
        buttons = [(one["label"], one.get("button") or one["url"]) for one in given["buttons"]]
        if given["type"] == "update":
            for one in self.shown:
                if one.id == given["replaces"]:
                    one.text, one.buttons, one.edits = given["text"], buttons, one.edits + 1
            return Response(status_code=204)
        if any(one.id == given["id"] for one in self.shown):
            return Response(status_code=200)  # the id is the same: a receiver shows it once
        shown = Shown(given["id"], given["chat"], given["text"], buttons, raw=given)
        self.shown.append(shown)
        return Response(status_code=204)
