"""POST /api/ask: the whole answer as JSON, or its events as they happen."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.asking import ask, ask_filters, charge, check_conversation, readable_question
from api.deps import AskerDep, LocaleDep, StateDep
from api.errors import request_id_of
from api.schemas import AskIn, refusals
from api.streams import EventStream, ask_events
from api.widget_guard import channel_of
from assistant.records import Answer

router = APIRouter(tags=["ask"])


@router.post(
    "/api/ask",
    response_model=Answer,
    responses={
        200: {
            "description": "The answer; with `Accept: text/event-stream` the events status, sources, delta, "
            "done (the answer) and error.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **refusals(400, 401, 404, 413, 422, 429, 503),
    },
)
async def ask_question(
    body: AskIn, request: Request, state: StateDep, asker: AskerDep, locale: LocaleDep
) -> Response:
    """Ask in Chinese or English; the answer cites what it rests on."""
    kewen = await state.seen_by(asker)
    # All of this comes before the first byte, so that a refusal has its own status on a stream too.
    question = readable_question(body.question)
    charge(state, request, question)
    filters = ask_filters(body.filters, state.provinces)
    hint = locale if "accept-language" in request.headers else None
    await check_conversation(kewen, body.conversation_id, asker)
    if "text/event-stream" in request.headers.get("accept", ""):
        events = kewen.assistant.stream(
            question,
            conversation_id=body.conversation_id,
            language=body.language,
            hint=hint,
            filters=filters,
            asker=asker,
            channel=channel_of(request),
        )
        lines = ask_events(events, state, locale, request_id_of(request), channel_of(request))
        return EventStream(lines)
    answer = await ask(
        state,
        question,
        conversation_id=body.conversation_id,
        language=body.language,
        hint=hint,
        filters=filters,
        asker=asker,
        channel=channel_of(request),
    )
    return Response(answer.model_dump_json(), media_type="application/json")
