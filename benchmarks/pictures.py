"""Every page and state as a picture: python benchmarks/pictures.py --data data [--only NAME …]

Needs Chromium and a data folder that no server uses. Serves it, brings a tab into each state in Chinese and
English, on a desktop and a phone, and takes it light and dark: the eight are one sheet,
docs/screenshots/STATE.webp, and docs/pictures.md shows all sheets. What guides show by itself (ALONE) is a
file of its own, and so is the animated tour of the README. A comparison is pictured where the folder holds a
document in two texts.
"""

from __future__ import annotations

import argparse
import base64
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import yaml
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.widget.hosts import Page as SitePage  # noqa: E402
from tests.widget.hosts import WebSite  # noqa: E402

PICTURES = ROOT / "docs" / "screenshots"
SIZES = {"desktop": (1024, 720), "phone": (390, 720)}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
THEMES = ("light", "dark")
Kind = tuple[str, str, str]
"""Language, device, theme."""
ALONE = (
    ("chat-answer", ("zh", "desktop", "light")),
    ("chat-answer", ("en", "desktop", "dark")),
    ("chat-start", ("zh", "desktop", "light")),
    ("chat-source", ("en", "desktop", "dark")),
    ("check", ("zh", "desktop", "light")),
    ("widget-answer", ("zh", "desktop", "light")),
    ("widget-branded", ("en", "desktop", "dark")),
    ("widget-search", ("zh", "desktop", "light")),
    ("widget-start", ("zh", "desktop", "light")),
)
"""What docs/widget.md shows."""
SHEET_SCALE = 0.68
"""A sheet is wider than a guide's column and opens larger; letters of 16 px are 11 px high in it."""
SITE = "polar"
QUALITY = 0.5
"""Of WebP; text stays sharp and a desktop page is 20 to 40 kB."""
TOUR = (
    "chat-start",
    "chat-answer",
    "chat-source",
    "resources",
    "resources-list",
    "record",
    "policy",
    "widget-answer",
)
TOUR_S, TOUR_WIDTH = 2.2, 860
TOUR_KINDS: tuple[Kind, ...] = (("zh", "desktop", "light"), ("en", "desktop", "dark"))
ASKED = {
    "zh": "南极冰芯数据在哪里？怎么申请？",
    "en": "Where is data on Antarctic ice cores, and how do I apply?",
}
CASE = {
    "zh": "外国公司能在中国采集血样做基因研究吗？",
    "en": "May a foreign company collect blood samples in China?",
}


@dataclass(frozen=True)
class Visit:
    """A tab that is to be brought into a state."""

    page: Page
    url: str
    host: str
    language: str
    answer: str
    compared: str | None

    def go(self, path: str) -> None:
        joint = "&" if "?" in path else "?"
        path, _, anchor = path.partition("#")
        self.page.goto(f"{self.url}{path}{joint}lang={self.language}{'#' + anchor if anchor else ''}")

    def ask(self, question: str) -> None:
        self.page.get_by_role("textbox").first.fill(question)
        self.page.keyboard.press("Enter")
        self.page.locator(".actions").last.wait_for()

    def member(self, kind: str = "") -> str:
        """The page of a member's site; `own-`: the one in its own colours."""
        return f"{self.host}/{kind}{self.language}"

    def open_widget(self) -> None:
        self.page.goto(self.member())
        self.page.locator("kewen-chat .launcher").click()
        self.page.locator("kewen-chat .about").wait_for()  # the record of the page is known


State = Callable[[Visit], Any]


def at(path: str) -> State:
    return lambda visit: visit.go(path)


def searched(visit: Visit) -> None:
    words = {"zh": "%E6%95%B0%E6%8D%AE", "en": "data"}[visit.language]
    visit.go(f"/resources?q={words}&access=registered")


def start(visit: Visit) -> None:
    visit.go("/")
    visit.page.locator("kewen-chat .openers").wait_for()


def answered(visit: Visit) -> None:
    start(visit)
    visit.ask(ASKED[visit.language])


def case_answered(visit: Visit) -> None:
    start(visit)
    visit.ask(CASE[visit.language])


def not_found(visit: Visit) -> None:
    start(visit)
    visit.ask({"zh": "中科院的工资标准", "en": "What is the salary scale of CAS?"}[visit.language])


def source(visit: Visit) -> None:
    answered(visit)
    visit.page.locator("button.cite").nth(1).click()
    visit.page.locator("dialog.reader").wait_for()


def past(visit: Visit) -> None:
    case_answered(visit)
    visit.page.locator("kewen-chat .tools button[aria-expanded]").last.click()
    visit.page.locator("kewen-chat .past-list li").first.wait_for()


def widget_start(visit: Visit) -> None:
    visit.open_widget()


def widget_answer(visit: Visit) -> None:
    visit.open_widget()
    visit.ask(ASKED[visit.language])


def widget_person(visit: Visit) -> None:
    widget_answer(visit)
    visit.page.locator("kewen-chat .actions .buttons button").last.click()
    visit.page.locator("kewen-chat .handoff textarea").first.wait_for()


def widget_search(visit: Visit) -> None:
    visit.open_widget()
    visit.page.locator("kewen-chat .tools button[aria-expanded]").first.click()
    visit.page.locator("kewen-chat #look-for").fill({"zh": "雪冰", "en": "ice"}[visit.language])
    visit.page.locator("kewen-chat .found li").first.wait_for()


def compared(visit: Visit) -> bool:
    """False where no document has two texts."""
    if visit.compared is None:
        return False
    visit.go(visit.compared)
    return True


STATES: dict[str, tuple[str, State]] = {
    "chat-start": ("The chat page, `/`", start),
    "chat-answer": ("An answer with its cards", answered),
    "chat-case": ("A question of permission", case_answered),
    "chat-not-found": ("What the corpus does not hold", not_found),
    "chat-source": ("A source, opened at its number", source),
    "chat-past": ("Earlier conversations", past),
    "resources": ("The catalogue, `/resources`", at("/resources")),
    "resources-list": ("Searched and filtered", searched),
    "resources-none": ("Nothing fits; what was meant", at("/resources?q=%E5%8D%97%E5%8F%8A")),
    "places": ("By place", at("/resources?view=places")),
    "record": ("A record", at("/resources/nsdc-polar")),
    "policies": ("The rules, `/policies`", at("/policies")),
    "policy": ("The reader at an article", at("/policies/scientific-data-measures-2018#art-20")),
    "timeline": ("Its timeline", at("/policies/biosafety-law-2024#timeline")),
    "diff": ("Two texts compared", compared),
    "answer": ("A shared answer, `/answers/{id}`", lambda visit: visit.go(visit.answer)),
    "not-found": ("A page that is not there", at("/resources/nsdc-poler")),
    "about": ("`/about`", at("/about")),
    "help": ("`/help`", at("/help")),
    "privacy": ("`/privacy`", at("/privacy")),
    "docs": ("The API, `/docs`", at("/docs")),
    "widget-closed": ("A member's page with the button", lambda visit: visit.page.goto(visit.member())),
    "widget-start": ("The widget, about the page's record", widget_start),
    "widget-answer": ("An answer in it", widget_answer),
    "widget-search": ("Its search of the catalogue", widget_search),
    "widget-person": ("A question for a person", widget_person),
    "widget-branded": (
        "A site's own colours, name and greeting, inline",
        lambda visit: visit.page.goto(visit.member("own-")),
    ),
    "check": (
        "The diagnosis for web masters",
        at(f"/widget/check?site={SITE}&page=https%3A%2F%2Fwww.example.org"),
    ),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--only", nargs="*", default=list(STATES), choices=list(STATES))
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as made, closing(WebSite()) as host:
        sites = Path(made) / "sites.yaml"
        site = {"id": SITE, "name": "极地样品平台", "origins": [host.origin], "languages": ["zh", "en"]}
        sites.write_text(yaml.safe_dump({"sites": [site]}), encoding="utf-8")
        with Kewen(given.data, sites) as url:
            dress(host, url)
            with sync_playwright() as playwright:
                chromium = shutil.which("chromium") or shutil.which("chromium-browser")
                flags = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
                browser = playwright.chromium.launch(executable_path=chromium, args=flags)
                take_all(browser, url, host.origin, given.only)
                browser.close()


def take_all(browser: Browser, url: str, host: str, names: list[str]) -> None:
    PICTURES.mkdir(exist_ok=True)
    paper = browser.new_page()
    answers = {
        language: httpx.post(f"{url}/api/ask", json={"question": asked}, timeout=60).json()["id"]
        for language, asked in ASKED.items()
    }
    compared = two_texts(url)
    taken: dict[tuple[str, Kind], bytes] = {}
    for name in names:
        shots: dict[Kind, bytes] = {}
        for language, device in product(LOCALES, SIZES):
            context = opened(browser, language, device)
            page = context.new_page()
            page.set_default_timeout(60_000)
            visit = Visit(page, url, host, language, f"/answers/{answers[language]}", compared)
            if STATES[name][1](visit) is not False:
                page.wait_for_load_state("load")
                for theme in THEMES:
                    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                    page.wait_for_timeout(400)  # what fades in is there
                    shots[language, device, theme] = page.screenshot(animations="disabled", caret="hide")
            context.close()
        if not shots:
            print(f"{name}: no document of this data folder has two texts.", file=sys.stderr)
            continue
        taken |= {(name, kind): shot for kind, shot in shots.items()}
        (PICTURES / f"{name}.webp").write_bytes(sheet(paper, shots))
    for name, kind in ALONE:
        if (name, kind) in taken:
            drawn = drawing(paper, [(taken[name, kind], 0, 0)], SIZES[kind[1]], 1)
            (PICTURES / f"{'.'.join((name, *kind))}.webp").write_bytes(drawn)
    if set(TOUR) <= set(names):
        for kind in TOUR_KINDS:
            size = SIZES[kind[1]]
            scale = TOUR_WIDTH / size[0]
            frames = [drawing(paper, [(taken[name, kind], 0, 0)], size, scale) for name in TOUR]
            (PICTURES / f"tour.{kind[0]}.webp").write_bytes(animated(frames, TOUR_S))
    gallery([name for name in STATES if (PICTURES / f"{name}.webp").exists()])


def opened(browser: Browser, language: str, device: str) -> BrowserContext:
    width, height = SIZES[device]
    held = device == "phone"
    return browser.new_context(
        viewport={"width": width, "height": height},
        locale=LOCALES[language],
        color_scheme="light",
        has_touch=held,
        is_mobile=held,
    )


def two_texts(url: str) -> str | None:
    """The path of the comparison of the first document that has two texts."""
    policy = httpx.get(f"{url}/api/policies/biosafety-law-2024", timeout=60).json()
    days = sorted(one["version"] for one in policy.get("versions", []))
    return f"/policies/biosafety-law-2024/diff?from={days[0]}&to={days[-1]}" if len(days) > 1 else None


def sheet(paper: Page, shots: dict[Kind, bytes]) -> bytes:
    """All kinds of one state: a row a language; desktop and phone beside each other, light, then dark."""
    placed: list[tuple[bytes, int, int]] = []
    gap, top = 16, 0
    for language in LOCALES:
        left = 0
        for device, theme in product(SIZES, THEMES):
            placed.append((shots[language, device, theme], left, top))
            left += SIZES[device][0] + gap
        top += SIZES["desktop"][1] + gap
    return drawing(paper, placed, (left - gap, top - gap), SHEET_SCALE)


def drawing(paper: Page, placed: list[tuple[bytes, int, int]], size: tuple[int, int], scale: float) -> bytes:
    """PNGs at (left, top) of a ground of that size, all in px before it is scaled, as WebP by the browser."""
    script = """async ([placed, size, scale, quality]) => {
      const canvas = new OffscreenCanvas(Math.round(size[0] * scale), Math.round(size[1] * scale));
      const pen = canvas.getContext("2d");
      pen.imageSmoothingQuality = "high";
      pen.fillStyle = "#8a8f98";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      for (const [data, left, top] of placed) {
        const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
        const drawn = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        pen.drawImage(drawn, ...[left, top, drawn.width, drawn.height].map((one) => Math.round(one * scale)));
      }
      const made = new Uint8Array(
        await (await canvas.convertToBlob({ type: "image/webp", quality })).arrayBuffer(),
      );
      let text = "";
      for (const one of made) text += String.fromCharCode(one);
      return btoa(text);
    }"""
    encoded = [[base64.b64encode(shot).decode(), left, top] for shot, left, top in placed]
    return base64.b64decode(paper.evaluate(script, [encoded, list(size), scale, QUALITY]))


def animated(frames: list[bytes], seconds: float) -> bytes:
    """One WebP that shows each for so long, for ever (the container of RFC 9649; frames of one size)."""
    images = [image_of(frame) for frame in frames]
    key = images[0].index(
        b"\x9d\x01\x2a"
    )  # start code of a VP8 key frame; 14 bits each of width and height follow
    size = [int.from_bytes(images[0][key + 3 + 2 * n :][:2], "little") & 0x3FFF for n in (0, 1)]
    lengths = b"".join((one - 1).to_bytes(3, "little") for one in size)
    head = chunk(b"VP8X", b"\x02\0\0\0" + lengths) + chunk(b"ANIM", b"\xff\xff\xff\xff\0\0")
    shown_ms = round(seconds * 1000).to_bytes(3, "little")
    body = head + b"".join(chunk(b"ANMF", bytes(6) + lengths + shown_ms + b"\x02" + one) for one in images)
    return chunk(b"RIFF", b"WEBP" + body)


def image_of(still: bytes) -> bytes:
    """The chunk `VP8 ` of a still picture without transparency."""
    place = 12
    while still[place : place + 4] != b"VP8 ":
        place += 8 + (n := int.from_bytes(still[place + 4 : place + 8], "little")) + n % 2
    length = int.from_bytes(still[place + 4 : place + 8], "little")
    return still[place : place + 8 + length + length % 2]


def chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)


def gallery(names: list[str]) -> None:
    lines = [
        "# Pictures of every page and state",
        "",
        "Made by `python benchmarks/pictures.py --data data`. Each sheet shows one state in Chinese (above) "
        "and English, on a desktop (1024 px) and a phone (390 px), light and dark; open it to read it.",
    ]
    for name in names:
        title = STATES[name][0]
        shown = f"![{title.replace('`', '')}](screenshots/{name}.webp)"
        lines += ["", f"## {title}", "", f"[{shown}](screenshots/{name}.webp)"]
    (ROOT / "docs" / "pictures.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


class Kewen:
    """`kewen serve` on a free port; its address."""

    def __init__(self, data: Path, sites: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        own = {"KEWEN_DATA_DIR": str(data), "KEWEN_SITES_FILE": str(sites), "KEWEN_PORT": port}
        environment = os.environ | own | {"KEWEN_RATE_PER_MINUTE": "100000"}
        self.url = f"http://127.0.0.1:{port}"
        self.server = subprocess.Popen(
            [sys.executable, "cli.py", "serve"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
        )

    def __enter__(self) -> str:
        while True:
            try:
                if httpx.get(f"{self.url}/readyz").status_code == 200:
                    return self.url
            except httpx.TransportError:
                if self.server.poll() is not None:
                    sys.exit("The server ended: is another one at work on this data folder?")
            time.sleep(0.5)

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        self.server.wait(30)


def dress(host: WebSite, kewen: str) -> None:
    """The pages of a member's site: one about a record, and one with the widget in its own colours."""
    for language in LOCALES:
        host.pages[f"/{language}"] = SitePage(member_page(kewen, language, own=False))
        host.pages[f"/own-{language}"] = SitePage(member_page(kewen, language, own=True))


def member_page(kewen: str, language: str, *, own: bool) -> str:
    english = language == "en"
    title = "Polar Sample Platform" if english else "极地样品平台"
    words = (
        "Snow, ice, rock and sediment from twelve expeditions, with where and when each was taken."
        if english
        else "十二次考察的雪冰、岩石与沉积物样品，附采集地点和时间。"
    )
    attributes = 'data-context="nsdc-polar" data-theme="page"'
    if own:
        greeting = "Ask us about samples" if english else "样品的事，问这里"
        attributes = (
            'data-mode="inline" data-accent="#8a2b0d" data-ground="#fff6ee" data-font="Georgia, serif" '
            f'data-name="{title}" data-greeting="{greeting}" data-height="560" data-target="main"'
        )
    return f"""<!doctype html><html lang="{"en" if english else "zh-CN"}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title><style>
:root {{ color-scheme: light dark; }} body {{ font: 1.05rem/1.7 sans-serif; margin: 0; }}
header {{ background: #123a63; color: #fff; padding: 1rem 2rem; font-size: 1.3rem; }}
main {{ max-width: 44rem; padding: 1.5rem 2rem; }}
</style></head><body><header>{title}</header><main><h1>{title}</h1><p>{words}</p></main>
<script src="{kewen}/widget.js" data-site="{SITE}" {attributes} async></script></body></html>"""


if __name__ == "__main__":
    main()
