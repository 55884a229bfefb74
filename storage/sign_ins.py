"""Sign-ins: which browsers are signed in, by a secret of which only the hash is kept."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, func, insert, select

from storage.accounts import COLUMNS, account_of
from storage.database import Database
from storage.records import Account, SignIn, digest_of, now
from storage.tables import accounts, sign_ins

_LONGEST = 100
"""Characters of a secret that is looked up; ours have 43."""


class SignIns:
    """Begins, finds and ends them. A secret has 256 random bits, so a plain SHA-256 is enough."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, account: Account, lifetime_s: float, *, instead_of: str | None = None) -> str:
        """A secret that nobody had before; the one that the browser came with opens nothing from now on."""
        secret, moment = secrets.token_urlsafe(32), now()
        with self._database.write() as connection:
            connection.execute(delete(sign_ins).where(sign_ins.c.expires <= moment))
            if instead_of is not None:
                connection.execute(delete(sign_ins).where(sign_ins.c.hash == digest_of(instead_of)))
            connection.execute(
                insert(sign_ins).values(
                    hash=digest_of(secret),
                    account_id=account.id,
                    created=moment,
                    expires=moment + timedelta(seconds=lifetime_s),
                )
            )
        return secret

    def find(self, secret: str) -> SignIn | None:
        """None when there is none, when it is over, or when the account is disabled."""
        if not secret or len(secret) > _LONGEST:
            return None
        query = (
            select(*COLUMNS, sign_ins.c.created.label("begun"), sign_ins.c.expires)
            .join(accounts, accounts.c.id == sign_ins.c.account_id)
            .where(
                sign_ins.c.hash == digest_of(secret),
                sign_ins.c.expires > now(),
                accounts.c.disabled.is_(None),
            )
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return SignIn(account_of(row._mapping), row.begun, row.expires)

    def count(self, account: Account) -> int:
        """In how many browsers this account is signed in."""
        query = select(func.count()).where(sign_ins.c.account_id == account.id, sign_ins.c.expires > now())
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def end(self, secret: str) -> None:
        """This browser is signed out; again does no harm."""
        with self._database.write() as connection:
            connection.execute(delete(sign_ins).where(sign_ins.c.hash == digest_of(secret)))

    def end_others(self, account: Account, secret: str) -> int:
        """All browsers of the account but this one are signed out; how many there were."""
        with self._database.write() as connection:
            return connection.execute(
                delete(sign_ins).where(
                    sign_ins.c.account_id == account.id, sign_ins.c.hash != digest_of(secret)
                )
            ).rowcount
