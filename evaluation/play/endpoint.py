"""The player as an OpenAI-compatible endpoint on loopback: what it cannot replay it asks at the desk."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from evaluation.play.desk import Desk
from evaluation.play.transcripts import Played, Transcripts, prompt_key
from retrieval.passages import estimate_tokens

MODEL = "played"
_PAUSE_S = 0.2
_PIECE = 40


class Player:
    """Answers prompts from transcripts; what is not there waits at the desk, or is stale without one.

    `stale` counts prompts that were never played; `calls` and `tokens` (read, written) what was asked.
    """

    def __init__(self, transcripts: Transcripts, desk: Desk | None = None) -> None:
        self._transcripts, self._desk = transcripts, desk
        self.stale = self.calls = 0
        self.tokens = [0, 0]
        self.base_url = ""

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/v1/chat/completions")
        async def complete(request: Request) -> Response:
            asked = json.loads(await request.body())
            messages = asked["messages"]
            key = prompt_key(messages)
            reply = self._transcripts.reply(key)
            if reply is None and self._desk is not None:
                reply = await self._from_desk(key, messages, request)
            if reply is None:
                self.stale += 1
                fault = {"error": {"message": "this prompt was never played", "type": "stale"}}
                return JSONResponse(fault, 400)
            self.calls += 1
            read = sum(estimate_tokens(json.dumps(one, ensure_ascii=False)) for one in messages)
            written = estimate_tokens(reply)
            self.tokens[0] += read
            self.tokens[1] += written
            return StreamingResponse(_events(reply, read, written), media_type="text/event-stream")

        return app

    async def _from_desk(self, key: str, messages: list[dict[str, Any]], request: Request) -> str | None:
        """The player's reply, kept; None where the asker has gone before it came."""
        assert self._desk is not None
        self._desk.ask(key, messages)
        while not await request.is_disconnected():
            if (reply := await asyncio.to_thread(self._desk.take, key)) is not None:
                question = next((one["content"] for one in messages if one["role"] == "user"), "")
                of = question.split("<question>")[-1].split("</question>")[0].strip()
                self._transcripts.keep(Played(key, reply, of))
                return reply
            await asyncio.sleep(_PAUSE_S)
        self._desk.forget(key)
        return None


async def _events(reply: str, read: int, written: int) -> AsyncIterator[str]:
    """The reply as a stream; calls of tools as the protocol has them."""
    calls = _calls(reply)
    yield _event({"role": "assistant", "content": ""})
    if calls:
        for index, (name, arguments) in enumerate(calls):
            function = {"name": name, "arguments": arguments}
            whole = {"index": index, "id": f"call_{index}", "type": "function", "function": function}
            yield _event({"tool_calls": [whole]})
    else:
        for start in range(0, len(reply), _PIECE):
            yield _event({"content": reply[start : start + _PIECE]})
    yield _event({}, finish="tool_calls" if calls else "stop")
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    yield "data: " + json.dumps({**_FRAME, "choices": [], "usage": usage}) + "\n\n"
    yield "data: [DONE]\n\n"


def _calls(reply: str) -> list[tuple[str, str]]:
    """(tool, arguments as JSON) of a reply that asks for tools."""
    try:
        told = json.loads(reply)
    except ValueError:
        return []
    some = told.get("calls") if isinstance(told, dict) else None
    return [
        (str(one.get("tool")), json.dumps(one.get("arguments", {}), ensure_ascii=False))
        for one in some or ()
        if isinstance(one, dict)
    ]


_FRAME = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}


def _event(delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({**_FRAME, 'choices': [choice]}, ensure_ascii=False)}\n\n"


@contextmanager
def at_loopback(player: Player) -> Iterator[Player]:
    """The player on a free port of loopback, in a thread of its own; `base_url` is where."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        player.app(),
        host="127.0.0.1",
        port=port,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    runner = uvicorn.Server(config)
    thread = threading.Thread(target=runner.run, name="kewen-player", daemon=True)
    thread.start()
    while not runner.started:
        thread.join(0.01)
    player.base_url = f"http://127.0.0.1:{port}/v1"
    try:
        yield player
    finally:
        runner.should_exit = True
        thread.join(5)
