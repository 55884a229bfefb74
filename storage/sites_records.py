"""Site: a web site that may show the widget; what its definition may say."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from storage.errors import StorageError
from storage.records import now

_ID = r"[a-z0-9](?:[a-z0-9-]{0,22}[a-z0-9])?"
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PORTS = {"http": 80, "https": 443}
_SHARED = re.compile(r"(?:ac|com|edu|gov|mil|net|org|co|[a-z]{2})\.[a-z]{2}")
"""Endings under which strangers register names; a wildcard there would let all of them in."""


class SiteInvalid(StorageError):
    """A definition that cannot be used; the message names the field, the value and what is allowed."""

    code = "site_invalid"


class SiteFixed(StorageError):
    """The site stands in the settings file and can only be changed there."""

    code = "site_fixed"


def normal_origin(text: str) -> str:
    """An origin as browsers send it: lower case, punycode, no default port, no path.

    `https://*.example.org` stands for every sub-domain at any depth, not for example.org itself.
    Raises ValueError with a sentence.
    """
    given = text.strip()
    parts = _split(given)
    if parts.scheme not in _PORTS or not parts.netloc:
        raise ValueError(f"{given!r} is no origin: write https://www.example.org or https://*.example.org")
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        bare = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        raise ValueError(f"{given!r} has more than an origin: write {bare}")
    host, port = _host(parts, given), parts.port
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != _PORTS[parts.scheme] else "")


def _split(given: str) -> SplitResult:
    try:
        parts = urlsplit(given)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"{given!r} is no origin: {error}") from None
    return parts


def _host(parts: SplitResult, given: str) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return host
    wild, name = (True, host[2:]) if host.startswith("*.") else (False, host)
    try:
        name = name.encode("idna").decode("ascii") if not name.isascii() else name
    except UnicodeError:
        name = ""
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"{given!r} has no usable host name; a * may only stand for the whole first part")
    if wild and (len(labels) < 2 or _SHARED.fullmatch(name)):
        raise ValueError(f"{given!r} would let in strangers: name the domain that is yours")
    return f"*.{name}" if wild else name


def origin_matches(pattern: str, origin: str) -> bool:
    """Whether `origin`, as a browser sends it, is what `pattern`, made by normal_origin, stands for."""
    scheme, _, host = pattern.partition("://")
    if not host.startswith("*."):
        return origin == pattern
    given_scheme, _, given_host = origin.partition("://")
    return given_scheme == scheme and given_host.endswith(host[1:]) and len(given_host) > len(host) - 1


def _origins(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normal_origin(value) for value in values))


class _Definition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Quotas(_Definition):
    """How many questions a site may bring."""

    site_per_day: int = Field(default=5000, ge=1, le=10_000_000)
    session_per_hour: int = Field(default=120, ge=1, le=100_000)
    address_per_minute: int = Field(
        default=60, ge=1, le=100_000, description="A whole institute may share one address."
    )


class Look(_Definition):
    """How the widget looks there; attributes in the page come before this."""

    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = Field(
        default=None, description="#rrggbb; shades that would be hard to read are darkened or lightened."
    )
    theme: Literal["auto", "light", "dark"] = "auto"
    position: Literal["right", "left"] = "right"
    title: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    questions: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        default=(), max_length=6, description="Opener questions instead of our own."
    )


class Site(_Definition):
    """A site that may show the widget."""

    id: str = Field(pattern=f"^{_ID}$", description="Lower-case letters, digits and -, at most 24.")
    origins: Annotated[tuple[str, ...], AfterValidator(_origins), Field(min_length=1, max_length=50)]
    name: str = Field(default="", max_length=100)
    languages: tuple[Literal["zh", "en"], ...] = Field(default=("zh", "en"), min_length=1, max_length=2)
    quotas: Quotas = Quotas()
    look: Look = Look()
    created: datetime = Field(default_factory=now)

    def allows(self, origin: str) -> bool:
        return any(origin_matches(pattern, origin) for pattern in self.origins)


def site_of(definition: Any, *, where: str) -> Site:
    """The site that a mapping defines. Raises SiteInvalid; `where` says where it stands."""
    try:
        return Site.model_validate(definition)
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"]) or "the whole"
        reason = fault["msg"].removeprefix("Value error, ").rstrip(".")
        allowed = f" Allowed: {', '.join(Site.model_fields)}." if fault["type"] == "extra_forbidden" else ""
        given = "" if fault["type"] in ("missing", "value_error") else f" is {fault.get('input')!r}"
        raise SiteInvalid(f"{where}: field {field}{given}: {reason}.{allowed}") from None
