"""A server that speaks the Telegram Bot API over loopback, with faults on command.

It keeps what Telegram keeps: updates until they are acknowledged by offset, messages by chat, a webhook or
one poller; and it refuses what Telegram refuses: unknown tags, empty or long texts, callback data over 64
bytes, too many messages. What a bot was given and what it sent is there for tests to read.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import parse_qs

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from tests.bot.telegram_html import Unparsable, read_html, units
from tests.patience import PATIENCE_S

TOKEN = "7000000001:AAtest-token_of-the-peer"
BOT = {
    "id": 7000000001,
    "is_bot": True,
    "first_name": "科问",
    "username": "kewen_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}

Fault = Literal["429", "400", "403", "500", "hang", "lost"]
"""hang: it never answers and did not take the message; lost: it took it and the answer never came."""

SENDING = {"sendMessage", "editMessageText", "sendMessageDraft", "sendChatAction"}
COUNTED = {"sendMessage"}
"""What the flood limits count for sure; edits and drafts have limits of their own."""


@dataclass
class Sent:
    """A message as the chat shows it now; `text` is without markup."""

    message_id: int
    chat: int
    text: str
    markup: str
    keyboard: list[list[dict[str, Any]]]
    links: list[str]
    at: float
    lost: bool = False
    edits: int = 0
    reply_to: int | None = None

    def button(self, label: str) -> dict[str, Any]:
        """The button whose label begins so."""
        for row in self.keyboard:
            for one in row:
                if one["text"].startswith(label):
                    return one
        raise AssertionError(f"no button {label!r} in {self.keyboard}")


@dataclass
class TelegramPeer:
    """Its state, and what tests do with it. Safe to use from another thread than the server's."""

    token: str = TOKEN
    sent: list[Sent] = field(default_factory=list)
    drafts: list[tuple[int, int, str, float]] = field(default_factory=list)
    actions: list[tuple[int, str]] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    inline: list[dict[str, Any]] = field(default_factory=list)
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    calls: list[tuple[str, float]] = field(default_factory=list)
    floods: list[str] = field(default_factory=list)
    faults_done: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    blocked: set[int] = field(default_factory=set)
    fault_rate: float = 0.0
    refuses: str = ""
    """Addresses of buttons that hold this are refused, as Telegram refuses those without a public host."""
    webhook: dict[str, Any] | None = None
    enforce_per_second: int = 30
    enforce_group_per_minute: int = 20

    def __post_init__(self) -> None:
        self._updates: deque[dict[str, Any]] = deque()
        self._update_ids = itertools.count(1000)
        self._message_ids = itertools.count(1)
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._random = random.Random(20261122)
        self._lock = threading.Lock()
        self._polling = 0
        self.acknowledged = 0
        self.released = threading.Event()

    # What people do

    def update(self, **content: Any) -> int:
        """Something happens; its update id."""
        with self._lock:
            update_id = next(self._update_ids)
            self._updates.append({"update_id": update_id, **content})
        return update_id

    def message(self, chat: int, text: str | None, *, user: int | None = None, **more: Any) -> dict[str, Any]:
        """A message object of someone in a chat; negative chats are groups."""
        private = chat > 0
        user = user if user is not None else chat
        body: dict[str, Any] = {
            "message_id": next(self._message_ids),
            "date": 1_795_000_000,
            "chat": {"id": chat, "type": "private"}
            if private
            else {"id": chat, "type": "supergroup", "title": "群"},
            "from": {
                "id": user,
                "is_bot": False,
                "first_name": "某",
                "language_code": more.pop("lang", "zh-hans"),
            },
        }
        if private:
            body["chat"]["first_name"] = "某"
        if text is not None:
            body["text"] = text
            entities = more.pop("entities", None) or _entities(text)
            if entities:
                body["entities"] = entities
        return body | more

    def says(self, chat: int, text: str, **more: Any) -> int:
        """Someone writes."""
        return self.update(message=self.message(chat, text, **more))

    def presses(self, chat: int, data: str, message_id: int, *, user: int | None = None) -> int:
        """Someone presses a button."""
        user = user if user is not None else chat
        return self.update(
            callback_query={
                "id": str(self._random.getrandbits(60)),
                "from": {"id": user, "is_bot": False, "first_name": "某", "language_code": "zh-hans"},
                "chat_instance": "1",
                "data": data,
                "message": {
                    "message_id": message_id,
                    "date": 1_795_000_000,
                    "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "群"},
                    "from": BOT,
                    "text": "…",
                },
            }
        )

    # What tests command and read

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of a method fail like this, one after the other."""
        self._faults[method].extend(faults)

    def pending(self) -> int:
        return len(self._updates)

    def of(self, chat: int) -> list[Sent]:
        """What a chat shows from the bot, oldest first."""
        return [one for one in list(self.sent) if one.chat == chat]

    # The server

    def app(self) -> FastAPI:
        app = FastAPI()
        app.post("/bot{token}/{method}")(self._handle)
        return app

    async def _handle(self, token: str, method: str, request: Request) -> Response:
        method = method[0].lower() + method[1:]
        if token != self.token:
            return _error(401, "Unauthorized")
        form = parse_qs((await request.body()).decode(), keep_blank_values=True)
        given = {name: _value(values[0]) for name, values in form.items()}
        self.calls.append((method, time.monotonic()))
        chat = int(given["chat_id"]) if "chat_id" in given else None
        if chat in self.blocked:
            return _error(403, "Forbidden: bot was blocked by the user")
        fault = self._fault(method)
        if fault in ("429", "400", "403", "500", "hang"):
            return await self._failing(fault, request)
        if method in COUNTED and chat is not None and (wait := self._flooded(chat)):
            return _error(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        try:
            result = await self._result(method, given, lost=fault == "lost")
        except Unparsable as error:
            return _error(409 if str(error).startswith("Conflict") else 400, str(error))
        if fault == "lost":
            return _cut()
        return JSONResponse({"ok": True, "result": result})

    def _fault(self, method: str) -> Fault | None:
        with self._lock:
            if self._faults[method]:
                fault: Fault | None = self._faults[method].popleft()
            elif method in SENDING and self.fault_rate and self._random.random() < self.fault_rate:
                fault = self._random.choice(("429", "500", "hang", "lost"))  # type: ignore[arg-type]
            else:
                fault = None
            if fault:
                self.faults_done[fault] += 1
        return fault

    async def _failing(self, fault: str, request: Request) -> Response:
        if fault == "429":
            return _error(429, "Too Many Requests: retry after 1", retry_after=1)
        if fault == "400":
            return _error(400, "Bad Request: can't parse entities: on command")
        if fault == "403":
            return _error(403, "Forbidden: bot was blocked by the user")
        if fault == "hang":
            while not await request.is_disconnected():  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.02)
        return _error(500, "Internal Server Error")

    def _flooded(self, chat: int) -> int:
        """Seconds to wait, 0: it may be sent. What broke a limit is written down."""
        moment = time.monotonic()
        recent = [one for one in self.sent[-200:] if moment - one.at < 1.0]
        if len(recent) >= self.enforce_per_second:
            self.floods.append(f"{len(recent) + 1} messages in a second")
            return 1
        own = [one for one in self.sent[-200:] if one.chat == chat and moment - one.at < 60.0]
        if chat < 0 and len(own) >= self.enforce_group_per_minute:
            self.floods.append(f"{len(own) + 1} messages in a minute to group {chat}")
            return 5
        if own and moment - own[-1].at < 0.95:
            self.floods.append(f"two messages within {moment - own[-1].at:.2f} s to chat {chat}")
        return 0

    async def _result(self, method: str, given: dict[str, Any], *, lost: bool) -> Any:
        if method == "getMe":
            return BOT
        if method == "getUpdates":
            return await self._poll(given)
        if method == "sendMessage":
            return self._send(given, lost)
        if method == "editMessageText":
            return self._edit(given)
        if method == "sendMessageDraft":
            chat = int(given["chat_id"])
            if chat < 0 or not int(given["draft_id"]):
                raise Unparsable("Bad Request: drafts are for private chats")
            self.drafts.append((chat, int(given["draft_id"]), str(given["text"]), time.monotonic()))
        elif method == "sendChatAction":
            self.actions.append((int(given["chat_id"]), str(given["action"])))
        elif method == "answerCallbackQuery":
            self.toasts.append(str(given.get("text", "")))
        elif method == "answerInlineQuery":
            self.inline.append(given)
        elif method == "setMyCommands":
            self.commands[str(given.get("language_code", ""))] = given["commands"]
        elif method == "setWebhook":
            self.webhook = given
        elif method == "deleteWebhook":
            self.webhook = None
        return True

    async def _poll(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook is not None or self._polling:
            raise Unparsable("Conflict: terminated by other getUpdates request")
        offset, until = int(given.get("offset", 0)), time.monotonic() + float(given.get("timeout", 0))
        self._polling += 1
        try:
            with self._lock:
                while self._updates and self._updates[0]["update_id"] < offset:
                    self.acknowledged = self._updates.popleft()["update_id"]
            while self._nothing_until(until):  # noqa: ASYNC110 - updates come from another thread
                await asyncio.sleep(0.02)
            with self._lock:
                return list(itertools.islice(self._updates, int(given.get("limit", 100))))
        finally:
            self._polling -= 1

    def _nothing_until(self, until: float) -> bool:
        return not self._updates and time.monotonic() < until and not self.released.is_set()

    def _checked(self, given: dict[str, Any]) -> tuple[str, list[str], list[list[dict[str, Any]]]]:
        markup = str(given.get("text", ""))
        text, links = read_html(markup) if given.get("parse_mode") == "HTML" else (markup, [])
        if not text.strip():
            raise Unparsable("Bad Request: message text is empty")
        if units(text) > 4096:
            raise Unparsable("Bad Request: message is too long")
        keyboard = (given.get("reply_markup") or {}).get("inline_keyboard", [])
        if sum(len(row) for row in keyboard) > 100 or any(len(row) > 8 for row in keyboard):
            raise Unparsable("Bad Request: too many buttons")
        for row in keyboard:
            for button in row:
                data = button.get("callback_data")
                if self.refuses and self.refuses in str(button.get("url")):
                    raise Unparsable("Bad Request: inline keyboard button URL is invalid: Wrong HTTP URL")
                if data is not None and not 1 <= len(data.encode()) <= 64:
                    raise Unparsable("Bad Request: BUTTON_DATA_INVALID")
                if data is None and not str(button.get("url", "")).startswith(("http://", "https://")):
                    raise Unparsable("Bad Request: BUTTON_URL_INVALID")
        return text, links, keyboard

    def _send(self, given: dict[str, Any], lost: bool) -> dict[str, Any]:
        text, links, keyboard = self._checked(given)
        chat, message_id = int(given["chat_id"]), next(self._message_ids)
        reply_to = (given.get("reply_parameters") or {}).get("message_id")
        sent = Sent(
            message_id, chat, text, str(given["text"]), keyboard, links, time.monotonic(), lost, 0, reply_to
        )
        self.sent.append(sent)
        return self._object(sent)

    def _edit(self, given: dict[str, Any]) -> dict[str, Any]:
        text, links, keyboard = self._checked(given)
        for one in self.sent:
            if one.message_id == int(given["message_id"]):
                if (one.text, one.keyboard) == (text, keyboard):
                    raise Unparsable("Bad Request: message is not modified")
                one.text, one.links, one.keyboard, one.markup = text, links, keyboard, str(given["text"])
                one.edits += 1
                return self._object(one)
        raise Unparsable("Bad Request: message to edit not found")

    def _object(self, sent: Sent) -> dict[str, Any]:
        kind = "private" if sent.chat > 0 else "supergroup"
        return {
            "message_id": sent.message_id,
            "date": 1_795_000_000,
            "chat": {"id": sent.chat, "type": kind},
            "from": BOT,
            "text": sent.text,
        }

    async def push(
        self, update_id: int, client: httpx.AsyncClient, secret: str | None = None
    ) -> httpx.Response:
        """Bring an update to the webhook, as Telegram does."""
        assert self.webhook is not None
        update = next(one for one in self._updates if one["update_id"] == update_id)
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret or str(self.webhook.get("secret_token", ""))}
        response = await client.post(self.webhook["url"], json=update, headers=headers)
        if response.status_code == 200:
            self._updates.remove(update)
        return response


def _entities(text: str) -> list[dict[str, Any]]:
    found = []
    if text.startswith("/"):
        found.append({"type": "bot_command", "offset": 0, "length": units(text.split()[0])})
    at = text.find("@kewen_bot")
    if at > 0 or text.startswith("@kewen_bot"):
        found.append({"type": "mention", "offset": units(text[:at]), "length": len("@kewen_bot")})
    return found


def _value(text: str) -> Any:
    if text[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _error(status: int, description: str, **parameters: Any) -> JSONResponse:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return JSONResponse(body, status)


def _cut() -> Response:
    """A response that ends before its end: the acknowledgement is lost on the way."""

    async def nothing() -> Any:
        yield b'{"ok":'
        raise ConnectionAbortedError

    return StreamingResponse(nothing(), media_type="application/json", headers={"Content-Length": "5000"})


class Peer(Protocol):
    """Any of our peers."""

    released: threading.Event

    def app(self) -> FastAPI: ...


@contextmanager
def serving(peer: Peer) -> Iterator[str]:
    """Its address, while it listens in a thread of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(peer.app(), log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    deadline = time.monotonic() + PATIENCE_S
    while not server.started and time.monotonic() < deadline:
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        peer.released.set()
        server.should_exit = True
        thread.join(PATIENCE_S)
        listener.close()
