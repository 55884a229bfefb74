"""/oai answers as the protocol says, and our own harvester reads all of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from lxml import etree

from api import oai
from api.oai_protocol import Listing, OaiError
from api.state import ApiState
from corpus.harvest.oai_pmh import Reader
from corpus.harvest.records import HarvestSource, Page
from corpus.records import Corpus
from tests.api.conftest import Running
from tests.api.toy import ToyKewen

NS = {"o": oai.OAI, "dc": "http://purl.org/dc/elements/1.1/", "d": "http://datacite.org/schema/kernel-4"}
START = "oai:kewen.test:"


async def ask(client: httpx.AsyncClient, **arguments: str) -> Any:
    response = await client.get("/oai", params=arguments)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    return etree.fromstring(response.content)


def said(root: Any, path: str) -> list[str]:
    return [one if isinstance(one, str) else one.text for one in root.xpath(path, namespaces=NS)]


async def test_it_says_who_it_is(client: httpx.AsyncClient, state: ApiState) -> None:
    state.admin_email = "data@kewen.test"
    root = await ask(client, verb="Identify")

    assert said(root, "//o:Identify/o:baseURL") == ["http://kewen.test/oai"]
    assert said(root, "//o:adminEmail") == ["data@kewen.test"]
    assert said(root, "//o:deletedRecord") == ["persistent"]
    assert said(root, "/o:OAI-PMH/o:request/@verb") == ["Identify"]


async def test_records_come_in_both_formats_and_only_those_for_everyone(client: httpx.AsyncClient) -> None:
    plain = await ask(client, verb="ListRecords", metadataPrefix="oai_dc")
    full = await ask(client, verb="ListRecords", metadataPrefix="oai_datacite")

    ids = said(plain, "//o:header/o:identifier")
    assert set(ids) >= {f"{START}toy-ice", f"{START}toy/telescope", f"{START}toy-rules"}
    assert f"{START}toy-hidden" not in ids
    assert "玩具冰雪数据中心" in said(plain, "//dc:title")
    assert said(full, "//d:identifier[@identifierType='URL']") != []
    assert said(full, "//o:header/o:identifier") == ids


async def test_a_set_holds_its_records_and_the_sets_below_it(client: httpx.AsyncClient) -> None:
    async def of(wanted: str) -> set[str]:
        root = await ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", set=wanted)
        return set(said(root, "//o:header/o:identifier"))

    specs = said(await ask(client, verb="ListSets"), "//o:setSpec")
    assert {"resource", "policy", "resource:germplasm"} <= set(specs)
    assert await of("resource:germplasm") == {f"{START}toy-seeds"}
    assert await of("policy") | await of("resource") == set(
        said(await ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc"), "//o:header/o:identifier")
    )


async def test_one_record_by_its_identifier(client: httpx.AsyncClient) -> None:
    root = await ask(client, verb="GetRecord", metadataPrefix="oai_dc", identifier=f"{START}toy/telescope")
    assert len(said(root, "//dc:title")) >= 1

    formats = await ask(client, verb="ListMetadataFormats", identifier=f"{START}toy-ice")
    assert said(formats, "//o:metadataPrefix") == ["oai_dc", "oai_datacite"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Steal"}, "badVerb"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "Identify", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": ""}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-30"}, "badArgument"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-02", "until": "2026-02-01"},
            "badArgument",
        ),
        (
            {
                "verb": "ListRecords",
                "metadataPrefix": "oai_dc",
                "from": "2026-02-02",
                "until": "2026-02-03T00:00:00Z",
            },
            "badArgument",
        ),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1999-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "nothing"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "bnVsbA"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "x", "set": "policy"}, "badArgument"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "toy-ice"}, "idDoesNotExist"),
        (
            {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": f"{START}toy-hidden"},
            "idDoesNotExist",
        ),
    ],
)
async def test_errors_are_those_of_the_protocol(
    client: httpx.AsyncClient, arguments: dict[str, str], code: str
) -> None:
    root = await ask(client, **arguments)

    assert said(root, "//o:error/@code") == [code]
    # With these two the arguments are not repeated, since they are at fault.
    shown = root.find(f"{{{oai.OAI}}}request").attrib
    assert bool(shown) == (code not in ("badVerb", "badArgument"))


async def test_an_argument_given_twice_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc")

    assert b"badArgument" in response.content


async def test_a_form_is_as_good_as_an_address(client: httpx.AsyncClient) -> None:
    posted = await client.post("/oai", data={"verb": "ListSets"})

    assert said(etree.fromstring(posted.content), "/o:OAI-PMH/o:request/@verb") == ["ListSets"]


async def test_a_list_goes_on_with_its_token_until_the_catalogue_changes(
    client: httpx.AsyncClient, kewen: ToyKewen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai, "PAGE", 2)
    whole = len([one for one in kewen.corpus if one.visibility == "public"])
    root = await ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc")
    seen = said(root, "//o:identifier")
    while token := (said(root, "//o:resumptionToken") or [None])[0]:
        assert said(root, "//o:resumptionToken/@completeListSize") == [str(whole)]
        last = token
        root = await ask(client, verb="ListIdentifiers", resumptionToken=token)
        seen += said(root, "//o:identifier")
    assert len(seen) == len(set(seen)) == whole
    # The end of a list in pages is an empty token.
    assert said(root, "//o:resumptionToken/@cursor") == [str((whole - 1) // 2 * 2)]

    kewen.corpus = Corpus(resources=kewen.corpus.resources, digest="f" * 64)
    root = await ask(client, verb="ListIdentifiers", resumptionToken=last)
    assert said(root, "//o:error/@code") == ["badResumptionToken"]


async def test_a_record_that_went_is_deleted_for_good(client: httpx.AsyncClient, kewen: ToyKewen) -> None:
    await ask(client, verb="Identify")
    left = tuple(one for one in kewen.corpus.resources if one.id != "toy-ice")
    kewen.corpus = Corpus(resources=left, policies=kewen.corpus.policies, digest="e" * 64)

    root = await ask(client, verb="GetRecord", metadataPrefix="oai_dc", identifier=f"{START}toy-ice")

    assert said(root, "//o:header/@status") == ["deleted"]
    assert said(root, "//o:metadata") == []
    listed = await ask(client, verb="ListRecords", metadataPrefix="oai_dc", set="resource:scientific_data")
    assert f"{START}toy-ice" in said(listed, "//o:header[@status='deleted']/o:identifier")


def test_a_token_holds_its_list_and_no_other_edition_takes_it() -> None:
    listing = Listing("oai_dc", wanted="policy", cursor=100)

    assert Listing.of_token(listing.token("a"), "a") == listing
    with pytest.raises(OaiError, match="has changed"):
        Listing.of_token(listing.token("a"), "b")


@pytest.mark.parametrize("prefix", ["oai_dc", "oai_datacite"])
def test_our_own_harvester_takes_the_whole_catalogue_over_http(
    running: Running, kewen: ToyKewen, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    monkeypatch.setattr(oai, "PAGE", 3)
    source = HarvestSource(name="mirror", url=f"{running.url}/oai", metadata_prefix=prefix)
    reader = Reader()
    waiting, names, total = [reader.first(source)], {}, 0
    with httpx.Client() as client:
        while waiting:
            request = waiting.pop()
            response = client.get(request.url, params=dict(request.params))
            page: Page = reader.read(response.content, request, media_type="text/xml")
            for entry in page.entries:
                assert entry.resource is not None, [str(one) for one in entry.complaints]
                names[entry.identifier] = entry.resource.name.zh
                total += 1
            waiting += page.next

    public = [one for one in kewen.corpus if one.visibility == "public"]
    assert total == len(names) == len(public)
    assert "玩具冰雪数据中心" in names.values()
