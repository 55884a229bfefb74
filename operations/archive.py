"""A backup file: a gzipped tar of SQLite copies behind a manifest of versions and hashes."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from operations.errors import OperationError

FORMAT_VERSION = 1
"""Of the archive; a higher one was written by a newer Kewen."""
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 1024 * 1024
"""Bytes."""
CHUNK = 1024 * 1024
Member = Literal["kewen.db", "index.db"]


class _Manifested(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class FileEntry(_Manifested):
    """One database in the archive."""

    name: Member
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(_Manifested):
    """The first member of the archive: what the others must be."""

    format: int
    kewen: str = Field(description="The version that wrote it.")
    created: str = Field(description="UTC, ISO 8601.")
    files: tuple[FileEntry, ...] = Field(min_length=1)
    schema_revision: str | None = Field(default=None, description="Of the conversations and answers.")
    index_format: int | None = None


def databases(data_dir: Path, database_url: str | None) -> dict[Member, Path]:
    """Where the SQLite files are that hold everything which cannot be made again.

    With a KEWEN_DATABASE_URL of SQLite the index lives in the same file. Raises OperationError for
    PostgreSQL, which has its own tools.
    """
    if database_url is None:
        return {"kewen.db": data_dir / "kewen.db", "index.db": data_dir / "index.db"}
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise OperationError(f"KEWEN_DATABASE_URL cannot be read: {error}. Write sqlite:///FILE.") from error
    if url.get_backend_name() != "sqlite":
        raise OperationError(
            f"KEWEN_DATABASE_URL is {url.render_as_string(hide_password=True)}: answers and index live in "
            "PostgreSQL, which this command does not touch. Use pg_dump and pg_restore."
        )
    if not url.database or url.database == ":memory:":
        raise OperationError("KEWEN_DATABASE_URL is a database in memory: there is no file to copy.")
    return {"kewen.db": Path(url.database)}


def digest(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


def schema_revision(path: Path) -> str | None:
    """The Alembic revision of a database file; None when it holds no conversations."""
    found = _first(path, "storage_version", "SELECT version_num FROM storage_version")
    return None if found is None else str(found)


def index_format(path: Path) -> int | None:
    """The format of the index in a database file; None when it holds none."""
    found = _first(path, "index_settings", "SELECT value FROM index_settings WHERE key = 'format'")
    return None if found is None else int(str(found))


def _first(path: Path, table: str, query: str) -> object:
    with closing(sqlite3.connect(f"file:{path.absolute().as_posix()}?mode=ro", uri=True)) as db:
        there = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
        if there.fetchone() is None:
            return None
        row = db.execute(query).fetchone()
        return row[0] if row else None
