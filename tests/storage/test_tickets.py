"""Tickets: kept whole, one open for an answer, gone with the conversation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from storage.conversations import Conversations
from storage.curated import CuratedBook
from storage.database import Database, open_database
from storage.errors import RecordUnknown, StorageUnavailable, TicketFull
from storage.records import CuratedAnswer, TicketNote, now
from storage.tickets import CONTACT_DAYS, NOTES_LIMIT, Tickets
from tests.storage.samples import answered, ticket_for


def test_a_ticket_comes_back_as_it_was_written_after_a_restart(url: str) -> None:
    first = open_database(url)
    ticket = ticket_for(answered(first), notes=(TicketNote("急用\x00", "王 <wang@example.org>"),))
    kept, made = Tickets(first).add(ticket)
    first.close()

    second = open_database(url)
    back = Tickets(second).get(ticket.id)
    second.close()

    assert made and kept == back
    assert (back.question, back.searched, back.state) == (ticket.question, ticket.searched, "open")
    assert [(note.message, note.contact) for note in back.notes] == [("急用", "王 <wang@example.org>")]


def test_a_second_post_gets_the_open_ticket_and_adds_what_is_new(database: Database) -> None:
    answer, book = answered(database), Tickets(database)
    first, _ = book.add(ticket_for(answer, notes=(TicketNote("急用"),)))

    again, made = book.add(ticket_for(answer, notes=(TicketNote("急用"),)))
    more, _ = book.add(ticket_for(answer, notes=(TicketNote(contact="wang@example.org"),)))

    assert not made and again == first and more.id == first.id
    assert [(note.message, note.contact) for note in more.notes] == [
        ("急用", None),
        (None, "wang@example.org"),
    ]
    assert len(book.all()) == 1


def test_an_open_ticket_takes_only_so_many_messages(database: Database) -> None:
    answer, book = answered(database), Tickets(database)
    for number in range(NOTES_LIMIT):
        book.add(ticket_for(answer, notes=(TicketNote(f"{number}"),)))

    with pytest.raises(TicketFull):
        book.add(ticket_for(answer, notes=(TicketNote("one more"),)))
    book.add(ticket_for(answer))  # asking where it stands is still possible

    assert len(book.all()[0].notes) == NOTES_LIMIT


def test_many_posts_at_once_make_one_ticket(database: Database) -> None:
    answer, book = answered(database), Tickets(database)

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda _: book.add(ticket_for(answer)), range(6)))

    assert len({ticket.id for ticket, _ in results}) == 1
    assert sum(made for _, made in results) == 1


def test_after_a_reply_the_same_answer_may_be_handed_over_again(database: Database) -> None:
    answer, book = answered(database), Tickets(database)
    first, _ = book.add(ticket_for(answer))
    book.answer(first.id, "请联系海洋中心。", "李老师")

    second, made = book.add(ticket_for(answer))

    assert made and second.id != first.id
    assert [ticket.state for ticket in book.of_conversation(answer.conversation_id)] == ["answered", "open"]
    assert [ticket.id for ticket in book.all("open")] == [second.id]


def test_replies_are_kept_in_order_and_the_first_who_answers_owns_it(database: Database) -> None:
    answer, book = answered(database), Tickets(database)
    ticket, _ = book.add(ticket_for(answer))

    first = book.answer(ticket.id, "请稍等。", "李老师")
    second = book.answer(ticket.id, "有了。[1]", "赵老师", citations=[{"number": 1}])

    assert book.replies(ticket.id) == [first, second] == book.replies_in(answer.conversation_id)
    assert second.citations == ({"number": 1},)
    assert (book.get(ticket.id).owner, book.get(ticket.id).state) == ("李老师", "answered")


def test_closing_is_for_good_and_may_be_repeated(database: Database) -> None:
    book = Tickets(database)
    ticket, _ = book.add(ticket_for(answered(database)))

    book.close(ticket.id, "李老师")
    settled = book.get(ticket.id).settled
    book.close(ticket.id)

    closed = book.get(ticket.id)
    assert (closed.state, closed.owner, closed.settled) == ("closed", "李老师", settled)


def test_a_contact_is_forgotten_when_it_is_no_longer_needed(database: Database) -> None:
    book, note = Tickets(database), TicketNote("急用", "wang@example.org")
    waiting, _ = book.add(ticket_for(answered(database), notes=(note,)))
    done, _ = book.add(ticket_for(answered(database), notes=(note,)))
    book.answer(done.id, "好的。")

    soon = book.forget_contacts(now() + timedelta(days=CONTACT_DAYS - 1))
    late = book.forget_contacts(now() + timedelta(days=CONTACT_DAYS + 1))

    assert (soon, late) == (0, 1)
    assert [(one.message, one.contact) for one in book.get(done.id).notes] == [("急用", None)]
    assert book.get(waiting.id).notes[0].contact == "wang@example.org"


def test_only_an_answer_of_that_conversation_can_be_handed_over(database: Database) -> None:
    mine, other = answered(database), answered(database)

    for wrong in ("a_none", "a_\x00", other.id):
        with pytest.raises(RecordUnknown, match="answer"):
            Tickets(database).add(ticket_for(mine, answer_id=wrong))

    assert Tickets(database).all() == []


@pytest.mark.parametrize("odd", ["", "t_\x00", "t_none", "工单", "t" * 100_000])
def test_an_odd_id_is_only_unknown(database: Database, odd: str) -> None:
    book = Tickets(database)
    for look in (book.get, book.close, lambda one: book.answer(one, "text")):
        with pytest.raises(RecordUnknown):
            look(odd)
    assert not book.replies(odd) and not book.replies_in(odd) and not book.of_conversation(odd)


def test_a_reply_and_what_it_publishes_are_kept_together_or_not_at_all(database: Database) -> None:
    book = Tickets(database)
    ticket, _ = book.add(ticket_for(answered(database)))
    curated = CuratedAnswer("李老师", date(2030, 1, 1), ("问？",), {"zh": "答。[1]"}, ())
    CuratedBook(database).add(curated)

    with pytest.raises(StorageUnavailable):
        book.answer(ticket.id, "答。[1]", curated=curated)  # the same id again

    assert book.replies(ticket.id) == [] and book.get(ticket.id).state == "open"


def test_what_was_published_outlives_the_conversation_it_came_from(database: Database) -> None:
    answer, book = answered(database), Tickets(database)
    ticket, _ = book.add(ticket_for(answer))
    curated = CuratedAnswer("李老师", date(2030, 1, 1), ("问？",), {"zh": "答。[1]"}, ())
    book.answer(ticket.id, "答。[1]", curated=curated)
    assert CuratedBook(database).get(curated.id).ticket_id == ticket.id

    Conversations(database).delete(answer.conversation_id)

    assert CuratedBook(database).get(curated.id).ticket_id is None
    with pytest.raises(RecordUnknown):
        book.get(ticket.id)
