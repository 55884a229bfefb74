"""kewen backup: consistent copies of databases and rule books in one file, whole or not at all."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from corpus.rulebooks.shelf import FOLDER
from operations.archive import (
    FORMAT_VERSION,
    MANIFEST,
    MANIFEST_LIMIT,
    BookEntry,
    FileEntry,
    Manifest,
    Member,
    databases,
    digest,
    elsewhere,
    index_format,
    schema_revision,
)
from operations.errors import BackupFailed, OperationError
from operations.shelved import copy_rulebooks


def write_backup(
    target: Path, *, data_dir: Path, database_url: str | None, version: str, force: bool = False
) -> Manifest:
    """Write the archive, also while a server runs; what it holds.

    Each database is copied by SQLite's own backup, so the copy is one consistent state. The archive
    holds conversations and is readable by its owner only. With PostgreSQL it holds the rule books
    alone. Raises BackupFailed; nothing half-written remains.
    """
    try:
        sources = {name: path for name, path in databases(data_dir, database_url).items() if path.is_file()}
        missing = elsewhere(database_url)
    except OperationError as error:
        raise BackupFailed(f"{error} Nothing was written.") from error
    if missing and not (data_dir / FOLDER).is_dir():
        raise BackupFailed(f"{missing} There are no rule books to back up. Nothing was written.")
    if not sources and not missing:
        raise BackupFailed(f"There is nothing to back up in {data_dir}: no database yet. Run `kewen serve`.")
    if target.is_dir():
        raise BackupFailed(f"{target} is a folder. Name a file, such as {target / 'kewen-backup.tar.gz'}.")
    if target.exists() and not force:
        raise BackupFailed(f"{target} exists. Name another file, or replace it with --force.")
    for path in sources.values():
        if target.exists() and target.samefile(path):
            raise BackupFailed(f"{target} is a database in use. Name another file.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return _write(target, sources, data_dir, version, force)
    except (OSError, sqlite3.Error, tarfile.TarError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BackupFailed(
            f"The backup {target} could not be written: {reason}. Nothing was left there; check its disk."
        ) from error


def _write(target: Path, sources: dict[Member, Path], data_dir: Path, version: str, force: bool) -> Manifest:
    unfinished = target.with_name(f".{target.name}.{uuid4().hex[:8]}")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".kewen-backup-") as folder:
        copies = {name: Path(folder) / name for name in sources}
        for name, source in sources.items():
            _copy(source, copies[name])
        books = copy_rulebooks(data_dir, Path(folder))
        if not copies and not books:
            raise BackupFailed(f"There is nothing to back up in {data_dir}: no rule books.")
        formats = [index_format(path) for path in copies.values()]
        manifest = Manifest(
            format=FORMAT_VERSION,
            kewen=version,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            files=tuple(
                FileEntry(name=name, bytes=path.stat().st_size, sha256=digest(path))
                for name, path in copies.items()
            ),
            rulebooks=tuple(
                BookEntry(name=name, bytes=path.stat().st_size, sha256=digest(path))
                for name, path in books.items()
            ),
            schema_revision=schema_revision(copies["kewen.db"]) if "kewen.db" in copies else None,
            index_format=next((one for one in formats if one is not None), None),
        )
        text = manifest.model_dump_json(indent=2).encode()
        if len(text) > MANIFEST_LIMIT:
            raise BackupFailed(f"There are too many rule books in {data_dir} for one archive: {len(books)}.")
        try:
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
                    archive.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
                    for member, path in (*copies.items(), *books.items()):
                        with path.open("rb") as copy:
                            archive.addfile(_member(member, path.stat().st_size), copy)
                file.flush()
                os.fsync(file.fileno())
            _put(unfinished, target, force)
        finally:
            unfinished.unlink(missing_ok=True)
    return manifest


def _copy(source: Path, copy: Path) -> None:
    if shutil.disk_usage(copy.parent).free < source.stat().st_size:
        raise OSError(f"{source.stat().st_size} bytes are needed and {copy.parent.parent} has less room")
    with (
        closing(sqlite3.connect(f"file:{source.absolute().as_posix()}?mode=ro", uri=True)) as origin,
        closing(sqlite3.connect(copy)) as made,
    ):
        origin.backup(made)
        # One file, not a file and its log: the copy travels alone.
        made.execute("PRAGMA journal_mode = DELETE")
        verdict = made.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"{source} is damaged ({verdict})")


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(time.time())
    return info


def _put(unfinished: Path, target: Path, force: bool) -> None:
    """Give the archive its name in one step, never over another file unless asked to."""
    if force:
        unfinished.replace(target)
    else:
        try:
            target.hardlink_to(unfinished)
        except FileExistsError:
            raise BackupFailed(f"{target} exists. Name another file, or replace it with --force.") from None
        except OSError:  # a file system without hard links
            unfinished.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
