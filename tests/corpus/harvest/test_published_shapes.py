"""Shapes in which portals and repositories publish what others put in another field, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from corpus.details import Box, DataDetails, Period
from corpus.harvest.licences import licence_of, rights_of
from tests.corpus.harvest.reading import only, read, resource


def dublin_core(inside: str) -> str:
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Peat cores</dc:title>{inside}</oai_dc:dc>'
    )


def packaged(**fields: Any) -> str:
    package = {"id": "p1", "name": "peat", "title": "Peat cores", "metadata_created": "2020-01-01T00:00:00"}
    answer = {"help": "https://portal.example.org/api/3/action/help_show?name=package_search"}
    return json.dumps({**answer, "success": True, "result": {"count": 1, "results": [package | fields]}})


def page_of(**fields: Any) -> str:
    return json.dumps({"@context": "https://schema.org/", "@type": "Dataset", "@id": "https://a.example.org/1",
                       "name": "Peat cores", **fields})  # fmt: skip


def details(body: str, form: str | None = None) -> DataDetails:
    found = resource(read(body, form)).details
    assert isinstance(found, DataDetails)
    return found


def test_notes_of_who_took_a_record_in_describe_nothing():
    notes = "Submitted by A. Desk (a@b.org) on 2011-02-03T04:05:06Z", "Made available in DSpace on 2011-02-03"
    texts = *notes, "Six cores of raised bogs.", "Cut to slices of 1 cm."
    found = resource(read(dublin_core("".join(f"<dc:description>{one}</dc:description>" for one in texts))))
    assert found.holdings is not None
    assert found.holdings.en == "Six cores of raised bogs.\nCut to slices of 1 cm."


@pytest.mark.parametrize(
    "coverage",
    [
        "MEDIAN LATITUDE: 50.5 * MEDIAN LONGITUDE: 7.5 * SOUTH-BOUND LATITUDE: 50 * WEST-BOUND LONGITUDE: 7"
        " * NORTH-BOUND LATITUDE: 51 * EAST-BOUND LONGITUDE: 8 * DATE/TIME START: 2001-02-03T00:00:00"
        " * DATE/TIME END: 2001-02-09T00:00:00 * MINIMUM DEPTH, peat: 0.1 m * MAXIMUM DEPTH, peat: 2 m",
        "northlimit=51; southlimit=50; westlimit=7; eastlimit=8; units=degrees; start=2001-02-03;"
        " end=2001-02-09",
    ],
)
def test_bounds_and_days_in_one_text_are_a_box_and_a_period(coverage: str):
    found = resource(read(dublin_core(f"<dc:coverage>{coverage}</dc:coverage>")))
    assert found.spatial is not None and found.spatial.places == ()
    assert found.spatial.boxes == (Box(west=7, south=50, east=8, north=51),)
    assert found.temporal == Period(start="2001-02-03", end="2001-02-09")


def test_a_place_with_a_colon_in_its_name_stays_a_place():
    found = resource(read(dublin_core("<dc:coverage>Lowlands: north</dc:coverage>")))
    assert found.spatial is not None and found.spatial.places == ("Lowlands: north",)


@pytest.mark.parametrize(
    ("words", "rights"),
    [
        ("Access constraints: unrestricted", "open"), ("access restricted", "restricted"),
        ("限制开放", "restricted"), ("延迟开放", "embargoed"), ("完全开放", "open"), ("开放时间见网页", None),
    ],
)  # fmt: skip
def test_words_for_access_are_read_whole(words: str, rights: str | None):
    assert rights_of(words) == rights


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        ("http://creativecommons.org/licenses/by/3.0/igo/legalcode", "CC-BY-3.0-IGO"),
        (
            "https://creativecommons.org/licenses/by/3.0/fj/",
            "https://creativecommons.org/licenses/by/3.0/fj/",
        ),
        ("https://choosealicense.com/licenses/cc-by-nc-4.0/", "CC-BY-NC-4.0"),
        ("https://www.govdata.de/dl-de/zero-2-0", "DL-DE-ZERO-2.0"),
    ],
)
def test_licences_by_the_addresses_that_portals_use(stated: str, licence: str):
    assert licence_of(stated) == licence


@pytest.mark.parametrize("nothing", ["(:unkn)", ":unac", "(:tba)"])
def test_codes_for_a_missing_value_are_nothing_in_brackets_too(nothing: str):
    body = (
        '<resource xmlns="http://datacite.org/schema/kernel-4"><identifier identifierType="DOI">10.5072/p'
        f"</identifier><creators><creator><creatorName>{nothing}</creatorName></creator></creators>"
        f"<titles><title>Peat</title></titles><publisher>{nothing}</publisher></resource>"
    )
    found = resource(read(body))
    assert (found.host, found.creators) == (None, ())


def test_the_contact_person_of_datacite_is_whom_to_ask():
    people = [
        {"name": "Sedge Fund", "contributorType": "Sponsor"},
        {"name": "Moss, T.", "contributorType": "ContactPerson"},
    ]
    body = {"doi": "10.5072/p", "titles": [{"title": "Peat"}], "schemaVersion": "http://datacite.org/schema/kernel-4",
            "contributors": people}  # fmt: skip
    found = resource(read(json.dumps(body), "datacite_json"))
    assert found.contact is not None and found.contact.note is not None
    assert found.contact.note.en == "Moss, T."


@pytest.mark.parametrize(
    ("fields", "start", "end"),
    [
        ({"dataset_date": "[2001-05-01T00:00:00 TO *]"}, "2001-05-01", None),
        ({"extras": [{"key": "temporal_coverage-from", "value": "2001-05"},
                     {"key": "temporal_coverage-to", "value": "2002-06"}]}, "2001-05", "2002-06"),
        ({"temporals": [{"start_date": "2001-05-01T00:00:00", "end_date": ""}]}, "2001-05-01", None),
    ],
)  # fmt: skip
def test_portals_write_a_period_in_many_fields(fields: dict[str, Any], start: str, end: str | None):
    assert resource(read(packaged(**fields))).temporal == Period(start=start, end=end)


def test_fields_of_a_portals_own_are_read_as_extras_are():
    found = resource(
        read(
            packaged(
                contact_point="bog@land.example.org", contact_info="Bog desk", update_freq="monthly",
                spatial_coverage="111100: Fenland", date_released="2019-03-04",
                description={"de": "Kerne", "en": "Six cores."},
                keywords={"de": ["Torf"], "en": ["peat"]},
                resources=[{"title": {"de": "Tabelle", "en": "Table"}, "url": "https://l.example.org/a.csv",
                            "format": "CSV", "license_url": "https://creativecommons.org/licenses/by/4.0/"}],
            )
        )
    )  # fmt: skip
    assert found.contact is not None and found.contact.email == "bog@land.example.org"
    assert found.contact.note is not None and found.contact.note.en == "Bog desk"
    assert found.spatial is not None and found.spatial.places == ("Fenland",)
    assert (found.issued, found.licence) == ("2019-03-04", "CC-BY-4.0")
    assert found.holdings is not None and found.holdings.en == "Six cores."
    assert found.subjects.en == ("Torf", "peat")
    assert isinstance(found.details, DataDetails) and found.details.frequency == "monthly"
    assert found.details.files[0].title == "Table"


def test_a_saved_answer_tells_its_portal():
    found = resource(read(packaged(), url="saved.json"))
    assert found.url == "https://portal.example.org/dataset/peat"


def test_name_and_address_of_a_contact_are_of_one_and_the_same():
    body = packaged(
        maintainer="0b0f7a5e-1111-4222-8333-444455556666", author="Bog desk", author_email="b@l.org"
    )
    contact = resource(read(body)).contact
    assert contact is not None and contact.note is not None
    assert (contact.note.en, contact.email) == ("Bog desk", "b@l.org")


def test_a_type_of_opening_among_the_extras_is_the_access_level():
    extras = [{"key": "开放类型", "value": "有条件开放"}, {"key": "更新频率", "value": "每季度"}]
    found = resource(read(packaged(extras=extras)))
    assert found.access.level == "application"
    assert isinstance(found.details, DataDetails) and found.details.frequency == "每季度"


def test_an_interval_where_the_last_change_stands_tells_how_often():
    one = {
        "identifier": "1",
        "title": "Peat",
        "modified": "R/P1M",
        "landingPage": "https://doi.org/10.5072/p",
    }
    found = resource(read(json.dumps({"dataset": [one]})))
    assert isinstance(found.details, DataDetails) and found.details.frequency == "R/P1M"
    assert [one.value for one in found.identifiers] == ["10.5072/p"]


def test_a_service_without_a_name_is_a_way_to_its_data_set_and_no_record():
    body = (
        "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
        '<https://a.example.org/d> a dcat:Dataset ; dct:title "Peat" ; dcat:distribution ['
        " dcat:accessURL <https://a.example.org/api> ; dcat:accessService [ a dcat:DataService ;"
        ' dct:title "Peat API" ; dcat:endpointURL <https://a.example.org/v1> ] ] .'
    )
    found = resource(read(body, media_type="text/turtle"))
    assert isinstance(found.details, DataDetails)
    assert {one.url for one in found.details.files} == {
        "https://a.example.org/api",
        "https://a.example.org/v1",
    }


def test_conditions_in_words_are_stronger_than_free_of_charge():
    assert resource(read(page_of(isAccessibleForFree=True))).access.level == "open"
    found = resource(read(page_of(isAccessibleForFree=True, conditionsOfAccess="Sign the form first.")))
    assert found.access.level is None


def test_a_size_has_its_unit_and_fields_their_own_names():
    field = {"@type": "cr:Field", "@id": "bogs/depth", "name": "bogs/depth", "description": "In cm."}
    split = {
        "@type": "cr:RecordSet",
        "dataType": "cr:Split",
        "field": [{"@id": "s/split", "name": "s/split"}],
    }
    size = {"@type": "QuantitativeValue", "value": 40.0, "unitText": "samples"}
    found = details(page_of(size=size, recordSet=[split, {"@type": "cr:RecordSet", "field": [field]}]))
    assert (found.size, found.variables) == ("40 samples", ("depth (In cm.)",))


def test_columns_period_and_file_type_of_a_study_are_kept():
    body = (
        '<codeBook xmlns="ddi:codebook:2_5"><stdyDscr><citation><titlStmt><titl>Bog walks</titl>'
        "<IDNo>B1</IDNo></titlStmt></citation><stdyInfo><abstract>Who walks.</abstract>"
        "<abstract>And when.</abstract><sumDscr>"
        '<collDate event="start" date="2001-02"/><collDate event="end" date="2001-03"/></sumDscr></stdyInfo>'
        "</stdyDscr><fileDscr><fileTxt><fileType>Stata</fileType></fileTxt></fileDscr><dataDscr>"
        '<var name="AGE"><labl>Age in years</labl></var></dataDscr></codeBook>'
    )
    found = resource(read(body))
    assert found.holdings is not None and found.holdings.en == "Who walks.\nAnd when."
    assert found.temporal == Period(start="2001-02", end="2001-03")
    assert found.formats == ("STATA",)
    assert isinstance(found.details, DataDetails) and found.details.variables == ("AGE (Age in years)",)


def test_an_iso_record_may_cite_its_licence_and_name_its_place_in_words():
    body = (
        '<mdb:MD_Metadata xmlns:mdb="m" xmlns:mri="r" xmlns:cit="c" xmlns:mco="o" xmlns:gco="g" xmlns:gex="e"'
        ' xmlns:mrc="q" xmlns:mcc="k"><mdb:identificationInfo><mri:MD_DataIdentification><mri:citation>'
        "<cit:CI_Citation><cit:title><gco:CharacterString>Peat</gco:CharacterString></cit:title>"
        "</cit:CI_Citation></mri:citation><mri:extent><gex:EX_Extent><gex:description><gco:CharacterString>"
        "Fenland</gco:CharacterString></gex:description></gex:EX_Extent></mri:extent><mri:resourceConstraints>"
        "<mco:MD_LegalConstraints><mco:reference><cit:CI_Citation><cit:title><gco:CharacterString>Attribution"
        "</gco:CharacterString></cit:title><cit:onlineResource><cit:CI_OnlineResource><cit:linkage>"
        "<gco:CharacterString>http://creativecommons.org/licenses/by/4.0/</gco:CharacterString></cit:linkage>"
        "</cit:CI_OnlineResource></cit:onlineResource></cit:CI_Citation></mco:reference><mco:useConstraints>"
        '<mco:MD_RestrictionCode codeListValue="license"/></mco:useConstraints><mco:otherConstraints>'
        "<gco:CharacterString>Cite the bog.</gco:CharacterString></mco:otherConstraints>"
        "</mco:MD_LegalConstraints></mri:resourceConstraints></mri:MD_DataIdentification>"
        "</mdb:identificationInfo><mdb:contentInfo><mrc:MD_CoverageDescription><mrc:attributeGroup>"
        "<mrc:MD_AttributeGroup><mrc:attribute><mrc:MD_SampleDimension><mrc:name><mcc:MD_Identifier><mcc:code>"
        "<gco:CharacterString>bulk density</gco:CharacterString></mcc:code></mcc:MD_Identifier></mrc:name>"
        "</mrc:MD_SampleDimension></mrc:attribute></mrc:MD_AttributeGroup></mrc:attributeGroup>"
        "</mrc:MD_CoverageDescription></mdb:contentInfo></mdb:MD_Metadata>"
    )
    found = resource(read(body))
    assert found.licence == "CC-BY-4.0"
    assert found.spatial is not None and found.spatial.places == ("Fenland",)
    assert isinstance(found.details, DataDetails) and found.details.variables == ("bulk density",)


def test_numbers_of_a_box_and_a_period_are_read_wherever_they_stand():
    spatial = {"@type": "Place", "geo": {"@type": "GeoShape", "box": "50.5 7 51 8.25"}}
    assert only(read(page_of(spatialCoverage=spatial, temporalCoverage="2000/2020"))).unread == ()


def test_an_english_title_beside_a_japanese_one_is_the_english_name():
    body = dublin_core("<dc:title>泥炭コア</dc:title><dc:language>jpn</dc:language>")
    found = resource(read(body.replace("Peat cores", "Cores of peat")))
    assert (found.name.en, found.aliases) == ("Cores of peat", ("泥炭コア",))


@pytest.mark.parametrize(
    ("words", "licence"),
    [
        ("Free to use (http://creativecommons.org/licenses/by/4.0/). Please cite.", "CC-BY-4.0"),
        (
            "Text: https://creativecommons.org/licenses/by/4.0/, code: https://opensource.org/licenses/MIT",
            None,
        ),
        ("See https://a.example.org/terms.", None),
    ],
)
def test_the_address_of_one_known_licence_within_a_sentence_is_the_licence(words: str, licence: str | None):
    terms = f"<Use_Constraints>{words}</Use_Constraints>"
    found = resource(read(f"<DIF><Entry_ID>1</Entry_ID><Entry_Title>Peat</Entry_Title>{terms}</DIF>"))
    assert found.licence == licence
    assert found.access.text is not None and found.access.text.en == words


def test_of_several_periods_one_that_goes_on_has_no_end():
    found = resource(read(page_of(temporalCoverage=["2001-01-01/2002-01-01", "2003-01-01/.."])))
    assert found.temporal == Period(start="2001-01-01")


def test_a_dcat_period_of_instants_and_a_frequency_in_words_are_read():
    body = (
        "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
        "@prefix t: <http://www.w3.org/2006/time#> . @prefix l: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<https://a.example.org/d> a dcat:Dataset ; dct:title "Peat" ;'
        ' dct:accrualPeriodicity [ l:label "Weekly" ] ; dct:temporal [ t:hasBeginning [ t:inXSDDate'
        ' "2001-02-03" ] ; t:hasEnd [ t:inXSDDate "2002-02-03" ] ] .'
    )
    found = resource(read(body, media_type="text/turtle"))
    assert found.temporal == Period(start="2001-02-03", end="2002-02-03")
    assert isinstance(found.details, DataDetails) and found.details.frequency == "Weekly"


def test_a_study_told_in_two_languages_has_each_author_once_and_its_archive_in_both():
    body = (
        '<codeBook xmlns="ddi:codebook:2_5" xml:lang="fi"><stdyDscr><citation><titlStmt><titl>Suot</titl>'
        '<IDNo>S1</IDNo></titlStmt><rspStmt><AuthEnty xml:lang="fi">Aalto, A.</AuthEnty>'
        '<AuthEnty xml:lang="en">Aalto, A.</AuthEnty></rspStmt><distStmt><distrbtr xml:lang="fi">Arkisto'
        '</distrbtr><distrbtr xml:lang="en">Archive</distrbtr></distStmt></citation></stdyDscr></codeBook>'
    )
    found = resource(read(body))
    assert [one.name for one in found.creators] == ["Aalto, A."]
    assert found.host is not None and found.host.en == "Archive"


@pytest.mark.parametrize("span", ["2001-2005", "2001 to 2005", "2001年—2005年", "2001/2005"])
def test_a_span_of_years_is_a_period_wherever_it_stands(span: str):
    wanted = Period(start="2001", end="2005")
    assert resource(read(dublin_core(f"<dc:coverage>{span}</dc:coverage>"))).temporal == wanted
    assert resource(read(page_of(temporalCoverage=span))).temporal == wanted
    assert resource(read(packaged(extras=[{"key": "时间范围", "value": span}]))).temporal == wanted


def test_several_creators_in_one_element_are_several():
    found = resource(read(dublin_core("<dc:creator>甲某；乙某</dc:creator>")))
    assert [one.name for one in found.creators] == ["甲某", "乙某"]


def test_days_of_iso_that_a_portal_keeps_come_before_its_own():
    days = [{"type": "publication", "value": "2001-02-03"}, {"type": "revision", "value": "2002-02-03"}]
    extras = [{"key": "dataset-reference-date", "value": json.dumps(days)}]
    found = resource(read(packaged(extras=extras)))
    assert (found.issued, found.modified) == ("2001-02-03", "2002-02-03")


def test_the_only_way_in_is_the_page_of_a_data_set_that_names_none():
    ways = [
        {"accessURL": "https://doi.org/10.5072/p", "format": "http", "mediaType": "application/http"},
        {"downloadURL": "https://a.example.org/1.csv", "format": "CSV"},
    ]
    found = resource(
        read(json.dumps({"dataset": [{"identifier": "1", "title": "Peat", "distribution": ways}]}))
    )
    assert [one.value for one in found.identifiers] == ["10.5072/p"]
    assert found.formats == ("CSV",)


def test_a_file_is_the_address_only_of_what_has_no_page():
    pages = "https://a.example.org/peat.zip", "https://a.example.org/peat"
    body = dublin_core("".join(f"<dc:identifier>{one}</dc:identifier>" for one in pages))
    found = resource(read(body))
    assert (found.url, found.other_urls) == (pages[1], (pages[0],))
    alone = dublin_core(f"<dc:identifier>{pages[0]}</dc:identifier>")
    assert resource(read(alone)).url == pages[0]


def test_a_name_in_another_language_with_the_short_one_behind_it_is_the_licence():
    assert licence_of("Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)") == "CC-BY-4.0"
    assert licence_of("Terms of the bog (CC BY)") == "Terms of the bog (CC BY)"


def test_makers_told_twice_stand_once():
    maker = {"@type": "Person", "name": "Moss, T."}
    assert len(resource(read(page_of(creator=[maker], author=[maker]))).creators) == 1


def test_the_desk_of_an_archive_is_whom_to_ask_where_no_person_is_named():
    desk = "<Contact_Group><Name>Bog desk</Name><Phone><Number>301-555-0100</Number></Phone></Contact_Group>"
    body = (
        "<DIF><Entry_ID>1</Entry_ID><Entry_Title>Peat</Entry_Title><Organization><Organization_Name>"
        f"<Short_Name>BOG</Short_Name></Organization_Name><Personnel>{desk}</Personnel></Organization></DIF>"
    )
    contact = resource(read(body)).contact
    assert contact is not None and contact.note is not None
    assert (contact.note.en, contact.phone) == ("Bog desk", "301-555-0100")
