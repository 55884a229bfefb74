"""`kewen sources doctor` on portals of each kind, on a plain page, a dead host, a private address."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from harvesting.errors import FetchRefused, SourceInvalid
from tests.harvesting.http_server import Asked, Said, Site
from tests.operations.conftest import Run

RECORDED = Path(__file__).parent / "recorded"
PAGE = Said(b"<!doctype html><html><body><h1>Our data</h1><p>Ask us.</p></body></html>",
            headers={"Content-Type": "text/html"})  # fmt: skip
Doctor = Callable[..., str]


@pytest.fixture
def doctor(run: Run, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    monkeypatch.setenv("KEWEN_HARVEST_PRIVATE", "127.0.0.1")
    return partial(run, "sources", "doctor")


@pytest.fixture
def site(site: Site) -> Site:
    site.on("/", PAGE)
    return site


def sample(site: Site, file: str) -> Said:
    return Said((RECORDED / file).read_text(encoding="utf-8").replace("{base}", site.url).encode())


KINDS = {
    "ckan": ("/api/3/action/package_search", "ckan/1.json", "", "Lake temperature"),
    "dataverse": ("/api/search", "dataverse/1.json", "", "Election survey"),
    "invenio": ("/api/records", "invenio/1.json", "", "Lake levels of the basin"),
    "data-json": ("/data.json", "nasa/data.json", "/data.json", "Snow water equivalent"),
    "dcat": ("/catalog.ttl", "dcat/catalog.ttl", "/catalog.ttl", "Hail days"),
    "datacite": ("/dois", "datacite/1.json", "/dois", "Ground temperature"),
    "data-gov": ("/search", "data-gov/1.json", "/search", "Lake ice duration"),
    "ukri-gtr": ("/gtr/api/projects", "ukri-gtr/1.json", "/gtr/api/projects", "Water under glaciers"),
    "sciencedb": ("/api/sdb-openapi-service/harvest", "sciencedb/1.json",
                  "/api/sdb-openapi-service/harvest", "北坡冰川物质平衡数据集"),
}  # fmt: skip
"""Preset: path, sample, place that is found, title that is shown."""


@pytest.mark.parametrize("preset", KINDS)
def test_a_portal_is_recognised_from_its_front_page(preset: str, doctor: Doctor, site: Site) -> None:
    path, file, place, title = KINDS[preset]
    site.on(path, sample(site, file))

    told = doctor(f"{site.url}/")

    assert f"kewen sources add {preset} --url {site.url}{place}\n" in told
    assert title in told
    assert told.count("kewen sources add") == 1, told


def test_lists_of_single_records_are_followed_a_little(doctor: Doctor, site: Site) -> None:
    site.on("/v2/articles", sample(site, "figshare/list.json"))
    site.on("/v2/articles/11", sample(site, "figshare/11.json"))
    site.on("/v2/articles/12", sample(site, "figshare/12.json"))
    site.on("/api/v1/repositories", sample(site, "re3data/list.xml"))
    site.on("/api/v1/repository/r3d100000001", sample(site, "re3data/1.xml"))
    site.on("/api/v1/repository/r3d100000002", sample(site, "re3data/2.xml"))

    told = doctor(site.url)

    assert f"kewen sources add figshare --url {site.url}/v2/articles" in told
    assert "Stake heights of the south glacier" in told
    assert f"kewen sources add re3data --url {site.url}/api/v1/repositories" in told
    assert "2 records" in told and "Archive of Snow" in told


def _oai(site: Site) -> Callable[[Asked], Said]:
    inside = {
        "Identify": "<Identify><repositoryName>Valley Archive</repositoryName></Identify>",
        "ListMetadataFormats": "<ListMetadataFormats>"
        + "".join(
            f"<metadataFormat><metadataPrefix>{one}</metadataPrefix></metadataFormat>"
            for one in ("oai_dc", "marc21", "oai_datacite")
        )
        + "</ListMetadataFormats>",
        "ListSets": "<ListSets><set><setSpec>theses</setSpec></set><set><setSpec>data</setSpec></set>"
        "</ListSets>",
    }

    def answer(asked: Asked) -> Said:
        verb = asked.query.get("verb", "")
        if verb == "ListRecords":
            rich = asked.query.get("metadataPrefix") == "oai_datacite"
            return sample(site, "datacite-oai/1.xml" if rich else "oai/1.xml")
        said = inside.get(verb, '<error code="badVerb">Illegal verb</error>')
        head = '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        return Said(f"{head}{said}</OAI-PMH>".encode())

    return answer


@pytest.mark.parametrize("given", ["/", "/oai/request", "/oai/request?verb=Identify"])
def test_oai_is_found_with_its_name_sets_and_best_metadata(doctor: Doctor, site: Site, given: str) -> None:
    site.on("/oai/request", _oai(site))

    told = doctor(site.url + given)

    assert f"kewen sources add oai --url {site.url}/oai/request --metadata-prefix oai_datacite\n" in told
    assert "Valley Archive" in told and "theses, data" in told and "marc21" in told


@pytest.mark.parametrize("given", ["/", "/gis/csw?service=CSW&request=GetCapabilities"])
def test_csw_is_found_below_the_page_or_at_its_own_address(doctor: Doctor, site: Site, given: str) -> None:
    place = "/csw" if given == "/" else "/gis/csw"

    def answer(asked: Asked) -> Said:
        if asked.query.get("request") == "GetRecords":
            return sample(site, "csw/1.xml")
        return Said(b'<csw:Capabilities xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" version="2.0.2"/>')

    site.on(place, answer)

    told = doctor(site.url + given)

    assert f"kewen sources add csw --url {site.url}{place}\n" in told and "Soil moisture" in told


def test_a_sitemap_of_described_pages_is_found_and_one_of_plain_pages_is_not(
    doctor: Doctor, site: Site
) -> None:
    site.on("/robots.txt", f"User-agent: *\nSitemap: {site.url}/maps/all.xml\n".encode())
    index = f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>{site.url}"
    site.on("/maps/all.xml", f"{index}/maps/1.xml</loc></sitemap></sitemapindex>".encode())
    site.on("/maps/1.xml", sample(site, "schema-org/sitemap.xml"))
    site.on("/d/1", sample(site, "schema-org/page.html"))

    told = doctor(site.url)
    assert f"kewen sources add schema-org --url {site.url}/maps/all.xml" in told
    assert "Bird counts of the delta" in told

    site.on("/d/1", PAGE)
    doctor(site.url, status=1)


def test_the_address_of_a_document_is_enough(doctor: Doctor, site: Site) -> None:
    site.on("/files/open.json", sample(site, "nasa/data.json"))
    site.on("/files/one.xml", sample(site, "re3data/1.xml"))

    assert f"kewen sources add data-json --url {site.url}/files/open.json" in doctor(
        f"{site.url}/files/open.json"
    )
    assert "Archive of Ice" in doctor(f"{site.url}/files/one.xml")


def test_a_portal_that_speaks_and_answers_with_a_fault_is_told_so(doctor: Doctor, site: Site) -> None:
    site.on("/api/3/action/package_search",
            b'{"success": false, "error": {"message": "Search index is down"}}')  # fmt: skip

    told = doctor(site.url)

    assert "Search index is down" in told and "kewen sources add ckan" in told


def test_the_host_of_a_preset_is_known_without_being_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KEWEN_HARVEST_HOSTS", "elsewhere.example.org")

    done = CliRunner().invoke(app, ["sources", "doctor", "https://www.zenodo.org/communities/ice"])

    assert isinstance(done.exception, FetchRefused) and "KEWEN_HARVEST_HOSTS" in str(done.exception)
    assert "kewen sources add zenodo --set user-" in done.output


def test_a_plain_page_is_nothing_to_harvest_and_one_is_told_what_next(doctor: Doctor, site: Site) -> None:
    told = doctor(site.url, status=1)

    assert "nothing that is read was found" in told and "sources preview" in told


def test_a_page_for_every_address_deceives_nobody(doctor: Doctor, site: Site) -> None:
    """Single-page applications answer whatever is asked with the same page."""
    site.routes.clear()
    site.routes = _Everything(PAGE)  # type: ignore[assignment]

    assert "nothing that is read was found" in doctor(f"{site.url}/portal/data", status=1)


class _Everything(dict[str, Callable[[Asked], Said]]):
    def __init__(self, said: Said) -> None:
        super().__init__()
        self._said = said

    def get(self, key: str, default: object = None) -> Callable[[Asked], Said]:  # type: ignore[override]
        return lambda _asked: self._said


def test_a_page_that_wants_a_login_is_told_so(doctor: Doctor, site: Site) -> None:
    site.on("/", Said(b"no", 403))

    told = doctor(f"{site.url}/", status=1)

    assert "403" in told and "login" in told


def test_a_dead_host_is_named_with_what_to_do(doctor: Doctor) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    told = doctor(f"http://127.0.0.1:{port}/", status=1)

    assert f"127.0.0.1:{port}" in told and "check the address" in told


def test_a_private_address_is_refused_before_anything_is_asked(
    doctor: Doctor, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEWEN_HARVEST_PRIVATE")

    with pytest.raises(FetchRefused, match=r"private.*KEWEN_HARVEST_PRIVATE"):
        doctor(site.url)
    assert not site.asked


def test_a_portal_cannot_lead_the_doctor_elsewhere(doctor: Doctor, site: Site) -> None:
    site.on("/data.json", Said(status=302, headers={"Location": "http://169.254.169.254/latest"}))
    site.on("/robots.txt", b"Sitemap: http://169.254.169.254/sitemap.xml\n")

    told = doctor(site.url, status=1)

    assert "169.254.169.254" in told and "host_not_listed" in told


def test_an_address_that_leads_to_another_host_is_told_with_that_host(doctor: Doctor, site: Site) -> None:
    site.on("/", Said(status=301, headers={"Location": "https://www.data.example.org/home"}))

    told = doctor(f"{site.url}/", status=1)

    assert "kewen sources doctor https://www.data.example.org/home" in told


def test_of_a_page_of_one_data_set_the_interface_to_all_comes_first(doctor: Doctor, site: Site) -> None:
    site.on("/dataset/birds", sample(site, "schema-org/page.html"))
    site.on("/api/records", sample(site, "zenodo-rest/1.json"))

    told = doctor(f"{site.url}/dataset/birds")

    assert told.index("kewen sources add invenio") < told.index("kewen sources add schema-org")


def test_a_portal_that_asks_for_patience_is_told_so(doctor: Doctor, site: Site) -> None:
    site.on("/data.json", Said(b"", 429, {"Retry-After": "60"}))

    assert "patience" in doctor(site.url, status=1)


def test_what_is_no_address_is_named(doctor: Doctor) -> None:
    with pytest.raises(SourceInvalid, match=r"'data.example.org'.*https://data.example.org"):
        doctor("data.example.org")
