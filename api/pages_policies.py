"""GET /policies: documents by rank and status; /policies/{id}: the reader; …/diff: two versions of one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.asking import check_values, cut
from api.catalogue import find_article, find_policy
from api.deps import KewenDep, StateDep
from api.errors import ApiError
from api.pages_browse import FOUND, Choice, find, shelf_of
from api.pages_citing import citations, jsonld_element, machine_forms
from api.pages_diffs import Change, compared
from api.pages_errors import PageRoute
from api.pages_shell import READ, Shell, article_label, label, render, shell_of
from api.pages_timeline import timeline
from api.policies import find_version, version_before
from api.validation import quoted
from corpus.records import Article, Policy, PolicyStatus, PolicyVersion, Rank, Resource, Text
from corpus.versions import last_day

router = APIRouter(include_in_schema=False, route_class=PageRoute)

PAGE = 60
RANKS = get_args(Rank)
STATUSES = get_args(PolicyStatus)
_OVER = {"superseded", "repealed"}


@dataclass(frozen=True, slots=True)
class Choosing:
    """A value of a facet with the address that chooses it or lets it go."""

    text: str
    count: int
    chosen: bool
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One document in the list, with the article that a search found in it."""

    policy: Policy
    article: Article | None


Many = Annotated[list[str], Query(default_factory=list)]


@router.api_route("/policies", methods=READ)
async def policy_list(
    request: Request,
    state: StateDep,
    kewen: KewenDep,
    rank: Many,
    status: Many,
    q: str = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """All documents, in groups by rank; a search lists them by relevance with the article that fits."""
    query = cut(q)
    chosen = {"rank": [one for one in rank if one], "status": [one for one in status if one]}
    check_values(chosen["rank"], RANKS, ("query", "rank"))
    check_values(chosen["status"], STATUSES, ("query", "status"))
    shelf = shelf_of(state, kewen, "policy")
    found = await find(kewen, shelf, "policy", query, chosen)
    rows = list(found.rows)
    if not query:
        rows.sort(key=lambda row: RANKS.index(shelf.records[row].rank))
    last = max(1, -(-len(rows) // PAGE))
    if page > last:
        raise ApiError(404, "route_unknown", path=f"/policies?page={page}")
    params = [("q", query)] if query else []
    params += [(name, value) for name, values in chosen.items() for value in values]
    shell = shell_of(request, params + ([("page", str(page))] if page > 1 else []))
    first = (page - 1) * PAGE
    entries = []
    for row in rows[first : first + PAGE]:
        # As the asker may see it: some articles of a document may be for others.
        policy = find_policy(kewen, shelf.records[row].id)
        entries.append(Entry(policy, policy.article(found.places.get(policy.id, ""))))
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault("" if query else entry.policy.rank, []).append(entry)
    title = shell.t("policies_title")
    facets = [
        (name, shell.t(f"facet_{name}"), _choices(shell, name, found.facets.get(name, []), params))
        for name in ("rank", "status")
    ]
    words = [label(f"{name}es" if name == "status" else "ranks", value, shell.language)
             for name, values in chosen.items() for value in values]  # fmt: skip
    return render(
        shell,
        "policies.html",
        title=" · ".join([*([query] if query else []), *words, title]),
        description=shell.t("policies_lead"),
        indexed=not query and len(params) <= 1,
        heading=title,
        query=query,
        groups=groups,
        total=len(rows),
        first=first + 1,
        last=first + len(entries),
        page=page,
        pages=last,
        turn=lambda n: shell.url("/policies", params + ([("page", str(n))] if n > 1 else [])),
        facets=[facet for facet in facets if facet[2]],
        chips=[choice for _, _, choices in facets for choice in choices if choice.chosen],
        hidden=params[1 if query else 0 :],
        clear=shell.url("/policies"),
        cut=found.cut and FOUND,
        over=_OVER,
    )


def _choices(
    shell: Shell, name: str, choices: Sequence[Choice], params: list[tuple[str, str]]
) -> list[Choosing]:
    codes = RANKS if name == "rank" else STATUSES
    made = []
    for choice in sorted(choices, key=lambda one: codes.index(one.value)):
        one = (name, choice.value)
        others = [given for given in params if given != one]
        made.append(
            Choosing(
                label("ranks" if name == "rank" else "statuses", choice.value, shell.language),
                choice.count,
                choice.chosen,
                shell.url("/policies", others if choice.chosen else [*others, one]),
            )
        )
    return made


# Ids may hold a slash, so the longer paths come first.


@router.api_route("/policies/{policy_id:path}/articles/{no}", methods=READ)
async def article_link(policy_id: str, no: str, request: Request, kewen: KewenDep) -> Response:
    """To the reader, opened at the article: 20, 第二十条, art-20, x-1; 20@VERSION in a stored text."""
    policy = find_policy(kewen, policy_id)
    article = find_article(policy, no)
    shell = shell_of(request)
    version = no.partition("@")[2]
    address = shell.url(_path(policy), {"version": version} if version else None)
    return RedirectResponse(f"{address}#{article.anchor}", 302)


@router.api_route("/policies/{policy_id:path}/diff", methods=READ)
async def diff_page(
    policy_id: str,
    request: Request,
    kewen: KewenDep,
    earlier: Annotated[str, Query(alias="from")] = "",
    later: Annotated[str, Query(alias="to")] = "",
) -> Response:
    """Two stored versions, article by article, with the words that came and went."""
    policy = find_policy(kewen, policy_id)
    if len(policy.versions) < 2:
        sentence = "version_unknown" if policy.versions else "version_none"
        raise ApiError(404, "version_unknown", say_as=sentence, value=quoted(policy.id))
    new = find_version(policy, "to", later) if later else policy.versions[-1]
    old = find_version(policy, "from", earlier) if earlier else version_before(policy, new)
    changes: tuple[Change, ...] = await asyncio.to_thread(compared, old, new)
    shell = shell_of(request, [("from", old.version), ("to", new.version)])
    counts = {
        kind: sum(change.kind == kind for change in changes)
        for kind in ("added", "removed", "changed", "renumbered", "unchanged")
    }
    title = shell.t("diff_title", title=policy.title.in_(shell.language))
    return render(
        shell,
        "diff.html",
        title=title,
        description=shell.t("compare_what", old=old.version, new=new.version),
        indexed=policy.label == "public",
        policy=policy,
        old=old,
        new=new,
        changes=[change for change in changes if change.kind != "unchanged"],
        counts={kind: count for kind, count in counts.items() if count},
        version_text=lambda one: version_text(one, shell),
        article_label=lambda no: article_label(no, shell),
    )


@router.api_route("/policies/{policy_id:path}", methods=READ)
async def reader(
    policy_id: str,
    request: Request,
    state: StateDep,
    kewen: KewenDep,
    version: str = "",
    since: Annotated[str, Query(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = "",
) -> Response:
    """The document with its articles; with ?version= the whole words of a stored text, with ?since= what
    happened to it after a day."""
    policy = find_policy(kewen, policy_id)
    shown = find_version(policy, "version", version) if version else None
    params = [("version", shown.version)] if shown else []
    shell = shell_of(request, params + ([("since", since)] if since else []))
    language = shell.language
    articles = shown.articles if shown else policy.articles
    related = _related(policy, state, kewen)
    title = policy.title.in_(language)
    return render(
        shell,
        "policy.html",
        title=f"{title} ({shown.version})" if shown else title,
        description=policy.scope.in_(language),
        indexed=policy.label == "public",
        policy=policy,
        shown=shown,
        is_current=shown is not None and shown.version == policy.current,
        chapters=_chapters(articles, {} if shown else _chapters_of_text(policy), shell),
        count=len(articles),
        has_digest=shown is None and any(article.digest for article in policy.articles),
        banner=_banner(policy.status),
        over=policy.status in _OVER,
        version_text=lambda one: version_text(one, shell),
        article_label=lambda no: article_label(no, shell),
        versions=list(reversed(policy.versions)),
        time=timeline(policy, shell, lambda one: _successor(one, kewen, shell), since),
        older=_older(policy),
        link=lambda one: _successor(one, kewen, shell),
        cautions=[note for note in policy.notes if note.kind != "provenance"],
        provenance=[note for note in policy.notes if note.kind == "provenance"],
        policies=[one for one in related if isinstance(one, Policy)],
        resources=[one for one in related if isinstance(one, Resource)],
        path=_path(policy),
        jsonld=jsonld_element(policy, shell),
        citations=citations(policy, shell),
        forms=machine_forms(policy),
    )


def _path(policy: Policy) -> str:
    return f"/policies/{quote(policy.id, safe='/:@')}"


def _banner(status: str) -> str:
    """The text that must stand above a document that does not simply hold."""
    if status in _OVER:
        return "over"
    return {"not_yet_in_force": "not_yet", "draft": "draft", "unknown": "status_unknown"}.get(status, "")


def _chapters_of_text(policy: Policy) -> dict[str, str]:
    """Anchor -> chapter, of the stored text that is in force; empty where none is stored."""
    current = (one for one in policy.versions if one.version == policy.current)
    return {article.anchor: article.chapter for one in current for article in one.articles if article.chapter}


def _chapters(
    articles: Sequence[Any], stored: Mapping[str, str], shell: Shell
) -> list[tuple[str, list[Any]]]:
    """Articles under their chapters, in order; "" where a document has none.

    A digest may not say its chapter: the stored text does, else it stands in the one before.
    """
    made: list[tuple[str, list[Any]]] = []
    for article in articles:
        chapter = article.chapter
        name = chapter.in_(shell.language) if isinstance(chapter, Text) else chapter
        name = name or stored.get(article.anchor, "")
        if not name and made and article.number is not None:
            name = made[-1][0]
        if not made or made[-1][0] != name:
            made.append((name, []))
        made[-1][1].append(article)
    return made


def version_text(version: PolicyVersion, shell: Shell) -> str:
    """From and until which day it holds, as far as that is known."""
    parts = []
    if version.effective:
        parts.append(shell.t("version_from", date=version.effective))
    elif version.issued:
        parts.append(shell.t("version_published", date=version.issued))
    if version.until:
        parts.append(shell.t("version_until", date=last_day(version.until)))
    if version.composed:
        parts.append(shell.t("version_composed"))
    return ("" if shell.language == "zh" else " ").join(parts) or version.version


def _older(policy: Policy) -> dict[str, str]:
    """The version before each, by name."""
    names = [one.version for one in policy.versions]
    return dict(zip(names[1:], names, strict=False))


def _successor(one: Any, kewen: Any, shell: Shell) -> str | None:
    """The page of a document that replaced this one, or was replaced by it, where the asker may see it."""
    if one.policy_id is None:
        return None
    try:
        return shell.record(find_policy(kewen, one.policy_id))
    except ApiError:
        return None


def _related(policy: Policy, state: Any, kewen: Any) -> list[Resource | Policy]:
    found: dict[str, Resource | Policy] = {}
    for shelf in (shelf_of(state, kewen, "policy"), shelf_of(state, kewen, "resource")):
        for other in policy.related:
            if other in shelf.row_of:
                found[other] = shelf.records[shelf.row_of[other]]
        for record in shelf.pointing.get(policy.id, ()):
            found.setdefault(record.id, record)
    found.pop(policy.id, None)
    return list(found.values())[:40]
