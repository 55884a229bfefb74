"""Answers as server-sent events: kept open while idle, ended properly when the server stops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.types import Receive, Scope, Send

from api.errors import described, envelope, unavailable
from api.messages import Locale, say
from api.state import ApiState
from assistant.records import DoneEvent, ErrorEvent, Event

PING = KEEPALIVE_COMMENT


class EventStream(EventSourceResponse):
    """A stream whose generator is closed with it, also when the client has gone."""

    def __init__(self, content: AsyncGenerator[bytes, None]) -> None:
        super().__init__(content, headers={"X-Accel-Buffering": "no"})
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._content.aclose()


async def watched(events: AsyncIterator[Event], state: ApiState) -> AsyncGenerator[Event | None, None]:
    """The events as they come; None after each `ping_s` of silence.

    Raises what the events raise, and ApiError 503 when the server stops and the answer is not
    ready within its grace. The events run in one task of their own: a timeout never cuts into them.
    """
    queue: asyncio.Queue[Event | Exception | None] = asyncio.Queue(maxsize=1)

    async def pump() -> None:
        try:
            async for event in events:
                await queue.put(event)
            await queue.put(None)
        except Exception as error:
            await queue.put(error)
        finally:
            # Cancelled between two events, a generator is not told by itself.
            if isinstance(events, AsyncGenerator):
                await events.aclose()

    loop = asyncio.get_running_loop()
    pumping = asyncio.create_task(pump())
    closing = asyncio.create_task(state.closing.wait())
    getting = asyncio.create_task(queue.get())
    deadline: float | None = None
    try:
        while True:
            if closing.done() and deadline is None:
                deadline = loop.time() + state.grace_s
            wait_s = state.ping_s if deadline is None else min(state.ping_s, deadline - loop.time())
            if wait_s <= 0:
                raise unavailable("shutting_down")
            waiting = {getting} if closing.done() else {getting, closing}
            await asyncio.wait(waiting, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
            if getting.done():
                item = getting.result()
                if item is None:
                    return
                if isinstance(item, Exception):
                    raise item
                yield item
                getting = asyncio.create_task(queue.get())
            elif not closing.done():
                yield None
    finally:
        for task in (pumping, closing, getting):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(pumping, closing, getting, return_exceptions=True)


async def ask_events(
    events: AsyncIterator[Event], state: ApiState, locale: Locale, request_id: str, channel: str = "web"
) -> AsyncGenerator[bytes, None]:
    """The lines of POST /api/ask: status, sources, delta, then done or error; the answer is counted."""
    try:
        async for event in watched(events, state):
            if event is None:
                yield PING
            elif isinstance(event, ErrorEvent):
                yield error_line(event.code, told(event, locale), request_id)
            elif isinstance(event, DoneEvent):
                state.metrics.answer(channel, event.answer)
                yield format_sse_event(event="done", data_str=event.answer.model_dump_json())
            else:
                data = event.model_dump_json(exclude={"type"})
                yield format_sse_event(event=event.type, data_str=data)
    except Exception as error:
        _, code, message = described(error, locale)
        yield error_line(code, message, request_id)


def told(event: ErrorEvent, locale: Locale) -> str:
    """The assistant's sentence, but ours where it speaks to the operator: it may name files."""
    if event.code.startswith("storage_"):
        return say("storage_unavailable", locale)
    return event.message


def error_line(code: str, message: str, request_id: str) -> bytes:
    return format_sse_event(event="error", data_str=json.dumps(envelope(code, message, request_id)))
