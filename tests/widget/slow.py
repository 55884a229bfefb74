"""A server that answers as slowly, and breaks off as early, as a test wants: real ones do so by chance."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.patience import PATIENCE_S

CITATION: dict[str, Any] = {
    "number": 1,
    "kind": "resource",
    "id": "toy-snow",
    "title": "玩具雪山科学数据中心",
    "locator": "overview",
    "quote": "雪坑观测数据",
    "quote_kind": "digest",
    "url": "/resources/toy-snow",
    "source_url": None,
}
ANSWER: dict[str, Any] = {
    "id": "a_1",
    "conversation_id": "c_1",
    "language": "zh",
    "status": "answered",
    "text": "雪坑在雪山上 [1]。",
    "citations": [CITATION],
    "resources": [],
    "follow_ups": [],
    "filters": {},
    "generated_by": "llm:toy",
    "notices": [],
}


class SlowServer:
    """/widget.js of ours, and an answer whose events come one for each `go()`; `cut()` breaks the line."""

    def __init__(self, widget: bytes) -> None:
        events = [
            ("status", {"stage": "searching", "text": "正在检索目录…"}),
            ("sources", {"citations": [CITATION]}),
            ("delta", {"text": "雪坑在"}),
            ("delta", {"text": "雪山上 [1"}),
            ("delta", {"text": "]。"}),
            ("done", ANSWER),
        ]
        turns, cut = threading.Semaphore(0), threading.Event()
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_OPTIONS(self) -> None:
                self.reply(204, "text/plain", b"")

            def do_GET(self) -> None:
                self.reply(200, "text/javascript; charset=utf-8", widget)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/api/widget/session":
                    look = {
                        "accent": None,
                        "theme": "auto",
                        "position": "right",
                        "title": None,
                        "questions": [],
                    }
                    site = {"id": "toy", "name": "", "languages": ["zh", "en"], "look": look}
                    told = {"token": "t", "expires_in": 900, "site": site}
                    return self.reply(200, "application/json", json.dumps(told).encode())
                asked.append(json.loads(body)["question"])
                return self.answer()

            def answer(self) -> None:
                self.reply(200, "text/event-stream", b": hello\n\n", length=False)
                for event, data in events:
                    turns.acquire(timeout=PATIENCE_S)
                    if cut.is_set():
                        return
                    line = f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
                    # In two pieces, through the middle of a character: networks do that.
                    middle = next(at for at, byte in enumerate(line) if byte > 127) + 1
                    for piece in (line[:middle], line[middle:]):
                        self.wfile.write(piece)
                        self.wfile.flush()

            def reply(self, status: int, media_type: str, body: bytes, *, length: bool = True) -> None:
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                for name, value in {
                    "Origin": self.headers.get("Origin", "*"),
                    "Headers": "content-type, x-kewen-session, accept, accept-language",
                    "Methods": "GET, POST, DELETE",
                }.items():
                    self.send_header(f"Access-Control-Allow-{name}", value)
                if length:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()

            def log_message(self, *_: object) -> None:
                pass

        self.asked, self._turns, self._cut = asked, turns, cut
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def go(self, events: int = 1) -> None:
        """Let so many more events out."""
        for _ in range(events):
            self._turns.release()

    def cut(self) -> None:
        """The next event does not come and the line ends."""
        self._cut.set()
        self._turns.release()

    def mend(self) -> None:
        self._cut.clear()

    def close(self) -> None:
        self.cut()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE_S)
