"""Chats of the messaging apps: which conversation each is in, its quota, and which wait for a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from storage.database import Database
from storage.records import Chat, Watch, now, storable
from storage.tables import bot_chats, bot_messages, bot_quotas, bot_watches

WATCH_DAYS = 90
"""How long a reply of the staff is waited for."""


class Chats:
    """Reads and writes the state of chats; every write is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, channel: str, chat: str, asker: str) -> Chat:
        """The chat as it was left; a fresh one when it was never used."""
        with self._database.read() as connection:
            row = connection.execute(select(bot_chats).where(*_key(channel, chat, asker))).one_or_none()
        return Chat(channel, chat, asker) if row is None else Chat(**row._mapping)

    def keep(self, chat: Chat) -> None:
        """Write the state of a chat, new or known."""
        with self._database.write() as connection:
            keep_chat(connection, chat)

    def forget(self, channel: str, chat: str, asker: str | None = None) -> None:
        """Remove what is known of a chat (of one asker in it, when given); again does no harm."""
        with self._database.write() as connection:
            for table in (bot_chats, bot_watches, bot_messages):
                where = [table.c.channel == channel, table.c.chat == chat]
                where += [table.c.asker == asker] if asker is not None else []
                connection.execute(delete(table).where(*where))

    def count(self, channel: str, asker: str, day: date, limit: int) -> bool:
        """Count one question of the day; False, and nothing counted, when there were `limit` already."""
        key = (
            bot_quotas.c.channel == channel,
            bot_quotas.c.asker == asker,
            bot_quotas.c.day == day,
        )
        with self._database.write() as connection:
            connection.execute(delete(bot_quotas).where(bot_quotas.c.day < day - timedelta(days=2)))
            asked = connection.scalar(select(bot_quotas.c.asked).where(*key).with_for_update())
            if asked is None:
                connection.execute(insert(bot_quotas).values(channel=channel, asker=asker, day=day, asked=1))
            elif asked < limit:
                connection.execute(update(bot_quotas).where(*key).values(asked=asked + 1))
            return asked is None or asked < limit

    def watch(self, watch: Watch) -> None:
        """Wait for a person's reply in a conversation; again does no harm."""
        with self._database.write() as connection:
            known = bot_watches.c.conversation_id == watch.conversation_id
            connection.execute(delete(bot_watches).where(known))
            connection.execute(
                insert(bot_watches).values(
                    conversation_id=watch.conversation_id,
                    channel=watch.channel,
                    chat=watch.chat,
                    asker=watch.asker,
                    created=watch.created,
                )
            )

    def watched(self, channel: str, moment: datetime | None = None) -> list[Watch]:
        """Those that still wait, oldest first."""
        since = (moment or now()) - timedelta(days=WATCH_DAYS)
        with self._database.write() as connection:
            connection.execute(delete(bot_watches).where(bot_watches.c.created < since))
            rows = connection.execute(
                select(bot_watches).where(bot_watches.c.channel == channel).order_by(bot_watches.c.created)
            ).all()
        return [Watch(**row._mapping) for row in rows]

    def unwatch(self, conversation_ids: Iterable[str]) -> None:
        """Wait no longer: the conversation is gone."""
        with self._database.write() as connection:
            connection.execute(
                delete(bot_watches).where(bot_watches.c.conversation_id.in_(list(conversation_ids)))
            )


def keep_chat(connection: Connection, chat: Chat) -> None:
    """Write the state of a chat within a transaction of someone else's."""
    values = {
        "conversation_id": chat.conversation_id,
        "answer_id": chat.answer_id,
        "language": chat.language,
        "state": {key: storable(one) if isinstance(one, str) else one for key, one in chat.state.items()},
        "used": now(),
    }
    key = _key(chat.channel, chat.chat, chat.asker)
    if connection.execute(update(bot_chats).where(*key).values(values)).rowcount == 0:
        connection.execute(
            insert(bot_chats).values(channel=chat.channel, chat=chat.chat, asker=chat.asker, **values)
        )


def _key(channel: str, chat: str, asker: str) -> tuple[ColumnElement[bool], ...]:
    return bot_chats.c.channel == channel, bot_chats.c.chat == chat, bot_chats.c.asker == asker
