"""Validation errors as one sentence each: which field, which value, what is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.messages import Locale, say

_SHOWN_FAULTS = 3


def validation_message(faults: Sequence[Any], locale: Locale) -> tuple[int, str, str]:
    """Status, code and message for pydantic's list of faults: 400 for what is no JSON object, else 422."""
    for fault in faults:
        if fault["type"] == "json_invalid":
            reason = fault.get("ctx", {}).get("error", "it cannot be read")
            return 400, "json_malformed", say("json_malformed", locale, reason=reason)
        if tuple(fault["loc"]) == ("body",) and fault["type"] != "kewen_field_unknown":
            given = fault.get("input")
            reason = "the body is missing" if given is None else "it is not an object"
            if isinstance(given, bytes):
                reason = "the content type is not application/json"
            return 400, "json_malformed", say("json_malformed", locale, reason=reason)
    sentences = [_sentence(fault, locale) for fault in faults[:_SHOWN_FAULTS]]
    return 422, "validation_failed", (" " if locale == "en" else "").join(sentences)


def _sentence(fault: Any, locale: Locale) -> str:
    field = _field(fault["loc"])
    context = fault.get("ctx") or {}
    value = quoted(fault.get("input"))
    match fault["type"]:
        case "missing":
            return say("field_missing", locale, field=field)
        case "kewen_field_unknown":
            name = _field([*fault["loc"], context["field"]])
            return say("field_unknown", locale, field=name, allowed=context["allowed"])
        case "literal_error" | "enum":
            allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
            return say("value_not_allowed", locale, field=field, value=value, allowed=allowed)
        case "kewen_not_allowed":
            return say("value_not_allowed", locale, field=field, value=value, allowed=context["allowed"])
        case "kewen_invalid":
            return say("value_invalid", locale, field=field, value=value, reason=say(context["say"], locale))
        case _:
            return say("value_invalid", locale, field=field, value=value, reason=fault["msg"].rstrip("."))


def _field(location: Sequence[Any]) -> str:
    """filters.types[0] for ("body", "filters", "types", 0)."""
    parts = location[1:] if location and location[0] in ("body", "query", "path", "header") else location
    name = ""
    for part in parts:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else str(part)
    return quoted(name, quotes=False)


def quoted(value: object, *, quotes: bool = True, limit: int = 80) -> str:
    """A value as messages show it: short, printable and encodable."""
    text = f"'{value}'" if isinstance(value, str) and quotes else str(value)
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[: limit + 1])
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
