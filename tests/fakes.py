"""Stand-ins that the tests share."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from assistant.chat import Form, Message, Reply, Tool
from assistant.errors import ModelUnavailable


async def words(pieces: AsyncIterator[str | Reply]) -> str:
    """The text of a reply, in one."""
    return "".join([piece async for piece in pieces if isinstance(piece, str)])


class ScriptedChat:
    """A language model that says what it is told to, in small pieces, and remembers what it was asked."""

    def __init__(self, *replies: str | ModelUnavailable, name: str = "scripted", piece_size: int = 5) -> None:
        self.name = name
        self.asked: list[Sequence[Message]] = []
        self._replies = list(replies)
        self._piece_size = piece_size

    def will_say(self, *replies: str | ModelUnavailable) -> None:
        """Give these replies, one a call, the last one again and again; an error is raised."""
        self._replies = list(replies)

    def will_fail_after(self, text: str, reason: str = "cut") -> None:
        """Say the text, then break off."""
        self._replies = [text, ModelUnavailable("cut on command", reason=reason)]
        self._together = True

    _together = False

    async def stream(
        self, messages: Sequence[Message], *, tools: Sequence[Tool] = (), form: Form | None = None
    ) -> AsyncGenerator[str | Reply]:
        self.asked.append(messages)
        together, self._together = self._together, False
        replies = self._replies if together else [self._replies[0]]
        if not together and len(self._replies) > 1:
            self._replies = self._replies[1:]
        for reply in replies:
            if isinstance(reply, ModelUnavailable):
                raise reply
            for start in range(0, len(reply), self._piece_size):
                yield reply[start : start + self._piece_size]
        yield Reply("".join(one for one in replies if isinstance(one, str)), self.name)
