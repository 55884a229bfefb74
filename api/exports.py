"""One record in the form that the caller asks for: ?format=, else the Accept header, else JSON."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from corpus.exports.bibtex import bibtex
from corpus.exports.citable import citable
from corpus.exports.datacite import MEDIA_TYPE as DATACITE
from corpus.exports.datacite import datacite
from corpus.exports.dcat import MEDIA_TYPES, dcat
from corpus.exports.gbt7714 import gbt7714
from corpus.exports.jsonld import MEDIA_TYPE, record_jsonld
from corpus.records import Policy, Resource
from corpus.texts import Language

Form = Literal["json", "jsonld", "dcat", "dcat-jsonld", "rdfxml", "ntriples", "datacite", "bibtex", "gbt7714"]
_MEDIA: dict[Form, str] = {
    "json": "application/json",
    "jsonld": MEDIA_TYPE,
    "dcat": MEDIA_TYPES["turtle"],
    "dcat-jsonld": f'{MEDIA_TYPE};profile="http://www.w3.org/ns/dcat"',
    "rdfxml": MEDIA_TYPES["xml"],
    "ntriples": MEDIA_TYPES["nt"],
    "datacite": DATACITE,
    "bibtex": "application/x-bibtex",
    "gbt7714": "text/x-bibliography",
}
_SYNTAX: dict[Form, Literal["turtle", "json-ld", "xml", "nt"]] = {
    "dcat": "turtle", "dcat-jsonld": "json-ld", "rdfxml": "xml", "ntriples": "nt",
}  # fmt: skip
_SUFFIX: dict[Form, str] = {
    "dcat": "ttl", "rdfxml": "rdf", "ntriples": "nt", "datacite": "xml", "bibtex": "bib", "gbt7714": "txt",
}  # fmt: skip
EXPORTED: dict[str, Any] = {
    "content": {media: {} for media in dict.fromkeys(one.partition(";")[0] for one in _MEDIA.values())}
}
"""For the OpenAPI entry of a route that exports."""


def accepted(header: str | None) -> Form:
    """The form that an Accept header likes best; JSON for none, for */* and for what is not here."""
    best: tuple[float, Form] = (0.0, "json")
    for part in (header or "").split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        stated = dict(one.partition("=")[::2] for one in parameters)
        try:
            quality = float(stated.get("q", "1"))
        except ValueError:
            continue
        form = _form(media.lower(), stated.get("profile", ""))
        if form is not None and quality > best[0]:
            best = (quality, form)
    return best[1]


def _form(media: str, profile: str) -> Form | None:
    if media == MEDIA_TYPE:
        return "dcat-jsonld" if "www.w3.org/ns/dcat" in profile else "jsonld"
    return next((form for form, offered in _MEDIA.items() if offered == media), None)


async def exported(
    record: Resource | Policy,
    request: Request,
    base: str,
    form: Form | None,
    language: Language,
    as_json: Callable[[], dict[str, Any]],
) -> Response:
    """The response; `as_json` gives the JSON form. Citations are in `language`."""
    chosen = form or accepted(request.headers.get("accept"))
    headers = {"Vary": "Accept"}
    if chosen == "json":
        return JSONResponse(as_json(), headers=headers)
    if chosen == "jsonld":
        return JSONResponse(record_jsonld(record, base), media_type=MEDIA_TYPE, headers=headers)
    if suffix := _SUFFIX.get(chosen):
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", record.id).strip("-")
        headers["Content-Disposition"] = f'inline; filename="{name}.{suffix}"'
    today = datetime.now(UTC).date()
    content: bytes | str
    if chosen == "datacite":
        content = datacite(record, base, today.isoformat())
    elif chosen == "bibtex":
        content = bibtex(citable(record, base), today, language)
    elif chosen == "gbt7714":
        content = gbt7714(citable(record, base), today, language)
    else:
        content = await asyncio.to_thread(dcat, record, base, _SYNTAX[chosen])
    media = _MEDIA[chosen]
    if media.startswith(("text/", "application/x-")):
        media += "; charset=utf-8"
    return Response(content, media_type=media, headers=headers)
