"""The cookie that says who is signed in, and when it counts."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from api.state import ApiState, base_url
from api.widget_guard import is_own
from storage.database import Database
from storage.records import SignIn
from storage.sign_ins import SignIns

_NAME, _SECURE_NAME = "kewen", "__Host-kewen"
"""Over TLS a name that browsers take from this very host alone and over TLS alone (RFC 6265bis, 4.1.3.2)."""
_READS = ("GET", "HEAD", "OPTIONS")
OUR_FORMS = ("/login", "/logout", "/me", "/staff")
"""What is posted there bears a token (api/signing_in.py)."""
_UNKNOWN = object()


def is_secure(request: Request, state: ApiState) -> bool:
    return base_url(request, state).startswith("https:") or request.url.scheme == "https"


def name_of(request: Request, state: ApiState) -> str:
    return _SECURE_NAME if is_secure(request, state) else _NAME


def cookie_of(request: Request, state: ApiState) -> str | None:
    return request.cookies.get(name_of(request, state))


async def signed_in(request: Request, state: ApiState, database: Database) -> SignIn | None:
    """The sign-in of this browser; None where there is none that counts.

    A page elsewhere is nobody: not with a cookie that a browser sent along, and whatever changes something
    must be shown to come from a page of ours.
    """
    found = getattr(request.state, "sign_in", _UNKNOWN)
    if found is _UNKNOWN:
        secret = cookie_of(request, state)
        counts = secret is not None and _is_from_here(request, state)
        found = await asyncio.to_thread(SignIns(database).find, secret) if secret and counts else None
        request.state.sign_in = found
    return found if isinstance(found, SignIn) else None


def _is_from_here(request: Request, state: ApiState) -> bool:
    origin = request.headers.get("origin")
    if origin is not None:
        return is_own(request, origin, state.public_url)
    # Browsers name the origin of all that is not only read.
    return request.method in _READS or request.url.path.startswith(OUR_FORMS)
