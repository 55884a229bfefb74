"""What stands in a field of a source stands in ours, and what only fills the field does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from corpus.details import DataDetails
from corpus.harvest.cleaning import is_placeholder
from corpus.harvest.licences import licence_of
from corpus.harvest.mapping import read_mapping
from tests.corpus.harvest.reading import only, read, resource, rules


def dublin_core(inside: str) -> str:
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Tide gauges</dc:title>{inside}</oai_dc:dc>'
    )


def test_of_several_bare_dates_the_one_without_a_time_is_of_publication():
    dates = "2024-03-18T02:11:09Z", "2011-07", "2009-06", "2024-03-18T02:11:09Z"
    found = resource(read(dublin_core("".join(f"<dc:date>{one}</dc:date>" for one in dates))))
    assert found.issued == "2009-06"


def test_a_citation_is_no_identifier():
    found = resource(
        read(
            dublin_core(
                "<dc:identifier>Li, A. (2011). Tide gauges. [Data set]. Harbour Library.</dc:identifier>"
                "<dc:identifier>doi:10.5072/tides</dc:identifier>"
            )
        )
    )
    assert [(one.scheme, one.value) for one in found.identifiers] == [("doi", "10.5072/tides")]
    assert found.id == "toy:10.5072/tides"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (dublin_core("<dc:date>2009</dc:date><dc:audience>Pilots of bays</dc:audience>"), ("dc.audience",)),
        (dublin_core("<dc:source>:unav</dc:source>"), ()),
        (
            json.dumps({"dataset": [{"identifier": "1", "title": "Tide", "at": {"by": "fathom", "z": 7.5}}]}),
            ("at.by", "at.z"),
        ),
        (
            json.dumps(
                {"@context": "https://schema.org/", "@type": "Dataset", "@id": "https://a.example.org/1",
                 "name": "Tides", "teaches": [{"@type": "Thing", "name": "Moon"}, {"name": "Tides"}]}
            ),
            ("teaches.name",),
        ),
    ],
)  # fmt: skip
def test_fields_whose_words_no_field_of_ours_holds_are_named(body: str, fields: tuple[str, ...]):
    assert only(read(body)).unread == fields


def test_words_that_a_mapping_turns_into_a_code_are_read():
    table = "name,id,access,depth\nTides,1,with leave,7 m\n"
    mapping = read_mapping(
        "name: toy\nfields: {title: name, identifier: id, access_level: access}\n"
        "values: {access_level: {with leave: application}}\n",
        "toy.yaml",
    )
    entry = only(read(table, "table", mapping=mapping))
    assert entry.unread == ("depth",)


@pytest.mark.parametrize("nothing", ["n/a", "Not Specified", ":unav", "暂无", "/", "—", " 无 "])
def test_what_fills_an_empty_field_is_nothing(nothing: str):
    assert is_placeholder(nothing)
    record = {
        "@context": "https://schema.org/", "@type": "Dataset", "name": "Fog", "url": "https://fog.example.org/",
        "description": nothing, "license": nothing, "keywords": [nothing, "fog"], "version": nothing,
        "creator": {"name": nothing}, "publisher": {"name": nothing}, "datePublished": nothing,
        "contactPoint": {"name": nothing, "telephone": nothing}, "encodingFormat": nothing,
    }  # fmt: skip
    page = read(json.dumps(record, ensure_ascii=False))
    found = resource(page)
    assert found.subjects.en == ("fog",)
    assert not any((found.holdings, found.licence, found.details, found.creators, found.host, found.issued))
    assert not (found.contact or found.formats)


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        ("This work is licensed under a Creative Commons Attribution (CC-BY) 4.0 License", "CC-BY-4.0"),
        ("署名-非商业性使用-相同方式共享 4.0 国际", "CC-BY-NC-SA-4.0"),
        ("知识共享署名 4.0 国际许可协议", "CC-BY-4.0"),
        ("UK Open Government Licence (OGL v3)", "OGL-UK-3.0"),
        ("This work is not licensed under CC BY 4.0", "This work is not licensed under CC BY 4.0"),
        ("CC BY 4.0（图片除外）", "CC BY 4.0（图片除外）"),
        ("署名 3.0 与 4.0 国际", "署名 3.0 与 4.0 国际"),
        ("License not specified", None),
    ],
)
def test_titles_and_sentences_of_licences(stated: str, licence: str | None):
    assert licence_of(stated) == licence


def packages(**states: Any) -> str:
    return json.dumps(
        {
            "success": True,
            "result": {
                "count": len(states),
                "results": [
                    {
                        "id": key,
                        "name": key,
                        "title": f"Parks {key}",
                        "metadata_modified": "2026-01-02",
                        **more,
                    }
                    for key, more in states.items()
                ],
            },
        }
    )


def test_only_active_public_packages_of_a_portal_are_records():
    page = read(
        packages(
            a={},
            b={"private": True},
            c={"state": "draft"},
            d={"state": "deleted"},
            e={"resources": [{"url": "https://t.example.org/e.csv", "state": "deleted"}]},
        ),
        url="https://t.example.org/api/3/action/package_search",
    )
    entries = {entry.identifier: entry for entry in page.entries}
    assert [key for key, one in entries.items() if one.resource] == ["a", "e"]
    assert {key for key, one in entries.items() if one.deleted} == {"b", "c", "d"}
    assert rules(entries["b"]) == {"ckan.private"}
    first = entries["a"].resource
    assert first is not None and first.url == "https://t.example.org/dataset/a"


def test_catalogues_in_a_catalogue_are_read():
    record = {"identifier": "r", "title": "Roads", "description": "d", "@type": "dcat:Dataset"}
    inner = {
        "@type": "dcat:Catalog",
        "dataset": [record],
        "catalog": [{"dataset": [{**record, "identifier": "s"}]}],
    }
    page = read(
        json.dumps({"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "catalog": [inner]}),
        "dcat_us",
    )
    assert [one.identifier for one in page.entries] == ["r", "s"]


def web_page(script: str) -> str:
    return f'<!doctype html><html><script type="application/ld+json">{script}</script></html>'


DATASET = (
    '{"@context": "https://schema.org/", "@type": "%s", "name": "Snow %s", "url": "https://s.example.org/%s"}'
)


def test_scripts_as_pages_really_have_them():
    two = web_page(DATASET % ("DataSet", "a", "a") + "\n" + DATASET % ("dataset", "b", "b"))
    assert [one.resource.name.en for one in read(two).entries if one.resource] == ["Snow a", "Snow b"]
    broken = web_page(DATASET.replace("Snow %s", "Snow\n%s\tdeep") % ("Dataset", "a", "a"))
    assert resource(read(broken)).name.en == "Snow a deep"
    escaped = web_page("//<![CDATA[\n" + (DATASET % ("Dataset", "a", "a")).replace('"', "&quot;") + "\n//]]>")
    assert resource(read(escaped)).name.en == "Snow a"


def test_a_box_with_the_longitude_first_is_turned():
    record = json.loads(DATASET % ("Dataset", "a", "a"))
    record["spatialCoverage"] = {"geo": {"@type": "GeoShape", "box": "100.5 20 122 41"}}
    spatial = resource(read(json.dumps(record))).spatial
    assert spatial is not None
    box = spatial.boxes[0]
    assert (box.west, box.south, box.east, box.north) == (100.5, 20, 122, 41)


def test_variables_and_formats_of_croissant_are_kept():
    record = {
        "@context": "https://schema.org/", "@type": "sc:Dataset", "name": "scars",
        "url": "https://h.example.org/s",
        "distribution": [{"@type": "sc:FileSet", "encodingFormat": "application/x-parquet", "includes": "*"}],
        "recordSet": [
            {"field": [{"name": "burned", "description": "Share of burned pixels"}, {"name": "day"}]}
        ],
    }  # fmt: skip
    found = resource(read(json.dumps(record)))
    assert isinstance(found.details, DataDetails)
    assert found.details.variables == ("burned (Share of burned pixels)", "day")
    assert found.formats == ("parquet",)


def iso(inside: str) -> str:
    return (
        '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" '
        'xmlns:gco="http://www.isotc211.org/2005/gco"><gmd:fileIdentifier><gco:CharacterString>u-1'
        "</gco:CharacterString></gmd:fileIdentifier><gmd:identificationInfo><gmd:MD_DataIdentification>"
        "<gmd:citation><gmd:CI_Citation><gmd:title><gco:CharacterString>Soil grid</gco:CharacterString>"
        "</gmd:title></gmd:CI_Citation></gmd:citation></gmd:MD_DataIdentification></gmd:identificationInfo>"
        f"{inside}</gmd:MD_Metadata>"
    )


def link(url: str) -> str:
    return (
        f"<gmd:CI_OnlineResource><gmd:linkage><gmd:URL>{url}</gmd:URL></gmd:linkage></gmd:CI_OnlineResource>"
    )


def test_of_an_iso_record_only_its_own_addresses_are_taken():
    home = (
        "<gmd:distributor><gmd:MD_Distributor><gmd:distributorContact><gmd:CI_ResponsibleParty>"
        "<gmd:contactInfo><gmd:CI_Contact><gmd:onlineResource>{}</gmd:onlineResource></gmd:CI_Contact>"
        "</gmd:contactInfo></gmd:CI_ResponsibleParty></gmd:distributorContact></gmd:MD_Distributor>"
        "</gmd:distributor>".format(link("https://distributor.example.org/"))
    )
    profile = (
        "<gmd:metadataProfile><gmd:CI_Citation><gmd:onlineResource>{}</gmd:onlineResource></gmd:CI_Citation>"
        "</gmd:metadataProfile>".format(link("https://profile.example.org/"))
    )
    own = (
        "<gmd:transferOptions><gmd:MD_DigitalTransferOptions><gmd:onLine>{}</gmd:onLine>"
        "</gmd:MD_DigitalTransferOptions></gmd:transferOptions>".format(link("https://data.example.org/soil"))
    )
    inside = (
        f"<gmd:distributionInfo><gmd:MD_Distribution>{home}%s</gmd:MD_Distribution></gmd:distributionInfo>"
    )

    found = resource(read(iso(profile + inside % own)))
    assert (found.url, found.other_urls) == ("https://data.example.org/soil", ())
    assert resource(read(iso(profile + inside % ""))).url is None


def test_a_repository_of_re3data_is_a_platform():
    text = (
        '<r3d:re3data xmlns:r3d="http://www.re3data.org/schema/2-2"><r3d:repository>'
        "<r3d:re3data.orgIdentifier>r3d1</r3d:re3data.orgIdentifier>"
        '<r3d:repositoryName language="eng">Tide Library</r3d:repositoryName>'
        '<r3d:additionalName language="zho">潮位数据中心</r3d:additionalName>'
        "<r3d:repositoryURL>https://tides.example.org/</r3d:repositoryURL>"
        "<r3d:dataAccess><r3d:dataAccessType>restricted</r3d:dataAccessType></r3d:dataAccess>"
        "</r3d:repository></r3d:re3data>"
    )
    found = resource(read(text))
    assert (found.type, found.name.zh, found.name.en) == ("service_platform", "潮位数据中心", "Tide Library")
    assert (found.url, found.access.level) == ("https://tides.example.org/", "restricted")


def test_the_list_of_re3data_leads_to_each_repository() -> None:
    listed = "".join(
        f'<repository><id>r3d{n}</id><link href="/api/v1/repository/r3d{n}" rel="self"/></repository>'
        for n in (1, 2)
    )

    page = read(f"<list>{listed}</list>", url="https://reg.example.org/api/v1/repositories")

    assert [one.url for one in page.next] == [
        f"https://reg.example.org/api/v1/repository/r3d{n}" for n in (1, 2)
    ]
    assert page.total == 2


def test_how_often_a_dcat_data_set_is_updated_is_kept() -> None:
    often = "http://publications.europa.eu/resource/authority/frequency/MONTHLY"
    found = resource(
        read(
            "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
            '<https://x.example.org/1> a dcat:Dataset ; dct:title "Ice"@en ; '
            f"dct:accrualPeriodicity <{often}> .",
            media_type="text/turtle",
        )
    )

    assert isinstance(found.details, DataDetails) and found.details.frequency == "MONTHLY"
