"""One contract for every format: nothing is withdrawn, and nobody is told "done", unless all was shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

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
from tests.harvesting.conftest import Clock
from tests.harvesting.http_server import Asked, Said, Site

Run = Callable[..., SyncReport]


@pytest.fixture
def run(database: Database, site: Site, clock: Clock) -> Iterator[Run]:
    """Harvests a path of the site as source `toy`, whole."""
    guard = Guard(["127.0.0.1"], ["127.0.0.1"])
    with Fetcher(guard, Limits(delay_s=0.0), wait=clock.wait, clock=clock) as fetcher:

        def one(path: str, form: str, **more: Any) -> SyncReport:
            source = HarvestSource(name="toy", url=f"{site.url}{path}", format=form, **more)
            return Sync(database, source, WebBodies(fetcher), who="test").run(full=True, afresh=True)

        yield one


def rules(report: SyncReport) -> list[str]:
    return [one.rule for one in report.refusals]


# OAI-PMH


def oai(numbers: range, token: str = "", size: int | None = None, error: str = "") -> bytes:
    rows = "".join(
        f"<record><header><identifier>oai:toy:{n}</identifier><datestamp>2026-01-02</datestamp></header>"
        '<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Tide record {n}</dc:title></oai_dc:dc>'
        "</metadata></record>"
        for n in numbers
    )
    total = f' completeListSize="{size}"' if size is not None else ""
    inside = error or (f"<ListRecords>{rows}<resumptionToken{total}>{token}</resumptionToken></ListRecords>")
    return f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{inside}</OAI-PMH>'.encode()


def test_a_server_that_gives_new_tokens_for_ever_is_left_after_a_few_pages(run: Run, site: Site) -> None:
    def answer(asked: Asked) -> Said:
        return Said(oai(range(2), token=f"t{len(site.asked)}"))

    site.on("/oai", answer)
    report = run("/oai", "oai_pmh")

    assert len(site.asked) <= 5
    assert rules(report) == ["page.barren"] and report.loss
    assert report.counts["new"] == 2


def test_a_listing_shorter_than_it_says_withdraws_nothing(run: Run, site: Site, database: Database) -> None:
    site.on("/oai", oai(range(10), size=10))
    assert run("/oai", "oai_pmh").loss is None
    site.on("/oai", oai(range(8), size=10))

    for _ in range(2):  # the second time its page is what it was
        report = run("/oai", "oai_pmh")

        assert rules(report) == ["listing.incomplete"]
        assert "has 10 and ends after 8" in (report.sentence or "")
        assert not report.whole and report.counts["withdrawn"] == 0
        assert len(list(HarvestedRecords(database).live())) == 10

    site.on("/oai", oai(range(8), size=8))
    assert run("/oai", "oai_pmh").counts["withdrawn"] == 2


def test_empty_pages_in_between_are_passed_over(run: Run, site: Site) -> None:
    pages = {"": oai(range(2), "a"), "a": oai(range(0), "b"), "b": oai(range(2, 4))}
    site.on("/oai", lambda asked: Said(pages[asked.query.get("resumptionToken", "")]))

    report = run("/oai", "oai_pmh")

    assert (report.counts["new"], report.whole) == (4, True)


@pytest.mark.parametrize("status", [200, 404, 422, 503])
def test_errors_of_a_protocol_are_read_under_any_status(run: Run, site: Site, status: int) -> None:
    site.on("/oai", Said(oai(range(0), error='<error code="noRecordsMatch">none</error>'), status))
    report = run("/oai", "oai_pmh")
    assert (report.state, report.loss) == ("done", None)

    site.on("/oai", Said(oai(range(0), error='<error code="badArgument">no such set: moon</error>'), status))
    with pytest.raises(Exception, match="no such set: moon"):
        run("/oai", "oai_pmh")


def test_what_is_not_there_is_not_called_silent(run: Run) -> None:
    with pytest.raises(SyncFailed, match=r"is not there.*404"):
        run("/nothing", "oai_pmh")


# CSW


class Csw:
    """Seven records; `broken` ones make every page that holds them an exception."""

    def __init__(self, site: Site, *, tell_next: bool = True, most: int = 2) -> None:
        self.tell_next, self.most = tell_next, most
        self.broken: set[int] = set()
        self.hidden: set[int] = set()
        self.matched = 7
        site.on("/csw", self.answer)

    def answer(self, asked: Asked) -> Said:
        start, wanted = int(asked.query["startPosition"]), int(asked.query["maxRecords"])
        numbers = range(start, min(start + min(wanted, self.most), 8))
        if self.broken & set(numbers):
            return Said(
                b'<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows"><ows:Exception '
                b'exceptionCode="NoApplicableCode"><ows:ExceptionText>record cannot be serialised'
                b"</ows:ExceptionText></ows:Exception></ows:ExceptionReport>",
                500,
            )
        rows = "".join(
            '<csw:Record xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:identifier>map-{n}</dc:identifier><dc:title>Map sheet {n}</dc:title></csw:Record>"
            for n in numbers
            if n not in self.hidden
        )
        after = numbers.stop if numbers.stop <= 7 else 0
        told = f' nextRecord="{after}"' if self.tell_next else ""
        return Said(
            '<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"><csw:SearchResults '
            f'numberOfRecordsMatched="{self.matched}"{told}>{rows}</csw:SearchResults>'
            "</csw:GetRecordsResponse>".encode()
        )


def test_csw_goes_on_where_the_server_does_not_say_how(run: Run, site: Site) -> None:
    Csw(site, tell_next=False)
    report = run("/csw", "csw")
    assert (report.counts["new"], report.loss) == (7, None)


def test_csw_goes_on_after_an_empty_page_and_counts_what_is_missing(run: Run, site: Site) -> None:
    Csw(site).hidden = {3, 4}
    report = run("/csw", "csw")
    assert report.counts["new"] == 5
    assert "has 7 and ends after 5" in (report.loss or "")


@pytest.mark.parametrize("broken", [1, 4, 7])
def test_a_record_that_breaks_its_page_costs_only_itself(
    run: Run, site: Site, database: Database, broken: int
) -> None:
    Csw(site, most=100).broken = {broken}
    report = run("/csw", "csw")
    assert report.counts["new"] == 6
    assert report.loss and "record cannot be serialised" in report.loss
    assert [one.place for one in report.refusals if one.rule.startswith("csw")] == [f"{site.url}/csw"]
    alone = [int(one.query["startPosition"]) for one in site.asked if one.query.get("maxRecords") == "1"]
    assert broken in alone  # by itself, before it was given up
    held = HarvestedRecords(database).known("toy")
    assert set(held) == {f"map-{one}" for one in range(1, 8) if one != broken}
    assert len(site.asked) < 25


def test_a_service_that_always_fails_is_asked_a_few_times(run: Run, site: Site) -> None:
    Csw(site, most=100).broken = set(range(8))
    with pytest.raises(Exception, match="cannot be serialised"):
        run("/csw", "csw")
    assert len(site.asked) < 20


# Others


def test_a_catalogue_whose_pages_repeat_for_ever_is_left(run: Run, site: Site) -> None:
    def answer(asked: Asked) -> Said:
        here = f"{site.url}/dcat?page={asked.query.get('page', '1')}"
        after = f"{site.url}/dcat?page={int(asked.query.get('page', '1')) + 1}"
        text = (
            "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . "
            "@prefix hydra: <http://www.w3.org/ns/hydra/core#> . "
            '<http://t.example.org/1> a dcat:Dataset ; dct:title "Bus stops"@en ; dct:identifier "bus" . '
            f"<{here}> hydra:next <{after}> ."
        )
        return Said(text.encode(), headers={"Content-Type": "text/turtle"})

    site.on("/dcat", answer)
    report = run("/dcat", "dcat_ap")

    assert (report.counts["new"], rules(report)) == (1, ["page.barren"])
    assert len(site.asked) <= 5


def test_a_portal_that_counts_more_than_it_gives_is_not_whole(run: Run, site: Site) -> None:
    def answer(asked: Asked) -> Said:
        start = int(asked.query["start"])
        found = [
            {"id": f"p{n}", "name": f"p{n}", "title": f"Parks {n}", "metadata_modified": "2026-01-02"}
            for n in range(start, min(start + 3, 5))
        ]
        return Said(json.dumps({"success": True, "result": {"count": 9, "results": found}}).encode())

    site.on("/api/3/action/package_search", answer)
    report = run("", "ckan")

    assert report.counts["new"] == 5
    assert "has 9 and ends after 5" in (report.loss or "")


def test_what_a_source_says_and_no_field_of_ours_takes_is_counted_by_its_fields(run: Run, site: Site) -> None:
    found = [
        {"identifier": f"p{n}", "title": f"Parks {n}", "description": "Parks.", "soilDepth": f"{n} m below"}
        for n in range(3)
    ]
    site.on("/data.json", Said(json.dumps({"dataset": found}).encode()))

    report = run("/data.json", "dcat_us")

    assert report.unread == {"soilDepth": 3}
    assert rules(report)[-1] == "fields.unread" and "soilDepth (3)" in report.refusals[-1].message
    assert (report.whole, report.loss) == (True, None)
