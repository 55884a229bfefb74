"""Which addresses may be fetched: scheme, host, and every address that a name leads to."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from corpus.addresses.spaces import carried, is_global
from harvesting.errors import FetchFailed, FetchRefused

Resolve = Callable[[str, int], list[str]]
ANY = "*"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes: the host as written (lower case, without brackets) and the port."""

    scheme: str
    host: str
    port: int


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


class Guard:
    """Refuses what may not be fetched.

    `hosts`: names that may be fetched, `*.example.org` with everything below it, `*` any host.
    `private`: names, addresses or networks (CIDR) that may be fetched although they are private.
    """

    def __init__(
        self, hosts: Iterable[str] = (), private: Iterable[str] = (), *, resolver: Resolve = resolve
    ) -> None:
        self.hosts = frozenset(host.strip().lower() for host in hosts if host.strip())
        self._resolve = resolver
        self._private_names: set[str] = set()
        self._private_nets = []
        for one in private:
            try:
                self._private_nets.append(ip_network(one.strip(), strict=False))
            except ValueError:
                self._private_names.add(one.strip().lower())

    def place(self, url: str) -> Place:
        """Where the address leads, by its text alone. Raises FetchRefused."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise FetchRefused(url, "malformed", f"is no address: {error}") from error
        if parts.scheme not in ("http", "https"):
            raise FetchRefused(url, "scheme", "only http and https addresses are fetched")
        if parts.username is not None or parts.password is not None:
            raise FetchRefused(url, "credentials", "an address with a name or password is not fetched")
        if not host or any(char.isspace() or ord(char) < 33 for char in url):
            raise FetchRefused(url, "malformed", "has no host, or blanks within")
        host = host.rstrip(".").lower()
        if not self._listed(host):
            raise FetchRefused(
                url, "host_not_listed", f"host {host!r} is not allowed; add it to KEWEN_HARVEST_HOSTS"
            )
        return Place(parts.scheme, host, port or (443 if parts.scheme == "https" else 80))

    def _listed(self, host: str) -> bool:
        if ANY in self.hosts or host in self.hosts:
            return True
        return any(one.startswith("*.") and (host.endswith(one[1:]) or host == one[2:]) for one in self.hosts)

    def addresses(self, host: str, port: int) -> list[str]:
        """Addresses of the host to connect to, looked up once: the caller connects to these and to no
        name, so a name that changes its mind leads nowhere else.

        Raises FetchRefused when any of them may not be reached, FetchFailed when the name is unknown.
        """
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchFailed(host, f"the name cannot be resolved ({error})") from error
        if not found:
            raise FetchFailed(host, "the name has no address")
        for one in found:
            if not (host in self._private_names or self._reachable(one)):
                raise FetchRefused(
                    host,
                    "private_address",
                    f"leads to {one}, which is private, loopback or reserved; "
                    "KEWEN_HARVEST_PRIVATE can allow it",
                )
        return found

    def _reachable(self, text: str) -> bool:
        address = ip_address(text)
        if any(address.version == net.version and address in net for net in self._private_nets):
            return True
        inner = carried(address)
        return self._reachable(str(inner)) if inner is not None else is_global(address)
