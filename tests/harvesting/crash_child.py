"""A process that harvests files into a database, made to be killed at any instant."""

from __future__ import annotations

import sys

from corpus.harvest.records import HarvestSource
from harvesting.bodies import FileBodies
from harvesting.finishing import Terms
from harvesting.sync import Sync
from storage.database import open_database


def main(url: str, folder: str) -> None:
    database = open_database(url)
    source = HarvestSource(name="ice", url=folder)
    sync = Sync(
        database,
        source,
        FileBodies(10**8),
        who="child",
        terms=Terms(),
        # A line a page: whoever kills can choose his moment.
        progress=lambda step: say(f"{step.pages} {step.records}"),
    )
    say("begun")
    report = sync.run()
    say(f"done {report.resumed} {dict(report.counts)}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
