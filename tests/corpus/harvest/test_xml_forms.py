"""ISO 19139 and 19115-3, CSW, DIF, DDI, FGDC, DataCite: samples of our own, in Chinese and English."""

from __future__ import annotations

import pytest

from corpus.details import DataDetails
from corpus.harvest import detected, harvester
from corpus.harvest.errors import Malformed, ProtocolFault, UnknownFormat, UnsupportedFormat
from tests.corpus.harvest.reading import follow, only, read, resource, rules

SPACES = (
    'xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"'
    ' xmlns:gmx="http://www.isotc211.org/2005/gmx" xmlns:gml="http://www.opengis.net/gml"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink"'
)


def words(text: str, english: str = "") -> str:
    other = (
        f'<gmd:PT_FreeText><gmd:textGroup><gmd:LocalisedCharacterString locale="#EN">{english}'
        "</gmd:LocalisedCharacterString></gmd:textGroup></gmd:PT_FreeText>"
    )
    return f"<gco:CharacterString>{text}</gco:CharacterString>{other if english else ''}"


def iso(identifier: str = "ice-7") -> str:
    return f"""<gmd:MD_Metadata {SPACES}>
<gmd:fileIdentifier>{words(identifier)}</gmd:fileIdentifier>
<gmd:language><gmd:LanguageCode codeListValue="chi"/></gmd:language>
<gmd:hierarchyLevel><gmd:MD_ScopeCode codeListValue="dataset"/></gmd:hierarchyLevel>
<gmd:dateStamp><gco:Date>2024-05-06</gco:Date></gmd:dateStamp>
<gmd:identificationInfo><gmd:MD_DataIdentification>
<gmd:citation><gmd:CI_Citation><gmd:title>{words("冰川边界", "Glacier outlines")}</gmd:title>
<gmd:date><gmd:CI_Date><gmd:date><gco:Date>2019-03-04</gco:Date></gmd:date><gmd:dateType>
<gmd:CI_DateTypeCode codeListValue="publication"/></gmd:dateType></gmd:CI_Date></gmd:date>
</gmd:CI_Citation></gmd:citation>
<gmd:abstract>{words("两期冰川的边界。", "Outlines of glaciers at two dates.")}</gmd:abstract>
<gmd:pointOfContact><gmd:CI_ResponsibleParty><gmd:organisationName>{words("某研究院")}</gmd:organisationName>
<gmd:contactInfo><gmd:CI_Contact><gmd:address><gmd:CI_Address><gmd:electronicMailAddress>
{words("desk@example.org")}</gmd:electronicMailAddress></gmd:CI_Address></gmd:address></gmd:CI_Contact>
</gmd:contactInfo><gmd:role><gmd:CI_RoleCode codeListValue="custodian"/></gmd:role>
</gmd:CI_ResponsibleParty></gmd:pointOfContact>
<gmd:resourceConstraints><gmd:MD_LegalConstraints><gmd:otherConstraints><gmx:Anchor
 xlink:href="https://creativecommons.org/licenses/by/4.0/">署名</gmx:Anchor></gmd:otherConstraints>
</gmd:MD_LegalConstraints></gmd:resourceConstraints>
<gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>
<gmd:westBoundLongitude><gco:Decimal>94</gco:Decimal></gmd:westBoundLongitude>
<gmd:eastBoundLongitude><gco:Decimal>104</gco:Decimal></gmd:eastBoundLongitude>
<gmd:southBoundLatitude><gco:Decimal>36</gco:Decimal></gmd:southBoundLatitude>
<gmd:northBoundLatitude><gco:Decimal>40</gco:Decimal></gmd:northBoundLatitude>
</gmd:EX_GeographicBoundingBox></gmd:geographicElement><gmd:temporalElement><gmd:EX_TemporalExtent><gmd:extent>
<gml:TimePeriod><gml:beginPosition>2005</gml:beginPosition><gml:endPosition>2018</gml:endPosition>
</gml:TimePeriod></gmd:extent></gmd:EX_TemporalExtent></gmd:temporalElement></gmd:EX_Extent></gmd:extent>
</gmd:MD_DataIdentification></gmd:identificationInfo>
<gmd:distributionInfo><gmd:MD_Distribution><gmd:transferOptions><gmd:MD_DigitalTransferOptions><gmd:onLine>
<gmd:CI_OnlineResource><gmd:linkage><gmd:URL>https://data.example.org/ice.zip</gmd:URL></gmd:linkage>
<gmd:function><gmd:CI_OnLineFunctionCode codeListValue="download"/></gmd:function></gmd:CI_OnlineResource>
</gmd:onLine><gmd:onLine><gmd:CI_OnlineResource><gmd:linkage><gmd:URL>https://data.example.org/ice</gmd:URL>
</gmd:linkage></gmd:CI_OnlineResource></gmd:onLine></gmd:MD_DigitalTransferOptions></gmd:transferOptions>
</gmd:MD_Distribution></gmd:distributionInfo></gmd:MD_Metadata>"""


def test_iso_19139_in_two_languages():
    found = resource(read(iso()))

    assert (found.name.zh, found.name.en) == ("冰川边界", "Glacier outlines")
    assert found.languages == ("zh", "en")
    assert found.holdings is not None
    assert found.holdings.en == "Outlines of glaciers at two dates."
    assert (found.url, found.licence) == ("https://data.example.org/ice", "CC-BY-4.0")
    assert (found.issued, found.modified) == ("2019-03-04", "2024-05-06")
    assert found.temporal is not None
    assert (found.temporal.start, found.temporal.end) == ("2005", "2018")
    assert found.spatial is not None
    assert found.spatial.boxes[0].model_dump() == {"west": 94, "south": 36, "east": 104, "north": 40}
    assert found.host is not None
    assert found.host.zh == "某研究院"
    assert isinstance(found.details, DataDetails)
    assert found.details.files[0].url == "https://data.example.org/ice.zip"


def test_iso_19115_3_is_the_same_record_in_other_names():
    body = """<mdb:MD_Metadata xmlns:mdb="http://standards.iso.org/iso/19115/-3/mdb/1.0"
 xmlns:mcc="http://standards.iso.org/iso/19115/-3/mcc/1.0" xmlns:gco="http://standards.iso.org/iso/19115/-3/gco/1.0"
 xmlns:mri="http://standards.iso.org/iso/19115/-3/mri/1.0" xmlns:cit="http://standards.iso.org/iso/19115/-3/cit/1.0">
<mdb:metadataIdentifier><mcc:MD_Identifier><mcc:code><gco:CharacterString>soil-3</gco:CharacterString></mcc:code>
</mcc:MD_Identifier></mdb:metadataIdentifier><mdb:identificationInfo><mri:MD_DataIdentification><mri:citation>
<cit:CI_Citation><cit:title>
<gco:CharacterString>Soil moisture</gco:CharacterString></cit:title></cit:CI_Citation>
</mri:citation><mri:abstract><gco:CharacterString>Hourly.</gco:CharacterString></mri:abstract><mri:pointOfContact>
<cit:CI_Responsibility><cit:party><cit:CI_Organisation><cit:name>
<gco:CharacterString>Soil Desk</gco:CharacterString>
</cit:name></cit:CI_Organisation></cit:party></cit:CI_Responsibility></mri:pointOfContact>
</mri:MD_DataIdentification></mdb:identificationInfo></mdb:MD_Metadata>"""
    found = resource(read(body))

    assert (found.id, found.name.en) == ("toy:soil-3", "Soil moisture")
    assert found.host is not None
    assert found.host.en == "Soil Desk"


def csw(inner: str, following: int) -> str:
    return (
        '<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"><csw:SearchResults'
        f' numberOfRecordsMatched="3" nextRecord="{following}">{inner}</csw:SearchResults>'
        "</csw:GetRecordsResponse>"
    )


def test_csw_is_paged_by_start_position():
    page = read(csw(iso("a") + iso("b"), 3), "csw", since="2024-01-01")

    request = follow(page)
    assert dict(request.params)["startPosition"] == "3"
    assert dict(request.params)["constraint"] == "Modified >= '2024-01-01'"
    assert [entry.identifier for entry in page.entries] == ["a", "b"]
    last = harvester("csw").read(csw(iso("c"), 0).encode(), request)
    assert last.next == ()
    assert last.total == 3


def test_csw_says_no():
    body = """<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows"><ows:Exception
 exceptionCode="InvalidParameterValue"><ows:ExceptionText>No such schema</ows:ExceptionText></ows:Exception>
</ows:ExceptionReport>"""
    with pytest.raises(ProtocolFault) as refused:
        read(body)

    assert refused.value.rule == "csw.InvalidParameterValue"


def test_dif_of_both_versions():
    nine = """<DIF><Entry_ID>d9</Entry_ID><Entry_Title>Snow</Entry_Title><Summary>Depth of snow.</Summary>
<Data_Center><Data_Center_Name><Short_Name>IX</Short_Name><Long_Name>Institute of Examples</Long_Name>
</Data_Center_Name></Data_Center><Temporal_Coverage><Start_Date>2001-01-01</Start_Date>
<Stop_Date>2002-01-01</Stop_Date></Temporal_Coverage><Related_URL><URL_Content_Type><Type>GET DATA</Type>
</URL_Content_Type><URL>https://data.example.org/d9</URL></Related_URL></DIF>"""
    ten = """<DIF xmlns="http://gcmd.gsfc.nasa.gov/Aboutus/xml/dif/"><Entry_ID><Short_Name>d10</Short_Name>
<Version>1</Version></Entry_ID><Entry_Title>Ice</Entry_Title>
<Summary><Abstract>Ice cover.</Abstract></Summary>
<Organization><Organization_Name><Long_Name>Ice Desk</Long_Name></Organization_Name></Organization>
<Dataset_Citation><Persistent_Identifier><Type>DOI</Type><Identifier>doi:10.12345/d10</Identifier>
</Persistent_Identifier></Dataset_Citation><Spatial_Coverage><Geometry><Bounding_Rectangle>
<Southernmost_Latitude>-90</Southernmost_Latitude><Northernmost_Latitude>-60</Northernmost_Latitude>
<Westernmost_Longitude>-180</Westernmost_Longitude><Easternmost_Longitude>180</Easternmost_Longitude>
</Bounding_Rectangle></Geometry></Spatial_Coverage></DIF>"""
    first, second = resource(read(nine)), resource(read(ten))

    assert first.host is not None
    assert (first.id, first.url, first.host.en) == (
        "toy:d9",
        "https://data.example.org/d9",
        "Institute of Examples",
    )
    assert (second.id, second.url) == ("toy:d10", "https://doi.org/10.12345/d10")
    assert second.spatial is not None
    assert second.spatial.boxes[0].north == -60


def test_ddi_fgdc_and_datacite():
    ddi = """<codeBook xmlns="ddi:codebook:2_5" xml:lang="en"><stdyDscr><citation>
<titlStmt><titl>Survey</titl>
<IDNo agency="X">77</IDNo><IDNo agency="DOI">doi:10.12345/sv</IDNo></titlStmt></citation><stdyInfo>
<abstract>Answers of households.</abstract><sumDscr><timePrd event="start" date="2010">2010</timePrd>
<timePrd event="end" date="2012">2012</timePrd><nation>China</nation></sumDscr></stdyInfo><dataAccs><useStmt>
<restrctn>Sign the agreement first.</restrctn></useStmt></dataAccs></stdyDscr></codeBook>"""
    fgdc = """<metadata><idinfo><citation><citeinfo><origin>Survey Office</origin><pubdate>20180101</pubdate>
<title>Rivers</title><onlink>https://maps.example.org/rivers</onlink></citeinfo></citation><descript>
<abstract>Lines.</abstract></descript><spdom><bounding><westbc>-120</westbc><eastbc>-65</eastbc>
<northbc>50</northbc><southbc>20</southbc></bounding></spdom></idinfo></metadata>"""
    datacite = """<resource xmlns="http://datacite.org/schema/kernel-4">
<identifier identifierType="DOI">10.12345/c
</identifier><creators><creator><creatorName nameType="Organizational">Lab</creatorName></creator></creators>
<titles><title xml:lang="zh">古钱币</title>
<title xml:lang="en" titleType="TranslatedTitle">Old coins</title></titles>
<publisher>Museum</publisher><publicationYear>2010</publicationYear><dates>
<date dateType="Created">-0024/-0022</date></dates><resourceType resourceTypeGeneral="PhysicalObject">Coin
</resourceType><rightsList><rights rightsURI="info:eu-repo/semantics/openAccess"/><rights
 rightsIdentifier="CC-BY-4.0">CC BY</rights></rightsList></resource>"""
    study, rivers, coins = (resource(read(body)) for body in (ddi, fgdc, datacite))

    assert (study.id, study.url) == ("toy:10.12345/sv", "https://doi.org/10.12345/sv")
    assert study.access.text is not None
    assert study.access.text.en == "Sign the agreement first."
    assert (rivers.issued, rivers.url) == ("2018-01-01", "https://maps.example.org/rivers")
    assert (coins.type, coins.name.zh, coins.name.en) == ("specimen", "古钱币", "Old coins")
    assert (coins.licence, coins.access_rights) == ("CC-BY-4.0", "open")
    assert coins.temporal is not None
    assert coins.temporal.start == "-0024"
    assert coins.creators[0].organisation


def test_records_without_identifier_that_share_a_page_stay_apart():
    one = "<metadata><idinfo><citation><citeinfo><title>{}</title><onlink>https://m.example.org</onlink></citeinfo>"
    ends = "</citation></idinfo></metadata>"
    first, second = (only(read(one.format(title) + ends)) for title in ("Rivers", "Roads"))

    assert first.identifier != second.identifier
    assert "identifier.derived" in rules(first)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('<collection xmlns="http://www.loc.gov/MARC21/slim"/>', "MARC 21"),
        ('<TRANSFER xmlns="http://www.interlis.ch/INTERLIS2.3"/>', "GM03"),
        ('<mods xmlns="http://www.loc.gov/mods/v3"/>', "MODS"),
        ('<eml:eml xmlns:eml="eml://ecoinformatics.org/eml-2.1.1"/>', "EML"),
        ('<ddi:DDIInstance xmlns:ddi="ddi:instance:3_3"/>', "DDI Lifecycle"),
    ],
)
def test_schemas_that_are_not_read_are_refused_by_name(body: str, named: str):
    with pytest.raises(UnsupportedFormat) as refused:
        detected(body.encode(), "application/xml", "a.xml")

    assert named in str(refused.value)


def test_anything_else_is_told_what_it_is():
    with pytest.raises(UnknownFormat, match="<root> is no form"):
        detected(b"<root/>", "", "a.xml")
    with pytest.raises(Malformed, match=r"a\.xml:1"):
        detected(b"<root><a></root>", "", "a.xml")
    with pytest.raises(UnknownFormat):
        detected(b"broken", "", "a.txt")
