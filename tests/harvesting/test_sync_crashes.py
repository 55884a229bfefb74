"""kill -9 at any instant: nothing is lost, nothing is half-written, the next run goes on."""

from __future__ import annotations

import random
import shutil
import signal
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from corpus.records import Resource
from storage.database import Database, open_database
from storage.harvested import HarvestedRecords
from storage.harvests import Harvests
from tests.harvesting import crash_child
from tests.harvesting.samples import catalogue, dataset
from tests.patience import PATIENCE_S
from tests.processes import forked, start

PAGES, PER_PAGE = 12, 25


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    write(made, "first")
    return made


def write(folder: Path, word: str) -> None:
    for page in range(PAGES):
        numbers = range(page * PER_PAGE, (page + 1) * PER_PAGE)
        some = (dataset(number, title=f"The {word} title of basin {number}") for number in numbers)
        (folder / f"{page:02}.json").write_bytes(catalogue(*some))


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Iterator[Database]:
    shutil.copyfile(migrated, tmp_path / "kewen.db")
    opened = open_database(f"sqlite:///{tmp_path / 'kewen.db'}")
    yield opened
    opened.close()


def child(tmp_path: Path, folder: Path) -> tuple[BaseProcess, Connection]:
    """A process that harvests the folder, and what it says of it."""
    here, there = forked.Pipe(duplex=False)
    process = start(crash_child.harvest, f"sqlite:///{tmp_path / 'kewen.db'}", str(folder), there)
    there.close()
    return process, here


def lines(said: Connection) -> Iterator[str]:
    """What a child says, until it ends."""
    while said.poll(PATIENCE_S):
        try:
            yield said.recv()
        except EOFError:
            return


def ended(process: BaseProcess, said: Connection) -> str:
    """The last that a child says which is left alone."""
    last = list(lines(said))[-1]
    process.join(PATIENCE_S)
    return last


def killed(process: BaseProcess, said: Connection, page: int, later_s: float) -> bool:
    """Kill it a moment after that page; True when it had not ended by then."""
    for line in lines(said):
        if line.startswith("done"):
            break
        if line.split()[0] == str(page) or (page == 0 and line == "begun"):
            threading.Event().wait(later_s)
            process.kill()
            break
    process.join(PATIENCE_S)
    said.close()
    return process.exitcode == -signal.SIGKILL


def check_whole(database: Database) -> dict[str, str]:
    """Every stored record is whole, and has the original it was made of; id -> title."""
    found = {}
    for record in HarvestedRecords(database).live():
        resource = Resource.model_validate_json(record.resource)
        assert resource.name.en.encode() in record.original
        found[record.id] = resource.name.en
    return found


def test_random_kills_lose_nothing_and_the_next_run_goes_on(
    tmp_path: Path, folder: Path, database: Database
) -> None:
    chance = random.Random(7)
    kills = 0
    for _ in range(2):
        kills += killed(*child(tmp_path, folder), chance.randrange(PAGES), chance.random() * 0.02)
        check_whole(database)
    last = Harvests(database).last_run("ice")
    resumed_from = last.counts.get("pages", 0) if last and last.state == "running" else 0

    out = ended(*child(tmp_path, folder))

    assert kills and "done" in out
    titles = check_whole(database)
    assert len(titles) == PAGES * PER_PAGE
    if resumed_from:
        assert "done True" in out  # it went on, and did not begin anew
    assert Harvests(database).runs("ice")[0].state == "done"


def test_a_kill_while_texts_change_leaves_each_record_old_or_new(
    tmp_path: Path, folder: Path, database: Database
) -> None:
    ended(*child(tmp_path, folder))
    write(folder, "second")
    assert killed(*child(tmp_path, folder), 5, 0.005)

    between = check_whole(database)

    assert len(between) == PAGES * PER_PAGE
    assert {title.split()[1] for title in between.values()} == {"first", "second"}
    ended(*child(tmp_path, folder))
    assert {title.split()[1] for title in check_whole(database).values()} == {"second"}
