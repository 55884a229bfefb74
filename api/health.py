"""GET /healthz, /readyz and /metrics: for those who keep Kewen running."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response

from api.deps import PublicDep, StateDep
from api.schemas import EndpointOut, ReadyOut, refusals
from assistant.breaker import Breaker
from assistant.model.causes import CAUSES
from assistant.replies import MODEL_FAILED

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def health() -> dict[str, str]:
    """The process is alive; nothing else is asked."""
    return {"status": "ok"}


@router.get("/readyz", responses=refusals(503))
async def ready(kewen: PublicDep, state: StateDep) -> ReadyOut:
    """The index is open: how many records everybody sees, and which generation of them; else 503.

    A language model that fails is told of and is no reason for 503: the composer answers.
    """
    return ReadyOut(
        status="ready",
        records=len(kewen.corpus.by_id),
        passages=kewen.passages,
        generation=kewen.generation,
        embedder=kewen.embedder,
        models=tuple(map(_told, state.opened().models)),
    )


def _told(model: Breaker) -> EndpointOut:
    trouble = model.trouble
    state: Literal["answers", "fails", "rests"] = "answers"
    if trouble is not None:
        state = "fails" if model.state == "closed" else "rests"
    message = CAUSES.get(trouble) if trouble in CAUSES else MODEL_FAILED.get(trouble or "")
    return EndpointOut(name=model.name, state=state, cause=trouble, message=message)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(state: StateDep) -> Response:
    """Counters in the text format of Prometheus."""
    return Response(state.metrics.exposition(), media_type=state.metrics.content_type)
