"""What the routes share: the open Kewen, or why there is none yet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.errors import ApiError, unavailable
from api.limits import RateLimiter
from api.metrics import Metrics

if TYPE_CHECKING:
    from wiring import Kewen


@dataclass
class ApiState:
    """One application's shared objects.

    `kewen` is None while the index is opened or built; `failure` says in one sentence why that
    did not succeed. `closing` is set when the server begins to stop: streams then have `grace_s`
    seconds to end.
    """

    limiter: RateLimiter
    provinces: frozenset[str]
    public_url: str | None = None
    kewen: Kewen | None = None
    failure: str | None = None
    metrics: Metrics = field(default_factory=Metrics)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    grace_s: float = 5.0
    ping_s: float = 10.0

    def opened(self) -> Kewen:
        """Raises ApiError 503 while there is no index to answer from."""
        if self.kewen is not None:
            return self.kewen
        raise self.not_open()

    def not_open(self) -> ApiError:
        if self.failure is not None:
            return unavailable("start_failed", reason=self.failure)
        return unavailable("index_not_ready")
