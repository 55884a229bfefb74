"""/policies/{id}: articles with their anchors, digest apart from verbatim, versions and what changed."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.api.toy import ToyKewen
from tests.pages.reading import Read

ZH = {"Accept-Language": "zh-CN"}
MEASURES = "/policies/toy-sample-measures"


async def read(client: httpx.AsyncClient, path: str, headers: dict[str, str] = ZH) -> Read:
    response = await client.get(path, headers=headers)
    assert response.status_code == 200, response.text
    return Read(response.text)


def articles(page: Read) -> list[str]:
    return [one.attributes["id"] for one in page.all("section", class_="article")]


async def test_every_article_has_its_anchor_and_its_place_in_the_contents(client: httpx.AsyncClient) -> None:
    page = await read(client, "/policies/toy-rules")

    assert articles(page) == ["art-20", "x-1"]
    contents = page.one("nav", class_="contents")
    assert "20" in contents.text and "第二章（条号未核）" in contents.text
    assert page.hrefs().count("#art-20") == 3  # contents, its own heading, the way back from the next
    assert next(one.text for one in page.all("div", class_="digest")).split() == [
        "摘要",
        "本库的概括，不是原文",
        "共享样品须登记。",
    ]
    assert page.all("div", class_="verbatim") == []


async def test_in_english_articles_are_numbered_in_english(client: httpx.AsyncClient) -> None:
    page = await read(client, "/policies/toy-rules?lang=en")

    assert page.one("h3", id="art-20-no").text == "Article 20 第二十条"
    assert page.one("h3", id="x-1-no").text == "第二章（条号未核）"


async def test_a_digest_stands_in_the_chapter_of_its_stored_text(
    client: httpx.AsyncClient, kewen: ToyKewen
) -> None:
    policies = []
    for policy in kewen.corpus.policies:
        unsaid = tuple(one.model_copy(update={"chapter": None}) for one in policy.articles)
        policies.append(policy.model_copy(update={"articles": unsaid}))
    kewen.corpus = kewen.corpus.model_copy(update={"policies": tuple(policies), "digest": "4" * 64})

    def chapters(page: Read) -> list[str]:
        return [one.text for one in page.all("p", class_="chapter")]

    stored = chapters(await read(client, f"{MEASURES}?version=2022-02-01"))
    assert len(stored) >= 2
    assert chapters(await read(client, MEASURES)) == stored


async def test_previous_and_next_go_through_the_document(client: httpx.AsyncClient) -> None:
    page = await read(client, f"{MEASURES}?version=2022-02-01")
    ids = articles(page)

    assert [one.attributes["href"] for one in page.all("a", rel="next")] == [f"#{one}" for one in ids[1:]]
    assert [one.attributes["href"] for one in page.all("a", rel="prev")] == [f"#{one}" for one in ids[:-1]]


async def test_digest_and_words_of_the_text_are_told_apart(client: httpx.AsyncClient) -> None:
    page = await read(client, MEASURES)
    digests = [one.text for one in page.all("div", class_="digest")]
    words = [one.text for one in page.all("div", class_="verbatim")]

    assert any("十日内答复" in one and "摘要" in one for one in digests)
    assert any("玩具馆应当自收到材料之日起" in one and "原文" in one for one in words)


async def test_a_stored_version_is_shown_in_its_own_words(client: httpx.AsyncClient) -> None:
    old = await read(client, f"{MEASURES}?version=2015-05-01")
    now = await read(client, f"{MEASURES}?version=2022-02-01")

    assert "二十日内答复" in old.elements[0].text
    assert "这是旧版本，不是现行文本" in old.elements[0].text
    assert "这是旧版本" not in now.elements[0].text
    assert old.all("div", class_="digest") == []
    assert old.one("link", rel="canonical").attributes["href"].endswith("?version=2015-05-01")


async def test_a_day_stands_for_the_version_then_in_force(client: httpx.AsyncClient) -> None:
    page = await read(client, f"{MEASURES}?version=2018-07-01")

    assert page.one("link", rel="canonical").attributes["href"].endswith("?version=2015-05-01")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/policies/toy-rules/articles/20", "/policies/toy-rules#art-20"),
        ("/policies/toy-rules/articles/第二十条", "/policies/toy-rules#art-20"),
        ("/policies/toy-rules/articles/art-20?lang=en", "/policies/toy-rules?lang=en#art-20"),
        ("/policies/toy-rules/articles/x-1", "/policies/toy-rules#x-1"),
        (f"{MEASURES}/articles/4@2015-05-01", f"{MEASURES}?version=2015-05-01#art-4"),
    ],
)
async def test_an_article_has_an_address_of_its_own(
    client: httpx.AsyncClient, path: str, target: str
) -> None:
    response = await client.get(path)

    assert (response.status_code, response.headers["location"]) == (302, target)


async def test_two_versions_are_compared_word_by_word(client: httpx.AsyncClient) -> None:
    page = await read(client, f"{MEASURES}/diff")

    assert {one.text.split()[-1] for one in page.all("span", class_="kind")} >= {"新增", "条号变动"}
    assert any(one.text for one in page.all("del")) and any(one.text for one in page.all("ins"))
    headings = [one.text for one in page.all("h2")]
    assert "第四条 → 第五条 条号变动" in headings
    # Where only the number moved the text is not shown again.
    assert "借用玩具样本，应当提交下列材料" not in page.elements[0].text
    assert "条文未变，只是条号变动。" in page.elements[0].text
    reader = await read(client, MEASURES)
    assert f"{MEASURES}/diff?from=2015-05-01&to=2022-02-01" in reader.hrefs()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/policies/toy-rules/diff", 404),
        (f"{MEASURES}/diff?from=gestern", 422),
        (f"{MEASURES}/diff?from=2014-01-01", 404),
        (f"{MEASURES}?version=1999-01-01", 404),
        (f"{MEASURES}?version=<script>", 422),
        ("/policies/none/diff", 404),
        ("/policies/none/articles/1", 404),
    ],
)
async def test_what_cannot_be_shown_is_told(client: httpx.AsyncClient, path: str, status: int) -> None:
    response = await client.get(path, headers=ZH)

    assert response.status_code == status
    assert Read(response.text).one("h1").text
    assert "<script>" not in response.text


async def test_a_document_that_is_over_says_so_and_names_its_successor(client: httpx.AsyncClient) -> None:
    page = await read(client, "/policies/toy-replaced")
    banner = page.one("p", class_="banner")

    assert banner.text.startswith("这份文件已不再有效")
    assert "玩具样品办法" in banner.text
    assert "/policies/toy-rules" in page.hrefs()


async def test_an_article_for_others_is_neither_shown_nor_counted(
    client: httpx.AsyncClient, keys: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    public = await read(client, "/policies/toy-rules")
    staff = await read(client, "/policies/toy-rules", {**ZH, **keys["staff"]})

    assert "art-30" not in articles(public) and "内部条款" not in public.elements[0].text
    assert "art-30" in articles(staff)
    hidden = await client.get("/policies/toy-rules/articles/30", headers=ZH)
    assert hidden.status_code == 404
    assert "art-30," not in hidden.text


async def test_a_stored_text_does_not_show_what_an_article_may_not(
    client: httpx.AsyncClient, kewen: ToyKewen, keys: dict[str, dict[str, str]]
) -> None:
    policies = [
        policy.model_copy(
            update={
                "articles": tuple(
                    one.model_copy(update={"visibility": "staff"}) if one.anchor == "art-5" else one
                    for one in policy.articles
                )
            }
        )
        for policy in kewen.corpus.policies
    ]
    kewen.corpus = kewen.corpus.model_copy(update={"policies": tuple(policies), "digest": "3" * 64})

    for path in (MEASURES, f"{MEASURES}?version=2022-02-01", f"{MEASURES}/diff", f"/api{MEASURES}/diff"):
        public = await client.get(path, headers=ZH)
        staff = await client.get(path, headers={**ZH, **keys["staff"]})
        assert "日内答复" not in public.text, path
        assert "日内答复" in staff.text, path


async def test_the_timeline_tells_what_is_known_and_what_changed_since_a_day(
    client: httpx.AsyncClient,
) -> None:
    whole = await read(client, MEASURES)
    later = await read(client, f"{MEASURES}?since=2016-01-01")
    never = await read(client, f"{MEASURES}?since=2099-01-01")
    digests = await read(client, "/policies/toy-rules")

    days = [one.text for one in whole.all("time", class_="when")]
    assert days == sorted(days) and len(days) >= 2
    assert {one.text for one in later.all("time", class_="when")} < set(days)
    assert f"{MEASURES}/diff?from=2015-05-01&to=2022-02-01" in later.hrefs()
    assert "没有记录到变化" in never.one("section", id="timeline").text
    assert "没有收录更早的全文" in digests.one("section", id="timeline").text
    assert (await client.get(f"{MEASURES}?since=soon", headers=ZH)).status_code == 422
