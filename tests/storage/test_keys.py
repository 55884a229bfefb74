"""API keys."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.errors import RecordUnknown
from storage.keys import Keys
from storage.tables import api_keys


def test_a_key_is_found_by_its_secret_until_it_is_revoked(database: Database) -> None:
    keys = Keys(database)
    key, secret = keys.add("unit", "一个研究所")

    assert keys.find(secret) == key

    keys.revoke(key.id)

    assert keys.find(secret) is None
    assert keys.all()[0].revoked is not None


def test_secrets_differ_and_are_not_stored(database: Database) -> None:
    keys = Keys(database)
    secrets = {keys.add("staff")[1] for _ in range(3)}

    assert len(secrets) == 3
    with database.read() as connection:
        stored = str(connection.execute(select(api_keys)).all())
    assert not any(secret in stored for secret in secrets)


@pytest.mark.parametrize("secret", ["", "kewen_", "密钥", "\ud800", "' OR 1=1 --"])
def test_a_wrong_secret_finds_nothing(database: Database, secret: str) -> None:
    Keys(database).add("staff")

    assert Keys(database).find(secret) is None


def test_revoking_an_unknown_key_raises_and_revoking_again_does_not(database: Database) -> None:
    keys = Keys(database)
    key, _ = keys.add("member")
    keys.revoke(key.id)
    first = keys.all()[0].revoked

    keys.revoke(key.id)

    assert keys.all()[0].revoked == first
    with pytest.raises(RecordUnknown, match="k_none"):
        keys.revoke("k_none")
