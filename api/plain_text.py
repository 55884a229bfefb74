"""Refuses NUL and lone surrogates in any field of a request, before anything reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.limits import replay
from api.pages_errors import refusal

_Place = tuple["_Place | None", str | int]
Field = tuple[_Place, str]
"""Where it stands, and what stands there."""

_NOT_OURS = "/bots/"
"""Platforms send again for ever what they are refused; the bots clean what they read."""
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_PERHAPS = re.compile(rb"\0|\xed[\xa0-\xbf]|\\u(?:0000|[dD][89a-fA-F])")
"""In the bytes of a body; most have none of it and are not read twice."""
_FORM = "application/x-www-form-urlencoded"


class PlainText:
    """ASGI, inside the limits. Databases refuse such characters and encoders break on them, each with
    an error of its own and only once work was done; here they get one sentence that names the field."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_NOT_OURS):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        error = _error(request, body)
        if error is not None:
            await refusal(request, error)(scope, receive, send)
            return
        await self._app(scope, replay(body, receive), send)


def _error(request: Request, body: bytes) -> Exception | None:
    """404 for a path, which is then that of nothing; a validation error for the first such field; or None."""
    if "\0" in request.scope["path"]:  # servers put another character for a surrogate there
        return HTTPException(404)
    fields = [*_form("query", request.scope["query_string"])]
    if request.headers.get("content-type", "").startswith(_FORM):
        fields += _form("body", body)
    elif _PERHAPS.search(body):
        fields += _json(body)
    for place, text in fields:
        if found := _NO_TEXT.search(text):
            reason = "nul_in_text" if found[0] == "\0" else "surrogate_in_text"
            fault = {"type": "kewen_invalid", "loc": _written(place), "input": text, "ctx": {"say": reason}}
            return RequestValidationError([fault])
    return None


def _form(place: str, encoded: bytes) -> Iterator[Field]:
    """The names and values of a query or a form."""
    pairs = parse_qsl(encoded.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    for name, value in pairs:
        for text in (name, value):
            yield ((None, place), _decoded(name)), _decoded(text)


def _decoded(octets: str) -> str:
    """Bytes that were read as Latin-1, as UTF-8: a lone surrogate stays what it is, other faults do not."""
    try:
        return octets.encode("latin-1").decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return octets.encode("latin-1").decode("utf-8", "replace")


def _json(body: bytes) -> Iterator[Field]:
    """The names and strings of a JSON body; nothing where it is none, which its route will say."""
    try:
        given: Any = json.loads(body)
    except (ValueError, RecursionError):
        return
    # A place is (that of its holder, its name there), and only written out where something is told of it:
    # written out for each, a body nested 900 deep took 7 s.
    waiting: list[tuple[_Place, Any]] = [((None, "body"), given)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, list):
            waiting += [((place, at), one) for at, one in enumerate(value) if one]
        elif isinstance(value, dict):
            for name, one in value.items():
                yield (place, name), name
                if one:
                    waiting.append(((place, name), one))


def _written(place: _Place) -> tuple[str | int, ...]:
    names: list[str | int] = []
    at: _Place | None = place
    while at is not None:
        at, name = at
        names.append(name)
    return tuple(reversed(names))
