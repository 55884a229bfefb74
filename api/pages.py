"""GET /: the chat page, and the files it needs."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


@router.get("/")
async def chat_page() -> FileResponse:
    return _file("index.html")


@router.get("/static/{name:path}")
async def static_file(name: str) -> FileResponse:
    return _file(name)


def _file(name: str) -> FileResponse:
    """A file of static/ and of nowhere else. Raises 404."""
    path = (STATIC / name).resolve() if "\x00" not in name else STATIC
    if not path.is_relative_to(STATIC.resolve()) or not path.is_file():
        raise HTTPException(404)
    # A page is asked for anew after each release, unchanged ones answer 304.
    return FileResponse(path, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"})
