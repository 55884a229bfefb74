"""/resources/{id}: the card, what it says in which language, and what it never does."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.state import ApiState
from corpus.loaders import load_vocabulary
from corpus.statements import Words, statements_of
from tests.api.toy import ToyKewen
from tests.pages.catalogue import HOSTILE
from tests.pages.reading import Read

ZH = {"Accept-Language": "zh-CN"}


async def read(client: httpx.AsyncClient, path: str, headers: dict[str, str] = ZH) -> Read:
    response = await client.get(path, headers=headers)
    assert response.status_code == 200, response.text
    return Read(response.text)


def facts(page: Read) -> dict[str, str]:
    names = [one.text for one in page.all("dt")]
    return dict(zip(names, [one.text for one in page.all("dd")], strict=True))


async def test_a_card_says_what_where_who_and_how(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources/toy-ice")

    assert page.one("h1").text == "玩具冰雪数据中心"
    assert page.one("title").text == "玩具冰雪数据中心 · 科问 Kewen"
    assert page.one("p", class_="who").text == "玩具研究所 · 上海市"
    assert [one.text for one in page.all("li") if "。" in one.text] == ["注册账号。", "提交申请。"]
    assert "通用做法" in page.elements[0].text
    assert facts(page) == {
        "又称": "玩冰",
        "DOI 前缀": "10.99999",
        "学科": "冰川",
        "联系": "021-000000ice@example.org",
    }
    assert "未逐项核对" in page.elements[0].text
    assert "秘密检索词" not in page.elements[0].text


async def test_the_same_card_in_english(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources/toy-ice?lang=en")

    assert page.one("html").attributes["lang"] == "en"
    assert page.one("h1").text == "Toy Ice Data Centre"
    assert page.one("p", class_="other-name").attributes["lang"] == "zh-CN"
    carried = {one for one in page.hrefs() if one.startswith("/") and "." not in one}
    assert {one for one in carried if "lang=en" not in one and not one.startswith("/api/")} == {
        "/resources/toy-ice?lang=zh",
    }
    assert "/docs?lang=en" in carried  # the page of the API is in both languages too


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "en-GB,en;q=0.9,zh;q=0.1", "en"),
        ("", "fr, en;q=0.4, zh;q=0.5", "zh-CN"),
        ("", "", "zh-CN"),
        ("", "de, *;q=0.5", "zh-CN"),
        ("", "en;q=x", "en"),
        ("?lang=zh", "en", "zh-CN"),
        ("?lang=en", "zh", "en"),
        ("?lang=xx", "en", "en"),
    ],
)
async def test_the_language_is_the_addresses_or_the_browsers(
    client: httpx.AsyncClient, query: str, header: str, language: str
) -> None:
    page = await read(client, f"/resources/toy-ice{query}", {"Accept-Language": header})

    assert page.one("html").attributes["lang"] == language


async def test_a_page_names_its_other_language_and_itself(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources/toy-ice?lang=en&utm_source=x")
    links = {
        one.attributes.get("hreflang"): one.attributes["href"]
        for one in page.all("link", rel="alternate")
        if "hreflang" in one.attributes
    }

    own = "http://kewen.test/resources/toy-ice"
    assert links == {"zh-CN": f"{own}?lang=zh", "en": f"{own}?lang=en", "x-default": own}
    assert page.one("link", rel="canonical").attributes["href"] == f"{own}?lang=en"


async def test_the_head_holds_the_json_ld(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources/toy-ice")
    linked = await client.get("/api/resources/toy-ice", headers={"Accept": "application/ld+json"})

    assert json.loads(page.one("script", type="application/ld+json").text) == linked.json()


async def test_a_card_offers_its_citation_and_its_forms_for_programs(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources/toy-ice")
    standard, bib = (one.text for one in page.all("pre"))

    assert standard.startswith("玩具研究所. 玩具冰雪数据中心[DB/OL].")
    assert bib.startswith("@misc{toy-ice,")
    forms = [one for one in page.hrefs() if one.startswith("/api/resources/toy-ice?format=")]
    assert len(forms) == 5
    for address in forms:
        assert (await client.get(address)).status_code == 200


async def test_a_harvested_record_shows_its_own_fields_and_origin(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources/harbour:10.99999/tides-2020")
    told = facts(page)

    assert told["许可"] == "CC-BY-4.0"
    assert told["时间范围"] == "2020-01-01 – 2020-12-31"
    assert told["空间范围"] == "Toy Bay30° N – 31° N, 10° W – 9° W"
    assert told["文件与服务"] == "Levels (2.4 MB)"
    assert told["需要账号"] == "否"
    assert "采集自 harbour，原编号 tides-2020，2026-01-02 采集" in page.elements[0].text
    # English words on a Chinese page say so.
    assert page.one("h1").attributes["lang"] == "en"
    assert page.all("p", class_="other-name") == []


async def test_rules_that_bear_on_a_record_are_found_from_both_ends(client: httpx.AsyncClient) -> None:
    record = await read(client, "/resources/toy-station-01")
    rule = await read(client, "/policies/toy-rules")

    assert "/policies/toy-rules" in record.hrefs()
    assert "/resources/toy-station-01" in rule.hrefs()


async def test_no_record_can_write_the_page(client: httpx.AsyncClient) -> None:
    for path in ("/resources/toy-hostile", "/policies/toy-replaced", "/resources?type=specimen"):
        response = await client.get(path, headers=ZH)
        page = Read(response.text)

        scripts = page.all("script")
        assert {one.attributes["type"] for one in scripts} <= {"module", "application/ld+json"}
        assert [one for one in page.elements if any(name.startswith("on") for name in one.attributes)] == []
        assert {one.tag for one in page.elements} & {"svg", "style", "iframe", "object", "base"} == set()
        addresses = [
            one.attributes.get(name, "") for one in page.elements for name in ("href", "src", "action")
        ]
        assert [one for one in addresses if one.lower().startswith(("javascript:", "data:"))] == []
        # What it says is shown as it is written.
        assert HOSTILE[0] in page.elements[0].text
        assert "{{ 7 * 7 }}{% raw %}" in page.elements[0].text


async def test_what_was_withdrawn_names_reason_and_successor(client: httpx.AsyncClient) -> None:
    response = await client.get("/resources/toy-gone", headers=ZH)
    page = Read(response.text)

    assert response.status_code == 410
    assert page.one("h1").text == "玩具旧中心"
    assert "2026-02-03 撤下。来源已将其删除。" in page.elements[0].text
    assert "/resources/toy-ice" in page.hrefs()


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/resources/toy-icy", "/resources/toy-ice"),
        ("/resources/toy-seed", "/resources/toy-seeds"),
        ("/policies/toy-rule", "/policies/toy-rules"),
        ("/resources/toy-hiden", None),
        ("/resources/%3Cscript%3E", None),
        ("/resources/%00", None),
        ("/resources/" + "x" * 3000, None),
        ("/resources/a/../../etc/passwd", None),
        ("/answers/a_none", None),
        ("/policies/toy-rules/articles/99", None),
    ],
)
async def test_a_missing_page_helps(client: httpx.AsyncClient, path: str, near: str | None) -> None:
    response = await client.get(path, headers={**ZH, "Accept": "text/html"})
    page = Read(response.text)

    assert response.status_code == 404
    assert {"/resources", "/policies", "/"} <= set(page.hrefs())
    assert page.one("form").attributes["action"] in ("/resources", "/policies")
    assert page.one("meta", name="robots").attributes["content"] == "noindex"
    assert "玩具内部" not in response.text
    if near:
        assert near in page.hrefs()


async def test_a_hidden_record_is_shown_to_its_level_only(
    client: httpx.AsyncClient, keys: dict[str, dict[str, str]]
) -> None:
    assert (await client.get("/resources/toy-hidden", headers=keys["registered"])).status_code == 404
    seen = await client.get("/resources/toy-hidden", headers={**ZH, **keys["member"]})

    assert seen.status_code == 200
    assert Read(seen.text).one("meta", name="robots").attributes["content"] == "noindex"


async def test_an_unchanged_page_costs_a_few_bytes(client: httpx.AsyncClient) -> None:
    first = await client.get("/resources/toy-ice", headers=ZH)
    again = await client.get("/resources/toy-ice", headers={**ZH, "If-None-Match": first.headers["etag"]})
    other = await client.get(
        "/resources/toy-ice", headers={"Accept-Language": "en", "If-None-Match": first.headers["etag"]}
    )

    assert first.headers["cache-control"] == "no-cache"
    assert {"Accept-Language", "Authorization"} <= set(re.split(r",\s*", first.headers["vary"]))
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert other.status_code == 200


async def test_pages_are_compressed_for_those_who_take_it(client: httpx.AsyncClient) -> None:
    plain = await client.get("/resources", headers={**ZH, "Accept-Encoding": "identity"})
    packed = await client.get("/resources", headers={**ZH, "Accept-Encoding": "gzip"})

    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) * 4 < int(plain.headers["content-length"])
    assert packed.text == plain.text


async def test_a_link_checker_may_ask_for_the_head_alone(client: httpx.AsyncClient) -> None:
    for path in ("/resources", "/resources/toy-ice", "/policies/toy-rules", "/sitemap.xml", "/robots.txt"):
        assert (await client.head(path)).status_code == 200


async def test_pages_keep_to_their_own_server(client: httpx.AsyncClient) -> None:
    for path in ("/resources", "/resources/toy-ice", "/policies/toy-rules", "/resources/none"):
        response = await client.get(path)
        policy = response.headers["content-security-policy"]
        page = Read(response.text)

        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert [one for one in page.elements if "style" in one.attributes or one.tag == "style"] == []
        loaded = [
            one.attributes[name] for one in page.elements for name in ("src",) if name in one.attributes
        ]
        loaded += [
            one.attributes["href"]
            for one in page.all("link")
            if one.attributes["rel"] in ("stylesheet", "icon", "apple-touch-icon")
        ]
        assert [one for one in loaded if not one.startswith(("/static/", "/favicon"))] == []


async def test_before_the_index_is_open_a_page_says_so_and_comes_back(
    app: FastAPI, client: httpx.AsyncClient, state: ApiState
) -> None:
    opened: Any = state.kewen
    state.kewen = None
    try:
        response = await client.get("/resources", headers=ZH)
    finally:
        state.kewen = opened
    page = Read(response.text)

    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert page.one("h1").text == "正在准备，请稍候"
    assert page.one("meta", http_equiv="refresh").attributes["content"] == "5"


async def test_where_to_apply_is_a_button_and_a_missing_site_is_said_with_what_there_is(
    client: httpx.AsyncClient,
) -> None:
    page = await read(client, "/resources/toy/telescope")
    buttons = {one.text: one.attributes["href"] for one in page.all("a", class_="button out")}
    assert buttons == {"申请入口apply.example.org": "https://apply.example.org/"}
    said = page.one("p", class_="fine instead").text
    assert (
        said.startswith("库中没有收录它的网址。") and "依托单位 玩具天文台" in said and "玩具天文年鉴" in said
    )

    with_site = await read(client, "/resources/toy-ice?lang=en")
    assert [one.text for one in with_site.all("a", class_="button out")] == [
        "Open its siteice.example.org · not checked"
    ]
    assert with_site.all("p", class_="fine instead") == []


async def test_a_record_bears_one_plain_mark_and_its_editors_notes_are_one_click_away(
    client: httpx.AsyncClient,
) -> None:
    page = await read(client, "/resources/toy/telescope")
    header = page.one("header", id="at-overview").text

    assert header.count("未逐项核对") == 1 and "待核" not in header.replace("玩具天文年鉴（线索，待核）", "")
    folded = page.one("details", class_="checked")
    assert "open" not in folded.attributes and "线索，待核" in folded.text


async def test_every_statement_that_an_answer_cites_has_a_place_on_its_page(
    client: httpx.AsyncClient, kewen: ToyKewen
) -> None:
    words = Words(load_vocabulary())
    for record in kewen.corpus.resources:
        if record.id == "toy-hostile" or record.visibility != "public":
            continue
        page = await read(client, f"/resources/{record.id}")
        there = {one.attributes.get("id") for one in page.elements}
        cited = {one.locator for one in statements_of(record, words)}
        assert {one for one in cited if f"at-{one}" not in there} == set(), record.id
