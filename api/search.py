"""GET /api/search: records, best first, with counts."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query

from api.asking import check_provinces, check_values, readable
from api.catalogue import search
from api.deps import KewenDep, LocaleDep, StateDep
from api.schemas import SearchOut, refusals
from corpus.facets import Facet
from corpus.records import AccessLevel, ResourceType

router = APIRouter(tags=["catalogue"])

TYPES = get_args(ResourceType)
ACCESS = get_args(AccessLevel)


def _one_of(values: tuple[str, ...]) -> dict[str, Any]:
    return {"items": {"type": "string", "enum": ["", *values]}}  # an empty one filters nothing


@router.get("/api/search", responses=refusals(401, 422, 429, 503))
async def search_records(
    state: StateDep,
    kewen: KewenDep,
    locale: LocaleDep,
    type: Annotated[list[str], Query(default_factory=list, json_schema_extra=_one_of(TYPES))],
    province: Annotated[list[str], Query(default_factory=list)],
    access: Annotated[list[str], Query(default_factory=list, json_schema_extra=_one_of(ACCESS))],
    licence: Annotated[list[str], Query(default_factory=list, description="SPDX id, or as records have it.")],
    format: Annotated[list[str], Query(default_factory=list)],
    host: Annotated[list[str], Query(default_factory=list)],
    variable: Annotated[list[str], Query(default_factory=list)],
    frequency: Annotated[list[str], Query(default_factory=list)],
    funder: Annotated[list[str], Query(default_factory=list)],
    part_of: Annotated[list[str], Query(default_factory=list, description="Series or collection.")],
    year: Annotated[list[str], Query(default_factory=list, description="Of founding or publication.")],
    updated: Annotated[list[str], Query(default_factory=list, description="Year of the last change.")],
    q: Annotated[str, Query(description="Empty lists everything that fits the filters.")] = "",
    kind: Annotated[Literal["resource", "policy", ""], Query()] = "",
    sort: Annotated[Literal["score", "newest", ""], Query()] = "",
    k: Annotated[int, Query(ge=1, le=200, description="How many hits at most.")] = 10,
) -> SearchOut:
    """Search resources and policies; every filter may be given more than once, for alternatives.

    `facets` of the answer names values that filters take; they are compared without case.
    """
    # A form sends the fields that nobody filled in as empty.
    types, provinces, levels = ([value for value in given if value] for given in (type, province, access))
    check_values(types, TYPES, ("query", "type"))
    check_provinces(provinces, state.provinces, ("query", "province"))
    check_values(levels, ACCESS, ("query", "access"))
    given: dict[Facet, list[str]] = {
        "licence": licence, "format": format, "host": host, "variable": variable, "frequency": frequency,
        "funder": funder, "part_of": part_of,
        "year": year, "updated": updated,
    }  # fmt: skip
    facets = {facet: kept for facet, values in given.items() if (kept := [one for one in values if one])}
    return await search(
        kewen,
        readable(q, "query_too_long"),
        kind=kind or None,
        types=types,
        provinces=provinces,
        access=levels,
        facets=facets,
        newest=sort == "newest",
        k=k,
        listing_language=locale,
    )
