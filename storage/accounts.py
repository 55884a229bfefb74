"""Accounts: people who sign in with a name and a password."""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from storage.actions import note_action
from storage.database import Database
from storage.errors import AccountInvalid, RecordUnknown
from storage.passwords import check_password, hashed, is_dated, matches
from storage.records import Account, Actor, new_id, now, storable
from storage.tables import accounts, sign_ins

NAME_LIMIT = 64
COLUMNS = [column for column in accounts.c if column is not accounts.c.password]
"""What of an account leaves this folder."""


def folded_name(name: str) -> str:
    """The name as it is compared and kept: compatibility form, without case. Raises AccountInvalid."""
    folded = unicodedata.normalize("NFKC", name.strip()).casefold()
    if not folded or len(folded) > NAME_LIMIT or not folded.isprintable() or " " in folded:
        raise AccountInvalid(
            f"No account can be called {name[:80]!r}: 1 to {NAME_LIMIT} characters without blanks."
        )
    return folded


def account_of(told: RowMapping) -> Account:
    """The account in a row that has its COLUMNS, and perhaps others."""
    return Account(**{column.name: told[column.name] for column in COLUMNS})


class Accounts:
    """Adds, changes, lists and checks; every write is one transaction.

    Whatever changes what an account may do or who knows its password ends its sign-ins. Accounts are
    disabled, never removed: what they did stays theirs.
    """

    def __init__(self, database: Database, actor: Actor | None = None) -> None:
        """What `actor` changes is written into the log of the staff; None: somebody their own."""
        self._database = database
        self._actor = actor

    def add(
        self,
        name: str,
        password: str,
        *,
        role: str,
        level: str,
        unit: str | None = None,
        shown: str | None = None,
    ) -> Account:
        """Raises AccountInvalid: name taken, or name or password that cannot be."""
        folded = folded_name(name)
        check_password(password, folded)
        told = storable((shown or name).strip())[:200]
        account = Account(new_id("p"), folded, told or folded, role, level, unit, now())
        values = {column.name: getattr(account, column.name) for column in COLUMNS}
        kept = hashed(password)
        with self._database.write() as connection:
            if connection.scalar(select(accounts.c.id).where(accounts.c.name == folded)) is not None:
                raise AccountInvalid(f"There is an account {folded!r} already. Take another name.")
            connection.execute(insert(accounts).values(**values, password=kept))
            self._note(connection, "add", folded)
        return account

    def get(self, name: str) -> Account:
        """By the name that is signed in with. Raises RecordUnknown."""
        with self._database.read() as connection:
            return self._named(connection, name)

    def all(self) -> list[Account]:
        """Disabled ones too, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(*COLUMNS).order_by(accounts.c.created, accounts.c.id)).all()
        return [account_of(row._mapping) for row in rows]

    def change(self, name: str, *, role: str, level: str, unit: str | None) -> Account:
        """What it may do and see from now on. Raises RecordUnknown."""
        return self._set("role", name, role=role, level=level, unit=unit)

    def set_password(self, name: str, password: str) -> Account:
        """Raises RecordUnknown, AccountInvalid."""
        check_password(password, folded_name(name))
        return self._set("password", name, password=hashed(password))

    def disable(self, name: str) -> Account:
        """Nobody signs in to it any more. Raises RecordUnknown; again does no harm."""
        return self._set("disable", name, disabled=now())

    def enable(self, name: str) -> Account:
        """Raises RecordUnknown; again does no harm."""
        return self._set("enable", name, disabled=None)

    def check(self, name: str, password: str) -> Account | None:
        """The account, if it may sign in and this is its password.

        A name that nobody has, a wrong password and a disabled account are answered alike and take as long.
        """
        try:
            folded = folded_name(name)
        except AccountInvalid:
            folded = ""
        with self._database.read() as connection:
            row = connection.execute(select(accounts).where(accounts.c.name == folded)).one_or_none()
        right = matches(row.password if row else None, password)
        if row is None or not right or row.disabled is not None:
            return None
        if is_dated(row.password):
            with self._database.write() as connection:
                connection.execute(
                    update(accounts).where(accounts.c.id == row.id).values(password=hashed(password))
                )
        return account_of(row._mapping)

    def _note(self, connection: Connection, what: str, name: str) -> None:
        if self._actor is not None:
            note_action(connection, self._actor, f"account_{what}", name)

    def _set(self, what: str, name: str, **values: Any) -> Account:
        with self._database.write() as connection:
            account = self._named(connection, name)
            connection.execute(update(accounts).where(accounts.c.id == account.id).values(**values))
            connection.execute(delete(sign_ins).where(sign_ins.c.account_id == account.id))
            self._note(connection, what, account.name)
            return self._named(connection, name)

    @staticmethod
    def _named(connection: Connection, name: str) -> Account:
        try:
            folded = folded_name(name)
        except AccountInvalid:
            raise RecordUnknown("account", name) from None
        row = connection.execute(select(*COLUMNS).where(accounts.c.name == folded)).one_or_none()
        if row is None:
            raise RecordUnknown("account", name)
        return account_of(row._mapping)
