"""A real HTTP server that speaks the OpenAI chat-completions protocol and misbehaves on command."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

Asked = dict[str, Any]
Refusal = tuple[int, Any] | None


@dataclass(frozen=True)
class Behaviour:
    """How the server answers. `text` may be a function of the messages it was given.

    `deltas` are given as they stand in place of a text. `refuses` looks at a request and may refuse it with a
    status and a body, as a product does. `whole`: one JSON object, whatever was asked for. `ends` False:
    without [DONE]; `feed` is what stands between lines, `noise` in front of each event.
    """

    text: str | Callable[[list[dict[str, str]]], str] = "Hello."
    piece_size: int = 7
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    content_type: str = "text/event-stream"
    first_delay_s: float = 0.0
    piece_delay_s: float = 0.0
    finish: str | None = "stop"
    cut_after: int | None = None
    endless: bool = False
    deltas: tuple[dict[str, Any], ...] = ()
    refuses: Callable[[Asked], Refusal] | None = None
    whole: bool = False
    ends: bool = True
    feed: str = "\n"
    noise: str = ""
    usage: dict[str, Any] = field(default_factory=lambda: {"prompt_tokens": 11, "completion_tokens": 7})


class OpenAIServer:
    """`base_url` for clients; `will()` sets what the next calls get."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.connections: set[tuple[str, int]] = set()
        """Addresses that asked."""
        self._queue: list[Behaviour] = [Behaviour()]
        self.base_url = ""

    def will(self, *behaviours: Behaviour) -> None:
        """Answer the next calls in this order; the last one again and again."""
        self.requests.clear()
        self._queue = list(behaviours)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/v1/chat/completions")
        async def complete(request: Request) -> Response:
            asked = json.loads(await request.body())
            self.requests.append(asked)
            if request.client:
                self.connections.add((request.client.host, request.client.port))
            behaviour = self._queue.pop(0) if len(self._queue) > 1 else self._queue[0]
            await asyncio.sleep(behaviour.first_delay_s)
            refusal = behaviour.refuses(asked) if behaviour.refuses else None
            if refusal:
                status, told = refusal
                return Response(json.dumps(told, ensure_ascii=False), status, media_type="application/json")
            if behaviour.whole:
                return Response(json.dumps(_whole(behaviour, asked)), media_type="application/json")
            if behaviour.status != 200 or behaviour.body is not None:
                error = json.dumps({"error": {"message": "no", "type": "x", "code": "x"}})
                body = error if behaviour.body is None else behaviour.body
                return Response(body, behaviour.status, behaviour.headers, behaviour.content_type)
            return StreamingResponse(
                self._events(behaviour, asked), headers=behaviour.headers, media_type=behaviour.content_type
            )

        return app

    async def _events(self, behaviour: Behaviour, asked: Asked) -> AsyncIterator[str]:
        def event(told: dict[str, Any]) -> str:
            line = f"{behaviour.noise}data: {json.dumps({**_frame(), **told}, ensure_ascii=False)}\n\n"
            return line.replace("\n", behaviour.feed)

        yield event(_choice({"role": "assistant", "content": ""}))
        text = _text(behaviour, asked)
        written = 0
        while True:
            for delta in behaviour.deltas:
                yield event(_choice(delta))
            for start in range(0, len(text), behaviour.piece_size):
                if behaviour.cut_after is not None and written >= behaviour.cut_after:
                    raise ConnectionResetError("cut on command")
                piece = text[start : start + behaviour.piece_size]
                written += len(piece)
                yield event(_choice({"content": piece}))
                await asyncio.sleep(behaviour.piece_delay_s)
            if not behaviour.endless:
                break
        if behaviour.finish:
            yield event(_choice({}, behaviour.finish))
            if asked.get("stream_options", {}).get("include_usage"):
                yield event({"choices": [], "usage": behaviour.usage})
        if behaviour.ends:
            yield f"data: [DONE]{behaviour.feed * 2}"


def _frame() -> dict[str, Any]:
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "toy"}


def _choice(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def _text(behaviour: Behaviour, asked: Asked) -> str:
    if behaviour.deltas:
        return ""
    return behaviour.text if isinstance(behaviour.text, str) else behaviour.text(asked["messages"])


def _whole(behaviour: Behaviour, asked: Asked) -> dict[str, Any]:
    """The answer in one piece."""
    message: dict[str, Any] = {"role": "assistant", "content": _text(behaviour, asked)}
    for delta in behaviour.deltas:
        message |= delta
    choice = {"index": 0, "message": message, "finish_reason": behaviour.finish}
    return {**_frame(), "object": "chat.completion", "choices": [choice], "usage": behaviour.usage}


@contextmanager
def loopback(app: FastAPI) -> Iterator[str]:
    """The address of an application on a free loopback port, in a thread of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_config=None, lifespan="off", timeout_graceful_shutdown=1
    )
    runner = uvicorn.Server(config)
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    while not runner.started:
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        runner.should_exit = True
        thread.join(5)


@contextmanager
def running_server() -> Iterator[OpenAIServer]:
    """The server on a free loopback port, in a thread of its own."""
    server = OpenAIServer()
    with loopback(server.app()) as address:
        server.base_url = f"{address}/v1"
        yield server


def refused_url() -> str:
    """An address where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
