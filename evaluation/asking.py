"""Ways to put a question: over HTTP to a running Kewen, or to an assistant in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

import httpx

from evaluation.errors import AskFailed, EvaluationError
from evaluation.records import AnswerObject, Ask

_TRIES = 6
_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 60.0


class _Dumpable(Protocol):
    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


def ask_in_process(assistant_ask: Callable[[str, str | None], Awaitable[_Dumpable]]) -> Ask:
    """An Ask over a function that gives Answer records: what HTTP would send, without HTTP."""

    async def ask(question: str, conversation_id: str | None) -> AnswerObject:
        answer = await assistant_ask(question, conversation_id)
        return answer.model_dump(mode="json")

    return ask


@asynccontextmanager
async def ask_over_http(base_url: str, *, timeout_s: float = 120.0) -> AsyncIterator[Ask]:
    """An Ask that posts to `/api/ask` of a running Kewen.

    A 429 is waited out as the server says, at most five times; its own limit is not what is measured. Any
    other status, and a reply that is no object, raise AskFailed. Raises EvaluationError for an address that
    is none.
    """
    try:
        client = httpx.AsyncClient(base_url=base_url.rstrip("/"), timeout=timeout_s, trust_env=False)
    except (httpx.InvalidURL, TypeError) as error:
        raise EvaluationError(
            f"{base_url!r} is no address ({error}); write it like http://127.0.0.1:8000."
        ) from error
    async with client:

        async def ask(question: str, conversation_id: str | None) -> AnswerObject:
            body = {"question": question, "conversation_id": conversation_id, "language": "auto"}
            for _ in range(_TRIES):
                try:
                    response = await client.post("/api/ask", json=body)
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    raise AskFailed(f"{type(error).__name__}: {error}") from error
                if response.status_code != 429:
                    return _answer(response)
                await asyncio.sleep(_pause(response.headers.get("retry-after")))
            raise AskFailed(f"HTTP 429, {_TRIES} times")

        yield ask


def _pause(header: str | None) -> float:
    try:
        wanted = float(header) if header else _PAUSE_S
    except ValueError:
        wanted = _PAUSE_S
    return min(max(wanted, 0.2), _LONGEST_PAUSE_S)


def _answer(response: httpx.Response) -> AnswerObject:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if response.status_code != 200 or not isinstance(answer, dict):
        raise AskFailed(f"HTTP {response.status_code}: {response.text[:200]}")
    return answer
