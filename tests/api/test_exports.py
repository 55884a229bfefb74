"""GET /api/resources/{id} in other forms: by ?format= and by Accept."""

from __future__ import annotations

import httpx
import pytest
from lxml import etree

from api.exports import accepted

PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("header", "form"),
    [
        (None, "json"),
        ("*/*", "json"),
        (PAGE, "json"),
        ("application/ld+json", "jsonld"),
        ('application/ld+json;profile="http://www.w3.org/ns/dcat"', "dcat-jsonld"),
        ("text/turtle;q=0.5, application/x-bibtex", "bibtex"),
        ("text/turtle; q=0.9, application/json; q=0.1", "dcat"),
        ("text/turtle;q=x", "json"),
    ],
)
def test_the_best_liked_form_is_given(header: str | None, form: str) -> None:
    assert accepted(header) == form


@pytest.mark.parametrize("path", ["/api/resources/toy-ice", "/api/policies/toy-rules"])
async def test_each_form_has_its_media_type(client: httpx.AsyncClient, path: str) -> None:
    seen = {}
    for form in ("jsonld", "dcat", "dcat-jsonld", "rdfxml", "ntriples", "datacite", "bibtex", "gbt7714"):
        response = await client.get(path, params={"format": form})
        assert response.status_code == 200, form
        assert response.headers["vary"] == "Accept"
        seen[form] = response.headers["content-type"].partition(";")[0]

    assert seen == {
        "jsonld": "application/ld+json",
        "dcat": "text/turtle",
        "dcat-jsonld": "application/ld+json",
        "rdfxml": "application/rdf+xml",
        "ntriples": "application/n-triples",
        "datacite": "application/vnd.datacite.datacite+xml",
        "bibtex": "application/x-bibtex",
        "gbt7714": "text/x-bibliography",
    }


async def test_addresses_are_those_of_this_catalogue(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/resources/toy-ice", headers={"Accept": "application/x-bibtex"})
    assert response.headers["content-disposition"] == 'inline; filename="toy-ice.bib"'

    xml = (await client.get("/api/resources/toy-ice", params={"format": "datacite"})).content
    assert etree.fromstring(xml)[0].text == "http://kewen.test/resources/toy-ice"


async def test_a_citation_can_be_in_english(client: httpx.AsyncClient) -> None:
    said = [
        (await client.get("/api/resources/toy-ice", params={"format": "gbt7714", "language": language})).text
        for language in ("zh", "en")
    ]

    assert said[0] != said[1]
    assert all("[" in one and "/OL]" in one for one in said)


async def test_an_unknown_form_is_told_the_known_ones(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/resources/toy-ice", params={"format": "marc21"})

    assert response.status_code == 422
    assert "bibtex" in response.json()["error"]["message"]


async def test_what_the_public_may_not_see_has_no_form(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/resources/toy-hidden", params={"format": "bibtex"})

    assert response.status_code == 404
