"""kewen restore: verify a backup, then put its databases in place of those that are there."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import IO
from uuid import uuid4

from alembic.script import ScriptDirectory
from pydantic import ValidationError

from operations.archive import (
    CHUNK,
    FORMAT_VERSION,
    MANIFEST,
    MANIFEST_LIMIT,
    FileEntry,
    Manifest,
    Member,
    databases,
    index_format,
    schema_revision,
)
from operations.errors import OperationError, RestoreFailed
from retrieval.lock import WriterLock
from retrieval.store_tables import FORMAT_VERSION as INDEX_FORMAT
from storage.database import MIGRATIONS


def restore_backup(source: Path, *, data_dir: Path, database_url: str | None) -> Manifest:
    """Put the databases of an archive in place; what it held.

    Everything is unpacked beside its place and checked before the first file is replaced. Chroma and
    the lexical index are copies: they are removed and made again from the store at the next start.
    Raises IndexLocked while a server has the data folder, RestoreFailed, and OperationError for
    PostgreSQL.
    """
    try:
        places = databases(data_dir, database_url)
    except OperationError as error:
        raise RestoreFailed(f"{error} Nothing was changed.") from error
    try:
        with tarfile.open(source, "r:gz") as archive:
            manifest = _manifest(archive, source)
            with WriterLock(data_dir):
                _restore(archive, source, manifest, places, data_dir)
            return manifest
    except FileNotFoundError as error:
        raise RestoreFailed(f"There is no file {error.filename or source}. Name a backup.") from error
    except (tarfile.TarError, EOFError, OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise RestoreFailed(
            f"The backup {source} could not be restored: {reason}. What was there still is."
        ) from error


def _manifest(archive: tarfile.TarFile, source: Path) -> Manifest:
    member = archive.next()
    if member is None or member.name != MANIFEST or not member.isfile() or member.size > MANIFEST_LIMIT:
        raise RestoreFailed(f"{source} is not a backup of Kewen: it does not begin with {MANIFEST}.")
    file = archive.extractfile(member)
    assert file is not None
    try:
        manifest = Manifest.model_validate_json(file.read())
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"]) or MANIFEST
        raise RestoreFailed(f"{source} is not a backup of Kewen: {field}: {fault['msg']}.") from error
    newer = f"{source} was written by Kewen {manifest.kewen}, which is newer than this one"
    if manifest.format > FORMAT_VERSION:
        raise RestoreFailed(f"{newer} (archive format {manifest.format}). Restore it with that version.")
    if manifest.index_format is not None and manifest.index_format > INDEX_FORMAT:
        raise RestoreFailed(f"{newer} (index format {manifest.index_format}). Restore it with that version.")
    if manifest.schema_revision is not None and manifest.schema_revision not in _known_revisions():
        raise RestoreFailed(f"{newer} (schema {manifest.schema_revision}). Restore it with that version.")
    return manifest


def _known_revisions() -> set[str]:
    return {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def _restore(
    archive: tarfile.TarFile,
    source: Path,
    manifest: Manifest,
    places: dict[Member, Path],
    data_dir: Path,
) -> None:
    wanted = {entry.name: entry for entry in manifest.files}
    staged: dict[Member, Path] = {}
    try:
        for member in archive:
            entry = next((one for name, one in wanted.items() if name == member.name), None)
            if member.name == MANIFEST:
                continue
            file = archive.extractfile(member) if entry is not None else None
            if entry is None or file is None or entry.name in staged:
                raise RestoreFailed(f"{source} holds {member.name!r}, which its manifest does not name.")
            place = places.get(entry.name)
            if place is None:  # the index lives with the answers here: it is built again
                wanted.pop(entry.name)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            staged[entry.name] = place.with_name(f".{place.name}.{uuid4().hex[:8]}")
            _unpack(file, entry, staged[entry.name], source)
        if missing := sorted(wanted.keys() - staged.keys()):
            raise RestoreFailed(f"{source} lacks {', '.join(missing)}, which its manifest names.")
        _check_versions(staged, manifest, source)
        for name in staged:
            _settle(places[name])
        # Copies first: a kill after this leaves a store whose copies are made again at the next start.
        for copies in ("chroma", "lexical"):
            shutil.rmtree(data_dir / copies, ignore_errors=True)
        for number, (name, ready) in enumerate(staged.items()):
            try:
                ready.replace(places[name])
            except OSError as error:
                done = f"{', '.join(list(staged)[:number])} was" if number else "Nothing was"
                raise RestoreFailed(
                    f"{places[name]} could not be replaced: {error.strerror}. {done} restored; try again."
                ) from error
    finally:
        for ready in staged.values():
            ready.unlink(missing_ok=True)


def _unpack(file: IO[bytes], entry: FileEntry, place: Path, source: Path) -> None:
    sha, size = hashlib.sha256(), 0
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as out:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > entry.bytes:
                break
            sha.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size != entry.bytes or sha.hexdigest() != entry.sha256:
        raise RestoreFailed(
            f"{entry.name} in {source} is not what its manifest says (SHA-256 {sha.hexdigest()[:12]}…, "
            f"{size} bytes). The file is damaged; take another backup."
        )
    with closing(sqlite3.connect(place)) as db:
        verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise RestoreFailed(f"{entry.name} in {source} is a damaged database ({verdict}).")


def _check_versions(staged: dict[Member, Path], manifest: Manifest, source: Path) -> None:
    formats = [found for path in staged.values() if (found := index_format(path)) is not None]
    if any(found > INDEX_FORMAT for found in formats):
        raise RestoreFailed(f"The index in {source} is of a newer Kewen. Restore it with that version.")
    if "kewen.db" in staged and schema_revision(staged["kewen.db"]) != manifest.schema_revision:
        raise RestoreFailed(f"kewen.db in {source} has not the schema that its manifest names.")


def _settle(place: Path) -> None:
    """Leave a database that is to be replaced without its log, which must not be read into the new one."""
    if not place.exists():
        return
    try:
        with closing(sqlite3.connect(place, timeout=2)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise RestoreFailed(
            f"{place} is in use ({error}). Stop what has it open, and restore again."
        ) from error
    except sqlite3.DatabaseError:  # damaged: it is kept under another name
        for suffix in ("", "-wal", "-shm"):
            part = place.with_name(place.name + suffix)
            if part.exists():
                part.replace(part.with_name(part.name + ".damaged"))
