"""Open the database, bring its schema up to date, and give out transactions."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from storage.errors import SchemaNewer, StorageError, StorageUnavailable

VERSION_TABLE = "storage_version"
HEAD = "0010"
"""The newest step in migrations/versions."""
MIGRATIONS = Path(__file__).parent / "migrations"
WAIT_S = 15
"""How long one waits for another that has the database."""
_MIGRATION_LOCK = 0x6B6577656E  # any number of our own: "kewen"
_ALEMBIC = threading.Lock()  # its `context` is one per process


class Database:
    """Transactions on an open database. Safe to share between threads."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self.name = name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one consistent state."""
        with self._connection(write=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: all of it is kept when the block ends, none of it when it raises."""
        with self._connection(write=True) as connection:
            yield connection

    @contextmanager
    def _connection(self, *, write: bool) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                connection = connection.execution_options(kewen_write=write)
                with connection.begin():
                    yield connection
        except DBAPIError as error:
            # The driver's sentence says what is wrong; its statement and values may hold a question.
            raise StorageUnavailable(
                f"Database {self.name} did not do its work: {str(error.orig).strip()}. "
                "Check that it can be reached and that its disk has room."
            ) from None

    def close(self) -> None:
        self._engine.dispose()


def open_database(url: str) -> Database:
    """The database at `sqlite:///FILE` or `postgresql://…`, created and migrated as needed.

    Raises SchemaNewer when a newer Kewen wrote it and StorageUnavailable when it cannot be opened.
    """
    engine, name = _engine(url)
    database = Database(engine, name)
    try:
        _migrate(database)
    except StorageError:
        database.close()
        raise
    except (SQLAlchemyError, OSError) as error:
        database.close()
        raise StorageUnavailable(f"Database {name} cannot be opened: {error}.") from error
    return database


def _engine(url: str) -> tuple[Engine, str]:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageUnavailable(
            "The database address cannot be read. It has the form sqlite:///FILE or "
            "postgresql://USER:PASSWORD@HOST/NAME."
        ) from error
    name = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            try:
                file = Path(parsed.database)
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                # Its owner's only, and so are the files that SQLite writes beside it. One that is there is
                # not opened: closing it again would give up the locks of every connection that this process
                # has to it, and another process that closes it would then delete what those write.
                with suppress(FileExistsError):
                    os.close(os.open(file, os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            except OSError as error:
                raise StorageUnavailable(f"Database {name} cannot be opened: {error}.") from error
        engine = create_engine(parsed, connect_args={"timeout": WAIT_S, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine, name
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    # A server that restarted leaves dead connections in the pool: ask before use.
    return create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": 10}), name


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own idea of when to begin would leave schema changes outside the transaction.
    connection.isolation_level = None
    cursor = connection.cursor()
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    # While others open a new file, SQLite does not wait for them here but fails at once.
    until = time.monotonic() + WAIT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its turn at the start; upgrading later could fail at once with "locked".
    write = connection.get_execution_options().get("kewen_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _migrate(database: Database) -> None:
    with database.read() as connection:
        if _revision(connection) == HEAD:
            return
    # Only now: importing Alembic takes longer than everything else here.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            # Several processes may open a new database at once; one migrates, the others find it done.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        current = _revision(connection)
        if current is not None and current not in known:
            raise SchemaNewer(
                f"Database {database.name} has schema {current}, which this Kewen does not know (it knows up "
                f"to {HEAD}): a newer Kewen wrote it. Start that version, or set KEWEN_DATABASE_URL or "
                "KEWEN_DATA_DIR to another place."
            )
        if current != HEAD:
            config.attributes["connection"] = connection
            with _ALEMBIC:
                command.upgrade(config, HEAD)


def _revision(connection: Connection) -> str | None:
    """The step that the schema is at; None for an empty database."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
    return revision
