"""Conversations and their turns."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select, update

from storage.database import Database
from storage.errors import RecordUnknown
from storage.records import Conversation, StoredAnswer, Turn, may_be_id, storable
from storage.tables import answers, conversations, turns


class Conversations:
    """Reads and writes whole conversations; every write is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, conversation_id: str) -> Conversation:
        """Raises RecordUnknown."""
        if not may_be_id(conversation_id):
            raise RecordUnknown("conversation", conversation_id)
        with self._database.read() as connection:
            row = connection.execute(
                select(conversations).where(conversations.c.id == conversation_id)
            ).one_or_none()
        if row is None:
            raise RecordUnknown("conversation", conversation_id)
        return Conversation(**row._mapping, stored=True)

    def turns(self, conversation_id: str) -> list[Turn]:
        """In order; empty when there is no such conversation."""
        if not may_be_id(conversation_id):
            return []
        columns = [column for column in turns.c if column is not turns.c.id]
        with self._database.read() as connection:
            rows = connection.execute(
                select(*columns).where(turns.c.conversation_id == conversation_id).order_by(turns.c.ordinal)
            ).all()
        return [Turn(**row._mapping) for row in rows]

    def add_turn(self, conversation: Conversation, question: str, answer: StoredAnswer) -> Turn:
        """Write a question, its answer and the conversation's language, level and state, all or nothing.

        The first turn makes the conversation. Raises RecordUnknown when the conversation was deleted
        while its question was being answered: what was deleted stays deleted.
        """
        changing = {
            "language": conversation.language,
            "level": conversation.level,
            "unit": conversation.unit,
            "state": conversation.state,
        }
        with self._database.write() as connection:
            if conversation.stored:
                # Also holds the row on PostgreSQL, so that two turns at once get different ordinals.
                changed = connection.execute(
                    update(conversations).where(conversations.c.id == conversation.id).values(changing)
                )
                if changed.rowcount == 0:
                    raise RecordUnknown("conversation", conversation.id)
            else:
                connection.execute(
                    insert(conversations).values(
                        id=conversation.id,
                        created=conversation.created,
                        channel=conversation.channel,
                        **changing,
                    )
                )
            last = connection.scalar(
                select(func.max(turns.c.ordinal)).where(turns.c.conversation_id == conversation.id)
            )
            turn = Turn(conversation.id, (last or 0) + 1, storable(question), answer.id, answer.created)
            connection.execute(
                insert(answers).values(
                    id=answer.id,
                    conversation_id=conversation.id,
                    created=answer.created,
                    body=answer.body,
                    status=answer.status,
                    generated_by=answer.generated_by,
                    level=answer.level,
                    unit=answer.unit,
                    generation=answer.generation,
                    prompt_digest=answer.prompt_digest,
                    evidence=answer.evidence,
                    timings=answer.timings,
                )
            )
            connection.execute(
                insert(turns).values(
                    conversation_id=turn.conversation_id,
                    ordinal=turn.ordinal,
                    question=turn.question,
                    answer_id=turn.answer_id,
                    created=turn.created,
                )
            )
        return turn

    def delete(self, conversation_id: str) -> None:
        """Remove it with its turns, answers and their feedback. Raises RecordUnknown."""
        if not may_be_id(conversation_id):
            raise RecordUnknown("conversation", conversation_id)
        with self._database.write() as connection:
            gone = connection.execute(delete(conversations).where(conversations.c.id == conversation_id))
            if gone.rowcount == 0:
                raise RecordUnknown("conversation", conversation_id)
