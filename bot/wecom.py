"""WeCom (企业微信): an app of the company; encrypted callbacks in, active messages out.

Not tried against the live service.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from bot.calling import AccessToken, Caller, json_of
from bot.channel import Limits, Pushed, QuietChannel, Receipt
from bot.errors import BotMisconfigured, ChatGone, Rejected, SendLater, SendRefused, SetUpWrong
from bot.markup import to_links
from bot.records import Incoming, Outgoing, Rich
from bot.signing import same, wecom_decrypt, wecom_signature

_LATER = {-1, 45009, 45033, 45035}
_TOKEN = {40014, 41001, 42001, 42007, 42009}
_GONE = {60111, 60110, 81013, 84061, 86220}
_SET_UP = {
    60020: "add this server's address to the app's trusted IPs (企业可信IP)",
    60011: "the app may not see this person: widen its visible range (可见范围)",
    40056: "KEWEN_WECOM_AGENT_ID names no app of this company",
    301002: "KEWEN_WECOM_AGENT_ID and KEWEN_WECOM_SECRET are of two apps",
    48002: "the app may not send messages: see its permissions",
}
"""What an administrator can change, by the code that says so."""
_MEDIA = {"image", "voice", "video", "file", "location", "link"}


def aes_key_of(text: str) -> bytes:
    """The 32 bytes that the console shows as 43 characters. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9]{43}", text):
        raise ValueError("it has not 43 letters and digits")
    try:
        return base64.b64decode(text + "=")
    except binascii.Error as error:
        raise ValueError("it is not base64") from error


def link_bytes(rich: Rich) -> int:
    return len(to_links(rich).encode("utf-8", "replace"))


class WeComChannel(QuietChannel):
    """One app. WeCom knows no groups for it and no buttons in texts: choices are numbered."""

    name = "wecom"
    # 2,048 bytes of text; what is longer WeCom cuts without a word.
    limits = Limits(text=2048, measure=link_bytes, every_s=0.2)

    def __init__(
        self,
        corp_id: str,
        agent_id: int,
        secret: str,
        *,
        token: str,
        aes_key: bytes,
        api_url: str = "https://qyapi.weixin.qq.com",
        timeout_s: float = 10.0,
    ) -> None:
        self._corp_id, self._agent_id, self._secret = corp_id, agent_id, secret
        self._callback_token, self._aes_key = token, aes_key
        self._caller = Caller(api_url, timeout_s)
        self._token = AccessToken(self._new_token)

    async def open(self) -> None:
        await self._token.get()

    async def close(self) -> None:
        await self._caller.close()

    def receive(self, pushed: Pushed) -> Receipt:
        query = pushed.query
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        encrypted = query.get("echostr", "") if pushed.method == "GET" else _field(pushed.body, "Encrypt")
        ours = wecom_signature(self._callback_token, timestamp, nonce, encrypted)
        if not encrypted or not same(query.get("msg_signature", ""), ours):
            raise Rejected("the signature is wrong or missing")
        content = wecom_decrypt(self._aes_key, encrypted, self._corp_id)
        if pushed.method == "GET":
            return Receipt(body=content.decode("utf-8", "replace"))
        incoming = _incoming(content)
        # An empty answer within five seconds is "taken"; what we have to say is sent on its own.
        return Receipt((incoming,) if incoming else ())

    async def send(self, message: Outgoing) -> str:
        body = {
            "touser": message.to.chat,
            "msgtype": "text",
            "agentid": self._agent_id,
            "text": {"content": to_links(message.rich)},
        }
        for _ in range(2):
            token = await self._token.get()
            path = f"/cgi-bin/message/send?access_token={quote(token)}"
            told = json_of(await self._caller.call("POST", path, json=body))
            code = told.get("errcode", 0)
            if code not in _TOKEN:
                break
            self._token.reject(token)
        sentence = f"WeCom {code}: {str(told.get('errmsg', ''))[:200]}"
        if code in _LATER or code in _TOKEN:
            raise SendLater(sentence)
        if code in _GONE or (code == 0 and told.get("invaliduser")):
            raise ChatGone(sentence)
        if code in _SET_UP:
            raise SetUpWrong(sentence, f"WeCom {code}: {_SET_UP[code]}.")
        if code != 0:
            raise SendRefused(sentence)
        return str(told.get("msgid", ""))

    async def update(self, sent_id: str, message: Outgoing) -> str:
        return await self.send(message)

    async def _new_token(self) -> tuple[str, float]:
        path = f"/cgi-bin/gettoken?corpid={quote(self._corp_id)}&corpsecret={quote(self._secret)}"
        body = json_of(await self._caller.call("GET", path))
        if body.get("errcode") in (40001, 40013, 40091):
            raise BotMisconfigured(
                "WeCom does not know KEWEN_WECOM_CORP_ID with this KEWEN_WECOM_SECRET. Copy both again."
            )
        if body.get("errcode", 0) != 0:
            raise SendLater(f"WeCom gave no token: {body.get('errcode')}")
        return str(body["access_token"]), float(body["expires_in"])


def _tree(body: bytes) -> ElementTree.Element:
    # Entities could be made to grow without end or to read files; WeCom's messages have none.
    if b"<!DOCTYPE" in body.upper() or b"<!ENTITY" in body.upper():
        raise Rejected("the XML declares entities", 400)
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise Rejected("the body is not XML", 400) from error


def _field(body: bytes, name: str) -> str:
    return _tree(body).findtext(name) or ""


def _incoming(content: bytes) -> Incoming | None:
    tree = _tree(content)
    kind, user = tree.findtext("MsgType") or "", tree.findtext("FromUserName") or ""
    if not user:
        return None
    event = (tree.findtext("Event") or "").lower()
    # Events have no id of their own: who, when and what names them.
    event_id = tree.findtext("MsgId") or f"{user}-{tree.findtext('CreateTime')}-{event}"
    given: dict[str, Any] = {"channel": "wecom", "event_id": event_id, "chat": user, "asker": user}
    if kind == "text":
        return Incoming(kind="text", text=tree.findtext("Content") or "", **given)
    if kind in _MEDIA:
        return Incoming(kind="media", **given)
    if kind == "event" and event == "unsubscribe":
        return Incoming(kind="gone", **given)
    if kind == "event" and event == "subscribe":
        return Incoming(kind="text", text="/start", **given)
    return None
