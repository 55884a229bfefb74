"""What a reply of the model is besides its claims: calls of tools, or how the answer stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from assistant.claims import Kind, State

STATUSES = ("answered", "clarify", "not_found", "declined", "draft")
MOST_CHIPS = 3

FORM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["status", "calls", "set", "fields", "ask", "follow_ups", "claims"],
    "properties": {
        "status": {"type": "string", "enum": ["calls", *STATUSES]},
        "calls": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["tool", "arguments"],
                "properties": {"tool": {"type": "string"}, "arguments": {"type": "string"}},
            },
        },
        "set": {"type": "string"},
        "fields": {"type": "array", "items": {"type": "string"}},
        "ask": {"type": "string"},
        "follow_ups": {"type": "array", "items": {"type": "string"}},
        "claims": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text", "cites", "quote", "kind", "on", "conditions"],
                "properties": {
                    "text": {"type": "string"},
                    "cites": {"type": "array", "items": {"type": "integer"}},
                    "quote": {"type": "string"},
                    "kind": {"type": "string", "enum": list(get_args(Kind))},
                    "on": {"type": "array", "items": {"type": "integer"}},
                    "conditions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["text", "quote", "state", "asker"],
                            "properties": {
                                "text": {"type": "string"},
                                "quote": {"type": "string"},
                                "state": {"type": "string", "enum": list(get_args(State))},
                                "asker": {"type": "string"},
                            },
                        },
                    },
                },
            },
        },
    },
}
"""The JSON of a reply, for endpoints that know structured output."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call of a tool, however it was asked for; `id` is empty where it came as text."""

    name: str
    arguments: Mapping[str, Any]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """How an answer stands; `status` "" where the reply does not say."""

    status: str = ""
    set: str = ""
    fields: tuple[str, ...] = ()
    ask: str = ""
    follow_ups: tuple[str, ...] = ()
    calls: tuple[Wanted, ...] = ()


def head_of(text: str) -> Head:
    """The head of a reply in JSON, in any wrapping and also cut short; an empty one for plain text."""
    told: dict[str, Any] = {}
    calls: list[Wanted] = []
    for found in _objects(text):
        calls += _calls_in(found)
        told = told or (found if "claims" in found or "status" in found else {})
    if not told:
        told = {name: json.loads(f'"{value}"') for name, value in _SCALAR.findall(text.split('"claims"')[0])}
    return Head(
        status=told["status"] if told.get("status") in STATUSES else "",
        set=_text(told.get("set")),
        fields=_texts(told.get("fields")),
        ask=_text(told.get("ask")),
        follow_ups=_texts(told.get("follow_ups"))[:MOST_CHIPS],
        calls=tuple(calls),
    )


_SCALAR = re.compile(r'"(status|set|ask)"\s*:\s*"((?:[^"\\\n]|\\["\\/bfnrt])*)"')
_DECODER = json.JSONDecoder()


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Whole JSON objects, the outermost ones, from the first brace on."""
    at = 0
    while (start := text.find("{", at)) >= 0:
        try:
            told, at = _DECODER.raw_decode(text, start)
        except ValueError:
            at = start + 1
            continue
        if isinstance(told, dict):
            yield told


def _calls_in(told: Mapping[str, Any]) -> Iterator[Wanted]:
    """Calls that stand in an object: itself, or a list of them under any of the usual names."""
    if isinstance(function := told.get("function"), dict):
        told = function
    name = told.get("tool") or told.get("name")
    for key in ("arguments", "parameters", "args"):
        if isinstance(name, str) and key in told:
            yield Wanted(name, arguments_of(told[key]))
            return
    for key in ("calls", "tool_calls"):
        for one in told.get(key) or ():
            if isinstance(one, dict):
                yield from _calls_in(one)


def arguments_of(said: Any) -> Mapping[str, Any]:
    """Arguments as an object; empty for what is none."""
    if isinstance(said, str):
        try:
            said = json.loads(said)
        except ValueError:
            return {}
    return said if isinstance(said, dict) else {}


def _text(said: Any) -> str:
    return said.strip() if isinstance(said, str) else ""


def _texts(said: Any) -> tuple[str, ...]:
    return (
        tuple(one.strip() for one in said if isinstance(one, str) and one.strip())
        if isinstance(said, list)
        else ()
    )
