"""Who paid for a thing, and what it is a part, a version, a source of: from each form into one field."""

from __future__ import annotations

import json

import pytest

from corpus.details import grant_text, relation_text
from corpus.exports.datacite import datacite
from corpus.exports.dcat import dcat
from corpus.exports.jsonld import record_jsonld
from corpus.harvest.mapping import read_mapping
from corpus.records import Resource
from tests.corpus.exports.samples import BASE, DATASET
from tests.corpus.harvest.reading import read, resource

GMD = 'xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"'
DATACITE = """<resource xmlns="http://datacite.org/schema/kernel-4"><identifier identifierType="DOI"
>10.5072/t1</identifier><titles><title>Tides</title></titles><publisher>Bay</publisher>
<relatedIdentifiers><relatedIdentifier relatedIdentifierType="DOI" relationType="IsPartOf">10.5072/bay
</relatedIdentifier><relatedIdentifier relatedIdentifierType="URL" relationType="IsNewVersionOf"
>https://bay.example.org/t0</relatedIdentifier></relatedIdentifiers>
<relatedItems><relatedItem relatedItemType="Book" relationType="IsCitedBy"><titles><title>Of waves</title>
</titles></relatedItem></relatedItems><fundingReferences><fundingReference><funderName>Sea Fund</funderName>
<funderIdentifier funderIdentifierType="ROR">https://ror.org/021nxhr62</funderIdentifier>
<awardNumber>S-9</awardNumber><awardTitle>Ebb</awardTitle></fundingReference></fundingReferences></resource>"""
FORMS: dict[str, tuple[str | bytes, str | None]] = {
    "datacite_xml": (DATACITE, None),
    "datacite_json": (
        json.dumps({"data": {"id": "10.5072/t1", "type": "dois", "attributes": {
            "doi": "10.5072/t1", "titles": [{"title": "Tides"}], "publisher": "Bay", "publicationYear": 2020,
            "relatedIdentifiers": [
                {"relationType": "IsPartOf", "relatedIdentifier": "10.5072/bay",
                 "relatedIdentifierType": "DOI"},
                {"relationType": "IsNewVersionOf", "relatedIdentifier": "https://bay.example.org/t0",
                 "relatedIdentifierType": "URL"}],
            "relatedItems": [{"relationType": "IsCitedBy", "titles": [{"title": "Of waves"}]}],
            "fundingReferences": [{"funderName": "Sea Fund", "awardNumber": "S-9", "awardTitle": "Ebb",
                                   "funderIdentifier": "https://ror.org/021nxhr62"}]}}}),
        None,
    ),
    "schema_org": (
        json.dumps({"@context": "https://schema.org/", "@type": "Dataset", "@id": "https://bay.example.org/t1",
            "name": "Tides", "isPartOf": {"@type": "Dataset", "identifier": "doi:10.5072/bay"},
            "isBasedOn": "https://bay.example.org/t0", "citation": "Of waves",
            "funding": {"@type": "Grant", "identifier": "S-9", "name": "Ebb",
                        "funder": {"@id": "https://ror.org/021nxhr62", "name": "Sea Fund"}},
            "funder": {"@type": "Organization", "name": "Sea Fund"}}),
        None,
    ),
    "dcat_ap": (
        """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        @prefix s: <http://schema.org/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
        <https://bay.example.org/t1> a dcat:Dataset ; dct:title "Tides" ;
          dcat:inSeries <https://doi.org/10.5072/bay> ; dct:replaces <https://bay.example.org/t0> ;
          dct:isReferencedBy [ dct:title "Of waves" ] ;
          s:funding [ s:identifier "S-9" ; s:name "Ebb" ; s:funder <https://ror.org/021nxhr62> ] .
        <https://ror.org/021nxhr62> a foaf:Organization ; foaf:name "Sea Fund" .""",
        None,
    ),
    "invenio": (
        json.dumps({"id": "t1", "links": {"self_html": "https://bay.example.org/records/t1"}, "pids": {},
            "updated": "2020-01-01", "metadata": {"title": "Tides", "resource_type": {"id": "dataset"},
            "related_identifiers": [
                {"identifier": "10.5072/bay", "scheme": "doi", "relation_type": {"id": "ispartof"}},
                {"identifier": "https://bay.example.org/t0", "scheme": "url",
                 "relation_type": {"id": "isnewversionof"}}],
            "funding": [{"funder": {"name": "Sea Fund", "id": "021nxhr62"},
                         "award": {"number": "S-9", "title": {"en": "Ebb"}}}]}}),
        "invenio",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_awards_and_relations_of_each_form_stand_in_one_field(form: str):
    body, name = FORMS[form]
    found = resource(read(body, name))

    assert [grant_text(one) for one in found.funding] == ["Sea Fund S-9: Ebb"]
    told = {one.kind: relation_text(one) for one in found.relations}
    assert told.pop("part_of") == "doi 10.5072/bay"
    if "cited_by" in told:
        assert told.pop("cited_by") == "Of waves"
    if "cites" in told:
        assert told.pop("cites") == "Of waves"
    assert list(told.values()) == ["https://bay.example.org/t0"]
    assert set(told) <= {"previous_version", "derived_from"}
    if form != "invenio":
        assert found.funding[0].ror == "021nxhr62"


def test_a_ckan_package_tells_its_series_its_funder_and_what_it_depends_on():
    package = {
        "id": "t1", "name": "tides", "title": "Tides", "metadata_modified": "2020-01-01",
        "relationships_as_subject": [{"type": "derives_from", "__extras": {"object_package_id": "gauges-7"}}],
        "extras": [{"key": "Funding source", "value": "Sea Fund"}, {"key": "grant_number", "value": "S-9"},
                   {"key": "is_part_of", "value": '["https://bay.example.org/series"]'}],
    }  # fmt: skip
    found = resource(read(json.dumps({"success": True, "result": package}), "ckan"))

    assert [grant_text(one) for one in found.funding] == ["Sea Fund S-9"]
    assert {one.kind: relation_text(one) for one in found.relations} == {
        "derived_from": "ckan gauges-7",
        "part_of": "https://bay.example.org/series",
    }


def test_an_iso_record_tells_what_it_is_part_of_and_who_paid():
    found = resource(
        read(
            f"<gmd:MD_Metadata {GMD}><gmd:fileIdentifier><gco:CharacterString>t1</gco:CharacterString>"
            "</gmd:fileIdentifier><gmd:parentIdentifier><gco:CharacterString>series-4</gco:CharacterString>"
            "</gmd:parentIdentifier><gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation>"
            "<gmd:CI_Citation><gmd:title><gco:CharacterString>Tides</gco:CharacterString></gmd:title>"
            "<gmd:citedResponsibleParty><gmd:CI_ResponsibleParty><gmd:organisationName><gco:CharacterString>"
            "Sea Fund</gco:CharacterString></gmd:organisationName><gmd:role><gmd:CI_RoleCode "
            'codeListValue="funder"/></gmd:role></gmd:CI_ResponsibleParty></gmd:citedResponsibleParty>'
            "</gmd:CI_Citation></gmd:citation><gmd:aggregationInfo><gmd:MD_AggregateInformation>"
            "<gmd:aggregateDataSetName><gmd:CI_Citation><gmd:title><gco:CharacterString>Atlas of the bay"
            "</gco:CharacterString></gmd:title></gmd:CI_Citation></gmd:aggregateDataSetName><gmd:associationType>"
            '<gmd:DS_AssociationTypeCode codeListValue="largerWorkCitation"/></gmd:associationType>'
            "</gmd:MD_AggregateInformation></gmd:aggregationInfo></gmd:MD_DataIdentification>"
            "</gmd:identificationInfo></gmd:MD_Metadata>"
        )
    )

    assert [one.funder for one in found.funding] == ["Sea Fund"]
    assert [(one.kind, relation_text(one)) for one in found.relations] == [
        ("part_of", "series-4"),
        ("part_of", "Atlas of the bay"),
    ]


def test_a_study_tells_its_grant_its_series_and_the_publications_on_it():
    found = resource(
        read(
            '<codeBook xmlns="ddi:codebook:2_5"><stdyDscr><citation><titlStmt><titl>Sailors</titl>'
            "<IDNo>s1</IDNo></titlStmt><prodStmt><fundAg>Sea Fund</fundAg>"
            '<grantNo agency="Sea Fund">S-9</grantNo></prodStmt>'
            "<serStmt><serName>Survey of crews</serName></serStmt></citation><othrStdyMat><relPubl>"
            "Doe, J. (2019). Crews and their ports. Journal of the Sea 4.</relPubl></othrStdyMat></stdyDscr>"
            "</codeBook>"
        )
    )

    assert [grant_text(one) for one in found.funding] == ["Sea Fund S-9"]
    assert [(one.kind, one.title) for one in found.relations] == [
        ("part_of", "Survey of crews"),
        ("cited_by", "Doe, J. (2019). Crews and their ports. Journal of the Sea 4."),
    ]


def test_a_mapping_may_tell_funder_and_series():
    mapping = read_mapping(
        "name: t\nfields: {title: T, identifier: I, funder: F, grant_number: G, part_of: P}\n", "m.yaml"
    )
    found = resource(
        read("I,T,F,G,P\n1,Tides,Sea Fund,S-9;S-10,Atlas of the bay\n", "table", mapping=mapping)
    )

    assert [grant_text(one) for one in found.funding] == ["Sea Fund S-9", "Sea Fund S-10"]
    assert [one.title for one in found.relations] == ["Atlas of the bay"]


def test_what_is_exported_is_read_back():
    shown = {
        "datacite": datacite(DATASET, BASE, "2026-11-22"),
        "dcat": dcat(DATASET, BASE),
        "jsonld": json.dumps(record_jsonld(DATASET, BASE)).encode(),
    }
    back: dict[str, Resource] = {form: resource(read(body)) for form, body in shown.items()}

    for form, found in back.items():
        assert "Toy Council" in {one.funder for one in found.funding}, form
        assert {"TC-17"} == {one.number for one in found.funding if one.number}, form
        told = {relation_text(one) for one in found.relations}
        assert {"doi 10.12345/toys", "https://toys.example/d/0"} <= told, form
    assert "Tops considered" in {one.title for one in back["datacite"].relations}


def test_a_record_has_no_relation_to_itself_and_none_to_nothing():
    found = resource(
        read(
            DATACITE.replace(">https://bay.example.org/t0<", ">:unav<").replace(
                "10.5072/bay\n", "https://doi.org/10.5072/T1"
            )
        )
    )

    assert [one.kind for one in found.relations] == ["cited_by"]


def test_older_forms_tell_the_larger_work():
    fgdc = resource(
        read(
            "<metadata><idinfo><citation><citeinfo><origin>Bay Survey</origin><pubdate>2015</pubdate>"
            "<title>Slides</title><serinfo><sername>Data Series</sername><issue>9</issue></serinfo>"
            "<lworkcit><citeinfo><title>Inventory of the coast</title></citeinfo></lworkcit></citeinfo>"
            "</citation><descript><abstract>Slides.</abstract></descript></idinfo></metadata>"
        )
    )
    dif = resource(
        read(
            '<DIF xmlns="http://gcmd.gsfc.nasa.gov/Aboutus/xml/dif/"><Entry_ID><Short_Name>GT'
            "</Short_Name></Entry_ID><Entry_Title>Tides</Entry_Title><Summary><Abstract>Tides.</Abstract></Summary>"
            "<Associated_DIFs><Entry_ID><Short_Name>BAY</Short_Name></Entry_ID><Type>Parent</Type></Associated_DIFs></DIF>"
        )
    )

    assert [one.title for one in fgdc.relations] == ["Inventory of the coast", "Data Series 9"]
    assert [(one.kind, one.title) for one in dif.relations] == [("part_of", "BAY")]
