"""Tickets in somebody's hands, the queue of each of the staff, and the log of what they did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus.rights import Sight
from storage.accounts import Accounts
from storage.actions import ActionLog
from storage.database import Database
from storage.errors import RecordUnknown, TicketTaken
from storage.queue import StaffQueue
from storage.records import Actor, Conversation
from storage.tickets import Tickets
from tests.storage.samples import answered, ticket_for

LI, ZHAO = Actor("p_li", "李老师"), Actor("p_zhao", "赵老师")


def one_open(database: Database, **more: str) -> str:
    return Tickets(database).add(ticket_for(answered(database, Conversation(**more))))[0].id


def deeds(database: Database) -> list[tuple[str, str, str | None]]:
    return [(one.who, one.action, one.subject) for one in reversed(ActionLog(database).page(100))]


def test_of_many_who_take_a_ticket_at_once_one_has_it(database: Database) -> None:
    ticket, book = one_open(database), Tickets(database)
    actors = [Actor(f"p_{n}", f"第{n}位") for n in range(6)]

    def take(actor: Actor) -> str | None:
        try:
            book.claim(ticket, actor)
        except TicketTaken as taken:
            return taken.owner
        return None

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(take, actors))

    kept = book.get(ticket)
    assert told.count(None) == 1
    assert {one for one in told if one} == {kept.owner} == {actors[told.index(None)].shown}
    assert [one[1] for one in deeds(database)] == ["claim"]


def test_only_who_has_it_in_hand_answers_hands_back_and_closes(database: Database) -> None:
    ticket, book = one_open(database), Tickets(database)
    for work in (
        lambda who: book.answer(ticket, "好", actor=who),
        lambda who: book.hand_back(ticket, who),
        lambda who: book.close(ticket, actor=who),
    ):
        with pytest.raises(TicketTaken) as nobody:
            work(LI)
        assert nobody.value.owner is None
    book.claim(ticket, LI)
    book.claim(ticket, LI)
    with pytest.raises(TicketTaken, match="李老师"):
        book.answer(ticket, "好", actor=ZHAO)
    assert book.replies(ticket) == []

    book.hand_back(ticket, LI)
    assert (book.get(ticket).claimant, book.get(ticket).owner, book.get(ticket).state) == (None, None, "open")
    book.claim(ticket, ZHAO)
    book.hand_back(ticket, LI, of_others=True)
    book.claim(ticket, LI)
    book.answer(ticket, "请联系海洋中心。", LI.shown, actor=LI)
    book.answer(ticket, "再补一条。", LI.shown, actor=LI)
    book.close(ticket, actor=LI)

    assert [one.text for one in book.replies(ticket)] == ["请联系海洋中心。", "再补一条。"]
    assert (book.get(ticket).state, book.get(ticket).owner) == ("closed", "李老师")
    with pytest.raises(TicketTaken, match="closed"):
        book.answer(ticket, "晚了", actor=LI)
    with pytest.raises(TicketTaken, match="closed"):
        book.claim(ticket, ZHAO)
    assert [(who, what) for who, what, _ in deeds(database)] == [
        ("李老师", "claim"),
        ("李老师", "hand_back"),
        ("赵老师", "claim"),
        ("李老师", "hand_back"),
        ("李老师", "claim"),
        ("李老师", "answer"),
        ("李老师", "answer"),
        ("李老师", "close"),
    ]


def test_the_command_line_stands_above_and_in_the_log(database: Database) -> None:
    ticket, book = one_open(database), Tickets(database)
    book.claim(ticket, LI)

    book.answer(ticket, "好", "值班员")
    book.close(ticket)
    Accounts(database, Actor(None, "kewen accounts")).add(
        "zhao", "correct horse battery", role="staff", level="staff"
    )

    assert deeds(database)[1:] == [
        ("值班员", "answer", ticket),
        ("kewen tickets", "close", ticket),
        ("kewen accounts", "account_add", "zhao"),
    ]


def test_looking_again_and_again_is_one_look(database: Database) -> None:
    log = ActionLog(database)
    for actor, subject in ((LI, "t_1"), (LI, "t_1"), (ZHAO, "t_1"), (LI, "t_2"), (LI, "t_1")):
        log.note_view(actor, subject)

    assert [(who, subject) for who, _, subject in deeds(database)] == [
        ("李老师", "t_1"),
        ("赵老师", "t_1"),
        ("李老师", "t_2"),
    ]
    newest = log.page(1)
    assert [one.id for one in log.page(2, before=newest[0].id)] == [newest[0].id - 1, newest[0].id - 2]


@pytest.mark.parametrize(
    ("sight", "seen"),
    [
        (Sight("public"), {"public"}),
        (Sight("member"), {"public", "member"}),
        (Sight("unit", "alpha"), {"public", "member", "alpha"}),
        (Sight("unit", "beta"), {"public", "member"}),
        (Sight("staff"), {"public", "member", "alpha", "staff", "lost"}),
    ],
)
def test_a_queue_holds_what_its_reader_may_see(database: Database, sight: Sight, seen: set[str]) -> None:
    made = {
        "public": one_open(database),
        "member": one_open(database, level="member"),
        "alpha": one_open(database, level="unit", unit="alpha"),
        "staff": one_open(database, level="staff"),
        "lost": one_open(database, level="unit"),  # for a unit, and it does not say for which
    }
    queue, book = StaffQueue(database), Tickets(database)
    book.claim(made["public"], LI)

    found = queue.page(sight, state="open", own="p_li")

    assert {one.id for one in found.tickets} == {made[name] for name in seen}
    assert (found.total, found.states["open"], found.mine) == (len(seen), len(seen), 1)
    assert [one.id for one in queue.page(sight, claimant="p_li", own="p_li").tickets] == [made["public"]]
    assert queue.page(sight, state="closed", own="p_li").tickets == []
    pages = [queue.page(sight, own="p_li", offset=n, size=1).tickets[0].id for n in range(len(seen))]
    assert pages == [one.id for one in found.tickets]
    for name, ticket in made.items():
        if name in seen:
            assert queue.get(ticket, sight).id == ticket
        else:
            with pytest.raises(RecordUnknown):
                queue.get(ticket, sight)
