"""Replies as messages of one channel, in the form in which they wait to be sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import texts
from bot.channel import Limits
from bot.records import Address, Button, Key, Reply, Rich, Span, plain
from bot.splitting import split
from storage.records import BotMessage


def pack(
    reply: Reply,
    limits: Limits,
    *,
    channel: str,
    address: Address,
    asker: str,
    update_id: int | None = None,
    original: str | None = None,
    message_id: str | None = None,
) -> list[BotMessage]:
    """The reply in pieces that the channel takes; its buttons are under the last.

    Where the channel has none, choices are numbered lines and `actions` is what the numbers do.
    """
    rich, rows = reply.rich, reply.rows
    if not limits.buttons:
        rich, rows = _with_menu(rich, rows)
    pieces = split(rich, limits.text, limits.measure) or [(Span("…"),)]
    messages = []
    for place, piece in enumerate(pieces):
        body: dict[str, Any] = {"rich": [[one.text, one.bold, one.italic, one.link] for one in piece]}
        body["handle"] = address.handle
        actions: tuple[dict[str, Any], ...] = ()
        if place == 0 and original:
            body["original"] = original
        if place == len(pieces) - 1:
            body["rows"], actions = _buttons(rows, limits)
            body["answer"] = reply.answer
        message = BotMessage(channel, address.chat, asker, body, update_id=update_id, actions=actions)
        if message_id is not None:
            message = replace(message, id=message_id if place == 0 else f"{message_id}.{place}")
        messages.append(message)
    return messages


def rich_of(body: dict[str, Any]) -> Rich:
    return tuple(Span(*one) for one in body.get("rich", ()))


def keys_of(message_id: str, body: dict[str, Any]) -> tuple[tuple[Key, ...], ...]:
    """The buttons with the data that comes back: which message, which button."""
    return tuple(
        tuple(
            Key(one["label"], url=one["url"])
            if "url" in one
            else Key(one["label"], f"{message_id}:{one['n']}")
            for one in row
        )
        for row in body.get("rows", ())
    )


def _buttons(
    rows: tuple[tuple[Button, ...], ...], limits: Limits
) -> tuple[list[list[dict[str, Any]]], tuple[dict[str, Any], ...]]:
    """(buttons with numbers in place of actions, the actions by number)."""
    actions: list[dict[str, Any]] = []
    packed: list[list[dict[str, Any]]] = []
    for row in rows:
        shown: list[dict[str, Any]] = []
        for button in row:
            if limits.buttons and sum(map(len, packed)) + len(shown) >= limits.buttons:
                break
            label = button.label[: limits.label]
            if button.url is not None:
                shown.append({"label": label, "url": button.url})
            elif button.action is not None:
                shown.append({"label": label, "n": len(actions)})
                actions.append(button.action)
        if shown and limits.buttons:
            packed.append(shown)
    return packed, tuple(actions)


def _with_menu(
    rich: Rich, rows: tuple[tuple[Button, ...], ...]
) -> tuple[Rich, tuple[tuple[Button, ...], ...]]:
    """The text with its choices as numbered lines and its links as addresses."""
    doing = [button for row in rows for button in row if button.action is not None]
    links = [button for row in rows for button in row if button.url is not None]
    lines = [f"{button.label}: {button.url}" for button in links if (button.url or "") not in plain(rich)]
    if doing:
        english = plain(rich).isascii()
        lines.append(texts.MENU.in_("en" if english else "zh"))
        lines += [
            f"{number}. {button.label.removeprefix(f'{number}. ')}" for number, button in enumerate(doing, 1)
        ]
    if not lines:
        return rich, ()
    return (*rich, Span("\n\n" + "\n".join(lines))), (tuple(doing),)
