"""GET /healthz, /readyz and /metrics: for those who keep Kewen running."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.deps import PublicDep, StateDep
from api.schemas import ReadyOut, refusals

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def health() -> dict[str, str]:
    """The process is alive; nothing else is asked."""
    return {"status": "ok"}


@router.get("/readyz", responses=refusals(503))
async def ready(kewen: PublicDep) -> ReadyOut:
    """The index is open: how many records everybody sees, and which generation of them; else 503."""
    return ReadyOut(
        status="ready",
        records=len(kewen.corpus.by_id),
        passages=kewen.passages,
        generation=kewen.generation,
        embedder=kewen.embedder,
    )


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(state: StateDep) -> Response:
    """Counters in the text format of Prometheus."""
    return Response(state.metrics.exposition(), media_type=state.metrics.content_type)
