"""Whether a host lies on the open internet, by the registries of special-purpose addresses and names."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import yaml

from corpus.addresses.folding import fold
from corpus.addresses.names import DATA

_Network = IPv4Network | IPv6Network


class _Carrier(NamedTuple):
    """A block of IPv6 that holds an IPv4 address from bit `at` on; flipped where `inverted`."""

    block: IPv6Network
    at: int
    inverted: bool


class _Spaces(NamedTuple):
    """`blocks` from the most specific on: (block, globally reachable)."""

    unicast: IPv6Network
    blocks: tuple[tuple[_Network, bool], ...]
    carriers: tuple[_Carrier, ...]
    domains: frozenset[str]


@cache
def _spaces() -> _Spaces:
    told = yaml.safe_load((DATA / "special_purpose.yaml").read_text(encoding="utf-8"))
    blocks = [(ip_network(one["block"]), bool(one["global"])) for one in told["blocks"]]
    carriers = [
        _Carrier(IPv6Network(one["block"]), one["at"], one.get("inverted", False)) for one in told["carries"]
    ]
    blocks.sort(key=lambda one: -one[0].prefixlen)
    return _Spaces(IPv6Network(told["unicast"]), tuple(blocks), tuple(carriers), frozenset(told["domains"]))


def carried(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, IPv4Address):
        return None
    for one in _spaces().carriers:
        if address in one.block:
            bits = int(address) >> (128 - one.at - 32) & 0xFFFFFFFF
            return IPv4Address(bits ^ 0xFFFFFFFF if one.inverted else bits)
    return None


def is_global(address: IPv4Address | IPv6Address) -> bool:
    """True for what the registries call globally reachable; of an address that carries another, that one."""
    if (inner := carried(address)) is not None:
        return is_global(inner)
    spaces = _spaces()
    for block, reachable in spaces.blocks:
        if address.version == block.version and address in block:
            return reachable
    return address.version == 4 or address in spaces.unicast


PRIVATE = ("lan", "corp", "home", "intranet", "private", "localdomain")
"""Endings of names that networks use among themselves and no registry sets apart."""


def leads_outside(url: str) -> bool:
    """True for an address whose host may lie on the open internet: no loopback or private address in any
    spelling, no name without a dot, none of a special-use domain. A name is not looked up."""
    try:
        host = unquote(urlsplit(fold(url).text.replace("\\", "/")).hostname or "")
    except ValueError:
        return False
    host = fold(host).text.rstrip(".").lower()
    address = _address(host)
    if address is not None:
        return is_global(address)
    domains = (*_spaces().domains, *PRIVATE)
    return "." in host and not any(host == one or host.endswith(f".{one}") for one in domains)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is, as browsers read it: 127.1, 0x7f000001 and 0177.0.0.1 are 127.0.0.1."""
    if ":" in host:
        return ip_address(host.partition("%")[0])
    parts = host.split(".")
    if len(parts) > 4 or not all(re.fullmatch(r"0x[0-9a-f]*|\d+", part, re.A) for part in parts):
        return None
    try:
        numbers = [_number(part) for part in parts]
        value = numbers[-1]
        for place, number in enumerate(numbers[:-1]):
            value += number << (8 * (3 - place))
        return IPv4Address(value)
    except ValueError:
        return IPv4Address(0)  # no address at all: leads nowhere


def _number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") and part != "0" else int(part)
