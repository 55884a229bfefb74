"""What a visitor meets, measured: python benchmarks/front.py http://127.0.0.1:8000

Needs Chromium and a running Kewen. A visitor of TURNS turns on three widths (how much of each answer is in
view, or at its top), DOUBLE double clicks on Ask (how many questions are lost), and on every page what axe
finds that is moderate or worse, and the layout shift. Prints one JSON object.
"""

from __future__ import annotations

import json
import shutil
import sys
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

DOUBLE = 200
WIDTHS = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 900)}
TURNS = (
    "南极冰芯数据在哪里？", "怎么申请？", "要多少钱？", "上海有几个大科学装置，都叫啥", "不要上海光源",
    "科学数据管理办法第二十条说了什么？", "现在还有效吗？",
    "May a foreign company collect blood samples in China?",
    "谢谢", "Zenodo 和 figshare 哪个更适合上传数据？", "菌种怎么买", "列出所有国家科学数据中心",
)  # fmt: skip
PAGES = (
    "/", "/resources", "/resources?q=冰芯", "/resources?view=places", "/resources/nsdc-polar", "/policies",
    "/policies/scientific-data-measures-2018#art-20", "/about", "/help", "/privacy", "/docs", "/nowhere",
)  # fmt: skip
_WATCH = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_SEEN = """() => {
  const turns = document.querySelector("kewen-chat").shadowRoot.querySelectorAll(".turn");
  const answer = turns[turns.length - 1].querySelector(".answer, .failure").getBoundingClientRect();
  const seen = Math.min(answer.bottom, innerHeight) - Math.max(answer.top, 0);
  return [answer.top, Math.max(0, seen) / Math.min(answer.height, innerHeight)];
}"""


def main(url: str) -> None:
    figures: dict[str, Any] = {}
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, size in WIDTHS.items():
            figures[f"visitor_{name}"] = visitor(browser, url, size)
        figures["double_clicks"] = double_clicks(browser, url)
        figures["pages"] = pages(browser, url)
        browser.close()
    print(json.dumps(figures, ensure_ascii=False, indent=2))


def opened(browser: Browser, url: str, size: tuple[int, int]) -> Page:
    held = size != WIDTHS["desktop"]  # in the hand: touched, and the keyboard is on the glass
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", has_touch=held, is_mobile=held
    )
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(_WATCH)
    page.goto(url)
    return page


def visitor(browser: Browser, url: str, size: tuple[int, int]) -> dict[str, Any]:
    """Shares of the window's height (or of a shorter answer) that each answer fills; `good`: at least 60 %,
    or its top in view."""
    page = opened(browser, f"{url}/", size)
    shares, good = [], 0
    for number, question in enumerate(TURNS):
        page.get_by_role("textbox").fill(question)
        page.keyboard.press("Enter")
        page.locator(".actions").nth(number).wait_for()
        page.wait_for_timeout(300)
        top, share = page.evaluate(_SEEN)
        shares.append(round(share, 2))
        good += share >= 0.6 or 0 <= top <= size[1] * 0.4
    shift = round(page.evaluate("window.shift"), 4)
    page.context.close()
    return {"good": good, "of": len(TURNS), "shares": shares, "shift": shift}


def double_clicks(browser: Browser, url: str) -> dict[str, int]:
    """Each question is asked with two clicks on Ask: answered once, or lost."""
    page = opened(browser, f"{url}/", WIDTHS["desktop"])
    answered = 0
    for number in range(DOUBLE):
        if number % 20 == 0:
            page.get_by_role("button", name="新的对话").click()
        page.get_by_role("textbox").fill("上海光源怎么申请？")
        page.get_by_role("button", name="提问", exact=True).dblclick()
        page.locator(".actions").nth(number % 20).wait_for()
        answered += page.locator(".turn").count() == number % 20 + 1
        page.wait_for_timeout(1100 if number % 20 != 19 else 0)  # in one talk, the same words at once are one
    page.context.close()
    return {"asked": DOUBLE, "answered_once": answered}


def pages(browser: Browser, url: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in PAGES:
        for name in ("phone", "desktop"):
            page = opened(browser, url + path, WIDTHS[name])
            page.wait_for_load_state("load")
            worse = [
                one["id"]
                for one in Axe().run(page).response["violations"]
                if one["impact"] in ("moderate", "serious", "critical")
            ]
            wide = page.evaluate("document.documentElement.scrollWidth") > WIDTHS[name][0]
            found[f"{path} {name}"] = [worse, round(page.evaluate("window.shift"), 4), "wide" if wide else ""]
            page.context.close()
    return {
        "axe_moderate_or_worse": {path: one[0] for path, one in found.items() if one[0]},
        "largest_shift": max(one[1] for one in found.values()),
        "wider_than_its_window": [path for path, one in found.items() if one[2]],
    }


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
