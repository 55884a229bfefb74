"""Asking a person: the form, what came of it, and the reply below the turn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route, expect

from storage.database import open_database
from storage.tickets import Tickets
from tests.page.conftest import Tab, in_turn
from tests.toy_home import XSS

SNOW = "玩具雪山科学数据中心怎么申请？"


@pytest.fixture
def staff(site: str, site_home: Path) -> Iterator[Tickets]:
    """The desk at which people reply, on the server's own database."""
    database = open_database(f"sqlite:///{site_home / 'data' / 'kewen.db'}")
    yield Tickets(database)
    database.close()


def test_a_question_is_handed_over_by_keyboard_and_the_reply_is_shown(desktop: Tab, staff: Tickets) -> None:
    page = desktop.page
    page.clock.install()
    page.reload()
    desktop.ask(SNOW)
    desktop.ask("玩具小麦种质库在哪里？")
    looks: list[str] = []

    def count(request: Request) -> None:
        if "/api/conversations/" in request.url:
            looks.append(request.url)

    page.on("request", count)

    first = page.locator(".turn").first
    button = first.get_by_role("button", name="转人工")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(first.get_by_label("想补充的话")).to_be_focused()
    expect(first.get_by_text("30 天后删除")).to_be_visible()
    page.keyboard.press("Escape")
    expect(first.get_by_label("想补充的话")).to_have_count(0)
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("论文急用")
    page.keyboard.press("Tab")
    page.keyboard.type("wang@example.org")
    with page.expect_response("**/api/handoff") as posted, page.expect_response("**/api/conversations/*"):
        page.keyboard.press("Enter")

    told = posted.value.json()
    sent = json.loads(posted.value.request.post_data or "")
    assert sent == {"answer_id": told["answer_id"], "message": "论文急用", "contact": "wang@example.org"}
    expect(first.locator(".handed")).to_have_text(told["message"])
    expect(first.locator(".handed")).to_be_focused()

    # Nothing is asked sooner than after half a minute.
    text = f"请写信给玩具冰川研究所。{XSS}\n祝好"
    staff.answer(told["id"], text, "李老师")
    page.clock.run_for(25_000)
    assert len(looks) == 1
    with page.expect_response("**/api/conversations/*"):
        page.clock.run_for(10_000)

    reply = first.get_by_role("article", name="工作人员的答复")
    expect(reply).to_contain_text("工作人员 李老师 答复（由人撰写）")
    expect(reply.locator(".staff-text")).to_have_text(text)
    expect(page.locator(".handed")).to_have_count(0)
    expect(page.locator(".staff")).to_have_count(1)
    expect(page.locator("#live")).to_have_text("工作人员有了新的答复。")

    # Nothing is open any more, so nothing is asked any more; another visit shows it at once.
    page.clock.run_for(120_000)
    assert len(looks) == 2
    page.reload()
    expect(first.locator(".staff-text")).to_have_text(text)
    page.get_by_role("link", name="Read this page in English").click()
    expect(first.get_by_text("A reply from 李老师 of the staff, written by a person")).to_be_visible()
    assert page.locator("main img").count() == 0 and page.title() == "Ask · Kewen 科问"
    assert desktop.complaints == []


def test_an_open_ticket_is_told_after_a_reload_and_not_asked_for_behind_another_page(
    desktop: Tab, staff: Tickets
) -> None:
    page = desktop.page
    page.clock.install()
    page.reload()
    desktop.ask(SNOW)
    page.get_by_role("button", name="转人工").click()
    with page.expect_response("**/api/handoff") as posted:
        page.get_by_role("button", name="转交").click()
    assert json.loads(posted.value.request.post_data or "")["contact"] is None
    ticket = posted.value.json()["id"]
    expect(page.locator(".handed")).to_be_visible()
    page.reload()
    expect(page.locator(".ticket")).to_have_text(f"已转给工作人员（工单 {ticket}），正在等候答复。")
    looks: list[Request] = []
    page.on("request", lambda request: looks.append(request) if "/conversations/" in request.url else None)

    hide = "value => { Object.defineProperty(document, 'hidden', { value, configurable: true });"
    hide += " document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(hide, True)
    page.clock.run_for(120_000)
    assert looks == []
    staff.close(ticket)
    page.evaluate(hide, False)
    page.clock.run_for(1_000)

    expect(page.locator(".ticket")).to_have_text(f"工单 {ticket} 已关闭，不会再有答复。")
    assert len(looks) == 1
    assert desktop.complaints == []


def test_a_question_that_was_handed_over_by_asking_for_a_person_is_marked(desktop: Tab) -> None:
    page = desktop.page
    desktop.ask(SNOW)
    desktop.ask("我要转人工")
    page.locator(".follow-ups button", has_text="转给工作人员").click()

    expect(page.locator(".turn").first.locator(".ticket")).to_contain_text("正在等候答复")
    assert desktop.complaints == []


def test_what_cannot_be_handed_over_is_said_and_what_was_written_stays(phone: Tab) -> None:
    page = phone.page
    phone.ask("Where is the Toy Snow Mountain Data Centre, and how do I apply?")
    page.get_by_role("button", name="Ask a person").click()
    page.get_by_label("What they should know").fill("for a thesis")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    body = {"error": {"code": "ticket_full", "message": "It is full. Please wait.", "request_id": "r_1"}}
    in_turn(page, "**/api/handoff", Route.abort, lambda route: route.fulfill(status=409, json=body))
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("alert")).to_contain_text("there is no connection")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("alert")).to_have_text("Could not be handed over: It is full. Please wait.")
    expect(page.get_by_label("What they should know")).to_have_value("for a thesis")

    page.get_by_role("button", name="Hand over").click()
    expect(page.locator(".handed")).to_contain_text("The alliance's staff have your question")
