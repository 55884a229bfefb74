"""POST /api/feedback: what a reader thinks of an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Container

from fastapi import APIRouter

from api.deps import AskerDep, KewenDep
from api.errors import ApiError
from api.schemas import FeedbackIn, FeedbackOut, refusals
from api.validation import quoted
from assistant.access import visible_to
from storage.answers import Answers
from storage.database import Database
from storage.errors import RecordUnknown
from storage.feedback import FeedbackBook
from storage.records import Feedback

router = APIRouter(tags=["ask"])


@router.post("/api/feedback", responses=refusals(400, 401, 404, 413, 422, 429, 503))
async def give_feedback(body: FeedbackIn, kewen: KewenDep, asker: AskerDep) -> FeedbackOut:
    """Up or down, with a comment if you like."""
    try:
        entry = await asyncio.to_thread(_write, kewen.database, body, visible_to(asker))
    except RecordUnknown:
        raise ApiError(404, "answer_unknown", value=quoted(body.answer_id)) from None
    return FeedbackOut(id=entry.id, answer_id=entry.answer_id, verdict=entry.verdict)


def _write(database: Database, body: FeedbackIn, visible: Container[str]) -> Feedback:
    if Answers(database).get(body.answer_id).label not in visible:
        raise RecordUnknown("answer", body.answer_id)
    return FeedbackBook(database).add(body.answer_id, body.verdict, body.comment)
