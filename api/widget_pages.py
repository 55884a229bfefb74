"""/: the chat page; /widget/frame: the same in a frame; /widget/check: what is wrong on a site's pages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Query, Request, Response

from api.deps import PublicDep, StateDep
from api.errors import ApiError
from api.pages_errors import PageRoute
from api.pages_shell import HEADERS, POLICY, READ, render, shell_of
from api.validation import quoted
from api.widget import widget_address
from api.widget_snippet import policy_words, snippet
from api.widget_texts import say
from assistant.records import Language
from storage.sites import Sites
from storage.sites_records import normal_origin, origin_matches

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_LONGEST = 2000


@router.api_route("/", methods=READ)
async def chat_page(
    request: Request,
    q: Annotated[str, Query(max_length=_LONGEST)] = "",
    about: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The chat. `q` stands in the box to be sent or changed; `about` is a record to begin with."""
    shell = shell_of(request, [(name, value) for name, value in (("q", q), ("about", about)) if value])
    return render(
        shell,
        "chat.html",
        title=say("title", shell.language),
        description=say("lead", shell.language),
        w=lambda key: say(key, shell.language),
        script=widget_address(),
        draft=q,
        about=about,
    )


@router.api_route("/widget/frame", methods=READ)
async def frame_page(site: str, request: Request, state: StateDep, kewen: PublicDep) -> Response:
    """The chat for a frame in pages of the site, and in no other page."""
    found = await asyncio.to_thread(state.widget.sites(kewen.database).find, site)
    if found is None:
        raise ApiError(404, "site_unknown", value=quoted(site))
    shell = shell_of(request, [("site", found.id)])
    ancestors = " ".join(found.origins)
    policy = POLICY.replace("frame-ancestors 'none'", f"frame-ancestors 'self' {ancestors}")
    return render(
        shell,
        "widget_frame.html",
        title=found.look.title or say("title", shell.language),
        indexed=False,
        headers={**HEADERS, "Content-Security-Policy": policy},
        script=widget_address(),
        site=found,
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, or that nothing is; `fix` is a command that mends it."""

    good: bool
    sentence: str
    fix: str | None = None


@router.api_route("/widget/check", methods=READ)
async def check_page(
    request: Request,
    state: StateDep,
    kewen: PublicDep,
    site: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[str, Query(max_length=_LONGEST)] = "",
) -> Response:
    """For web masters: one sentence that says what is wrong."""
    site, page = site.strip(), page.strip()
    shell = shell_of(request, [(name, value) for name, value in (("site", site), ("page", page)) if value])
    sites = state.widget.sites(kewen.database)
    finding = await asyncio.to_thread(diagnose, sites, site, page, shell.base, shell.language)
    known = await asyncio.to_thread(sites.find, site)
    return render(
        shell,
        "widget_check.html",
        title=say("check_title", shell.language),
        indexed=False,
        w=lambda key: say(key, shell.language),
        site=site,
        page=page,
        finding=finding,
        snippet=snippet(known, shell.base) if known else None,
        # Without a height of its own a frame is 150 px high.
        frame=f'<iframe src="{shell.base}/widget/frame?{urlencode({"site": site})}" title="Kewen" '
        'width="100%" height="600"></iframe>',
        policy=policy_words(shell.base),
    )


def diagnose(sites: Sites, site_id: str, page: str, base: str, language: Language) -> Finding | None:
    """What a page at `page` with this data-site meets; None as long as nothing was asked."""

    def found(key: str, fix: str | None = None, *, good: bool = False, **values: object) -> Finding:
        return Finding(good, say(key, language, **values), fix)

    if not site_id and not page:
        return None
    if not site_id or not page:
        return found("check_ask")
    if page.lower().startswith("file:") or page == "null":
        return found("check_file")
    site = sites.find(site_id)
    parts = urlsplit(page if "://" in page else f"https://{page}")
    try:
        origin = normal_origin(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        origin = ""
    if site is None:
        origins = f" --origin {origin}" if origin and "*" not in origin else ""
        return found("check_unknown", f"kewen sites add ID{origins}", site=quoted(site_id, quotes=False))
    if not origin or "*" in origin:
        return found("check_address", page=quoted(page, quotes=False))
    if urlsplit(base).netloc == urlsplit(origin).netloc:
        return found("check_own", good=True)
    if origin.startswith("https:") and base.startswith("http:") and not _local(base):
        return found("check_insecure", base=base)
    if site.allows(origin):
        return found("check_good", good=True, origin=origin, site=site.id)
    fix = f"kewen sites allow {site.id} {origin}" if site.id not in sites.fixed else None
    for key, other in _near_misses(origin):
        listed = next((one for one in site.origins if origin_matches(one, other) or one == other), None)
        if listed:
            return found(key, fix, listed=listed, origin=origin)
    elsewhere = next((one for one in sites.all() if one.allows(origin)), None)
    if elsewhere:
        return found("check_elsewhere", fix, site=site.id, origin=origin, other=elsewhere.id)
    return found("check_unlisted", fix, site=site.id, origin=origin)


def _near_misses(origin: str) -> list[tuple[str, str]]:
    """Origins that people mean when they list them for this one, with what to say."""
    parts = urlsplit(origin)
    host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    turned = "https" if parts.scheme == "http" else "http"
    www = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
    return [
        ("check_scheme", f"{turned}://{host}{port}"),
        ("check_port", f"{parts.scheme}://{host}"),
        ("check_apex", f"{parts.scheme}://*.{host}{port}"),
        ("check_www", f"{parts.scheme}://{www}{port}"),
    ]


def _local(base: str) -> bool:
    return urlsplit(base).hostname in ("127.0.0.1", "localhost", "::1")
