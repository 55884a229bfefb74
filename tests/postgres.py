"""Databases of our own on the PostgreSQL server that KEWEN_TEST_POSTGRES_URL names, if it names one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

POSTGRES_URL = os.environ.get("KEWEN_TEST_POSTGRES_URL")
needs_postgres = pytest.mark.skipif(not POSTGRES_URL, reason="KEWEN_TEST_POSTGRES_URL is not set")


@contextmanager
def postgres_database(template: str = "template1") -> Iterator[str]:
    """The address of a database of its own, a copy of the template; gone with all that is in it."""
    assert POSTGRES_URL
    address = make_url(POSTGRES_URL).set(drivername="postgresql+psycopg")
    name = f"kewen_test_{secrets.token_hex(6)}"
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
