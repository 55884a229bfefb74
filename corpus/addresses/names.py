"""Names of hosts: whether a dotted name is one, and one spelling for all of its forms."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "addresses"
HAN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts without blanks between words: where a name begins in them cannot be told."""
MARKS = "".join(chr(one) for one in range(0x300, 0xFE00) if unicodedata.category(chr(one))[0] == "M")
"""Marks that letters of many scripts are written with, none of which is a character of a word by itself."""
UNLISTED = frozenset({"example", "test", "invalid", "local", "internal", "alt", "lan", "corp", "home"})
"""Names that no root zone has and networks use among themselves; words too, so that they need a path."""


@cache
def top_level() -> frozenset[str]:
    """Names of the root zone, in letters as people write them and in `xn--` form, and the one of Tor."""
    lines = (DATA / "top_level.txt").read_text(encoding="utf-8").split("\n")
    names = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    return frozenset(names | {written(name) for name in names} | {"onion"})


@cache
def _longest() -> int:
    return max(len(name) for name in top_level() if not name.isascii())


def top_of(label: str) -> str | None:
    """The name of the root zone that a label is, or that its first characters are where it goes on in a
    script without blanks: `cn` of cn网站, 中国 of 中国科学院."""
    lower = label.lower()
    if lower in top_level():
        return label
    found = re.match(rf"[^{HAN}]+", lower)
    if found and re.match(f"[{HAN}]", lower[found.end() :]):
        return label[: found.end()] if found[0] in top_level() else None
    if re.match(f"[{HAN}]", lower):
        lengths = range(min(_longest(), len(label)), 0, -1)
        return next((label[:length] for length in lengths if lower[:length] in top_level()), None)
    return None


def spelled(host: str) -> str:
    """A host in lower case and ASCII (`xn--`), without `www.` and the last dot, the port kept."""
    name, _, port = host.lower().rstrip(".").partition(":")
    labels = [_ascii(label) for label in name.rstrip(".").split(".")]
    return ".".join(labels).removeprefix("www.") + (f":{port}" if port else "")


def _ascii(label: str) -> str:
    if label.isascii():
        return label
    try:
        return label.encode("idna").decode("ascii")
    except UnicodeError:
        return label


def written(name: str) -> str:
    """One label of a host as people write it: 中国 of xn--fiqs8s."""
    try:
        return name.encode("ascii").decode("idna") if name.startswith("xn--") else name
    except UnicodeError:
        return name
