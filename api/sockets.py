"""Connections that send or read too slowly are ended: what uvicorn leaves open for ever.

uvicorn has one timeout, for a connection at rest between two requests. Until a request's head is there,
while its body comes, and while a reader takes its answer, it waits without end.
"""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any, Literal

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.limits import network_of
from api.messages import say

Awaited = Literal["head", "body"]
_PROXY = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's own protocol with an end to its patience."""

    head_s = 10.0
    """From the first byte, or from the opening of the connection, to the end of a request's head."""
    body_s = 30.0
    """From the end of the head to the end of the body."""
    read_s = 10.0
    """How long a reader may take for READ_BYTES of what waits to be sent."""

    CONNECTIONS = 128
    """At once from one address, or one IPv6 /64. Loopback has no limit: a proxy there has all clients."""
    HEAD_BYTES = 64 * 1024
    READ_BYTES = 8 * 1024

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._awaited: Awaited | None = None
        self._sending_ends: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._reading_ends: asyncio.TimerHandle | None = None
        self._unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._too_many():
            self._refuse(503, "connections_too_many", limit=self.CONNECTIONS)
        else:
            self._await("head")

    def _too_many(self) -> bool:
        if self.client is None or self.client[0] in _PROXY or len(self.connections) <= self.CONNECTIONS:
            return False
        mine = network_of(self.client[0])
        others = (one.client for one in self.connections if isinstance(one, PatientProtocol))
        return sum(one is not None and network_of(one[0]) == mine for one in others) > self.CONNECTIONS

    def connection_lost(self, exc: Exception | None) -> None:
        self._await(None)
        self._stop_reading_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        known = self.cycle
        if self._awaited is None and (known is None or not known.more_body):
            self._await("head")
        super().data_received(data)
        if self.transport.is_closing():
            self._watch_reader()
        elif self.cycle is not known:
            self._await("body" if self.cycle.more_body else None)
        elif self._awaited == "head":
            self._head_bytes += len(data)
            if self._head_bytes > self.HEAD_BYTES:
                self._refuse(431, "head_too_large", limit=self.HEAD_BYTES)
        elif known is not None and not known.more_body:
            self._await(None)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_reader()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._watch_reader()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reader()

    def _await(self, what: Awaited | None) -> None:
        if self._sending_ends is not None:
            self._sending_ends.cancel()
            self._sending_ends = None
        self._awaited, self._head_bytes = what, 0
        if what is not None:
            seconds = self.head_s if what == "head" else self.body_s
            self._sending_ends = self.loop.call_later(seconds, self._sent_too_slowly, what)

    def _sent_too_slowly(self, what: Awaited) -> None:
        cycle = self.cycle
        if what == "head" and cycle is not None and not cycle.response_complete:
            self._await("head")  # a part of the next request came early; the running one has its answer first
        elif what == "head" and cycle is None and self._head_bytes == 0:
            self._close()  # nothing was asked
        else:
            seconds = self.head_s if what == "head" else self.body_s
            self._refuse(408, "sent_too_slowly", seconds=f"{seconds:g}")

    def _refuse(self, status: int, code: str, **values: object) -> None:
        """The envelope by hand, where no response has begun: there may be no whole request to answer."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            body = json.dumps(
                {"error": {"code": code, "message": say(code, "en", **values), "request_id": ""}}
            )
            self.transport.write(
                f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
            )
        self._close()

    def _close(self) -> None:
        self._await(None)
        self.transport.close()
        self._watch_reader()

    def _watch_reader(self) -> None:
        """A transport sends what it holds before it closes, so closing alone does not end a slow reader."""
        self._stop_reading_clock()
        self._unread = self.transport.get_write_buffer_size()
        if self._unread:
            self._reading_ends = self.loop.call_later(self.read_s, self._look_at_reader)

    def _look_at_reader(self) -> None:
        if self.transport.get_write_buffer_size() > max(0, self._unread - self.READ_BYTES):
            self.transport.abort()
        else:
            self._watch_reader()

    def _stop_reading_clock(self) -> None:
        if self._reading_ends is not None:
            self._reading_ends.cancel()
            self._reading_ends = None
