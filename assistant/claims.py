"""What a model says, claim by claim: text, what it rests on, and the exact words it rests on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from assistant.sentences import MARKER, Sentence, normalise_markers, split_sentences
from corpus.suspicion import visible

Kind = Literal["fact", "derived", "verdict", "not_recorded", "connective"]

State = Literal["met", "not_met", "unknown"]
"""How a condition of a verdict stands for the asker."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`unit` is the text as it would be shown, with its markers [n]; `quote` the exact words of the evidence
    that it rests on, as the model gives them; `on` the places, from 1, of the claims it leans on. With a
    `state` it is a condition of the verdict before it, and `asker` what the asker said of it. Of a verdict
    with conditions `told` has their states, each with the asker's words."""

    unit: str
    kind: Kind = "fact"
    quote: str = ""
    on: tuple[int, ...] = ()
    state: State | None = None
    asker: str = ""
    told: tuple[tuple[State, str], ...] = ()

    @property
    def sentence(self) -> Sentence:
        return Sentence(self.unit)


class ClaimReader:
    """Cuts a reply into claims as it comes: JSON in any wrapping, or sentences with markers."""

    def __init__(self, *, by_line: bool = False) -> None:
        self._by_line = by_line
        self._waiting = ""
        self._json: bool | None = None

    def feed(self, piece: str) -> list[Claim]:
        """The claims that are whole now; often none."""
        self._waiting += piece if self._json else visible(piece)
        return list(self._read(final=False))

    def finish(self) -> list[Claim]:
        """What is left at the end of the reply."""
        return list(self._read(final=True))

    def _read(self, *, final: bool) -> Iterator[Claim]:
        if self._json is None:
            start = _WRAPPING.sub("", self._waiting).lstrip()
            if not final and (len(start) < 3 or start.startswith(("<|", "`"))):
                return
            self._json = bool(_JSON.match(start))
        yield from self._objects(final) if self._json else self._sentences(final)

    def _sentences(self, final: bool) -> Iterator[Claim]:
        if self._by_line:
            lines = self._waiting.splitlines(keepends=True)
            self._waiting = "" if final or not lines or lines[-1].endswith("\n") else lines.pop()
            yield from (Claim(line) for line in lines)
            return
        sentences, self._waiting = split_sentences(self._waiting, final=final)
        yield from (Claim(one.text) for one in sentences)

    def _objects(self, final: bool) -> Iterator[Claim]:
        """Objects that hold a text, however deep; an object that is not whole waits, and at the end goes."""
        at = 0
        while (start := self._waiting.find("{", at)) >= 0:
            try:
                told, end = _DECODER.raw_decode(self._waiting, start)
            except ValueError:
                opened = _LIST.match(self._waiting, start)
                if not opened:
                    break
                at = opened.end()
                continue
            at = end
            yield from _claims_of(told)
        self._waiting = "" if final else self._waiting[at:] if start < 0 else self._waiting[start:]


_DECODER = json.JSONDecoder()
_WRAPPING = re.compile(r"^\s*(?:<\|.*<\|message\|>)?\s*(?:```\w*\n)?", re.S)
"""Marks of a channel and the fence of a block, as some models put them before their reply."""
_JSON = re.compile(r"[\[{]\s*[\[{\"]")
_LIST = re.compile(
    r'\{(?:\s*"\w+"\s*:\s*(?:"(?:[^"\\]|\\.)*"|\[(?:\s*"(?:[^"\\]|\\.)*"\s*,?)*\s*\]|[\w.]+)\s*,)*\s*'
    r'"(?!conditions")[^"{}]*"\s*:\s*(?:\[(?=\s*\{)|\{(?=\s*"))'
)
"""The beginning of an object that is not whole, as far as the list of what it holds; not that of a claim."""


def _claims_of(told: Any) -> Iterator[Claim]:
    if not isinstance(told, dict):
        return
    text = told.get("text")
    if not isinstance(text, str):
        for value in told.values():
            for one in value if isinstance(value, list) else ():
                yield from _claims_of(one)
        return
    kind: Kind = next((one for one in get_args(Kind) if one == told.get("kind")), "fact")
    cites = [str(one) for one in _whole(told.get("cites"))]
    quote = told.get("quote")
    conditions = told.get("conditions")
    some = conditions if isinstance(conditions, list) else []
    held = [found for one in some for found in _condition_of(one, cites)]
    yield Claim(
        marked(visible(text), cites),
        kind,
        quote if isinstance(quote, str) else "",
        tuple(_whole(told.get("on"))),
        told=tuple((one.state or "unknown", one.asker) for one in held),
    )
    yield from held


def _condition_of(told: Any, cites: list[str]) -> Iterator[Claim]:
    """A condition of a verdict, as a line of its own."""
    if not isinstance(told, dict) or not isinstance(text := told.get("text"), str) or not text.strip():
        return
    state: State = next((one for one in get_args(State) if one == told.get("state")), "unknown")
    quote, asker = told.get("quote"), told.get("asker")
    own = [str(one) for one in _whole(told.get("cites"))] or cites
    yield Claim(
        marked("- " + visible(text).strip().lstrip("-*• "), own),
        "fact",
        quote if isinstance(quote, str) else "",
        (),
        state,
        asker.strip() if isinstance(asker, str) else "",
    )


def _whole(value: Any) -> list[int]:
    told = value if isinstance(value, list) else [value]
    plain = [str(one).strip("[] ") for one in told if isinstance(one, int | str)]
    return [int(one) for one in plain if one.isdigit()]


def marked(text: str, cites: Sequence[str]) -> str:
    """The text with its markers before its last stop; an item or a heading has a line of its own."""
    text = normalise_markers(text).strip("\n")
    bare = MARKER.sub("", text).rstrip() if cites else text
    markers = "".join(f"[{one}]" for one in dict.fromkeys(cites))
    stop = re.search(r"[。.！!；;]$", bare)
    end = stop[0] if stop else ""
    body = bare[: len(bare) - len(end)].rstrip()
    blank = " " if body[-1:].isascii() and body and markers else ""
    line = "\n" if re.match(r"\s*(?:[-*•#|]|\d{1,2}[.、)])\s", text) or text.endswith((":", "：")) else ""
    space = "" if line or not end or not end.isascii() else " "
    return f"{body}{blank}{markers}{end}{line}{space}"
