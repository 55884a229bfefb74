"""What the tests of endpoints share: an endpoint on loopback, what it is asked, and its whole reply."""

from __future__ import annotations

from typing import Any

from assistant.chat import Form, Message, OpenAIChat, Reply, Tool
from tests.openai_server import OpenAIServer

BUDGET_S = 60.0
ASK = [Message("system", "Be brief."), Message("user", "Where is the ice?")]
SEARCH = Tool("search", "Finds.", {"type": "object", "properties": {"q": {"type": "string"}}})
LOOK = Tool("get_record", "Gets.", {"type": "object", "properties": {"id": {"type": "string"}}})
TOOLS = (SEARCH, LOOK)
FORM = Form("claims", {"type": "object", "properties": {"claims": {"type": "array"}}})
SAID = "In the centre [1]."


def endpoint(server: OpenAIServer, **more: Any) -> OpenAIChat:
    return OpenAIChat(server.base_url, None, "toy", BUDGET_S, **more)


async def heard(chat: OpenAIChat, messages: list[Message] | None = None, **more: Any) -> Reply:
    """The reply, whose text is that of its pieces."""
    *pieces, reply = [piece async for piece in chat.stream(messages or ASK, **more)]
    assert isinstance(reply, Reply)
    assert "".join(map(str, pieces)) == reply.text
    return reply
