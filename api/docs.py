"""GET /docs: the OpenAPI document as a page that needs no script and no network."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader

router = APIRouter(include_in_schema=False)

_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    document: dict[str, Any] = request.app.openapi()
    environment = Environment(
        loader=PackageLoader("api", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    page = environment.get_template("docs.html").render(document=document, operations=operations)
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})
