"""OAI-PMH: pages, deletions, sets, dates, the server's errors, and pages that are broken."""

from __future__ import annotations

import pytest

from corpus.harvest import harvester
from corpus.harvest.errors import Malformed, ProtocolFault
from tests.corpus.harvest.reading import follow, only, read, resource, rules, source

DC = """<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title xml:lang="zh">祁连山冰川目录</dc:title>
<dc:title xml:lang="en">Glacier inventory of Qilian</dc:title><dc:identifier>doi:10.12345/QL.1</dc:identifier>
<dc:identifier>https://data.example.org/ql/1</dc:identifier><dc:description>逐条冰川的面积。</dc:description>
<dc:rights>info:eu-repo/semantics/openAccess</dc:rights><dc:rights>CC BY 4.0</dc:rights>
<dc:date>2020-02-03</dc:date><dc:type>Dataset</dc:type><dc:publisher>某研究院</dc:publisher></oai_dc:dc>"""


def record(name: str, metadata: str = DC, status: str = "") -> str:
    told = f"<metadata>{metadata}</metadata>" if metadata else ""
    return (
        f"<record><header{status}><identifier>oai:toy:{name}</identifier><datestamp>2024-05-06</datestamp>"
        f"<setSpec>ice</setSpec></header>{told}</record>"
    )


def answer(*records: str, token: str = "", size: str = "") -> str:
    more = f"<resumptionToken{size}>{token}</resumptionToken>" if token or size else ""
    inner = f"<ListRecords>{''.join(records)}{more}</ListRecords>"
    return f'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{inner}</OAI-PMH>'


def error(code: str) -> str:
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="'
        f'{code}">no such token</error></OAI-PMH>'
    )


def test_a_record_is_mapped_in_both_languages():
    entry = only(read(answer(record("1"))))

    found = entry.resource
    assert found is not None
    assert (entry.identifier, entry.datestamp, entry.sets) == ("oai:toy:1", "2024-05-06", ("ice",))
    assert found.name.zh == "祁连山冰川目录"
    assert found.name.en == "Glacier inventory of Qilian"
    assert found.languages == ("zh",), "the description is in Chinese only"
    assert found.url == "https://data.example.org/ql/1"
    assert (found.licence, found.access_rights, found.access.level) == ("CC-BY-4.0", "open", "open")
    assert ("doi", "10.12345/ql.1") in [(one.scheme, one.value) for one in found.identifiers]
    assert found.host is not None
    assert found.host.zh == "某研究院"
    assert found.origin is not None
    assert found.origin.identifier == "oai:toy:1"
    assert "祁连山" in entry.original.decode()


def test_pages_follow_the_token_to_the_end():
    first = read(answer(record("1"), token="t&amp;1", size=' completeListSize="2"'))

    following = follow(first)
    assert first.total == 2
    assert dict(following.params) == {"verb": "ListRecords", "resumptionToken": "t&1"}
    last = harvester("oai_pmh").read(answer(record("2"), size=" ").encode(), following)
    assert [entry.identifier for entry in last.entries] == ["oai:toy:2"]
    assert last.next == ()


def test_a_token_that_repeats_ends_the_run_with_a_complaint():
    body = answer(record("1"), token="same")
    again = harvester("oai_pmh").read(body.encode(), follow(read(body)))

    assert again.next == ()
    assert [one.rule for one in again.complaints] == ["oai.token_repeats"]


def test_a_deleted_record_has_no_resource_and_is_not_refused():
    entry = only(read(answer(record("1", "", ' status="deleted"'))))

    assert entry.deleted
    assert not entry.refused


def test_set_and_day_are_asked_for_and_sets_follow_each_other():
    reader = harvester("oai_pmh")
    request = reader.first(source(sets=("ice", "snow"), since="2024-01-01", metadata_prefix="oai_datacite"))

    assert dict(request.params) == {
        "verb": "ListRecords", "metadataPrefix": "oai_datacite", "set": "ice", "from": "2024-01-01",
    }  # fmt: skip
    page = reader.read(answer(record("1")).encode(), request)
    assert dict(follow(page).params)["set"] == "snow"
    assert not page.full
    assert reader.read(error("noRecordsMatch").encode(), follow(page)).next == ()


def test_nothing_that_matches_is_an_empty_page_and_an_error_is_raised():
    assert list(read(error("noRecordsMatch")).entries) == []
    with pytest.raises(ProtocolFault) as refused:
        read(error("badResumptionToken"))

    assert refused.value.rule == "oai.badResumptionToken"
    assert "no such token" in str(refused.value)


def test_a_schema_that_is_not_read_is_refused_by_name_and_the_rest_is_kept():
    marc = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>1</leader></record>'
    entries = list(read(answer(record("1", marc), record("2"), record("3", ""))).entries)

    assert rules(entries[0]) == {"format.marc21"}
    assert "MARC 21" in entries[0].complaints[0].message
    assert entries[1].resource is not None
    assert rules(entries[2]) == {"oai.metadata"}


def test_one_record_that_is_not_well_formed_does_not_cost_the_page():
    broken = record("2").replace("</dc:title>", "", 1)
    body = answer(record("1"), broken, record("3").replace("逐条", "逐条\x0b"), token="t")
    page = read(body)

    entries = list(page.entries)
    assert [entry.resource is not None for entry in entries] == [True, False, True]
    assert (entries[1].identifier, rules(entries[1])) == ("oai:toy:2", {"xml.syntax"})
    assert [one.rule for one in page.complaints] == ["xml.syntax"]
    assert dict(follow(page).params)["resumptionToken"] == "t"


def test_an_answer_that_is_no_oai_pmh_is_refused():
    with pytest.raises(Malformed):
        read("<html><body>Sorry</body></html>", "oai_pmh")


def test_oai_datacite_is_read_through_its_wrapper():
    datacite = """<oai_datacite xmlns="http://schema.datacite.org/oai/oai-1.1/"><payload>
    <resource xmlns="http://datacite.org/schema/kernel-4">
    <identifier identifierType="DOI">10.12345/a</identifier>
    <titles><title>Snow depth</title></titles><publisher>Desk</publisher>
    <publicationYear>2021</publicationYear><resourceType resourceTypeGeneral="Dataset"/>
    <geoLocations><geoLocation><geoLocationBox><westBoundLongitude>73</westBoundLongitude>
    <southBoundLatitude>18</southBoundLatitude><eastBoundLongitude>134</eastBoundLongitude>
    <northBoundLatitude>53</northBoundLatitude></geoLocationBox></geoLocation></geoLocations>
    </resource></payload></oai_datacite>"""
    found = resource(read(answer(record("1", datacite))))

    assert (found.name.en, found.issued, found.url) == ("Snow depth", "2021", "https://doi.org/10.12345/a")
    assert found.spatial is not None
    assert found.spatial.boxes[0].east == 134
    assert found.origin is not None
    assert found.origin.format == "oai_datacite"
