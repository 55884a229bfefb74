"""JSON read record by record: each with its own characters and line, so that a fault can be shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus.harvest.errors import HarvestError, Malformed, OverLimit

_BLANK = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Located:
    """One element of a list: its value, its characters in the document, and where it begins."""

    value: Any
    original: str
    line: int
    path: str
    doubled: tuple[str, ...] = ()
    """Keys that stand twice in one object of it, with different values: which one holds nobody knows."""


@dataclass
class Document:
    """`frame` is everything around the lists that were asked for; `fault` ends a document that breaks off."""

    frame: Any = None
    elements: list[Located] = field(default_factory=list)
    fault: HarvestError | None = None
    doubled: tuple[str, ...] = ()


def read_json(text: str, source: str, lists: tuple[str, ...] = ()) -> Document:
    """The document, with the elements of the lists at these paths (`result.results`, `` for the whole) apart.

    Raises Malformed where nothing can be read, OverLimit where it is too deep. Where a list breaks off, the
    elements before the break stand and `fault` says where it is.
    """
    return _Reader(text, source, lists).read()


def read_values(text: str, source: str) -> Iterator[Document]:
    """The documents of a text that holds several, one after another. Raises as read_json."""
    while rest := text.strip(" \t\r\n,;"):
        reader = _Reader(rest, source, ())
        yield reader.first()
        text = rest[reader.end :]


class _Reader:
    def __init__(self, text: str, source: str, lists: tuple[str, ...]) -> None:
        self._text = text
        self._source = source
        self._lists = lists
        self._doubled: list[str] = []
        # Others' pages hold line breaks in strings; nothing is lost by taking them.
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=lambda _: None, strict=False
        )
        self._found = Document()
        self._counted, self._line = 0, 1
        self.end = 0

    def first(self) -> Document:
        """The value that the text begins with; `end` is where it ends."""
        return self.read(whole=False)

    def read(self, *, whole: bool = True) -> Document:
        try:
            at, self._found.frame = self._value(self._skip(0), "")
            self.end = at
            if whole and self._skip(at) != len(self._text):
                raise json.JSONDecodeError("more text after the end", self._text, self._skip(at))
        except (json.JSONDecodeError, RecursionError) as error:
            fault = self._fault(error)
            if not self._found.elements:
                raise fault from error
            self._found.fault = fault
        except ValueError as error:  # a number of thousands of digits
            raise Malformed(self._source, f"cannot be read: {error}", rule="json.number") from error
        self._found.doubled = tuple(dict.fromkeys(self._doubled))
        return self._found

    def _fault(self, error: json.JSONDecodeError | RecursionError) -> HarvestError:
        if isinstance(error, RecursionError):
            return OverLimit(self._source, "is nested too deep", rule="json.depth")
        return Malformed(
            self._source,
            f"is not JSON: {error.msg} (column {error.colno})",
            rule="json.syntax",
            line=error.lineno,
        )

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            seen: dict[str, Any] = {}
            for key, value in pairs:
                if key in seen and seen[key] != value:
                    self._doubled.append(key)
                seen[key] = value
        return found

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return found.end() if found else at

    def _line_at(self, at: int) -> int:
        self._line += self._text.count("\n", self._counted, at)
        self._counted = at
        return self._line

    def _value(self, at: int, path: str) -> tuple[int, Any]:
        opening = self._text[at : at + 1]
        if opening == "[" and path in self._lists:
            return self._list(at, path), None
        within = any(one.startswith(f"{path}." if path else "") and one != path for one in self._lists)
        if opening == "{" and within:
            return self._members(at, path)
        value, end = self._decoder.raw_decode(self._text, at)
        return end, value

    def _members(self, at: int, path: str) -> tuple[int, dict[str, Any]]:
        found: list[tuple[str, Any]] = []
        at = self._skip(at + 1)
        if self._text[at : at + 1] == "}":
            return at + 1, {}
        while True:
            if self._text[at : at + 1] != '"':
                raise json.JSONDecodeError("Expecting property name in double quotes", self._text, at)
            key, at = self._decoder.raw_decode(self._text, at)
            at = self._skip(at)
            if self._text[at : at + 1] != ":":
                raise json.JSONDecodeError("Expecting ':' delimiter", self._text, at)
            at, value = self._value(self._skip(at + 1), f"{path}.{key}" if path else key)
            found.append((key, value))
            at = self._skip(at)
            if self._text[at : at + 1] == "}":
                return at + 1, self._object(found)
            if self._text[at : at + 1] != ",":
                raise json.JSONDecodeError("Expecting ',' delimiter", self._text, at)
            at = self._skip(at + 1)

    def _list(self, at: int, path: str) -> int:
        at = self._skip(at + 1)
        if self._text[at : at + 1] == "]":
            return at + 1
        while True:
            kept, self._doubled = self._doubled, []
            value, end = self._decoder.raw_decode(self._text, at)
            original = self._text[at:end]
            doubled = tuple(dict.fromkeys(self._doubled))
            self._found.elements.append(Located(value, original, self._line_at(at), path, doubled))
            self._doubled = kept
            at = self._skip(end)
            if self._text[at : at + 1] == "]":
                return at + 1
            if self._text[at : at + 1] != ",":
                raise json.JSONDecodeError("Expecting ',' delimiter", self._text, at)
            at = self._skip(at + 1)


def at_path(value: Any, path: str) -> list[Any]:
    """All values at a path: `a.b`, `links.link[].href`, `tags[]`; blanks and None are left out.

    A list on the way is walked through, whether or not the path says `[]`; keys may hold `@` and `:`. A
    filter picks among objects: `identifiers[scheme=doi].value`.
    """
    found = [value]
    for step in path.split(".") if path else []:
        key, _, rest = step.partition("[")
        reached: list[Any] = []
        for one in found:
            for each in one if isinstance(one, list) else [one]:
                if not key:
                    reached.append(each)
                elif isinstance(each, dict) and key in each:
                    reached.append(each[key])
        found = _picked(reached, rest.rstrip("]")) if rest else reached
    flat = [each for one in found for each in (one if isinstance(one, list) else [one])]
    return [each for each in flat if each is not None and each != ""]


def _picked(values: list[Any], condition: str) -> list[Any]:
    flat = [each for one in values for each in (one if isinstance(one, list) else [one])]
    if not condition:
        return flat
    if condition.isdigit():
        return flat[int(condition) : int(condition) + 1]
    key, _, wanted = condition.partition("=")
    return [one for one in flat if isinstance(one, dict) and str(one.get(key, "")).lower() == wanted.lower()]
