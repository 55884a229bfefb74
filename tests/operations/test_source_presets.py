"""Each preset from `kewen sources add` to stored records, over recorded-form samples replayed on loopback.

The samples are of our own making, in the forms that the systems document; {base} in them is the server.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from harvesting.errors import FetchRefused, SourceInvalid
from harvesting.presets import PresetInvalid, bundled_presets, read_presets
from operations.caretaker import Caretaker
from operations.catalogues import build_fetcher
from operations.presets_page import page_of
from settings import Settings
from storage.database import open_database
from storage.harvested import HarvestedRecords
from storage.harvests import Harvests
from tests.harvesting.http_server import Asked, Said, Site
from tests.operations.conftest import Run

RECORDED = Path(__file__).parent / "recorded"
PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
Query = dict[str, str]


@dataclass(frozen=True)
class Replay:
    """What the server answers to which question, and what becomes of it."""

    answers: list[tuple[str, Query, str]]
    """Path, parameters that must be asked with just these values, file."""
    given: tuple[str, ...]
    records: int
    first: str
    """Identifier of the record that is looked at."""
    has: dict[str, Any]


OAI = {"verb": "ListRecords"}
REPLAYS: dict[str, Replay] = {
    "nasa": Replay(
        [("/data.json", {}, "data.json")], (), 2, "C1-ICE",
        {"name": "Ice sheet elevation change", "host": "Bureau of Ice", "licence": "CC-BY-4.0",
         "url": "https://ice.example.org/C1", "issued": "2019-05-01", "type": "scientific_data"},
    ),
    "data-gov": Replay(
        [("/search", {"org_slug": "nasa", "per_page": "100", "after": "WzE3XQ=="}, "2.json"),
         ("/search", {"org_slug": "nasa", "per_page": "100"}, "1.json")],
        ("--set", "nasa"), 3, "lake-ice-duration",
        {"name": "Lake ice duration", "host": "Bureau of Ice", "licence": "CC-BY-4.0",
         "url": "{base}/dataset/lake-ice-duration"},
    ),
    "ukri-gtr": Replay(
        [("/gtr/api/projects", {"p": "1", "s": "100"}, "1.json"),
         ("/gtr/api/projects", {"p": "2", "s": "100"}, "2.json")],
        (), 2, "00000001-AAAA",
        {"name": "Water under glaciers", "type": "literature", "governing_body": "EXRC", "host": None,
         "url": "https://gtr.ukri.org/project/00000001-AAAA"},
    ),
    "figshare": Replay(
        [("/v2/articles", {"page": "1", "institution": "234"}, "list.json"),
         ("/v2/articles/11", {}, "11.json"), ("/v2/articles/12", {}, "12.json")],
        ("--set", "institution=234"), 2, "11",
        {"name": "Mass balance of the north glacier", "licence": "CC-BY-4.0",
         "url": "https://fig.example.org/articles/11", "issued": "2025-03-04"},
    ),
    "figshare-oai": Replay(
        [("/v2/oai", {**OAI, "metadataPrefix": "oai_dc", "set": "portal_234"}, "1.xml")],
        ("--set", "portal_234"), 1, "oai:figshare.com:article/21",
        {"name": "Debris cover of the west glacier", "type": "scientific_data"},
    ),
    "zenodo": Replay(
        [("/oai2d", {**OAI, "metadataPrefix": "oai_datacite", "set": "user-ice"}, "1.xml"),
         ("/oai2d", {**OAI, "resumptionToken": "t2"}, "2.xml")],
        ("--set", "user-ice"), 2, "oai:zenodo.org:101",
        {"name": "Stake readings of the east glacier", "licence": "CC-BY-4.0", "issued": "2024-06-07"},
    ),
    "zenodo-rest": Replay(
        [("/api/records", {"page": "1", "size": "25"}, "1.json"),
         ("/api/records", {"page": "2"}, "2.json")],
        ("--set", "ice"), 2, "201",
        {"name": "Bed elevation of the ice cap", "licence": "CC-BY-4.0",
         "url": "https://zen.example.org/records/201"},
    ),
    "datacite": Replay(
        [("/dois", {"page[cursor]": "1", "client-id": "ice.archive"}, "1.json"),
         ("/dois", {"page[cursor]": "MTY"}, "2.json")],
        ("--set", "ice.archive"), 2, "10.5072/pf.1",
        {"name": "Ground temperature", "host": "Ice Archive", "licence": "CC-BY-4.0",
         "url": "https://archive.example.org/10.5072/pf.1", "issued": "2023-04-05"},
    ),
    "datacite-oai": Replay(
        [("/oai", {**OAI, "metadataPrefix": "oai_datacite", "set": "ICE"}, "1.xml")],
        ("--set", "ICE"), 1, "doi:10.5072/dc.7", {"name": "Firn cores of the plateau"},
    ),
    "re3data": Replay(
        [("/api/v1/repositories", {}, "list.xml"), ("/api/v1/repository/r3d100000001", {}, "1.xml"),
         ("/api/v1/repository/r3d100000002", {}, "2.xml")],
        (), 2, "r3d100000001",
        {"name": "Archive of Ice", "type": "service_platform", "host": "Institute of Ice",
         "url": "https://r3d100000001.example.org"},
    ),
    "openaire": Replay(
        [("/graph/v2/researchProducts",
          {"type": "dataset", "relCommunityId": "eunice", "cursor": "*", "pageSize": "100"}, "1.json"),
         ("/graph/v2/researchProducts",
          {"type": "dataset", "relCommunityId": "eunice", "cursor": "AoI1"}, "2.json")],
        ("--set", "eunice"), 2, "doi_________::1",
        {"name": "Fjord temperature", "host": "Fjord Archive", "url": "https://fjord.example.org/1",
         "issued": "2022-03-04", "type": "scientific_data"},
    ),
    "gbif": Replay(
        [("/v1/oai-pmh/registry", {**OAI, "metadataPrefix": "oai_dc", "set": "country:CN"}, "1.xml")],
        ("--set", "country:CN"), 1, "3f0c0000-0000-4000-8000-000000000001",
        {"name": "Mosses of the high plateau", "host": "Herbarium of Ice", "licence": "CC-BY-4.0",
         "url": "https://www.gbif.org/dataset/3f0c0000-0000-4000-8000-000000000001"},
    ),
    "aws": Replay(
        [("/registry.opendata.aws/roda/ndjson/index.ndjson", {}, "index.ndjson")], (), 2,
        "ice-surface-maps",
        {"name": "Ice Surface Maps", "host": "Institute of Ice", "licence": "CC-BY-4.0"},
    ),
    "eu-data": Replay(
        [("/api/hub/repo/datasets", {"catalogue": "ice", "offset": "100"}, "2.ttl"),
         ("/api/hub/repo/datasets", {"catalogue": "ice", "valueType": "metadata", "hydra": "true"}, "1.ttl")],
        ("--set", "ice"), 2, "http://data.example.eu/88u/dataset/ice-1",
        {"name": "Ice days", "host": "Office of Ice", "licence": "CC-BY-4.0",
         "url": "https://office.example.eu/ice-1", "issued": "2021-02-03", "frequency": "MONTHLY"},
    ),
    "sciencedb": Replay(
        [("/api/sdb-openapi-service/harvest", {"page": "1", "size": "100"}, "1.json")], (), 2,
        "10.5072/sdb.00001",
        {"name": "北坡冰川物质平衡数据集", "host": "科学数据银行", "issued": "2024-01-06",
         "url": "https://doi.org/10.5072/sdb.00001", "licence": None},
    ),
    "geoss": Replay(
        [("/view/csw", {"request": "GetRecords", "startPosition": "1", "maxRecords": "50"}, "1.xml")],
        (), 1, "geo-1", {"name": "Land cover", "host": "Survey of the Earth"},
    ),
    "ckan": Replay(
        [("/api/3/action/package_search", {"start": "0"}, "1.json")], (), 1, "0001-ckan",
        {"name": "Lake temperature", "host": "Office of Lakes", "licence": "CC-BY-4.0",
         "url": "{base}/dataset/lake-1"},
    ),
    "dataverse": Replay(
        [("/api/search", {"type": "dataset", "start": "0"}, "1.json")], (), 1, "doi:10.5072/DVN/EX1",
        {"name": "Election survey", "host": "Survey Archive"},
    ),
    "invenio": Replay(
        [("/api/records", {"page": "1", "size": "25"}, "1.json")], (), 1, "301",
        {"name": "Lake levels of the basin"},
    ),
    "data-json": Replay(
        [("/data.json", {}, "data.json")], (), 1, "river-7",
        {"name": "River stages of the Seven basin", "url": "https://rivers.example.org/7"},
    ),
    "dcat": Replay(
        [("/catalog.ttl", {}, "catalog.ttl")], (), 1, "http://data.example.eu/88u/dataset/ice-3",
        {"name": "Hail days", "licence": "CC-BY-4.0"},
    ),
    "csw": Replay(
        [("/csw", {"request": "GetRecords", "startPosition": "1"}, "1.xml")], (), 1, "soil-1",
        {"name": "Soil moisture", "host": "Survey of the Earth"},
    ),
    "oai": Replay(
        [("/oai", {**OAI, "metadataPrefix": "oai_dc"}, "1.xml")], (), 1, "oai:repo.example.org:1",
        {"name": "Rain of the lower valley", "host": "University of the Valley", "licence": "CC-BY-4.0"},
    ),
    "schema-org": Replay(
        [("/sitemap.xml", {}, "sitemap.xml"), ("/d/1", {}, "page.html")], (), 1, "{base}/d/1",
        {"name": "Bird counts of the delta", "host": "Delta Station", "url": "{base}/d/1"},
    ),
}  # fmt: skip
WHERE = {"geoss": "/view/csw", "dcat": "/catalog.ttl", "csw": "/csw", "oai": "/oai",
         "data-json": "/data.json", "schema-org": "/sitemap.xml"}  # fmt: skip
"""Where a preset without an address of its own is at the sample's server; elsewhere at its front page."""


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEWEN_HARVEST_PRIVATE", "127.0.0.1")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def replay(site: Site, preset: str) -> None:
    """Put the sample's files on the site."""
    folder = RECORDED / preset

    def answer(asked: Asked) -> Said:
        for path, query, file in REPLAYS[preset].answers:
            if path == asked.path and all(asked.query.get(key) == one for key, one in query.items()):
                return Said((folder / file).read_text(encoding="utf-8").replace("{base}", site.url).encode())
        return Said(b"nothing was recorded for this question", 404)

    for path, _, _ in REPLAYS[preset].answers:
        site.on(path, answer)


def address(site: Site, preset: str) -> str:
    """The preset's own address, with the site in place of its host."""
    own = bundled_presets().get(preset).url
    if own is None:
        return site.url + WHERE.get(preset, "")
    parts = urlsplit(own)
    return f"{site.url}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def test_every_preset_has_a_recorded_sample() -> None:
    assert set(REPLAYS) == {one.name for one in bundled_presets().presets}


@pytest.mark.parametrize("preset", REPLAYS)
def test_a_preset_is_added_and_harvested_with_the_right_fields(
    preset: str, run: Run, site: Site, tmp_path: Path
) -> None:
    replay(site, preset)
    asked = REPLAYS[preset]
    told = run(
        "sources", "add", preset, "--url", address(site, preset), "--name", "s", "--delay", "0", *asked.given
    )
    assert "s is set up" in told and not site.asked  # nothing is fetched by adding

    told = run("harvest", "s", "--json")

    report = json.loads(told[told.index("[") :])[0]
    assert report["counts"]["new"] == asked.records, report
    assert report["whole"], report
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'kewen.db'}")
    try:
        live = {one.identifier: json.loads(one.resource) for one in HarvestedRecords(database).live()}
        stored = Harvests(database).source("s")
    finally:
        database.close()
    found = live[asked.first.replace("{base}", site.url)]
    for field, value in asked.has.items():
        said = found.get(field) or (found.get("details") or {}).get(field)
        said = (said["zh"] if preset == "sciencedb" else said["en"]) if isinstance(said, dict) else said
        assert said == (value.replace("{base}", site.url) if isinstance(value, str) else value), field
    assert stored is not None and stored.scheduled
    assert stored.settings["every_h"] == bundled_presets().get(preset).every_h
    run("harvest", "s")  # again by name alone: nothing was lost of what a scheduled run needs


def test_a_preset_says_what_it_set_up_and_what_is_left_to_set(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEWEN_HARVEST_HOSTS", "a.example.org")

    told = run("sources", "add", "zenodo", "--set", "user-ice")

    assert "CC0" in told and "2 s between two requests" in told and "168 h" in told
    assert "KEWEN_HARVEST_HOSTS=a.example.org,zenodo.org" in told
    assert "KEWEN_HARVEST_EVERY_H" in told and "kewen harvest zenodo --dry-run" in told
    assert "zenodo.org/oai2d" in run("sources", "list")


def test_a_source_is_asked_no_faster_and_no_more_often_than_its_preset_says(
    run: Run, site: Site, tmp_path: Path
) -> None:
    replay(site, "aws")
    run("sources", "add", "aws", "--url", address(site, "aws"), "--delay", "0")
    run("harvest", "aws")

    database = open_database(f"sqlite:///{tmp_path / 'data' / 'kewen.db'}")
    try:
        harvests = Harvests(database)
        stored = harvests.source("aws")
        assert stored is not None
        assert not Caretaker._is_due(harvests, stored, timedelta(0))
        often = replace(stored, settings={**stored.settings, "every_h": None})
        assert Caretaker._is_due(harvests, often, timedelta(0))
    finally:
        database.close()
    settings = Settings(_env_file=None, harvest_delay_s=2)
    with build_fetcher(settings, "https://x.example.org", delay_s=61) as slow:
        assert slow.limits.delay_s == 61
    with build_fetcher(settings, "https://x.example.org", delay_s=1) as slow:
        assert slow.limits.delay_s == 2


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["zenod"], "'zenod'.*mean zenodo.*sources presets"),
        (["ckan"], "'ckan'.*--url"),
        (["ckan", "--url", "data.example.org"], "'data.example.org'.*https://"),
        (["zenodo"], "'zenodo'.*--set.*user-"),
        (["aws", "--set", "x"], "'aws'.*--set x"),
        (["openaire", "--set", "a", "--set", "b"], "'openaire'.*one --set.*2 were given"),
        (["aws", "--metadata-prefix", "oai_dc"], "oai_dc.*'aws'"),
    ],
)
def test_what_cannot_be_added_is_named_with_what_to_say_instead(
    run: Run, arguments: list[str], named: str
) -> None:
    with pytest.raises(SourceInvalid, match=named):
        run("sources", "add", *arguments)


def test_an_address_with_a_password_is_no_source(run: Run) -> None:
    with pytest.raises(FetchRefused, match="credentials"):
        run("sources", "add", "ckan", "--url", "https://me:secret@data.example.org")


def test_a_source_is_changed_only_when_one_means_it(run: Run, site: Site) -> None:
    replay(site, "aws")
    run("sources", "add", "aws", "--url", address(site, "aws"), "--delay", "0")

    assert "--replace" in run("sources", "add", "aws", "--url", address(site, "aws"), status=1)
    run("harvest", "aws")
    assert "another --name" in run("sources", "add", "aws", "--replace", status=1)  # another address
    run("sources", "add", "aws", "--url", address(site, "aws"), "--every", "24", "--replace")
    assert "2 unchanged" in run("harvest", "aws")


def test_presets_are_listed_with_those_that_cannot_be(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    told = run("sources", "presets")
    assert "zenodo" in told and "data.cma.cn" in told
    assert "60 requests an hour" in run("sources", "presets", "openaire")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "科学数据银行" in run("sources", "presets")


def _one(**fields: Any) -> str:
    text = {"zh": "甲", "en": "a"}
    whole = {"name": "x", "title": text, "about": text, "url": "https://x.example.org/", "format": "ckan",
             "delay_s": 1, "every_h": 24, "licence": text, "documentation": "https://x.example.org/d",
             "limits": text}  # fmt: skip
    return json.dumps({"presets": [{**whole, **fields}]})


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"format": "gopher"}, "presets.x.*'gopher'"),
        ({"delay_s": 0}, "presets.x.delay_s"),
        ({"mapping": "none"}, "json_api"),
        ({"format": "json_api", "mapping": "none"}, "'none'"),
        ({"url": "http://x.example.org/"}, "https"),
        ({"url": "https://x.example.org/{set}"}, "sets.needed"),
        ({"metadata_prefix": "oai_dc"}, "oai_pmh"),
        ({"licence": {"zh": "甲"}}, "presets.x.licence.en"),
        ({"rate": 3}, "presets.x.rate"),
    ],
)
def test_presets_are_checked_by_a_schema_that_names_the_field(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(PresetInvalid, match=named):
        read_presets(_one(**fields), "presets.yaml")


def test_the_page_of_sources_is_made_of_the_presets() -> None:
    """To write it again: python -m operations.presets_page > docs/sources.md"""
    assert PAGE.read_text(encoding="utf-8") == page_of(bundled_presets())
