"""DCAT-AP in four syntaxes, schema.org in pages and sitemaps, Croissant."""

from __future__ import annotations

import gzip
import json

import pytest
from rdflib import Graph

from corpus.details import DataDetails
from corpus.harvest import harvester
from corpus.harvest.errors import Malformed, OverLimit
from tests.corpus.harvest.reading import follow, only, read, resource, rules

TURTLE = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix locn: <http://www.w3.org/ns/locn#> .
<https://data.example.org/id/1> a dcat:Dataset ; dct:title "积雪"@zh, "Snow cover"@en ;
  dct:description "Days with snow."@en ; dct:publisher [ a foaf:Agent ; foaf:name "Snow Desk"@en ] ;
  dcat:contactPoint [ vcard:hasEmail <mailto:desk@example.org> ] ; dct:issued "2020-01-02" ;
  dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ;
  dct:spatial [ locn:geometry "POLYGON((73 18, 134 18, 134 53, 73 53, 73 18))" ] ;
  dct:temporal [ dcat:startDate "2000-01-01" ; dcat:endDate "2010-12-31" ] ;
  dcat:landingPage <https://data.example.org/snow> ; dcat:distribution <https://data.example.org/id/1/csv> .
<https://data.example.org/id/1/csv> a dcat:Distribution ; dcat:downloadURL <https://data.example.org/1.csv> ;
  dct:format <http://publications.europa.eu/resource/authority/file-type/CSV> ;
  dct:license <https://data.example.org/free> .
<https://data.example.org/free> skos:exactMatch
  <http://publications.europa.eu/resource/authority/licence/CC0> .
"""


@pytest.mark.parametrize("syntax", ["turtle", "nt", "xml", "json-ld"])
@pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")
def test_dcat_says_the_same_in_every_syntax(syntax: str):
    body = Graph().parse(data=TURTLE, format="turtle").serialize(format=syntax)
    entry = only(read(body))

    found = entry.resource
    assert found is not None, entry.complaints
    assert (found.name.zh, found.name.en, found.languages) == ("积雪", "Snow cover", ("en",))
    assert (found.licence, found.access_rights, found.issued) == ("CC0-1.0", "open", "2020-01-02")
    assert (found.url, found.formats) == ("https://data.example.org/snow", ("CSV",))
    assert found.host is not None
    assert found.contact is not None
    assert (found.host.en, found.contact.email) == ("Snow Desk", "desk@example.org")
    assert found.spatial is not None
    assert found.spatial.boxes[0].east == 134
    assert found.temporal is not None
    assert found.temporal.end == "2010-12-31"


def test_the_original_of_a_node_is_the_same_each_time():
    first, second = only(read(TURTLE)), only(read(TURTLE))

    assert first.digest == second.digest
    assert json.loads(first.original)["@id"] == "https://data.example.org/id/1"


def test_files_under_different_terms_have_no_one_licence():
    body = TURTLE.replace(
        "<https://data.example.org/id/1/csv> .", "<https://data.example.org/id/1/csv>, <urn:b> ."
    )
    body += "<urn:b> dct:license <https://creativecommons.org/licenses/by-nc/4.0/> ."

    assert resource(read(body)).licence in ("CC0-1.0; CC-BY-NC-4.0", "CC-BY-NC-4.0; CC0-1.0")


def test_a_remote_context_is_not_fetched():
    with pytest.raises(Malformed) as refused:
        read('{"@context": "https://evil.example.org/c.jsonld", "@type": "dcat:Dataset"}', "dcat_ap")

    assert refused.value.rule == "rdf.remote_context"


def test_rdf_xml_expands_no_entities():
    body = '<!DOCTYPE r [<!ENTITY a "b">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    with pytest.raises(OverLimit):
        read(body, "dcat_ap")


def test_broken_turtle_names_its_line_and_one_bad_triple_is_left_out():
    with pytest.raises(Malformed) as refused:
        read("@prefix a: <urn:a#> .\n\na:b a:c [ ;", "dcat_ap")
    assert refused.value.rule == "rdf.syntax"

    lines = Graph().parse(data=TURTLE, format="turtle").serialize(format="nt")
    page = read(lines + "<urn:x> <urn:y> oops .\n", "dcat_ap")
    assert [one.rule for one in page.complaints] == ["rdf.syntax"]
    assert only(page).resource is not None


def test_a_catalogue_that_only_names_records_says_so():
    body = (
        "@prefix dcat: <http://www.w3.org/ns/dcat#> .\n<https://d.example.org/c> a dcat:Catalog ;"
        " dcat:dataset <https://d.example.org/1> ;"
        " <http://www.w3.org/ns/hydra/core#next> <https://d.example.org/c?2> ."
    )
    page = read(body)

    assert list(page.entries) == []
    assert {one.rule for one in page.complaints} == {"dcat.no_dataset", "dcat.not_described"}
    assert follow(page).url == "https://d.example.org/c?2"


NODE = {
    "@context": "https://schema.org/", "@type": "Dataset", "@id": "#d", "name": "冻土温度",
    "description": "逐日地温。",
    "identifier": {
        "@type": "PropertyValue", "propertyID": "https://registry.identifiers.org/registry/doi",
        "value": "doi:10.12345/pf",
    },
    "license": {"@id": "https://creativecommons.org/licenses/by/4.0/"}, "keywords": "冻土，地温",
    "creator": {"@type": "Role", "creator": {"@type": "Person", "name": "李伟"}},
    "spatialCoverage": {"@type": "Place", "name": "青海省", "geo": {"box": "31 89 39 103"}},
    "temporalCoverage": "2001/2019", "isAccessibleForFree": True,
    "distribution": {"@type": "DataDownload", "contentUrl": "https://data.example.org/pf.nc"},
}  # fmt: skip


def page_with(*blocks: str) -> str:
    scripts = "".join(f'<script type="application/ld+json">{block}</script>\n' for block in blocks)
    return f"<!doctype html><html><head>\n{scripts}</head><body>x</body></html>"


def test_a_page_gives_its_data_set_and_a_broken_block_is_refused_alone():
    crumbs = json.dumps({"@context": "https://schema.org", "@type": "BreadcrumbList"})
    entries = list(read(page_with(crumbs, '{"@type": "Dataset",', json.dumps(NODE))).entries)

    assert rules(entries[0]) == {"json.syntax"}
    assert entries[0].line == 3
    found = entries[1].resource
    assert found is not None
    assert (found.id, found.languages, found.licence) == ("toy:10.12345/pf", ("zh",), "CC-BY-4.0")
    assert found.url == "https://data.example.org/catalogue"
    assert found.spatial is not None
    assert (found.spatial.provinces, found.spatial.boxes[0].west) == (("青海省",), 89)
    assert found.creators[0].name == "李伟"
    assert found.subjects.zh == ("冻土", "地温")


def test_references_of_a_graph_are_resolved():
    publisher = {"@id": "#p", "@type": "Organization", "name": "Frost Desk"}
    graph = {"@context": "https://schema.org", "@graph": [{**NODE, "publisher": {"@id": "#p"}}, publisher]}
    found = [entry.resource for entry in read(json.dumps(graph)).entries if entry.resource]

    assert found[0].host is not None
    assert found[0].host.en == "Frost Desk"


def test_croissant_is_a_dataset_with_file_objects():
    croissant = {
        "@context": {"@vocab": "https://schema.org/", "sc": "https://schema.org/"},
        "@type": "sc:Dataset", "name": "toys", "description": "Pictures of toys.",
        "url": "https://h.example.org/toys",
        "conformsTo": "http://mlcommons.org/croissant/1.0", "license": "MIT",
        "distribution": [
            {"@type": "cr:FileObject", "@id": "zip", "contentUrl": "https://h.example.org/t.zip"},
            {"@type": "cr:FileSet", "@id": "images", "containedIn": {"@id": "zip"}, "includes": "*.png"},
        ],
    }  # fmt: skip
    found = resource(read(json.dumps(croissant)))

    assert (found.name.en, found.licence) == ("toys", "MIT")
    assert isinstance(found.details, DataDetails)
    assert [one.url for one in found.details.files] == ["https://h.example.org/t.zip"]


def test_a_sitemap_asks_for_changed_pages_of_its_own_host():
    body = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://data.example.org/1</loc><lastmod>2024-05-06</lastmod></url>
<url><loc>https://data.example.org/2</loc><lastmod>2020-01-01</lastmod></url>
<url><loc>https://data.example.org/1</loc></url><url><loc>https://elsewhere.example.com/3</loc></url>
<url><loc>javascript:alert(1)</loc></url></urlset>"""
    page = read(gzip.compress(body.encode()), "schema_org", since="2024-01-01")

    assert [one.url for one in page.next] == ["https://data.example.org/1"]
    assert {one.rule for one in page.complaints} == {"sitemap.address", "sitemap.other_host"}
    found = harvester("schema_org").read(page_with(json.dumps(NODE)).encode(), page.next[0])
    assert resource(found).name.zh == "冻土温度"


def test_a_gzip_bomb_is_refused():
    with pytest.raises(OverLimit):
        read(gzip.compress(b"<urlset>" + b" " * 70_000_000), "schema_org")


def test_a_page_without_data_set_says_so_and_a_document_is_refused():
    page = read(page_with('{"@type": "WebSite", "@context": "https://schema.org"}'))
    assert [one.rule for one in page.complaints] == ["schema_org.no_dataset"]

    with pytest.raises(Malformed):
        read('{"@context": "https://schema.org", "@type": "Event", "name": "Day"}')
