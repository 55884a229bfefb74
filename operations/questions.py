"""What `kewen ask` is given, checked before anything is loaded: a slip of the keyboard costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from operations.errors import AskFailed

if TYPE_CHECKING:
    from settings import Settings


def check_question(question: str) -> None:
    """Raises typer.BadParameter (exit status 2) for what is no question."""
    from assistant.language import clean, has_words
    from assistant.records import QUESTION_LIMIT

    cleaned = clean(question)
    if not cleaned or not has_words(cleaned):
        raise typer.BadParameter("it is empty or holds no word; ask in Chinese or English words.")
    if len(cleaned) > QUESTION_LIMIT:
        raise typer.BadParameter(
            f"it has {len(cleaned)} characters; the limit is {QUESTION_LIMIT}. Shorten it."
        )


def check_conversation(settings: Settings, conversation: str) -> None:
    """Raises AskFailed where this data folder has no such conversation, StorageError."""
    from operations.opening import open_own_database
    from storage.conversations import Conversations
    from storage.errors import RecordUnknown

    if settings.database_url is None and not (settings.data_dir / "kewen.db").is_file():
        raise AskFailed(no_conversation(conversation))
    database = open_own_database()
    try:
        Conversations(database).get(conversation)
    except RecordUnknown:
        raise AskFailed(no_conversation(conversation)) from None
    finally:
        database.close()


def no_conversation(conversation: str | None) -> str:
    """That there is none, and what to do."""
    return f"There is no conversation {conversation!r}. Leave --conversation out to begin one."
