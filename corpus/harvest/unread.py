"""What a source says of a record that none of our fields takes, by the fields of the source.

One reading for all forms: a field of the original counts as read where the draft holds its words, however the
form's reader came by them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import yaml
from lxml import etree

from corpus.harvest.bodies import local_name
from corpus.harvest.cleaning import is_placeholder
from corpus.harvest.drafts import Draft

HELD = 0.8
"""Share of the words of a field that the draft must hold."""
_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d]+")
_CLASS = re.compile(r"[A-Z]{2,3}_[A-Z]")
"""ISO's classes, which stand between its fields: identificationInfo, MD_DataIdentification, citation."""
_DEEPEST = 3
"""Names that say where a field stands: distribution.theme.id."""


def unread(original: bytes, draft: Draft) -> tuple[str, ...]:
    """Names of fields, each once; none where the original is neither JSON, YAML nor XML."""
    held = set[str]()
    for _, text in _said(draft, ()):
        held.update(_words(text))
    found: dict[str, None] = {}
    for path, text in _leaves(original):
        words = _words(text)
        if words and sum(word in held for word in words) < HELD * len(words) and not is_placeholder(text):
            found[".".join(path[-_DEEPEST:])] = None
    return tuple(found)


def _words(text: str) -> list[str]:
    """Folded; a number in one form, however many zeros it was written with."""
    return [str(float(one)) if one[0].isdecimal() else one for one in _WORD.findall(text.casefold())]


Path = tuple[str, ...]


def _leaves(original: bytes) -> Iterator[tuple[Path, str]]:
    if original.lstrip()[:1] == b"<":
        yield from _of_element(etree.fromstring(original, etree.XMLParser(resolve_entities=False)), ())
        return
    try:
        value = json.loads(original)
    except ValueError:
        value = yaml.load(original, yaml.CSafeLoader)
    yield from _said(value, ())


def _said(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Texts and numbers of JSON or of a draft; but for values, what begins with @ is of JSON-LD itself."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "@value":
                yield from _said(inner, path)
            elif not str(key).startswith("@"):
                yield from _said(inner, (*path, re.split(r"[#/]", str(key))[-1] or str(key)))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _said(inner, path)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _said(getattr(value, one.name), path)
    elif value is not None and not isinstance(value, bool):
        yield path, str(value).strip()


def _of_element(element: Any, path: Path) -> Iterator[tuple[Path, str]]:
    name = local_name(element)
    path = path if _CLASS.match(name) or "gco" in (etree.QName(element).namespace or "") else (*path, name)
    text = (element.text or "").strip() or element.get("codeListValue", "")
    if text:
        yield path, text
    for child in element:
        if isinstance(child.tag, str):
            yield from _of_element(child, path)
