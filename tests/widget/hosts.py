"""Web sites of our own on loopback, to put the widget on: each port is an origin of its own."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.patience import PATIENCE_S

LEGACY = """
// What pages of 2008 do to the language: enumerable additions, a toJSON for lists, a short-hand of their own.
Array.prototype.each = function (f) { for (var i = 0; i < this.length; i++) f(this[i]); };
Array.prototype.toJSON = function () { return '[' + this.join(',') + ']'; };
Object.prototype.extend = function () { return this; };
window.$ = window.jQuery = function (x) { return { ready: function (f) { f(); }, hide: function () {} }; };
window.define = undefined; window.name = 'old';
"""
STYLE = """
html { font-size: 62.5%; } * { box-sizing: content-box; line-height: 1; }
div, button, p, dialog, textarea { color: red !important; font: 30px/1 cursive; padding: 33px; }
* { text-transform: uppercase; letter-spacing: 3px; }
dialog { display: none !important; } [hidden] { display: block !important; }
"""


@dataclass
class Page:
    """What a path gives."""

    body: str
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "text/html; charset=utf-8"


class WebSite:
    """An origin that serves `pages`, from a thread, until `close()`."""

    def __init__(self, port: int = 0) -> None:
        """0: a port that is free."""
        pages: dict[str, Page] = {"/favicon.ico": Page("", media_type="image/x-icon")}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = pages.get(self.path.partition("?")[0])
                body = page.body.encode() if page else b"no such page"
                self.send_response(200 if page else 404)
                self.send_header("Content-Type", page.media_type if page else "text/plain")
                self.send_header("Content-Length", str(len(body)))
                for name, value in (page.headers if page else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.pages = pages
        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def add(self, path: str, *, head: str = "", body: str = "", lang: str = "zh-CN", **headers: str) -> str:
        """A page; its address. Header names are given with _ for -."""
        html = (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>成员单位</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>'
            f'<body><main><h1>某数据中心</h1><p><a href="#x">页面上的链接</a></p></main>{body}</body></html>'
        )
        self.pages[path] = Page(html, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.origin + path

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE_S)


def script(kewen: str, **settings: str) -> str:
    """The element that a web master pastes; settings become data- attributes."""
    data = " ".join(f'data-{name.replace("_", "-")}="{value}"' for name, value in settings.items())
    return f'<script src="{kewen}/widget.js" {data} async></script>'
