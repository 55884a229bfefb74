"""A signed webhook for anything else: JSON in, JSON out, after the Standard Webhooks specification.

Both ways bear `webhook-id`, `webhook-timestamp` (Unix seconds) and `webhook-signature`: `v1,` and the base64
of HMAC-SHA256 over `<id>.<timestamp>.<body>` with the shared secret.
"""

from __future__ import annotations

import json
import time
from typing import Any

from bot.calling import Caller
from bot.channel import Limits, Pushed, QuietChannel, Receipt
from bot.errors import ChatGone, Rejected, SendLater, SendRefused, SetUpWrong
from bot.markup import addresses_as_text, to_html
from bot.records import Address, Incoming, Outgoing, plain
from bot.signing import fresh, hmac_sha256, same
from bot.splitting import utf8_bytes

FRESH_S = 300.0
_LONGEST = {"chat": 200, "user": 200, "text": 20_000, "button": 200, "language": 16, "quoted": 20_000}


class WebhookChannel(QuietChannel):
    """Messages pushed to us; ours go to the one address of the settings, never to one from a message."""

    name = "webhook"
    limits = Limits(text=16_000, measure=utf8_bytes, buttons=40, label=80, edits=True)

    def __init__(self, key: bytes, reply_url: str, *, timeout_s: float = 10.0) -> None:
        self._key, self._reply_url = key, reply_url
        self._caller = Caller(reply_url, timeout_s)

    async def open(self) -> None:
        """Nothing: there is nobody to greet."""

    async def close(self) -> None:
        await self._caller.close()

    def receive(self, pushed: Pushed) -> Receipt:
        if pushed.method != "POST":
            raise Rejected("only POST is known here", 405)
        event_id = self._verified(pushed)
        try:
            body = json.loads(pushed.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Rejected("the body is not a JSON object", 400)
        incoming = _incoming(body, event_id)
        return Receipt((incoming,), 202, '{"taken": true}', "application/json")

    def _verified(self, pushed: Pushed) -> str:
        event_id = pushed.headers.get("webhook-id", "")
        timestamp = pushed.headers.get("webhook-timestamp", "")
        ours = hmac_sha256(self._key, f"{event_id}.{timestamp}.".encode() + pushed.body)
        given = pushed.headers.get("webhook-signature", "").split()
        if not event_id or not any(same(one, f"v1,{ours}") for one in given):
            raise Rejected("the signature is wrong or missing")
        if not fresh(timestamp, time.time(), FRESH_S):
            raise Rejected("webhook-timestamp is more than five minutes from now")
        return event_id

    async def send(self, message: Outgoing) -> str:
        await self._post(message.id, "message", message.to, self._content(message))
        return message.id

    async def update(self, sent_id: str, message: Outgoing) -> str:
        await self._post(message.id, "update", message.to, {"replaces": sent_id, **self._content(message)})
        return sent_id

    @staticmethod
    def _content(message: Outgoing) -> dict[str, Any]:
        buttons = [
            {"label": key.label, "url": key.url} if key.url else {"label": key.label, "button": key.data}
            for row in message.rows
            for key in row
        ]
        return {
            "text": plain(message.rich),
            "text_with_links": addresses_as_text(message.rich),
            "html": to_html(message.rich),
            "buttons": buttons,
            "answer": message.answer,
        }

    async def _post(self, message_id: str, kind: str, to: Address, content: dict[str, Any]) -> None:
        given = {
            "type": kind,
            "id": message_id,
            "chat": to.chat,
            "in_reply_to": to.handle.get("id"),
            **content,
        }
        body = json.dumps(given, ensure_ascii=False).encode("utf-8", "replace")
        timestamp = str(int(time.time()))
        signature = hmac_sha256(self._key, f"{message_id}.{timestamp}.".encode() + body)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{signature}",
        }
        response = await self._caller.call("POST", self._reply_url, content=body, headers=headers)
        if response.status_code in (404, 410):
            raise ChatGone(f"HTTP {response.status_code}: the receiver knows no such chat")
        if response.status_code in (401, 403):
            told = f"HTTP {response.status_code} from the receiver"
            raise SetUpWrong(told, f"{told}: does it know KEWEN_WEBHOOK_SECRET?")
        if response.status_code in (408, 425):
            raise SendLater(f"HTTP {response.status_code} from the receiver", 30.0)
        if response.status_code >= 300:
            raise SendRefused(f"HTTP {response.status_code} from the receiver")


def _incoming(body: dict[str, Any], event_id: str) -> Incoming:
    for name, longest in _LONGEST.items():
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > longest:
            raise Rejected(f"{name} is not a string of at most {longest} characters", 422)
    chat, user = body.get("chat", ""), body.get("user", "")
    text, button = body.get("text", ""), body.get("button", "")
    if not chat or not user or bool(text) == bool(button):
        raise Rejected("chat, user and either text or button are needed", 422)
    private = body.get("private", True)
    if not isinstance(private, bool):
        raise Rejected("private is not true or false", 422)
    return Incoming(
        "webhook",
        event_id,
        chat,
        user,
        "button" if button else "text",
        button or text,
        private,
        hint=body.get("language", ""),
        quoted=body.get("quoted", ""),
        handle={"id": event_id},
    )
