"""YAML files as plain values that remember the line each of them stands on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Location = tuple[int | str, ...]
Value = None | str | list["Value"] | dict[str, "Value"]

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML built without libyaml: same result, ten times slower
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

_NULL = "tag:yaml.org,2002:null"
_STRING = "tag:yaml.org,2002:str"


class _Loader(_SafeLoader):
    """Plain scalars are text, or null when empty, `~` or `null`; no dates, booleans or numbers.

    2018-03-17 and `no` must stay what the editor wrote; the records turn `true` or `57` into values.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [(_NULL, re.compile(r"^(?:~|null|)$"))] for first in ("~", "n", "")
    }


@dataclass(frozen=True)
class LocatedFile:
    """One file: its value, and where each part of it stands."""

    shown: str
    """The path as complaints show it."""
    value: dict[str, Value]
    _root: yaml.Node = field(repr=False)

    def line(self, location: Location = ()) -> int:
        """Line, from 1, of the value at `location`, or of its nearest parent when it is missing."""
        node, line = self._root, self._root.start_mark.line
        for step in location:
            child: yaml.Node | None = None
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == str(step):
                        child, line = value, key.start_mark.line
                        break
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                child = node.value[step]
                line = child.start_mark.line
            if child is None:
                break
            node = child
        return line + 1

    def get(self, location: Location) -> Value:
        """The value at `location`; None when it is missing."""
        found: Any = self.value
        for step in location:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found  # type: ignore[no-any-return]

    def complaint(self, location: Location, fault: str) -> str:
        """One sentence: file, line, field, fault."""
        where = dotted(location)
        return f"{self.shown}, line {self.line(location)}{', ' + where if where else ''}: {fault}"


def dotted(location: Location) -> str:
    """('articles', 3, 'digest', 'zh') as a reader knows it: articles[4].digest.zh; items count from 1."""
    text = ""
    for step in location:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def load_located(path: Path, shown: str, complain: Callable[[str], None]) -> LocatedFile | None:
    """The mapping that the file holds; None, after at least one complaint, when it holds none."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        complain(f"{shown}: cannot be read ({error.strerror}); check the file and its permissions.")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        complain(f"{shown}, line {line}: byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8.")
        return None
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f", line {mark.line + 1}" if mark else ""
        context = f" {error.context}" if error.context else ""
        complain(f"{shown}{at}: not valid YAML ({error.problem}{context}); mend the indentation or quoting.")
        return None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        complain(f"{shown}, line {line}: the file holds a character YAML does not allow; remove it.")
        return None
    except (yaml.YAMLError, RecursionError) as error:
        complain(f"{shown}: not valid YAML ({' '.join(str(error).split())[:200]}).")
        return None
    if root is None or (isinstance(root, yaml.ScalarNode) and root.tag == _NULL):
        complain(f"{shown}, line 1: the file is empty; write a record or delete the file.")
        return None
    if not isinstance(root, yaml.MappingNode):
        complain(f"{shown}, line {root.start_mark.line + 1}: the file must hold fields, as in `id: fast`.")
        return None

    faults: list[str] = []
    seen: set[int] = set()

    def fault(node: yaml.Node, location: Location, what: str) -> None:
        where = dotted(location)
        faults.append(f"{shown}, line {node.start_mark.line + 1}{', ' + where if where else ''}: {what}")

    def plain(node: yaml.Node, location: Location) -> Value:
        if id(node) in seen:
            fault(node, location, "anchors and aliases (&, *) are not read here; write the value out.")
            return None
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            if node.tag == _NULL:
                return None
            if node.tag != _STRING:
                fault(node, location, f"the tag {node.tag!r} is not read here; write the plain value.")
            return str(node.value)
        if isinstance(node, yaml.SequenceNode):
            return [plain(item, (*location, number)) for number, item in enumerate(node.value)]
        lines: dict[str, int] = {}
        found: dict[str, Value] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                fault(key, location, "a field name must be plain text.")
                continue
            name, line = str(key.value), key.start_mark.line + 1
            if name in lines:
                fault(key, (*location, name), f"is there twice, first in line {lines[name]}; keep one.")
                continue
            lines[name] = line
            found[name] = plain(value, (*location, name))
        return found

    value = plain(root, ())
    assert isinstance(value, dict)  # the root is a mapping
    for sentence in faults:
        complain(sentence)
    return None if faults else LocatedFile(shown, value, root)
