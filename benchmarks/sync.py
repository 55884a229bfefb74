"""What harvesting costs: first run, unchanged, one changed, the index after it, and random kills.

    python -m benchmarks.sync [--records N] [--kills N]

Records are made up, in the DCAT-US form, and read from a file and over HTTP on loopback. Vectors are random,
so that everything but the model is measured; embeddings are counted. With `--kills` a run over pages is
killed (-9) that many times at random instants and checked after each.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.index_build import RandomEmbedder
from corpus.harvest.records import HarvestSource
from corpus.loaders import load_corpus
from corpus.records import Resource
from harvesting.bodies import FileBodies, WebBodies
from harvesting.catalogue import with_harvested
from harvesting.checking import check_all
from harvesting.fetching import Fetcher, Limits
from harvesting.guarding import Guard
from harvesting.reporting import SyncReport
from harvesting.sync import Sync
from retrieval.embedding import Vector
from retrieval.indexing import IndexHome, build_index
from storage.database import Database, open_database
from storage.harvested import HarvestedRecords
from storage.harvests import Harvests


class CountingEmbedder(RandomEmbedder):
    """Random vectors; counts the texts that it was given."""

    def __init__(self) -> None:
        self.texts = 0

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        self.texts += len(texts)
        return super().embed_passages(texts)


def catalogue(numbers: Sequence[int], word: str = "mass") -> bytes:
    datasets = [
        {
            "@type": "dcat:Dataset",
            "identifier": f"glacier-{n}",
            "title": f"Glacier {word} balance of basin {n}",
            "description": f"Yearly balance of basin {n} from stakes and snow pits, with uncertainty. " * 4,
            "modified": "2026-03-01",
            "accessLevel": "public",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "landingPage": f"https://ice.example.org/basins/{n}",
            "publisher": {"name": "Institute of Ice"},
            "contactPoint": {"fn": "Ice desk", "hasEmail": "mailto:desk@ice.example.org"},
            "keyword": ["glacier", f"basin {n}"],
        }
        for n in numbers
    ]
    return json.dumps(
        {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": datasets}
    ).encode()


def timed(what: str, run: Sync, records: int) -> SyncReport:
    began, cpu = time.perf_counter(), time.process_time()
    report = run.run()
    took, used = time.perf_counter() - began, time.process_time() - cpu
    counts = {name: number for name, number in report.counts.items() if number}
    print(f"{what:<34}{took:7.2f} s {used:7.2f} s CPU {records / used:9.0f} records/s  {counts}")
    return report


def measure(folder: Path, records: int) -> None:
    database = open_database(f"sqlite:///{folder / 'kewen.db'}")
    path = folder / "catalogue.json"
    path.write_bytes(catalogue(range(records)))
    source = HarvestSource(name="ice", url=str(path))

    def sync() -> Sync:
        return Sync(database, source, FileBodies(2**32), who="benchmark")

    timed("first run, file", sync(), records)
    checked(database, records)
    timed("unchanged, file", sync(), records)
    embedder = CountingEmbedder()
    with IndexHome(folder) as home:
        build_index(with_harvested(load_corpus(), database), home, embedder)
        print(f"{'index, first':<34}{embedder.texts} texts embedded")
        embedder.texts, began = 0, time.perf_counter()
        build_index(with_harvested(load_corpus(), database), home, embedder)
        print(
            f"{'index, unchanged':<34}{time.perf_counter() - began:7.2f} s, {embedder.texts} texts embedded"
        )
        changed = catalogue([*range(records - 1)]).replace(b"basin 17 from", b"basin 17 taken from")
        path.write_bytes(changed)
        timed("one changed, one withdrawn, file", sync(), records)
        build_index(with_harvested(load_corpus(), database), home, embedder)
        print(f"{'index, one changed':<34}{embedder.texts} texts embedded")
    over_http(database, path, records)
    database.close()


def checked(database: Database, records: int) -> None:
    began = time.process_time()
    done = check_all(HarvestedRecords(database), Harvests(database))
    used = time.process_time() - began
    print(f"{'checking for orders and privacy':<34}{used:17.2f} s CPU {done / used:9.0f} records/s")


def over_http(database: Database, path: Path, records: int) -> None:
    """The same catalogue from a server, which knows ETags."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = path.read_bytes()
            same = self.headers.get("If-None-Match") == '"1"'
            self.send_response(304 if same else 200)
            self.send_header("ETag", '"1"')
            self.send_header("Content-Length", "0" if same else str(len(body)))
            self.end_headers()
            if not same:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/data.json"
    source = HarvestSource(name="web", url=url, format="dcat_us")
    with Fetcher(Guard(["127.0.0.1"], ["127.0.0.1"]), Limits(max_bytes=2**32)) as fetcher:
        for what in ("first run, HTTP", "unchanged, HTTP 304"):
            timed(what, Sync(database, source, WebBodies(fetcher), who="benchmark"), records)
    server.shutdown()
    server.server_close()


def kill(folder: Path, kills: int, records: int) -> None:
    """A run over many files is killed and taken up until it ends; every state between is checked."""
    pages, chance = 40, random.Random(1)
    per_page = max(1, records // pages)
    place, url = folder / "in", f"sqlite:///{folder / 'kills.db'}"
    place.mkdir()
    database = open_database(url)
    done = lost = round_ = 0
    began = time.perf_counter()
    while done < kills:
        round_ += 1
        for page in range(pages):
            numbers = range(page * per_page, (page + 1) * per_page)
            (place / f"{page:02}.json").write_bytes(catalogue(numbers, f"round {round_}"))
        ended = False
        while not ended:
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.harvesting.crash_child", url, str(place)],
                stdout=subprocess.PIPE,
                text=True,
            )
            assert child.stdout is not None
            child.stdout.readline()  # it has begun
            if done < kills:
                threading.Event().wait(chance.random() * 1.2)
                child.send_signal(signal.SIGKILL)
            child.stdout.read()
            child.stdout.close()
            ended = child.wait() == 0
            done += not ended
            lost += not whole(database, round_, pages * per_page)
        last = Harvests(database).last_run("ice")
        assert last is not None and last.state == "done"
    held = sum(1 for _ in HarvestedRecords(database).live())
    took = time.perf_counter() - began
    print(f"{done} kills in {round_} runs, {took:.0f} s: {held} of {pages * per_page} records held")
    print(f"{lost} states that were not whole")
    database.close()


def whole(database: Database, round_: int, records: int) -> bool:
    """Each record is of this round or the one before, made of the original beside it, and none is gone."""
    live = 0
    for record in HarvestedRecords(database).live():
        live += 1
        title = Resource.model_validate_json(record.resource).name.en
        if title.encode() not in record.original:
            return False
        if not any(f"round {n} " in title for n in (round_, round_ - 1)):
            return False
    return live == records or round_ == 1


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=10_000)
    options.add_argument("--kills", type=int, default=0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if given.kills:
            kill(Path(name), given.kills, min(given.records, 4000))
        else:
            measure(Path(name), given.records)


if __name__ == "__main__":
    main()
