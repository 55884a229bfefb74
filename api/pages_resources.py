"""GET /resources: the catalogue by type, subject, place and access; /resources/{id}: one record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Query, Request, Response

from api.catalogue import find_resource, snippet
from api.deps import KewenDep, StateDep
from api.errors import ApiError
from api.pages_asked import Asked, AskedDep
from api.pages_browse import FOUND, LISTED, Choice, Shelf, chosen_words, find, shelf_of, value_word
from api.pages_citing import citations, jsonld_element, machine_forms
from api.pages_details import entries, facts, ways
from api.pages_errors import PageRoute
from api.pages_forms import FORMS
from api.pages_lit import Lit
from api.pages_shell import READ, Shell, label, labels, render, shell_of, vocabulary
from api.pages_texts import TEXTS
from api.pages_tiles import COLUMNS, elsewhere, tiles
from corpus.records import Policy, Resource, Tombstone

router = APIRouter(include_in_schema=False, route_class=PageRoute)

PAGE = 20
"""Records on one page of a list."""
SHOWN = 10
"""Values of a facet that are shown at once; the others unfold."""
DEEPEST = 10_000


@dataclass(frozen=True, slots=True)
class FacetView:
    """One facet as the page shows it."""

    name: str
    title: str
    choices: list[ChoiceView]
    more: list[ChoiceView]


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One value with the address that adds or removes it."""

    text: str
    count: int
    chosen: bool
    url: str


@router.api_route("/resources", methods=READ)
async def resource_list(
    request: Request,
    state: StateDep,
    kewen: KewenDep,
    asked: AskedDep,
    page: Annotated[int, Query(ge=1, le=DEEPEST)] = 1,
    view: Literal["list", "places", ""] = "",
) -> Response:
    """The list, or the same records by place."""
    query, chosen, params = asked.query, asked.chosen, asked.params
    shelf = shelf_of(state, kewen, "resource")
    spoken = shell_of(request).language
    found = await find(kewen, shelf, "resource", query, chosen, asked.sort, spoken)

    last = max(1, -(-len(found.rows) // PAGE))
    if page > last:
        raise ApiError(404, "route_unknown", path=f"/resources?page={page}")
    shown_as = [*asked.order, *([("view", "places")] if view == "places" else [])]
    paged = [("page", str(page))] if page > 1 else []
    shell = shell_of(request, params + shown_as + paged)
    facets = [
        _facet_view(shell, shelf, name, choices, params + shown_as)
        for name in LISTED
        if (choices := found.facets.get(name, [])) and (name != "subject" or chosen[name])
    ]
    counts = {choice.value: choice.count for choice in found.facets.get("province", [])}
    first = (page - 1) * PAGE
    rows = found.rows[first : first + PAGE]
    plain = not params and page == 1
    meant = shelf.meant.of(query) if query and not found.rows else None
    title = shell.t("resources_title")
    return render(
        shell,
        "resources.html",
        title=" · ".join([*(chosen_words(shell, shelf, chosen, query)), title]),
        description=shell.t("resources_lead"),
        indexed=not query and len(params) <= 1,
        heading=title,
        query=query,
        records=[shelf.records[row] for row in rows],
        total=len(found.rows),
        first=first + 1,
        last=first + len(rows),
        page=page,
        pages=last,
        turn=lambda n: shell.url("/resources", params + shown_as + ([("page", str(n))] if n > 1 else [])),
        facets=facets,
        chips=[choice for facet in facets for choice in (*facet.choices, *facet.more) if choice.chosen],
        hidden=[*params[1 if query else 0 :], *shown_as],
        clear=shell.url("/resources", shown_as),
        found_by_words=bool(query) and asked.sort in ("", "relevance"),
        sorts=_sorts(shell, asked, view),
        forms=[(name, shell.url(f"/resources.{form}", params + asked.order)) for name, form in FORMS],
        feed=shell.url("/resources.atom", params),
        lit=Lit(query, shell.language),
        said_of=lambda record: snippet(record, found.places.get(record.id, ""), shell.language),
        meant=meant,
        meant_url=shell.url("/resources", [("q", meant or ""), *params[1:]]),
        cut=found.cut and FOUND,
        view="places" if view == "places" else "list",
        list_url=shell.url("/resources", params),
        places_url=shell.url("/resources", [*params, ("view", "places")]),
        overview=plain and view != "places",
        tiles=tiles(vocabulary(), counts),
        columns=COLUMNS,
        elsewhere=elsewhere(vocabulary(), counts),
        unknown=sum(not shelf.records[row].province for row in found.rows),
        province_url=lambda name: _with(shell, [*params], "province", name),
    )


def _sorts(shell: Shell, asked: Asked, view: str) -> list[ChoiceView]:
    """The orders that the list can take, with their addresses."""
    offered = ("relevance" if asked.query else "", "name", "date", "completeness")
    chosen = asked.sort or offered[0]
    kept = asked.params + ([("view", view)] if view == "places" else [])
    return [
        ChoiceView(
            shell.t(f"sort_{sort or 'own'}"),
            0,
            sort == chosen,
            shell.url("/resources", [*kept, *([("sort", sort)] if sort not in ("", "relevance") else [])]),
        )
        for sort in offered
    ]


def _with(shell: Shell, params: list[tuple[str, str]], name: str, value: str) -> str:
    """The list with this value and no other of its facet."""
    kept = [(key, given) for key, given in params if key != name]
    return shell.url("/resources", [*kept, (name, value)])


def _facet_view(
    shell: Shell, shelf: Shelf, name: str, choices: Iterable[Choice], params: list[tuple[str, str]]
) -> FacetView:
    made = []
    for choice in choices:
        if name == "subject" and not choice.chosen:
            continue  # free words are many: those that an address names can be let go
        one = (name, choice.value)
        others = [given for given in params if given != one]
        made.append(
            ChoiceView(
                value_word(shell, shelf, name, choice.value),
                choice.count,
                choice.chosen,
                shell.url("/resources", others if choice.chosen else [*others, one]),
            )
        )
    made.sort(key=lambda one: not one.chosen)
    limit = max(SHOWN, sum(one.chosen for one in made))
    # Nobody unfolds a list for one more value.
    limit = len(made) if len(made) <= limit + 2 else limit
    return FacetView(name, shell.t(f"facet_{name}"), made[:limit], made[limit:])


@router.api_route("/resources/{resource_id:path}", methods=READ)
async def resource_page(resource_id: str, request: Request, state: StateDep, kewen: KewenDep) -> Response:
    """One record with its schema.org form in the head."""
    shell = shell_of(request)
    gone = kewen.corpus.gone.get(resource_id)
    if gone is not None and resource_id not in kewen.corpus.by_id:
        return _gone_page(shell, gone, state, kewen)
    resource = find_resource(kewen, resource_id)
    language = shell.language
    related = _related(resource, state, kewen)
    description = resource.holdings or resource.access.text or resource.host or resource.name
    return render(
        shell,
        "resource.html",
        title=resource.name.in_(language),
        description=f"{label('types', resource.type, language)}: {description.in_(language)}",
        indexed=resource.label == "public",
        record=resource,
        jsonld=jsonld_element(resource, shell),
        rows=facts(resource, shell),
        entries=entries(resource, shell),
        ways=ways(resource, shell),
        place=_place(resource, shell),
        policies=[one for one in related if isinstance(one, Policy)],
        resources=[one for one in related if isinstance(one, Resource)],
        harvested=resource.origin is not None,
        verified_fields=[shell.t(field) if field in TEXTS else field for field in resource.verified_fields],
        cautions=[note for note in resource.notes if note.kind in ("caution", "contradiction")],
        provenance=[note for note in resource.notes if note.kind == "provenance"],
        links=[note for note in resource.notes if note.kind == "link"],
        citations=citations(resource, shell),
        forms=machine_forms(resource),
    )


def _gone_page(shell: Shell, gone: Tombstone, state: Any, kewen: Any) -> Response:
    """410: what was here, why it is not, and what took its place."""
    successor = None
    for kind in cast(Any, ("resource", "policy")):
        shelf = shelf_of(state, kewen, kind)
        if gone.successor in shelf.row_of:
            successor = shelf.records[shelf.row_of[gone.successor]]
    return render(
        shell,
        "gone.html",
        title=f"{gone.name.in_(shell.language)} · {shell.t('gone_title')}",
        status=410,
        gone=gone,
        successor=successor,
    )


def _place(resource: Resource, shell: Shell) -> str:
    """上海市 or 甘肃省 · 兰州: a city that says no more than its province is left out."""
    province = labels()["provinces"].get(resource.province or "")
    words = province.in_(shell.language) if province else resource.province or ""
    city = resource.city.in_(shell.language) if resource.city else ""
    if not city or (words and (city in words or words in city)):
        return words or city
    return f"{words} · {city}" if words else city


def _related(resource: Resource, state: Any, kewen: Any) -> list[Resource | Policy]:
    """What the record names and what names it, as far as the asker may see, each once."""
    found: dict[str, Resource | Policy] = {}
    shelves = [shelf_of(state, kewen, kind) for kind in cast(Any, ("policy", "resource"))]
    for shelf in shelves:
        for other in resource.related:
            if other in shelf.row_of:
                found[other] = shelf.records[shelf.row_of[other]]
        for record in shelf.pointing.get(resource.id, ()):
            found.setdefault(record.id, record)
    found.pop(resource.id, None)
    return list(found.values())[:40]
