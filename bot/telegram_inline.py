"""Inline mode: `@bot words` in any chat finds records. Such a question lives for seconds, so none is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import ExtBot

from assistant.language import clean, has_words
from assistant.records import Language
from bot import texts
from bot.backend import Found
from bot.errors import BackendDown
from bot.markup import to_html
from bot.records import Span

logger = logging.getLogger("kewen.bot")

HITS = 8
CACHE_S = 300
_AT_ONCE = 4


class InlineDesk:
    """Answers inline questions beside everything else; the latest of a person wins."""

    def __init__(
        self,
        bot: ExtBot[Any],
        lookup: Callable[[str, Language], Awaitable[list[Found]]],
        base_url: str | None,
        may_ask: Callable[[str], bool] | None = None,
    ) -> None:
        self._bot, self._lookup, self._base_url = bot, lookup, base_url
        self._may_ask = may_ask
        self._running: dict[int, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def take(self, query: InlineQuery) -> None:
        """Answer it in a task of its own; an earlier one of the same person is dropped."""
        person = query.from_user.id
        if earlier := self._running.pop(person, None):
            earlier.cancel()
        task = asyncio.create_task(self._answer(query))
        self._running[person] = task
        task.add_done_callback(lambda done: self._forget(person, done))

    async def close(self) -> None:
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _forget(self, person: int, done: asyncio.Task[None]) -> None:
        if self._running.get(person) is done:
            del self._running[person]

    async def _answer(self, query: InlineQuery) -> None:
        words = clean(query.query)[:200]
        language = texts.language_of(query.from_user.language_code or "")
        try:
            async with self._turns:
                asks = self._may_ask is None or self._may_ask(str(query.from_user.id))
                found = await self._lookup(words, language) if asks and has_words(words) else []
            told = texts.INLINE_ASK if found or not words else texts.INLINE_NONE
            await self._bot.answer_inline_query(
                query.id,
                [self._card(number, one) for number, one in enumerate(found[:HITS])],
                cache_time=CACHE_S,
                is_personal=True,  # titles are in the language of who asks
                button=InlineQueryResultsButton(told.in_(language), start_parameter="inline"),
            )
        except (BackendDown, TelegramError) as error:
            logger.warning("telegram: an inline question was not answered: %s", type(error).__name__)

    def _card(self, number: int, one: Found) -> InlineQueryResultArticle:
        link = f"{self._base_url}{one.url}" if self._base_url else None
        shown = (Span(one.title, bold=True, link=link), Span(f"\n{one.snippet}"))
        return InlineQueryResultArticle(
            id=str(number),
            title=one.title,
            description=one.snippet[:120],
            input_message_content=InputTextMessageContent(
                to_html(shown), parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(True)
            ),
        )
