"""Pages for what went wrong: in the reader's language, with what may have been meant and ways on."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.deps import get_state
from api.errors import RETRY_AFTER_S, ApiError, described, error_response, http_refusal, request_id_of
from api.pages_shell import READ, render, shell_of
from api.sign_in_cookie import OUR_FORMS
from api.validation import quoted
from assistant.access import PUBLIC
from assistant.errors import AssistantError
from corpus.records import Policy, Resource
from retrieval.errors import RetrievalError
from storage.errors import StorageError


class PageRoute(APIRoute):
    """A route whose refusals are pages, in the reader's language and with ways on."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except (ApiError, RequestValidationError, AssistantError, RetrievalError, StorageError) as error:
                return error_page(request, error)

        return handle


_MISSING = {"resource_unknown", "policy_unknown", "article_unknown", "version_unknown", "answer_unknown"}


def error_page(request: Request, error: Exception) -> Response:
    """What is wrong, what may have been meant, and where to go on."""
    shell = shell_of(request)
    status, code, message = described(error, shell.language)
    subject = code.removesuffix("_unknown")
    wanted = request.path_params.get(f"{subject}_id", request.path_params.get("path", ""))
    if code in _MISSING:
        title = shell.t(f"error_{subject}")
        message = (
            shell.t("error_answer_what")
            if subject == "answer"
            else message
            if subject in ("article", "version")
            else shell.t("error_missing_what", value=quoted(wanted, quotes=False))
        )
    else:
        title = shell.t(f"error_{status}" if status in (404, 422, 429, 503) else "error_other")
    headers = dict(error.headers) if isinstance(error, ApiError) else {}
    if status == 503:
        headers.setdefault("Retry-After", str(RETRY_AFTER_S))
    return render(
        shell,
        "error.html",
        title=title,
        status=status,
        headers=headers,
        message=message,
        wanted=wanted if code in _MISSING else "",
        near=_near(request, subject, wanted or _last_of(request.url.path) if status == 404 else wanted),
        # The id of an answer is nothing to search for, and who may not see the answer is not told it again.
        query=_last_of(request.url.path) if status == 404 and subject != "answer" else "",
        subject=subject,
        request_id=request_id_of(request) if status >= 500 else "",
        wait_s=RETRY_AFTER_S if status == 503 and code != "start_failed" else 0,
    )


def _near(request: Request, subject: str, wanted: str) -> list[Resource | Policy]:
    """Public records whose id looks like the one asked for."""
    kewen = get_state(request).kewen
    everyone = kewen.views.made(PUBLIC) if kewen else None
    if everyone is None or subject not in ("resource", "policy", "route") or not wanted:
        return []
    corpus = everyone.corpus
    records: list[Resource | Policy] = [] if subject == "policy" else [*corpus.resources]
    records += [] if subject == "resource" else corpus.policies
    # Likeness costs 20 µs an id; harvested ids are long and seldom typed.
    ids = {one.id: one for one in records if ":" not in one.id}
    return [ids[found] for found in get_close_matches(wanted[:80].lower(), ids, n=4, cutoff=0.55)]


def _last_of(path: str) -> str:
    """What an address names last, as words to search for: /data/ice-cores.html is "ice cores"."""
    last = unquote(path).rstrip("/").rpartition("/")[2]
    return " ".join(re.split(r"[-_+.\s]+", re.sub(r"\.[a-z]{2,5}$", "", last)))[:80].strip()


_FOR_PROGRAMS = ("/api/", "/v1/", "/mcp", "/oai", "/static/")


def refusal(request: Request, error: Exception) -> Response:
    """A page for browsers that go astray; programs get the envelope as everywhere."""
    told = http_refusal(request, error) if isinstance(error, HTTPException) else error
    page = request.method in READ or request.url.path.startswith(OUR_FORMS)
    if not (page and "text/html" in request.headers.get("accept", "")) or request.url.path.startswith(
        _FOR_PROGRAMS
    ):
        return error_response(request, told)
    return error_page(request, told)


def install(app: FastAPI) -> None:
    """Answer what no route takes, in the form that its asker reads."""

    async def handle(request: Request, error: Exception) -> Response:
        return refusal(request, error)

    app.add_exception_handler(HTTPException, handle)
