"""The text of a reply as it comes, without thoughts, marks of channels and calls of tools."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from assistant.errors import ModelUnavailable
from assistant.model.messages import MAX_CHARACTERS, ToolCall
from assistant.model.written_calls import KEYS, MARKS, calls_in

_THOUGHTS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[THINK]": "[/THINK]",
    "◁think▷": "◁/think▷",
    "<|begin_of_thought|>": "<|end_of_thought|>",
}
"""What stands around thoughts with DeepSeek, Qwen, GLM and others, Gemini, Seed, Mistral, Kimi, Sky."""
_CLOSERS = tuple(_THOUGHTS.values())
_HEADS = ("<|channel|>", "<|start|>")
_ENDS = ("<|end|>", "<|return|>", "<|call|>", "<|im_end|>", "<|eot_id|>")
_BODY = "<|message|>"
_LEAKED, _LEAKED_FINAL = "analysis", "assistantfinal"
"""A channel whose marks the server dropped: "analysisWe need …assistantfinalIt is …"."""
_OPENED = r"(?:\A|\n)\s*(?:```[\w-]*\s*)?(?:\[\s*)?\{\s*"
_OBJECT = re.compile(_OPENED + r"\"([^\"\n]+)\"\s*:")
_MAYBE = re.compile(
    r"\n\s*\Z|(?:\A|\n)\s*(?:`{1,2}|```[\w-]*\s*(?:\[\s*)?|\[\s*|(?:```[\w-]*\s*)?(?:\[\s*)?\{\s*"
    r"(?:\"[^\"\n]{0,40}\"?\s*)?)\Z"
)
"""The end of a text that may yet become an object."""


class Ear:
    """Hears one reply in pieces. `tools` are the names of those that may be called; `unopened`: what comes
    first is thought although nothing says so, as with a template that ends in <think>."""

    def __init__(self, tools: Collection[str] = (), *, unopened: bool = False) -> None:
        self.text = ""
        self.thought = self.unopened = False
        """Whether thoughts were heard; whether they ended without having begun: what was given until then
        was thought."""
        self._tools = frozenset(tools)
        self._mode: Literal["front", "text", "thought", "header", "calls"] = (
            "thought" if unopened else "front"
        )
        self._closers = _CLOSERS
        self._assumed = unopened
        self._waiting, self._dropped = "", 0
        marks = [*_HEADS, *_ENDS, *_CLOSERS, *(MARKS if tools else ())]
        self._marks = re.compile("|".join(map(re.escape, marks)))
        self._partly = frozenset(mark[:size] for mark in marks for size in range(1, len(mark)))

    def feed(self, piece: str) -> str:
        """What may be given now; often ""."""
        self._waiting += piece
        said, before = "", None
        while self._waiting and before != (self._mode, len(self._waiting)):
            before = (self._mode, len(self._waiting))
            match self._mode:
                case "front":
                    self._begin()
                case "text":
                    said += self._say()
                case "thought":
                    self._think()
                case "header":
                    self._head()
                case "calls":
                    break
        self.text += said
        return said

    def end(self) -> tuple[str, tuple[ToolCall, ...]]:
        """What is left at the end of the reply, and the calls that were written."""
        rest, self._waiting = self._waiting, ""
        calls: tuple[ToolCall, ...] = ()
        if self._mode == "calls":
            calls, rest = calls_in(rest, self._tools)
        elif self._mode == "header" or (self._mode == "thought" and not self._assumed):
            rest = ""
        self.text += rest
        return rest, calls

    def _begin(self) -> None:
        start = self._waiting.lstrip()
        for opener, closer in _THOUGHTS.items():
            if start.startswith(opener):
                self._waiting, self._closers = start[len(opener) :], (closer,)
                self._mode, self.thought = "thought", True
                return
        if any(opener.startswith(start) for opener in (*_THOUGHTS, _LEAKED)):
            return
        if re.match(rf"{_LEAKED}[A-Z]", start):
            _, found, rest = start.partition(_LEAKED_FINAL)
            if not found:
                return
            start, self.thought = rest, True
        self._mode = "text"
        if self.thought:
            self._waiting = start

    def _say(self) -> str:
        mark = self._marks.search(self._waiting)
        called = self._object()
        at = min((one.start() for one in (mark, called) if one), default=-1)
        if at < 0:
            keep = len(self._waiting) - self._safe()
            said, self._waiting = self._waiting[:keep], self._waiting[keep:]
            return said
        said, self._waiting = self._waiting[:at], self._waiting[at:]
        if mark is None or mark.start() > at or mark[0] in MARKS:
            self._mode = "calls"
            return said
        self._waiting = self._waiting[len(mark[0]) :]
        if mark[0] in _HEADS:
            self._mode = "header"
        elif mark[0] in _CLOSERS and not self.thought:
            self.text, said = "", ""
            self.thought = self.unopened = True
            self._mode = "front"
        return said

    def _object(self) -> re.Match[str] | None:
        """Where an object begins that may be a call."""
        if not self._tools:
            return None
        known = KEYS | self._tools
        return next((one for one in _OBJECT.finditer(self._waiting) if one[1] in known), None)

    def _safe(self) -> int:
        """How many characters at the end may yet become a mark or a call."""
        longest = max(map(len, self._partly))
        sizes = range(min(longest, len(self._waiting)), 0, -1)
        partly = next((size for size in sizes if self._waiting[-size:] in self._partly), 0)
        end = self._waiting[-80:]
        maybe = _MAYBE.search(end) if self._tools else None
        if maybe and maybe.start() == 0 and end[:1] != "\n" and (end != self._waiting or self.text):
            maybe = None  # the front of what waits, and neither that of the reply nor of a line
        return max(partly, len(maybe[0]) if maybe else 0)

    def _think(self) -> None:
        ends = [(at, one) for one in self._closers if (at := self._waiting.find(one)) >= 0]
        if not ends:
            if self._dropped + len(self._waiting) > 10 * MAX_CHARACTERS:
                raise ModelUnavailable("The model thinks without end.", reason="too_long")
            if not self._assumed and (old := len(self._waiting) - max(map(len, self._closers))) > 0:
                self._dropped += old
                self._waiting = self._waiting[old:]
            return
        at, closer = min(ends)
        self._waiting = self._waiting[at + len(closer) :]
        self.unopened = self.unopened or self._assumed
        self._mode, self._assumed, self.thought = "front", False, True

    def _head(self) -> None:
        head, body, rest = self._waiting.partition(_BODY)
        if not body:
            return
        if "to=" in head and self._tools:
            self._mode = "calls"
            return
        self._waiting = rest
        if "final" in head:
            self._mode = "text"
        else:
            self._mode, self._closers, self.thought = "thought", _ENDS[:3], True
