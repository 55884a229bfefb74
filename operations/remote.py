"""Asking a Kewen that already runs: the same events, over its own HTTP interface."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
from pydantic import TypeAdapter, ValidationError

from assistant.records import Event
from operations.errors import AskFailed
from operations.questions import no_conversation
from operations.texts import Language

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_SILENCE_S = 45.0
"""The server says something at least every 15 s."""


def address(host: str, port: int) -> str:
    """Where a server with these settings can be reached from this machine."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def is_ready(base_url: str) -> bool:
    """True when a Kewen there has its index open."""
    try:
        response = httpx.get(f"{base_url}/readyz", timeout=5, trust_env=False)
        return response.status_code == 200 and response.json().get("status") == "ready"
    except (httpx.HTTPError, ValueError, AttributeError):
        return False


async def ask_server(
    base_url: str,
    question: str,
    *,
    language: str,
    conversation_id: str | None,
    speaks: Language,
) -> AsyncIterator[Event]:
    """The events of an answer; `speaks` is the language of refusals. Raises AskFailed."""
    body = {"question": question, "language": language, "conversation_id": conversation_id}
    headers = {"Accept": "text/event-stream", "Accept-Language": speaks}
    timeout = httpx.Timeout(_SILENCE_S, connect=5)
    try:
        async with (
            httpx.AsyncClient(base_url=base_url, timeout=timeout, trust_env=False) as client,
            client.stream("POST", "/api/ask", json=body, headers=headers) as response,
        ):
            if response.status_code != 200:
                raise AskFailed(_refusal(await response.aread(), response.status_code, conversation_id))
            async for event in events_of(response):
                yield event
    except httpx.HTTPError as error:
        raise AskFailed(
            f"The server at {base_url} stopped answering ({type(error).__name__}). Ask again."
        ) from error


async def events_of(response: httpx.Response) -> AsyncIterator[Event]:
    """The events of a stream that has begun. Raises AskFailed for what is none, httpx.HTTPError."""
    name, data = "", []
    async for line in response.aiter_lines():
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif not line and data:
            yield _event(name, "\n".join(data))
            name, data = "", []


def _event(name: str, text: str) -> Event:
    try:
        data: dict[str, Any] = json.loads(text)
        if name == "error":
            return _EVENT.validate_python({"type": name} | _told(data["error"]))
        return _EVENT.validate_python(
            {"type": name, "answer": data} if name == "done" else {"type": name} | data
        )
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise AskFailed(
            f"The server sent {name!r}, which this Kewen cannot read. Are both of one version?"
        ) from error


def _told(error: dict[str, Any]) -> dict[str, str]:
    request_id = error.get("request_id")
    return {"code": error["code"], "message": error["message"] + (f" ({request_id})" if request_id else "")}


def _refusal(body: bytes, status: int, conversation_id: str | None) -> str:
    try:
        told = _told(json.loads(body)["error"])
        # The server names its own field, which nobody types on a command line.
        return no_conversation(conversation_id) if told["code"] == "conversation_unknown" else told["message"]
    except (ValueError, KeyError, TypeError):
        return f"The server answered HTTP {status}. Ask again."
