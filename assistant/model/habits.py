"""What one endpoint cannot take, learnt from its refusals, and requests that keep to it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from assistant.model.messages import Form, Message, Tool
from prompts import load_prompt

ToolMode = Literal["auto", "native", "json", "off"]
THOUGHT_TOKENS = 8_000
"""What a thinking model gets beside the limit of its reply: its thoughts count in it."""
REFUSALS = frozenset({400, 404, 422, 500, 501})
"""Of llama.cpp and some gateways 500 and 404 too, with the parameter in the message."""


@dataclass(frozen=True, slots=True)
class Request:
    """Turns and parameters as one endpoint takes them."""

    messages: tuple[Message, ...]
    parameters: Mapping[str, Any]


@dataclass
class Habits:
    """One endpoint, as it is known by now."""

    mode: ToolMode = "auto"
    temperature: float | None = 0.0
    limit: str | None = "max_tokens"
    usage: bool = True
    streams: bool = True
    form: Literal["json_schema", "json_object", "text"] = "json_schema"
    tools: Literal["native", "json", "off"] = "native"
    system: bool = True
    alternating: bool = False
    """Whether user and assistant must take turns."""
    echo: bool = True
    room: int = 0
    """Tokens for thoughts."""
    unopened: bool = False
    """Whether its replies begin within thoughts."""
    without: set[str] = field(default_factory=set)
    """Keys of the settings' own body that it refused."""
    _limits: set[str] = field(default_factory=lambda: {"max_tokens"})

    def __post_init__(self) -> None:
        if self.mode != "auto":
            self.tools = self.mode

    def request(
        self,
        messages: Sequence[Message],
        tools: Sequence[Tool],
        form: Form | None,
        max_tokens: int,
        body: Mapping[str, Any],
    ) -> Request:
        """What is sent; `body` are the settings' own parameters, which come before all others."""
        turns = list(messages)
        told: dict[str, Any] = {}
        if self.temperature is not None:
            told["temperature"] = self.temperature
        if self.limit:
            told[self.limit] = max_tokens + self.room
        if self.usage and self.streams:
            told["stream_options"] = {"include_usage": True}
        if not self.streams:
            told["stream"] = False
        offered = bool(tools) and self.tools != "off"
        if offered and self.tools == "native":
            told["tools"] = [_function(tool) for tool in tools]
        elif offered:
            turns = _told(turns, load_prompt("tools").messages(tools=_described(tools))[0][1])
        # Beside tools a form is only told: servers that enforce it leave no way to call any.
        if form and not offered and self.form != "text":
            schema = {"name": form.name, "schema": dict(form.schema)}
            told["response_format"] = {
                "type": self.form,
                **({"json_schema": schema} if self.form == "json_schema" else {}),
            }
        if form and "json_schema" not in told.get("response_format", {}):
            schema_text = json.dumps(form.schema, ensure_ascii=False)
            turns = _told(turns, load_prompt("form").messages(schema=schema_text)[0][1])
        if self.tools != "native":
            turns = [_as_text(turn, turns) for turn in turns]
        if not self.echo:
            turns = [replace(turn, echo=None) for turn in turns]
        if not self.system:
            turns = _without_system(turns)
        if self.alternating:
            turns = _alternating(turns)
        told |= {name: value for name, value in body.items() if name not in self.without}
        return Request(tuple(turns), {name: value for name, value in told.items() if value is not None})

    def learn(self, refusal: str, sent: Request) -> str | None:
        """What is left out or put differently from now on because a refusal names it; None: nothing is."""
        told, had = refusal.lower(), sent.parameters
        if "stream_options" in had and _names(told, "stream_options", "include_usage"):
            self.usage = False
            return "stream_options"
        if self.limit and _names(told, "max_tokens", "max_completion_tokens"):
            return self._limited(told)
        if "temperature" in had and _names(told, "temperature"):
            self.temperature = None
            self.without.add("temperature")
            return "temperature"
        if "response_format" in had and _names(
            told, "response_format", "json_schema", "json_object", "json mode", "structured output", "grammar"
        ):
            self.form = "json_object" if self.form == "json_schema" else "text"
            return "response_format"
        if "tools" in had and self.mode == "auto" and re.search(r"tool|function", told):
            self.tools = "json"
            return "tools"
        if self.echo and any(one.echo for one in sent.messages) and "reasoning" in told:
            self.echo = False
            return "reasoning_content"
        if self.system and re.search(r"\bsystem\b|developer instruction", told) and _system(sent):
            self.system = False
            return "system"
        if not self.alternating and "alternat" in told:
            self.alternating, self.system = True, False
            return "roles"
        if self.streams and _names(told, "stream", "streaming"):
            self.streams = False
            return "stream"
        for name in had:
            if name not in _OURS and _names(told, name.lower()):
                self.without.add(name)
                return name
        return None

    def thinks(self) -> bool:
        """Make room for thoughts; True where there was none before."""
        grown = self.room == 0
        self.room = self.room or THOUGHT_TOKENS
        return grown

    def _limited(self, told: str) -> str:
        limit = str(self.limit)
        if self.room > 1:
            self.room = 1  # what is asked for with thoughts is more than the server gives
            return limit
        other = "max_completion_tokens" if limit == "max_tokens" else "max_tokens"
        if other in told and other not in self._limits:
            self.limit = other
            self._limits.add(other)
        else:
            self.limit = None
        return limit


_OURS = frozenset(
    {
        "temperature",
        "max_tokens",
        "max_completion_tokens",
        "stream_options",
        "stream",
        "tools",
        "response_format",
    }
)


def _names(told: str, *names: str) -> bool:
    return any(re.search(rf"(?<![a-z_]){re.escape(name)}(?![a-z_])", told) for name in names)


def _system(sent: Request) -> bool:
    return any(one.role == "system" for one in sent.messages)


def _function(tool: Tool) -> dict[str, Any]:
    told = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": told}


def _described(tools: Sequence[Tool]) -> str:
    return "\n".join(json.dumps(_function(tool)["function"], ensure_ascii=False) for tool in tools)


def _told(turns: Sequence[Message], more: str) -> list[Message]:
    """The turns with something added to what the system says."""
    if turns and turns[0].role == "system":
        return [replace(turns[0], text=f"{turns[0].text}\n\n{more}"), *turns[1:]]
    return [Message("system", more), *turns]


def _as_text(turn: Message, turns: Sequence[Message]) -> Message:
    """A call, or its result, in words."""
    if turn.calls:
        calls = [{"name": one.name, "arguments": dict(one.arguments)} for one in turn.calls]
        written = json.dumps({"tool_calls": calls}, ensure_ascii=False)
        return Message("assistant", f"{turn.text}\n{written}".strip())
    if turn.role == "tool":
        named = {one.id: one.name for earlier in turns for one in earlier.calls}
        return Message("user", f"Result of {named.get(turn.answers, turn.answers)}:\n{turn.text}")
    return turn


def _without_system(turns: Sequence[Message]) -> list[Message]:
    """What the system says, in front of what the user says first."""
    said = "\n\n".join(one.text for one in turns if one.role == "system")
    rest = [one for one in turns if one.role != "system"]
    first = next((place for place, one in enumerate(rest) if one.role == "user"), None)
    if not said or first is None:
        return [Message("user", said), *rest] if said else rest
    rest[first] = replace(rest[first], text=f"{said}\n\n{rest[first].text}")
    return rest


def _alternating(turns: Sequence[Message]) -> list[Message]:
    """Turns of the same side that follow each other, as one."""
    made: list[Message] = []
    for one in turns:
        if made and made[-1].role == one.role and one.role != "tool" and not made[-1].calls:
            made[-1] = replace(one, text=f"{made[-1].text}\n\n{one.text}")
        else:
            made.append(one)
    return made
