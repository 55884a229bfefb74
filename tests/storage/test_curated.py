"""Curated answers in SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from storage.curated import CuratedBook
from storage.database import Database, open_database
from storage.errors import RecordUnknown
from storage.records import CuratedAnswer

TODAY = date(2026, 5, 1)
ANSWER = CuratedAnswer(
    owner="李老师",
    until=date(2026, 5, 1),
    questions=("样品出境要审批吗？", "Do samples that leave need approval?"),
    texts={"zh": "须经批准。[1]", "en": "They need approval. [1]"},
    sources=({"ref": "toy-rules#art-9", "digest": "ab"},),
)


def test_it_comes_back_as_it_was_written(url: str) -> None:
    first = open_database(url)
    CuratedBook(first).add(ANSWER)
    first.close()

    second = open_database(url)
    back = CuratedBook(second).get(ANSWER.id)
    second.close()

    assert back == ANSWER


def test_it_is_current_through_its_last_day(database: Database) -> None:
    book = CuratedBook(database)
    book.add(ANSWER)

    assert book.current(TODAY) == [ANSWER]
    assert book.current(TODAY + timedelta(days=1)) == []
    assert book.all() == [ANSWER]


def test_the_newer_comes_first(database: Database) -> None:
    book, newer = CuratedBook(database), replace(ANSWER, id="u_2", created=ANSWER.created + timedelta(1))
    book.add(ANSWER)
    book.add(newer)

    assert book.current(TODAY) == [newer, ANSWER]


def test_a_withdrawn_one_is_kept_but_not_current(database: Database) -> None:
    book = CuratedBook(database)
    book.add(ANSWER)

    book.withdraw(ANSWER.id)
    at = book.get(ANSWER.id).withdrawn
    book.withdraw(ANSWER.id)

    assert book.current(TODAY) == []
    assert at is not None and book.all()[0].withdrawn == at


@pytest.mark.parametrize("odd", ["", "u_\x00", "u_none", "答"])
def test_an_odd_id_is_only_unknown(database: Database, odd: str) -> None:
    for look in (CuratedBook(database).get, CuratedBook(database).withdraw):
        with pytest.raises(RecordUnknown):
            look(odd)
