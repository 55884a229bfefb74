"""Findings: what a tool gives back, and ToolRefused: what was wrong with a call."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errors import AssistantError
from assistant.evidence import Evidence
from assistant.finding.sets import SetFound


class ToolRefused(AssistantError):
    """A call that cannot be carried out; the message says what, which value, what is allowed."""

    code = "tool_refused"


@dataclass(frozen=True, slots=True)
class Shown:
    """Evidence with the lines of its quote that matter to a call, in order."""

    evidence: Evidence
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a tool found, best first. `remarks` are plain English sentences of ours on it.

    `set` is the whole of a list; `compared` are the ids of records set side by side.
    """

    shown: tuple[Shown, ...] = ()
    remarks: tuple[str, ...] = ()
    set: SetFound | None = None
    compared: tuple[str, ...] = ()


def whole(evidence: Evidence) -> Shown:
    """Evidence with every line of its quote."""
    return Shown(evidence, tuple(evidence.quote.splitlines()))
