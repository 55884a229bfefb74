"""A database of each kind: SQLite always, PostgreSQL where KEWEN_TEST_POSTGRES_URL names one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database, open_database
from tests.postgres import needs_postgres, postgres_database

KINDS = ["sqlite", pytest.param("postgresql", marks=needs_postgres)]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with every table and nothing in them."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated"), tmp_path / "kewen.db")
        yield f"sqlite:///{tmp_path / 'kewen.db'}"
    else:
        with postgres_database(request.getfixturevalue("migrated_postgres")) as address:
            yield address


@pytest.fixture(params=KINDS)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database in which there is nothing, not even a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'kewen.db'}"
    else:
        with postgres_database() as address:
            yield address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.close()
