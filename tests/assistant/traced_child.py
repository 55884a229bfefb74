"""Asks one question of a model: python -m tests.assistant.traced_child BASE_URL QUESTION [traced]."""

from __future__ import annotations

import asyncio
import sys

from assistant.chat import Message, OpenAIChat
from assistant.errors import ModelUnavailable


async def main(base_url: str, question: str, *, traced: bool) -> None:
    chat = OpenAIChat(base_url, None, "toy", 60, traced=traced)
    try:
        said = "".join([piece async for piece in chat.stream([Message("user", question)])])
    except ModelUnavailable as error:
        said = f"{error.reason}: {error}"
    sys.stdout.write(said)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], traced="traced" in sys.argv[3:]))
    # What the tracer has still to send goes before the process ends.
    from langchain_core.tracers.langchain import wait_for_all_tracers

    wait_for_all_tracers()
