"""Opening, migrating and refusing a database."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text

from storage.conversations import Conversations
from storage.database import HEAD, MIGRATIONS, VERSION_TABLE, Database, open_database
from storage.errors import RecordUnknown, SchemaNewer, StorageUnavailable
from storage.harvest_tables import metadata
from storage.records import Conversation, StoredAnswer, new_id
from storage.tables import answers
from tests.patience import PATIENCE_S
from tests.processes import start


def test_migrations_make_the_tables_of_tables_py(new_url: str) -> None:
    database = open_database(new_url)
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []
    database.close()


def test_the_newest_step_is_the_one_that_the_code_expects() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_opening_again_keeps_what_is_there(url: str) -> None:
    first = open_database(url)
    conversation = Conversation()
    Conversations(first).add_turn(
        conversation, "问题", StoredAnswer("a_1", conversation.id, b"{}", "answered", "composer")
    )
    first.close()

    second = open_database(url)

    assert Conversations(second).get(conversation.id).id == conversation.id
    second.close()


def _find(url: str, conversation_id: str) -> None:
    database = open_database(url)
    Conversations(database).get(conversation_id)
    database.close()


def test_what_is_open_twice_here_loses_nothing_when_another_process_closes_it(url: str) -> None:
    """As when a server has looked for a new catalogue, and a command is run beside it."""
    serving = open_database(url)

    def add() -> str:
        talk = Conversation()
        answer = StoredAnswer(new_id("a"), talk.id, b"{}", "answered", "composer")
        Conversations(serving).add_turn(talk, "问题", answer)
        return talk.id

    before = add()
    open_database(url).close()
    beside = [start(_find, url, before)]
    beside[0].join(PATIENCE_S)
    beside.append(start(_find, url, add()))
    beside[1].join(PATIENCE_S)
    serving.close()

    assert [one.exitcode for one in beside] == [0, 0]


def test_opening_needs_no_working_directory(
    new_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    open_database(new_url).close()


def test_several_may_open_a_new_database_at_once(new_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: open_database(new_url), range(4)))

    for database in opened:
        database.close()


def test_a_newer_schema_is_refused_with_a_clear_sentence(url: str) -> None:
    database = open_database(url)
    with database.write() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    database.close()

    with pytest.raises(SchemaNewer, match=r"schema 9999.*newer Kewen") as raised:
        open_database(url)

    assert raised.value.code == "storage_newer"


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    conversations = Conversations(database)
    conversation = Conversation()
    answer = StoredAnswer("a_1", conversation.id, b"{}", "answered", "composer")
    conversations.add_turn(conversation, "一", answer)
    other = Conversation()

    with pytest.raises(StorageUnavailable):
        conversations.add_turn(other, "二", answer)  # the same answer id again

    with pytest.raises(RecordUnknown):
        conversations.get(other.id)


def test_an_error_does_not_show_the_question(database: Database) -> None:
    conversations = Conversations(database)
    conversation = Conversation()
    answer = StoredAnswer("a_1", conversation.id, b"{}", "answered", "composer")
    conversations.add_turn(conversation, "一", answer)

    with pytest.raises(StorageUnavailable) as raised:
        conversations.add_turn(Conversation(), "a private question", answer)

    assert "private" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "kewen.db"
    file.write_bytes(b"not a database at all, but long enough to be read as one" * 40)

    with pytest.raises(StorageUnavailable, match=r"kewen\.db"):
        open_database(f"sqlite:///{file}")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageUnavailable, match="file"):
        open_database(f"sqlite:///{tmp_path / 'file' / 'kewen.db'}")


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(StorageUnavailable, match=r"127\.0\.0\.1:9") as raised:
        open_database("postgresql://someone:hunter2@127.0.0.1:9/kewen")

    assert "hunter2" not in str(raised.value)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(StorageUnavailable, match="sqlite:///FILE"):
        open_database("kewen.db")


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'kewen.db'}")
    conversations = Conversations(database)
    kept = Conversation()
    conversations.add_turn(kept, "一", StoredAnswer("a_1", kept.id, b"{}", "answered", "composer"))

    with pytest.raises(StorageUnavailable, match=r"full.*disk has room"), database.write() as connection:
        # At its page limit SQLite says what it says on a full disk.
        connection.execute(text(f"PRAGMA max_page_count = {connection.scalar(text('PRAGMA page_count'))}"))
        big = StoredAnswer("a_2", kept.id, os.urandom(200_000), "answered", "composer")
        connection.execute(
            insert(answers).values(
                id=big.id,
                conversation_id=kept.id,
                created=big.created,
                body=big.body,
                status=big.status,
                generated_by=big.generated_by,
                level=big.level,
                timings={},
            )
        )

    assert [turn.answer_id for turn in conversations.turns(kept.id)] == ["a_1"]
    database.close()


def test_the_files_are_their_owner_s_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        opened = open_database(f"sqlite:///{tmp_path / 'data' / 'kewen.db'}")
        with opened.read():
            modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
        opened.close()
    finally:
        os.umask(before)

    assert modes == dict.fromkeys(("kewen.db", "kewen.db-wal", "kewen.db-shm"), 0o600)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
