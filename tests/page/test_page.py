"""The chat page in a real browser, against the real server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Route, expect

from corpus.loaders import load_vocabulary
from tests.page.conftest import Tab, in_turn
from tests.toy_home import ROOT, XSS

SNOW = "玩具雪山科学数据中心怎么申请？"


def test_an_answer_comes_with_sources_that_open(desktop: Tab, site: str) -> None:
    page = desktop.page
    expect(page.get_by_text("我是程序，不是人")).to_be_visible()

    desktop.ask(SNOW)

    expect(page.locator(".prose")).to_contain_text("注册账号")
    card = page.get_by_role("complementary", name="相关资源").get_by_role("article")
    expect(card.get_by_role("heading")).to_have_text("玩具雪山科学数据中心")
    expect(card).to_contain_text("玩具冰川研究所")
    expect(card).to_contain_text("注册后可用")
    expect(card).to_contain_text("已核实")
    card.get_by_text("怎么申请（2 步）").click()
    expect(card.get_by_text("提交用途说明")).to_be_visible()

    marker = page.get_by_role("button", name=re.compile("^来源 1：玩具雪山科学数据中心")).first
    marker.focus()
    page.keyboard.press("Enter")
    reader = page.get_by_role("dialog")
    expect(reader.get_by_role("heading")).to_be_focused()
    expect(reader.locator("blockquote")).to_contain_text("提交用途说明")
    expect(reader).to_contain_text("本库的摘要，不是原文")
    source = reader.get_by_role("link", name=re.compile("打开来源"))
    expect(source).to_have_attribute("href", "https://snow.example.org/")
    expect(source).to_have_attribute("rel", "noopener noreferrer")
    own = reader.get_by_role("link", name="在科问查看这一处").get_attribute("href")
    page.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    expect(marker).to_be_focused()

    assert own is not None and own.startswith(f"{site}/resources/toy-snow#at-how_to_apply")
    page.goto(own)
    expect(page.get_by_role("heading", level=1)).to_have_text("玩具雪山科学数据中心")
    expect(page.locator("section:target")).to_contain_text("提交用途说明")
    assert desktop.complaints == []


def test_a_policy_citation_opens_the_record_at_its_article(desktop: Tab, site: str) -> None:
    page = desktop.page
    desktop.ask("玩具样品共享办法第九条说了什么？")

    page.locator("button.cite").first.click()
    own = page.get_by_role("dialog").get_by_role("link", name="在科问查看这一处").get_attribute("href")
    assert own == f"{site}/policies/toy-sharing-rules#art-9"
    page.goto(own)

    expect(page.locator("#art-9:target")).to_contain_text("出境样品须经批准")
    page.get_by_role("link", name="Read this page in English").click()
    expect(page.locator("#art-9:target")).to_contain_text("Samples that leave need approval")
    assert desktop.complaints == []


def test_a_conversation_goes_on_by_chip_survives_a_reload_and_ends(desktop: Tab) -> None:
    page = desktop.page
    desktop.ask(SNOW)
    chip = page.locator(".follow-ups button").first
    question = chip.text_content()
    chip.click()
    page.locator(".actions").nth(1).wait_for()
    expect(page.locator(".question").nth(1)).to_contain_text(question or "?")
    expect(page.get_by_role("textbox")).to_be_focused()

    page.reload()
    expect(page.locator(".question")).to_have_count(2)
    expect(page.locator(".cards").first).to_contain_text("玩具雪山科学数据中心")

    page.get_by_role("button", name="新的对话").click()
    expect(page.locator(".question")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    assert desktop.complaints == []


def test_a_script_that_is_there_before_the_page_shows_the_pages_welcome(desktop: Tab, site: str) -> None:
    page = desktop.page

    def script_first(route: Route) -> None:
        response = route.fetch()
        # As when it is kept: it runs before what follows it is read.
        route.fulfill(response=response, body=response.text().replace(" async></script>", "></script>"))

    in_turn(page, f"{site}/", script_first)
    page.goto(f"{site}/")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    desktop.ask(SNOW)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert desktop.complaints == []


def test_feedback_is_sent_with_the_answer_it_is_about(desktop: Tab) -> None:
    page = desktop.page
    desktop.ask(SNOW)

    with page.expect_response("**/api/feedback") as up:
        page.get_by_role("button", name="有用", exact=True).click()
    expect(page.get_by_role("button", name="有用", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("谢谢，已记下。")).to_be_visible()
    page.get_by_role("button", name="没用").click()
    page.get_by_label("哪里不对").fill("步骤不对")
    with page.expect_response("**/api/feedback") as down:
        page.get_by_role("button", name="发送").click()

    assert up.value.status == 200 and up.value.json()["verdict"] == "up"
    sent = json.loads(down.value.request.post_data or "")
    assert sent["verdict"] == "down" and sent["comment"] == "步骤不对"
    assert sent["answer_id"] == up.value.json()["answer_id"]
    assert desktop.complaints == []


def test_markup_in_a_question_stays_text(desktop: Tab) -> None:
    page = desktop.page
    question = f"{XSS}<script>document.title='hacked'</script> 玩具雪山科学数据中心 javascript:alert(1)"

    desktop.ask(question)

    expect(page.locator(".question")).to_contain_text(question)
    assert page.locator("main img, main script").count() == 0
    assert page.title() == "提问 · 科问 Kewen"
    assert desktop.complaints == []


def test_markup_and_foreign_addresses_in_an_answer_stay_text(desktop: Tab, site: str) -> None:
    """Whatever a record or a model has written: the page trusts no field of an answer."""
    page = desktop.page
    bad = f"{XSS}<b>x</b>"
    citation = {"number": 1, "kind": "resource", "id": bad, "title": bad, "locator": bad, "quote": bad}
    citation |= {
        "quote_kind": "digest",
        "url": "javascript:alert(1)//resources/x",
        "source_url": "data:text/html,x",
    }
    card = {"id": bad, "name": bad, "type": bad, "host": bad, "province": bad, "access": bad, "contact": bad}
    card |= {
        "url": "javascript:alert(1)",
        "how_to_apply": [bad],
        "identifiers": [bad],
        "verification": "known",
    }
    answer = {"id": "a_1", "conversation_id": "c_1", "language": "zh", "status": "answered", "notices": [bad]}
    answer |= {"text": f"{bad} [1] [2] https://elsewhere.example.org/", "citations": [citation]}
    answer |= {"resources": [card], "follow_ups": [bad], "filters": {"types": [bad]}, "generated_by": bad}
    body = f"event: done\ndata: {json.dumps(answer)}\n\n"
    page.route(
        "**/api/ask",
        lambda route: route.fulfill(status=200, content_type="text/event-stream", body=body),
    )

    desktop.ask("冰芯")
    page.get_by_text("来源（1）").click()
    page.get_by_text("怎么申请（1 步）").click()
    page.locator("button.cite").first.click()

    expect(page.get_by_role("dialog").locator("blockquote")).to_have_text(bad)
    expect(page.locator(".prose")).to_contain_text(f"{bad} 1 [2] https://elsewhere.example.org/")
    assert page.locator("main img, main script, main b, dialog img, dialog b").count() == 0
    hrefs = page.eval_on_selector_all(
        ".answer a, .cards a, dialog a", "links => links.map((link) => link.href)"
    )
    assert [href for href in hrefs if not re.fullmatch(rf"{site}/resources/[^\s<>]+", href)] == []
    assert page.title() == "提问 · 科问 Kewen"
    assert desktop.complaints == []


def test_a_phone_shows_all_of_it_without_scrolling_sideways(phone: Tab) -> None:
    page = phone.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ask about science resources")

    phone.ask("Where is the Toy Snow Mountain Data Centre, and how do I apply?")

    expect(page.locator(".prose")).to_have_attribute("lang", "en")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("button.cite").first.click()
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="用中文阅读本页").click()
    expect(page.get_by_role("button", name="新的对话")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator(".prose")).to_have_attribute("lang", "en")  # what was said stays as it was
    assert phone.complaints == []


def test_a_lost_line_is_said_and_one_retry_offered(desktop: Tab) -> None:
    page = desktop.page
    in_turn(page, "**/api/ask", Route.abort, Route.abort)
    page.get_by_role("textbox").fill(SNOW)
    page.keyboard.press("Enter")
    expect(page.locator(".failure").get_by_text("连接中断，没有收到完整的回答。")).to_be_visible()

    page.get_by_role("button", name="再试一次").click()
    expect(page.locator(".failure").get_by_text("还是没有连上")).to_be_visible()
    expect(page.get_by_role("button", name="再试一次")).to_have_count(0)
    expect(page.get_by_role("textbox")).to_have_value(SNOW)

    page.get_by_role("textbox").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".prose")).to_contain_text("注册账号")


def test_a_stream_that_is_cut_shows_no_half_answer(desktop: Tab) -> None:
    page = desktop.page
    half = 'event: delta\ndata: {"text": "半个回答"}\n\n'

    def cut(route: Route) -> None:
        route.fulfill(status=200, content_type="text/event-stream", body=half)

    in_turn(page, "**/api/ask", cut)
    page.get_by_role("textbox").fill(SNOW)
    page.keyboard.press("Enter")
    expect(page.locator(".failure").get_by_text("连接中断，没有收到完整的回答。")).to_be_visible()
    expect(page.get_by_text("半个回答")).to_have_count(0)

    page.get_by_role("button", name="再试一次").click()
    expect(page.locator(".prose")).to_contain_text("注册账号")
    assert desktop.complaints == []


def test_a_refusal_is_said_with_its_request_id(desktop: Tab) -> None:
    page = desktop.page
    page.get_by_role("textbox").fill("？！…")
    page.keyboard.press("Enter")

    expect(page.locator(".failure")).to_contain_text("没能回答：请用文字提问")
    expect(page.get_by_text(re.compile("^请求编号 r_"))).to_be_visible()

    page.get_by_role("textbox").fill("字" * 2001)
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_contain_text("最多 2000 个字符")
    expect(page.locator(".question")).to_have_count(1)


def test_a_conversation_that_was_deleted_is_begun_anew(desktop: Tab, site: str) -> None:
    page = desktop.page
    desktop.ask(SNOW)
    conversation = page.evaluate("sessionStorage.getItem('kewen.conversation')")
    assert httpx.delete(f"{site}/api/conversations/{conversation}").status_code == 204

    desktop.ask("玩具小麦种质库在哪里？")

    expect(page.get_by_text("之前的对话已不在，这是新的对话。")).to_be_visible()


def test_the_page_needs_nothing_from_elsewhere_and_runs_under_its_policy(site: str) -> None:
    page = httpx.get(site)
    policy = page.headers["content-security-policy"]

    assert "unsafe" not in policy and "default-src 'none'" in policy
    assert not re.search(r"\son\w+=|style=|<style|<script(?![^>]*\bsrc=\"/(?:static/|widget\.js))", page.text)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert address.startswith(("/", "#", site))
    scripts = [*(ROOT / "api" / "static").glob("*.js"), *(ROOT / "widget").glob("*.js")]
    parses = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|\beval\b|new Function"
    )
    found = {path.name: parses.findall(path.read_text(encoding="utf-8")) for path in scripts}
    # A list that follows what is typed, or what staff do, is read from a page of ours, and only what cannot
    # run is taken from it (tests/pages/test_browser.py, tests/page/test_people.py).
    assert {name: ways for name, ways in found.items() if ways} == {
        "site.js": ["DOMParser"],
        "staff.js": ["DOMParser"],
    }


@pytest.mark.parametrize("field", ["types", "access", "statuses", "provinces"])
def test_the_page_names_things_as_the_vocabulary_does(field: str) -> None:
    script = Path(ROOT / "widget" / "labels.js").read_text(encoding="utf-8")
    block = script.split(f"  {field}: {{\n", 1)[1].split("\n  },", 1)[0]
    shown = {code: (zh, en) for code, zh, en in re.findall(r'(\S+): \["([^"]+)", "([^"]+)"\]', block)}
    vocabulary = load_vocabulary()

    if field == "provinces":
        wanted = {place.name.zh: (place.name.zh, place.name.en) for place in vocabulary.provinces}
    else:
        wanted = {term.code: (term.label.zh, term.label.en) for term in getattr(vocabulary, field)}

    assert shown == wanted
