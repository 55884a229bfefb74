"""Pages for what went wrong: in the reader's language, with what may have been meant and ways on."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from difflib import get_close_matches
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.deps import get_state
from api.errors import RETRY_AFTER_S, ApiError, described, error_response, on_http, request_id_of
from api.pages_shell import READ, render, shell_of
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
        near=_near(request, subject, wanted),
        subject=subject,
        request_id=request_id_of(request) if status >= 500 else "",
        wait_s=RETRY_AFTER_S if status == 503 and code != "start_failed" else 0,
    )


def _near(request: Request, subject: str, wanted: str) -> list[Resource | Policy]:
    """Public records whose id looks like the one asked for."""
    kewen = get_state(request).kewen
    everyone = kewen.views.made(PUBLIC) if kewen else None
    if everyone is None or subject not in ("resource", "policy") or not wanted:
        return []
    records = everyone.corpus.resources if subject == "resource" else everyone.corpus.policies
    # Likeness costs 20 µs an id; harvested ids are long and seldom typed.
    ids = {one.id: one for one in records if ":" not in one.id}
    return [ids[found] for found in get_close_matches(wanted[:80].lower(), ids, n=4, cutoff=0.55)]


_FOR_PROGRAMS = ("/api/", "/v1/", "/mcp", "/oai", "/static/")


def _for_a_browser(request: Request) -> bool:
    browser = "text/html" in request.headers.get("accept", "") and request.method in READ
    return browser and not request.url.path.startswith(_FOR_PROGRAMS)


def refusal(request: Request, error: Exception) -> Response:
    """A refusal before any route was found: a page for browsers, the envelope for programs."""
    return error_page(request, error) if _for_a_browser(request) else error_response(request, error)


def install(app: FastAPI) -> None:
    """Answer browsers that go astray with a page; programs get the envelope as everywhere."""

    async def handle(request: Request, error: Exception) -> Response:
        if not _for_a_browser(request):
            return await on_http(request, error)
        assert isinstance(error, HTTPException)
        missing = error.status_code == 404
        path = quoted(request.url.path)
        told = (
            ApiError(404, "route_unknown", path=path)
            if missing
            else ApiError(error.status_code, "http_error", reason=quoted(error.detail), headers=error.headers)
        )
        return error_page(request, told)

    app.add_exception_handler(HTTPException, handle)
