"""What axe finds on every view of the widget, in both themes, on desktop and phone: nothing serious."""

from __future__ import annotations

from collections.abc import Callable
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
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def welcome(tab: Tab) -> None:
    pass


def answered(tab: Tab) -> None:
    tab.ask(SNOW)
    tab.page.get_by_text("来源（").click()
    tab.page.get_by_role("button", name="没用").click()
    tab.page.get_by_role("button", name="转人工").click()


def reading(tab: Tab) -> None:
    tab.ask(SNOW)
    tab.page.locator("button.cite").first.click()


def past(tab: Tab) -> None:
    tab.ask(SNOW)
    tab.page.get_by_role("button", name="以前的对话").click()


def failed(tab: Tab) -> None:
    tab.page.route("**/api/ask", lambda route: route.abort())
    tab.page.get_by_role("textbox").fill(SNOW)
    tab.page.keyboard.press("Enter")
    tab.page.locator(".failure").wait_for()


VIEWS = [welcome, answered, reading, past, failed]
MODES: dict[str, dict[str, Any]] = {
    "light": {},
    "dark phone": {**PHONE, "color_scheme": "dark"},
    "more contrast": {"contrast": "more"},
}


PANELS = [(view, mode) for view in VIEWS for mode in ("light", "dark phone")]


@pytest.mark.parametrize(("view", "mode"), [*PANELS, (answered, "more contrast")])
def test_the_panel(visit: Open, member: WebSite, kewen: str, view: Callable[[Tab], None], mode: str) -> None:
    body = script(kewen, site="toy", accent="#ff9900", context="toy-snow")
    tab = visit(member.add("/axe", body=body), reduced_motion="reduce", **MODES[mode])
    tab.page.get_by_role("button", name="问科问").click()
    tab.page.get_by_text("关于：").wait_for()
    view(tab)

    assert serious(tab.page) == []


@pytest.mark.parametrize(("view", "mode"), [(welcome, "light"), (answered, "dark phone"), (reading, "light")])
def test_the_chat_page(visit: Open, kewen: str, view: Callable[[Tab], None], mode: str) -> None:
    tab = visit(kewen, reduced_motion="reduce", **MODES[mode])
    view(tab)

    assert serious(tab.page) == []


@pytest.mark.parametrize("path", ["/widget/check?site=toy&page=https://a.example/", "/widget/frame?site=toy"])
def test_the_other_pages(visit: Open, kewen: str, path: str) -> None:
    tab = visit(kewen + path)
    tab.page.locator("input, textarea").first.wait_for()

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
