"""Tokens that language models used, by day."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Database
from storage.tables import model_tokens

KEPT_DAYS = 400


class ModelTokens:
    """Adds and tells tokens of a day; every write is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spent(self, day: date) -> int:
        """Tokens of this day; 0 where none were used."""
        with self._database.read() as connection:
            found = connection.scalar(select(model_tokens.c.tokens).where(model_tokens.c.day == day))
        return found or 0

    def add(self, day: date, tokens: int) -> None:
        """Count tokens of this day; what is older than KEPT_DAYS goes."""
        with self._database.write() as connection:
            connection.execute(
                delete(model_tokens).where(model_tokens.c.day < day - timedelta(days=KEPT_DAYS))
            )
            # Two processes may count the first tokens of a day at once.
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            connection.execute(
                insert(model_tokens)
                .values(day=day, tokens=tokens)
                .on_conflict_do_update(
                    index_elements=[model_tokens.c.day], set_={"tokens": model_tokens.c.tokens + tokens}
                )
            )
