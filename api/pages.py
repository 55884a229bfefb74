"""The files of all pages and, by inclusion, every page but the chat (api/widget_pages.py)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from api import pages_about, pages_answers, pages_forms, pages_policies, pages_resources, pages_site
from api.pages_files import static_file
from api.pages_shell import HEADERS, READ

router = APIRouter(include_in_schema=False)


@router.api_route("/static/{name:path}", methods=READ)
async def static(name: str, request: Request) -> Response:
    return file_response(request, name)


@router.api_route("/favicon.ico", methods=READ)
async def favicon(request: Request) -> Response:
    return file_response(request, "favicon.ico")


def file_response(request: Request, name: str) -> Response:
    """A file of static/; 304 where the asker has it. Raises 404."""
    found = static_file(name)
    if found is None:
        raise HTTPException(404)
    tag = f'"{found.digest}"'
    named = request.query_params.get("v") == found.digest
    headers = {
        **HEADERS,
        "Cache-Control": "public, max-age=31536000, immutable" if named else "no-cache",
        "ETag": tag,
        "Vary": "Accept-Encoding",
    }
    if tag in (request.headers.get("if-none-match") or ""):
        return Response(status_code=304, headers=headers)
    if found.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            found.compressed, 200, {**headers, "Content-Encoding": "gzip"}, media_type=found.media_type
        )
    return Response(found.body, 200, headers, media_type=found.media_type)


for _part in (pages_about, pages_forms, pages_resources, pages_policies, pages_answers, pages_site):
    router.include_router(_part.router)
