"""API keys: made once, stored as a hash, found by their secret."""

from __future__ import annotations

import secrets

from sqlalchemy import insert, select, update

from storage.database import Database
from storage.errors import RecordUnknown
from storage.records import ApiKey, digest_of, may_be_id, new_id, now
from storage.tables import api_keys

_COLUMNS = (api_keys.c.id, api_keys.c.level, api_keys.c.unit, api_keys.c.created, api_keys.c.revoked)


class Keys:
    """Adds, finds, lists and revokes keys.

    A secret has 256 random bits, so a plain SHA-256 is as good as a slow hash and lets a key be
    found by index.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, level: str, unit: str | None = None) -> tuple[ApiKey, str]:
        """The stored key and its secret, which cannot be had again."""
        secret = f"kewen_{secrets.token_urlsafe(32)}"
        key = ApiKey(new_id("k"), level, unit, now())
        with self._database.write() as connection:
            connection.execute(
                insert(api_keys).values(
                    id=key.id, hash=digest_of(secret), level=key.level, unit=key.unit, created=key.created
                )
            )
        return key, secret

    def find(self, secret: str) -> ApiKey | None:
        """The key with this secret; None when there is none or it was revoked."""
        with self._database.read() as connection:
            row = connection.execute(
                select(*_COLUMNS).where(api_keys.c.hash == digest_of(secret), api_keys.c.revoked.is_(None))
            ).one_or_none()
        return ApiKey(**row._mapping) if row else None

    def all(self) -> list[ApiKey]:
        """Revoked ones too, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(*_COLUMNS).order_by(api_keys.c.created)).all()
        return [ApiKey(**row._mapping) for row in rows]

    def revoke(self, key_id: str) -> None:
        """From now on the key opens nothing. Raises RecordUnknown; again does no harm."""
        if not may_be_id(key_id):
            raise RecordUnknown("key", key_id)
        with self._database.write() as connection:
            known = connection.execute(select(api_keys.c.id).where(api_keys.c.id == key_id)).one_or_none()
            if known is None:
                raise RecordUnknown("key", key_id)
            connection.execute(
                update(api_keys)
                .where(api_keys.c.id == key_id, api_keys.c.revoked.is_(None))
                .values(revoked=now())
            )
