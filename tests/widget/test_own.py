"""The widget as a site's own: words, colours, trigger; the search beside the chat; replies that wait."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Route, expect

from storage.database import open_database
from storage.tickets import Tickets
from tests.widget.conftest import Open
from tests.widget.hosts import WebSite, script

SNOW = "玩具雪山科学数据中心怎么申请？"
HOST = "document.querySelector('kewen-chat').shadowRoot"


def test_a_branded_widget_opens_by_the_sites_own_button_and_key(
    visit: Open, member: WebSite, kewen: str
) -> None:
    member.pages["/logo.png"] = member.pages["/favicon.ico"]
    tag = script(
        kewen, site="toy", name="问极地", greeting="您好，想找什么样品？", logo="/logo.png",
        ground="#10202c", accent="#ffb347", font="Georgia", trigger="#ask-us", shortcut="Alt+K", theme="page",
    )  # fmt: skip
    head = (
        "<style>html{color-scheme:light} html.night{color-scheme:dark}"
        "kewen-chat::part(send){outline:1px dotted}</style>"
    )
    tab = visit(member.add("/own", head=head, body=f'<button id="ask-us">找我们</button>{tag}'))
    page = tab.page
    page.locator("kewen-chat .panel").wait_for(state="attached")
    expect(page.locator("kewen-chat .launcher")).to_be_hidden()
    page.get_by_role("button", name="找我们").click()

    panel = page.get_by_role("dialog", name="科问问答")
    expect(panel.get_by_role("heading", name="问极地")).to_be_visible()
    expect(panel.locator(".welcome-title")).to_have_text("您好，想找什么样品？")
    expect(panel.locator("img.logo")).to_have_js_property("src", f"{member.origin}/logo.png")
    for one, style, worn in (
        (".panel", "backgroundColor", "rgb(16, 32, 44)"),
        (".chat", "fontFamily", "Georgia, system-ui, sans-serif"),
        ("#send", "outlineStyle", "dotted"),
    ):
        assert page.evaluate(f"getComputedStyle({HOST}.querySelector('{one}')).{style}") == worn
    page.evaluate("document.querySelector('kewen-chat').removeAttribute('ground')")
    expect(page.locator("kewen-chat")).to_have_attribute("data-theme", "light")
    page.evaluate("document.documentElement.classList.add('night')")
    expect(page.locator("kewen-chat")).to_have_attribute("data-theme", "dark")
    page.evaluate("document.documentElement.style.colorScheme = 'light dark'")
    for theme in ("light", "dark"):  # made for both, and without a ground of its own: as the system is
        page.emulate_media(color_scheme=theme)
        expect(page.locator("kewen-chat")).to_have_attribute("data-theme", theme)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="找我们")).to_be_focused()
    page.keyboard.press("Alt+k")
    expect(panel).to_be_visible()

    panel.get_by_role("button", name="查找资源和政策").click()
    panel.get_by_label("查找资源和政策").last.fill("小麦")
    expect(panel.locator(".found a").first).to_have_text("玩具小麦种质库")
    panel.get_by_role("button", name="玩具小麦种质库怎么申请？").click()
    expect(panel.locator(".question")).to_contain_text("玩具小麦种质库怎么申请？")
    assert tab.complaints == []


def test_a_question_asked_before_the_pages_record_is_known_is_about_it(
    visit: Open, member: WebSite, kewen: str
) -> None:
    tab = visit(member.add("/slow-record", body=script(kewen, site="toy", context="toy-snow")))
    page = tab.page
    held: list[Route] = []
    page.route("**/api/resources/toy-snow", lambda route: held.append(route))
    with page.expect_request("**/api/resources/toy-snow"):
        page.get_by_role("button", name="问科问").click()
    page.get_by_role("textbox").first.fill("怎么申请？")
    page.keyboard.press("Enter")
    expect(page.locator(".working")).to_be_visible()
    expect(page.locator(".question")).to_contain_text("怎么申请？")
    held[0].continue_()

    expect(page.locator(".question")).to_contain_text("玩具雪山科学数据中心：怎么申请？")
    expect(page.locator(".prose")).to_contain_text("注册账号")
    assert tab.complaints == []


def test_a_reply_that_came_days_later_is_a_dot_on_the_closed_button(
    visit: Open, member: WebSite, kewen: str, site_home: Path
) -> None:
    tab = visit(member.add("/days", body=script(kewen, site="toy", context="page")))
    page = tab.page
    page.get_by_role("button", name="问科问").click()
    expect(page.get_by_text("关于：某数据中心")).to_be_visible()
    page.get_by_role("button", name="不限于某数据中心").click()
    tab.ask(SNOW)
    tab.ask("玩具小麦种质库在哪里？")
    page.route("**/api/conversations/*", lambda route: route.abort())  # it is closed before it looks
    page.get_by_role("button", name="转人工").last.click()
    with page.expect_response("**/api/handoff") as posted:
        page.get_by_role("button", name="转交").click()
    ticket = posted.value.json()["id"]
    page.get_by_role("button", name="以前的对话").click()
    page.get_by_role("button", name="改名").first.click()
    page.keyboard.type("雪样申请")
    page.keyboard.press("Enter")
    expect(page.locator(".past-open").first).to_contain_text("雪样申请")
    page.close()

    database = open_database(f"sqlite:///{site_home / 'data' / 'kewen.db'}")
    Tickets(database).answer(ticket, "请带盖章的申请表。")
    database.close()
    later = tab.page.context.new_page()  # another tab, another day: the session of the first is gone
    own = script(kewen, site="toy", trigger="#ask-us")
    later.goto(member.add("/own-days", body=f'<button id="ask-us">找我们</button>{own}'))
    # The site's own button cannot show it: ours does, until it was seen.
    expect(later.get_by_role("button", name="问科问，有新的答复")).to_be_visible()
    later.goto(f"{member.origin}/days")
    button = later.get_by_role("button", name="问科问，有新的答复")
    expect(button).to_be_visible()
    button.click()
    expect(later.locator(".staff-text")).to_have_text("请带盖章的申请表。")
    later.reload()
    expect(later.get_by_role("button", name="问科问", exact=True)).to_be_visible()
    later.goto(f"{member.origin}/own-days")
    expect(later.get_by_role("button", name="找我们")).to_be_visible()
    expect(later.locator("kewen-chat .launcher")).to_be_hidden()
