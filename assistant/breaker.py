"""A language model that is left alone for a while after it has failed several times in a row."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any, Literal

from assistant.chat import ChatModel, Form, Message, Reply, Tool
from assistant.errors import ModelUnavailable

FAILURES = 3
REST_S = 30.0
LONGEST_REST_S = 300.0
_NOT_ITS_FAULT = frozenset({"declined"})
"""Reasons that lie in the question, not in the endpoint."""


class Breaker:
    """One endpoint behind a circuit breaker.

    After `failures` in a row it rests: calls raise ModelUnavailable "resting" at once. When the rest is
    over, one call is let through as a probe while others go on being refused; it closes the circuit
    or doubles the rest, up to five minutes. A server that asks for a longer wait gets it. A call that was
    given up on from outside counts as a failure when it had said nothing for `patience_s`.
    """

    def __init__(
        self,
        chat: ChatModel,
        *,
        failures: int = FAILURES,
        rest_s: float = REST_S,
        patience_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = chat.name
        self._chat = chat
        self._limit = failures
        self._rest_s = rest_s
        self._patience_s = patience_s
        self._clock = clock
        self._failures = 0
        self._until: float | None = None
        self._next_rest_s = rest_s
        self._probing = False

    @property
    def state(self) -> Literal["closed", "open", "half_open"]:
        if self._until is None:
            return "closed"
        return "open" if self._probing or self._clock() < self._until else "half_open"

    async def stream(
        self, messages: Sequence[Message], *, tools: Sequence[Tool] = (), form: Form | None = None
    ) -> AsyncGenerator[str | Reply]:
        if self.state == "open":
            raise ModelUnavailable(
                f"Model {self.name!r} failed {self._failures} times in a row and is left alone for a while.",
                reason="resting",
            )
        probe = self._probing = self._until is not None
        heard = self._clock()
        settled = False
        pieces: Any = self._chat.stream(messages, tools=tools, form=form)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    heard = self._clock()
                    yield piece
            settled = True
            self._worked()
        except ModelUnavailable as error:
            settled = True
            if error.reason in _NOT_ITS_FAULT:
                self._worked()
            else:
                self._failed(error.retry_after_s)
            raise
        finally:
            if not settled and self._clock() - heard >= self._patience_s:
                self._failed(None)
            if probe:
                self._probing = False

    def _worked(self) -> None:
        self._failures, self._until, self._next_rest_s = 0, None, self._rest_s

    def _failed(self, retry_after_s: float | None) -> None:
        self._failures += 1
        if self._failures >= self._limit:
            rest = min(max(self._next_rest_s, retry_after_s or 0.0), LONGEST_REST_S)
            self._until = self._clock() + rest
            self._next_rest_s = min(2 * self._next_rest_s, LONGEST_REST_S)
