"""Who is signed in, by the cookie of their browser; and that a form that is posted is one of ours."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, quote

from fastapi import Depends, Request, Response

from api.deps import DatabaseDep, StateDep, get_state
from api.errors import ApiError
from api.pages_shell import HEADERS
from api.sign_in_cookie import cookie_of, is_secure, name_of, signed_in
from api.widget_guard import is_own
from storage.records import Account, SignIn

_FIRST = "kewen_form"
"""The cookie of a browser that is not signed in and has been shown a form."""
_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, with the secret of this browser."""

    sign_in: SignIn
    secret: str

    @property
    def account(self) -> Account:
        return self.sign_in.account

    @property
    def token(self) -> str:
        """What each of their forms has to bear."""
        return _token(self.secret)


async def get_visitor(request: Request, state: StateDep, database: DatabaseDep) -> Visitor | None:
    """None for who is not signed in."""
    found = await signed_in(request, state, database)
    return Visitor(found, cookie_of(request, state) or "") if found else None


VisitorDep = Annotated[Visitor | None, Depends(get_visitor)]


def to_login(path: str, language: str | None = None) -> Response:
    """The way to sign in, and from there to `path`."""
    more = f"&lang={language}" if language else ""
    return to(f"/login?next={quote(path, safe='/')}{more}")


def to(path: str) -> Response:
    """The answer to a form that was taken: see there. Loading again posts nothing twice."""
    return Response(status_code=303, headers={**HEADERS, "Location": path, "Cache-Control": "no-store"})


def way_on(path: str, otherwise: str) -> str:
    """The path if it leads to a page of ours, else the other: nobody is sent elsewhere."""
    return path if _PATH.fullmatch(path) and not path.startswith(("/login", "/logout")) else otherwise


async def form_of(request: Request, visitor: Visitor | None) -> dict[str, str]:
    """The fields of a form of ours, each once. Raises ApiError 403 for any other.

    A page elsewhere can neither read the token nor, being elsewhere, hide that it is.
    """
    origin = request.headers.get("origin")
    body = (await request.body()).decode("utf-8", "replace")
    fields = dict(parse_qsl(body, keep_blank_values=True)) if _is_form(request) else {}
    secret = visitor.secret if visitor else request.cookies.get(_FIRST, "")
    given = fields.pop("token", "").encode("utf-8", "replace")
    own = origin is None or is_own(request, origin, get_state(request).public_url)
    if not (secret and own and hmac.compare_digest(given, _token(secret).encode())):
        raise ApiError(403, "form_stale")
    return {name: value.replace("\x00", "") for name, value in fields.items()}


async def many_of(request: Request, name: str) -> list[str]:
    """All values of one field of the form."""
    body = (await request.body()).decode("utf-8", "replace")
    return [value for field, value in parse_qsl(body) if field == name]


def first_token(request: Request) -> tuple[str, str]:
    """(token, secret) of a form for who is not signed in."""
    secret = request.cookies.get(_FIRST, "")
    if not re.fullmatch(r"[\w-]{43}", secret):
        secret = secrets.token_urlsafe(32)
    return _token(secret), secret


def remember_first(response: Response, request: Request, secret: str) -> None:
    """The browser will show that it was given the form."""
    secure = is_secure(request, get_state(request))
    response.set_cookie(
        _FIRST, secret, max_age=3600, path="/login", secure=secure, httponly=True, samesite="strict"
    )


def remember(response: Response, request: Request, secret: str, lifetime_s: float) -> None:
    """The browser is signed in from now on."""
    state = get_state(request)
    # Lax: who follows a link from a mail to a ticket is signed in there.
    response.set_cookie(
        name_of(request, state),
        secret,
        max_age=int(lifetime_s),
        path="/",
        secure=is_secure(request, state),
        httponly=True,
        samesite="lax",
    )
    response.delete_cookie(_FIRST, path="/login")


def forget(response: Response, request: Request) -> None:
    """The browser is signed out, and what the chat page keeps in it goes too: others may sit there next."""
    state = get_state(request)
    secure = is_secure(request, state)
    response.delete_cookie(name_of(request, state), path="/", secure=secure, httponly=True, samesite="lax")
    response.headers["Clear-Site-Data"] = '"storage"'


def _token(secret: str) -> str:
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/x-www-form-urlencoded"
