"""A talk of many turns as a visitor has it: each answer in view, no question lost, the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from api.widget import widget_bundle
from tests.page.conftest import Tab
from tests.widget.conftest import PHONE, Open
from tests.widget.hosts import WebSite, script
from tests.widget.slow import SlowServer

SNOW = "玩具雪山科学数据中心怎么申请？"
WHEAT = "玩具小麦种质库在哪里？"
TALK = [
    SNOW,
    WHEAT,
    "那怎么申请？",
    "玩具样品共享办法第九条说了什么？",
    "谢谢",
    "Where is the Toy Snow Mountain Data Centre, and how do I apply?",
    "有哪些资源？",
    f"我们课题组要在雪山上采样。{'这里说明采样的来由与计划。' * 40}{SNOW}",
    "它在哪里？",
    "月球岩石在哪里申请？",
    WHEAT,
    SNOW,
]
STANDING = """() => {
  const root = document.querySelector('kewen-chat').shadowRoot;
  const seen = root.querySelector('.scroller').getBoundingClientRect();
  const page = root.querySelector('.kw').dataset.mode === 'page';
  const top = page ? 0 : seen.top;
  const bottom = page ? root.querySelector('.composer').getBoundingClientRect().top : seen.bottom;
  const answer = [...root.querySelectorAll('.reply')].at(-1).getBoundingClientRect();
  const shown = Math.min(answer.bottom, bottom) - Math.max(answer.top, top);
  return { share: shown / answer.height, from: answer.top - top, height: bottom - top };
}"""


def assert_in_view(page: Page) -> None:
    """At least 60 % of the newest answer is seen, or it begins in the upper half and goes on from there."""
    seen = page.evaluate(STANDING)
    assert seen["from"] >= -1, seen
    assert seen["share"] >= 0.6 or seen["from"] <= seen["height"] * 0.5, seen


@pytest.fixture
def slow() -> Iterator[SlowServer]:
    server = SlowServer(widget_bundle().body)
    yield server
    server.close()


@pytest.mark.parametrize(
    ("place", "settings"),
    [
        ("page", {}),
        ("page", PHONE),
        ("panel", {}),
        ("panel", PHONE),
        ("page", {"viewport": {"width": 768, "height": 1024}}),
    ],
    ids=["page", "page on a phone", "panel", "panel on a phone", "page on a tablet"],
)
def test_each_of_twelve_answers_is_in_view(
    visit: Open, member: WebSite, kewen: str, place: str, settings: dict[str, Any]
) -> None:
    tab = visit(kewen if place == "page" else member.add("/talk", body=script(kewen, site="toy")), **settings)
    page = tab.page
    if place == "panel":
        page.get_by_role("button", name="问科问").click()
    for question in TALK:
        tab.ask(question)
        assert_in_view(page)
        if place == "page":
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    page.reload()
    if place == "panel":
        page.get_by_role("button", name="问科问").click()
    expect(page.locator(".question")).to_have_count(len(TALK))
    page.locator(".actions").last.wait_for()
    assert_in_view(page)
    assert tab.complaints == []


def test_an_answer_that_grows_slowly_stays_where_it_began(
    visit: Open, member: WebSite, slow: SlowServer
) -> None:
    page = visit(member.add("/grows", body=script(slow.url, site="toy", mode="inline"))).page
    places = []
    for turn in range(3):
        page.get_by_role("textbox").fill(f"雪坑在哪里？第 {turn} 次")
        page.keyboard.press("Enter")
        for _ in range(6):
            slow.go()
            page.wait_for_function("() => new Promise(requestAnimationFrame).then(() => true)")
            places.append(round(page.evaluate(STANDING)["from"]))
        expect(page.locator(".actions")).to_have_count(turn + 1)
        assert_in_view(page)

    assert max(places) - min(places) <= 5


def test_a_reader_who_moves_is_left_where_he_is(visit: Open, member: WebSite, slow: SlowServer) -> None:
    page = visit(member.add("/moves", body=script(slow.url, site="toy", mode="inline"))).page
    for question in ("一", "二", "三"):
        page.get_by_role("textbox").fill(f"雪坑在哪里？{question}")
        page.keyboard.press("Enter")
        slow.go(3)
        expect(page.locator(".draft")).to_have_text("雪坑在")
        if question == "三":
            page.locator(".question").last.hover()
            page.mouse.wheel(0, -5000)
            page.wait_for_function(f"() => ({STANDING})().from > 300")
        slow.go(3)
        expect(page.locator(".draft")).to_have_count(0)

    assert page.locator(".scroller").evaluate("node => node.scrollTop") == 0
    expect(page.get_by_role("button", name="跳到最新")).to_be_visible()
    page.get_by_role("button", name="跳到最新").click()
    assert_in_view(page)


def test_a_double_click_on_ask_loses_no_question(visit: Open, member: WebSite, slow: SlowServer) -> None:
    """Ask turns into Stop under the pointer: the second click stops nothing, a later one does."""
    page = visit(member.add("/double", body=script(slow.url, site="toy", mode="inline"))).page
    for turn in range(10):
        page.get_by_role("textbox").fill(f"雪坑在哪里？第 {turn} 次")
        page.locator("#send").dblclick()
        slow.go(6)
        expect(page.locator(".actions")).to_have_count(turn + 1)
    assert len(slow.asked) == 10
    expect(page.locator(".failure")).to_have_count(0)

    page.get_by_role("textbox").fill("雪坑在哪里？")
    page.locator("#send").click()
    slow.go(3)
    expect(page.locator(".draft")).to_have_text("雪坑在")
    page.wait_for_timeout(800)  # longer than a double click
    page.get_by_role("button", name="停止").click()
    expect(page.locator(".stopped")).to_contain_text("已停止")


def test_an_opener_clicked_twice_asks_once(visit: Open, kewen: str) -> None:
    page = visit(f"{kewen}/?about=toy-snow").page
    page.get_by_role("button", name="怎么申请？", exact=True).dblclick()
    page.locator(".actions").wait_for()
    page.locator(".follow-ups button").first.dblclick()
    page.locator(".actions").nth(1).wait_for()

    page.wait_for_timeout(300)
    expect(page.locator(".turn")).to_have_count(2)


def test_in_a_new_conversation_the_same_words_are_a_question_again(visit: Open, kewen: str) -> None:
    tab = visit(f"{kewen}/")
    page = tab.page
    for _ in range(2):
        page.get_by_role("button", name="新的对话").click()
        page.get_by_role("textbox").fill("玩具雪山科学数据中心怎么申请？")
        page.get_by_role("button", name="提问", exact=True).dblclick()
        page.locator(".actions").wait_for()
        assert page.locator(".turn").count() == 1
    assert tab.complaints == []


@pytest.mark.parametrize("how", ["Escape", "停止"])
def test_what_had_come_stays_and_the_question_can_be_sent_again(
    visit: Open, member: WebSite, slow: SlowServer, how: str
) -> None:
    tab = visit(member.add("/stop", body=script(slow.url, site="toy", mode="inline")))
    page = tab.page
    page.get_by_role("textbox").fill("雪坑在哪里？")
    page.keyboard.press("Enter")
    slow.go(3)
    expect(page.locator(".draft")).to_have_text("雪坑在")
    with page.expect_event("requestfailed"):
        if how == "Escape":
            page.keyboard.press("Escape")
        else:
            page.get_by_role("button", name="停止").focus()
            page.keyboard.press("Enter")

    expect(page.locator(".stopped")).to_contain_text("已停止，上面的回答不完整。")
    expect(page.locator(".draft")).to_have_text("雪坑在")
    expect(page.get_by_role("textbox")).to_be_focused()
    slow.go(9)
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator(".prose")).to_have_text("雪坑在雪山上 1。")
    assert slow.asked == ["雪坑在哪里？"] * 2


def test_escape_stops_on_the_chat_page_wherever_the_focus_is(visit: Open, kewen: str) -> None:
    page = visit(kewen).page
    page.route("**/api/ask", lambda route: None)  # an answer that does not come
    page.get_by_role("textbox").fill(SNOW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="停止")).to_be_visible()
    page.locator("body").evaluate("() => document.activeElement.blur()")

    page.keyboard.press("Escape")

    expect(page.locator(".failure")).to_contain_text("已停止。")
    page.unroute_all(behavior="ignoreErrors")
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator(".prose")).to_contain_text("注册账号")


def hash_of(tab: Tab) -> str:
    return str(tab.page.evaluate("location.hash"))


def test_a_conversation_has_an_address_that_leads_back_to_it(visit: Open, kewen: str) -> None:
    tab = visit(f"{kewen}/?q=雪坑数据")
    page = tab.page
    tab.ask(SNOW)
    first = hash_of(tab)
    assert re.fullmatch(r"#c_\w+", first) and "q=" not in page.url
    tab.ask("它在哪里？")
    assert hash_of(tab) == first
    page.get_by_role("button", name="新的对话").click()
    assert hash_of(tab) == ""
    tab.ask(WHEAT)
    assert hash_of(tab) not in ("", first)

    page.go_back()
    expect(page.locator(".turn")).to_have_count(0)
    page.go_back()
    expect(page.locator(".question").last).to_contain_text("它在哪里？")
    assert_in_view(page)
    page.go_forward()
    page.go_forward()
    expect(page.locator(".question")).to_contain_text(WHEAT)

    elsewhere = visit(f"{kewen}/{first}")
    expect(elsewhere.page.locator(".question")).to_have_count(2)
    gone = visit(f"{kewen}/#c_nobody")
    expect(gone.page.locator(".failure")).to_have_text("这个对话已不在了。")
    gone.ask(SNOW)
    assert re.fullmatch(r"#c_\w+", hash_of(gone))
    assert tab.complaints == [] and elsewhere.complaints == []


def test_the_other_language_shows_the_conversation_of_now(visit: Open, kewen: str) -> None:
    tab = visit(kewen)
    tab.ask(SNOW)
    tab.page.get_by_role("button", name="新的对话").click()
    tab.ask(WHEAT)
    now = hash_of(tab)
    tab.page.get_by_role("link", name="Read this page in English").click()

    expect(tab.page.get_by_role("button", name="New conversation")).to_be_visible()
    expect(tab.page.locator(".question")).to_contain_text(WHEAT)
    assert hash_of(tab) == now


def test_what_was_said_of_an_answer_is_still_marked_after_a_reload(visit: Open, kewen: str) -> None:
    tab = visit(kewen)
    page = tab.page
    tab.ask(SNOW)
    page.get_by_role("button", name="没用").click()
    page.get_by_role("button", name="有用", exact=True).click()
    expect(page.get_by_role("button", name="有用", exact=True)).to_have_attribute("aria-pressed", "true")

    page.reload()

    expect(page.get_by_role("button", name="有用", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="没用")).to_have_attribute("aria-pressed", "false")
    assert tab.complaints == []
