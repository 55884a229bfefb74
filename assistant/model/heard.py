"""What comes beside the text of one reply: calls, thoughts, tokens, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.model.messages import Reply, ToolCall
from assistant.model.written_calls import made

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk


@dataclass
class _Part:
    index: int | None
    id: str = ""
    name: str = ""
    arguments: str = ""
    extra: Any = None


class Heard:
    """One reply as it comes."""

    def __init__(self) -> None:
        self.finish: str | None = None
        self.refused = self.thought = False
        self._usage: Mapping[str, Any] = {}
        self._parts: list[_Part] = []
        self._echo: dict[str, str] = {}

    def take(self, chunk: AIMessageChunk) -> str:
        """Keep what a chunk brings; its text."""
        self.finish = chunk.response_metadata.get("finish_reason") or self.finish
        if used := chunk.usage_metadata:
            self._usage = used
            self.thought = self.thought or bool(used.get("output_token_details", {}).get("reasoning"))
        told = dict(chunk.additional_kwargs)
        extras = told.pop("extras", {})
        self.refused = bool(told.pop("refusal", "")) or self.refused
        for name, thought in told.items():
            self._echo[name] = self._echo.get(name, "") + thought
            self.thought = self.thought or bool(thought)
        for part in chunk.tool_call_chunks:
            call = self._part(part["index"], part["id"] or "")
            if part["name"] and part["name"] != call.name:  # some servers say it with every piece
                call.name += part["name"]
            call.arguments += part["args"] or ""
            call.extra = extras.get(str(part["id"])) or call.extra
        return str(chunk.content)

    def _part(self, index: int | None, id_: str) -> _Part:
        """The call that a piece belongs to: some servers count every call 0, so another id begins another."""
        last = next((one for one in reversed(self._parts) if one.index == index), None)
        if last is None or (id_ and last.id and id_ != last.id):
            last = _Part(index)
            self._parts.append(last)
        last.id = last.id or id_
        return last

    def calls(self) -> tuple[ToolCall, ...]:
        """The calls in the protocol's own form, each with its arguments read."""
        return tuple(
            made(
                one.id or f"call_{place}",
                one.name,
                one.arguments,
                {"extra_content": one.extra} if one.extra else None,
            )
            for place, one in enumerate(self._parts)
        )

    def reply(self, text: str, model: str, calls: tuple[ToolCall, ...]) -> Reply:
        """The whole, with what was heard beside its text."""
        return Reply(
            text,
            model,
            calls,
            "length" if self.finish == "length" else "stop",
            self._usage.get("input_tokens"),
            self._usage.get("output_tokens"),
            (self._echo or None) if calls else None,
        )
