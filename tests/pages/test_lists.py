"""/resources and /policies: what is listed, counted and found, and for whom."""

from __future__ import annotations

import csv
import io
import re
from types import SimpleNamespace
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest

from api.pages_browse import Shelf, find
from corpus.records import Resource
from retrieval.passages import passages_of
from retrieval.records import Hit
from tests.api.toy import ToyKewen
from tests.pages.reading import Read

ZH = {"Accept-Language": "zh-CN"}


async def read(client: httpx.AsyncClient, path: str, headers: dict[str, str] = ZH) -> Read:
    response = await client.get(path, headers=headers)
    assert response.status_code == 200, response.text
    return Read(response.text)


def names(page: Read) -> list[str]:
    return [one.text for one in page.all("h3")]


def count(page: Read) -> str:
    return re.sub(r"(资源|文件).*", "", page.one("h2", id="count").text)


async def test_the_list_is_paged_and_never_shows_all(client: httpx.AsyncClient) -> None:
    first = await read(client, "/resources")
    second = await read(client, "/resources?page=2")
    last = await read(client, "/resources?page=3")

    assert (len(names(first)), len(names(second)), len(names(last))) == (20, 20, 10)
    assert not set(names(first)) & set(names(second))
    assert first.one("a", rel="next").attributes["href"] == "/resources?page=2"
    assert last.all("a", rel="next") == []
    assert last.one("ol", class_="records").attributes["start"] == "41"


async def test_bundled_records_come_before_harvested_ones(client: httpx.AsyncClient) -> None:
    last = await read(client, "/resources?page=3")

    assert names(last)[-1] == "Tides of a Toy Harbour"


@pytest.mark.parametrize(
    ("params", "number"),
    [
        ({"type": "field_station"}, "45 项"),
        ({"type": ["germplasm", "facility"]}, "2 项"),
        ({"province": "甘肃省", "type": "field_station"}, "23 项"),
        ({"subject": "生态", "access": "application"}, "45 项"),
        ({"subject": "ECOLOGY"}, "45 项"),
        ({"access": "open", "type": ""}, "2 项"),
        ({"subject": "没有的学科"}, "0 项"),
    ],
)
async def test_values_narrow_the_list(
    client: httpx.AsyncClient, params: dict[str, str | list[str]], number: str
) -> None:
    assert count(await read(client, f"/resources?{urlencode(params, doseq=True)}")) == number


async def test_each_count_is_what_its_link_lists(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources?access=application")
    choices = [
        (one.attributes["href"], one.text.split()[-1])
        for one in page.all("a")
        if one.attributes.get("href", "").startswith("/resources?access=application&")
        and one.text.split()[-1].isdigit()
    ]

    assert len(choices) > 3
    for href, number in choices:
        facet = href.split("&")[1].split("=")[0]
        # A second value of the same facet adds; a value of another one restricts.
        if facet != "access":
            assert count(await read(client, href)) == f"{number} 项", href


async def test_a_chosen_value_is_a_link_that_lets_it_go(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources?type=field_station&province=全国")
    chips = {one.attributes["aria-label"]: one.attributes["href"] for one in page.all("a", class_="chip")}

    assert chips == {
        "去掉条件：野外台站": f"/resources?{urlencode({'province': '全国'})}",
        "去掉条件：全国": "/resources?type=field_station",
    }
    hidden = {one.attributes["name"]: one.attributes["value"] for one in page.all("input", type="hidden")}
    assert hidden == {"type": "field_station", "province": "全国"}


async def test_fields_are_offered_in_the_language_of_the_page_and_combine(client: httpx.AsyncClient) -> None:
    chinese = await read(client, "/resources?lang=zh")
    english = await read(client, "/resources?lang=en")
    both = await read(client, "/resources?field=ecology&field=earth&access=open")

    def offered(page: Read) -> set[str]:
        return {
            one.text.rsplit(maxsplit=1)[0]
            for one in page.all("a")
            if "field=" in one.attributes.get("href", "")
        }

    assert {"生态与环境", "地球科学"} <= offered(chinese)
    assert {"Ecology and environment", "Earth sciences"} <= offered(english)
    assert not any("subject=" in href for href in chinese.hrefs())
    assert count(both) != "0 项" and len(both.all("a", class_="chip")) == 3


async def test_words_are_searched_for_and_the_best_comes_first(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources?q=水稻种子")

    assert names(page)[0] == "玩具种子库"
    assert page.one("input", id="q").attributes["value"] == "水稻种子"
    assert page.one("meta", name="robots").attributes["content"] == "noindex"


async def test_nothing_found_is_said_with_a_way_on(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources?q=量子计算机")

    assert page.one("p", class_="nothing").text == "没有符合这些条件的资源。"
    assert f"/?{urlencode({'q': '量子计算机'})}" in page.hrefs()


@pytest.mark.parametrize(
    ("query", "meant"), [("glaciolgy", "glaciology"), ("生太", "生态"), ("shengtai", "生态"), ("量子", None)]
)
async def test_a_slip_that_finds_nothing_is_offered_as_what_was_meant(
    client: httpx.AsyncClient, query: str, meant: str | None
) -> None:
    page = await read(client, f"/resources?{urlencode({'q': query, 'access': 'open'})}")

    offered = [one.text for one in page.all("p", class_="meant")]
    assert offered == ([f"您要找的也许是：{meant}"] if meant else [])
    if meant:
        assert f"/resources?{urlencode({'q': meant, 'access': 'open'})}" in page.hrefs()


def hit(record: Resource, score: float, lexical: float | None, dense: float = 5.0) -> Hit:
    passage = next(iter(passages_of(record)))
    return Hit(passage, score, cosine=0.86, dense=dense, lexical=lexical)


async def test_what_is_only_near_in_meaning_is_not_found(client: httpx.AsyncClient, kewen: ToyKewen) -> None:
    """Scores as they came for letters that no record holds, and for a word that records say otherwise."""
    near = kewen.corpus.resources[:3]

    class Near:
        def __init__(self, *hits: Hit) -> None:
            self.hits = list(hits)

        async def search(self, *_: object, **__: object) -> list[Hit]:
            return self.hits

    shelf = Shelf(kewen.corpus.resources)

    async def found(*hits: Hit) -> int:
        return len((await find(SimpleNamespace(retriever=Near(*hits)), shelf, "resource", "q", {})).rows)

    assert await found(hit(near[0], 2.3, None), hit(near[1], 1.5, None)) == 0
    assert await found(hit(near[0], 7.7, None), hit(near[1], 3.9, None), hit(near[2], 1.4, None)) == 2
    assert await found(hit(near[0], 2.3, 8.1)) == 1
    # Half a word shared with the search moves a place up, not nearer.
    assert await found(hit(near[0], 5.6, 8.2), hit(near[1], 4.7, None, 4.1)) == 1


async def test_a_list_is_sorted_and_goes_on_in_that_order(client: httpx.AsyncClient) -> None:
    by_name = await read(client, "/resources?sort=name&lang=en")
    page_two = await read(client, "/resources?sort=name&lang=en&page=2")
    fullest = await read(client, "/resources?sort=completeness")

    shown = [one.casefold() for one in (*names(by_name), *names(page_two))]
    assert shown == sorted(shown) and len(shown) == 40
    assert names(fullest)[0] == "玩具冰雪数据中心"
    assert by_name.one("a", rel="next").attributes["href"] == "/resources?sort=name&page=2&lang=en"
    assert (await client.get("/resources?sort=price", headers=ZH)).status_code == 422


async def test_what_was_searched_for_is_marked(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources?q=冰川")

    assert {one.text for one in page.all("mark")} == {"冰川"}


async def test_a_list_is_taken_away_whole_in_the_forms_of_those_who_use_it(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources?type=field_station")
    table = await client.get("/resources.csv?type=field_station", headers=ZH)
    ris = await client.get("/resources.ris?q=水稻种子", headers=ZH)
    bib = await client.get("/resources.bib?type=field_station", headers=ZH)
    feed = await client.get("/resources.atom?type=field_station", headers=ZH)

    assert {"/resources.csv?type=field_station", "/resources.atom?type=field_station"} <= set(page.hrefs())
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert len(rows) == 45 and rows[0]["type"] == "field_station" and rows[0]["page"].startswith("http")
    assert table.headers["content-disposition"].endswith('.csv"')
    assert (
        ris.text.startswith("TY  - ") and "TI  - 玩具种子库" in ris.text and ris.text.endswith("ER  - \n\n")
    )
    assert bib.text.count("@misc{") == 45
    told = ElementTree.fromstring(feed.text)
    assert len(told.findall("{http://www.w3.org/2005/Atom}entry")) == 45
    # A reader shows it among others by its name, and asks again and again.
    assert (told.findtext("{http://www.w3.org/2005/Atom}title") or "").startswith("野外台站 · ")
    again = await client.get(
        "/resources.atom?type=field_station", headers={**ZH, "If-None-Match": feed.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.get("/resources.exe", headers=ZH)).status_code == 404


async def test_pages_about_the_site_are_there_in_both_languages(client: httpx.AsyncClient) -> None:
    for path in ("/about", "/help", "/privacy", "/docs"):
        for language in ("zh", "en"):
            page = await read(client, f"{path}?lang={language}")
            assert page.one("h1").text and f"/privacy?lang={language}" in page.hrefs()
            assert "{" not in page.one("h1").text
    lost = await client.get("/pages/toy-ices.html", headers={**ZH, "Accept": "text/html"})
    assert lost.status_code == 404 and "/resources/toy-ice" in Read(lost.text).hrefs()


async def test_tiles_show_every_unit_once_with_its_number(client: httpx.AsyncClient) -> None:
    page = await read(client, "/resources?view=places")
    tiles = page.all("li", class_="tile")
    places = {tuple(sorted(one.attributes["class"].split()[1:3])) for one in tiles}
    linked = [one for one in page.all("a") if "项资源" in one.text]

    assert len(tiles) == len(places) == 34
    assert {re.sub(r"\s+", "", one.text) for one in linked} >= {
        "甘肃省：23项资源甘肃23",
        "上海市：2项资源上海2",
    }
    for one in linked:
        number = re.search(r"：(\d+) 项", one.text)
        assert number and count(await read(client, one.attributes["href"])) == f"{number[1]} 项"
    rows = page.all("tr")
    assert len(rows) == 1 + 34 + 1  # head, units, 全国
    assert "不是地图" in page.elements[0].text


async def test_records_are_listed_for_those_who_may_see_them(
    client: httpx.AsyncClient, keys: dict[str, dict[str, str]]
) -> None:
    public = await client.get("/resources?type=instrument", headers=ZH)
    member = await client.get("/resources?type=instrument", headers={**ZH, **keys["member"]})
    nobody = await client.get("/resources", headers={**ZH, "Authorization": "Bearer kewen_none"})

    assert "玩具内部显微镜" not in public.text
    assert "玩具内部显微镜" in member.text
    assert member.headers["cache-control"] == "private, no-cache"
    assert nobody.status_code == 401
    assert nobody.text.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/resources?type=dataset", 422),
        ("/resources?access=free", 422),
        ("/resources?page=0", 422),
        ("/resources?page=many", 422),
        ("/resources?view=map", 422),
        ("/policies?rank=king", 422),
        ("/policies?status=alive", 422),
        ("/resources?page=99", 404),
        ("/policies?page=9", 404),
        ("/resources?q=%01%ff%3Cscript%3E", 200),
        ("/resources?subject=%3Cscript%3E&province=%22%3E", 200),
    ],
)
async def test_wrong_values_are_told_on_a_page(client: httpx.AsyncClient, path: str, status: int) -> None:
    response = await client.get(path, headers=ZH)

    assert response.status_code == status
    page = Read(response.text)
    assert page.one("h1").text
    assert "<script>" not in response.text


async def test_documents_stand_under_their_rank(client: httpx.AsyncClient) -> None:
    page = await read(client, "/policies")

    assert [one.text for one in page.all("h3", class_="group")] == ["部门规章与规范性文件"]
    assert {one.text for one in page.all("h4")} == {
        "玩具样品办法",
        "玩具旧办法",
        "中华人民共和国玩具样本管理办法",
    }
    assert "有全文" in page.elements[0].text


async def test_documents_are_chosen_by_status(client: httpx.AsyncClient) -> None:
    page = await read(client, "/policies?status=repealed")

    assert [one.text for one in page.all("h4")] == ["玩具旧办法"]
    assert "已废止" in page.elements[0].text


async def test_a_search_for_rules_links_to_the_article(client: httpx.AsyncClient) -> None:
    page = await read(client, "/policies?q=登记")

    assert "/policies/toy-rules#art-20" in page.hrefs()
    assert "共享样品须登记" in page.elements[0].text


async def test_an_article_that_one_may_not_see_is_not_counted(
    client: httpx.AsyncClient, keys: dict[str, dict[str, str]]
) -> None:
    public = await client.get("/policies?q=样品", headers=ZH)
    staff = await client.get("/policies?q=样品", headers={**ZH, **keys["staff"]})

    assert "收录 2 条" in public.text
    assert "收录 3 条" in staff.text
