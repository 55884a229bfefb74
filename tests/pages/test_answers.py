"""/answers/{id}: what was shared, marked as made by a machine."""

from __future__ import annotations

import json

import httpx

from api.pages_prose import blocks
from assistant.records import Answer, Citation, ResourceCard
from tests.pages.catalogue import ALL_HOSTILE
from tests.pages.reading import Read

ZH = {"Accept-Language": "zh-CN"}


async def ask(client: httpx.AsyncClient, question: str, headers: dict[str, str] | None = None) -> str:
    answer = await client.post("/api/ask", json={"question": question}, headers=headers or {})
    return str(answer.json()["id"])


async def test_an_answer_is_shared_with_question_date_and_sources(client: httpx.AsyncClient) -> None:
    id_ = await ask(client, "冰川数据在哪里？")

    response = await client.get(f"/answers/{id_}", headers=ZH)
    page = Read(response.text)

    assert response.status_code == 200
    assert page.one("h1").text == "冰川数据在哪里？"
    assert page.one("span", class_="seal").text == "机器生成，请核对来源"
    assert page.one("time").attributes["datetime"].startswith("20")
    assert "北京时间" in page.one("time").text
    assert "冰川与积雪样品及数据。" in page.one("blockquote").text
    assert {one.attributes["href"] for one in page.all("a", class_="cite")} == {"#source-1"}
    assert page.one("li", id="source-1").attributes["value"] == "1"
    assert "/resources/toy-ice" in page.hrefs()
    assert id_ in page.elements[0].text
    told = json.loads(page.one("meta", name="AIGC").attributes["content"])
    assert told["AIGC"]["ProduceID"] == id_


async def test_a_shared_answer_is_no_prey_of_searchers(client: httpx.AsyncClient) -> None:
    id_ = await ask(client, "冰川数据在哪里？")
    page = Read((await client.get(f"/answers/{id_}")).text)

    assert page.one("meta", name="robots").attributes["content"] == "noindex"
    assert "Disallow: /answers/" in (await client.get("/robots.txt")).text


async def test_the_page_may_be_in_another_language_than_the_answer(client: httpx.AsyncClient) -> None:
    id_ = await ask(client, "冰川数据在哪里？")
    page = Read((await client.get(f"/answers/{id_}?lang=en")).text)

    assert page.one("span", class_="seal").text == "Made by a machine: check the sources"
    assert page.one("div", class_="prose").attributes["lang"] == "zh-CN"


async def test_what_a_level_was_told_is_not_for_those_below(
    client: httpx.AsyncClient, keys: dict[str, dict[str, str]]
) -> None:
    id_ = await ask(client, "显微镜在哪里？", keys["member"])

    for headers, status in (
        (ZH, 404),
        (keys["registered"], 404),
        (keys["member"], 200),
        (keys["staff"], 200),
    ):
        response = await client.get(f"/answers/{id_}", headers=headers)
        assert response.status_code == status
        assert ("显微镜" in response.text) == (status == 200)


async def test_a_question_cannot_write_the_page(client: httpx.AsyncClient) -> None:
    id_ = await ask(client, ALL_HOSTILE.replace("\0", ""))  # which no request may hold
    page = Read((await client.get(f"/answers/{id_}", headers=ZH)).text)

    assert [one.attributes["type"] for one in page.all("script")] == ["module"]
    assert "<script>window.hit = 1</script>" in page.one("h1").text


def answer(text: str) -> Answer:
    return Answer(
        id="a_1",
        conversation_id="c_1",
        language="zh",
        status="answered",
        text=text,
        citations=(
            Citation(
                number=1,
                kind="resource",
                id="x",
                title="题",
                locator="overview",
                quote="…",
                quote_kind="digest",
                url="/resources/x",
                source_url="https://a.example.org/",
            ),
        ),
        resources=(
            ResourceCard(
                id="x", name="x", type="facility", host=None, province=None, access=None,
                url="https://b.example.org/p?q=1", verification="known",
            ),
        ),
        generated_by="composer",
    )  # fmt: skip


def test_text_becomes_paragraphs_and_lists() -> None:
    made = blocks(answer("答：\n1. 甲[1]\n2. 乙\n\n- 丙\n- 丁\n完。"))

    assert [(block.kind, len(block.lines)) for block in made] == [("p", 1), ("ol", 2), ("ul", 2), ("p", 1)]


def test_only_cited_numbers_and_addresses_become_links() -> None:
    text = (
        "见https://a.example.org/ [1]，https://b.example.org/p?q=1。"
        "不见 https://c.example.org/ [2] javascript:x"
    )
    [block] = blocks(answer(text))
    pieces = [(piece.kind, piece.text) for piece in block.lines[0] if piece.kind != "text"]

    assert pieces == [
        ("link", "https://a.example.org/"),
        ("marker", "1"),
        ("link", "https://b.example.org/p?q=1"),
    ]
    shown = [
        piece.lead + (f"[{piece.text}]" if piece.kind == "marker" else piece.text) for piece in block.lines[0]
    ]
    assert "".join(shown) == text
