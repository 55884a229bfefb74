"""/widget.js, the help widget for member sites, and the sessions of its visitors."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.deps import PublicDep, StateDep
from api.errors import ApiError
from api.limits import client_of
from api.schemas import Body, refusals
from api.validation import quoted
from api.widget_desk import LIFETIME_S, OWN
from api.widget_guard import is_own
from storage.sites_records import Look
from widget.bundle import Bundle, build_bundle

router = APIRouter(tags=["widget"])

_TOKENS = Path(__file__).parent / "static" / "tokens.css"


class SessionIn(Body):
    """Who asks for a session; from where is told by the browser."""

    site: str = Field(description="As `kewen sites add` named it; not a secret.")


class SiteShown(BaseModel):
    """What the widget needs to know of the site."""

    id: str
    name: str
    languages: tuple[Literal["zh", "en"], ...]
    look: Look


class SessionOut(BaseModel):
    """A token for the header X-Kewen-Session, good for this origin and this site only."""

    token: str
    expires_in: int = Field(description="Seconds.")
    site: SiteShown


@router.post("/api/widget/session", responses=refusals(400, 403, 404, 413, 422, 429, 503))
async def open_session(body: SessionIn, request: Request, state: StateDep, kewen: PublicDep) -> SessionOut:
    """A short-lived session for a page that shows the widget."""
    desk = state.widget
    site = await asyncio.to_thread(desk.sites(kewen.database).find, body.site)
    if site is None:
        raise ApiError(404, "site_unknown", value=quoted(body.site))
    origin = request.headers.get("origin")
    shown = OWN if origin is None or is_own(request, origin, state.public_url) else origin
    token, _ = await asyncio.to_thread(desk.mint, kewen.database, site, shown, client_of(request))
    told = SiteShown(id=site.id, name=site.name, languages=site.languages, look=site.look)
    return SessionOut(token=token, expires_in=LIFETIME_S, site=told)


@router.api_route("/widget.js", methods=["GET", "HEAD"], include_in_schema=False)
async def widget_script(request: Request) -> Response:
    """The widget: one file for every site. With ?v= and its digest it may be kept for ever."""
    bundle = await asyncio.to_thread(widget_bundle)
    tag, named = f'"{bundle.digest}"', request.query_params.get("v") == bundle.digest
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if named else "public, max-age=300",
        "ETag": tag,
        "Vary": "Accept-Encoding",
        # A public file: pages of other sites load it, also those that isolate themselves or check a hash.
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if tag in (request.headers.get("if-none-match") or ""):
        return Response(status_code=304, headers=headers)
    media_type = "text/javascript; charset=utf-8"
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            bundle.compressed, 200, {**headers, "Content-Encoding": "gzip"}, media_type=media_type
        )
    return Response(bundle.body, 200, headers, media_type=media_type)


@router.api_route("/widget.css", methods=["GET", "HEAD"], include_in_schema=False)
async def widget_styles() -> Response:
    """The style sheet of widget.js, for browsers that cannot take it from there."""
    bundle = await asyncio.to_thread(widget_bundle)
    headers = {"Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(bundle.css, 200, headers, media_type="text/css; charset=utf-8")


def widget_bundle() -> Bundle:
    """The script with the colours of our own pages."""
    return build_bundle(_TOKENS)


def widget_address() -> str:
    """Its path for our own pages, which may be kept for ever."""
    return f"/widget.js?v={widget_bundle().digest}"
