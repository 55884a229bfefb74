"""Texts for language models, one Markdown file a task, with their digests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, Literal

import yaml

_USER = "\n=== user ===\n"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt file; `digest` is the SHA-256 of the whole file, hexadecimal."""

    name: str
    purpose: str
    inputs: tuple[str, ...]
    text: str
    digest: str

    def messages(self, **inputs: str) -> list[tuple[Literal["system", "user"], str]]:
        """(role, text) pairs with every $name filled in once: a $ inside a value stays as it is.

        Raises ValueError when an input is missing or too much.
        """
        if set(inputs) != set(self.inputs):
            raise ValueError(
                f"Prompt {self.name!r} takes {sorted(self.inputs)} but was given {sorted(inputs)}."
            )
        system, _, user = self.text.partition(_USER)
        filled = [Template(part.strip()).substitute(inputs) for part in (system, user)]
        return [("system", filled[0]), ("user", filled[1])] if filled[1] else [("user", filled[0])]


@cache
def load_prompt(name: str) -> Prompt:
    """The prompt of prompts/<name>.md: front matter (purpose, inputs), then the text.

    Raises ValueError when there is no such file, or its inputs and its $names differ.
    """
    try:
        raw = (files(__name__) / f"{name}.md").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ValueError(f"There is no prompt {name!r}: expected the file prompts/{name}.md.") from error
    _, front, text = raw.split("---\n", 2)
    head: dict[str, Any] = yaml.safe_load(front)
    inputs = tuple(head["inputs"])
    used = set(Template(text).get_identifiers())
    if used != set(inputs):
        raise ValueError(f"prompts/{name}.md declares inputs {sorted(inputs)} but uses {sorted(used)}.")
    return Prompt(name, head["purpose"], inputs, text, hashlib.sha256(raw.encode()).hexdigest())
