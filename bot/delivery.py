"""One message to the platform, however often it has to be tried."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.channel import Channel
from bot.errors import (
    ChatGone,
    FormRefused,
    OriginalGone,
    SendFailed,
    SendLater,
    SendRefused,
    SendUnsure,
)
from bot.markup import addresses_as_text
from bot.metrics import BotMetrics
from bot.records import Outgoing, Span
from storage.records import now

logger = logging.getLogger("kewen.bot")

LONGEST_WAIT_S = 60.0
GIVE_UP = timedelta(hours=24)
"""An answer older than this helps nobody any more."""
_CHATS_REMEMBERED = 20_000


class Delivery:
    """Sends for one channel: never faster than it allows, until the platform took it or never will."""

    def __init__(self, channel: Channel, metrics: BotMetrics, first_wait_s: float = 0.5) -> None:
        self._channel = channel
        self._metrics = metrics
        self._first_wait_s = first_wait_s
        self._last: dict[str, float] = {}

    async def deliver(
        self, message: Outgoing, original: str | None, is_old: Callable[[], bool] = lambda: False
    ) -> str | None:
        """The platform's id of the message, or None when it will never take it.

        `original` is the message whose place it takes, where that is still there. Raises ChatGone.
        """
        name, tries, plain = self._channel.name, 0, False
        while True:
            await self.pace(message.to.chat)
            try:
                if original is not None:
                    sent = await self._channel.update(original, message)
                    self._metrics.send(name, "edited")
                else:
                    sent = await self._channel.send(message)
                    self._metrics.send(name, "sent")
                return sent
            except OriginalGone as error:
                if original is None:
                    self._give_up(message, error)
                    return None
                original = None
                continue
            except SendRefused as error:
                self._give_up(message, error)
                return None
            except SendLater as error:
                self._metrics.send(name, "later")
                wait_s = error.after_s
            except SendUnsure:
                self._metrics.send(name, "unsure")
                wait_s = None
            except ChatGone:
                raise
            except Exception as error:
                # FormRefused, or a fault of ours with this form: plain text may pass, the others must.
                if plain:
                    self._give_up(message, error)
                    return None
                self._metrics.send(name, "plain")
                fault = None if isinstance(error, FormRefused) else error
                told = error if fault is None else type(error).__name__
                logger.warning("%s: message %s goes out plain: %s", name, message.id, told, exc_info=fault)
                plain = True
                message = replace(message, rich=(Span(addresses_as_text(message.rich)[: self._fitting()]),))
                continue
            finally:
                # A message may have waited for its turn among all chats: what counts is when it went out.
                self._mark(message.to.chat)
            if is_old():
                self._give_up(message, SendRefused("it is too old"))
                return None
            tries += 1
            backoff_s = min(LONGEST_WAIT_S, self._first_wait_s * 2 ** min(tries - 1, 10))
            await asyncio.sleep(wait_s if wait_s is not None else backoff_s * random.uniform(0.75, 1.25))

    async def pace(self, chat: str) -> None:
        """Wait until this chat may get something again, and take the turn."""
        every_s = self._channel.limits.every_s
        if not every_s:
            return
        wait_s = self._last.get(chat, 0.0) + every_s - time.monotonic()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        self._mark(chat)

    def _mark(self, chat: str) -> None:
        """The chat got something just now."""
        moment, every_s = time.monotonic(), self._channel.limits.every_s
        self._last[chat] = moment
        if len(self._last) > _CHATS_REMEMBERED:
            self._last = {one: last for one, last in self._last.items() if last + every_s > moment}

    def _fitting(self) -> int:
        # In whatever unit, no character of the basic plane is more than three of it.
        return self._channel.limits.text // 3

    def _give_up(self, message: Outgoing, error: Exception) -> None:
        self._metrics.send(self._channel.name, "refused")
        told = error if isinstance(error, SendFailed) else type(error).__name__
        logger.error("%s will not take message %s: %s", self._channel.name, message.id, told)


def older_than_a_day(created: datetime) -> Callable[[], bool]:
    """True, when called, once the moment `created` lies a day back."""
    return lambda: now() - created > GIVE_UP
