"""The registry of sites: what counts as an origin, who is let in, and what a file may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database, open_database
from storage.errors import RecordUnknown
from storage.sites import Sites, load_sites, signing_secret
from storage.sites_records import Quotas, Site, SiteFixed, SiteInvalid, normal_origin, origin_matches


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://WWW.Example.org/", "https://www.example.org"),
        ("https://example.org:443", "https://example.org"),
        ("http://10.0.0.7:8080", "http://10.0.0.7:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        (" https://科技.中国 ", "https://xn--2qux23c.xn--fiqs8s"),
        ("https://*.example.ac.cn", "https://*.example.ac.cn"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(given: str, kept: str) -> None:
    assert normal_origin(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "www.example.org",
        "ftp://example.org",
        "https://example.org/page",
        "https://user@example.org",
        "https://*.cn",
        "https://*.ac.cn",
        "https://*",
        "https://*.*.example.org",
        "https://www.*.org",
        "https://example.org:99999",
        "https://example.org; script-src *",
        "null",
        "",
    ],
)
def test_what_is_no_origin_is_refused_in_a_sentence(given: str) -> None:
    with pytest.raises(SiteInvalid, match="site 1"):
        from storage.sites_records import site_of

        site_of({"id": "toy", "origins": [given]}, where="site 1")


def test_a_wildcard_stands_for_every_sub_domain_and_nothing_else() -> None:
    pattern = "https://*.example.org"

    assert origin_matches(pattern, "https://www.example.org")
    assert origin_matches(pattern, "https://a.b.example.org")
    for other in (
        "https://example.org",
        "http://www.example.org",
        "https://www.example.org:8443",
        "https://badexample.org",
        "https://www.example.org.evil.net",
        "null",
    ):
        assert not origin_matches(pattern, other)


def test_sites_are_added_replaced_and_removed(database: Database) -> None:
    sites = Sites(database)
    sites.put(Site(id="toy", origins=("https://a.example.org",), quotas=Quotas(site_per_day=7)))

    found = sites.find("toy")
    assert found is not None and found.quotas.site_per_day == 7 and found.languages == ("zh", "en")
    with pytest.raises(SiteInvalid, match="already"):
        sites.put(found)
    sites.put(Site(id="toy", origins=("https://b.example.org",)), replace=True)
    assert sites.allow("https://b.example.org") and not sites.allow("https://a.example.org")

    sites.remove("toy")
    assert sites.find("toy") is None and sites.all() == []
    with pytest.raises(RecordUnknown):
        sites.remove("toy")


def test_a_site_of_the_file_comes_first_and_stays_as_it_is(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "sites.yaml"
    file.write_text("sites:\n- id: toy\n  origins: [https://www.example.org]\n  look: {accent: '#0b5394'}\n")
    sites = Sites(database, load_sites(file))

    assert sites.all()[0].look.accent == "#0b5394"
    for change in (lambda: sites.remove("toy"), lambda: sites.put(sites.all()[0], replace=True)):
        with pytest.raises(SiteFixed, match="KEWEN_SITES_FILE"):
            change()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "cannot be read"),
        ("sites: 3", "no list `sites`"),
        ("sites: [{id: toy}]", "field origins: Field required"),
        ("sites: [{id: Toy Site, origins: ['https://a.example']}]", "field id is 'Toy Site'"),
        ("sites: [{id: a, origins: ['https://a.example'], colour: red}]", "Allowed: id, origins"),
        ("sites: [{id: a, origins: ['https://a.example'], look: {accent: red}}]", "look.accent is 'red'"),
        (
            "sites: [{id: a, origins: ['https://a.example']}, {id: a, origins: ['https://a.example']}]",
            "two sites 'a'",
        ),
    ],
)
def test_a_faulty_file_is_told_with_its_field(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "sites.yaml"
    file.write_text(text)

    with pytest.raises(SiteInvalid, match=r"sites\.yaml") as raised:
        load_sites(file)

    assert told in str(raised.value)


def test_the_signing_secret_is_made_once_for_every_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kewen.db'}"
    first, second = open_database(url), open_database(url)

    assert len(signing_secret(first)) == 32 and signing_secret(first) == signing_secret(second)
    first.close()
    second.close()
