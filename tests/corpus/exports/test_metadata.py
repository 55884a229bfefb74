"""The machine forms can be read back, and hold nothing that the record does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import etree
from rdflib import DCTERMS, RDF, Graph, URIRef

from corpus.exports.datacite import NAMESPACE, datacite
from corpus.exports.dcat import Syntax, dcat
from corpus.exports.jsonld import record_jsonld
from corpus.exports.oai_dc import DC, oai_dc_element
from corpus.harvest.datacite_xml import Reader
from corpus.harvest.records import HarvestSource
from corpus.loaders import load_corpus
from corpus.records import Resource
from tests.corpus.exports.samples import BASE, CENTRE, DATASET, RULE

DCAT = "http://www.w3.org/ns/dcat#"


def test_a_data_set_has_what_science_on_schema_asks_for() -> None:
    shown = record_jsonld(DATASET, BASE)

    # The node shapes of soso_common 1.3.0: required and recommended properties of a Dataset.
    asked = {"@id", "name", "description", "url", "identifier", "version", "license", "keywords", "sameAs"}
    assert asked | {"isAccessibleForFree"} <= shown.keys()
    assert (shown["@context"], shown["@type"]) == ("https://schema.org/", "Dataset")
    assert shown["identifier"][0] == {
        "@type": "PropertyValue",
        "propertyID": "https://registry.identifiers.org/registry/doi",
        "value": "doi:10.12345/toys.1",
        "url": "https://doi.org/10.12345/toys.1",
    }
    assert shown["license"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert shown["temporalCoverage"] == "2019-01-01/2019-12-31"
    assert shown["spatialCoverage"][1]["geo"] == {"@type": "GeoShape", "box": "20 100 30 110"}
    assert shown["creator"]["@list"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert shown["distribution"][0]["contentUrl"] == "https://toys.example/d/1.csv"
    assert shown["name"] == [{"@value": "Spinning tops & balls <2020>", "@language": "en"}]


def test_other_records_have_the_class_that_fits() -> None:
    assert record_jsonld(CENTRE, BASE)["@type"] == "DataCatalog"
    rule = record_jsonld(RULE, BASE)
    assert (rule["@type"], rule["legislationLegalForce"]) == ("Legislation", "https://schema.org/InForce")
    assert rule["hasPart"][0]["@id"] == f"{BASE}/policies/toy-rule#art-1"


@pytest.mark.parametrize("record", [CENTRE, DATASET, RULE])
def test_datacite_has_all_that_is_mandatory(record: Any) -> None:
    root = etree.fromstring(datacite(record, BASE, "2026-11-22"))

    for name in ("identifier", "creators", "titles", "publisher", "publicationYear", "resourceType"):
        assert len(root.findall(f"{{{NAMESPACE}}}{name}")) == 1, name
    assert root.findtext(f"{{{NAMESPACE}}}publicationYear") in ("2011", "2020", "2015")
    # One of each: the schema has them in any order, but once.
    names = [etree.QName(one).localname for one in root]
    assert len(names) == len(set(names))


def test_our_own_harvester_reads_datacite_back() -> None:
    source = HarvestSource(name="src", url="file.xml")
    reader = Reader()
    [entry] = reader.read(datacite(DATASET, BASE, "2026-11-22"), reader.first(source)).entries

    read = entry.resource
    assert isinstance(read, Resource)
    assert read.name.en == DATASET.name.en
    assert [agent.name for agent in read.creators] == [agent.name for agent in DATASET.creators]
    assert (read.licence, read.access_rights, read.issued) == ("CC-BY-4.0", "open", "2020-05-01")
    assert read.temporal == DATASET.temporal
    assert read.spatial is not None
    assert DATASET.spatial is not None
    assert read.spatial.boxes == DATASET.spatial.boxes
    assert ("doi", "10.12345/toys.1") in [(one.scheme, one.value) for one in read.identifiers]


# rdflib's reader of JSON-LD makes a graph of a class that it has deprecated itself.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("syntax", ["json-ld", "turtle", "xml", "nt"])
def test_dcat_says_the_same_in_every_syntax(syntax: Syntax) -> None:
    graph = Graph().parse(data=dcat(DATASET, BASE, syntax), format=syntax)

    node = URIRef(f"{BASE}/resources/src:10.12345/toys.1")
    assert (node, RDF.type, URIRef(f"{DCAT}Dataset")) in graph
    assert str(graph.value(node, DCTERMS.license)) == "https://spdx.org/licenses/CC-BY-4.0"
    assert [str(one) for one in graph.objects(node, URIRef(f"{DCAT}keyword"))] in (
        ["tops", "balls"],
        ["balls", "tops"],
    )
    assert len(graph) == 65


def test_dublin_core_has_no_character_that_xml_forbids() -> None:
    root = oai_dc_element(DATASET, BASE)

    written = etree.tostring(root, encoding="unicode")
    assert "\u0001" not in written
    assert [one.text for one in etree.fromstring(written).findall(f"{{{DC}}}identifier")] == [
        "https://doi.org/10.12345/toys.1",
        "CSTR:12345.11.toys.1",
        "https://toys.example/d/1",
        f"{BASE}/resources/src:10.12345/toys.1",
    ]


def test_every_bundled_record_can_leave_in_every_form() -> None:
    corpus = load_corpus()
    for record in corpus:
        json.dumps(record_jsonld(record, BASE))
        etree.fromstring(datacite(record, BASE, "2026-11-22"))
        assert len(oai_dc_element(record, BASE)) > 3
        json.loads(dcat(record, BASE, "json-ld"))
