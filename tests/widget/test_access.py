"""What axe finds on every view of the widget, in both themes, on desktop and phone: nothing serious."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.page.conftest import Tab
from tests.widget.conftest import PHONE, Open
from tests.widget.hosts import WebSite, script

SNOW = "玩具雪山科学数据中心怎么申请？"


def serious(page: Page) -> list[str]:
    """Serious and critical findings: rule, element and what is wrong."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in ("moderate", "serious", "critical")
        for node in one["nodes"]
    ]


def reading(page: Page) -> None:
    page.locator("button.cite").first.click()
    page.locator("dialog.reader").wait_for()


def failed(page: Page) -> None:
    page.keyboard.press("Escape")
    page.locator("dialog.reader").wait_for(state="hidden")
    page.route("**/api/ask", lambda route: route.abort())
    page.get_by_role("textbox").fill(f"{SNOW}急")
    page.keyboard.press("Enter")
    page.locator(".failure").wait_for()


def answered(page: Page) -> None:
    page.get_by_text("来源（").click()
    page.get_by_role("button", name="没用").click()
    page.get_by_role("button", name="转人工").first.click()


def past(page: Page) -> None:
    page.get_by_role("button", name="以前的对话").click()


VIEWS = (reading, failed, answered, past)
"""In the order of a visit; before them nothing is asked, and one question is before all of them."""
MODES: dict[str, dict[str, Any]] = {
    "light": {},
    "dark phone": {**PHONE, "color_scheme": "dark"},
    "more contrast": {"contrast": "more"},
}


def walked(tab: Tab) -> dict[str, list[str]]:
    """What is serious in which view."""
    found = {"welcome": serious(tab.page)}
    tab.ask(SNOW)
    for view in VIEWS:
        view(tab.page)
        found[view.__name__] = serious(tab.page)
    return {name: some for name, some in found.items() if some}


@pytest.mark.parametrize("mode", MODES)
def test_the_panel(visit: Open, member: WebSite, kewen: str, mode: str) -> None:
    body = script(kewen, site="toy", accent="#ff9900", context="toy-snow")
    tab = visit(member.add("/axe", body=body), reduced_motion="reduce", **MODES[mode])
    tab.page.get_by_role("button", name="问科问").click()
    tab.page.get_by_text("关于：").wait_for()

    assert walked(tab) == {}


@pytest.mark.parametrize("mode", ["light", "dark phone"])
def test_the_chat_page(visit: Open, kewen: str, mode: str) -> None:
    assert walked(visit(kewen, reduced_motion="reduce", **MODES[mode])) == {}


@pytest.mark.parametrize("path", ["/widget/check?site=toy&page=https://a.example/", "/widget/frame?site=toy"])
def test_the_other_pages(visit: Open, kewen: str, path: str) -> None:
    tab = visit(kewen + path)
    tab.page.locator("input:visible, textarea:visible").first.wait_for()

    assert serious(tab.page) == []
    assert tab.complaints == []


def test_a_closed_widget_adds_nothing_to_the_page_but_its_button(
    visit: Open, member: WebSite, kewen: str
) -> None:
    tab = visit(member.add("/closed", body=script(kewen, site="toy")))
    tab.page.get_by_role("button", name="问科问").wait_for()

    assert serious(tab.page) == []
    assert tab.page.get_by_role("textbox").count() == 0
    loaded = tab.page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert [one for one in loaded if one.startswith(kewen)] == [f"{kewen}/widget.js"]
