"""GET /api/resources/{id}: one record, as JSON or as schema.org JSON-LD."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from api.catalogue import find_resource, resource_json
from api.deps import AskerDep, KewenDep, StateDep
from api.jsonld import MEDIA_TYPE, resource_jsonld
from api.schemas import refusals
from api.state import base_url

router = APIRouter(tags=["catalogue"])


@router.get(
    "/api/resources/{resource_id:path}",
    response_model=dict[str, Any],
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}},
        **refusals(401, 404, 429, 503),
    },
)
async def get_resource(
    resource_id: str, request: Request, state: StateDep, kewen: KewenDep, asker: AskerDep
) -> JSONResponse:
    """One record in full; with `Accept: application/ld+json` as schema.org JSON-LD."""
    resource = find_resource(kewen, resource_id, asker)
    headers = {"Vary": "Accept"}
    if MEDIA_TYPE in request.headers.get("accept", ""):
        return JSONResponse(
            resource_jsonld(resource, base_url(request, state)), media_type=MEDIA_TYPE, headers=headers
        )
    return JSONResponse(resource_json(resource), headers=headers)
