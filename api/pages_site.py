"""GET /robots.txt and /sitemap.xml: what searchers may read, and where it is."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response

from api.deps import PublicDep, StateDep
from api.errors import ApiError
from api.pages_browse import shelf_of
from api.pages_errors import PageRoute
from api.pages_shell import READ, respond
from api.state import base_url

router = APIRouter(include_in_schema=False, route_class=PageRoute)

AT_MOST = 10_000
"""Addresses in one file; the protocol allows 50,000 and 50 MB, and each has its two languages."""
_XML = "application/xml; charset=utf-8"

_ROBOTS = """User-agent: *
Disallow: /api/
Disallow: /v1/
Disallow: /mcp
Disallow: /answers/
Disallow: /resources?*q=
Disallow: /policies?*q=
Sitemap: {base}/sitemap.xml
"""


@router.api_route("/robots.txt", methods=READ)
async def robots(request: Request, state: StateDep) -> Response:
    """Everything but answers, interfaces and searches."""
    return respond(request, _ROBOTS.format(base=base_url(request, state)), "text/plain; charset=utf-8")


@router.api_route("/sitemap.xml", methods=READ)
async def sitemap(request: Request, state: StateDep, kewen: PublicDep) -> Response:
    """Every public page, or an index of files where there are too many for one."""
    pages = list(_pages(state, kewen))
    base = escape(base_url(request, state))
    if len(pages) <= AT_MOST:
        return respond(request, _urls(pages, base), _XML)
    files = "".join(
        f"<sitemap><loc>{base}/sitemap-{number}.xml</loc></sitemap>\n"
        for number in range(1, -(-len(pages) // AT_MOST) + 1)
    )
    head = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return respond(request, f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{files}</sitemapindex>\n', _XML)


@router.api_route("/sitemap-{number}.xml", methods=READ)
async def sitemap_part(number: int, request: Request, state: StateDep, kewen: PublicDep) -> Response:
    """One file of the index."""
    pages = list(_pages(state, kewen))[(number - 1) * AT_MOST : number * AT_MOST] if number > 0 else []
    if not pages:
        raise ApiError(404, "route_unknown", path=f"/sitemap-{number}.xml")
    return respond(request, _urls(pages, escape(base_url(request, state))), _XML)


def _pages(state: StateDep, kewen: PublicDep) -> Iterator[tuple[str, str | None]]:
    """Path and day of the last change, where that is known, of what everyone may see."""
    yield from (("/", None), ("/resources", None), ("/policies", None))
    for policy in shelf_of(state, kewen, "policy").records:
        yield f"/policies/{quote(policy.id, safe='/:@')}", None
    for resource in shelf_of(state, kewen, "resource").records:
        yield f"/resources/{quote(resource.id, safe='/:@')}", resource.modified


def _urls(pages: list[tuple[str, str | None]], base: str) -> str:
    lines = []
    for path, changed in pages:
        address = f"{base}{escape(path)}"
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{address}?lang={language}"/>'
            for tag, language in (("zh-CN", "zh"), ("en", "en"))
        )
        day = f"<lastmod>{escape(changed)}</lastmod>" if changed else ""
        lines.append(f"<url><loc>{address}</loc>{day}{others}</url>\n")
    head = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{"".join(lines)}</urlset>\n'
