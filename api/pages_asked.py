"""What a list of resources was asked for: words, values and an order, of the page and of its other forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query

from api.asking import check_values, cut
from api.pages_browse import fields
from api.search import ACCESS, TYPES

Many = Annotated[list[str], Query(default_factory=list)]
Sort = Literal["relevance", "name", "date", "completeness", ""]


@dataclass(frozen=True, slots=True)
class Asked:
    """`chosen` are values by facet, each once; `sort` is empty where nobody chose an order."""

    query: str
    chosen: dict[str, list[str]]
    sort: Sort

    @property
    def params(self) -> list[tuple[str, str]]:
        """As the address has them."""
        made = [("q", self.query)] if self.query else []
        return made + [(name, value) for name, values in self.chosen.items() for value in values]

    @property
    def order(self) -> list[tuple[str, str]]:
        return [("sort", self.sort)] if self.sort else []


def asked(
    type: Many,
    field: Many,
    subject: Many,
    province: Many,
    access: Many,
    q: str = "",
    sort: Sort = "",
) -> Asked:
    """Raises a validation error that lists what is allowed."""
    chosen = {
        "type": _given(type),
        "field": _given(field),
        "subject": [value.casefold() for value in _given(subject)],
        "province": _given(province),
        "access": _given(access),
    }
    for name, allowed in (("type", TYPES), ("field", fields()), ("access", ACCESS)):
        check_values(chosen[name], allowed, ("query", name))
    return Asked(cut(q), chosen, sort)


AskedDep = Annotated[Asked, Depends(asked)]


def _given(values: Sequence[str]) -> list[str]:
    """Without what a form sends for fields that nobody filled in; each once."""
    return list(dict.fromkeys(value.strip() for value in values if value.strip()))[:20]
