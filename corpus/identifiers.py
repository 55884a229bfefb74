"""Identifiers of resources, people and organisations: recognised, in one spelling, and checked.

Rules: DOI handbook 2.2, ARK draft-kunze-ark, RFC 3650 (Handle), ORCID and ISNI (ISO 7064 mod 11-2), ROR
(Crockford base 32 with ISO 7064 mod 97-10), ISBN and ISSN check digits, GB/T 32843 (CSTR).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict

Scheme = Literal[
    "doi", "cstr", "ark", "handle", "orcid", "isni", "ror", "isbn", "issn", "url", "accession", "local"
]

_ACCESSION = re.compile(
    r"(?:PRJ(?:CA|NA|EB|DB)|SAM(?:C|N|EA|D)|SUB(?:CA|PRO)?|CRA|CRR|CRX|HRA|HRR|HRX|HDAC|OMIX|OEP|GWH[A-Z]{4}"
    r"|GVM|CNP|CNS|CNX|CNR|SRR|SRP|SRX|ERR|ERP|GSE|GSM)\d{3,}(?:\.\d+)?",
    re.I | re.A,
)
_PREFIXES: tuple[tuple[Scheme, re.Pattern[str]], ...] = (
    ("doi", re.compile(r"^(?:https?://(?:(?:dx|www)\.)?doi\.org/|(?:info:)?doi\s*[:：/]\s*)", re.I)),
    ("cstr", re.compile(r"^(?:https?://(?:www\.)?cstr\.cn/(?:CSTR:)?|cstr\s*[:：]\s*)", re.I)),
    ("handle", re.compile(r"^(?:https?://hdl\.handle\.net/|(?:info:)?(?:hdl|handle)\s*[:/]\s*)", re.I)),
    ("ark", re.compile(r"^(?:https?://[^/\s]+/)?(?=ark:/?\w)", re.I)),
    ("orcid", re.compile(r"^(?:https?://(?:www\.)?orcid\.org/|orcid\s*[:：]\s*)", re.I)),
    ("isni", re.compile(r"^(?:https?://(?:www\.)?isni\.org/(?:isni/)?|isni\s*[:：]\s*)", re.I)),
    ("ror", re.compile(r"^(?:https?://(?:www\.)?ror\.org/|ror\s*[:：]\s*)", re.I)),
    ("isbn", re.compile(r"^(?:urn:)?isbn(?:-1[03])?\s*[:：]?\s*", re.I)),
    ("issn", re.compile(r"^(?:urn:)?e?issn\s*[:：]?\s*", re.I)),
)
_BARE: tuple[tuple[Scheme, re.Pattern[str]], ...] = (
    ("doi", re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")),
    ("ark", re.compile(r"ark:/?\d{5,9}/\S+", re.I)),
    ("orcid", re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")),
    ("cstr", re.compile(r"(?:[A-Z]\d{4}|\d{5})\.\d{2}\.[A-Za-z0-9][\w.\-/*]*")),
    ("accession", _ACCESSION),
    ("url", re.compile(r"https?://\S+", re.I)),
)
_RULES: dict[Scheme, tuple[re.Pattern[str], str]] = {
    "doi": (re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s/]\S*"), "a DOI is 10.<registrant>/<suffix>"),
    "cstr": (
        re.compile(r"[A-Z]?\d{4,5}\.\d{2}\.[A-Za-z0-9](?:[\w.\-/]*[\w])?", re.A),
        "a CSTR is <registrant>.<two-digit type>.<number>",
    ),
    "ark": (re.compile(r"ark:/?[0-9b-hj-km-np-tv-z]{5,9}/\S+"), "an ARK is ark:/<five digits>/<name>"),
    "handle": (re.compile(r"\d+(?:\.[\w-]+)*/\S+", re.A), "a Handle is <prefix>/<suffix>"),
    "orcid": (re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]"), "an ORCID has four groups of four digits"),
    "isni": (re.compile(r"\d{15}[\dX]"), "an ISNI has sixteen digits"),
    "ror": (re.compile(r"0[0-9a-hj-km-np-tv-z]{6}\d{2}"), "a ROR is 0, six characters and two digits"),
    "isbn": (re.compile(r"\d{9}[\dX]|\d{13}"), "an ISBN has ten or thirteen digits"),
    "issn": (re.compile(r"\d{4}-\d{3}[\dX]"), "an ISSN is four digits, a hyphen and four more"),
    "accession": (_ACCESSION, "not an accession number of a known archive"),
}
_ADDRESSES: dict[Scheme, str] = {
    "doi": "https://doi.org/",
    "handle": "https://hdl.handle.net/",
    "ark": "https://n2t.net/",
    "orcid": "https://orcid.org/",
    "isni": "https://isni.org/isni/",
    "ror": "https://ror.org/",
}
_NAMES: dict[str, Scheme] = {
    "doi": "doi", "cstr": "cstr", "ark": "ark", "handle": "handle", "hdl": "handle", "orcid": "orcid",
    "isni": "isni", "ror": "ror", "isbn": "isbn", "issn": "issn", "eissn": "issn", "url": "url",
    "uri": "url", "purl": "url", "local accession number": "local",
}  # fmt: skip
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


class Identified(BaseModel):
    """`value` without scheme words and in one spelling; `fault` says why it cannot be right, or is None."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: Scheme
    value: str
    url: str | None = None
    fault: str | None = None


@lru_cache(maxsize=4096)
def identified(text: str, scheme: str | None = None) -> Identified:
    """What kind of identifier the text is, in its usual spelling, and whether it can be right.

    `scheme` is what the source calls it (DOI, "hdl", ISSN …); a prefix in the text counts for more.
    What no rule knows is "local", and has no fault.
    """
    raw = text.strip().strip("<>\u200b\ufeff")
    kind, value = _split(raw, _NAMES.get((scheme or "").strip().lower()))
    value = _spelled(kind, value)
    fault = fault_of(kind, value)
    url = value if kind == "url" else _ADDRESSES[kind] + value if kind in _ADDRESSES else None
    return Identified(scheme=kind, value=value, url=None if fault else url, fault=fault)


def is_sentence(value: str) -> bool:
    """True for words, not an identifier: catalogues put whole citations where identifiers stand."""
    return len(value.split()) > 4 or len(re.findall(r"[，。；！？]", value)) > 1


def fault_of(scheme: str, value: str) -> str | None:
    """Why a value, as `identified` spells it, cannot be one of that scheme; None where it can."""
    if scheme == "url":
        return _url_fault(value)
    for kind, (pattern, rule) in _RULES.items():
        if kind == scheme:
            if not pattern.fullmatch(value):
                return rule
            return None if _check_digit(kind, value) else "the check digit is wrong"
    return None


def _split(raw: str, named: Scheme | None) -> tuple[Scheme, str]:
    for kind, prefix in _PREFIXES:
        if found := prefix.match(raw):
            # ISBN and ISSN words alone stand before many other things.
            if kind in ("isbn", "issn") and not re.match(r"[\dX-]{8,17}$", raw[found.end() :], re.I):
                continue
            return kind, raw[found.end() :]
    if named is not None:
        return named, raw
    for kind, pattern in _BARE:
        if pattern.fullmatch(raw):
            return kind, raw
    return "local", raw


def _spelled(kind: Scheme, value: str) -> str:
    value = value.strip()
    if kind in ("orcid", "isni"):
        value = value.rstrip("/")
    if kind == "doi":
        # DOIs ignore case (DOI handbook 2.4): one spelling finds the other.
        return unquote(value).rstrip(".,;").lower()
    if kind in ("orcid", "isni", "isbn", "issn"):
        digits = re.sub(r"[\s-]", "", value).upper()
        if kind == "orcid" and len(digits) == 16:
            return "-".join(digits[at : at + 4] for at in range(0, 16, 4))
        if kind == "issn" and len(digits) == 8:
            return f"{digits[:4]}-{digits[4:]}"
        return digits if kind in ("isni", "isbn") else value
    if kind == "ror":
        return value.lower().rstrip("/")
    if kind == "ark":
        found = re.match(r"ark:/?(.*)", value, re.I)
        return f"ark:/{found[1]}" if found else value
    return value


def _url_fault(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "the address cannot be read"
    if parts.scheme.lower() not in ("http", "https"):
        return "an address begins with http:// or https://"
    if re.search(r"[\s<>\"{}|\\^`]", value):
        return "the address holds blanks or brackets"
    if not re.fullmatch(
        r"(?:[\w-]+\.)+[\w-]{2,}|(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:.]+\]|[0-9a-f:]+:[0-9a-f:]*", host, re.I
    ):
        return "the address has no host"
    return None


def _check_digit(kind: Scheme, value: str) -> bool:
    if kind in ("orcid", "isni"):
        return _mod_11_2(value.replace("-", ""))
    if kind == "ror":
        number = 0
        for char in value[:-2]:
            number = number * 32 + _CROCKFORD.index(char)
        return 98 - number * 100 % 97 == int(value[-2:])
    if kind == "issn" or (kind == "isbn" and len(value) == 10):
        digits = value.replace("-", "")
        total = sum((len(digits) - at) * (10 if char == "X" else int(char)) for at, char in enumerate(digits))
        return total % 11 == 0
    if kind == "isbn":
        return sum((3 if at % 2 else 1) * int(char) for at, char in enumerate(value)) % 10 == 0
    return True


def _mod_11_2(digits: str) -> bool:
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return digits[-1] == ("X" if check == 10 else str(check))
