"""A real server on the toy corpus and a real browser; skipped where Chromium is not installed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    expect,
    sync_playwright,
)

from tests.patience import PATIENCE_S
from tests.toy_home import Served, built_once, copy_home, free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = PATIENCE_S * 1000


@dataclass
class Tab:
    """A page with what it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Ask with the keyboard and wait for the answer."""
        before = self.page.locator(".actions").count()
        self.page.get_by_role("textbox").first.fill(question)
        self.page.keyboard.press("Enter")
        self.page.locator(".actions").nth(before).wait_for()

    def note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture(scope="session")
def site_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the server works on."""
    return copy_home(built_once(tmp_path_factory), tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="session")
def site(site_home: Path) -> Iterator[str]:
    """Its address."""
    served = Served(site_home, free_port())
    try:
        served.wait_until_ready()
        yield served.url
    finally:
        served.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the session: as long as it is open its event loop would be in the way of async tests."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield opened
        opened.close()


def open_tab(context: BrowserContext, url: str) -> Tab:
    context.set_default_timeout(PATIENCE_MS)
    tab = Tab(context.new_page())
    tab.page.on("console", tab.note)
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.page.goto(url)
    return tab


def in_turn(page: Page, url: str, *first: Callable[[Route], None]) -> None:
    """The first requests to an address are handled so, later ones go on to the server.

    The route stays: taken away while the next request starts, that request is never reported.
    """
    left = list(first)

    def handle(route: Route) -> None:
        if left:
            left.pop(0)(route)
        else:
            route.continue_()

    page.route(url, handle)


@pytest.fixture
def desktop(browser: Browser, site: str) -> Iterator[Tab]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    yield open_tab(context, site)
    context.close()


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Tab]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-US", has_touch=True, color_scheme="dark"
    )
    yield open_tab(context, site)
    context.close()
