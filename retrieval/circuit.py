"""A server that is left alone for a while after it has failed several times in a row."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

FAILURES = 3
REST_S = 30.0
LONGEST_REST_S = 300.0


class Circuit:
    """After `failures` in a row the server rests. When the rest is over, one call is let through as a probe
    while others go on being refused; it closes the circuit or doubles the rest, up to five minutes. A server
    that asks for a longer wait gets it. Safe to use from several threads.
    """

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        rest_s: float = REST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.failures = 0
        """In a row, by now."""
        self._limit, self._rest_s = failures, rest_s
        self._until: float | None = None
        self._next_rest_s = rest_s
        self._probing = False
        self._lock = threading.Lock()

    @property
    def state(self) -> Literal["closed", "open", "half_open"]:
        if self._until is None:
            return "closed"
        return "open" if self._probing or self.clock() < self._until else "half_open"

    def enter(self) -> bool | None:
        """Whether a call is the probe; None: it may not be made."""
        with self._lock:
            if self.state == "open":
                return None
            self._probing = self._until is not None
            return self._probing

    def leave(self, probe: bool) -> None:
        """The call that `enter` let through is over, whatever came of it."""
        if probe:
            self._probing = False

    def worked(self) -> None:
        with self._lock:
            self.failures, self._until, self._next_rest_s = 0, None, self._rest_s

    def failed(self, retry_after_s: float | None = None) -> None:
        with self._lock:
            self.failures += 1
            if self.failures >= self._limit:
                rest = min(max(self._next_rest_s, retry_after_s or 0.0), LONGEST_REST_S)
                self._until = self.clock() + rest
                self._next_rest_s = min(2 * self._next_rest_s, LONGEST_REST_S)
