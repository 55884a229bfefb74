"""Session tokens of the widget: minted for one site and one origin, signed, short-lived; and their quotas."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import math
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.errors import ApiError
from api.validation import quoted
from storage.database import Database
from storage.sites import Sites, signing_secret
from storage.sites_records import Site

LIFETIME_S = 900
"""The widget asks for the next one by itself; a copied token is soon worth nothing."""
OWN = "self"
"""Stands for Kewen's own origin, whatever its name is."""
_PREFIX = "kws1"
_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class WidgetSession:
    """What a token says: which site, from which origin, which visit, until when (Unix time)."""

    site: str
    origin: str
    nonce: str
    expires: int


@dataclass
class WidgetDesk:
    """Mints and checks tokens, counts questions. Counts live in this process and end with it."""

    fixed: Iterable[Site] = ()
    clock: Callable[[], float] = time.time
    _secrets: dict[str, bytes] = field(default_factory=dict, repr=False)
    _window: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()), repr=False
    )

    def sites(self, database: Database) -> Sites:
        return Sites(database, self.fixed)

    def mint(self, database: Database, site: Site, origin: str, address: str) -> tuple[str, WidgetSession]:
        """A token for `origin`. Raises ApiError 403 for one the site does not list, 429 for too many."""
        if origin != OWN and not site.allows(origin):
            raise refused_origin(origin, site.id)
        per_minute = RateLimitItemPerMinute(site.quotas.address_per_minute)
        self._take("address", [(per_minute, ("session", site.id, address))])
        expires = int(self.clock()) + LIFETIME_S
        session = WidgetSession(site.id, origin, secrets.token_urlsafe(12), expires)
        said = {"s": session.site, "o": session.origin, "n": session.nonce, "x": session.expires}
        body = _encoded(json.dumps(said, separators=(",", ":")).encode())
        return f"{_PREFIX}.{body}.{self._signature(database, body)}", session

    def check(self, database: Database, token: str, origin: str) -> tuple[WidgetSession, Site]:
        """What a token says, when it is ours, still valid, and used where it was given.

        Raises ApiError 401 session_invalid or session_expired, 403 session_elsewhere; 403
        origin_not_allowed when the site was removed or lists the origin no longer.
        """
        prefix, _, rest = token.partition(".")
        body, _, signature = rest.partition(".")
        known = prefix == _PREFIX and len(token) <= _LONGEST and token.isascii()
        if not known or not hmac.compare_digest(signature, self._signature(database, body)):
            raise ApiError(401, "session_invalid")
        said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        session = WidgetSession(said["s"], said["o"], said["n"], said["x"])
        if self.clock() >= session.expires:
            raise ApiError(401, "session_expired")
        if session.origin != origin:
            raise ApiError(403, "session_elsewhere", value=quoted(origin))
        site = self.sites(database).find(session.site)
        if site is None or (origin != OWN and not site.allows(origin)):
            raise refused_origin(origin, session.site)
        return session, site

    def question(self, session: WidgetSession, site: Site, address: str) -> None:
        """Count a question. Raises ApiError 429 with the quota that is used up and Retry-After."""
        quotas = site.quotas
        # The first that is full is told; nothing is counted then.
        self._take("site", [(RateLimitItemPerDay(quotas.site_per_day), ("site", site.id))], test=True)
        per_hour = RateLimitItemPerHour(quotas.session_per_hour)
        self._take("session", [(per_hour, ("visit", session.nonce))], test=True)
        per_minute = RateLimitItemPerMinute(quotas.address_per_minute)
        self._take("address", [(per_minute, ("address", site.id, address))])
        self._window.hit(per_hour, "visit", session.nonce)
        self._window.hit(RateLimitItemPerDay(quotas.site_per_day), "site", site.id)

    def _take(
        self, quota: str, items: Iterable[tuple[RateLimitItem, tuple[str, ...]]], *, test: bool = False
    ) -> None:
        for item, key in items:
            if self._window.test(item, *key) if test else self._window.hit(item, *key):
                continue
            seconds = max(1, math.ceil(self._window.get_window_stats(item, *key).reset_time - time.time()))
            headers = {"Retry-After": str(seconds)}
            raise ApiError(
                429,
                "quota_exceeded",
                say_as=f"quota_{quota}",
                headers=headers,
                limit=item.amount,
                seconds=seconds,
            )

    def _signature(self, database: Database, body: str) -> str:
        if database.name not in self._secrets:
            self._secrets[database.name] = signing_secret(database)
        mac = hmac.new(
            self._secrets[database.name], f"{_PREFIX}.{body}".encode("utf-8", "replace"), hashlib.sha256
        )
        return _encoded(mac.digest())


def refused_origin(origin: str, site_id: str | None = None) -> ApiError:
    """The refusal of a page elsewhere, which names what its web master has to do."""
    sentence = "origin_unlisted" if site_id is None else "origin_not_allowed"
    return ApiError(403, "origin_not_allowed", say_as=sentence, origin=quoted(origin), site=site_id)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
