"""Identifiers in a text, DOI, CSTR, accessions, addresses, and the records that own their prefixes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from corpus.identifiers import fault_of
from corpus.records import Policy, Resource
from retrieval.folding import fold

IdentifierKind = Literal["doi", "cstr", "url", "host", "orcid", "accession", "number"]

# ASCII rules for \b and \w: an identifier may touch Chinese characters.
_PATTERNS: tuple[tuple[IdentifierKind, re.Pattern[str]], ...] = (
    ("url", re.compile(r"https?://[^\s<>\"'，。；、？！）)》」\]\u4e00-\u9fff]+", re.I | re.A)),
    (
        "doi",
        re.compile(r"(?:doi:\s*)?\b10\.\d{4,9}(?:/[^\s\"<>，。；、？！）》」\u4e00-\u9fff]*)?", re.I | re.A),
    ),
    (
        "cstr",
        re.compile(
            r"\bCSTR\s*:\s*[A-Z0-9][A-Z0-9.\-_/*]*|(?<![\w./])[A-Z]?\d{4,5}\.\d{2}\.[A-Z0-9][\w.\-/*]*",
            re.I | re.A,
        ),
    ),
    ("orcid", re.compile(r"(?<!\d)\d{4}-\d{4}-\d{4}-\d{3}[\dX](?!\d)", re.A)),
    (
        "accession",
        re.compile(
            r"\b(?:PRJ(?:CA|NA|EB|DB)|SAM(?:C|N|EA|D)|SUB(?:CA|PRO)?|CRA|CRR|CRX|HRA|HRR|HRX|HDAC|OMIX|OEP"
            r"|GWH[A-Z]{4}|GVM|CNP|CNS|CNX|CNR|SRR|SRP|SRX|ERR|ERP|GSE|GSM)\d{3,}(?:\.\d+)?\b",
            re.I | re.A,
        ),
    ),
    (
        "host",
        re.compile(
            r"(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:cn|com|org|net|gov|edu|eu|io|int|uk)\b",
            re.I | re.A,
        ),
    ),
    ("number", re.compile(r"\b[A-Z]{1,4}[-_]?\d{5,}\b|(?<![\d.\w/-])\d{8}(?![\d.])", re.A)),
)
_TRAILING = ".,;:!?)*"


@dataclass(frozen=True, slots=True)
class IdentifierRef:
    """`value` is without scheme words; `well_formed` says whether it is complete for its kind."""

    kind: IdentifierKind
    value: str
    start: int
    end: int
    well_formed: bool


def identifiers(text: str) -> list[IdentifierRef]:
    """Those in the text, left to right; start and end count in the text as given."""
    folded = fold(text)
    found: list[IdentifierRef] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(folded.text):
            raw = match[0].rstrip(_TRAILING)
            end = match.start() + len(raw)
            if not raw or any(r.start < end and match.start() < r.end for r in found):
                continue
            value = re.sub(r"^(?:doi|cstr)\s*:\s*", "", raw, flags=re.I)
            found.append(IdentifierRef(kind, value, match.start(), end, _well_formed(kind, value)))
    spans = [(ref, folded.span(ref.start, ref.end)) for ref in found]
    return sorted(
        (IdentifierRef(r.kind, r.value, start, end, r.well_formed) for r, (start, end) in spans),
        key=lambda ref: ref.start,
    )


def _well_formed(kind: IdentifierKind, value: str) -> bool:
    return kind in ("host", "number") or fault_of(kind, value) is None


def host_of(address: str) -> str:
    """Lower-case host without www."""
    host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    return host.removeprefix("www.")


class IdentifierOwners:
    """Which records own a DOI or CSTR prefix or an address."""

    def __init__(self, records: Iterable[Resource | Policy]) -> None:
        self._dois: dict[str, list[str]] = {}
        self._cstr: dict[str, list[str]] = {}
        self._hosts: dict[str, list[tuple[str, str]]] = {}
        for record in records:
            if isinstance(record, Policy):
                self._add_address(record.official_url, record.id, exact=True)
                continue
            for address in (record.url, *record.other_urls):
                self._add_address(address, record.id)
            for identifier in record.identifiers:
                for ref in identifiers(identifier.value):
                    if ref.kind == "doi":
                        self._dois.setdefault(ref.value.lower().rstrip("/"), []).append(record.id)
                if identifier.scheme.startswith("cstr"):
                    for value in re.findall(r"(?<![\d.])[A-Z]?\d{4,5}(?:\.\d{2}\.[\w-]+)?", identifier.value):
                        self._cstr.setdefault(value.lower(), []).append(record.id)

    def _add_address(self, address: str | None, record_id: str, *, exact: bool = False) -> None:
        host = host_of(address) if address else ""
        if host:
            path = urlsplit(str(address)).path.strip("/").lower()
            # A document on a government site does not own the site.
            self._hosts.setdefault(host, []).append((path if path or not exact else "\0", record_id))
            if exact and path:
                self._hosts[host][-1] = (f"={path}", record_id)

    def of(self, ref: IdentifierRef) -> list[str]:
        """Record ids, most specific prefix first; empty when nobody in the corpus owns it."""
        value = ref.value.lower()
        if ref.kind == "doi":
            hits = [p for p in self._dois if value == p or value.startswith((p + "/", p + "."))]
            return [r for p in sorted(hits, key=len, reverse=True)[:1] for r in self._dois[p]]
        if ref.kind == "cstr":
            for size in (3, 1):
                key = ".".join(value.split(".")[:size])
                if key in self._cstr:
                    return list(self._cstr[key])
            return []
        if ref.kind in ("url", "host"):
            return self._at_address(value)
        return []

    def _at_address(self, value: str) -> list[str]:
        host = host_of(value)
        path = urlsplit(value if "//" in value else f"//{value}").path.strip("/").lower()
        entries = self._hosts.get(host, [])
        exact = [record for known, record in entries if known == f"={path}" and path]
        if exact:
            return exact
        fitting = [(k, r) for k, r in entries if k[:1] not in ("=", "\0") and (not k or path.startswith(k))]
        longest = max((len(k) for k, _ in fitting), default=0)
        best = [record for known, record in fitting if len(known) == longest]
        return best or [r for k, r in entries if k[:1] not in ("=", "\0")]
