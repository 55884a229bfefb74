"""OAI-PMH over HTTP: tokens, deletions, changes since, a server that breaks off and forgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corpus.harvest.records import HarvestSource
from harvesting.bodies import WebBodies
from harvesting.errors import SyncFailed
from harvesting.fetching import Fetcher, Limits
from harvesting.guarding import Guard
from harvesting.reporting import SyncReport
from harvesting.sync import Sync
from storage.database import Database
from storage.harvested import HarvestedRecords
from storage.harvests import Harvests
from tests.harvesting.conftest import Clock
from tests.harvesting.http_server import Asked, Said, Site

PAGE = 2


class Repository:
    """A repository of records {number: datestamp}; pages of two behind tokens."""

    def __init__(self, site: Site) -> None:
        self.records = {number: f"2026-01-{number:02}" for number in range(1, 8)}
        self.deleted: set[int] = set()
        self.down_at: int | None = None
        self.salt = "a"
        site.on("/oai", self.answer)

    def answer(self, asked: Asked) -> Said:
        query = asked.query
        start, since = 0, query.get("from", "")
        if token := query.get("resumptionToken"):
            salt, number, since = token.split("|")
            if salt != self.salt:
                return self.said('<error code="badResumptionToken">expired</error>')
            start = int(number)
        if self.down_at is not None and start >= self.down_at:
            return Said(b"down", 503)
        numbers = sorted(one for one, stamp in self.records.items() if stamp >= since)
        if not numbers:
            return self.said('<error code="noRecordsMatch">none</error>')
        rows = "".join(self.record(number) for number in numbers[start : start + PAGE])
        after = f"{self.salt}|{start + PAGE}|{since}" if start + PAGE < len(numbers) else ""
        return self.said(f"<ListRecords>{rows}<resumptionToken>{after}</resumptionToken></ListRecords>")

    def record(self, number: int) -> str:
        gone = number in self.deleted
        status = ' status="deleted"' if gone else ""
        head = (
            f"<header{status}><identifier>oai:ice:{number}</identifier>"
            f"<datestamp>{self.records[number]}</datestamp></header>"
        )
        dc = (
            '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Glacier record {number} of '
            f"{self.records[number]}</dc:title><dc:description>Yearly mass balance of basin {number}."
            f"</dc:description><dc:identifier>https://ice.example.org/{number}</dc:identifier></oai_dc:dc>"
        )
        return f"<record>{head}</record>" if gone else f"<record>{head}<metadata>{dc}</metadata></record>"

    def said(self, inside: str) -> Said:
        text = (
            '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            '<responseDate>2026-11-22T00:00:00Z</responseDate><request verb="ListRecords">x</request>'
            f"{inside}</OAI-PMH>"
        )
        return Said(text.encode(), headers={"Content-Type": "text/xml"})


class Ice:
    def __init__(self, database: Database, site: Site, fetcher: Fetcher) -> None:
        self.database, self.site, self.fetcher = database, site, fetcher
        self.repository = Repository(site)
        self.records = HarvestedRecords(database)

    def run(self, **how: bool) -> SyncReport:
        source = HarvestSource(name="ice", url=f"{self.site.url}/oai", format="oai_pmh")
        return Sync(self.database, source, WebBodies(self.fetcher), who="test").run(**how)

    def live(self) -> list[str]:
        return [one.identifier for one in self.records.live()]


@pytest.fixture
def ice(database: Database, site: Site, clock: Clock) -> Iterator[Ice]:
    guard = Guard(["127.0.0.1"], ["127.0.0.1"])
    with Fetcher(guard, Limits(delay_s=0.0), wait=clock.wait, clock=clock) as fetcher:
        yield Ice(database, site, fetcher)


def test_all_pages_behind_tokens_come(ice: Ice) -> None:
    report = ice.run()

    assert (report.counts["new"], report.counts["pages"]) == (7, 4)


def test_the_next_run_asks_only_for_what_changed_since(ice: Ice) -> None:
    ice.run()
    ice.site.asked.clear()
    ice.repository.records[3] = "2026-02-01"

    report = ice.run()

    assert ice.site.asked[0].query["from"] == "2026-01-07"
    assert (report.counts["changed"], report.counts["pages"]) == (1, 1)
    assert len(ice.live()) == 7  # what was not listed is not gone
    assert ice.run().counts["changed"] == 0


def test_nothing_new_is_no_error(ice: Ice) -> None:
    ice.run()
    ice.repository.records = dict.fromkeys(ice.repository.records, "2025-01-01")

    report = ice.run()

    assert report.state == "done" and len(ice.live()) == 7
    assert report.counts["changed"] == report.counts["refused"] == 0


def test_a_deleted_record_becomes_a_tombstone(ice: Ice) -> None:
    ice.run()
    ice.repository.deleted.add(2)
    ice.repository.records[2] = "2026-03-01"

    report = ice.run()

    assert report.counts["withdrawn"] == 1
    assert "oai:ice:2" not in ice.live()
    [stone] = ice.records.withdrawn()
    assert stone.reason is not None and "marked" in stone.reason["en"]


def test_what_vanishes_without_a_word_is_found_by_a_whole_run(ice: Ice) -> None:
    ice.run()
    del ice.repository.records[5]

    assert ice.run().counts["withdrawn"] == 0
    assert ice.run(full=True).counts["withdrawn"] == 1


def test_a_run_that_broke_off_goes_on_with_its_token(ice: Ice) -> None:
    ice.repository.down_at = 4
    with pytest.raises(SyncFailed, match="goes on"):
        ice.run()
    assert len(ice.live()) == 4
    ice.site.asked.clear()
    ice.repository.down_at = None

    report = ice.run()

    assert report.resumed and report.counts["new"] == 7 and len(ice.live()) == 7
    assert ice.site.asked[0].query["resumptionToken"] == "a|4|"
    runs = Harvests(ice.database).runs("ice")
    assert [one.state for one in runs] == ["done"]


def test_a_token_that_the_server_forgot_begins_the_run_anew(ice: Ice) -> None:
    ice.repository.down_at = 4
    with pytest.raises(SyncFailed):
        ice.run()
    ice.repository.down_at, ice.repository.salt = None, "b"

    report = ice.run()

    assert not report.resumed
    assert (report.counts["new"], report.counts["unchanged"]) == (3, 4)
    assert len(ice.live()) == 7
