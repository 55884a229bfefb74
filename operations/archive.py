"""A backup file: a gzipped tar of SQLite copies and rule books behind a manifest of versions and hashes."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from corpus.rulebooks.shelf import FOLDER
from operations.errors import OperationError

FORMAT_VERSION = 2
"""Of the archive; a higher one was written by a newer Kewen. 1 had no rule books."""
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 16 * 1024 * 1024
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


class BookEntry(_Manifested):
    """One file of the rule books; `name` is its path in the data folder."""

    # No part may begin with a dot, so no name leads out of the folder.
    name: str = Field(pattern=rf"^{FOLDER}(/[^./\\\x00-\x1f][^/\\\x00-\x1f]*)+$")
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(_Manifested):
    """The first member of the archive: what the others must be."""

    format: int
    kewen: str = Field(description="The version that wrote it.")
    created: str = Field(description="UTC, ISO 8601.")
    files: tuple[FileEntry, ...] = Field(description="Empty when the answers live in PostgreSQL.")
    rulebooks: tuple[BookEntry, ...] | None = Field(default=None, description="None: of format 1.")
    schema_revision: str | None = Field(default=None, description="Of the conversations and answers.")
    index_format: int | None = None

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if not self.files and not self.rulebooks:
            raise ValueError("it holds nothing")
        return self


def databases(data_dir: Path, database_url: str | None) -> dict[Member, Path]:
    """Where the SQLite files are that hold everything which cannot be made again.

    With a KEWEN_DATABASE_URL of SQLite the index lives in the same file. Empty for PostgreSQL, which has
    its own tools: `elsewhere` says so. Raises OperationError for what is no database to copy.
    """
    if database_url is None:
        return {"kewen.db": data_dir / "kewen.db", "index.db": data_dir / "index.db"}
    url = _url(database_url)
    if url.get_backend_name() != "sqlite":
        return {}
    if not url.database or url.database == ":memory:":
        raise OperationError("KEWEN_DATABASE_URL is a database in memory: there is no file to copy.")
    return {"kewen.db": Path(url.database)}


def elsewhere(database_url: str | None) -> str | None:
    """What such a backup does not hold, in a sentence; None when it holds all. Raises OperationError."""
    if database_url is None or (url := _url(database_url)).get_backend_name() == "sqlite":
        return None
    return (
        f"KEWEN_DATABASE_URL is {url.render_as_string(hide_password=True)}: conversations, answers, keys and "
        "index live in PostgreSQL, which this command does not touch. Use pg_dump and pg_restore for them."
    )


def held(manifest: Manifest) -> str:
    """What the archive holds, in a few words."""
    parts: list[str] = [entry.name for entry in manifest.files]
    texts = sum(entry.name.endswith(".json") for entry in manifest.rulebooks or ())
    if manifest.rulebooks is not None:
        parts.append(f"{texts} rule book{'' if texts == 1 else 's'}" if texts else "no rule books")
    return ", ".join(parts)


def _url(database_url: str) -> URL:
    try:
        return make_url(database_url)
    except ArgumentError as error:
        raise OperationError(f"KEWEN_DATABASE_URL cannot be read: {error}. Write sqlite:///FILE.") from error


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
