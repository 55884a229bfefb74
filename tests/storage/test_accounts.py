"""Accounts and sign-ins: passwords kept as Argon2id, secrets as hashes, and what ends a sign-in."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from storage.accounts import Accounts
from storage.database import Database
from storage.errors import AccountInvalid, RecordUnknown
from storage.passwords import matches
from storage.records import now
from storage.sign_ins import SignIns
from storage.tables import accounts, sign_ins

PASSWORD = "correct horse battery"


@pytest.fixture
def book(database: Database) -> Accounts:
    made = Accounts(database)
    made.add("Li@Example.org", PASSWORD, role="staff", level="unit", unit="一个研究所", shown="李老师")
    return made


def test_an_account_is_found_however_its_name_is_written_and_its_password_typed(
    database: Database, book: Accounts
) -> None:
    known = book.get("li@example.org")
    cafe = unicodedata.normalize("NFD", "café au lait noir")
    book.set_password("li@example.org", cafe)

    assert (known.shown, known.role, known.level, known.unit) == ("李老师", "staff", "unit", "一个研究所")
    assert book.check(" ＬＩ@example.org ", unicodedata.normalize("NFC", cafe)) == known
    assert book.all() == [known]
    with database.read() as connection:
        stored = connection.scalar(select(accounts.c.password))
    assert stored is not None and stored.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("li@example.org", "wrong horse battery"),
        ("li@example.org", ""),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("a b", PASSWORD),
        ("\x00", PASSWORD),
        ("li@example.org", "\ud800"),
        ("li@example.org", "x" * 100_000),
    ],
)
def test_whatever_is_wrong_is_answered_alike(book: Accounts, name: str, password: str) -> None:
    assert book.check(name, password) is None


def test_a_password_is_checked_for_a_name_that_nobody_has(
    book: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the time would tell which names there are."""
    looked: list[bool] = []

    def watched(kept: str | None, password: str) -> bool:
        looked.append(kept is not None)
        return matches(kept, password)

    monkeypatch.setattr("storage.accounts.matches", watched)
    book.check("nobody", PASSWORD)
    book.disable("li@example.org")
    assert book.check("li@example.org", PASSWORD) is None

    assert looked == [False, True]


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 65, "a\nb"])
def test_a_name_that_cannot_be_is_refused(book: Accounts, name: str) -> None:
    with pytest.raises(AccountInvalid, match="can be called"):
        book.add(name, PASSWORD, role="seeker", level="public")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaa", "zhaozhaozhao1", "x" * 201])
def test_a_password_that_is_guessed_is_refused(book: Accounts, password: str) -> None:
    with pytest.raises(AccountInvalid, match="password"):
        book.add("zhao", password, role="seeker", level="public")
    assert len(book.all()) == 1


def test_a_name_is_given_once(book: Accounts) -> None:
    with pytest.raises(AccountInvalid, match="already"):
        book.add("LI@example.org", PASSWORD, role="seeker", level="public")


def test_a_secret_opens_only_until_its_time_and_is_not_stored(database: Database, book: Accounts) -> None:
    desk, account = SignIns(database), book.get("li@example.org")
    secret = desk.begin(account, 60)
    other = desk.begin(account, 60)

    found = desk.find(secret)
    assert found is not None and found.account == account and found.expires > now()
    assert desk.count(account) == 2
    with database.write() as connection:
        assert secret not in str(connection.execute(select(sign_ins)).all())
        connection.execute(update(sign_ins).values(expires=now()))
    assert desk.find(secret) is None and desk.find(other) is None
    for wrong in ("", "x" * 1000, "\x00", "\ud800", secret[:-1]):
        assert desk.find(wrong) is None
    desk.begin(account, 60)
    with database.read() as connection:
        assert len(connection.execute(select(sign_ins)).all()) == 1  # what is over is gone


def test_signing_in_again_ends_what_the_browser_had(database: Database, book: Accounts) -> None:
    desk, account = SignIns(database), book.get("li@example.org")
    first = desk.begin(account, 60)
    second = desk.begin(account, 60, instead_of=first)

    assert desk.find(first) is None and desk.find(second) is not None
    third = desk.begin(account, 60)
    assert desk.end_others(account, third) == 1 and desk.find(second) is None
    desk.end(third)
    desk.end(third)
    assert desk.count(account) == 0


@pytest.mark.parametrize(
    "work",
    [
        lambda book: book.disable("li@example.org"),
        lambda book: book.set_password("li@example.org", "another horse battery"),
        lambda book: book.change("li@example.org", role="seeker", level="public", unit=None),
    ],
)
def test_what_changes_an_account_ends_its_sign_ins(
    database: Database, book: Accounts, work: Callable[[Accounts], object]
) -> None:
    desk = SignIns(database)
    secret = desk.begin(book.get("li@example.org"), 60)

    work(book)

    assert desk.find(secret) is None


def test_a_disabled_account_comes_back_with_its_password(book: Accounts) -> None:
    book.disable("li@example.org")
    assert book.all()[0].disabled is not None
    book.enable("li@example.org")

    assert book.check("li@example.org", PASSWORD) is not None
    for work in (book.get, book.disable, book.enable):
        for name in ("nobody", "a b", "\x00"):
            with pytest.raises(RecordUnknown, match="account"):
                work(name)
