"""What pydantic found wrong, in sentences an editor of the files understands."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from types import UnionType
from typing import Any

from pydantic import BaseModel, ValidationError

from corpus.located_yaml import Location

_PATTERNS = {
    r"^\d{4}(-\d{2}(-\d{2})?)?$": "a date: YYYY-MM-DD, YYYY-MM or YYYY",
    r"^https?://": "an address that begins with http:// or https://",
    r"^[a-z0-9][a-z0-9:._/-]*$": "an id: small letters, digits and : . _ / -, first a letter or digit",
    r"^(x|preamble|item|annex|section)-\d+$": "x-1, x-2 …",
    r"^\d{6}$": "six digits",
}


def faults_of(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Location, str]]:
    """(where, sentence) for each fault."""
    for fault in error.errors(include_url=False):
        yield fault["loc"], _sentence(fault["type"], fault["input"], fault.get("ctx", {}), fault, model)


def _sentence(kind: str, given: object, context: dict[str, Any], fault: Any, model: type[BaseModel]) -> str:
    shown = _shown(given)
    match kind:
        case "missing":
            return f"{fault['loc'][-1]} is missing; add it."
        case "extra_forbidden":
            allowed = ", ".join(_fields_at(model, fault["loc"][:-1]))
            return f"{fault['loc'][-1]!r} is not a field; the fields here are {allowed}."
        case "literal_error":
            allowed = str(context["expected"]).replace("'", "").replace(" or ", ", ")
            return f"{shown} is not one of {allowed}."
        case "string_pattern_mismatch":
            wanted = _PATTERNS.get(str(context["pattern"]), f"text that matches {context['pattern']}")
            return f"{shown} is not {wanted}."
        case "string_too_short":
            return "is empty; write it or leave the field out."
        case "string_type" if given is None:
            return "is empty; write it or leave the field out."
        case "string_type":
            return f"{shown} should be one text."
        case "tuple_type":
            return f"{shown} should be a list, one `- item` a line."
        case "model_type" | "model_attributes_type" | "dict_type":
            allowed = ", ".join(_fields_at(model, fault["loc"])) or "name: value"
            return f"{shown} should be a mapping with the fields {allowed}."
        case "bool_parsing" | "bool_type":
            return f"{shown} is not one of true, false."
        case "int_parsing" | "int_type" | "int_from_float":
            return f"{shown} is not a whole number."
        case "value_error":
            return f"{context['error']}."
        case _:
            return f"{shown}: {fault['msg']}."


def _shown(given: object) -> str:
    """The value, cut to what fits a sentence."""
    if given is None:
        return "an empty value"
    text = repr(given) if isinstance(given, str) else str(given)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _fields_at(model: type[BaseModel], location: Location) -> list[str]:
    """Names of the fields a mapping at `location` may have."""
    here: type[BaseModel] | None = model
    for step in location:
        if isinstance(step, int) or here is None:
            continue
        field = here.model_fields.get(step)
        here = _model_in(field.annotation) if field else here
    return list(here.model_fields) if here else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The record inside Text | None, tuple[Note, ...] or dict[str, Lines]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (tuple, dict, typing.Union, UnionType):
        return next((found for a in typing.get_args(annotation) if (found := _model_in(a))), None)
    return None
