"""Search, resources, policies and articles."""

from __future__ import annotations

import json

import httpx
import pytest


async def test_search_gives_records_once_and_best_first(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/search", params={"q": "水稻种子"})).json()

    assert found["hits"][0]["id"] == "toy-seeds"
    assert len({hit["id"] for hit in found["hits"]}) == len(found["hits"])
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert found["hits"][0] == {
        "kind": "resource",
        "id": "toy-seeds",
        "title": "玩具种子库",
        "score": scores[0],
        "snippet": "水稻和小麦种子。",
        "url": "/resources/toy-seeds",
    }
    assert found["facets"]["province"]["北京市"] == 1


async def test_search_speaks_the_language_of_the_query(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/search", params={"q": "snow and glaciers"})).json()

    assert found["hits"][0]["title"] == "Toy Ice Data Centre"


async def test_search_shows_the_article_that_fits(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/search", params={"q": "登记", "kind": "policy"})).json()

    assert found["hits"][0]["url"] == "/policies/toy-rules#art-20"
    assert found["hits"][0]["snippet"] == "第二十条 共享样品须登记。"


async def test_a_search_key_is_found_by_and_never_shown(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/search", params={"q": "秘密检索词"})

    assert response.json()["hits"][0]["id"] == "toy-ice"
    assert "秘密检索词" not in response.text
    assert "秘密检索词" not in (await client.get("/api/resources/toy-ice")).text


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, ["toy-ice", "toy-seeds", "toy/telescope", "toy-rules"]),
        ({"kind": "policy"}, ["toy-rules"]),
        ({"kind": "resource", "k": 2}, ["toy-ice", "toy-seeds"]),
        ({"type": ["germplasm", "facility"]}, ["toy-seeds", "toy/telescope"]),
        ({"province": "北京市"}, ["toy-seeds"]),
        ({"access": "open", "type": "", "province": "", "kind": ""}, ["toy-ice"]),
        ({"kind": "policy", "access": "open"}, []),
    ],
)
async def test_an_empty_query_lists_what_fits(
    client: httpx.AsyncClient, filters: dict[str, str | int | list[str]], ids: list[str]
) -> None:
    found = (await client.get("/api/search", params=filters)).json()

    assert [hit["id"] for hit in found["hits"]] == ids


async def test_filters_narrow_a_search(client: httpx.AsyncClient) -> None:
    found = await client.get("/api/search", params={"q": "玩具", "province": ["上海市", "贵州省"]})

    assert {hit["id"] for hit in found.json()["hits"]} == {"toy-ice", "toy/telescope"}


async def test_what_no_record_tells_is_met_by_none_and_policies_have_no_facets(
    client: httpx.AsyncClient,
) -> None:
    for q in ("", "玩具"):
        found = await client.get("/api/search", params={"q": q, "licence": "MIT"})
        assert found.json()["hits"] == []
    newest = (await client.get("/api/search", params={"sort": "newest"})).json()
    assert {hit["kind"] for hit in newest["hits"]} == {"resource"}


async def test_nothing_found_is_an_empty_list(client: httpx.AsyncClient) -> None:
    found = await client.get("/api/search", params={"q": "量子计算机"})

    assert found.status_code == 200
    assert found.json()["hits"] == []


@pytest.mark.parametrize(
    ("params", "parts"),
    [
        ({"type": "dataset"}, ["type", "dataset", "scientific_data"]),
        ({"access": "free"}, ["access", "free", "restricted"]),
        ({"province": "北京"}, ["province", "北京", "北京市"]),
        ({"kind": "person"}, ["kind", "person", "resource", "policy"]),
        ({"k": "0"}, ["k", "0", "1"]),
        ({"k": "many"}, ["k", "many"]),
        ({"k": "201"}, ["k", "201", "200"]),
        ({"q": "冰" * 2001}, ["q", "2001", "2000"]),
    ],
)
async def test_a_wrong_parameter_is_named(
    client: httpx.AsyncClient, params: dict[str, str], parts: list[str]
) -> None:
    response = await client.get("/api/search", params=params)

    assert response.status_code == 422
    message = response.json()["error"]["message"]
    assert [part for part in parts if part not in message] == []


async def test_a_resource_is_given_in_both_languages(client: httpx.AsyncClient) -> None:
    resource = (await client.get("/api/resources/toy-ice")).json()

    assert resource["name"] == {"zh": "玩具冰雪数据中心", "en": "Toy Ice Data Centre"}
    assert resource["how_to_apply"]["common_route"] is True
    assert resource["page"] == "/resources/toy-ice"


async def test_an_id_may_hold_a_slash(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/resources/toy/telescope")).json()["id"] == "toy/telescope"


async def test_a_resource_as_json_ld(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/resources/toy-ice", headers={"Accept": "application/ld+json"})

    assert response.headers["content-type"] == "application/ld+json"
    assert response.headers["vary"] == "Accept"
    assert response.json() == {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "@id": "http://kewen.test/resources/toy-ice",
        "name": [
            {"@value": "玩具冰雪数据中心", "@language": "zh"},
            {"@value": "Toy Ice Data Centre", "@language": "en"},
        ],
        "alternateName": ["玩冰"],
        "description": [
            {"@value": "冰川与积雪样品及数据。", "@language": "zh"},
            {"@value": "Samples and data of glaciers and snow.", "@language": "en"},
        ],
        "url": "https://ice.example.org",
        "identifier": [{"@type": "PropertyValue", "propertyID": "DOI prefix", "value": "10.99999"}],
        "keywords": [
            {"@value": "冰川", "@language": "zh"},
            {"@value": "glaciology", "@language": "en"},
        ],
        "provider": {
            "@type": "Organization",
            "name": [
                {"@value": "玩具研究所", "@language": "zh"},
                {"@value": "Toy Institute", "@language": "en"},
            ],
            "contactPoint": {
                "@type": "ContactPoint",
                "telephone": "021-000000",
                "email": "ice@example.org",
            },
        },
        "contentLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressRegion": "上海市",
                "addressLocality": [
                    {"@value": "上海", "@language": "zh"},
                    {"@value": "Shanghai", "@language": "en"},
                ],
            },
        },
        "conditionsOfAccess": [
            {"@value": "注册后可下载。", "@language": "zh"},
            {"@value": "Free to download.", "@language": "en"},
        ],
        "isAccessibleForFree": True,
    }


async def test_each_type_gets_its_own_class(
    client: httpx.AsyncClient, keys: dict[str, dict[str, str]]
) -> None:
    accept = {"Accept": "application/ld+json", **keys["member"]}

    classes = {
        name: (await client.get(f"/api/resources/{name}", headers=accept)).json()["@type"]
        for name in ("toy-seeds", "toy/telescope", "toy-hidden")
    }

    assert classes == {
        "toy-seeds": "Collection",
        "toy/telescope": "ResearchOrganization",
        "toy-hidden": "Service",
    }


async def test_a_policy_lists_its_articles(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/api/policies/toy-rules")).json()

    assert policy["doc_number"] == "玩发〔2020〕1号"
    assert [(a["no"], a["anchor"], a["number"]) for a in policy["articles"]] == [
        ("第二十条", "art-20", 20),
        ("第二章（条号未核）", "x-1", None),
    ]


@pytest.mark.parametrize(
    ("no", "anchor"),
    [
        ("20", "art-20"),
        ("第二十条", "art-20"),
        ("第20条", "art-20"),
        ("art-20", "art-20"),
        ("x-1", "x-1"),
        ("第二章（条号未核）", "x-1"),
    ],
)
async def test_an_article_has_several_names(client: httpx.AsyncClient, no: str, anchor: str) -> None:
    article = (await client.get(f"/api/policies/toy-rules/articles/{no}")).json()

    assert article["anchor"] == anchor
    assert article["page"] == f"/policies/toy-rules#{anchor}"
    assert article["policy"]["id"] == "toy-rules"
    assert article["policy"]["status"] == "in_force"


@pytest.mark.parametrize("no", ["21", "第二十一条", "x-9", "art-30", "零"])
async def test_a_missing_article_lists_those_there_are(client: httpx.AsyncClient, no: str) -> None:
    response = await client.get(f"/api/policies/toy-rules/articles/{no}")

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "article_unknown"
    assert "art-20, x-1" in response.json()["error"]["message"]
    assert "art-30," not in response.json()["error"]["message"]


async def test_without_stored_texts_there_is_nothing_to_compare(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/policies/toy-rules/diff", params={"from": "2018", "to": "2020"})

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "version_unknown"
    assert "only digests" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/resources/none", "resource_unknown"),
        ("/api/resources/toy-rules", "resource_unknown"),
        ("/api/resources/../../etc/passwd", "route_unknown"),
        ("/api/resources/%00", "route_unknown"),
        ("/api/policies/none", "policy_unknown"),
        ("/api/policies/toy-ice", "policy_unknown"),
        ("/api/policies/none/articles/1", "policy_unknown"),
        ("/api/policies/none/diff", "policy_unknown"),
        ("/api/answers/a_none", "answer_unknown"),
        ("/api/answers/%00", "route_unknown"),
        ("/api/conversations/c_none", "conversation_unknown"),
    ],
)
async def test_what_is_not_there_is_404(client: httpx.AsyncClient, path: str, code: str) -> None:
    response = await client.get(path)

    assert response.status_code == 404
    assert response.json()["error"]["code"] == code


async def test_the_page_of_a_resource_holds_its_json_ld(client: httpx.AsyncClient) -> None:
    page = await client.get("/resources/toy-ice")
    data = page.text.split('<script type="application/ld+json">')[1].split("</script>")[0]

    linked = await client.get("/api/resources/toy-ice", headers={"Accept": "application/ld+json"})

    assert page.headers["content-type"].startswith("text/html")
    assert json.loads(data) == linked.json()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/resources/toy/telescope", 200),
        ("/policies/toy-rules", 200),
        ("/resources/toy-hidden", 404),
        ("/resources/none", 404),
        ("/policies/none", 404),
    ],
)
async def test_pages_have_their_status_and_policy(client: httpx.AsyncClient, path: str, status: int) -> None:
    page = await client.get(path)

    assert page.status_code == status
    assert page.text.startswith("<!doctype html>")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "玩具内部" not in page.text
