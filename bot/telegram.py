"""Telegram: polling or webhook, drafts, inline mode; the Bot API by python-telegram-bot."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from telegram import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from assistant.records import Language
from bot import texts
from bot.backend import Found
from bot.channel import Limits, Pushed, QuietChannel, Receipt, Take
from bot.errors import (
    BotMisconfigured,
    ButtonsRefused,
    ChatGone,
    FormRefused,
    OriginalGone,
    Rejected,
    SendFailed,
    SendLater,
    SendRefused,
    SendUnsure,
    SetUpWrong,
)
from bot.markup import to_html
from bot.records import Address, Incoming, Key, Outgoing
from bot.splitting import utf16_units
from bot.telegram_inline import InlineDesk
from bot.telegram_updates import read_update

logger = logging.getLogger("kewen.bot")

ALLOWED = ["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]
SECRET_HEADER = "x-telegram-bot-api-secret-token"
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Lookup = Callable[[str, Language], Awaitable[list[Found]]]


class TelegramChannel(QuietChannel):
    """The bot of one token. With `webhook_url` Telegram pushes, without it we poll."""

    name = "telegram"
    # Telegram's advice is a message a second to a chat; edits more often than every 1.2 s got bots banned.
    limits = Limits(
        text=4096,
        measure=utf16_units,
        buttons=96,
        label=64,
        every_s=1.05,
        progress_s=1.2,
        edits=True,
        toasts=True,
    )

    def __init__(
        self,
        token: str,
        *,
        api_url: str = "https://api.telegram.org",
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        lookup: Lookup | None = None,
        base_url: str | None = None,
        may_ask: Callable[[str], bool] | None = None,
        poll_s: int = 25,
        timeout_s: float = 10.0,
    ) -> None:
        """`lookup` searches the catalogue for inline questions; `base_url` is where its pages are seen;
        `may_ask` decides by user who may ask inline, None: everybody."""
        self._may_ask = may_ask
        self._webhook_url, self._webhook_secret = webhook_url, webhook_secret
        self._lookup, self._base_url = lookup, base_url
        self._poll_s = poll_s
        self._inline: InlineDesk | None = None
        # Else each flood wait of the library warns that its unit is going to change.
        os.environ.setdefault("PTB_TIMEDELTA", "true")

        def request() -> HTTPXRequest:
            return HTTPXRequest(
                connection_pool_size=64,
                read_timeout=timeout_s,
                write_timeout=timeout_s,
                connect_timeout=timeout_s,
                pool_timeout=60.0,
            )

        self.bot = ExtBot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=request(),
            get_updates_request=request(),
            # A bucket of 5 that fills at 24 a second lets at most 29 through in any second (Telegram
            # allows 30), one of 9 at 10 a minute at most 19 into a group in any minute (20 are allowed).
            rate_limiter=AIORateLimiter(
                overall_max_rate=5,
                overall_time_period=5 / 24,
                group_max_rate=9,
                group_time_period=54,
                max_retries=3,
            ),
        )

    async def open(self) -> None:
        try:
            await self.bot.initialize()
            for language in (None, "zh"):
                commands = [
                    BotCommand(name, text.in_("zh" if language == "zh" else "en"))
                    for name, text in texts.COMMANDS.items()
                ]
                await self.bot.set_my_commands(commands, language_code=language)
            if self._webhook_url:
                await self.bot.set_webhook(
                    self._webhook_url,
                    secret_token=self._webhook_secret,
                    allowed_updates=ALLOWED,
                    max_connections=1,  # more would bring the updates of one chat out of order
                )
            else:
                await self.bot.delete_webhook(drop_pending_updates=False)
        except InvalidToken as error:
            raise BotMisconfigured(
                "Telegram does not know the token in KEWEN_TELEGRAM_TOKEN. Copy it again from @BotFather."
            ) from error
        except TelegramError as error:
            raise _translated(error) from error
        if self._lookup is not None:
            self._inline = InlineDesk(self.bot, self._lookup, self._base_url, self._may_ask)

    async def close(self) -> None:
        if self._inline is not None:
            await self._inline.close()
        try:
            await self.bot.shutdown()
        except TelegramError as error:
            raise _translated(error) from error

    def receive(self, pushed: Pushed) -> Receipt:
        given = pushed.headers.get(SECRET_HEADER, "")
        secret = self._webhook_secret or ""
        if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
            raise Rejected("the secret token of the request is wrong or missing", 403)
        try:
            raw = json.loads(pushed.body)
            if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
                raise ValueError
        except ValueError as error:
            raise Rejected("the body is not an update", 400) from error
        incoming = self._read(raw)
        return Receipt((incoming,) if incoming else ())

    async def listen(self, take: Take) -> None:
        if self._webhook_url:
            return
        offset, failures = 0, 0
        while True:
            try:
                updates = await self._fetch(offset)
                failures = 0
            except InvalidToken as error:
                raise SendLater("Telegram no longer knows the token", 60) from error
            except RetryAfter as error:
                await asyncio.sleep(_seconds(error))
                continue
            except TelegramError as error:
                failures += 1
                if isinstance(error, Conflict):
                    logger.warning("telegram: another process polls with this token, or a webhook is set")
                await asyncio.sleep(min(30.0, 0.5 * 2 ** min(failures, 6)))
                continue
            for raw in updates:
                incoming = self._read(raw)
                if incoming is not None:
                    await take(incoming)
                # Only now: the next call tells Telegram that everything before this is ours.
                offset = int(raw["update_id"]) + 1

    async def _fetch(self, offset: int) -> list[dict[str, Any]]:
        """Raw updates: parsed one by one, a strange one cannot keep the others back."""
        found = await self.bot.do_api_request(
            "GetUpdates",  # Telegram takes any case; the library's own spelling would parse all at once
            {"offset": offset, "timeout": self._poll_s, "allowed_updates": ALLOWED},
            read_timeout=self._poll_s + 10,
        )
        return found if isinstance(found, list) else []

    def _read(self, raw: dict[str, Any]) -> Incoming | None:
        """What we understand of an update; None for what is not for us."""
        try:
            update = Update.de_json(raw, self.bot)
            if update.inline_query is not None:
                if self._inline is not None:
                    self._inline.take(update.inline_query)
                return None
            return read_update(update, self.bot.username, self.bot.id)
        except Exception as error:  # whatever shape it has, the next one must come through
            logger.warning("telegram: update %s cannot be read: %s", raw["update_id"], type(error).__name__)
            return None

    async def send(self, message: Outgoing) -> str:
        handle = message.to.handle
        reply_to = handle.get("message_id") if not handle.get("private", True) else None
        try:
            sent = await self.bot.send_message(
                int(message.to.chat),
                to_html(message.rich),
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=_keyboard(message.rows),
                message_thread_id=handle.get("thread_id"),
                reply_parameters=(
                    ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
                ),
            )
        except ChatMigrated as error:
            moved = replace(message, to=replace(message.to, chat=str(error.new_chat_id)))
            return await self.send(moved)
        except TelegramError as error:
            raise _translated(error) from error
        return str(sent.message_id)

    async def update(self, sent_id: str, message: Outgoing) -> str:
        try:
            await self.bot.edit_message_text(
                to_html(message.rich),
                chat_id=int(message.to.chat),
                message_id=int(sent_id),
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=_keyboard(message.rows),
            )
        except BadRequest as error:
            if "not modified" in error.message.lower():
                return sent_id
            raise _translated(error) from error
        except TelegramError as error:
            raise _translated(error) from error
        return sent_id

    async def progress(self, to: Address, sent_id: str | None, draft_id: int, text: str) -> str | None:
        chat, thread = int(to.chat), to.handle.get("thread_id")
        try:
            if to.handle.get("private", True):
                await self.bot.send_message_draft(chat, draft_id, text, message_thread_id=thread)
                return None
            if sent_id is not None:
                await self.bot.edit_message_text(text, chat_id=chat, message_id=int(sent_id))
                return sent_id
            sent: Message = await self.bot.send_message(
                chat,
                text,
                message_thread_id=thread,
                link_preview_options=_NO_PREVIEW,
                reply_parameters=ReplyParameters(to.handle["message_id"], allow_sending_without_reply=True),
            )
        except TelegramError as error:
            raise _translated(error) from error
        return str(sent.message_id)

    async def busy(self, to: Address) -> None:
        try:
            await self.bot.send_chat_action(
                int(to.chat), ChatAction.TYPING, message_thread_id=to.handle.get("thread_id")
            )
        except TelegramError as error:
            raise _translated(error) from error

    async def acknowledge(self, incoming: Incoming, text: str | None) -> None:
        try:
            await self.bot.answer_callback_query(incoming.handle["query_id"], text=text and text[:200])
        except TelegramError as error:
            raise _translated(error) from error

    def private_link(self, payload: str) -> str | None:
        return f"https://t.me/{self.bot.username}?start={payload}"


def _keyboard(rows: tuple[tuple[Key, ...], ...]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(key.label, callback_data=key.data, url=key.url) for key in row]
            for row in rows
        ]
    )


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after.total_seconds() if hasattr(after, "total_seconds") else float(after)


def _translated(error: TelegramError) -> SendFailed:
    """Bot API errors by what they mean for a message."""
    told = error.message
    words = told.lower()
    if isinstance(error, RetryAfter):
        return SendLater(told, _seconds(error) + 0.1)
    if isinstance(error, Forbidden):
        return ChatGone(told)
    if isinstance(error, BadRequest):
        if "chat not found" in words or "user is deactivated" in words or "peer_id_invalid" in words:
            return ChatGone(told)
        if "message to edit not found" in words or "message can't be edited" in words:
            return OriginalGone(told)
        if "can't parse" in words or "entit" in words or "unsupported start tag" in words:
            return FormRefused(told)
        if "button" in words or "wrong http url" in words or "url host is empty" in words:
            return ButtonsRefused(told)
        if "rights" in words or "chat_write_forbidden" in words or "topic_closed" in words:
            return SetUpWrong(told, "Telegram: the bot may not write in a group; let it send messages there.")
        return SendRefused(told)
    if isinstance(error, InvalidToken):
        return SetUpWrong(told, "Telegram no longer knows the token in KEWEN_TELEGRAM_TOKEN.")
    if isinstance(error, TimedOut):
        return SendUnsure(told)
    if isinstance(error, NetworkError):
        # What the client library reports begins with its name: no answer came. All else is an answer.
        unsure = words.startswith(("httpx.", "unknown error in http")) and "connecterror" not in words
        return SendUnsure(told) if unsure else SendLater(told)
    return SendLater(told)
