"""YAML documents of a text, one by one, without aliases: a few lines of those unfold to gigabytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from corpus.harvest.errors import Malformed, OverLimit
from corpus.harvest.jsontext import Located

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: same result, ten times slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_PART = re.compile(r"^---[ \t]*(?:#.*)?$", re.M)


def yaml_documents(text: str, source: str) -> Iterator[Located]:
    """Each document with its own text and first line; one that cannot be read has the error as its value."""
    starts = [0, *(found.end() for found in _PART.finditer(text))]
    ends = [*(found.start() for found in _PART.finditer(text)), len(text)]
    for start, end in zip(starts, ends, strict=True):
        part = text[start:end]
        if not re.sub(r"^\s*#.*$", "", part, flags=re.M).strip():
            continue
        line = text.count("\n", 0, start) + len(part) - len(part.lstrip("\n")) + 1
        try:
            value: Any = read_yaml(part.lstrip("\n"), source)
        except (Malformed, OverLimit) as error:
            value = type(error)(
                source,
                error.message,
                rule=error.rule,
                line=line if error.line is None else line + error.line - 1,
            )
        if isinstance(value, Malformed | OverLimit):
            line = value.line or line
        yield Located(value, part.strip("\n"), line, "")


def read_yaml(text: str, source: str) -> Any:
    """The value of one document. Raises Malformed with the line, OverLimit for aliases and depth."""
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else None
                raise OverLimit(
                    source, "uses YAML aliases, which are not followed", rule="yaml.alias", line=line
                )
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        raise Malformed(
            source, f"is not YAML: {reason}", rule="yaml.syntax", line=None if mark is None else mark.line + 1
        ) from error
    except (RecursionError, ValueError) as error:
        raise OverLimit(source, f"cannot be read: {error}", rule="yaml.depth") from error
