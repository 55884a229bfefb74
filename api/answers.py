"""GET /api/answers/{id}: a stored answer, byte for byte."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Response

from api.deps import AskerDep, KewenDep
from api.errors import ApiError
from api.schemas import refusals
from api.validation import quoted
from assistant.access import visible_to
from assistant.records import Answer
from storage.answers import Answers
from storage.errors import RecordUnknown

router = APIRouter(tags=["ask"])


@router.get("/api/answers/{answer_id}", response_model=Answer, responses=refusals(401, 404, 429, 503))
async def get_answer(answer_id: str, kewen: KewenDep, asker: AskerDep) -> Response:
    """The answer as it was given. One given to a higher level than yours is 404."""
    try:
        stored = await asyncio.to_thread(Answers(kewen.database).get, answer_id)
    except RecordUnknown:
        stored = None
    if stored is None or stored.label not in visible_to(asker):
        raise ApiError(404, "answer_unknown", value=quoted(answer_id))
    return Response(stored.body, media_type="application/json")
