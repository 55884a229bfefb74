"""DCAT-US, CKAN, DataCite, figshare, Dataverse, InvenioRDM and mapped APIs, paged: samples of our own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from corpus.details import DataDetails
from corpus.harvest import harvester
from corpus.harvest.errors import Malformed, MappingInvalid, OverLimit, ProtocolFault, SourceInvalid
from corpus.harvest.mapping import bundled_mappings, read_mapping
from tests.corpus.harvest.reading import follow, only, read, resource, rules

DATASET: dict[str, Any] = {
    "identifier": "snow-1",
    "title": "Snow depth",
    "description": "<p>Depth of snow at forty plots.</p>",
    "publisher": {"name": "Institute of Examples"},
    "contactPoint": {"fn": "Desk", "hasEmail": "mailto:desk@example.org"},
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "accessLevel": "restricted public",
    "issued": "2020-01-02",
    "spatial": "73.5,18.2,134.7,53.5",
    "temporal": "2001-01-01/2010-12-31",
    "distribution": [{"downloadURL": "https://data.example.org/snow.csv", "mediaType": "text/csv"}],
}


def test_dcat_us_is_mapped():
    found = resource(read(json.dumps({"dataset": [DATASET]})))

    assert (found.name.en, found.licence, found.access_rights) == ("Snow depth", "CC-BY-4.0", "restricted")
    assert found.holdings is not None
    assert found.holdings.en == "Depth of snow at forty plots."
    assert found.url == "https://data.example.org/snow.csv", "the way in where there is no page"
    assert found.contact is not None
    assert found.contact.email == "desk@example.org"
    assert found.temporal is not None
    assert found.temporal.end == "2010-12-31"
    assert isinstance(found.details, DataDetails)
    assert found.formats == ("CSV",)


def test_one_bad_record_is_refused_with_its_line_and_the_rest_is_kept():
    bad = [{**DATASET, "identifier": {"@type": "Identifier"}}, {**DATASET, "title": ""}, "text", [1]]
    body = json.dumps({"dataset": [*bad, DATASET]}, indent=1)
    entries = list(read(body, "dcat_us").entries)

    assert [rules(one) for one in entries[:4]] == [
        {"identifier.missing"}, {"title.missing"}, {"record.shape"}, {"record.shape"},
    ]  # fmt: skip
    assert entries[1].line is not None
    assert entries[1].line > entries[0].line  # type: ignore[operator]
    assert entries[4].resource is not None
    assert json.loads(entries[4].original) == DATASET


def test_what_is_left_out_of_a_record_is_said():
    entry = only(
        read(
            json.dumps(
                {
                    "dataset": [
                        {
                            **DATASET,
                            "contactPoint": None,
                            "issued": "2015-13-45",
                            "distribution": [{"accessURL": "//no-scheme"}],
                        }
                    ]
                }
            )
        )
    )

    assert entry.resource is not None
    assert rules(entry) == {"dcat_us.contactPoint", "date.malformed", "url.malformed"}
    assert str(entry.complaints[0]).startswith("https://data.example.org/catalogue:1 (snow-1): ")


def test_a_file_that_breaks_off_keeps_what_came_and_is_not_whole():
    body = json.dumps({"dataset": [DATASET, DATASET]})
    page = read(body[: body.rindex('"publisher"')], "dcat_us")

    assert len(list(page.entries)) == 1
    assert [one.rule for one in page.complaints] == ["json.syntax"]


def test_a_key_with_two_values_is_refused():
    body = '{"dataset": [{"identifier": "a", "identifier": "b", "title": "T"}]}'

    assert rules(only(read(body, "dcat_us"))) == {"json.duplicate_key"}


@pytest.mark.parametrize(
    ("body", "error", "rule"),
    [
        ('{"dataset": ' + "[" * 100_000, OverLimit, "json.depth"),
        ('{"dataset": oops}', Malformed, "json.syntax"),
        ('{"a": 1}', Malformed, "dcat_us.no_datasets"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused(body: str, error: type[Exception], rule: str):
    with pytest.raises(error) as refused:
        read(body, "dcat_us")

    assert refused.value.rule == rule  # type: ignore[attr-defined]


def test_series_and_services_of_dcat_us_3():
    series = {"@id": "https://x.example.org/s", "title": "Yearly", "seriesMember": [DATASET]}
    service = {"identifier": "api-1", "title": "Snow API", "endpointURL": ["https://api.example.org/v1"]}
    body = {"dataset": [DATASET], "service": [service], "datasetSeries": [series]}
    found = {entry.identifier: entry.resource for entry in read(json.dumps(body)).entries}

    assert list(found) == ["snow-1", "api-1", "https://x.example.org/s"]
    assert found["api-1"] is not None
    assert (found["api-1"].type, found["api-1"].url) == ("service_platform", "https://api.example.org/v1")


def test_ckan_is_paged_by_start():
    package = {
        "id": "p1", "name": "snow", "title": "雪深", "notes": "四十个样方的雪深。", "license_id": "cc-by-4.0",
        "metadata_modified": "2024-05-06T01:02:03", "tags": [{"display_name": "积雪"}],
        "organization": {"title": "某研究院"}, "extras": [{"key": "spatial_text", "value": "青海省"}],
        "resources": [{"url": "https://data.example.org/a.xlsx", "format": "XLSX", "name": "表"}],
    }  # fmt: skip
    reader = harvester("ckan")
    page = read(
        json.dumps({"success": True, "result": {"count": 3, "results": [package, {**package, "id": "p2"}]}}),
        "ckan", page_size=2, since="2024-01-01", sets=("ice",),
    )  # fmt: skip

    following = follow(page)
    params = dict(following.params)
    assert following.url.endswith("/api/3/action/package_search")
    assert (params["start"], params["rows"]) == ("2", "2")
    assert params["fq"] == '+organization:("ice") +metadata_modified:[2024-01-01T00:00:00Z TO *]'
    last = reader.read(
        json.dumps({"success": True, "result": {"count": 3, "results": [{**package, "id": "p3"}]}}).encode(),
        following,
    )
    assert last.next == ()
    found = next(page.entries).resource
    assert found is not None
    assert (found.languages, found.licence, found.written_in) == (("zh",), "CC-BY-4.0", ("zh",))
    assert found.spatial is not None
    assert found.spatial.provinces == ("青海省",)


def test_ckan_says_no_and_ends_early():
    with pytest.raises(ProtocolFault):
        read('{"success": false, "error": {"message": "Access denied"}}', "ckan")
    page = read('{"success": true, "result": {"count": 9, "results": []}}', "ckan")

    assert (page.total, page.next) == (9, ())  # the run sees that it ends early


def test_datacite_pages_by_cursor():
    work = {
        "id": "10.12345/a", "type": "dois",
        "attributes": {
            "doi": "10.12345/a", "titles": [{"title": "Snow"}], "publisher": "Desk", "publicationYear": 2021,
            "creators": [{"name": "Li, Wei", "nameIdentifiers": [{"nameIdentifier": "0000-0002-1825-0097"}]}],
            "types": {"resourceTypeGeneral": "Dataset"}, "url": "https://data.example.org/a",
            "rightsList": [{"rights": "CC BY 4.0", "rightsIdentifier": "cc-by-4.0"}],
        },
    }  # fmt: skip
    page = read(
        json.dumps(
            {"data": [work], "meta": {"total": 2}, "links": {"next": "https://api.example.org/dois?c=2"}}
        ),
        "datacite_json",
    )

    assert follow(page).url == "https://api.example.org/dois?c=2"
    found = resource(page)
    assert found.id == "toy:10.12345/a"
    assert found.creators[0].orcid == "0000-0002-1825-0097"
    assert (found.issued, found.licence) == ("2021", "CC-BY-4.0")


def test_figshare_asks_for_each_article_and_then_for_the_next_page():
    listed = [{"id": 1, "title": "Snow", "url_public_api": "https://api.figshare.example/v2/articles/1"}]
    page = read(json.dumps(listed), "figshare", url="https://api.figshare.example/v2/articles", page_size=1)

    assert list(page.entries) == []
    assert [one.url for one in page.next] == [
        "https://api.figshare.example/v2/articles/1", "https://api.figshare.example/v2/articles",
    ]  # fmt: skip
    assert dict(page.next[1].params)["page"] == "2"
    article = {
        **listed[0], "description": "<p>Depth</p>", "doi": "10.6084/m9.figshare.1", "tags": ["ice"],
        "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        "files": [{"name": "a.csv", "download_url": "https://x.example.org/1", "size": 12}],
        "is_embargoed": True, "embargo_date": "2030-01-01", "authors": [{"full_name": "Li Wei"}],
    }  # fmt: skip
    detail = harvester("figshare").read(json.dumps(article).encode(), page.next[0])
    found = resource(detail)
    assert (found.licence, found.access_rights) == ("CC-BY-4.0", "embargoed")
    assert found.access.text is not None
    assert "2030-01-01" in found.access.text.en


def test_dataverse_searches_by_start_and_reads_native_records():
    hit = {
        "global_id": "doi:10.12345/DV1",
        "name": "Survey",
        "description": "Answers",
        "url": "https://doi.org/10.12345/DV1",
    }
    page = read(
        json.dumps({"status": "OK", "data": {"total_count": 2, "items": [hit]}}), "dataverse",
        url="https://dv.example.org", page_size=1,
    )  # fmt: skip
    assert (follow(page).url, dict(follow(page).params)["start"]) == (
        "https://dv.example.org/api/search",
        "1",
    )
    assert resource(page).id == "toy:10.12345/dv1"

    def field(name: str, value: Any) -> dict[str, Any]:
        return {"typeName": name, "value": value}

    native = {
        "protocol": "doi", "authority": "10.12345", "identifier": "DV2",
        "latestVersion": {
            "license": {"name": "CC0 1.0", "uri": "http://creativecommons.org/publicdomain/zero/1.0"},
            "metadataBlocks": {
                "citation": {
                    "fields": [
                        field("title", "调查"),
                        field("dsDescription", [{"dsDescriptionValue": field("value", "问卷。")}]),
                        field("datasetContact", [{"datasetContactEmail": field("e", "desk@example.org")}]),
                    ]
                }
            },
        },
    }  # fmt: skip
    found = resource(read(json.dumps({"status": "OK", "data": native}), "dataverse"))
    assert (found.id, found.name.zh, found.licence) == ("toy:10.12345/dv2", "调查", "CC0-1.0")
    assert found.contact is not None
    assert found.contact.email == "desk@example.org"


def test_invenio_reads_both_forms_of_records():
    new = {
        "id": "abc-1", "updated": "2024-05-06T00:00:00Z", "links": {"self_html": "https://i.example.org/records/abc-1"},
        "pids": {"doi": {"identifier": "10.12345/i1"}}, "access": {"files": "restricted"},
        "metadata": {
            "title": "Ice cores", "publication_date": "2022", "description": "<p>Cores</p>",
            "resource_type": {"id": "dataset"}, "rights": [{"id": "cc-by-4.0"}],
            "creators": [{"person_or_org": {"name": "Li, Wei", "type": "personal"}}],
        },
        "files": {"entries": {"a.csv": {"key": "a.csv", "links": {"content": "https://i.example.org/a.csv"}}}},
    }  # fmt: skip
    zenodo = {
        "id": 12, "doi": "10.5281/zenodo.12", "links": {"html": "https://z.example.org/12"},
        "metadata": {
            "title": "Article", "access_right": "open", "license": {"id": "cc-zero"},
            "resource_type": {"type": "publication", "subtype": "article"},
        },
    }  # fmt: skip
    body = {
        "hits": {"hits": [new, zenodo], "total": 3},
        "links": {"next": "https://i.example.org/api/records?page=2"},
    }
    page = read(json.dumps(body), url="https://i.example.org/")

    one, two = (entry.resource for entry in page.entries)
    assert one is not None
    assert two is not None
    assert (one.access_rights, one.licence, one.issued) == ("restricted", "CC-BY-4.0", "2022")
    assert (two.type, two.access_rights, two.licence) == ("literature", "open", "CC0-1.0")
    assert follow(page).url == "https://i.example.org/api/records?page=2"


MAPPING = """
name: toy-api
records: result.items
fields:
  identifier: code
  title: [name.zh, name.en]
  title_en: name.en
  description: about
  keywords: 'tags[].word'
  province: place.code
  doi: 'ids[kind=doi].value'
  details.booking_url: booking
constants: {type: instrument}
address: https://api.example.org/things/{id}
paging: {style: page, parameter: p, size_parameter: n, size: 2, total_path: result.pages, total_counts: pages}
"""


def test_any_api_is_read_by_a_mapping_and_paged():
    thing = {
        "code": "X 1", "name": {"zh": "冷冻电镜", "en": "Cryo-EM"}, "about": "三百千伏。",
        "tags": [{"word": "电镜"}],
        "place": {"code": "110108"}, "ids": [{"kind": "doi", "value": "10.12345/m"}],
        "booking": "https://b.example.org",
    }  # fmt: skip
    page = read(
        json.dumps({"result": {"pages": 2, "items": [thing]}}), "json_api", mapping=read_mapping(MAPPING, "m")
    )

    assert dict(follow(page).params) == {"p": "2", "n": "2"}
    found = resource(page)
    assert (found.name.zh, found.name.en, found.type, found.province) == (
        "冷冻电镜", "Cryo-EM", "instrument", "北京市",
    )  # fmt: skip
    assert found.url == "https://api.example.org/things/X%201"
    assert found.details is not None
    assert found.details.booking_url == "https://b.example.org"  # type: ignore[union-attr]
    last = harvester("json_api").read(
        json.dumps({"result": {"pages": 2, "items": [thing]}}).encode(), follow(page)
    )
    assert last.next == ()


def test_json_lines_lose_only_the_bad_line():
    mapping = read_mapping("name: l\nfields: {identifier: id, title: t}", "m")
    entries = list(
        read(
            '{"id": "1", "t": "One"}\n{"id": "2" "t"}\n\n{"id": "3", "t": "Three"}',
            "json_api",
            mapping=mapping,
        ).entries
    )

    assert [entry.resource is not None for entry in entries] == [True, False, True]
    assert (entries[1].line, rules(entries[1])) == (2, {"json.syntax"})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("name: m\nfields: {titel: t}", "titel"),
        ("name: m\nfields: {title: t}\naddress: https://x", "{id}"),
        ("name: [", "YAML"),
        ("fields: {title: t}", "name"),
    ],
)
def test_a_mapping_that_does_not_fit_names_the_field(text: str, named: str):
    with pytest.raises(MappingInvalid) as refused:
        read_mapping(text, "m.yaml")

    assert named in str(refused.value)


def test_without_a_mapping_an_unknown_api_is_refused():
    with pytest.raises(SourceInvalid):
        read('{"things": []}', "json_api")


def test_the_bundled_mappings_load():
    assert set(bundled_mappings()) == {
        "core-metadata-zh",
        "gateway-to-research",
        "government-catalogue-zh",
        "openaire",
        "sciencedb",
    }


def test_projects_of_the_gateway_to_research_need_no_mapping_file():
    project = {"id": "9", "title": "Ice", "abstractText": "Cores of ice.", "href": "http://g.example.org/api"}
    found = resource(read(json.dumps({"totalPages": 1, "project": [project]})))

    assert (found.name.en, found.url) == ("Ice", "https://gtr.ukri.org/project/9")


def test_data_gov_is_read_inside_its_envelope_and_followed_by_cursor():
    hit = {"slug": "snow-depth", "dcat": DATASET, "harvest_record": "x"}
    asked = {"url": "https://data.example.org/search", "sets": ("one", "two")}

    page = read(json.dumps({"after": "c1", "results": [hit]}), "data_gov", **asked)
    again = follow(page)
    assert dict(again.params)["after"] == "c1" and dict(again.params)["org_slug"] == "one"
    entry = only(page)
    assert entry.identifier == "snow-depth" and entry.resource is not None
    assert entry.resource.url == "https://data.example.org/dataset/snow-depth"
    assert [one.value for one in entry.resource.identifiers] == ["snow-1"]

    other = follow(harvester("data_gov").read(json.dumps({"results": []}).encode(), again))
    assert dict(other.params)["org_slug"] == "two" and "after" not in dict(other.params)
    with pytest.raises(ProtocolFault, match="no such thing"):
        read('{"error": "no such thing"}', "data_gov", **asked)


def test_a_mapped_api_is_followed_by_cursor_until_all_came():
    mapping = read_mapping(
        "name: m\nrecords: rows\nfields: {identifier: id, title: name}\n"
        "paging: {style: cursor, parameter: c, first: '*', next_path: head.next, total_path: head.all}",
        "m.yaml",
    )
    asked = {"mapping": mapping, "url": "https://api.example.org/rows"}

    def body(number: int) -> str:
        return json.dumps({"head": {"next": "k2", "all": 2}, "rows": [{"id": str(number), "name": "Ice"}]})

    first = read(body(1), "json_api", **asked)
    second = follow(first)
    assert dict(second.params)["c"] == "k2" and first.total == 2
    assert not harvester("json_api").read(body(2).encode(), second).next
