"""The widget on pages of other origins, in a real browser, against the real server on the toy corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from storage.database import open_database
from storage.sites import Sites
from storage.sites_records import Site
from tests.page.conftest import Tab, browser, open_tab, site, site_home
from tests.widget.hosts import WebSite

__all__ = ["browser", "site", "site_home"]

Open = Callable[..., Tab]


@pytest.fixture(scope="session")
def member() -> Iterator[WebSite]:
    """A site that is registered as `toy`."""
    opened = WebSite()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def stranger() -> Iterator[WebSite]:
    """A site that is not registered."""
    opened = WebSite()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def kewen(site: str, site_home: Path, member: WebSite) -> str:
    """The address of Kewen, where `member` is registered."""
    database = open_database(f"sqlite:///{site_home / 'data' / 'kewen.db'}")
    Sites(database).put(Site(id="toy", origins=(member.origin,)), replace=True)
    Sites(database).put(Site(id="other", origins=(member.origin,)), replace=True)
    database.close()
    return site


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """visit(url, …): a browser of its own at a page; what is left are settings of the browser."""
    with ExitStack() as stack:

        def open_one(url: str, *, init: str | None = None, **settings: Any) -> Tab:
            given = {"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN", **settings}
            context = browser.new_context(**given)
            stack.callback(context.close)
            if init:
                context.add_init_script(init)
            return open_tab(context, url)

        yield open_one


PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
