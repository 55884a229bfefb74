"""One chat app as the conformance suite sees it: someone writes, someone reads."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx

from bot.channel import Channel
from bot.dingtalk import DingTalkChannel
from bot.feishu import FeishuChannel
from bot.runner import Runner
from bot.signing import feishu_signature, hmac_sha256, wecom_signature
from bot.telegram import TelegramChannel
from bot.webhook import WebhookChannel
from bot.wecom import WeComChannel, aes_key_of
from tests.bot.platform_peers import DingTalkPeer, FeishuPeer, PlatformPeer, Shown, WebhookPeer, WeComPeer
from tests.bot.sealing import feishu_encrypt, wecom_encrypt
from tests.bot.telegram_peer import TOKEN, TelegramPeer
from tests.patience import PATIENCE_S

Pushing = Callable[..., Any]
"""await push(method, query, headers, body) -> httpx.Response"""


class World(Protocol):
    """What a platform's people and its servers do. Chats are named by short words."""

    name: str
    groups: bool
    buttons: bool

    def channel(self, url: str) -> Channel: ...

    def peer(self) -> Any: ...

    def event(
        self, chat: str, text: str | None = None, *, user: str = "", press: str = "", media: bool = False
    ) -> dict[str, Any]: ...

    def request(self, event: dict[str, Any], *, good: bool = True) -> tuple[str, dict[str, str], bytes]:
        """(query string, headers, body) of the push; not `good`: with a wrong signature."""
        ...

    def of(self, chat: str) -> list[Shown]: ...

    def fail(self, *faults: str) -> None: ...

    def leave(self, chat: str) -> None: ...


class _Common:
    groups = True
    buttons = True
    name = ""

    def __init__(self, made: PlatformPeer) -> None:
        self.made = made
        self.ids = itertools.count(1)

    def peer(self) -> Any:
        return self.made

    def of(self, chat: str) -> list[Shown]:
        return self.made.of(chat)

    def fail(self, *faults: str) -> None:
        self.made.fail(*faults)

    def leave(self, chat: str) -> None:
        self.made.gone.add(chat)


class WebhookWorld(_Common):
    name = "webhook"

    def __init__(self) -> None:
        super().__init__(WebhookPeer())

    def channel(self, url: str) -> Channel:
        return WebhookChannel(WebhookPeer.key, f"{url}/replies", timeout_s=PATIENCE_S)

    def event(
        self, chat: str, text: str | None = None, *, user: str = "", press: str = "", media: bool = False
    ) -> dict[str, Any]:
        body: dict[str, Any] = {"chat": chat, "user": user or chat, "private": not chat.startswith("group")}
        body |= {"button": press} if press else {"text": text or ""}
        return {"id": f"evt_{next(self.ids)}", "body": body}

    def request(self, event: dict[str, Any], *, good: bool = True) -> tuple[str, dict[str, str], bytes]:
        body, timestamp = json.dumps(event["body"]).encode(), str(int(time.time()))
        signature = self.made.sign(event["id"], timestamp, body if good else b"{}")  # type: ignore[attr-defined]
        return (
            "",
            {"webhook-id": event["id"], "webhook-timestamp": timestamp, "webhook-signature": signature},
            body,
        )


class FeishuWorld(_Common):
    name = "feishu"
    key, token = "test key", "verification-token"

    def __init__(self) -> None:
        super().__init__(FeishuPeer())

    def channel(self, url: str) -> Channel:
        self.made.url = url  # type: ignore[attr-defined]
        return FeishuChannel(
            FeishuPeer.app_id,
            FeishuPeer.app_secret,
            encrypt_key=self.key,
            verification_token=self.token,
            api_url=url,
            timeout_s=PATIENCE_S,
        )

    def event(
        self, chat: str, text: str | None = None, *, user: str = "", press: str = "", media: bool = False
    ) -> dict[str, Any]:
        header = {"event_id": f"ev{next(self.ids)}", "token": self.token, "app_id": FeishuPeer.app_id}
        user = user or f"ou_{chat}"
        if press:
            body: dict[str, Any] = {
                "operator": {"open_id": user},
                "action": {"value": {"kewen": press}, "tag": "button"},
                "context": {"open_message_id": f"om-{chat}", "open_chat_id": chat},
            }
            header["event_type"] = "card.action.trigger"
        else:
            group = chat.startswith("group")
            mention = {"key": "@_user_1", "id": {"open_id": FeishuPeer.bot_open_id}, "name": "科问"}
            content = {"image_key": "img"} if media else {"text": f"@_user_1 {text}" if group else text}
            body = {
                "sender": {"sender_id": {"open_id": user}, "sender_type": "user"},
                "message": {
                    "message_id": f"om{next(self.ids)}-{chat}",
                    "chat_id": chat,
                    "chat_type": "group" if group else "p2p",
                    "message_type": "image" if media else "text",
                    "content": json.dumps(content),
                    "mentions": [mention] if group else [],
                },
            }
            header["event_type"] = "im.message.receive_v1"
        return {"schema": "2.0", "header": header, "event": body}

    def request(self, event: dict[str, Any], *, good: bool = True) -> tuple[str, dict[str, str], bytes]:
        body = json.dumps({"encrypt": feishu_encrypt(self.key, json.dumps(event).encode())}).encode()
        timestamp, nonce = str(int(time.time())), "n0nce"
        signature = feishu_signature(timestamp, nonce, self.key if good else "guess", body)
        headers = {"timestamp": timestamp, "nonce": nonce}
        shown = {f"X-Lark-Request-{name.title()}": value for name, value in headers.items()}
        return "", {**shown, "X-Lark-Signature": signature}, body


class WeComWorld(_Common):
    name = "wecom"
    groups = buttons = False
    key_text, token = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "QDG6eK"

    def __init__(self) -> None:
        super().__init__(WeComPeer())

    def channel(self, url: str) -> Channel:
        return WeComChannel(
            WeComPeer.corp_id,
            WeComPeer.agent_id,
            WeComPeer.secret,
            token=self.token,
            aes_key=aes_key_of(self.key_text),
            api_url=url,
            timeout_s=PATIENCE_S,
        )

    def event(
        self, chat: str, text: str | None = None, *, user: str = "", press: str = "", media: bool = False
    ) -> dict[str, Any]:
        kind = "image" if media else "text"
        content = "" if media else f"<Content><![CDATA[{press or text}]]></Content>"
        xml = (
            f"<xml><ToUserName>{WeComPeer.corp_id}</ToUserName><FromUserName><![CDATA[{chat}]]></FromUserName>"
            f"<CreateTime>1795000000</CreateTime><MsgType>{kind}</MsgType>{content}"
            f"<MsgId>{next(self.ids)}</MsgId><AgentID>{WeComPeer.agent_id}</AgentID></xml>"
        )
        return {"xml": xml}

    def request(self, event: dict[str, Any], *, good: bool = True) -> tuple[str, dict[str, str], bytes]:
        encrypted = wecom_encrypt(aes_key_of(self.key_text), event["xml"].encode(), WeComPeer.corp_id)
        timestamp, nonce = str(int(time.time())), "263014780"
        signature = wecom_signature(self.token if good else "guess", timestamp, nonce, encrypted)
        query = {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}
        body = f"<xml><ToUserName>x</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        return urlencode(query), {"Content-Type": "text/xml"}, body.encode()


class DingTalkWorld(_Common):
    name = "dingtalk"
    buttons = False

    def __init__(self) -> None:
        super().__init__(DingTalkPeer())

    def channel(self, url: str) -> Channel:
        self.made.url = url  # type: ignore[attr-defined]
        return DingTalkChannel(
            DingTalkPeer.client_id, DingTalkPeer.client_secret, api_url=url, push=True, timeout_s=PATIENCE_S
        )

    def event(
        self, chat: str, text: str | None = None, *, user: str = "", press: str = "", media: bool = False
    ) -> dict[str, Any]:
        group = chat.startswith("group")
        content = {"msgtype": "picture", "content": {}} if media else {"msgtype": "text"}
        if not media:
            content["text"] = {"content": f" {press or text} "}
        return content | {
            "msgId": f"msg{next(self.ids)}",
            "conversationType": "2" if group else "1",
            "conversationId": chat,
            "senderStaffId": user or chat,
            "senderNick": "某",
            "isInAtList": group,
        }

    def request(self, event: dict[str, Any], *, good: bool = True) -> tuple[str, dict[str, str], bytes]:
        timestamp = str(int(time.time() * 1000))
        secret = DingTalkPeer.client_secret if good else "guess"
        sign = hmac_sha256(secret.encode(), f"{timestamp}\n{secret}".encode())
        return "", {"timestamp": timestamp, "sign": sign}, json.dumps(event).encode()

    def of(self, chat: str) -> list[Shown]:
        return self.made.of(self._address(chat))

    def leave(self, chat: str) -> None:
        self.made.gone.add(self._address(chat))

    @staticmethod
    def _address(chat: str) -> str:
        return f"group:{chat}" if chat.startswith("group") else f"user:{chat}"


class TelegramWorld:
    """Telegram with its webhook; the suite's short words stand for numbers of chats."""

    name = "telegram"
    groups = buttons = True
    secret = "s3cret"

    def __init__(self) -> None:
        self.made = TelegramPeer()
        self._numbers: dict[str, int] = {}

    def peer(self) -> Any:
        return self.made

    def channel(self, url: str) -> Channel:
        return TelegramChannel(
            TOKEN,
            api_url=url,
            timeout_s=PATIENCE_S,
            webhook_url="http://kewen.test/bots/telegram",
            webhook_secret=self.secret,
        )

    def _number(self, chat: str) -> int:
        sign = -1 if chat.startswith("group") else 1
        return self._numbers.setdefault(chat, sign * (len(self._numbers) + 100))

    def event(
        self, chat: str, text: str | None = None, *, user: str = "", press: str = "", media: bool = False
    ) -> dict[str, Any]:
        number = self._number(chat)
        person = self._number(f"user {user}") if user else abs(number)
        if press:
            self.made.presses(number, press, 1, user=person)
        elif media:
            voice = {"file_id": "v", "file_unique_id": "v", "duration": 3}
            self.made.update(message=self.made.message(number, None, user=person, voice=voice))
        else:
            self.made.says(number, f"@kewen_bot {text}" if number < 0 else str(text), user=person)
        return self.made._updates.pop()

    def request(self, event: dict[str, Any], *, good: bool = True) -> tuple[str, dict[str, str], bytes]:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret if good else "guess"}
        return "", headers, json.dumps(event).encode()

    def of(self, chat: str) -> list[Shown]:
        return [
            Shown(
                str(one.message_id),
                chat,
                one.text,
                [(b["text"], b.get("callback_data") or b["url"]) for row in one.keyboard for b in row],
                one.edits,
            )
            for one in self.made.of(self._number(chat))
        ]

    def fail(self, *faults: str) -> None:
        self.made.fail("sendMessage", *faults)  # type: ignore[arg-type]

    def leave(self, chat: str) -> None:
        self.made.blocked.add(self._number(chat))


WORLDS: dict[str, Callable[[], World]] = {
    "telegram": TelegramWorld,
    "feishu": FeishuWorld,
    "webhook": WebhookWorld,
    "wecom": WeComWorld,
    "dingtalk": DingTalkWorld,
}


class Only:
    """Stands for all bots of a process: this one."""

    def __init__(self, runner: Runner) -> None:
        self.names = (runner.name,)
        self.runners = {runner.name: runner}


async def push(client: httpx.AsyncClient, world: World, event: dict[str, Any], *, good: bool = True) -> Any:
    """Bring an event to our server, as the platform does."""
    query, headers, body = world.request(event, good=good)
    return await client.post(f"/bots/{world.name}?{query}", content=body, headers=headers)
