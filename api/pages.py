"""GET /: the chat page; /resources/{id} and /policies/{id}: one record; and the files they need."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException

from api.catalogue import find_policy, find_resource
from api.deps import StateDep
from api.errors import ApiError
from api.jsonld import MEDIA_TYPE, resource_jsonld
from api.state import base_url
from assistant.access import PUBLIC

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# A page is asked for anew after each release; unchanged ones answer 304.
_HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}

router = APIRouter(include_in_schema=False)


@router.get("/")
async def chat_page() -> FileResponse:
    return _file("index.html")


@router.get("/static/{name:path}")
async def static_file(name: str) -> FileResponse:
    return _file(name)


@router.get("/resources/{resource_id:path}")
async def resource_page(resource_id: str, request: Request, state: StateDep) -> HTMLResponse:
    """The page of one record, with its schema.org form in the head for those who read no script."""
    head, status = "", 200
    if state.kewen is not None:
        try:
            resource = find_resource(state.kewen, resource_id, PUBLIC)
            data = json.dumps(resource_jsonld(resource, base_url(request, state)), ensure_ascii=False)
            # Data, not script: but "<" could end the element it stands in.
            data = data.replace("<", r"\u003c")
            head = f'<script type="{MEDIA_TYPE}">{data}</script>\n'
        except ApiError as missing:
            status = missing.status
    return _record_page(head, status)


@router.get("/policies/{policy_id:path}")
async def policy_page(policy_id: str, state: StateDep) -> HTMLResponse:
    status = 200
    if state.kewen is not None:
        try:
            find_policy(state.kewen, policy_id, PUBLIC)
        except ApiError as missing:
            status = missing.status
    return _record_page("", status)


def _record_page(head: str, status: int) -> HTMLResponse:
    """record.html; its script says what is missing, and may know a key that a page request has not."""
    page = _path("record.html").read_text(encoding="utf-8")
    return HTMLResponse(page.replace("</head>", f"{head}</head>", 1), status, _HEADERS)


def _file(name: str) -> FileResponse:
    return FileResponse(_path(name), headers=_HEADERS)


def _path(name: str) -> Path:
    """A file of static/ and of nowhere else. Raises 404."""
    path = (STATIC / name).resolve() if "\x00" not in name else STATIC
    if not path.is_relative_to(STATIC.resolve()) or not path.is_file():
        raise HTTPException(404)
    return path
