"""GET /docs: the OpenAPI document as a page in both languages, on which each call can be tried."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from api.docs_texts import WHAT
from api.pages_shell import READ, render, shell_of

router = APIRouter(include_in_schema=False)


@router.api_route("/docs", methods=READ)
async def docs(request: Request) -> Response:
    """Read without a script; with one each call has a form that sends it."""
    shell = shell_of(request)
    document: dict[str, Any] = request.app.openapi()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "anchor": f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""),
            "what": WHAT.get(f"{method.upper()} {path}", "") if shell.language == "zh" else "",
            "example": _example(operation, document),
            **operation,
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return render(
        shell,
        "docs.html",
        title=shell.t("docs_title"),
        description=shell.t("docs_lead"),
        document=document,
        operations=operations,
    )


def _example(operation: dict[str, Any], document: dict[str, Any]) -> str:
    """A body to begin with: the example of its schema, else its required fields; empty without one."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return ""
    schema = content["schema"]
    schema = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    examples = schema.get("examples") or [dict.fromkeys(schema.get("required", ()), "")]
    return json.dumps(examples[0], ensure_ascii=False, indent=2)
