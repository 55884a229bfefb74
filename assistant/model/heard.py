"""What one reply brings: text without thoughts, calls, and how it ended."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from assistant.chat import MAX_CHARACTERS, ToolCall
from assistant.errors import ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk


class Heard:
    """What comes beside the text of one reply."""

    def __init__(self) -> None:
        self.finish: str | None = None
        self.usage: Mapping[str, Any] | None = None
        self.refused = self.said = False
        self._calls: list[dict[str, Any]] = []
        self._echo: dict[str, str] = {}

    def take(self, chunk: AIMessageChunk) -> str:
        """Keep what a chunk brings; its text."""
        self.finish = chunk.response_metadata.get("finish_reason") or self.finish
        self.usage = chunk.usage_metadata or self.usage
        self.said = self.said or bool(chunk.content)
        told = dict(chunk.additional_kwargs)
        extras = told.pop("extras", {})
        self.refused = bool(told.pop("refusal", "")) or self.refused
        for name, thought in told.items():
            self._echo[name] = self._echo.get(name, "") + thought
        for part in chunk.tool_call_chunks:
            # Some servers count every call 0, so another id begins another call.
            own = [one for one in self._calls if one["index"] == part["index"]]
            if not own or (part["id"] and own[-1]["id"] and part["id"] != own[-1]["id"]):
                own = [{"index": part["index"], "id": "", "name": "", "arguments": ""}]
                self._calls += own
            call = own[-1]
            call["id"] = call["id"] or part["id"] or ""
            call["name"] += part["name"] or ""
            call["arguments"] += part["args"] or ""
            call["extra"] = extras.get(str(part["id"])) or call.get("extra")
        return _text_of(chunk)

    @property
    def echo(self) -> Mapping[str, str] | None:
        return self._echo or None

    def made(self) -> tuple[ToolCall, ...]:
        """The calls, each with its arguments read."""
        return tuple(
            ToolCall(
                one["id"] or f"call_{place}",
                one["name"],
                *_arguments(one["arguments"]),
                {"extra_content": one["extra"]} if one.get("extra") else None,
            )
            for place, one in enumerate(self._calls)
        )


def _arguments(written: str) -> tuple[Mapping[str, Any], str]:
    """The object that is written; where none is, an empty one and what stands there."""
    try:
        read = json.loads(written or "{}")
    except ValueError:
        return {}, written
    return (read, "") if isinstance(read, dict) else ({}, written)


def _text_of(chunk: AIMessageChunk) -> str:
    content = chunk.content
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") if isinstance(part, dict) else part for part in content)


_THOUGHT_START = re.compile(r"\s*<think(?:ing)?>")
_THOUGHT_END = re.compile(r"</think(?:ing)?>\s*")


async def without_thoughts(items: AsyncGenerator[str]) -> AsyncGenerator[str]:
    """The reply without the <think>…</think> that some servers leave in front of it."""
    waiting: str | None = ""
    thought = 0
    async with aclosing(items):
        async for item in items:
            if waiting is None:
                yield item
                continue
            waiting += item
            start = waiting.lstrip()
            if _THOUGHT_START.match(waiting):
                end = _THOUGHT_END.search(waiting)
                thought = len(waiting)
                if thought > 10 * MAX_CHARACTERS:
                    raise ModelUnavailable("The model thinks without end.", reason="too_long")
                if end:
                    rest, waiting = waiting[end.end() :], None
                    if rest:
                        yield rest
            elif not any(tag.startswith(start[: len(tag)]) for tag in ("<think>", "<thinking>")):
                yield waiting
                waiting = None
        if waiting and not _THOUGHT_START.match(waiting):
            yield waiting
