"""How heavy the widget is and how soon it is there: python benchmarks/in_browser.py http://127.0.0.1:8000

Needs Chromium and a running Kewen where a site lists the origin that this prints (give its id as the
second word; without it only Kewen's own page is measured). Times are medians of RUNS visits with an
empty cache, in milliseconds.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.widget.hosts import WebSite, script

RUNS = 9
PORT = 8791
QUESTION = "南极冰芯数据在哪里？怎么申请？"
_WATCH = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
}).observe({ type: "layout-shift", buffered: true });
document.addEventListener("kewen:ready", () => { window.ready = performance.now(); });
"""
_WHEN = """([selector, action]) => new Promise((done) => {
  const root = document.querySelector("kewen-chat").shadowRoot;
  const begun = performance.now();
  const look = () => {
    const found = root.querySelector(selector);
    if (found?.textContent) done(performance.now() - begun);
    else requestAnimationFrame(look);
  };
  const box = root.querySelector("textarea");
  if (action === "open") root.querySelector(".launcher").click();
  else {
    box.value = action;
    root.querySelector("form").requestSubmit();
  }
  look();
})"""


def main(url: str, site: str | None) -> None:
    packed = httpx.get(f"{url}/widget.js", headers={"Accept-Encoding": "gzip"})
    figures: dict[str, Any] = {"gzip_bytes": int(packed.headers["content-length"])}
    figures["plain_bytes"] = len(packed.content)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        figures["page"] = medians(browser, partial(visit, url=url, opens=False))
        if site:
            host = WebSite(PORT)
            print(f"The site {site} must list {host.origin}", file=sys.stderr)
            address = host.add("/", body=script(url, site=site))
            figures["foreign_page"] = medians(browser, partial(visit, url=address, opens=True))
            host.close()
        browser.close()
    print(json.dumps(figures, indent=1))


def medians(browser: Browser, visit_once: Callable[[Page], dict[str, float]]) -> dict[str, float]:
    seen: list[dict[str, float]] = []
    for _ in range(RUNS):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
        context.add_init_script(_WATCH)
        seen.append(visit_once(context.new_page()))
        context.close()
    worst = {f"{name}_worst": round(max(one[name] for one in seen), 3) for name in seen[0]}
    return {name: round(statistics.median(one[name] for one in seen), 3) for name in seen[0]} | worst


def visit(page: Page, *, url: str, opens: bool) -> dict[str, float]:
    page.goto(url, wait_until="load")
    page.wait_for_function("window.ready !== undefined")
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    ready = page.evaluate("window.ready")
    found = {"load": loaded, "interactive": ready, "interactive_after_load": max(0.0, ready - loaded)}
    page.wait_for_timeout(300)  # what moves late moves now
    found["layout_shift"] = page.evaluate("window.shift")
    if opens:
        found["opened_after_click"] = page.evaluate(_WHEN, [".welcome", "open"])
        page.wait_for_timeout(300)  # the session is asked for when the panel opens, as for a person
    # "Asking…" is our own; the first word of the server replaces it.
    found["first_status"] = page.evaluate(_WHEN, [".working:not([data-text=asking]), .prose", QUESTION])
    page.locator("kewen-chat .actions").wait_for()
    return found


if __name__ == "__main__":
    main(
        sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000",
        sys.argv[2] if len(sys.argv) > 2 else None,
    )
