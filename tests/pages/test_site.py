"""Sitemap, robots, favicon, files, and addresses that lead nowhere."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import httpx
import pytest
from fastapi import FastAPI

from api import pages_site
from corpus.records import Resource
from tests.api.toy import ICE, ToyKewen, both

_MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


async def test_the_sitemap_lists_what_everyone_may_see(client: httpx.AsyncClient) -> None:
    response = await client.get("/sitemap.xml")
    tree = ET.fromstring(response.text)
    places = {one.text for one in tree.iter(f"{_MAP}loc")}
    alternates = tree.findall(".//{http://www.w3.org/1999/xhtml}link")

    assert response.headers["content-type"].startswith("application/xml")
    assert {"http://kewen.test/resources/toy/telescope", "http://kewen.test/policies/toy-rules"} <= places
    assert "http://kewen.test/resources/toy-hidden" not in places
    assert len(alternates) == 2 * len(places)
    assert [one.text for one in tree.iter(f"{_MAP}lastmod")] == ["2022-05-06"]


async def test_a_large_sitemap_comes_in_parts(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_site, "AT_MOST", 20)
    index = ET.fromstring((await client.get("/sitemap.xml")).text)
    parts = [str(one.text) for one in index.iter(f"{_MAP}loc")]

    assert index.tag == f"{_MAP}sitemapindex"
    listed = [
        one.text for part in parts for one in ET.fromstring((await client.get(part)).text).iter(f"{_MAP}loc")
    ]
    assert len(listed) == len(set(listed)) == 56
    assert (await client.get("/sitemap-0.xml")).status_code == 404
    assert (await client.get("/sitemap-9.xml")).status_code == 404


async def test_robots_name_the_sitemap(client: httpx.AsyncClient) -> None:
    text = (await client.get("/robots.txt")).text

    assert "Sitemap: http://kewen.test/sitemap.xml" in text
    assert "Disallow: /api/" in text


async def test_files_may_be_kept_under_the_address_of_their_content(client: httpx.AsyncClient) -> None:
    page = await client.get("/resources")
    style = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    named = await client.get(style)
    bare = await client.get(style.partition("?")[0])
    again = await client.get(style, headers={"If-None-Match": named.headers["etag"]})

    assert "immutable" in named.headers["cache-control"]
    assert bare.headers["cache-control"] == "no-cache"
    assert again.status_code == 304
    assert (await client.get("/favicon.ico")).headers["content-type"] == "image/x-icon"


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "%00", "", "none.css", "/etc/passwd"])
async def test_no_file_from_elsewhere_is_given(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/static/{name}")).status_code == 404


async def test_a_browser_that_goes_astray_gets_a_page_and_a_program_the_envelope(
    client: httpx.AsyncClient,
) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml"}

    page = await client.get("/nowhere", headers=browser)
    program = await client.get("/nowhere")
    api = await client.get("/api/nowhere", headers=browser)
    posted = await client.post("/resources", headers=browser)

    assert (page.status_code, page.text[:15]) == (404, "<!doctype html>")
    assert program.json()["error"]["code"] == "route_unknown"
    assert api.json()["error"]["code"] == "route_unknown"
    assert (posted.status_code, posted.json()["error"]["code"]) == (405, "method_not_allowed")


async def test_tens_of_thousands_of_records_are_still_listed_at_once(
    app: FastAPI, client: httpx.AsyncClient, kewen: ToyKewen
) -> None:
    some = [
        ICE.model_copy(update={"id": f"big:{number}", "name": both(f"大{number}", f"Big {number}")})
        for number in range(30_000)
    ]
    records: tuple[Resource, ...] = (*kewen.corpus.resources, *some)
    kewen.corpus = kewen.corpus.model_copy(update={"resources": records, "digest": "2" * 64})
    await client.get("/resources")

    page = await client.get("/resources", params={"type": "scientific_data", "page": 1500})

    assert page.status_code == 200
    assert page.text.count('class="entry"') == 20
    assert len(page.content) < 100_000
