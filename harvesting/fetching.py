"""Answers of other servers: one address in, one checked answer out, politely and within limits."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpcore

from harvesting.errors import FetchFailed, FetchRefused, HarvestingError
from harvesting.guarding import Guard, Place

USER_AGENT = "Kewen/0.1 (catalogue harvester)"
_REDIRECTS = (301, 302, 303, 307, 308)
_AGAIN = (429, 500, 502, 503, 504)
_CHUNK = 64 * 1024
_LONGEST_FAULT = 256 * 1024
"""Bytes that are read of an answer with a status of error."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost, and how patient the fetcher is."""

    max_bytes: int = 200 * 1024 * 1024
    """Of one answer, unpacked."""
    timeout_s: float = 120.0
    """One answer, from the first connection to its last byte."""
    silence_s: float = 30.0
    """Between two pieces of it."""
    redirects: int = 5
    tries: int = 3
    delay_s: float = 0.5
    """Between two requests to one host."""
    longest_wait_s: float = 120.0
    """What a server may ask for with Retry-After; more ends the run, and the next one goes on."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 or, where a validator was sent, a 304 without body. Header names are lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def unchanged(self) -> bool:
        return self.status == 304


@dataclass
class _Reply:
    status: int
    headers: dict[str, str]
    body: bytes = b""


class Fetcher:
    """Fetches over one pool of connections; close it in the end. Not for several threads at once.

    `wait` sleeps and `clock` counts seconds; tests give their own.
    """

    def __init__(
        self,
        guard: Guard,
        limits: Limits | None = None,
        *,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        user_agent: str = USER_AGENT,
    ) -> None:
        self.guard = guard
        self.limits = limits or Limits()
        self.requests = 0
        self._wait, self._clock, self._agent = wait, clock, user_agent
        self._ready_at: dict[str, float] = {}
        self._pool = httpcore.ConnectionPool(
            network_backend=_GuardedBackend(guard), max_connections=4, retries=0
        )

    def close(self) -> None:
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Fetched:
        """The answer after redirects, each of which is checked like the first address; POST with a `body`.

        Raises FetchRefused for what breaks a rule, FetchFailed for a server that does not answer well.
        """
        sent = {"Accept": accept, "User-Agent": self._agent, "Accept-Encoding": "gzip", **(headers or {})}
        if etag:
            sent["If-None-Match"] = etag
        if last_modified:
            sent["If-Modified-Since"] = last_modified
        at = url
        for _ in range(self.limits.redirects + 1):
            reply = self._patiently(at, sent, body)
            if reply.status == 304 and (etag or last_modified):
                return Fetched(at, 304, reply.headers, b"")
            if reply.status in _REDIRECTS and "location" in reply.headers:
                target = urljoin(at, reply.headers["location"])
                if _origin(target) != _origin(at):
                    # What was meant for one server is not told to another.
                    sent = {name: value for name, value in sent.items() if name.lower() != "authorization"}
                if reply.status == 303:
                    body = None
                at = target
                continue
            if 200 <= reply.status < 300:
                return Fetched(at, reply.status, reply.headers, reply.body)
            raise FetchFailed(at, f"answered with status {reply.status}", reply.status, reply.body)
        raise FetchRefused(url, "redirects", f"leads on more than {self.limits.redirects} times")

    def head(self, url: str, *, method: str = "HEAD") -> tuple[int, str]:
        """(status, last address) without reading a body, after checked redirects; for link checks.

        Raises as `get`; any status is an answer here.
        """
        at = url
        for _ in range(self.limits.redirects + 1):
            reply = self._once(at, method, {"User-Agent": self._agent, "Accept": "*/*"}, None, keep=False)
            if reply.status in _REDIRECTS and "location" in reply.headers:
                at = urljoin(at, reply.headers["location"])
                continue
            return reply.status, at
        raise FetchRefused(url, "redirects", f"leads on more than {self.limits.redirects} times")

    def _patiently(self, url: str, headers: Mapping[str, str], body: bytes | None) -> _Reply:
        """Tries again what may pass: a busy server, a broken connection."""
        pause = 1.0
        for number in range(1, self.limits.tries + 1):
            last = number == self.limits.tries
            try:
                reply = self._once(url, "GET" if body is None else "POST", headers, body)
            except FetchFailed:
                if last:
                    raise
                self._wait(pause)
            else:
                if reply.status not in _AGAIN or last:
                    return reply
                asked = _retry_after(reply.headers.get("retry-after"))
                if asked is not None and asked > self.limits.longest_wait_s:
                    raise FetchFailed(
                        url,
                        f"is busy and asks to come back in {asked:.0f} s; the next run goes on",
                        reply.status,
                    )
                self._wait(pause if asked is None else asked)
            pause *= 2
        raise AssertionError("unreachable")

    def _once(
        self, url: str, method: str, headers: Mapping[str, str], body: bytes | None, *, keep: bool = True
    ) -> _Reply:
        place = self.guard.place(url)
        self._take_turn(place)
        self.requests += 1
        deadline = self._clock() + self.limits.timeout_s
        silence = min(self.limits.silence_s, self.limits.timeout_s)
        timeouts = {"connect": silence, "read": silence, "write": silence, "pool": silence}
        try:
            with self._pool.stream(
                method,
                _target(url),
                headers=[(name, value) for name, value in headers.items()],
                content=body,
                extensions={"timeout": timeouts},
            ) as response:
                reply = _Reply(
                    response.status,
                    {
                        name.decode("latin-1").lower(): value.decode("latin-1")
                        for name, value in response.headers
                    },
                )
                if keep and 200 <= reply.status < 300:
                    most = self.limits.max_bytes
                    reply.body = self._read(url, response.iter_stream(), reply.headers, deadline, most)
                elif keep and reply.status >= 400:
                    with suppress(HarvestingError, httpcore.NetworkError, httpcore.ProtocolError):
                        stream = response.iter_stream()
                        reply.body = self._read(url, stream, reply.headers, deadline, _LONGEST_FAULT)
                return reply
        except HarvestingError as error:
            raise _named(error, url) from error
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise FetchFailed(url, f"did not answer within {silence:g} s") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise FetchFailed(url, f"the connection failed ({error or type(error).__name__})") from error
        except (httpcore.UnsupportedProtocol, ValueError) as error:
            raise FetchRefused(url, "malformed", f"cannot be requested: {error}") from error

    def _take_turn(self, place: Place) -> None:
        """Not sooner than `delay_s` after the last request to this host."""
        now = self._clock()
        ready = self._ready_at.get(place.host, now)
        if ready > now:
            self._wait(ready - now)
        self._ready_at[place.host] = max(now, ready) + self.limits.delay_s

    def _read(
        self, url: str, pieces: Iterable[bytes], headers: Mapping[str, str], deadline: float, most: int
    ) -> bytes:
        """The unpacked body. Stops at the limit: what is left of a bomb is never unpacked."""
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > most:
            raise FetchRefused(url, "size", f"holds {length} bytes; {most} are allowed")
        encoding = headers.get("content-encoding", "identity").strip().lower() or "identity"
        if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
            raise FetchRefused(url, "encoding", f"is packed with {encoding!r}; gzip and deflate are read")
        unpack = zlib.decompressobj(15 + 32) if encoding != "identity" else None
        parts: list[bytes] = []
        held = 0

        def add(piece: bytes) -> None:
            nonlocal held
            held += len(piece)
            if held > most:
                raise FetchRefused(url, "size", f"holds more than {most} bytes, which is the limit")
            parts.append(piece)

        try:
            for piece in pieces:
                if self._clock() > deadline:
                    raise FetchFailed(url, f"was not finished within {self.limits.timeout_s:g} s")
                if unpack is None:
                    add(piece)
                    continue
                rest = piece
                while rest:
                    add(unpack.decompress(rest, _CHUNK))
                    rest = unpack.unconsumed_tail
            if unpack is not None:
                add(unpack.flush())
                if not unpack.eof:
                    raise FetchFailed(url, "its packed body ends too early")
        except zlib.error as error:
            raise FetchRefused(url, "encoding", f"its body is not {encoding}: {error}") from error
        if unpack is None and length.isdigit() and held != int(length):
            raise FetchFailed(url, f"{held} of {length} bytes came")
        return b"".join(parts)


@dataclass
class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to addresses that the guard has looked at, never to a name. TLS still names the host."""

    guard: Guard
    _inner: httpcore.SyncBackend = field(default_factory=httpcore.SyncBackend)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in self.guard.addresses(host, port)[:4]:
            try:
                return self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        assert failure is not None  # the guard gives at least one address
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise FetchRefused(path, "scheme", "sockets of this machine are not fetched")

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


def _named(error: HarvestingError, url: str) -> HarvestingError:
    """The same with the whole address: a refusal from below knows the host alone."""
    if isinstance(error, FetchRefused) and error.url != url:
        why = str(error).removeprefix(f"{error.url}: ").removesuffix(f" (rule {error.rule})")
        return FetchRefused(url, error.rule, f"{error.url} {why}")
    if isinstance(error, FetchFailed) and error.url != url:
        return FetchFailed(url, str(error).removeprefix(f"{error.url}: "), error.status)
    return error


def _target(url: str) -> bytes:
    """The address in ASCII: what stands in it beyond that is percent-encoded, a name goes to IDNA."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
    shown = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    netloc = f"{shown}:{parts.port}" if parts.port else shown
    rest = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    if rest.startswith("?"):
        rest = f"/{rest}"
    encoded = "".join(
        char if 32 < ord(char) < 127 else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))
        for char in rest
    )
    return f"{parts.scheme}://{netloc}{encoded}".encode("ascii")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        return "", None, None


def _retry_after(value: str | None) -> float | None:
    """Seconds that the header asks for, as a number or as a date; None when it does not say."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value.strip())
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
