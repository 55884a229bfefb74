"""Draft: an answer before it has an id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.records import AnswerSet, AskFilters, Citation, ResourceCard, Status


@dataclass(frozen=True, slots=True)
class Draft:
    """What any writer must stay within; `shown` and `places` are what later questions may refer to."""

    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    resources: tuple[ResourceCard, ...] = ()
    follow_ups: tuple[str, ...] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    set: AnswerSet | None = None
    uncovered: tuple[str, ...] = ()
    lead: int = 1
    """First lines of a text that found nothing, which stand among other answers as well."""


def shown_filters(filters: AskFilters) -> dict[str, Any]:
    """Only the filters that restrict something, as the answer shows them."""
    told = filters.model_dump(mode="json")
    return {name: value for name, value in told.items() if value}
