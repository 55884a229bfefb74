"""What a list of resources was asked for: words, values and an order, of the page and of its other forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query

from api.asking import check_values, cut
from api.pages_browse import fields
from api.search import ACCESS, TYPES
from corpus.facets import FOLDED

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
    licence: Many,
    format: Many,
    updated: Many,
    frequency: Many,
    funder: Many,
    part_of: Many,
    q: str = "",
    sort: Sort = "",
) -> Asked:
    """Raises a validation error that lists what is allowed."""
    given = {
        "type": type, "field": field, "subject": subject, "province": province, "access": access,
        "licence": licence, "format": format, "updated": updated, "frequency": frequency,
        "funder": funder, "part_of": part_of,
    }  # fmt: skip
    chosen = {name: _given(values, folded=name in FOLDED) for name, values in given.items()}
    for name, allowed in (("type", TYPES), ("field", fields()), ("access", ACCESS)):
        check_values(chosen[name], allowed, ("query", name))
    return Asked(cut(q), chosen, sort)


AskedDep = Annotated[Asked, Depends(asked)]


def _given(values: Sequence[str], *, folded: bool) -> list[str]:
    """Without what a form sends for fields that nobody filled in; each once."""
    kept = (value.strip().casefold() if folded else value.strip() for value in values if value.strip())
    return list(dict.fromkeys(kept))[:20]
