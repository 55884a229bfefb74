"""The desk of the player: prompts that wait lie in one folder, replies are laid beside them.

`waiting/KEY.json` is a prompt as the endpoint got it. Laying `answered/KEY.txt` there answers it; several at
once are laid by `python -m evaluation.play next`, which then waits for the next prompts and shows them.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"^=== (\w{4,16})[^\n]*\n", re.M)
DONE = "done"
_PAUSE_S = 0.2
_SETTLES_S = 1.5
"""A moment in which other prompts that are on their way come in as well."""


class Desk:
    """One folder that the endpoint and the player share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting, self._answered = folder / "waiting", folder / "answered"
        for one in (self._waiting, self._answered):
            one.mkdir(parents=True, exist_ok=True)

    def ask(self, key: str, messages: Sequence[Mapping[str, Any]]) -> None:
        """Lay a prompt there."""
        path = self._waiting / f"{key}.json"
        passing = path.with_suffix(".part")
        passing.write_text(json.dumps(list(messages), ensure_ascii=False), "utf-8")
        passing.replace(path)

    def take(self, key: str) -> str | None:
        """The reply to a prompt once it is there; the prompt waits no longer."""
        path = self._answered / f"{key}.txt"
        if not path.is_file():
            return None
        reply = path.read_text("utf-8")
        self.forget(key)
        return reply

    def forget(self, key: str) -> None:
        """Nobody waits for this reply any more."""
        (self._answered / f"{key}.txt").unlink(missing_ok=True)
        (self._waiting / f"{key}.json").unlink(missing_ok=True)

    def answer(self, text: str) -> list[str]:
        """Lay replies: blocks that begin with a line `=== KEY`; without one, the only prompt is meant.

        The keys that were answered; ones that nobody waits for are left out.
        """
        waiting = self.waiting()
        parts = _BLOCK.split(text)
        pairs = list(zip(parts[1::2], parts[2::2], strict=True))
        if not pairs and text.strip() and len(waiting) == 1:
            pairs = [(waiting[0], text)]
        laid = []
        for short, reply in pairs:
            for key in waiting:
                if key.startswith(short):
                    path = self._answered / f"{key}.txt"
                    passing = path.with_suffix(".part")
                    passing.write_text(reply.strip(), "utf-8")
                    passing.replace(path)
                    laid.append(key)
        return laid

    def waiting(self) -> list[str]:
        """Keys of prompts that nobody has answered, the oldest first."""
        found = sorted(self._waiting.glob("*.json"), key=lambda one: one.stat().st_mtime)
        return [one.stem for one in found if not (self._answered / f"{one.stem}.txt").is_file()]

    def finish(self) -> None:
        """Nothing more will be asked."""
        (self._folder / DONE).touch()

    def begin(self) -> None:
        """Something will be asked; what lies there from before is not waited for."""
        (self._folder / DONE).unlink(missing_ok=True)
        for one in (*self._waiting.glob("*"), *self._answered.glob("*")):
            one.unlink()

    def next(self, timeout_s: float) -> tuple[list[str], bool]:
        """Keys of the prompts that wait, once there are some, and whether all is done."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if self.waiting():
                time.sleep(_SETTLES_S)
                return self.waiting(), False
            if (self._folder / DONE).is_file():
                return [], True
            time.sleep(_PAUSE_S)
        return [], False

    def rules(self, key: str) -> str:
        """What stands in front of every prompt."""
        messages = json.loads((self._waiting / f"{key}.json").read_text("utf-8"))
        return "\n".join(one["content"] for one in messages if one["role"] == "system")

    def shown(self, key: str, *, whole: bool) -> str:
        """A prompt as the player reads it, without the rules; without `whole`, no turns shown before."""
        messages = json.loads((self._waiting / f"{key}.json").read_text("utf-8"))
        return "\n".join([f"=== {key[:8]}", *_told(messages, whole)])


def _told(messages: Sequence[Mapping[str, Any]], whole: bool) -> Iterator[str]:
    last = max((at for at, one in enumerate(messages) if one["role"] == "assistant"), default=0)
    for at, one in enumerate(messages):
        if one["role"] == "system" or (not whole and last and at < last):
            continue
        calls = [call["function"] for call in one.get("tool_calls") or ()]
        told = [f"{call['name']} {call['arguments']}" for call in calls]
        yield f"--- {one['role']}"
        yield "\n".join([*filter(None, [one.get("content") or ""]), *told])
