"""What chat apps sent us and what we owe them, written down before anything is acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from storage.chats import keep_chat
from storage.database import Database
from storage.records import BotMessage, BotUpdate, Chat, now
from storage.tables import bot_messages, bot_updates

KEPT_DAYS = 30
"""How long an answered update is known again and a button works; the words go at once."""


class Mailbox:
    """The updates and messages of every channel; every write is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, channel: str, event_id: str, chat: str, body: dict[str, Any]) -> BotUpdate | None:
        """The update, written down; None when it is known already."""
        event_id = event_id[:200]
        known = select(bot_updates.c.id).where(
            bot_updates.c.channel == channel, bot_updates.c.event_id == event_id
        )
        moment = now()
        with self._database.write() as connection:
            if connection.scalar(known) is not None:
                return None
            done = connection.execute(
                insert(bot_updates).values(
                    channel=channel, event_id=event_id, chat=chat, created=moment, body=body, attempts=0
                )
            )
        assert done.inserted_primary_key is not None
        return BotUpdate(done.inserted_primary_key[0], channel, event_id, chat, body, 0, None, moment)

    def waiting(self, channel: str) -> list[BotUpdate]:
        """Updates that are not done, in the order they came."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(bot_updates)
                .where(bot_updates.c.channel == channel, bot_updates.c.done.is_(None))
                .order_by(bot_updates.c.id)
            ).all()
        return [_update(row._mapping) for row in rows]

    def begin(self, update_id: int) -> int:
        """How often this update was begun, this time included."""
        with self._database.write() as connection:
            one = bot_updates.c.id == update_id
            connection.execute(update(bot_updates).where(one).values(attempts=bot_updates.c.attempts + 1))
            attempts: int = connection.scalar(select(bot_updates.c.attempts).where(one)) or 0
        return attempts

    def put_placeholder(self, update_id: int, sent_id: str) -> None:
        """Remember the message that the answer will replace."""
        with self._database.write() as connection:
            connection.execute(
                update(bot_updates).where(bot_updates.c.id == update_id).values(placeholder=sent_id)
            )

    def owe(self, messages: Sequence[BotMessage], chat: Chat | None = None) -> bool:
        """Write down what is to be sent, with the state that the chat is in then.

        False, and nothing written, when the first of them is known already.
        """
        with self._database.write() as connection:
            if messages and connection.scalar(
                select(bot_messages.c.id).where(bot_messages.c.id == messages[0].id)
            ):
                return False
            for ordinal, one in enumerate(messages):
                connection.execute(
                    insert(bot_messages).values(
                        id=one.id,
                        channel=one.channel,
                        chat=one.chat,
                        asker=one.asker,
                        update_id=one.update_id,
                        ordinal=ordinal,
                        created=one.created,
                        body=one.body,
                        actions=list(one.actions),
                        state="waiting",
                    )
                )
            if chat is not None:
                keep_chat(connection, chat)
        return True

    def owed(self, update_id: int) -> list[BotMessage]:
        """The messages that answer an update, sent or not, in order."""
        return self._messages(bot_messages.c.update_id == update_id)

    def unprompted(self, channel: str) -> list[BotMessage]:
        """Messages that answer no update and are not sent, in order."""
        return self._messages(
            bot_messages.c.channel == channel,
            bot_messages.c.update_id.is_(None),
            bot_messages.c.state == "waiting",
        )

    def get(self, message_id: str) -> BotMessage | None:
        """None when there is none, or no more."""
        found = self._messages(bot_messages.c.id == message_id[:64])
        return found[0] if found else None

    def sent(self, message_id: str, sent_id: str | None) -> None:
        """The platform took it; None: it never will. What it said is forgotten."""
        state = "dropped" if sent_id is None else "sent"
        with self._database.write() as connection:
            connection.execute(
                update(bot_messages)
                .where(bot_messages.c.id == message_id)
                .values(state=state, sent_id=sent_id, body=None)
            )

    def done(self, update_id: int) -> None:
        """Everything that answers it was sent or dropped. What it said is forgotten."""
        with self._database.write() as connection:
            connection.execute(
                update(bot_updates).where(bot_updates.c.id == update_id).values(done=now(), body=None)
            )

    def drop(self, channel: str, chat: str) -> None:
        """Nobody is there any more: nothing of this chat is answered."""
        moment = now()
        with self._database.write() as connection:
            connection.execute(
                update(bot_updates)
                .where(
                    bot_updates.c.channel == channel,
                    bot_updates.c.chat == chat,
                    bot_updates.c.done.is_(None),
                )
                .values(done=moment, body=None)
            )
            connection.execute(
                delete(bot_messages).where(bot_messages.c.channel == channel, bot_messages.c.chat == chat)
            )

    def purge(self, moment: datetime | None = None) -> int:
        """Remove what was settled long ago; how many rows there were."""
        before = (moment or now()) - timedelta(days=KEPT_DAYS)
        with self._database.write() as connection:
            gone = connection.execute(delete(bot_updates).where(bot_updates.c.done < before)).rowcount
            gone += connection.execute(
                delete(bot_messages).where(
                    bot_messages.c.created < before,
                    or_(bot_messages.c.state != "waiting", bot_messages.c.update_id.is_(None)),
                )
            ).rowcount
        return gone

    def backlog(self, channel: str) -> int:
        """How many updates wait."""
        with self._database.read() as connection:
            count = connection.scalar(
                select(func.count()).where(bot_updates.c.channel == channel, bot_updates.c.done.is_(None))
            )
        return count or 0

    def _messages(self, *where: Any) -> list[BotMessage]:
        with self._database.read() as connection:
            rows = connection.execute(
                select(bot_messages)
                .where(*where)
                .order_by(bot_messages.c.created, bot_messages.c.update_id, bot_messages.c.ordinal)
            ).all()
        return [
            BotMessage(**{**row._mapping, "actions": tuple(row.actions), "body": row.body or {}})
            for row in rows
        ]


def _update(row: Any) -> BotUpdate:
    values = {name: row[name] for name in ("id", "channel", "event_id", "chat", "attempts", "placeholder")}
    return BotUpdate(**values, body=row["body"] or {}, created=row["created"])
