"""Signing in and the desk of the staff in a real browser, from a question to its reply, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from storage.accounts import Accounts
from storage.database import open_database
from tests.page.conftest import PATIENCE_MS, Tab
from tests.toy_home import XSS

PASSWORD = "correct horse battery"
QUESTION = "玩具雪山科学数据中心怎么申请？"


@pytest.fixture(scope="module")
def accounts(site: str, site_home: Path) -> Iterator[Accounts]:
    database = open_database(f"sqlite:///{site_home / 'data' / 'kewen.db'}")
    book = Accounts(database)
    book.add("wang", PASSWORD, role="manager", level="staff", shown=f"王主任{XSS}")
    yield book
    database.close()


def check(page: Page, width: int) -> None:
    """What holds for every page of the desk."""
    found = [one["id"] for one in Axe().run(page).response["violations"]]
    assert found == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert "hacked" not in page.title() and page.locator("main img").count() == 0


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/staff")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("wang")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/staff")


def test_a_question_goes_to_the_desk_and_its_reply_to_whoever_asked(
    desktop: Tab, browser: Browser, site: str, accounts: Accounts
) -> None:
    asker = desktop.page
    desktop.ask(QUESTION)
    asker.get_by_role("button", name="转人工").first.click()
    with asker.expect_response("**/api/handoff") as posted:
        asker.get_by_role("button", name="转交").click()
    ticket = posted.value.json()["id"]

    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.clock.install()
    sign_in(page, site)
    check(page, 1280)
    expect(page.locator(f"#{ticket}")).to_have_text(QUESTION)
    other = context.new_page()
    other.goto(f"{site}/staff/tickets/{ticket}")
    other.get_by_role("button", name="认领").focus()
    other.keyboard.press("Enter")
    expect(other.get_by_role("status").first).to_have_text("已认领。")

    # The queue of before follows by itself, and keeps the place of who goes through it by keyboard.
    page.locator(f"#{ticket}").focus()
    page.clock.run_for(11_000)
    expect(page.locator("li", has=page.locator(f"#{ticket}"))).to_contain_text("我已认领")
    expect(page.locator(f"#{ticket}")).to_be_focused()
    expect(page.locator("#live")).to_contain_text("自动刷新")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/staff/tickets/{ticket}")
    check(page, 1280)
    page.get_by_role("link", name="用科问的回答作草稿").click()
    expect(page.locator("#text")).not_to_be_empty()
    page.locator("#text").fill(f"照此办理[1]。{XSS}")
    page.get_by_role("button", name="发出答复").click()
    expect(page.get_by_role("status").first).to_have_text("答复已发出，已在提问人的对话里。")
    # Another window on the same ticket is told, and what is written there is not touched.
    other.locator("#text").fill("写到一半")
    with other.expect_response("**/staff/mark**"):
        other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(other.locator("#changed")).to_contain_text("有了变化")
    expect(other.locator("#text")).to_have_value("写到一半")
    page.get_by_role("link", name="返回队列").click()
    page.get_by_role("link", name="操作记录").click()
    check(page, 1280)
    expect(page.locator("tbody tr").first).to_contain_text("答复")
    assert complaints == []
    context.close()

    asker.reload()
    reply = asker.get_by_role("article", name="工作人员的答复")
    expect(reply).to_contain_text("照此办理")
    expect(reply).to_contain_text("王主任")
    assert asker.locator("main img").count() == 0
    assert desktop.complaints == []


def test_the_desk_fits_a_phone_and_speaks_english(phone: Tab, site: str, accounts: Accounts) -> None:
    page = phone.page
    sign_in(page, site)
    expect(page.get_by_role("heading", level=1)).to_have_text("Staff desk")
    check(page, 390)
    page.get_by_role("link", name="Answered").click()
    check(page, 390)
    page.locator(".tickets a").first.click()
    check(page, 390)
    page.goto(f"{site}/staff/audit")
    check(page, 390)
    page.get_by_role("link", name="My account").last.click()
    page.wait_for_url("**/me")
    check(page, 390)
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/login*")
    check(page, 390)
    page.goto(f"{site}/staff")
    page.wait_for_url(f"{site}/login?next=/staff")
    assert phone.complaints == []
