"""Feishu (and Lark): encrypted events in, cards out, by direct HTTP.

Four calls do all of it; the official SDK takes 49 MB and up to 22 s to import.
"""

from __future__ import annotations

import contextlib
import json
import logging
import time
from typing import Any

from bot import texts
from bot.calling import AccessToken, Caller, json_of
from bot.channel import Limits, Pushed, QuietChannel, Receipt, Take
from bot.errors import (
    BotMisconfigured,
    ChatGone,
    FormRefused,
    OriginalGone,
    Rejected,
    SendLater,
    SendRefused,
    SetUpWrong,
)
from bot.feishu_events import read_event, words_of
from bot.feishu_stream import FeishuStream
from bot.markup import to_markdown
from bot.records import Address, Incoming, Outgoing, Rich, Span, plain
from bot.signing import feishu_decrypt, feishu_signature, fresh, same

logger = logging.getLogger("kewen.bot")

FRESH_S = 600.0
_LATER = {99991400, 230020, 230049}
_TOKEN = {99991661, 99991663, 99991664, 99991668, 99991671, 99991677}
_GONE = {230002, 230013, 230018, 230029, 230045, 232009}
_FORM = {230025, 230099}
_SET_UP = {
    99991672: "give the app the permissions that docs/bot.md lists, and publish a version",
    99991679: "give the app the permissions that docs/bot.md lists, and publish a version",
    99991401: "the app's allowed IP addresses leave this server out",
    230006: "turn on the app's bot ability, and publish a version",
    230027: "give the app the permission im:message:send_as_bot, and publish a version",
}
"""What an administrator can change, by the code that says so."""
_ORIGINAL = {230011, 230031, 230050, 230071, 230072, 230110}
"""Error codes: over a limit; token not taken; nobody there; content not taken; the original is gone."""


def card_bytes(rich: Rich) -> int:
    """What a text takes of a card's 30 KB: its JSON, which writes each Chinese character in full."""
    return len(json.dumps(to_markdown(rich, entities=True), ensure_ascii=False).encode("utf-8", "replace"))


class FeishuChannel(QuietChannel):
    """The bot of one app. With `long_connection` we connect to Feishu, without it Feishu calls us."""

    name = "feishu"
    # 30 KB a card, five updates a second and message; one chat takes five messages a second.
    limits = Limits(
        text=12_000, measure=card_bytes, buttons=20, label=60, every_s=0.25, progress_s=1.2, edits=True
    )

    def __init__(
        self,
        app_id: str,
        app_secret: str,
        *,
        encrypt_key: str | None,
        verification_token: str | None,
        api_url: str = "https://open.feishu.cn",
        long_connection: bool = False,
        timeout_s: float = 10.0,
    ) -> None:
        self._app_id, self._app_secret = app_id, app_secret
        self._encrypt_key, self._verification_token = encrypt_key, verification_token
        self._caller = Caller(api_url, timeout_s)
        self._token = AccessToken(self._new_token)
        self._stream = FeishuStream(self._caller, app_id, app_secret) if long_connection else None
        self._open_id = ""

    async def open(self) -> None:
        body = await self._call("GET", "/open-apis/bot/v3/info")
        self._open_id = str((body.get("bot") or {}).get("open_id", ""))

    async def close(self) -> None:
        await self._caller.close()

    def receive(self, pushed: Pushed) -> Receipt:
        if pushed.method != "POST":
            raise Rejected("only POST is known here", 405)
        outer = _object(pushed.body)
        event = outer
        if "encrypt" in outer:
            if self._encrypt_key is None:
                raise Rejected("it is encrypted, and KEWEN_FEISHU_ENCRYPT_KEY is not set", 400)
            event = _object(feishu_decrypt(self._encrypt_key, str(outer["encrypt"])))
        elif self._encrypt_key is not None:
            raise Rejected("it is not encrypted, though an encrypt key is set")
        if event.get("type") == "url_verification":
            # This one comes before signatures are set up, so it has none.
            self._check_token(event.get("token"))
            answer = json.dumps({"challenge": str(event.get("challenge", ""))})
            return Receipt(body=answer, media_type="application/json")
        self._check_signature(pushed)
        header = event.get("header") or {}
        self._check_token(header.get("token"))
        incoming = read_event(event, self._open_id)
        # A pressed button is answered by what the card's callback returns, within three seconds.
        pressed = incoming is not None and incoming.kind == "button"
        toast = {"toast": {"type": "info", "content": texts.RECEIVED.zh}} if pressed else {}
        body = json.dumps(toast, ensure_ascii=False)
        return Receipt((incoming,) if incoming else (), body=body, media_type="application/json")

    def _check_signature(self, pushed: Pushed) -> None:
        if self._encrypt_key is None:
            return
        names = ("timestamp", "request-timestamp"), ("nonce", "request-nonce"), ("signature",)
        timestamp, nonce, signature = (
            next((pushed.headers[f"x-lark-{one}"] for one in some if f"x-lark-{one}" in pushed.headers), "")
            for some in names
        )
        ours = feishu_signature(timestamp, nonce, self._encrypt_key, pushed.body)
        if not same(signature, ours):
            raise Rejected("the signature is wrong or missing")
        if not fresh(timestamp, time.time(), FRESH_S):
            raise Rejected("the request is too old")

    def _check_token(self, given: object) -> None:
        if self._verification_token is not None and not same(str(given or ""), self._verification_token):
            raise Rejected("the verification token is wrong or missing", 403)

    async def listen(self, take: Take) -> None:
        if self._stream is None:
            return
        await self._stream.run(lambda event: read_event(event, self._open_id), take)

    async def send(self, message: Outgoing) -> str:
        """As an answer to the message it answers, which groups it with that; else into the chat.

        `uuid` keeps Feishu from showing a message twice that we send again within an hour.
        """
        body = {"msg_type": "interactive", "content": card(message), "uuid": message.id[:50]}
        told = None
        if answered := message.to.handle.get("message_id"):
            with contextlib.suppress(OriginalGone):
                told = await self._call("POST", f"/open-apis/im/v1/messages/{answered}/reply", body)
        if told is None:
            path = "/open-apis/im/v1/messages?receive_id_type=chat_id"
            told = await self._call("POST", path, {**body, "receive_id": message.to.chat})
        return str((told.get("data") or {}).get("message_id", ""))

    async def update(self, sent_id: str, message: Outgoing) -> str:
        await self._call("PATCH", f"/open-apis/im/v1/messages/{sent_id}", {"content": card(message)})
        return sent_id

    async def progress(self, to: Address, sent_id: str | None, draft_id: int, text: str) -> str | None:
        shown = Outgoing(f"progress-{draft_id}", to, (Span(text),))
        if sent_id is not None:
            return await self.update(sent_id, shown)
        return await self.send(shown)

    async def quoted(self, incoming: Incoming) -> str:
        """Of a message that answers another Feishu tells only its number."""
        parent = incoming.handle.get("parent_id")
        if not parent:
            return ""
        with contextlib.suppress(SendRefused, OriginalGone, FormRefused, ChatGone, SetUpWrong):
            told = await self._call("GET", f"/open-apis/im/v1/messages/{parent}")
            for one in (told.get("data") or {}).get("items") or []:
                if (one.get("sender") or {}).get("sender_type") == "user":
                    return words_of(str(one.get("msg_type")), str((one.get("body") or {}).get("content", "")))
        return ""

    async def _new_token(self) -> tuple[str, float]:
        path = "/open-apis/auth/v3/tenant_access_token/internal"
        given = {"app_id": self._app_id, "app_secret": self._app_secret}
        body = json_of(await self._caller.call("POST", path, json=given))
        if body.get("code") in (10003, 10014, 10015):
            raise BotMisconfigured(
                "Feishu does not know KEWEN_FEISHU_APP_ID with this KEWEN_FEISHU_APP_SECRET. Copy both again "
                "from the app's credentials."
            )
        if body.get("code") != 0:
            raise SendLater(f"Feishu gave no token: {body.get('code')}")
        return str(body["tenant_access_token"]), float(body["expire"])

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        for _ in range(2):
            token = await self._token.get()
            headers = {"Authorization": f"Bearer {token}"}
            told = json_of(await self._caller.call(method, path, json=body, headers=headers))
            code = told.get("code", 0)
            if code not in _TOKEN:
                break
            self._token.reject(token)
        if code == 0:
            return told
        sentence = f"Feishu {code}: {str(told.get('msg', ''))[:200]}"
        if code in _LATER or code in _TOKEN:
            raise SendLater(sentence)
        if code in _GONE:
            raise ChatGone(sentence)
        if code in _ORIGINAL:
            raise OriginalGone(sentence)
        if code in _SET_UP:
            raise SetUpWrong(sentence, f"Feishu {code}: {_SET_UP[code]}.")
        raise FormRefused(sentence) if code in _FORM else SendRefused(sentence)


def card(message: Outgoing) -> str:
    """The message as the JSON of a card whose content can be changed later."""
    elements: list[dict[str, Any]] = [
        {"tag": "markdown", "content": to_markdown(message.rich, entities=True)}
    ]
    for row in message.rows:
        actions = []
        for key in row:
            button: dict[str, Any] = {
                "tag": "button",
                "text": {"tag": "plain_text", "content": key.label},
                "type": "default",
            }
            if key.url is not None:
                button["url"] = key.url
            else:
                button["value"] = {"kewen": key.data}
            actions.append(button)
        elements.append({"tag": "action", "actions": actions})
    summary = plain(message.rich)[:60].replace("\n", " ")
    config = {"update_multi": True, "wide_screen_mode": True, "summary": {"content": summary}}
    return json.dumps({"config": config, "elements": elements}, ensure_ascii=False)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Rejected("the body is not a JSON object", 400)
    return found
