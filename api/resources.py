"""GET /api/resources/{id}: one record, as JSON or in another form."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.catalogue import find_resource, resource_json
from api.deps import KewenDep, StateDep
from api.exports import EXPORTED, Form, exported
from api.schemas import refusals
from api.state import base_url
from corpus.texts import Language

router = APIRouter(tags=["catalogue"])


@router.get(
    "/api/resources/{resource_id:path}",
    response_model=dict[str, Any],
    responses={200: EXPORTED, **refusals(401, 404, 422, 429, 503)},
)
async def get_resource(
    resource_id: str,
    request: Request,
    state: StateDep,
    kewen: KewenDep,
    form: Annotated[
        Form | None, Query(alias="format", description="Instead of an Accept header; see docs/exports.md.")
    ] = None,
    language: Annotated[Language, Query(description="Of a citation.")] = "zh",
) -> Response:
    """One record in full: JSON, schema.org JSON-LD, DCAT, DataCite XML, BibTeX or a GB/T 7714 citation."""
    resource = find_resource(kewen, resource_id)
    return await exported(
        resource, request, base_url(request, state), form, language, lambda: resource_json(resource)
    )
