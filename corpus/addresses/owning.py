"""Which addresses are a record's own: an address is shown because it is one of these, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from corpus.addresses.finding import Address, addresses_in
from corpus.addresses.folding import fold
from corpus.addresses.names import spelled, written


class Own:
    """`shown`: addresses that may stand in a text with their scheme, exactly. `known`: further ones, on
    whose hosts a name without scheme may lead. `mailboxes`: those of the contact."""

    def __init__(
        self, shown: Iterable[str] = (), known: Iterable[str] = (), mailboxes: Iterable[str] = ()
    ) -> None:
        self._shown = tuple(dict.fromkeys(shown))
        self._known = (*self._shown, *known)
        told = "\n".join(mailboxes)
        self.mailboxes = frozenset(one.text.lower() for one in addresses_in(told) if one.kind == "mail")

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(address_key(url) for url in self._shown)

    @cached_property
    def _paths(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for url in self._known:
            host, path = _place(url)
            found.setdefault(host, set()).add(path)
        return found

    def part(self, one: Address) -> int:
        """How many characters of the address, from its start, are an own one; 0 for none.

        Less than all where a mark of the sentence, and what stands behind it, was taken into it.
        """
        if one.kind == "url":
            cuts = [len(one.text), *(found.start() for found in re.finditer(r"[,;:!()|]", one.text))]
            lengths = sorted(set(cuts), reverse=True)
            return next((cut for cut in lengths if address_key(one.text[:cut]) in self.keys), 0)
        return len(one.text) if self._holds(one) else 0

    def ends(self, words: str, one: Address) -> bool:
        """True for the rest of an own host that begins with characters of a script without blanks: it
        was found from its first dot on, and its first label ends the words before it."""
        for host in self._paths:
            label, dot, _ = _written(host).partition(".")
            rest = not label.isascii() and one.kind == "host" and one.text.startswith(dot)
            if rest and words.endswith(label) and self._holds(one._replace(text=label + one.text)):
                return True
        return False

    def _holds(self, one: Address) -> bool:
        if one.kind == "mail":
            domain = re.split(r"@|\s?[\[({]\s?(?:at|@)\s?[\])}]\s?", one.text, flags=re.I)[-1]
            return one.text.lower() in self.mailboxes or spelled(domain) in self._paths
        if one.kind == "account":
            name = one.text[1:].lower()
            return any(path.lower() == f"/{name}" for paths in self._paths.values() for path in paths)
        host, path = _place(one.text)
        own = self._paths.get(host)
        if own is None:
            return False
        return not path or path in own or (not re.search(r"[?#\\]", path) and any(
            path.startswith(f"{above}/") for above in own
        ))  # fmt: skip


def _written(host: str) -> str:
    return ".".join(written(label) for label in host.split("."))


def address_key(url: str) -> str:
    """Two addresses are the same when scheme, case of the host and a last slash alone differ."""
    rest = re.sub(r"^\w[\w+.-]*\s?:\s?/\s?/|^//", "", fold(url).text).rstrip("/")
    host, slash, path = rest.partition("/")
    return host.lower() + slash + path


def _place(address: str) -> tuple[str, str]:
    """(host with port, path without its last slash) of an address with or without scheme."""
    rest = re.sub(r"^\w[\w+.-]*:\s?[/\\]{2}|^//", "", fold(address).text)
    cut = re.search(r"[/?#\\]", rest)
    end = cut.start() if cut else len(rest)
    return spelled(rest[:end]), rest[end:].rstrip("/")
