"""Who may call the API from a page elsewhere: listed sites with a session token, and nobody else."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiError, error_response
from api.limits import client_of
from api.state import ApiState
from api.widget_desk import OWN, refused_origin
from storage.errors import StorageError

HEADER = "X-Kewen-Session"
SESSION_PATH = "/api/widget/session"
_QUESTION = ("POST", "/api/ask")
_PRIVATE = ("/api/conversations/", "/api/answers/")
"""What is read there is one visitor's; other GETs give what anyone may read."""
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": f"Accept, Accept-Language, Content-Type, {HEADER}",
    "Access-Control-Max-Age": "600",
}


class WidgetGuard:
    """ASGI, around the limits: their refusals must be readable in the page that was refused, too.

    Browsers send Origin with every call from elsewhere and pages cannot change it. Programs without
    Origin, and those with a key of their own, are none of its business. No cookie is ever needed.
    """

    def __init__(self, app: ASGIApp, state: ApiState) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        origin, token = request.headers.get("origin"), request.headers.get(HEADER)
        foreign = origin is not None and not is_own(request, origin, self._state.public_url)
        if not foreign and token is None:
            await self._app(scope, receive, send)
            return
        shown = origin if foreign and origin is not None else OWN
        listed = False
        try:
            listed = foreign and await self._listed(shown)
            if (
                foreign
                and scope["method"] == "OPTIONS"
                and "access-control-request-method" in request.headers
            ):
                if not listed:
                    raise refused_origin(shown)
                await _allowed(_preflight(request), shown)(scope, receive, send)
                return
            await self._check(request, shown, token, foreign=foreign)
        except (ApiError, StorageError) as refusal:
            response: Response = error_response(request, refusal)
            await (_allowed(response, shown) if listed else response)(scope, receive, send)
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                _mark(MutableHeaders(scope=message), shown)
            await send(message)

        await self._app(scope, receive, send_marked if listed else send)

    async def _listed(self, origin: str) -> bool:
        sites = self._state.widget.sites(self._state.opened().database)
        return await asyncio.to_thread(sites.allow, origin)

    async def _check(self, request: Request, origin: str, token: str | None, *, foreign: bool) -> None:
        """Raises ApiError for a call that no page may make."""
        method, path = request.method, request.url.path
        if path == SESSION_PATH:
            return
        if token is None:
            reads = method in ("GET", "HEAD", "OPTIONS") and not path.startswith(_PRIVATE)
            if foreign and not reads and "authorization" not in request.headers:
                raise ApiError(401, "session_missing", origin=origin)
            return
        desk, database = self._state.widget, self._state.opened().database
        session, site = await asyncio.to_thread(desk.check, database, token, origin)
        request.scope.setdefault("state", {})["site"] = site.id
        if (method, path) == _QUESTION:
            desk.question(session, site, client_of(request))


def is_own(request: Request, origin: str, public_url: str | None) -> bool:
    """Whether the page that calls is Kewen's own, also behind a proxy that renames the host."""
    if request.headers.get("sec-fetch-site") == "same-origin":  # pages cannot set it
        return True
    names = {request.headers.get("host"), request.headers.get("x-forwarded-host")}
    if public_url:
        names.add(urlsplit(public_url).netloc)
    # No parser: what browsers send is this plain, and on what others send it may fail.
    return origin.partition("://")[2] in names - {None, ""}


def channel_of(request: Request) -> str:
    """What staff see of where a question came from: `web`, `widget:<site>` of a page elsewhere, an app."""
    site, app = (getattr(request.state, name, None) for name in ("site", "app"))
    return f"widget:{site}" if site else app or "web"


def _preflight(request: Request) -> Response:
    response = Response(status_code=204, headers=_PREFLIGHT)
    # A public page may call a server inside an institute's network only where that says so.
    if request.headers.get("access-control-request-private-network") == "true":
        response.headers["Access-Control-Allow-Private-Network"] = "true"
    return response


def _allowed(response: Response, origin: str) -> Response:
    _mark(response.headers, origin)
    return response


def _mark(headers: MutableHeaders | Headers, origin: str) -> None:
    assert isinstance(headers, MutableHeaders)
    headers["Access-Control-Allow-Origin"] = origin
    headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-ID"
    headers.add_vary_header("Origin")
