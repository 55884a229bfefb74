"""Runs over a source that changes, breaks and lies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.harvest.errors import HarvestError
from corpus.harvest.records import HarvestSource
from corpus.records import Resource
from harvesting.bodies import FileBodies, WebBodies
from harvesting.errors import FetchRefused, SyncFailed, SyncStopped
from harvesting.fetching import Fetcher, Limits
from harvesting.guarding import Guard
from harvesting.reporting import SyncReport
from harvesting.sync import Sync
from storage.database import Database
from storage.harvested import HarvestedRecords
from storage.harvests import Harvests
from tests.harvesting.conftest import Clock
from tests.harvesting.http_server import Asked, Said, Site
from tests.harvesting.samples import catalogue, dataset


class Web:
    """Harvests `/data.json` of the site under the name `ice`."""

    def __init__(self, database: Database, site: Site, clock: Clock) -> None:
        self.database, self.site = database, site
        guard = Guard(["127.0.0.1"], ["127.0.0.1"])
        limits = Limits(delay_s=0.0, max_bytes=3_000_000)
        self.fetcher = Fetcher(guard, limits, wait=clock.wait, clock=clock)
        self.source = HarvestSource(name="ice", url=f"{site.url}/data.json")
        self.records = HarvestedRecords(database)
        self.harvests = Harvests(database)

    def run(self, *, dry: bool = False, **how: bool) -> SyncReport:
        sync = Sync(self.database, self.source, WebBodies(self.fetcher), who="test", dry=dry)
        return sync.run(**how)

    def holds(self, *datasets: dict[str, Any]) -> None:
        self.site.on("/data.json", catalogue(*datasets))

    def live(self) -> dict[str, Resource]:
        return {one.id: Resource.model_validate_json(one.resource) for one in self.records.live()}


@pytest.fixture
def web(database: Database, site: Site, clock: Clock) -> Iterator[Web]:
    made = Web(database, site, clock)
    yield made
    made.fetcher.close()


def counts(report: SyncReport) -> dict[str, int]:
    return {name: number for name, number in report.counts.items() if number and not name.startswith("page")}


def test_a_catalogue_comes_in_with_its_originals(web: Web) -> None:
    web.holds(dataset(1), dataset(2))

    report = web.run()

    assert (report.state, counts(report)) == ("done", {"new": 2})
    assert set(web.live()) == {"ice:glacier-1", "ice:glacier-2"}
    kept = web.records.get("ice:glacier-1")
    assert json.loads(kept.original)["title"] == "Glacier mass balance of basin 1"
    origin = web.live()["ice:glacier-1"].origin
    assert origin is not None and origin.source == "ice" and origin.harvested


def test_what_has_not_changed_is_neither_read_nor_written(web: Web) -> None:
    web.holds(*(dataset(number) for number in range(20)))
    web.run()
    revision = web.records.revision()

    report = web.run()

    assert counts(report) == {"unchanged": 20}
    assert report.counts["pages_unchanged"] == 1
    assert web.records.revision() == revision


def test_where_a_body_fits_two_forms_the_run_says_which_it_took_and_the_flag_for_the_other(web: Web) -> None:
    both = json.loads(catalogue(dataset(1))) | {"name": "ice", "metadata_modified": "2020-01-01"}
    web.site.on("/data.json", json.dumps(both).encode())

    told = [one.message for one in web.run().refusals if one.rule == "format.several"]

    assert len(told) == 1 and "is read as dcat_us" in told[0] and "--format ckan" in told[0]
    web.source = web.source.model_copy(update={"format": "dcat_us"})
    assert not [one for one in web.run(afresh=True, full=True).refusals if one.rule == "format.several"]


def test_a_source_left_out_of_scheduled_runs_stays_out_when_it_is_harvested_by_hand(web: Web) -> None:
    web.holds(dataset(1))
    web.run()
    web.harvests.set_scheduled("ice", False)
    web.holds(dataset(1), dataset(2))

    web.run()

    stored = web.harvests.source("ice")
    assert stored is not None and not stored.scheduled


def test_a_validator_saves_even_the_download(web: Web) -> None:
    body = catalogue(dataset(1))

    def answer(asked: Asked) -> Said:
        if asked.headers.get("if-none-match") == '"7"':
            return Said(status=304)
        return Said(body, headers={"ETag": '"7"'})

    web.source = web.source.model_copy(update={"format": "dcat_us"})
    web.site.on("/data.json", answer)
    web.run()

    assert counts(web.run()) == {"unchanged": 1}
    assert web.site.asked[-1].headers["if-none-match"] == '"7"'


def test_only_what_changed_is_written_again(web: Web) -> None:
    web.holds(dataset(1), dataset(2), dataset(3))
    web.run()
    before = {one.id: one.changed for one in web.records.live()}
    web.holds(dataset(1), dataset(2, title="Glacier thickness of basin 2"), dataset(3))

    report = web.run()

    assert counts(report) == {"changed": 1, "unchanged": 2}
    after = {one.id: one.changed for one in web.records.live()}
    assert [id_ for id_ in after if after[id_] != before[id_]] == ["ice:glacier-2"]
    assert web.live()["ice:glacier-2"].name.en == "Glacier thickness of basin 2"


def test_a_dry_run_shows_the_difference_and_writes_nothing(web: Web) -> None:
    web.holds(dataset(1), dataset(2))
    web.run()
    runs = len(web.harvests.runs())
    web.holds(dataset(1, title="Snow line of basin 1"), dataset(3))

    report = web.run(dry=True)

    told = {(change.kind, change.id) for change in report.changes}
    assert told == {("changed", "ice:glacier-1"), ("new", "ice:glacier-3"), ("withdrawn", "ice:glacier-2")}
    fields = next(change.fields for change in report.changes if change.kind == "changed")
    assert ("name", "Glacier mass balance of basin 1", "Snow line of basin 1") in fields
    assert set(web.live()) == {"ice:glacier-1", "ice:glacier-2"}
    assert len(web.harvests.runs()) == runs


def test_a_withdrawn_record_leaves_a_tombstone_that_names_its_successor(web: Web) -> None:
    web.holds(dataset(1), dataset(2), dataset(3))
    web.run()
    web.holds(dataset(1), dataset(2), dataset(30, landingPage="https://ice.example.org/basins/3"))

    report = web.run()

    assert counts(report) == {"new": 1, "unchanged": 2, "withdrawn": 1}
    gone = web.records.get("ice:glacier-3")
    assert gone.withdrawn is not None and gone.reason is not None
    assert (gone.successor, set(gone.reason)) == ("ice:glacier-30", {"zh", "en"})
    assert "ice:glacier-3" not in web.live()


def test_what_comes_back_is_live_again_unless_staff_withdrew_it(web: Web) -> None:
    web.holds(*(dataset(number) for number in range(4)))
    web.run()
    web.holds(dataset(0), dataset(1))
    web.run()
    web.records.withdraw("ice:glacier-1", reason={"zh": "重复", "en": "A duplicate"}, successor=None)
    web.holds(*(dataset(number) for number in range(4)))

    report = web.run()

    assert counts(report) == {"returned": 2, "unchanged": 2}
    assert set(web.live()) == {"ice:glacier-0", "ice:glacier-2", "ice:glacier-3"}


def test_a_source_that_is_suddenly_empty_takes_nothing_away(web: Web) -> None:
    web.holds(*(dataset(number) for number in range(10)))
    web.run()
    web.holds()

    with pytest.raises((SyncStopped, HarvestError)):
        web.run()

    assert len(web.live()) == 10
    last = web.harvests.last_run("ice")
    assert last is not None and last.state in ("stopped", "failed") and last.sentence


def test_losing_more_than_the_threshold_stops_the_run_with_a_sentence(web: Web) -> None:
    web.holds(*(dataset(number) for number in range(20)))
    web.run()
    web.holds(*(dataset(number) for number in range(10)), dataset(77))

    with pytest.raises(SyncStopped, match=r"10 of 20 records \(50 %\)"):
        web.run()
    assert len(web.live()) == 21

    assert web.run(accept_loss=True).counts["withdrawn"] == 10
    assert len(web.live()) == 11


def test_a_source_that_is_down_changes_nothing_and_says_so(web: Web) -> None:
    web.holds(dataset(1))
    web.run()
    web.site.on("/data.json", Said(b"maintenance", 503))

    with pytest.raises(SyncFailed, match="503"):
        web.run()

    assert set(web.live()) == {"ice:glacier-1"}


def test_one_bad_record_never_stops_a_run_and_never_withdraws_itself(web: Web) -> None:
    web.holds(dataset(1), dataset(2))
    web.run()
    web.holds(dataset(1), dataset(2, title=""), dataset(3))

    report = web.run()

    assert counts(report) == {"unchanged": 1, "new": 1, "refused": 1}
    assert "ice:glacier-2" in web.live()
    refusal = next(one for one in report.refusals if one.record == "glacier-2")
    assert refusal.rule and "data.json" in refusal.place
    assert report.run_id is not None
    assert refusal in web.harvests.refusals(report.run_id)


def test_two_records_with_one_identifier_are_not_mixed_up(web: Web) -> None:
    web.holds(dataset(1), dataset(1, title="Something else altogether"), dataset(2))

    report = web.run()

    assert report.counts["new"] == 2
    assert web.live()["ice:glacier-1"].name.en == "Glacier mass balance of basin 1"


def test_a_page_that_cannot_be_read_is_refused_by_name(web: Web) -> None:
    web.site.on("/data.json", b"<html><body>Down for maintenance</body></html>")

    report = web.run()
    assert report.sentence is not None and "no record" in report.sentence
    assert report.refusals and report.refusals[0].rule

    web.site.on("/data.json", b'{"dataset": [')
    with pytest.raises(HarvestError):
        web.run()
    assert web.live() == {}


def test_an_address_that_may_not_be_fetched_is_refused(database: Database) -> None:
    source = HarvestSource(name="x", url="http://127.0.0.1:9/data.json")
    with Fetcher(Guard(["127.0.0.1"])) as fetcher, pytest.raises(FetchRefused, match="KEWEN_HARVEST_PRIVATE"):
        Sync(database, source, WebBodies(fetcher), who="test").run()


def test_every_run_is_recorded(web: Web) -> None:
    web.holds(dataset(1))
    web.run()
    web.holds(dataset(1), dataset(2))
    web.run()

    newest, first = web.harvests.runs("ice")

    assert (newest.who, newest.state, newest.counts["new"], first.counts["new"]) == ("test", "done", 1, 1)
    assert newest.finished is not None and newest.finished >= newest.started


def test_a_file_and_a_folder_are_sources_too(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.json").write_bytes(catalogue(dataset(1)))
    (folder / "b.json").write_bytes(catalogue(dataset(2), dataset(3)))
    (folder / "c.json").write_bytes(b"{broken")
    (folder / "notes.md").write_text("not read")
    source = HarvestSource(name="files", url=str(folder))

    report = Sync(database, source, FileBodies(1_000_000), who="test").run()

    assert (report.counts["new"], report.counts["refused"]) == (3, 1)
    assert report.refusals[0].place.endswith("c.json")
    (folder / "b.json").unlink()
    # One file cannot be read, so what is not seen may stand in it.
    again = Sync(database, source, FileBodies(1_000_000), who="test").run()
    assert again.counts["withdrawn"] == 0 and again.sentence is not None


def test_a_file_over_the_limit_is_refused(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "big.json"
    path.write_bytes(catalogue(dataset(1)))
    source = HarvestSource(name="files", url=str(path))

    with pytest.raises(FetchRefused, match="size"):
        Sync(database, source, FileBodies(100), who="test").run()
