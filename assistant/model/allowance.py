"""A language model that has so many tokens a day, counted where all processes see it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import date
from typing import Any, Protocol

from assistant.errors import ModelUnavailable
from assistant.model.messages import ChatModel, Form, Message, Reply, Tool
from retrieval.passages import estimate_tokens


class Ledger(Protocol):
    """Where tokens of a day are kept."""

    def spent(self, day: date) -> int: ...

    def add(self, day: date, tokens: int) -> None: ...


class Allowed:
    """A model that is not asked any more on a day on which it has spent its tokens.

    What a server does not count is estimated, cancelled and failed replies too. Replies that are under way
    when the last token is spent are finished, so a day may end somewhat above.
    """

    def __init__(
        self, chat: ChatModel, ledger: Ledger, per_day: int, today: Callable[[], date] = date.today
    ) -> None:
        self.name = chat.name
        self.inner = (chat,)
        self._chat = chat
        self._ledger = ledger
        self._per_day = per_day
        self._today = today

    async def stream(
        self, messages: Sequence[Message], *, tools: Sequence[Tool] = (), form: Form | None = None
    ) -> AsyncGenerator[str | Reply]:
        """As ChatModel.stream. Raises ModelUnavailable "allowance" where nothing is left of the day."""
        day = self._today()
        if await asyncio.to_thread(self._ledger.spent, day) >= self._per_day:
            raise ModelUnavailable(
                f"The {self._per_day} tokens of today are spent; KEWEN_LLM_TOKENS_PER_DAY allows more.",
                reason="allowance",
            )
        used = _Used(messages)
        pieces: Any = self._chat.stream(messages, tools=tools, form=form)
        counted = False
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    used.take(piece)
                    yield piece
            counted = True
            await asyncio.to_thread(self._ledger.add, day, used.tokens)
        except ModelUnavailable as error:
            counted = True
            if error.reason not in _NOTHING_SPENT:
                await asyncio.to_thread(self._ledger.add, day, used.tokens)
            raise
        finally:
            if not counted:  # a reader went away, and nothing can be waited for
                self._ledger.add(day, used.tokens)


class _Used:
    """Tokens of one reply: as the server counts them, until then as estimated."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self._asked = sum(estimate_tokens(one.text) for one in messages)
        self._said = ""
        self._counted: int | None = None

    def take(self, piece: str | Reply) -> None:
        if isinstance(piece, str):
            self._said += piece
        elif piece.prompt_tokens is not None:
            self._counted = piece.prompt_tokens + (piece.completion_tokens or 0)

    @property
    def tokens(self) -> int:
        return self._asked + estimate_tokens(self._said) if self._counted is None else self._counted


_NOTHING_SPENT = frozenset({"unreachable", "quota", "refused", "resting", "server_error"})
