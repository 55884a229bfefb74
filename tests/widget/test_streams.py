"""Answers that come slowly, in pieces, or only in part."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from api.widget import widget_bundle
from tests.widget.conftest import Open
from tests.widget.hosts import WebSite, script
from tests.widget.slow import SlowServer


@pytest.fixture
def slow() -> Iterator[SlowServer]:
    server = SlowServer(widget_bundle().body)
    yield server
    server.close()


def test_a_slow_answer_is_shown_as_it_comes_and_said_once(
    visit: Open, member: WebSite, slow: SlowServer
) -> None:
    tab = visit(member.add("/slow", body=script(slow.url, site="toy", mode="inline")))
    page = tab.page
    page.evaluate(
        "() => { window.said = [];"
        " const live = document.querySelector('kewen-chat').shadowRoot.querySelector('#live');"
        " new MutationObserver(() => said.push(live.textContent)).observe(live, { childList: true }); }"
    )
    page.get_by_role("textbox").fill("雪坑在哪里？")
    page.keyboard.press("Enter")
    expect(page.locator(".working")).to_have_text("正在提问…")
    expect(page.get_by_role("button", name="停止")).to_be_visible()
    slow.go()
    expect(page.locator(".working")).to_have_text("正在检索目录…")
    slow.go()
    expect(page.locator(".working")).to_have_text("找到 1 条依据")
    slow.go()
    expect(page.locator(".draft")).to_have_text("雪坑在")
    # Half a number is no text of the answer.
    slow.go()
    expect(page.locator(".draft")).to_have_text("雪坑在雪山上")
    slow.go()
    expect(page.locator(".draft").get_by_role("button", name="来源 1：玩具雪山科学数据中心")).to_be_visible()
    expect(page.locator(".reply")).to_have_attribute("aria-busy", "true")
    slow.go()
    expect(page.locator(".prose")).to_have_text("雪坑在雪山上 1。")

    said = page.evaluate("said")
    assert said == ["找到 1 条依据", "雪坑在雪山上 。 回答已完成，来源 1 条。"]
    assert slow.asked == ["雪坑在哪里？"]
    assert tab.complaints == []


def test_an_answer_that_breaks_off_leaves_no_half_and_can_be_asked_again(
    visit: Open, member: WebSite, slow: SlowServer
) -> None:
    tab = visit(member.add("/cut", body=script(slow.url, site="toy", mode="inline")))
    page = tab.page
    page.get_by_role("textbox").fill("雪坑在哪里？")
    page.keyboard.press("Enter")
    slow.go(3)
    expect(page.locator(".draft")).to_have_text("雪坑在")

    slow.cut()

    expect(page.locator(".failure")).to_contain_text("连接中断，没有收到完整的回答。")
    expect(page.get_by_text("雪坑在", exact=True)).to_have_count(0)
    slow.mend()
    slow.go(6)
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator(".prose")).to_have_text("雪坑在雪山上 1。")
    assert slow.asked == ["雪坑在哪里？"] * 2


def test_a_new_talk_while_an_answer_comes_is_empty(visit: Open, member: WebSite, slow: SlowServer) -> None:
    tab = visit(member.add("/new", body=script(slow.url, site="toy", mode="inline")))
    page = tab.page
    page.get_by_role("textbox").fill("雪坑在哪里？")
    page.keyboard.press("Enter")
    slow.go(3)
    expect(page.locator(".draft")).to_have_text("雪坑在")

    page.get_by_role("button", name="新的对话").click()
    slow.go(3)

    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_text("可以这样问")).to_be_visible()
    expect(page.get_by_role("button", name="提问")).to_be_visible()
