"""Rules, scores, and the reports made of them."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from corpus.details import DataDetails, Download, InstrumentDetails, Origin
from corpus.harvest.records import HarvestSource
from corpus.records import Access, Contact, Corpus, Identifier, Lines, Resource, Text
from harvesting.bodies import FileBodies
from harvesting.catalogue import with_harvested
from harvesting.duplicates import propose_merges
from harvesting.grading import as_json, lines_of, quality_report
from harvesting.quality import RULES, WEIGHTS, Beside, grade
from harvesting.quality_page import page_of
from harvesting.routes import with_route
from harvesting.sync import Sync
from storage.database import Database
from storage.harvest_records import LinkState
from storage.harvest_sides import Merges
from tests.harvesting.samples import catalogue, dataset

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LONG_ZH = (
    "逐年冰川物质平衡，由花杆和雪坑测得，附每年的不确定度和花杆位置，覆盖一九五九年以来的各个流域和观测点。"
)
LONG_EN = "Yearly mass balance of glaciers, from stakes and snow pits, with uncertainty and stake positions."


def good(**more: Any) -> Resource:
    values: dict[str, Any] = {
        "id": "ice:1",
        "type": "scientific_data",
        "name": Text(zh="冰川物质平衡数据集", en="Glacier mass balance"),
        "host": Text(zh="冰川研究所", en="Institute of Ice"),
        "url": "https://ice.cn/1",
        "identifiers": (Identifier(scheme="doi", value="10.12345/ice.1"),),
        "subjects": Lines(zh=("冰川",), en=("glacier",)),
        "holdings": Text(zh=LONG_ZH, en=LONG_EN),
        "access": Access(level="open"),
        "contact": Contact(email="desk@ice.cn"),
        "licence": "CC-BY-4.0",
        "modified": "2026-06-01",
        "details": DataDetails(files=(Download(url="https://ice.cn/1.csv", title="CSV"),)),
        "origin": Origin(source="ice", identifier="1", format="dcat_us"),
    }
    return Resource(**{**values, **more})


def rules(resource: Resource, **beside: Any) -> set[str]:
    return {one.rule for one in grade(resource, "ice", Beside(**beside), TODAY).findings}


def test_a_good_record_has_full_marks() -> None:
    graded = grade(good(), "ice", Beside(), TODAY)

    assert (graded.completeness, graded.freshness, graded.score) == (100, 100, 100)
    assert [one.rule for one in graded.findings] == []
    assert sum(WEIGHTS.values()) == 100


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"host": None}, "host.missing"),
        ({"url": None}, "address.missing"),
        ({"url": "http://localhost/x"}, "address.placeholder"),
        ({"details": None}, "route.missing"),
        ({"access": Access()}, "access.missing"),
        ({"licence": None}, "licence.missing"),
        ({"contact": None}, "contact.missing"),
        ({"identifiers": ()}, "identifier.missing"),
        ({"identifiers": (Identifier(scheme="orcid", value="0000-0000-0000-0002"),)}, "identifier.malformed"),
        ({"subjects": Lines()}, "subject.missing"),
        ({"holdings": None}, "description.missing"),
        ({"holdings": Text(zh="冰。", en="Ice.")}, "description.short"),
        ({"holdings": Text(zh=LONG_ZH + "锟斤拷", en=LONG_EN)}, "text.garbled"),
        ({"holdings": Text(zh=LONG_ZH + "电话13800138000", en=LONG_EN)}, "privacy.mobile"),
        ({"name": Text(zh="冰", en="Ice")}, "title.short"),
        ({"languages": ("en",)}, "language.single"),
        ({"modified": "2031-01-01"}, "date.impossible"),
        ({"issued": "2026-07-01"}, "date.impossible"),
        ({"modified": None}, "date.missing"),
        ({"modified": "2019-01-01"}, "date.stale"),
        ({"name": Text(zh="场发射扫描电子显微镜仪器", en="Scanning electron microscope")}, "type.differs"),
    ],
)
def test_what_is_missing_or_wrong_is_found_by_rule(change: dict[str, Any], rule: str) -> None:
    assert rule in rules(good(**change))
    assert rule in RULES


def test_a_dead_link_costs_address_and_freshness() -> None:
    state = LinkState("https://ice.cn/1", "dead", NOW, NOW - timedelta(days=3), 404)

    graded = grade(good(), "ice", Beside(links={"https://ice.cn/1": state}), TODAY)

    assert graded.completeness == 100 - WEIGHTS["address"]
    assert graded.freshness == 20
    assert next(one.detail for one in graded.findings) == "2026-11-19 HTTP 404"


def test_freshness_falls_from_one_year_to_ten() -> None:
    ages = [
        grade(good(modified=f"{year}-11-22"), "ice", Beside(), TODAY).freshness
        for year in (2025, 2021, 2016, 1999)
    ]

    assert ages == [100, 56, 0, 0]


def test_classes_and_levels_are_proposed_with_a_reason() -> None:
    secret = good(holdings=Text(zh=LONG_ZH + "密级：内部", en=LONG_EN), subjects=Lines())

    graded = grade(secret, "ice", Beside(subjects=frozenset({"冰川", "天文"})), TODAY)

    assert {(one.field, one.value) for one in graded.proposals} == {
        ("visibility", "staff"),
        ("subjects", "冰川"),
    }


def test_files_and_pages_of_a_record_are_its_way_in() -> None:
    data = with_route(good())
    microscope = with_route(
        good(
            type="instrument", details=InstrumentDetails(booking_url="https://ice.cn/book"), how_to_apply=None
        )
    )

    assert data.how_to_apply is not None and "CSV" in data.how_to_apply.steps.zh[0]
    assert microscope.how_to_apply is not None and "预约" in microscope.how_to_apply.steps.zh[0]
    assert with_route(good(details=None)).how_to_apply is None


def harvest(database: Database, folder: Path, name: str, *datasets: dict[str, Any]) -> None:
    path = folder / f"{name}.json"
    path.write_bytes(catalogue(*datasets))
    Sync(database, HarvestSource(name=name, url=str(path)), FileBodies(10**7), who="test").run()


EMPTY = Corpus(digest="0")


def test_two_sources_of_one_resource_become_one_card_with_two_origins(
    database: Database, tmp_path: Path
) -> None:
    harvest(database, tmp_path, "ice", dataset(1), dataset(2))
    harvest(
        database, tmp_path, "portal", dataset(1, identifier="p-1", license=None), dataset(9, identifier="p-9")
    )

    assert propose_merges(EMPTY, database) == 1
    [pair] = Merges(database).all()
    assert (pair.kept, pair.other, pair.state) == ("ice:glacier-1", "portal:p-1", "proposed")
    assert len(with_harvested(EMPTY, database).resources) == 4

    Merges(database).decide("portal:p-1", "ice:glacier-1", "accepted", "staff")
    corpus = with_harvested(EMPTY, database)

    card = corpus.by_id["ice:glacier-1"]
    assert isinstance(card, Resource) and [one.source for one in card.origins] == ["ice", "portal"]
    assert "portal:p-1" not in corpus.by_id
    assert corpus.gone["portal:p-1"].successor == "ice:glacier-1"
    assert propose_merges(EMPTY, database) == 0


def test_a_pair_that_staff_rejected_is_not_proposed_again(database: Database, tmp_path: Path) -> None:
    harvest(database, tmp_path, "ice", dataset(1))
    harvest(database, tmp_path, "portal", dataset(1, identifier="p-1"))
    propose_merges(EMPTY, database)
    Merges(database).decide("ice:glacier-1", "portal:p-1", "rejected", "staff")

    assert propose_merges(EMPTY, database) == 0
    assert len(with_harvested(EMPTY, database).resources) == 2


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attributes if name in ("src", "href")]


def test_the_report_is_a_table_json_and_a_page_without_script(database: Database, tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script> title of a data set"
    harvest(database, tmp_path, "ice", dataset(1), dataset(2, title=nasty, description="short"))

    report = quality_report(EMPTY, database, today=TODAY)

    assert [one.name for one in report.suppliers] == ["ice"]
    assert report.records[0].id == "ice:glacier-2"
    assert sum(report.histogram()) == 2
    text = "\n".join(lines_of(report))
    assert "description.short" in text and "ice:glacier-2" in text
    told = json.loads(json.dumps(as_json(report)))
    assert told["records"][0]["findings"] and told["suppliers"][0]["last_run"]["state"] == "done"
    page = page_of(report)
    parsed = _Page()
    parsed.feed(page)
    assert "script" not in parsed.tags and parsed.tags.count("svg") >= 2
    assert parsed.addresses == [] and not re.search(r"url\(|@import|https?://(?!ice)", page)
