"""GET /api/policies/{id}, one article of it, and what changed between its versions."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.catalogue import article_json, find_article, find_policy, policy_json, version_json
from api.deps import KewenDep, StateDep
from api.errors import ApiError
from api.exports import EXPORTED, Form, exported
from api.schemas import refusals
from api.state import base_url
from api.validation import quoted
from corpus.diffs import ArticleChange, diff_versions
from corpus.records import Policy, PolicyVersion
from corpus.texts import Language
from corpus.versions import version_on

router = APIRouter(tags=["catalogue"], responses=refusals(401, 404, 429, 503))

# Ids may hold a slash, so the longer paths come first.


@router.get("/api/policies/{policy_id:path}/articles/{no}")
async def get_article(policy_id: str, no: str, kewen: KewenDep) -> dict[str, Any]:
    """One article: by 20, 第二十条 or art-20; by x-1 where the number is not known.

    `20@2010-10-01` is the article as that stored version has it.
    """
    policy = find_policy(kewen, policy_id)
    return article_json(policy, find_article(policy, no))


@router.get("/api/policies/{policy_id:path}/diff", responses=refusals(422))
async def get_diff(
    policy_id: str,
    kewen: KewenDep,
    earlier: Annotated[
        str | None, Query(alias="from", description="Version, or a day; without it, the one before `to`.")
    ] = None,
    later: Annotated[
        str | None, Query(alias="to", description="Version, or a day; without it, the newest.")
    ] = None,
) -> dict[str, Any]:
    """What changed between two stored versions, article by article.

    A day stands for the version then in force. 404 while fewer than two texts are stored.
    """
    policy = find_policy(kewen, policy_id)
    if len(policy.versions) < 2:
        sentence = "version_unknown" if policy.versions else "version_none"
        raise ApiError(404, "version_unknown", say_as=sentence, value=quoted(policy.id))
    new = find_version(policy, "to", later) if later else policy.versions[-1]
    old = find_version(policy, "from", earlier) if earlier else version_before(policy, new)
    changes = diff_versions(old, new)
    return {
        "policy": {"id": policy.id, "title": policy.title.model_dump()},
        "from": version_json(old),
        "to": version_json(new),
        "counts": dict(Counter(change.kind for change in changes)),
        "changes": [_change(change) for change in changes],
    }


def version_before(policy: Policy, new: PolicyVersion) -> PolicyVersion:
    """The stored version before `new`, or the one after it where it is the first."""
    place = next(at for at, one in enumerate(policy.versions) if one.version == new.version)
    return policy.versions[place - 1] if place else policy.versions[1]


def find_version(policy: Policy, field: str, wanted: str) -> PolicyVersion:
    """The version of that name, or in force on that day. Raises ApiError 422 or 404."""
    named = policy.version(wanted)
    if named is not None:
        return named
    allowed = ", ".join(one.version for one in policy.versions)
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", wanted, re.A):
            raise ValueError
        day = date.fromisoformat(wanted)
    except ValueError:
        raise ApiError(
            422,
            "validation_failed",
            say_as="value_not_allowed",
            field=field,
            value=quoted(wanted),
            allowed=f"{allowed}, YYYY-MM-DD",
        ) from None
    found = version_on(policy, day)
    if found is None:
        raise ApiError(
            404,
            "version_unknown",
            say_as="version_absent",
            policy=quoted(policy.id),
            value=quoted(wanted),
            allowed=allowed,
        )
    return found


def _change(change: ArticleChange) -> dict[str, Any]:
    """Texts only where they differ or stand in one version."""
    shown = change.kind != "unchanged"
    return {
        "kind": change.kind,
        "old_no": change.old_no,
        "new_no": change.new_no,
        "old_text": change.old_text if shown else None,
        "new_text": change.new_text if shown else None,
        "spans": [
            {"op": op, "old": [old_start, old_end], "new": [new_start, new_end]}
            for op, old_start, old_end, new_start, new_end in change.spans
        ],
    }


@router.get(
    "/api/policies/{policy_id:path}",
    response_model=dict[str, Any],
    responses={200: EXPORTED, **refusals(422)},
)
async def get_policy(
    policy_id: str,
    request: Request,
    state: StateDep,
    kewen: KewenDep,
    form: Annotated[
        Form | None, Query(alias="format", description="Instead of an Accept header; see docs/exports.md.")
    ] = None,
    language: Annotated[Language, Query(description="Of a citation.")] = "zh",
) -> Response:
    """One document with its articles: our digest, the words in force where they are stored, or both.

    Also as schema.org JSON-LD, DCAT, DataCite XML, BibTeX or a GB/T 7714 citation.
    """
    policy = find_policy(kewen, policy_id)
    return await exported(
        policy, request, base_url(request, state), form, language, lambda: policy_json(policy)
    )
