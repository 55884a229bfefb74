"""Every address in a text: of the web, of a host, an IP address, a mailbox, an account of a chat app."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import AddressValueError, IPv6Address
from typing import Literal, NamedTuple

from corpus.addresses.folding import Folded, fold
from corpus.addresses.names import HAN, MARKS
from corpus.addresses.runs import hosts_in

Kind = Literal["url", "host", "mail", "account", "loose"]
_SIGNS = re.compile(
    r"[.@/\\\u2024\u2044\u2215\ufe50-\ufe6f\uff0e\uff0f\uff20\uff3c\uff61]|：：|：[A-Za-z0-9?]|:[\u200b-\u206f\ufeff]*[\w?:]|"
    r"[A-Za-z0-9\uff10-\uff5a]。|\bdot\b",
    re.I,
)
"""Most texts have none of these, and no address."""
_WORD = rf"\w{MARKS}"
_CHARS = rf"[^\s\0<>\"'`，。；、！？（）【】《》「」［］｛｝\[\]\\^{{}}|‹›“”‘’…：{HAN}]"
_DOT = r"(?:\.|[\[({]\.[\])}]|\s?[\[({]\s?dot\s?[\])}]\s?)"
_AT = r"(?:@|\s?[\[({]\s?(?:at|@)\s?[\])}]\s?)"
_NAME = rf"[{_WORD}-]++(?:{_DOT}[{_WORD}-]++)"
_SCHEME = re.compile(
    r"(?:(?<![A-Za-z])(?:h[tx]{2}ps?|s?ftps?|file|wss?|tg|weixin)\s?:\s?[/\\]\s?[/\\]|"
    r"(?<![A-Za-z])h[tx]{2}ps?:[/\\]?(?=[\w-]+\.\w)|"
    r"(?<![A-Za-z])[a-z][a-z0-9+.-]{0,40}:[/\\]{2}|(?<![A-Za-z0-9_:/\\])[/\\]{2}(?=[\w-]+\.\w))(?=[^\s/\\])",
    re.I,
)
_AUTHORITY = re.compile(
    rf"(?:[^\s\0/\\?#@<>\"'`]{{1,80}}@)?"
    rf"(?P<host>\[[0-9a-f:.]+\]|[{_WORD}%~-]+(?:\.[{_WORD}%~-]+)*\.?)?(?::\d{{1,5}})?",
    re.I,
)
_REST = re.compile(rf"(?:[/?#\\]{_CHARS}*)?")
_TAIL = re.compile(rf"(?::\d{{2,5}}(?![\d.]))?(?:[/?#\\]{_CHARS}*)?")
_OPAQUE = re.compile(
    rf"(?<![A-Za-z])(?:mailto|tg|magnet|weixin|wxwork|alipays?)[:：](?={_CHARS}){_CHARS}+", re.I
)
_IDENTIFIER = re.compile(
    rf"(?:(?<![\w.])10\.\d{{4,9}}(?:\.\d+)*/|(?<![A-Za-z])CSTR\s?[:：]\s?\w{{5}}\.\d\d\.|(?<![A-Za-z])ark:/)(?:(?!:[/\\]){_CHARS})+"
)
"""DOI, CSTR with its prefix, ARK: what follows is no host though it may look like one."""
_MAIL = re.compile(rf"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_][A-Za-z0-9._%+'-]*+{_AT}{_NAME}+", re.I)
_BRACKETED = re.compile(r"\[[0-9a-f:.]{2,45}\]", re.I)
_SIX = re.compile(
    rf"(?<![^\W{HAN}])(?<![:.])[0-9a-f]{{0,4}}(?::[0-9a-f]{{0,4}}){{2,7}}(?:\.\d{{1,3}}){{0,3}}(?![^\W{HAN}]|:)",
    re.I,
)
_LOCAL = re.compile(rf"(?<![^\W{HAN}])(?<![.-])localhost(?=:\d|/\w)", re.I)
_RUN = re.compile(rf"(?<![{_WORD}-]){_NAME}+", re.I)
_ACCOUNT = re.compile(
    r"(?<![\w.@/])@[A-Za-z][A-Za-z0-9_]{1,31}(?![A-Za-z0-9_])|(?<=[\u3040-\u30ff\u3400-\u9fff])@[A-Za-z][A-Za-z0-9_]{1,31}"
)


class Address(NamedTuple):
    """`start` and `end` are places in the text; `text` is the address in plain characters.

    `loose` is a dotted word that may be the end of one sentence and the beginning of the next, or the
    name of a file: `start` is where a blank makes it no address, and it has no length.
    """

    kind: Kind
    start: int
    end: int
    text: str


class _Search:
    """A folded text in which what is found is blotted out, so that nothing is found twice."""

    def __init__(self, folded: Folded) -> None:
        self.folded, self.rest = folded, folded.text
        self.found: list[Address] = []

    def take(self, kind: Kind, start: int, end: int) -> None:
        end = start + len(_trimmed(self.rest[start:end]))
        text = re.sub(_DOT, ".", self.rest[start:end], flags=re.I) if kind != "url" else self.rest[start:end]
        self.found.append(Address(kind, *self.folded.span(start, end), text))
        self.blot(start, end)

    def loosen(self, at: int, start: int, end: int) -> None:
        place = self.folded.places[at]
        self.found.append(Address("loose", place, place, self.rest[start:end]))

    def blot(self, start: int, end: int) -> None:
        self.rest = self.rest[:start] + "\0" * (end - start) + self.rest[end:]

    def each(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        at = 0
        while found := pattern.search(self.rest, at):
            at = max(found.end(), at + 1)
            yield found


def addresses_in(text: str) -> list[Address]:
    """Every address of the text, in order. Identifiers (DOI) and numbers of versions are none."""
    if not _SIGNS.search(text):
        return []
    search = _Search(fold(text))
    for look in _LOOKS:
        look(search)
    return sorted(search.found, key=lambda one: one.start)


def _with_scheme(search: _Search) -> None:
    for found in search.each(_SCHEME):
        authority = _AUTHORITY.match(search.rest, found.end())
        end = authority.end() if authority else found.end()
        if authority and authority["host"]:
            start, stop = authority.span("host")
            cut = _authority_end(search.rest[start:stop])
            if cut < stop - start:
                search.take("url", found.start(), start + cut)
                continue
        rest = _REST.match(search.rest, end)
        search.take("url", found.start(), rest.end() if rest else end)


def _authority_end(host: str) -> int:
    """How much of a host is one, where words in a script without blanks go on behind it."""
    for one in hosts_in(host, "", whole=True):
        return one.end
    found = re.match(rf"[^{HAN}]+", host)
    return found.end() if found else len(host)


def _opaque(search: _Search) -> None:
    for found in search.each(_OPAQUE):
        search.take("url", *found.span())


def _identifiers(search: _Search) -> None:
    for found in search.each(_IDENTIFIER):
        search.blot(*found.span())


def _mail(search: _Search) -> None:
    for found in search.each(_MAIL):
        domain = re.split(_AT, found[0], maxsplit=1, flags=re.I)[1]
        last = re.split(_DOT, domain, flags=re.I)[-1]
        cut = re.match(rf"[^{HAN}]+", last)
        if cut and re.search(r"[^\W\d_]{2}", cut[0]):
            search.take("mail", found.start(), found.end() - (len(last) - cut.end()))
        elif not cut and re.match(f"[{HAN}]", last):
            search.take("mail", *found.span())


def _six(search: _Search) -> None:
    for pattern in (_BRACKETED, _SIX):
        for found in search.each(pattern):
            text = found[0].strip("[]")
            try:
                IPv6Address(text)
            except AddressValueError:
                continue
            if pattern is _BRACKETED or text.count(":") >= 3 or text == "::1":
                tail = _TAIL.match(search.rest, found.end())
                search.take("host", found.start(), tail.end() if tail else found.end())


def _local(search: _Search) -> None:
    for found in search.each(_LOCAL):
        tail = _TAIL.match(search.rest, found.end())
        search.take("host", found.start(), tail.end() if tail else found.end())


def _hosts(search: _Search) -> None:
    for found in search.each(_RUN):
        tail = _TAIL.match(search.rest, found.end())
        behind = tail[0] if tail else ""
        before = search.rest[max(0, found.start() - 12) : found.start()]
        for one in hosts_in(found[0], behind, before=before):
            start, end = found.start() + one.start, found.start() + one.end
            if one.loose is not None:
                search.loosen(found.start() + one.loose, start, end)
            else:
                search.take("host", start, end + (len(behind) if one.end == len(found[0]) else 0))


def _accounts(search: _Search) -> None:
    for found in search.each(_ACCOUNT):
        search.take("account", *found.span())


_LOOKS: tuple[Callable[[_Search], None], ...] = (
    *(_with_scheme, _opaque, _identifiers, _mail, _six, _local, _hosts, _accounts),
)


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence around it."""
    address = address.rstrip(".,;:!?*_~&'\"(")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?*_~&'\"(")
    return address


def urls_in(text: str) -> list[str]:
    """Addresses of the web in order of appearance, without the punctuation of the sentence around them."""
    found = (text[one.start : one.end] for one in addresses_in(text) if one.kind == "url")
    return [url for url in found if url.lower().startswith(("http://", "https://"))]


def without_addresses(text: str) -> str:
    """The text with addresses of every form taken out."""
    kept, at = [], 0
    for one in addresses_in(text):
        if one.kind != "loose" and one.start >= at:
            kept += [text[at : one.start], " "]
            at = one.end
    return "".join([*kept, text[at:]])
