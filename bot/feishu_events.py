"""A Feishu event as what someone did in a chat, or None: not for us."""

from __future__ import annotations

import json
from typing import Any

from bot.records import Incoming

CHANNEL = "feishu"


def read_event(event: dict[str, Any], bot_open_id: str) -> Incoming | None:
    """Messages (in groups those that mention the bot), pressed buttons, and the bot's removal."""
    header = event.get("header") or {}
    body = event.get("event") or {}
    kind, event_id = header.get("event_type"), str(header.get("event_id", ""))
    try:
        if kind == "im.message.receive_v1":
            return _message(body, event_id, bot_open_id)
        if kind == "card.action.trigger":
            return _press(body, event_id)
        if kind in ("im.chat.member.bot.deleted_v1", "im.chat.disbanded_v1"):
            return Incoming(CHANNEL, event_id, str(body["chat_id"]), "", "gone", private=False)
    except (KeyError, TypeError, ValueError):
        return None
    return None


def _message(body: dict[str, Any], event_id: str, bot_open_id: str) -> Incoming | None:
    message, sender = body["message"], body["sender"]
    if sender.get("sender_type") != "user":
        return None
    private = message["chat_type"] == "p2p"
    mentions = message.get("mentions") or []
    ours = [one for one in mentions if (one.get("id") or {}).get("open_id") == bot_open_id]
    if not private and not ours:
        return None
    text, media = _text(message["message_type"], message["content"])
    for one in mentions:
        # In the text a mention is a placeholder: ours means nothing, others' is a name.
        text = text.replace(str(one["key"]), "" if one in ours else f"@{one.get('name', '')}")
    handle = {"message_id": str(message["message_id"])}
    if message.get("parent_id"):
        handle["parent_id"] = str(message["parent_id"])
    return Incoming(
        CHANNEL,
        # The same message may come in two events; what is asked once is answered once.
        str(message["message_id"]) or event_id,
        str(message["chat_id"]),
        str((sender.get("sender_id") or {})["open_id"]),
        "media" if media else "text",
        text.strip(),
        private,
        unseen=not media and '"img"' in message["content"] and message["message_type"] == "post",
        handle=handle,
    )


def words_of(kind: str, content: str) -> str:
    """What a message of that kind says; empty where it is no text."""
    try:
        return _text(kind, content)[0].strip()
    except (KeyError, TypeError, ValueError, StopIteration):
        return ""


def _text(kind: str, body: str) -> tuple[str, bool]:
    """(what was written, True when it is something else than text)."""
    content = json.loads(body)
    if kind == "text":
        return str(content["text"]), False
    if kind == "post":
        lines = content.get("content") or next(iter(content.values()))["content"]
        words = [
            "".join(str(one.get("text", "") or one.get("user_id", "")) for one in line) for line in lines
        ]
        text = "\n".join(words).strip()
        return text, not text
    return "", True


def _press(body: dict[str, Any], event_id: str) -> Incoming | None:
    value = (body.get("action") or {}).get("value") or {}
    context = body["context"]
    data = value.get("kewen") if isinstance(value, dict) else None
    # What kind of chat it is does not come with it; the message that carried the button knows.
    return Incoming(
        CHANNEL,
        event_id,
        str(context["open_chat_id"]),
        str(body["operator"]["open_id"]),
        "button",
        str(data or ""),
        handle={"message_id": str(context["open_message_id"])},
    )
