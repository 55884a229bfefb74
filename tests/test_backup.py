"""Backup and restore: whole or not at all, and nothing replaced before everything was checked."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from corpus.rulebooks.parser import parse
from corpus.rulebooks.records import Given
from corpus.rulebooks.shelf import Shelf, load_rulebooks
from operations.archive import Manifest, elsewhere, held
from operations.backup import write_backup
from operations.errors import BackupFailed, RestoreFailed
from operations.restore import restore_backup
from retrieval.errors import IndexLocked
from retrieval.lock import WriterLock
from retrieval.store import PassageStore
from storage.conversations import Conversations
from storage.database import open_database
from storage.errors import RecordUnknown
from storage.records import Conversation, StoredAnswer, new_id
from tests.corpus.rulebook_texts import FIRST, SECOND

Change = Callable[[dict[str, bytes]], None]


def add_turn(data_dir: Path, question: str) -> str:
    """The id of a new conversation with one turn."""
    database = open_database(f"sqlite:///{data_dir / 'kewen.db'}")
    try:
        conversation = Conversation()
        answer = StoredAnswer(new_id("a"), conversation.id, b"{}", "answered", "composer")
        Conversations(database).add_turn(conversation, question, answer)
        return conversation.id
    finally:
        database.close()


def questions(data_dir: Path, conversation_id: str) -> list[str]:
    database = open_database(f"sqlite:///{data_dir / 'kewen.db'}")
    try:
        Conversations(database).get(conversation_id)
        return [turn.question for turn in Conversations(database).turns(conversation_id)]
    finally:
        database.close()


def add_index(data_dir: Path) -> None:
    PassageStore(f"sqlite:///{data_dir / 'index.db'}").close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    add_index(folder)
    return folder


def back_up(target: Path, data: Path, *, force: bool = False, url: str | None = None) -> Manifest:
    return write_backup(target, data_dir=data, database_url=url, version="0.1.0", force=force)


def restore(source: Path, data: Path, *, url: str | None = None) -> Manifest:
    return restore_backup(source, data_dir=data, database_url=url).manifest


def replaced(data: Path) -> Path:
    """Where the one restore so far left what it replaced."""
    (folder,) = data.glob("before-restore-*")
    return folder


def names(folder: Path) -> set[str]:
    """What is in it, beside what a restore replaced."""
    return {path.name for path in folder.iterdir() if not path.name.startswith("before-restore-")}


def rewritten(source: Path, target: Path, change: Change) -> Path:
    """A copy of the archive with its members changed."""
    with tarfile.open(source, "r:gz") as archive:
        members = {one.name: archive.extractfile(one).read() for one in archive}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(target, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target


def test_a_backup_brings_back_what_was_there(data: Path, tmp_path: Path) -> None:
    kept = add_turn(data, "冰芯在哪里？")
    manifest = back_up(tmp_path / "b.tar.gz", data)
    lost = add_turn(data, "后来的问题")
    for copies in ("chroma", "lexical"):
        (data / copies).mkdir()
    (data / "cache").mkdir()

    restored = restore(tmp_path / "b.tar.gz", data)

    assert restored == manifest
    assert questions(data, kept) == ["冰芯在哪里？"]
    with pytest.raises(RecordUnknown):
        questions(data, lost)
    assert names(data) - {"lock"} == {"kewen.db", "index.db", "cache"} | wal_files(data)
    for name in names(replaced(data)):  # what was there can be put back by hand
        shutil.copy(replaced(data) / name, data / name)
    assert questions(data, lost) == ["后来的问题"]


def wal_files(data: Path) -> set[str]:
    return {name for name in names(data) if name.endswith(("-wal", "-shm"))}


def test_the_archive_names_versions_and_hashes_and_is_private(data: Path, tmp_path: Path) -> None:
    add_turn(data, "冰芯在哪里？")
    target = tmp_path / "new folder" / "b.tar.gz"

    manifest = back_up(target, data)

    with tarfile.open(target, "r:gz") as archive:
        assert archive.getnames() == ["manifest.json", "kewen.db", "index.db"]
        told = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert told == manifest.model_dump(mode="json")
    assert told["kewen"] == "0.1.0" and told["schema_revision"] and told["index_format"]
    assert target.stat().st_mode & 0o077 == 0
    assert names(target.parent) == {"b.tar.gz"}


def test_a_write_that_is_under_way_is_not_in_the_copy(data: Path, tmp_path: Path) -> None:
    kept = add_turn(data, "写完的")
    with closing(sqlite3.connect(data / "kewen.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE turns SET question = '没写完的'")
        back_up(tmp_path / "b.tar.gz", data)
        writer.execute("COMMIT")

    restore(tmp_path / "b.tar.gz", data)

    assert questions(data, kept) == ["写完的"]


def test_a_file_that_is_there_is_kept_unless_it_may_go(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.tar.gz"
    target.write_text("precious")

    with pytest.raises(BackupFailed, match=r"exists.*--force"):
        back_up(target, data)
    assert target.read_text() == "precious"

    back_up(target, data, force=True)
    restore(target, data)


def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(data: Path, tmp_path: Path) -> None:
    (data / "index.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)

    with pytest.raises(BackupFailed, match="could not be written"):
        back_up(tmp_path / "b.tar.gz", data)

    assert names(tmp_path) == {"data"}


def test_a_folder_that_cannot_be_written_leaves_nothing(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(BackupFailed, match="could not be written"):
        back_up(tmp_path / "file" / "b.tar.gz", data)


def test_targets_that_make_no_sense_are_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="is a folder"):
        back_up(tmp_path, data)
    with pytest.raises(BackupFailed, match="database in use"):
        back_up(data / "index.db", data, force=True)
    with pytest.raises(BackupFailed, match="nothing to back up"):
        back_up(tmp_path / "b.tar.gz", tmp_path / "empty")


def test_postgresql_is_left_to_its_own_tools_and_its_password_unsaid(data: Path, tmp_path: Path) -> None:
    url = "postgresql://kewen:secret@db.example.org/kewen"

    with pytest.raises(BackupFailed, match="pg_dump") as failed:
        back_up(tmp_path / "b.tar.gz", data, url=url)
    assert names(tmp_path) == {"data"}
    back_up(tmp_path / "files.tar.gz", data)
    with pytest.raises(RestoreFailed, match=r"holds index\.db.*pg_restore"):
        restore(tmp_path / "files.tar.gz", data, url=url)

    assert "secret" not in str(failed.value)


def test_a_database_at_another_place_is_backed_up_from_there(data: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    kept = add_turn(elsewhere, "冰芯在哪里？")
    url = f"sqlite:///{elsewhere / 'kewen.db'}"

    manifest = back_up(tmp_path / "b.tar.gz", data, url=url)
    (elsewhere / "kewen.db").unlink()
    restore(tmp_path / "b.tar.gz", data, url=url)

    assert [entry.name for entry in manifest.files] == ["kewen.db"]
    assert questions(elsewhere, kept) == ["冰芯在哪里？"]


def test_nothing_is_restored_under_a_running_writer(data: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "b.tar.gz", data)

    with WriterLock(data), pytest.raises(IndexLocked, match="in use"):
        restore(tmp_path / "b.tar.gz", data)


def test_nothing_is_restored_while_another_process_has_the_database_open(data: Path, tmp_path: Path) -> None:
    add_turn(data, "冰芯在哪里？")
    back_up(tmp_path / "b.tar.gz", data)
    before = (data / "index.db").read_bytes()

    with closing(sqlite3.connect(data / "kewen.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM turns").fetchall()
        with pytest.raises(RestoreFailed, match=r"kewen\.db is in use"):
            restore(tmp_path / "b.tar.gz", data)

    assert (data / "index.db").read_bytes() == before


def change_manifest(**changes: object) -> Change:
    def change(members: dict[str, bytes]) -> None:
        told = json.loads(members["manifest.json"]) | changes
        members["manifest.json"] = json.dumps(told).encode()

    return change


def flip(members: dict[str, bytes]) -> None:
    content = bytearray(members["index.db"])
    content[len(content) // 2] ^= 0xFF
    members["index.db"] = bytes(content)


def add_stranger(members: dict[str, bytes]) -> None:
    members["../escape.db"] = b"x"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (flip, "not what its manifest says"),
        (lambda members: members.pop("index.db"), "lacks index.db"),
        (add_stranger, "does not name"),
        (lambda members: members.pop("manifest.json"), "not a backup of Kewen"),
        (change_manifest(files=[]), "not a backup of Kewen"),
        (change_manifest(format=99, kewen="9.0"), "Kewen 9.0, which is newer"),
        (change_manifest(index_format=99), "index format 99"),
        (change_manifest(schema_revision="9999_from_the_future"), "9999_from_the_future"),
        (change_manifest(schema_revision=None), "has not the schema"),
    ],
)
def test_an_archive_that_is_not_whole_or_too_new_changes_nothing(
    data: Path, tmp_path: Path, change: Change, said: str
) -> None:
    kept = add_turn(data, "冰芯在哪里？")
    back_up(tmp_path / "good.tar.gz", data)
    bad = rewritten(tmp_path / "good.tar.gz", tmp_path / "bad.tar.gz", change)
    (data / "lexical").mkdir()
    there = names(data)

    with pytest.raises(RestoreFailed, match=said):
        restore(bad, data)

    assert names(data) - {"lock"} == there - {"lock"}
    assert questions(data, kept) == ["冰芯在哪里？"]
    assert names(tmp_path) == {"data", "good.tar.gz", "bad.tar.gz"}


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", gzip.compress(b"no tar", mtime=0), None],
    ids=["empty", "text", "no tar inside", "absent"],
)
def test_what_is_no_archive_is_one_sentence(data: Path, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.tar.gz"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(RestoreFailed, match=r"x\.tar\.gz"):
        restore(path, data)


def test_a_cut_archive_changes_nothing(data: Path, tmp_path: Path) -> None:
    kept = add_turn(data, "冰芯在哪里？")
    back_up(tmp_path / "b.tar.gz", data)
    whole = (tmp_path / "b.tar.gz").read_bytes()
    (tmp_path / "b.tar.gz").write_bytes(whole[: len(whole) * 2 // 3])

    with pytest.raises(RestoreFailed):
        restore(tmp_path / "b.tar.gz", data)

    assert questions(data, kept) == ["冰芯在哪里？"]
    assert not [name for name in names(data) if name.startswith(".")]


def test_a_damaged_database_gives_way_and_is_kept_aside(data: Path, tmp_path: Path) -> None:
    kept = add_turn(data, "冰芯在哪里？")
    back_up(tmp_path / "b.tar.gz", data)
    (data / "kewen.db").write_bytes(b"rubbish" * 1000)

    restore(tmp_path / "b.tar.gz", data)

    assert questions(data, kept) == ["冰芯在哪里？"]
    assert (data / "kewen.db.damaged").read_bytes().startswith(b"rubbish")


def test_the_log_of_the_old_database_is_not_read_into_the_new_one(data: Path, tmp_path: Path) -> None:
    kept = add_turn(data, "恢复的")
    back_up(tmp_path / "b.tar.gz", data)
    # A process that was killed leaves its log behind.
    writer = sqlite3.connect(data / "kewen.db", isolation_level=None)
    writer.execute("UPDATE turns SET question = '恢复之前的'")
    log = (data / "kewen.db-wal").read_bytes()
    content = (data / "kewen.db").read_bytes()
    writer.close()
    (data / "kewen.db").write_bytes(content)
    (data / "kewen.db-wal").write_bytes(log)
    assert log

    restore(tmp_path / "b.tar.gz", data)

    assert questions(data, kept) == ["恢复的"]


# -- rule books ------------------------------------------------------------------------------------


def add_rulebook(data_dir: Path, folder: str, text: str = FIRST) -> None:
    read = parse(text.encode(), Given(), origin="toy.md")
    Shelf(data_dir).keep(folder, read, text.encode())


def tree(data_dir: Path) -> dict[str, bytes]:
    """The rule books, byte for byte."""
    found = (path for path in (data_dir / "rulebooks").rglob("*") if path.is_file())
    return {path.relative_to(data_dir).as_posix(): path.read_bytes() for path in found}


def test_rule_books_come_back_as_they_were(data: Path, tmp_path: Path) -> None:
    add_rulebook(data, "toy-measures")
    add_rulebook(data, "玩具办法", SECOND)
    before = tree(data)
    manifest = back_up(tmp_path / "b.tar.gz", data)
    shutil.rmtree(data / "rulebooks" / "toy-measures")
    add_rulebook(data, "later")

    restore(tmp_path / "b.tar.gz", data)

    assert len(before) == 4 and tree(data) == before
    assert [entry.name for entry in manifest.rulebooks or ()] == sorted(before)
    assert held(manifest) == "index.db, 2 rule books"
    assert len(load_rulebooks(data)) == 2
    assert not [name for name in names(data) if name.startswith(".")]


def test_rule_books_that_are_not_in_the_backup_go(data: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "b.tar.gz", data)
    add_rulebook(data, "later")

    restore(tmp_path / "b.tar.gz", data)

    assert names(data) - {"lock"} == {"index.db"}
    assert "later" in "".join(str(path) for path in replaced(data).rglob("*"))


def to_format_1(members: dict[str, bytes]) -> None:
    told = json.loads(members["manifest.json"])
    del told["rulebooks"]
    members["manifest.json"] = json.dumps(told | {"format": 1}).encode()


def test_an_archive_from_before_rule_books_leaves_them(data: Path, tmp_path: Path) -> None:
    back_up(tmp_path / "b.tar.gz", data)
    old = rewritten(tmp_path / "b.tar.gz", tmp_path / "old.tar.gz", to_format_1)
    add_rulebook(data, "kept")
    before = tree(data)

    assert restore(old, data).rulebooks is None

    assert tree(data) == before


def escape(name: str) -> Change:
    def change(members: dict[str, bytes]) -> None:
        told = json.loads(members["manifest.json"])
        told["rulebooks"].append({"name": name, "bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()})
        members["manifest.json"] = json.dumps(told).encode()
        members[name] = b"x"

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda members: [members.update({n: b"x"}) for n in list(members) if n.endswith(".md")],
            "is not what",
        ),
        (
            lambda members: [members.pop(n) for n in list(members) if n.endswith(".json") and "/" in n],
            "lacks",
        ),
        (escape("rulebooks/../../escaped"), "not a backup of Kewen"),
        (escape("/rulebooks/x"), "not a backup of Kewen"),
        (escape("rulebooks"), "not a backup of Kewen"),
    ],
)
def test_a_bad_rule_book_in_an_archive_changes_nothing(
    data: Path, tmp_path: Path, change: Change, said: str
) -> None:
    kept = add_turn(data, "冰芯在哪里？")
    add_rulebook(data, "toy-measures")
    back_up(tmp_path / "b.tar.gz", data)
    bad = rewritten(tmp_path / "b.tar.gz", tmp_path / "bad.tar.gz", change)
    add_rulebook(data, "later")
    before = tree(data)

    with pytest.raises(RestoreFailed, match=said):
        restore(bad, data)

    assert tree(data) == before and questions(data, kept)
    assert not [name for name in names(data) if name.startswith(".")]
    assert names(tmp_path) == {"data", "b.tar.gz", "bad.tar.gz"}


def test_a_damaged_rule_book_is_not_backed_up_as_if_it_were_whole(data: Path, tmp_path: Path) -> None:
    add_rulebook(data, "toy-measures")
    next((data / "rulebooks").rglob("*.md")).write_text("other words")

    with pytest.raises(BackupFailed, match="not what was harvested"):
        back_up(tmp_path / "b.tar.gz", data)

    assert names(tmp_path) == {"data"}


def test_a_text_that_is_being_written_is_not_in_the_archive(data: Path, tmp_path: Path) -> None:
    add_rulebook(data, "toy-measures")
    (data / "rulebooks" / "toy-measures" / ".abc.part").write_text("half")

    manifest = back_up(tmp_path / "b.tar.gz", data)

    assert len(manifest.rulebooks or ()) == 2


def test_beside_postgresql_the_archive_holds_the_rule_books_alone(data: Path, tmp_path: Path) -> None:
    url = "postgresql://kewen:secret@db.example.org/kewen"
    add_rulebook(data, "toy-measures")
    before = tree(data)

    manifest = back_up(tmp_path / "b.tar.gz", data, url=url)
    shutil.rmtree(data / "rulebooks")
    restore(tmp_path / "b.tar.gz", data, url=url)

    assert held(manifest) == "1 rule book" and tree(data) == before
    told = elsewhere(url) or ""
    assert "pg_dump" in told and "secret" not in told


def test_rule_books_alone_leave_the_databases(data: Path, tmp_path: Path) -> None:
    kept = add_turn(data, "冰芯在哪里？")
    add_rulebook(data, "toy-measures")
    back_up(tmp_path / "b.tar.gz", data, url="postgresql://kewen@db.example.org/kewen")
    (data / "lexical").mkdir()

    restore(tmp_path / "b.tar.gz", data)

    assert questions(data, kept) and (data / "lexical").is_dir()
