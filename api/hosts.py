"""Which names this server answers to. A page elsewhere can point a name of its own at this machine (DNS
rebinding) and would then be Kewen's own page to a browser; and a name that is not ours must not stand in
the addresses that we write."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import ApiError, error_response
from api.validation import quoted

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Hosts:
    """The names that are served."""

    def __init__(self, names: Iterable[str]) -> None:
        """`names` without ports, an IPv6 address without brackets; `*` serves any name."""
        self._names = frozenset(name.lower() for name in names)

    def serves(self, host: str, local: str | None = None) -> bool:
        """Whether a Host header or the place of an Origin names this server; its port is not looked at.
        `local` is the address that the connection came in on: nobody else's page has that for a name."""
        if "*" in self._names:
            return True
        name = name_of(host)
        if name is None or name in self._names:
            return name is not None
        address = _address(name)
        return address is not None and address == _address(local or "")


def name_of(host: str) -> str | None:
    """The name without its port, in lower case; None for what is no host at all."""
    try:
        parts = urlsplit(f"//{host}")
        name, _port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name or parts.netloc != host or "@" in host or not name.isascii():
        return None
    return name.removesuffix(".")


def _address(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


class HostGuard:
    """ASGI: refuses requests to another name, before anything reads them."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope, receive)
            try:
                self._check(request)
            except ApiError as refusal:
                await error_response(request, refusal)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check(self, request: Request) -> None:
        given = request.headers.getlist("host")
        if not given and request.scope["http_version"] == "1.0":
            return  # the old protocol has no such header, and no browser speaks it
        if len(given) != 1:
            raise ApiError(400, "host_missing", count=len(given))
        if not self._hosts.serves(given[0], local_of(request)):
            raise ApiError(421, "host_unknown", value=quoted(given[0]))


def local_of(request: Request) -> str | None:
    """The address that the connection came in on."""
    server: tuple[str, int | None] | None = request.scope.get("server")
    return server[0] if server else None
