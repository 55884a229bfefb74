"""Every file of the shared folder of real inputs: mapped, or refused for the reason that it has."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from corpus.harvest import detected
from corpus.harvest.errors import HarvestError
from corpus.harvest.records import Entry, HarvestSource, Page

FOLDER = Path(__file__).parents[4] / "shared" / "bench" / "harvest-inputs"
REGISTRY = FOLDER.parent / "open-data-registry" / "corpus.jsonl"

REFUSED = {
    "datacite-and-schema-org/fixtures_datacite-example-relateditems.xml": "xml.syntax",
    "datacite-and-schema-org/fixtures_datacite_software_missing_comma.json": "json.syntax",
    "datacite-and-schema-org/fixtures_datacite_software_overlapping_keys.json": "json.duplicate_key",
    "dcat-ap/3.0.0-hvd_html_examples_example-bees_wasps_dataset.ttl": "rdf.syntax",
    "dcat-ap/3.0.0-hvd_html_examples_example-map_licenses.jsonld": "dcat.no_dataset",
    "dcat-ap/3.0.0-hvd_html_examples_example-ms_catalogue_simple.jsonld": "dcat.not_described",
    "dcat-ap/3.0.0-hvd_html_examples_example-ms_catalogue_simple.ttl": "dcat.not_described",
    "dcat-us/dcatus_dcatus3_0_no_identifier.json": "identifier.missing",
    "iso-csw-fgdc-dif/resources_9250AA67-F3AC-6C12-0CB9-0662231AA181_marc21.xml": "format.marc21",
    "iso-csw-fgdc-dif/resources_gm03_example1.xml": "format.gm03",
    "iso-csw-fgdc-dif/resources_gm03_example2.xml": "format.gm03",
    "iso19115/iso_2_waf_decode_error.xml": "format.unknown",
    "oai-pmh/tests_sample_data_Identify.xml": "oai.no_records",
    "oai-pmh/tests_sample_data_ListMetadataFormats.xml": "oai.no_records",
    "oai-pmh/tests_sample_data_ListSets.xml": "oai.no_records",
    "oai-pmh/tests_sample_data_ListIdentifiers.xml": "oai.header_only",
    "oai-pmh/tests_sample_data_ListIdentifiers2.xml": "oai.header_only",
    "oai-pmh/tests_sample_data_ListRecordsBroken.xml": "format.unknown",
    "oai-pmh/tests_sample_data_badArgument.xml": "oai.badArgument",
    "oai-pmh/tests_sample_data_badResumptionToken.xml": "oai.badResumptionToken",
    "oai-pmh/tests_sample_data_cannotDisseminateFormat.xml": "oai.cannotDisseminateFormat",
    "oai-pmh/tests_sample_data_idDoesNotExist.xml": "oai.idDoesNotExist",
    "oai-pmh/tests_sample_data_noSetHierarchy.xml": "oai.noSetHierarchy",
    "oai-pmh/tests_sample_data_undefinedError.xml": "oai.undefinedError",
    "schema-org/dataset_variableMeasured_AstroMaterials_analysis.jsonld": "title.missing",
}
"""File -> the rule that it is refused by; the protocol's own answers hold no records to be mapped."""
EMPTY = {"oai-pmh/tests_sample_data_noRecordsMatch.xml"}
TOLD = {
    "dcat-us/dcatus_dcatus3_0_invalid.json": "dcat_us.contactPoint",
    "dcat-us/dcatus_dcatus_multiple_invalid.json": "url.malformed",
    "dcat-us/dcatus_dcatus_bad_license_uri.json": "dcat_us.license",
    "schema-org/testingDataGraphs_dataset-full-BAD.json-ld": "schema_org.property",
    "iso19115/iso_2_waf_valid_iso_too_many_keywords.xml": "keywords.cut",
}
"""Suspect files whose records are kept: what is wrong with them is a complaint."""

FILES = sorted(
    path.relative_to(FOLDER).as_posix()
    for path in FOLDER.rglob("*.*")
    if path.is_file() and path.parent != FOLDER
)

pytestmark = pytest.mark.skipif(not FILES, reason="the shared folder is not here")


def read(name: str) -> tuple[Page, list[Entry]]:
    body = (FOLDER / name).read_bytes()
    reader = detected(body, "", name)
    page = reader.read(body, reader.first(HarvestSource(name="bench", url=name)))
    return page, list(page.entries)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_mapped_or_refused_by_name(name: str):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            page, entries = read(name)
        except HarvestError as refused:
            assert REFUSED.get(name) == refused.rule
            assert name in str(refused)
            return
    told = [*page.complaints, *(one for entry in entries for one in entry.complaints)]
    assert all(one.source == name for one in told)
    if name in REFUSED:
        assert REFUSED[name] in {one.rule for one in told}
        assert not any(entry.resource for entry in entries)
        return
    refused_ones = [entry for entry in entries if entry.refused]
    assert refused_ones == [], [str(one) for one in refused_ones[0].complaints]
    assert any(entry.resource for entry in entries) or name in EMPTY
    assert TOLD.get(name) in {None, *(one.rule for one in told)}
    for entry in entries:
        if entry.resource is not None:
            assert entry.identifier
            assert entry.original
            assert entry.resource.name.en
            assert entry.resource.origin is not None


def test_the_ids_of_one_format_do_not_run_into_each_other():
    ids = [entry.resource.id for entry in read("ckan/archive_ckan-export.json")[1] if entry.resource]

    assert len(ids) == len(set(ids)) == 390


@pytest.mark.skipif(not REGISTRY.is_file(), reason="the shared folder is not here")
def test_every_record_of_the_registry_is_mapped_with_a_way_in():
    body = REGISTRY.read_bytes()
    reader = detected(body, "", "corpus.jsonl")
    entries = list(reader.read(body, reader.first(HarvestSource(name="aws", url="corpus.jsonl"))).entries)

    resources = [entry.resource for entry in entries if entry.resource]
    assert len(entries) == len(resources) == body.count(b"\n")
    assert len({one.id for one in resources}) == len(resources)
    assert sum(one.how_to_apply is not None for one in resources) > 0.98 * len(resources)
    assert sum(one.licence is not None for one in resources) > 0.98 * len(resources)
