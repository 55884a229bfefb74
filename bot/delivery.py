"""One message to the platform, however often it has to be tried."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.channel import Channel
from bot.errors import (
    ButtonsRefused,
    ChatGone,
    OriginalGone,
    SendFailed,
    SendLater,
    SendRefused,
    SendUnsure,
    SetUpWrong,
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


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an administrator has to change before messages go through."""

    told: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """How many messages were taken in no form, and what the platform said last of a form that it refused."""

    lost: int = 0
    told: str = ""
    at: datetime | None = None


class Delivery:
    """Sends for one channel: never faster than it allows, until the platform took it or never will."""

    def __init__(self, channel: Channel, metrics: BotMetrics, first_wait_s: float = 0.5) -> None:
        self._channel = channel
        self._metrics = metrics
        self._first_wait_s = first_wait_s
        self._last: dict[str, float] = {}
        self.trouble: Trouble | None = None
        self.refused = Refused()

    async def deliver(
        self, message: Outgoing, original: str | None, is_old: Callable[[], bool] = lambda: False
    ) -> str | None:
        """The platform's id of the message, or None when it will take it in no form.

        `original` is the message whose place it takes, where that is still there. What is refused goes out in
        a plainer form; what is refused for the set-up waits until that is changed. Raises ChatGone.
        """
        name, tries = self._channel.name, 0
        while True:
            await self.pace(message.to.chat)
            after_s: float | None = None
            try:
                if original is not None:
                    sent = await self._channel.update(original, message)
                    self._metrics.send(name, "edited")
                else:
                    sent = await self._channel.send(message)
                    self._metrics.send(name, "sent")
                self.trouble = None
                return sent
            except OriginalGone as error:
                if original is None:
                    self._give_up(message, error)
                    return None
                original = None
                continue
            except SendLater as error:
                self._metrics.send(name, "later")
                after_s = error.after_s
            except SendUnsure:
                self._metrics.send(name, "unsure")
            except ChatGone:
                raise
            except SetUpWrong as error:
                self._metrics.send(name, "set_up")
                self._warn(error)
            except Exception as error:
                # A form that is refused, or a fault of ours with it: a plainer one may pass, the others must.
                plainer = self._plainer(message, keep_styles=isinstance(error, ButtonsRefused))
                if plainer is None:
                    self._give_up(message, error)
                    return None
                self._metrics.send(name, "plain")
                fault = None if isinstance(error, SendFailed) else error
                told = error if fault is None else type(error).__name__
                logger.warning("%s: message %s goes out plainer: %s", name, message.id, told, exc_info=fault)
                self._note(str(told))
                message = plainer
                continue
            finally:
                # A message may have waited for its turn among all chats: what counts is when it went out.
                self._mark(message.to.chat)
            if is_old() and self.trouble is None:
                self._give_up(message, SendRefused("it is too old"))
                return None
            tries += 1
            backoff_s = min(LONGEST_WAIT_S, self._first_wait_s * 2 ** min(tries - 1, 10))
            await asyncio.sleep(after_s if after_s is not None else backoff_s * random.uniform(0.75, 1.25))

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

    def _plainer(self, message: Outgoing, *, keep_styles: bool) -> Outgoing | None:
        """The message without the next thing that may be what is refused: its styles, the addresses of its
        buttons (which then stand in the text), its buttons. None: there is nothing left to leave out."""
        styled = any(span.bold or span.italic or span.link for span in message.rich)
        links = [key for row in message.rows for key in row if key.url]
        if links and (keep_styles or not styled):
            lines = "".join(f"\n{key.label}: {key.url}" for key in links)
            rows = tuple(tuple(key for key in row if not key.url) for row in message.rows)
            rich = (*message.rich, Span(lines))
            limits = self._channel.limits
            fits = limits.measure(rich) <= limits.text
            return replace(message, rich=rich if fits else message.rich, rows=tuple(filter(None, rows)))
        if styled:
            # In whatever unit, no character of the basic plane is more than three of it.
            words = addresses_as_text(message.rich)[: self._channel.limits.text // 3]
            return replace(message, rich=(Span(words),))
        return replace(message, rows=()) if message.rows else None

    def _warn(self, error: SetUpWrong) -> None:
        """Something is to be set up; said once in the log, and in /bots until a message goes through."""
        if self.trouble is None or self.trouble.told != error.told:
            logger.error("%s: %s", self._channel.name, error)
            self.trouble = Trouble(error.told, now())

    def _note(self, told: str, *, lost: bool = False) -> None:
        self.refused = Refused(self.refused.lost + lost, told[:200], now())

    def _give_up(self, message: Outgoing, error: Exception) -> None:
        self._metrics.send(self._channel.name, "refused")
        told = error if isinstance(error, SendFailed) else type(error).__name__
        self._note(str(told), lost=True)
        logger.error("%s will not take message %s: %s", self._channel.name, message.id, told)


def older_than_a_day(created: datetime) -> Callable[[], bool]:
    """True, when called, once the moment `created` lies a day back."""
    return lambda: now() - created > GIVE_UP
