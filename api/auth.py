"""Who asks: a Bearer key or a sign-in becomes an Asker; none means the public."""

from __future__ import annotations

import asyncio

from api.errors import ApiError
from assistant.access import LEVELS, PUBLIC, Asker
from storage.database import Database
from storage.keys import Keys
from storage.records import SignIn

KEY_PREFIX = "kewen_"


async def asker_of(authorization: str | None, database: Database, *, own_keys_only: bool = False) -> Asker:
    """The caller behind an Authorization header.

    Raises ApiError 401 for anything but a valid key. `own_keys_only` lets keys that are plainly not
    Kewen's pass as the public: clients of the OpenAI protocol must send some key.
    """
    if authorization is None or not authorization.strip():
        return PUBLIC
    scheme, _, secret = authorization.strip().partition(" ")
    secret = secret.strip()
    if own_keys_only and not secret.startswith(KEY_PREFIX):
        return PUBLIC
    key = None
    if scheme.lower() == "bearer" and secret:
        key = await asyncio.to_thread(Keys(database).find, secret)
    if key is None or key.level not in LEVELS:
        raise ApiError(401, "key_invalid", headers={"WWW-Authenticate": "Bearer"})
    return Asker(level=key.level, unit=key.unit)


def asker_signed_in(found: SignIn | None) -> Asker:
    """Who is signed in, by the level of the account; its role has no say in what is seen."""
    level = next((level for level in LEVELS if found and level == found.account.level), None)
    return Asker(level=level, unit=found.account.unit) if found and level else PUBLIC
