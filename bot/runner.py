"""A bot that runs: takes updates, has them answered in order, and brings the answers, across restarts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot import texts, wording
from bot.backend import Backend
from bot.channel import Channel, Pushed, Receipt
from bot.delivery import LONGEST_WAIT_S, Delivery, older_than_a_day
from bot.desk import Desk, House, Outcome, conversations_of, watch_of
from bot.errors import AnswerRefused, BackendDown, BotMisconfigured, ChatGone, Rejected, SendFailed, SendLater
from bot.lanes import Lanes
from bot.metrics import BotMetrics
from bot.packing import keys_of, pack, rich_of
from bot.progress import Progress
from bot.records import Address, Incoming, Outgoing, Reply
from storage.chats import Chats
from storage.database import Database
from storage.errors import StorageError
from storage.mailbox import KEPT_DAYS, Mailbox
from storage.records import BotMessage, BotUpdate, Chat, now

logger = logging.getLogger("kewen.bot")

AT_ONCE = 8
"""Answers that are made beside each other."""
ATTEMPTS = 3
"""How often an update is begun before its sender is told that it cannot be done."""
_PURGE_EVERY_S = 6 * 3600.0
_YOUNG = timedelta(days=1)
_LOOKS_FOR_OLD = 60
"""A question handed over longer ago than a day is looked at in every sixtieth round only."""


@dataclass(frozen=True)
class Pace:
    """Waiting times in seconds, for tests to shorten."""

    watch_s: float = 5.0
    ask_again_s: tuple[float, ...] = (1.0, 3.0, 8.0)
    listen_again_s: float = 5.0
    first_wait_s: float = 0.5
    grace_s: float = 5.0


class Runner:
    """One channel's bot. `state` says in a word how it is."""

    def __init__(
        self,
        channel: Channel,
        backend: Backend,
        database: Database,
        house: House,
        metrics: BotMetrics,
        pace: Pace | None = None,
    ) -> None:
        self.channel = channel
        self.state = "stopped"
        self._backend = backend
        self._mailbox, self._chats = Mailbox(database), Chats(database)
        self._metrics = metrics
        self._times = pace or Pace()
        self._desk = Desk(backend, self._mailbox, house, channel.private_link)
        self._base_url = house.base_url
        self._delivery = Delivery(channel, metrics, self._times.first_wait_s)
        self._lanes = Lanes()
        self._answering = asyncio.Semaphore(AT_ONCE)
        self._suspected: dict[int, asyncio.Event] = {}
        self._looks = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def name(self) -> str:
        return self.channel.name

    async def start(self) -> None:
        """Begin; the platform may come within reach later."""
        self.state = "opening"
        self._tasks = [asyncio.create_task(self._live(), name=f"kewen-bot-{self.name}")]

    async def stop(self) -> None:
        """End; what is not answered is found again at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._lanes.close(self._times.grace_s)
        with contextlib.suppress(SendFailed):
            await self.channel.close()
        self.state = "stopped"

    async def idle(self) -> None:
        """Wait until everything taken is answered."""
        await self._lanes.idle()

    def troubles(self) -> dict[str, Any]:
        """What /bots says beyond its state: the set-up that is wrong, refusals; empty when all is well."""
        trouble, refused = self._delivery.trouble, self._delivery.refused
        told: dict[str, Any] = {}
        if trouble is not None:
            told["to_set_up"] = {"told": trouble.told, "since": trouble.since.isoformat()}
        if refused.at is not None:
            told["refused"] = {"lost": refused.lost, "last": refused.told, "at": refused.at.isoformat()}
        return told

    def backlog(self) -> int:
        """How many updates wait for their answer."""
        return self._mailbox.backlog(self.name)

    async def pushed(self, request: Pushed) -> Receipt:
        """What the platform is told of its request; what it held is written down before.

        Raises Rejected.
        """
        try:
            receipt = self.channel.receive(request)
        except Rejected:
            self._metrics.refusal(self.name, "rejected")
            raise
        for incoming in receipt.incoming:
            await self.take(incoming)
        return receipt

    async def take(self, incoming: Incoming) -> None:
        """Write it down and have it answered. Raises StorageError: then it was not taken."""
        body = incoming.to_json()
        row = await asyncio.to_thread(self._mailbox.take, self.name, incoming.event_id, incoming.chat, body)
        self._metrics.update(self.name, incoming.kind if row else "again")
        if row is not None:
            self._lanes.put(row.chat, lambda: self._work(row))

    async def _live(self) -> None:
        while True:
            try:
                await self.channel.open()
                break
            except BotMisconfigured as error:
                self.state = str(error)
                logger.error("%s", error)
                return
            except SendFailed as error:
                self.state = "out of reach"
                logger.warning("%s cannot be reached: %s", self.name, error)
                await asyncio.sleep(self._times.listen_again_s)
        self.state = "listening"
        logger.info("the %s bot listens", self.name)
        await self._recover()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._again_and_again(self._times.watch_s, self._look_for_replies))
            group.create_task(self._again_and_again(_PURGE_EVERY_S, self._purge))

    async def _recover(self) -> None:
        """What was taken and not answered before, in its order."""
        waiting = await asyncio.to_thread(self._mailbox.waiting, self.name)
        first: dict[str, int] = {}
        for row in waiting:
            first.setdefault(row.chat, row.attempts)
        # What was begun least comes first: one that ends the process each time it is begun holds nobody up.
        ordered = sorted(waiting, key=lambda row: first[row.chat])
        self._suspected = {row.id: asyncio.Event() for row in ordered if row.attempts}
        self._let_next_suspect()
        for row in ordered:
            self._lanes.put(row.chat, lambda row=row: self._work(row))  # type: ignore[misc]
        for message in await asyncio.to_thread(self._mailbox.unprompted, self.name):
            self._lanes.put(message.chat, lambda one=message: self._bring(one))  # type: ignore[misc]
        if waiting:
            logger.info("%s: %s updates were not answered yet", self.name, len(waiting))

    async def _listen(self) -> None:
        while True:
            wait_s = self._times.listen_again_s
            try:
                await self.channel.listen(self.take)
                return
            except BotMisconfigured as error:
                self.state = str(error)
                logger.error("%s", error)
                return
            except (SendFailed, StorageError, OSError) as error:
                self.state = "out of reach"
                logger.warning("%s: %s", self.name, error)
                if isinstance(error, SendLater) and error.after_s is not None:
                    wait_s = error.after_s
            except Exception as error:
                self.state = "out of reach"
                logger.error("%s listens no more: %s", self.name, type(error).__name__, exc_info=error)
            await asyncio.sleep(wait_s)
            self.state = "listening"

    async def _again_and_again(self, every_s: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except (BackendDown, StorageError) as error:
                logger.warning("%s: %s", self.name, error)
            await asyncio.sleep(every_s)

    async def _purge(self) -> None:
        await asyncio.to_thread(self._mailbox.purge)

    async def _work(self, row: BotUpdate) -> None:
        """Answer one update, from wherever it was left."""
        incoming = Incoming.from_json(row.body)
        began = time.monotonic()
        try:
            if incoming.kind == "gone":
                await self._leave(row.chat)
                return
            if not await asyncio.to_thread(self._mailbox.owed, row.id):
                await self._prepare(row, incoming)
            for message in await asyncio.to_thread(self._mailbox.owed, row.id):
                if message.state == "waiting":
                    await self._send(message, message.body.get("original"))
            await asyncio.to_thread(self._mailbox.done, row.id)
            self._metrics.answered(self.name, time.monotonic() - began)
        except ChatGone:
            self._metrics.send(self.name, "gone")
            await self._leave(row.chat)
        except StorageError as error:
            # It waits in the database, if that comes back: the next start finds it.
            logger.error("%s: update %s is left for the next start: %s", self.name, row.id, error)
        finally:
            self._let_next_suspect(row.id)

    async def _leave(self, chat: str) -> None:
        """Nobody is there any more: forget what was to be sent and what is waited for."""
        await asyncio.to_thread(self._chats.forget, self.name, chat)
        await asyncio.to_thread(self._mailbox.drop, self.name, chat)
        logger.info("%s: a chat is gone and was cleaned up", self.name)

    async def _prepare(self, row: BotUpdate, incoming: Incoming) -> None:
        """Have it answered and write down what is to be sent."""
        if incoming.kind == "button":
            # Not every app says what kind of chat a button was pressed in; the message that carried it knows.
            pressed = await asyncio.to_thread(self._mailbox.get, incoming.text.rpartition(":")[0])
            if pressed is not None:
                incoming = replace(incoming, private=not pressed.asker)
        chat = await asyncio.to_thread(self._chats.get, self.name, incoming.chat, incoming.owner)
        progress = Progress(
            self.channel,
            incoming,
            row.id,
            lambda sent_id: asyncio.to_thread(self._mailbox.put_placeholder, row.id, sent_id),
            self._delivery.pace,
            row.placeholder,
        )
        async with progress, self._turn(row):
            attempts = await asyncio.to_thread(self._mailbox.begin, row.id)
            with contextlib.suppress(SendFailed):
                incoming = replace(incoming, quoted=await self.channel.quoted(incoming))
            outcome = await self._outcome(row, incoming, chat, attempts, progress)
        await progress.acknowledge(outcome.toast)
        if outcome.refused:
            self._metrics.refusal(self.name, outcome.refused)
        if outcome.forget:
            watched = await asyncio.to_thread(self._chats.watched, self.name)
            own = [one.conversation_id for one in watched if (one.chat, one.asker) == (chat.chat, chat.asker)]
            await self._backend.forget(list(dict.fromkeys([*conversations_of(chat), *own])))
            await asyncio.to_thread(self._chats.forget, self.name, chat.chat, chat.asker)
        replies = outcome.replies
        if outcome.toast and not replies and not self.channel.limits.toasts:
            replies = (wording.said(outcome.toast),)
        messages = self._messages(replies, incoming, row.id, progress.sent_id)
        kept = outcome.chat
        if not self.channel.limits.buttons and any(one.actions for one in messages):
            menu = next(one.id for one in reversed(messages) if one.actions)
            kept = replace(kept, state={**kept.state, "menu": menu})
        if watch := watch_of(outcome):
            await asyncio.to_thread(self._chats.watch, watch)
        await asyncio.to_thread(self._mailbox.owe, messages, kept)

    @contextlib.asynccontextmanager
    async def _turn(self, row: BotUpdate) -> AsyncIterator[None]:
        """One of those that are answered at once. What was under way when a process ended goes alone: each
        end then speaks against one update, and one that is waited for costs the others no attempt. They go
        in the order of `_recover`, not in that in which a busy machine gets to them: else the same one may
        be at each end."""
        if row.id in self._suspected:
            await self._suspected[row.id].wait()
        try:
            async with self._answering:
                yield
        finally:
            self._let_next_suspect(row.id)

    def _let_next_suspect(self, after: int | None = None) -> None:
        """Let the first of those go that were under way when a process ended; `after` is one that went."""
        if after is not None:
            self._suspected.pop(after, None)
        for event in self._suspected.values():
            event.set()
            break

    async def _outcome(
        self, row: BotUpdate, incoming: Incoming, chat: Chat, attempts: int, progress: Progress
    ) -> Outcome:
        """What the desk says; a sentence of regret where it cannot."""
        language = self._desk.language(incoming, chat)
        regret, why = texts.FAILED, "failed"
        waits = (*self._times.ask_again_s, None) if attempts <= ATTEMPTS else ()
        for wait_s in waits:
            later_s = 0.0
            try:
                return await self._desk.handle(incoming, chat, progress.show)
            except BackendDown as error:
                logger.warning("%s: update %s: %s", self.name, row.id, error)
                regret, why = texts.DOWN, "backend_down"
                later_s = min(error.retry_after_s or 0.0, LONGEST_WAIT_S)
            except AnswerRefused as error:
                logger.error("%s: update %s: %s", self.name, row.id, error)
                regret, why = texts.FAILED, "failed"
                break
            except StorageError as error:
                logger.error("%s: update %s: %s", self.name, row.id, error)
                regret, why = texts.DOWN, "storage"
            except Exception as error:
                # Not its message: it may quote a question.
                logger.error("%s: update %s: %s", self.name, row.id, type(error).__name__, exc_info=error)
                regret, why = texts.FAILED, "failed"
                break
            if wait_s is not None:
                await asyncio.sleep(max(wait_s, later_s))
        told = wording.said(regret.in_(language).format(id=row.id))
        return Outcome(chat, (told,), refused=why)

    def _messages(
        self, replies: tuple[Reply, ...], incoming: Incoming, update_id: int | None, placeholder: str | None
    ) -> list[BotMessage]:
        """The replies in pieces that the channel takes, with what their buttons do."""
        messages = []
        for reply in replies:
            original = None
            if reply.edits and incoming.kind == "button" and self.channel.limits.edits:
                pressed = self._mailbox.get(incoming.text.rpartition(":")[0])
                original = pressed.sent_id if pressed else None
            messages += pack(
                reply,
                self.channel.limits,
                channel=self.name,
                address=Address(incoming.chat, incoming.handle),
                asker=incoming.owner,
                update_id=update_id,
                original=original,
            )
        if placeholder and messages and "original" not in messages[0].body:
            messages[0].body["original"] = placeholder
        return messages

    async def _send(self, message: BotMessage, original: str | None) -> None:
        body = message.body
        outgoing = Outgoing(
            message.id,
            Address(message.chat, body.get("handle", {})),
            rich_of(body),
            keys_of(message.id, body),
            body.get("answer"),
        )
        sent = await self._delivery.deliver(outgoing, original, older_than_a_day(message.created))
        await asyncio.to_thread(self._mailbox.sent, message.id, sent)

    async def _bring(self, message: BotMessage) -> None:
        """A message that nobody asked for just now: the reply of a person."""
        try:
            await self._send(message, None)
        except ChatGone:
            self._metrics.send(self.name, "gone")
            await self._leave(message.chat)
        except StorageError as error:
            logger.error("%s: message %s is left for the next start: %s", self.name, message.id, error)

    async def _look_for_replies(self) -> None:
        """Bring what people answered since to the chats that wait for it, once."""
        found = await asyncio.to_thread(self._chats.watched, self.name)
        every_one = self._looks % _LOOKS_FOR_OLD == 0
        self._looks += 1
        watches = {one.conversation_id: one for one in found if every_one or now() - one.created < _YOUNG}
        if not watches:
            return
        replies, gone = await self._backend.replies(list(watches))
        if gone:
            await asyncio.to_thread(self._chats.unwatch, gone)
        for reply in replies:
            if now() - reply.created > timedelta(days=KEPT_DAYS):
                continue
            watch = watches[reply.conversation_id]
            chat = await asyncio.to_thread(self._chats.get, self.name, watch.chat, watch.asker)
            language = "en" if "en" in (chat.language, chat.state.get("language")) else "zh"
            messages = pack(
                wording.person_reply(reply, "en" if language == "en" else "zh", self._base_url),
                self.channel.limits,
                channel=self.name,
                address=Address(watch.chat),
                asker=watch.asker,
                message_id=f"r_{reply.id}",
            )
            if await asyncio.to_thread(self._mailbox.owe, messages):
                for message in messages:
                    self._lanes.put(message.chat, lambda one=message: self._bring(one))  # type: ignore[misc]
