"""Asks one question of a model in a process that was given variables of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from multiprocessing.connection import Connection

from assistant.chat import Message, OpenAIChat
from assistant.errors import ModelUnavailable
from tests.fakes import words


def tell(said: Connection, env: Mapping[str, str], base_url: str, question: str, traced: bool) -> None:
    """Send what the model answers, or why it does not."""
    os.environ.clear()
    os.environ.update(env)
    said.send(asyncio.run(_ask(base_url, question, traced)))
    # What the tracer has still to send goes before the process ends.
    from langchain_core.tracers.langchain import wait_for_all_tracers

    wait_for_all_tracers()


async def _ask(base_url: str, question: str, traced: bool) -> str:
    chat = OpenAIChat(base_url, None, "toy", 60, traced=traced)
    try:
        return await words(chat.stream([Message("user", question)]))
    except ModelUnavailable as error:
        return f"{error.reason}: {error}"
