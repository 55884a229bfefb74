"""What a web master is told of a page, in one sentence."""

from __future__ import annotations

import httpx
import pytest

from api.widget_pages import diagnose
from storage.sites import Sites
from storage.sites_records import Site
from tests.api.toy import ToyKewen

BASE = "https://kewen.example.cn"


@pytest.fixture
def sites(kewen: ToyKewen) -> Sites:
    book = Sites(kewen.database)
    book.put(Site(id="toy", origins=("https://www.example.org", "https://*.example.com")))
    book.put(Site(id="other", origins=("https://other.example",)))
    return book


@pytest.mark.parametrize(
    ("site", "page", "told"),
    [
        ("toy", "https://www.example.org/a?b#c", "It works"),
        ("toy", "www.example.org", "It works"),
        ("toy", "https://a.b.example.com/", "It works"),
        ("toy", f"{BASE}/", "Kewen's own page"),
        ("toy", "http://www.example.org/", "only http and https differ"),
        ("toy", "https://www.example.org:8443/", "the port differs"),
        ("toy", "https://example.org/", "with and without www"),
        ("toy", "https://example.com/", "stands for sub-domains, not for https://example.com itself"),
        ("toy", "https://other.example/", "Set data-site to other"),
        ("toy", "https://elsewhere.example/", "does not list the origin https://elsewhere.example: list it"),
        ("nowhere", "https://www.example.org/", "“nowhere” is not registered"),
        ("toy", "file:///home/me/page.html", "no origin"),
        ("toy", "ftp://www.example.org", "no address of a page"),
        ("toy", "https://*.example.com", "no address of a page"),
        ("toy", "", "Give both"),
        ("", "https://www.example.org", "Give both"),
    ],
)
def test_one_sentence_says_what_is_wrong(sites: Sites, site: str, page: str, told: str) -> None:
    finding = diagnose(sites, site, page, BASE, "en")

    assert finding is not None and told in finding.sentence
    assert finding.good == (told.startswith("It works") or "own page" in told)
    chinese = diagnose(sites, site, page, BASE, "zh")
    assert chinese is not None and chinese.sentence != finding.sentence


def test_a_page_on_https_cannot_ask_a_kewen_on_http(sites: Sites) -> None:
    finding = diagnose(sites, "toy", "https://www.example.org/", "http://kewen.example.cn", "en")
    assert finding is not None and not finding.good and "KEWEN_PUBLIC_URL" in finding.sentence


def test_the_command_that_mends_it_is_given(sites: Sites, kewen: ToyKewen) -> None:
    finding = diagnose(sites, "toy", "https://example.org/", BASE, "en")
    assert finding is not None and finding.fix == "kewen sites allow toy https://example.org"

    # The registry of the settings file is not changed by command.
    filed = Sites(kewen.database, (Site(id="filed", origins=("https://www.example.org",)),))
    finding = diagnose(filed, "filed", "https://example.org/", BASE, "en")
    assert finding is not None and finding.fix is None


async def test_the_page_shows_it_and_markup_stays_text(client: httpx.AsyncClient, sites: Sites) -> None:
    bad = "<script>alert(1)</script>"
    page = await client.get("/widget/check", params={"site": bad, "page": bad, "lang": "en"})
    assert page.status_code == 200 and bad not in page.text and "&lt;script&gt;" in page.text

    good = await client.get("/widget/check", params={"site": "toy", "page": "https://www.example.org"})
    assert "data-site=&#34;toy&#34;" in good.text
    assert "script-src http://kewen.test; connect-src http://kewen.test" in good.text
    assert (await client.get("/widget/check")).status_code == 200


async def test_the_frame_is_for_the_origins_of_its_site(client: httpx.AsyncClient, sites: Sites) -> None:
    framed = await client.get("/widget/frame", params={"site": "toy"})

    policy = framed.headers["content-security-policy"]
    assert "frame-ancestors 'self' https://www.example.org https://*.example.com" in policy
    assert "x-frame-options" not in framed.headers
    page = await client.get("/")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    assert (await client.get("/widget/frame", params={"site": "nowhere"})).status_code == 404
