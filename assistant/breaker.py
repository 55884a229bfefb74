"""A language model that is left alone for a while after it has failed several times in a row."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any, Literal

from assistant.errors import ModelUnavailable
from assistant.model.messages import ChatModel, Form, Message, Reply, Tool
from retrieval.circuit import FAILURES, REST_S, Circuit

_NOT_ITS_FAULT = frozenset({"declined"})
"""Reasons that lie in the question, not in the endpoint."""


class Breaker:
    """One endpoint behind a circuit breaker: while it rests, calls raise ModelUnavailable "resting" at once.

    A call that was given up on from outside counts as a failure when it had said nothing for `patience_s`.
    `trouble` is why the last call failed, a cause or else a reason; None after one that did not.
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
        self.trouble: str | None = None
        self._chat = chat
        self._patience_s = patience_s
        self._circuit = Circuit(failures=failures, rest_s=rest_s, clock=clock)

    @property
    def state(self) -> Literal["closed", "open", "half_open"]:
        return self._circuit.state

    async def stream(
        self, messages: Sequence[Message], *, tools: Sequence[Tool] = (), form: Form | None = None
    ) -> AsyncGenerator[str | Reply]:
        """As ChatModel.stream."""
        circuit = self._circuit
        probe = circuit.enter()
        if probe is None:
            raise ModelUnavailable(
                f"Model {self.name!r} failed {circuit.failures} times in a row and rests for a while.",
                reason="resting",
            )
        heard = circuit.clock()
        settled = False
        pieces: Any = self._chat.stream(messages, tools=tools, form=form)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    heard = circuit.clock()
                    yield piece
            settled, self.trouble = True, None
            circuit.worked()
        except ModelUnavailable as error:
            settled = True
            if error.reason in _NOT_ITS_FAULT:
                self.trouble = None
                circuit.worked()
            else:
                self.trouble = error.cause or error.reason
                circuit.failed(error.retry_after_s)
            raise
        finally:
            if not settled and circuit.clock() - heard >= self._patience_s:
                self.trouble = "slow"
                circuit.failed()
            circuit.leave(probe)
