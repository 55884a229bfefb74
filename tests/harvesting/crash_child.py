"""A process that harvests files into a database, made to be killed at any instant."""

from __future__ import annotations

from multiprocessing.connection import Connection

from corpus.harvest.records import HarvestSource
from harvesting.bodies import FileBodies
from harvesting.finishing import Terms
from harvesting.sync import Sync
from storage.database import open_database


def harvest(url: str, folder: str, said: Connection) -> None:
    """Send "begun", how far it is after each page, and in the end "done", whether it went on, its counts."""
    database = open_database(url)
    sync = Sync(
        database,
        HarvestSource(name="ice", url=folder),
        FileBodies(10**8),
        who="child",
        terms=Terms(),
        # A line a page: whoever kills can choose his moment.
        progress=lambda step: said.send(f"{step.pages} {step.records}"),
    )
    said.send("begun")
    report = sync.run()
    said.send(f"done {report.resumed} {dict(report.counts)}")
