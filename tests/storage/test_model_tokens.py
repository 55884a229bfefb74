"""Tokens of a day, counted in one place for all processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from storage.database import Database
from storage.model_tokens import KEPT_DAYS, ModelTokens

TODAY = date(2026, 11, 30)


def test_tokens_of_a_day_add_up(database: Database) -> None:
    tokens = ModelTokens(database)
    tokens.add(TODAY - timedelta(days=KEPT_DAYS + 1), 5)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda count: tokens.add(TODAY, count), range(1, 9)))

    assert tokens.spent(TODAY) == 36
    assert tokens.spent(TODAY - timedelta(days=1)) == 0
    assert tokens.spent(TODAY - timedelta(days=KEPT_DAYS + 1)) == 0
