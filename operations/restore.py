"""kewen restore: verify a backup, then put what it holds in place of what is there."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tarfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from alembic.script import ScriptDirectory
from pydantic import ValidationError

from corpus.rulebooks.shelf import FOLDER
from operations.archive import (
    CHUNK,
    FORMAT_VERSION,
    MANIFEST,
    MANIFEST_LIMIT,
    BookEntry,
    FileEntry,
    Manifest,
    Member,
    databases,
    elsewhere,
    held,
    index_format,
    schema_revision,
)
from operations.errors import OperationError, RestoreFailed
from operations.shelved import put_rulebooks
from retrieval.lock import WriterLock
from retrieval.store_tables import FORMAT_VERSION as INDEX_FORMAT
from storage.database import MIGRATIONS


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and the folder that holds what it replaced; None where nothing was there."""

    manifest: Manifest
    kept: Path | None


def restore_backup(source: Path, *, data_dir: Path, database_url: str | None) -> Restored:
    """Bring the data folder to the state of an archive; what was replaced is kept beside it.

    Everything is unpacked beside its place and checked before the first file is replaced. Chroma and
    the lexical index are copies: they are removed and made again from the store at the next start.
    Rule books that the archive does not hold go too; an archive of format 1, which knows of none, leaves
    them. Raises IndexLocked while a server has the data folder, and RestoreFailed, also for databases
    where PostgreSQL is set.
    """
    try:
        places = databases(data_dir, database_url)
        missing = elsewhere(database_url)
    except OperationError as error:
        raise RestoreFailed(f"{error} Nothing was changed.") from error
    try:
        with tarfile.open(source, "r:gz") as archive:
            manifest = _manifest(archive, source)
            if missing and manifest.files:
                raise RestoreFailed(f"{source} holds {held(manifest)}. {missing} Nothing was changed.")
            with WriterLock(data_dir):
                kept = _restore(archive, source, manifest, places, data_dir)
            return Restored(manifest, kept)
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
) -> Path | None:
    wanted: dict[str, FileEntry | BookEntry] = {entry.name: entry for entry in manifest.files}
    wanted |= {entry.name: entry for entry in manifest.rulebooks or ()}
    staged: dict[Member, Path] = {}
    shelf = data_dir / f".{FOLDER}.{uuid4().hex[:8]}"
    seen: set[str] = set()
    try:
        if manifest.rulebooks:
            shelf.mkdir(mode=0o700)
        for member in archive:
            entry = wanted.get(member.name)
            if member.name == MANIFEST:
                continue
            file = archive.extractfile(member) if entry is not None else None
            if entry is None or file is None or entry.name in seen:
                raise RestoreFailed(f"{source} holds {member.name!r}, which its manifest does not name.")
            seen.add(entry.name)
            if isinstance(entry, BookEntry):
                book = shelf / Path(entry.name).relative_to(FOLDER)
                book.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _unpack(file, entry, book, source)
            elif (place := places.get(entry.name)) is not None:
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                staged[entry.name] = place.with_name(f".{place.name}.{uuid4().hex[:8]}")
                _unpack(file, entry, staged[entry.name], source)
                _check_database(staged[entry.name], entry, source)
            # else the index lives with the answers here: it is built again
        if missing := sorted(wanted.keys() - seen):
            raise RestoreFailed(f"{source} lacks {', '.join(missing)}, which its manifest names.")
        _check_versions(staged, manifest, source)
        for name in staged:
            _settle(places[name])
        # Copies first: a kill after this leaves a store whose copies are made again at the next start.
        for copies in ("chroma", "lexical") if staged else ():
            shutil.rmtree(data_dir / copies, ignore_errors=True)
        return _put_all(staged, places, manifest, shelf, data_dir)
    finally:
        for ready in staged.values():
            ready.unlink(missing_ok=True)
        shutil.rmtree(shelf, ignore_errors=True)


def _put_all(
    staged: dict[Member, Path], places: dict[Member, Path], manifest: Manifest, shelf: Path, data_dir: Path
) -> Path | None:
    """The folder with what was replaced, if anything was."""
    done: list[str] = []
    kept = data_dir / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z"
    place = kept
    try:
        kept.mkdir(mode=0o700)
        for name in staged:
            if (place := places[name]).exists():
                _keep(place, kept / place.name)
        if manifest.rulebooks is not None:
            place = data_dir / FOLDER
            put_rulebooks(shelf if manifest.rulebooks else None, data_dir, kept / FOLDER)
            done.append(FOLDER)
        for name, ready in staged.items():
            place = places[name]
            ready.replace(place)
            done.append(name)
    except OSError as error:
        told = f"{', '.join(done)} {'were' if len(done) > 1 else 'was'}" if done else "Nothing was"
        raise RestoreFailed(
            f"{place} could not be replaced: {error.strerror}. {told} restored; try again."
        ) from error
    finally:
        if kept.is_dir() and not any(kept.iterdir()):
            kept.rmdir()
    return kept if kept.is_dir() else None


def _keep(place: Path, copy: Path) -> None:
    """The file under another name too: without a copy of its bytes where the file system allows."""
    try:
        copy.hardlink_to(place)
    except OSError:
        shutil.copy2(place, copy)


def _unpack(file: IO[bytes], entry: FileEntry | BookEntry, place: Path, source: Path) -> None:
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


def _check_database(place: Path, entry: FileEntry, source: Path) -> None:
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
