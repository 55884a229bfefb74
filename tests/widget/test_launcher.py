"""The button and its panel on a page of another origin: keyboard, phone, strict policies, old pages."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.page.conftest import Tab
from tests.widget.conftest import PHONE, Open
from tests.widget.hosts import LEGACY, STYLE, WebSite, script

SNOW = "玩具雪山科学数据中心怎么申请？"
ACTIVE = "document.activeElement?.shadowRoot?.activeElement"


def opened(tab: Tab) -> Page:
    tab.page.get_by_role("button", name="问科问").click()
    expect(tab.page.get_by_role("dialog", name="科问问答")).to_be_visible()
    return tab.page


def test_the_keyboard_alone_opens_asks_reads_and_closes(visit: Open, member: WebSite, kewen: str) -> None:
    tab = visit(member.add("/", body=script(kewen, site="toy")))
    page = tab.page
    launcher = page.get_by_role("button", name="问科问")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(launcher).to_be_focused()
    page.keyboard.press("Enter")

    panel = page.get_by_role("dialog", name="科问问答")
    expect(panel).to_be_visible()
    expect(page.get_by_role("textbox", name="你的问题")).to_be_focused()
    page.keyboard.type(SNOW)
    page.keyboard.press("Enter")
    page.locator(".actions").wait_for()
    expect(page.locator(".prose")).to_contain_text("注册账号")
    expect(page.get_by_role("status").first).to_contain_text("回答已完成，来源")
    expect(page.get_by_role("textbox", name="你的问题")).to_be_focused()

    marker = page.get_by_role("button", name=re.compile("^来源 1：玩具雪山科学数据中心")).first
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate(f"{ACTIVE}?.className") == "cite":
            break
    page.keyboard.press("Enter")
    reader = page.locator("dialog.reader")
    expect(reader.get_by_role("heading")).to_be_focused()
    expect(reader.locator("blockquote")).not_to_be_empty()
    expect(reader.get_by_role("link", name="在科问查看这一处")).to_have_attribute(
        "href", re.compile(rf"^{kewen}/resources/toy-snow#at-\w+")
    )
    page.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    assert page.evaluate(f"{ACTIVE}.className") == "cite"
    expect(panel).to_be_visible()
    expect(marker).to_be_visible()

    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")
    assert page.context.cookies() == []
    assert tab.complaints == []


def test_sources_are_read_one_after_the_other(visit: Open, member: WebSite, kewen: str) -> None:
    page = opened(tab := visit(member.add("/", body=script(kewen, site="toy"))))
    tab.ask(SNOW)
    page.locator("button.cite").first.click()
    reader = page.locator("dialog.reader")

    expect(reader.get_by_text("1 / 2")).to_be_visible()
    expect(reader.get_by_role("button", name="上一条来源")).to_be_disabled()
    reader.get_by_role("button", name="下一条来源").click()

    expect(reader.get_by_text("2 / 2")).to_be_visible()
    expect(reader.locator("blockquote")).to_contain_text("https://snow.example.org/")


def test_a_phone_gets_the_whole_screen_and_the_page_behind_stays(
    visit: Open, member: WebSite, kewen: str
) -> None:
    long = '<div style="height:300vh"></div>'
    url = member.add("/long", body=long + script(kewen, site="toy"))
    tab = visit(url, **PHONE, color_scheme="dark", reduced_motion="reduce")
    page = opened(tab)
    box = page.get_by_role("dialog", name="科问问答").bounding_box()
    assert box is not None and (box["x"], box["y"], box["width"]) == (0, 0, 390) and box["height"] > 800

    tab.ask(SNOW)
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") in ("kewen-chat", "body")
    page.mouse.move(200, 400)
    page.mouse.wheel(0, 2000)
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="关闭问答").click()

    expect(page.get_by_role("button", name="问科问")).to_be_focused()
    assert page.evaluate("document.documentElement.style.overflow") == ""
    assert tab.complaints == []


def test_a_strict_policy_of_the_page_is_no_hindrance(visit: Open, member: WebSite, kewen: str) -> None:
    policy = (
        f"default-src 'none'; script-src {kewen}; connect-src {kewen}; style-src 'none'; img-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-src 'none'; "
        "require-trusted-types-for 'script'; trusted-types"
    )
    url = member.add("/strict", body=script(kewen, site="toy"), Content_Security_Policy=policy)
    page = opened(tab := visit(url))

    tab.ask(SNOW)

    expect(page.locator(".prose")).to_contain_text("注册账号")
    assert page.locator(".launcher").evaluate("node => getComputedStyle(node).position") == "fixed"
    assert tab.complaints == []


def test_a_page_that_isolates_itself_can_load_it(visit: Open, member: WebSite, kewen: str) -> None:
    url = member.add(
        "/isolated",
        body=script(kewen, site="toy"),
        Cross_Origin_Embedder_Policy="require-corp",
        Cross_Origin_Opener_Policy="same-origin",
    )
    page = opened(tab := visit(url))
    tab.ask(SNOW)
    expect(page.locator(".prose")).to_contain_text("注册账号")
    assert tab.complaints == []


def test_an_old_page_and_the_widget_leave_each_other_alone(visit: Open, member: WebSite, kewen: str) -> None:
    head = f"<style>{STYLE}</style><script>{LEGACY}</script>"
    page = opened(tab := visit(member.add("/old", head=head, body=script(kewen, site="toy"))))

    tab.ask(SNOW)
    page.reload()
    opened(tab)
    expect(page.locator(".question")).to_have_count(1)

    seen = page.locator(".prose p").first.evaluate(
        "node => { const s = getComputedStyle(node); "
        "return [s.fontSize, s.textTransform, s.color, s.padding]; }"
    )
    assert seen == ["15px", "none", "rgb(31, 39, 41)", "0px"]
    box = page.locator(".panel").bounding_box()
    assert box is not None and box["width"] == 420
    assert page.evaluate("[window.name, typeof window.$, window.$ === window.jQuery]") == [
        "old",
        "function",
        True,
    ]
    assert page.evaluate("[typeof KewenChat, typeof boot, typeof Chat]") == ["undefined"] * 3
    assert tab.complaints == []


def test_two_widgets_of_one_page_have_their_own_talk_and_language(
    visit: Open, member: WebSite, kewen: str
) -> None:
    body = '<div id="a"></div>' + script(kewen, site="toy", mode="inline", target="#a", language="en")
    body += script(kewen, site="other", mode="inline") + script(kewen, site="toy") + script(kewen, site="toy")
    tab = visit(member.add("/two", body=body))
    page = tab.page
    # The same line pasted twice is one button; order of loading is the browser's.
    expect(page.locator("kewen-chat")).to_have_count(3)
    first, second = page.locator('kewen-chat[language="en"]'), page.locator('kewen-chat[site="other"]')

    first.get_by_role("textbox").fill("Where is the Toy Snow Mountain Data Centre?")
    first.get_by_role("textbox").press("Enter")
    second.get_by_role("textbox").fill("玩具小麦种质库在哪里？")
    second.get_by_role("textbox").press("Enter")
    expect(first.locator(".actions")).to_contain_text("Put together by a program")
    expect(second.locator(".actions")).to_contain_text("由程序依据收录内容整理")

    expect(first.locator(".question")).to_have_count(1)
    assert page.evaluate("new Set(Object.values(sessionStorage)).size") == 2
    assert tab.complaints == []


def test_zoom_to_twice_the_size_keeps_everything_in_reach(visit: Open, member: WebSite, kewen: str) -> None:
    """200 % of 1280 × 900 leaves 640 × 450 of the page's own pixels."""
    url = member.add("/", body=script(kewen, site="toy"))
    tab = visit(url, viewport={"width": 640, "height": 450}, device_scale_factor=2)
    page = opened(tab)
    tab.ask(SNOW)

    for name in ("以前的对话", "新的对话", "关闭问答"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport()
    expect(page.get_by_role("textbox")).to_be_in_viewport()
    page.get_by_role("button", name="转人工").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="转人工")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert page.locator(".scroller").evaluate("node => node.scrollWidth - node.clientWidth") == 0


def test_turning_the_phone_keeps_the_talk(visit: Open, member: WebSite, kewen: str) -> None:
    page = opened(tab := visit(member.add("/", body=script(kewen, site="toy"))))
    page.get_by_role("textbox").fill("半句")
    page.set_viewport_size({"width": 390, "height": 800})
    panel = page.locator(".panel")
    expect(panel).to_have_css("width", "390px")
    assert panel.evaluate("node => node.matches(':modal')")
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(panel).to_have_css("width", "420px")

    expect(page.get_by_role("textbox")).to_have_value("半句")
    assert not panel.evaluate("node => node.matches(':modal')")
    assert tab.complaints == []


def test_the_first_escape_stops_the_next_one_closes(visit: Open, member: WebSite, kewen: str) -> None:
    page = opened(tab := visit(member.add("/", body=script(kewen, site="toy"))))
    page.route("**/api/ask", lambda route: None)  # an answer that does not come
    page.get_by_role("textbox").fill(SNOW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="停止")).to_be_visible()

    page.keyboard.press("Escape")
    expect(page.locator(".failure")).to_contain_text("已停止。")
    expect(page.locator(".panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    page.unroute_all(behavior="ignoreErrors")
    assert tab.complaints == []
