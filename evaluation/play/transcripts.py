"""Replies by the prompt they answer: what was played once is played again wherever the same is asked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import SetInvalid

REPLIES = "replies.jsonl"
_TODAY = re.compile(r'"today": "\d{4}-\d\d-\d\d"')


def prompt_key(messages: Sequence[Mapping[str, Any]]) -> str:
    """A name of a prompt, whatever run it is of: its day and the ids of its calls are left out, and so are
    the rules that stand in front of every prompt, which another wording of them does not change."""
    told = []
    for one in messages:
        if one["role"] == "system":
            continue
        calls = [
            [call["function"]["name"], json.loads(call["function"]["arguments"] or "{}")]
            for call in one.get("tool_calls") or ()
        ]
        told.append([one["role"], _TODAY.sub("", one.get("content") or ""), calls])
    written = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Played:
    """One reply; `of` says what the prompt was about, for people who read the file."""

    key: str
    reply: str
    of: str = ""


class Transcripts:
    """The replies of one folder; a new one is kept at once."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / REPLIES
        self._replies: dict[str, Played] = {}
        lines = self._file.read_text("utf-8").splitlines() if self._file.is_file() else []
        for number, line in enumerate(lines, 1):
            try:
                one = Played(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise SetInvalid([f"{self._file}, line {number}: is no played reply ({error})."]) from error
            self._replies[one.key] = one

    def __len__(self) -> int:
        return len(self._replies)

    def reply(self, key: str) -> str | None:
        """What was replied to this prompt; None where it was never asked."""
        found = self._replies.get(key)
        return found.reply if found else None

    def keep(self, one: Played) -> None:
        """Keep a reply; the last one given to a prompt counts."""
        self._replies[one.key] = one
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
