"""Values of loosely typed JSON as strings: a name, an address or a list of either, however it is wrapped."""

from __future__ import annotations

from typing import Any

from corpus.harvest.drafts import Said

_NAMES = ("@value", "value", "name", "title", "prefLabel", "label", "term", "fullName", "display_name")
_ADDRESSES = ("@id", "url", "contentUrl", "href", "uri", "id", "@value", "value")


def strings(value: Any, *keys: str) -> list[str]:
    """Every text in a value: of a string or number itself, of an object what its first of `keys` holds."""
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, int | float):
        return [str(value)]
    if isinstance(value, list):
        return [text for one in value for text in strings(one, *keys)]
    for key in keys or _NAMES:
        if found := strings(value.get(key), *keys):
            return found
    return []


def string(value: Any, *keys: str) -> str:
    """The first of `strings`, or empty."""
    return next(iter(strings(value, *keys)), "")


def addresses(value: Any) -> list[str]:
    """Every address in a value: strings, or objects with an @id, url …"""
    return strings(value, *_ADDRESSES)


def said(value: Any, language: str | None = None) -> list[Said]:
    """Texts with their languages: plain, {"@value", "@language"}, or {"en": …, "zh": …}."""
    if isinstance(value, list):
        return [each for one in value for each in said(one, language)]
    if isinstance(value, dict):
        if "@value" in value:
            return [Said(text, value.get("@language") or language) for text in strings(value["@value"])]
        if value and all(isinstance(key, str) and 2 <= len(key.partition("-")[0]) <= 3 for key in value):
            return [each for key, one in value.items() for each in said(one, key)]
        return [Said(text, language) for text in strings(value)]
    return [Said(text, language) for text in strings(value)]


def as_list(value: Any) -> list[Any]:
    """The members of a list, one for a single value, none for null."""
    return value if isinstance(value, list) else [] if value is None else [value]


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a value: itself, or those of a list."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def obj(value: Any) -> dict[str, Any]:
    """The first object, or an empty one."""
    return next(iter(objects(value)), {})


def whole_number(value: Any) -> int | None:
    """A size in bytes; None for anything but a whole number."""
    try:
        number = int(str(value))
    except (TypeError, ValueError):
        return None
    return number if number >= 0 else None


def split_words(value: Any) -> list[str]:
    """Keywords of a list, or of one text parted by commas or semicolons."""
    if isinstance(value, str):
        parts = value.replace("；", ";").replace("、", ";").replace("，", ";")
        mark = ";" if ";" in parts else ","
        return [one.strip() for one in parts.split(mark) if one.strip()]
    return [each for one in strings(value, "name", "prefLabel", "@value", "term", "title") for each in [one]]
