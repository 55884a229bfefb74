"""GET /api/policies/{id}, one article of it, and what changed between its versions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.catalogue import article_json, find_article, find_policy, policy_json
from api.deps import AskerDep, KewenDep
from api.errors import ApiError
from api.schemas import refusals
from api.validation import quoted

router = APIRouter(tags=["catalogue"], responses=refusals(401, 404, 429, 503))

# Ids may hold a slash, so the longer paths come first.


@router.get("/api/policies/{policy_id:path}/articles/{no}")
async def get_article(policy_id: str, no: str, kewen: KewenDep, asker: AskerDep) -> dict[str, Any]:
    """One article: by 20, 第二十条 or art-20; by x-1 where the number is not known."""
    policy = find_policy(kewen, policy_id, asker)
    return article_json(policy, find_article(policy, no))


@router.get("/api/policies/{policy_id:path}/diff")
async def get_diff(
    policy_id: str,
    kewen: KewenDep,
    asker: AskerDep,
    earlier: Annotated[str | None, Query(alias="from", description="Version.")] = None,
    later: Annotated[str | None, Query(alias="to", description="Version.")] = None,
) -> dict[str, Any]:
    """What changed between two versions; 404 while only one version of the document is stored."""
    policy = find_policy(kewen, policy_id, asker)
    raise ApiError(404, "version_unknown", value=quoted(policy.id))


@router.get("/api/policies/{policy_id:path}")
async def get_policy(policy_id: str, kewen: KewenDep, asker: AskerDep) -> dict[str, Any]:
    """One document with its article digests."""
    return policy_json(find_policy(kewen, policy_id, asker))
