"""The pages in a real browser: no complaints, nothing moves, keyboard, paper, phones, screen readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.api.conftest import Running
from tests.page.conftest import PATIENCE_MS

PATHS = (
    "/",
    "/resources",
    "/resources?view=places",
    "/resources?type=field_station&province=甘肃省",
    "/resources?q=量子计算机",
    "/resources/toy-ice",
    "/resources/toy-hostile",
    "/resources/harbour:10.99999/tides-2020",
    "/policies",
    "/policies?q=登记",
    "/policies/toy-sample-measures#art-5",
    "/policies/toy-sample-measures?version=2015-05-01",
    "/policies/toy-sample-measures/diff",
    "/policies/toy-replaced",
    "{answer}",
    "/help",
    "/docs",
    "/login",
)
_WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    """A tab with what it complained about and what it asked for."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.page.wait_for_load_state("load")


def _visit(context: BrowserContext, url: str) -> Visit:
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(context.new_page(), url)
    visit.page.add_init_script(_WATCH)
    visit.page.on(
        "console", lambda one: visit.complaints.append(one.text) if one.type in ("error", "warning") else None
    )
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.on("request", lambda request: visit.asked.append(request.url))
    return visit


@pytest.fixture
def answer(running: Running) -> str:
    """The path of an answer."""
    told = httpx.post(f"{running.url}/api/ask", json={"question": "冰川数据在哪里？"}).json()
    return f"/answers/{told['id']}"


@pytest.fixture
def desktop(browser: Browser, running: Running) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    yield _visit(context, running.url)
    context.close()


@pytest.fixture
def phone(browser: Browser, running: Running) -> Iterator[Visit]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-US", has_touch=True, color_scheme="dark"
    )
    yield _visit(context, running.url)
    context.close()


def check(visit: Visit, path: str, size: int) -> None:
    """What holds for every page at every size."""
    visit.open(path)
    page = visit.page
    serious = [
        (one["id"], [node["html"][:120] for node in one["nodes"]][:3])
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("moderate", "serious", "critical")
    ]
    assert serious == [], path
    assert page.evaluate("document.documentElement.scrollWidth") <= size, f"{path} is wider than its window"
    assert page.evaluate("window.shifts.reduce((a, b) => a + b, 0)") < 0.01, f"{path} moves"
    blocking = page.locator("script[src]:not([type=module]):not([async]):not([defer])")
    assert blocking.count() == 0, path
    assert page.evaluate("window.hit") is None, f"{path} ran what a record says"


def test_every_page_is_quiet_steady_and_readable_by_all_on_a_desk(desktop: Visit, answer: str) -> None:
    for path in PATHS:
        check(desktop, path.format(answer=answer), 1280)

    assert desktop.complaints == []
    assert [one for one in desktop.asked if not one.startswith(desktop.url)] == []


def test_every_page_is_quiet_steady_and_readable_by_all_on_a_phone(phone: Visit, answer: str) -> None:
    for path in PATHS:
        check(phone, path.format(answer=answer), 390)

    assert phone.complaints == []


def test_on_a_slow_line_nothing_that_is_read_is_pushed_away(desktop: Visit, phone: Visit) -> None:
    for visit in (desktop, phone):
        line = visit.page.context.new_cdp_session(visit.page)
        slow = {"offline": False, "latency": 20, "downloadThroughput": 40_000, "uploadThroughput": 40_000}
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", slow)
        for path in ("/", "/resources", "/policies"):
            visit.open(path)
            assert visit.page.evaluate("window.shifts.reduce((a, b) => a + b, 0)") < 0.01, path


def test_the_cited_article_is_marked_and_leads_on(desktop: Visit) -> None:
    page = desktop.page
    desktop.open("/policies/toy-sample-measures?version=2022-02-01#art-4")
    cited = page.locator("#art-4")

    expect(cited).to_be_in_viewport()
    assert cited.evaluate("one => one.matches(':target')")
    plain = page.locator("#art-1").evaluate("one => getComputedStyle(one).backgroundColor")
    assert cited.evaluate("one => getComputedStyle(one).backgroundColor") != plain
    cited.get_by_role("link", name="下一条").click()
    expect(page.locator("#art-4-1:target")).to_be_in_viewport()
    expect(cited.get_by_role("link", name="下一条")).to_be_hidden()
    page.locator("#art-4-1").get_by_role("link", name="上一条").click()
    assert page.url.endswith("#art-4")
    # The other language opens at the same article.
    page.get_by_role("link", name="Read this page in English").click()
    expect(page.locator("#art-4:target")).to_contain_text("Article 4")
    assert desktop.complaints == []


def test_without_script_every_page_says_the_same(browser: Browser, running: Running, answer: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()

    page.goto(f"{running.url}/resources")
    page.get_by_role("link", name="甘肃省：23 项资源").first.click()
    expect(page.locator("#count")).to_contain_text("23 项资源")
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".entry")).to_have_count(3)
    page.goto(f"{running.url}/resources/toy-ice")
    expect(page.get_by_role("heading", level=1)).to_have_text("玩具冰雪数据中心")
    page.goto(f"{running.url}/policies/toy-rules#art-20")
    expect(page.locator("#art-20:target")).to_contain_text("共享样品须登记")
    page.goto(running.url + answer)
    expect(page.locator(".prose")).to_contain_text("冰川与积雪")
    context.close()


def test_the_keyboard_reaches_everything_and_shows_where_it_is(desktop: Visit) -> None:
    page = desktop.page
    desktop.open("/resources")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("水稻种子")
    expect(page.locator(".entry h3").first).to_have_text("玩具种子库")  # as it is typed
    assert parse_qs(urlsplit(page.url).query) == {"q": ["水稻种子"]}
    page.keyboard.press("Enter")
    expect(page.locator(".entry h3").first).to_have_text("玩具种子库")

    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break  # past the last one
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        seen.append(page.evaluate("document.activeElement.getAttribute('href')"))
        assert outline != "none", seen[-1]
    assert "/resources/toy-seeds" in seen and "/docs" in seen


@pytest.mark.parametrize(
    "bad",
    [
        "<img src=x onerror=window.hacked=1>",
        "<script>window.hacked=1</script>",
        "<a href=javascript:window.hacked=1>x</a>",
        "<iframe srcdoc=x></iframe>",
        "<p style=color:red>x</p>",
        "<svg><animate onbegin=window.hacked=1 attributeName=x dur=1s></svg>",
    ],
)
def test_what_could_run_is_not_put_in_place_as_one_types(desktop: Visit, bad: str) -> None:
    page = desktop.page
    desktop.open("/resources")
    before = page.locator("[data-list]").inner_html()
    sent = f"<!doctype html><title>x</title><div data-list><h3>x</h3>{bad}</div>"
    page.route("**/resources?q=*", lambda route: route.fulfill(content_type="text/html", body=sent))
    with page.expect_response("**/resources?q=*"):
        page.get_by_role("searchbox").press_sequentially("x")
    expect(page.locator("[data-list]")).not_to_have_attribute("aria-busy", "true")

    assert page.locator("[data-list]").inner_html() == before
    assert page.evaluate("window.hacked") is None
    assert urlsplit(page.url).query == ""


def test_a_call_of_the_api_is_tried_on_a_phone(phone: Visit) -> None:
    page = phone.page
    phone.open("/docs?lang=zh")
    page.get_by_text("/api/search", exact=True).first.click()
    form = page.locator("form[data-path='/api/search']")
    form.locator("[name='q']").fill("水稻种子")
    form.get_by_role("button", name="试一试").click()
    expect(form.locator("output")).to_contain_text("toy-seeds")
    # What was looked for stands before the map of it.
    phone.open("/resources")
    tops = [page.locator(one).bounding_box()["y"] for one in (".records", ".overview")]  # type: ignore[index]
    assert tops[0] < tops[1] and phone.complaints == []


def test_a_citation_is_copied(desktop: Visit) -> None:
    page = desktop.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desktop.open("/resources/toy-ice")
    page.get_by_role("button", name="复制").first.click()

    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("pre").first.inner_text()
    assert desktop.complaints == []


def test_paper_shows_the_content_and_where_links_lead(desktop: Visit) -> None:
    page = desktop.page
    desktop.open("/policies/toy-sample-measures#art-5")
    page.emulate_media(media="print")

    for hidden in ("nav.contents", ".language", ".steps-through"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("#art-5")).to_be_visible()
    desktop.open("/resources/toy-ice")
    expect(page.locator(".steps")).to_be_visible()
    expect(page.locator(".deeds").first).to_be_hidden()
    assert len(page.pdf()) > 10_000


def test_the_contents_follow_the_reading(desktop: Visit) -> None:
    page = desktop.page
    page.set_viewport_size({"width": 1280, "height": 400})
    desktop.open("/policies/toy-sample-measures?version=2022-02-01#art-6")

    expect(page.locator("nav.contents [aria-current=location]")).to_have_attribute("href", "#art-6")


def test_twice_the_size_still_fits(desktop: Visit) -> None:
    # 200 % zoom of a 1280 px window is a 640 px one.
    desktop.page.set_viewport_size({"width": 640, "height": 450})
    for path in ("/resources", "/resources/toy-ice", "/policies/toy-sample-measures"):
        desktop.open(path)
        assert desktop.page.evaluate("document.documentElement.scrollWidth") <= 640, path
