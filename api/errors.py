"""One envelope for every error: {"error": {"code", "message", "request_id"}}."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.messages import Locale, locale_of, say
from api.validation import quoted, validation_message
from assistant.errors import AssistantError
from corpus.records import Text
from retrieval.errors import RetrievalError
from storage.errors import RecordUnknown, StorageError

logger = logging.getLogger("kewen.api")

RETRY_AFTER_S = 5

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_STATUS = {
    "question_invalid": 422,
    "filter_invalid": 422,
    "tool_refused": 422,
    "conversation_unknown": 404,
    "model_unavailable": 503,
    "index_not_built": 503,
    "index_damaged": 503,
    "index_locked": 503,
    "search_failed": 503,
    "embedding_failed": 503,
    "storage_unavailable": 503,
    "site_invalid": 422,
    "site_fixed": 409,
    "shutting_down": 503,
}
"""Status of errors from the layers below, by their stable code; others are 500."""


class ApiError(Exception):
    """A refusal with its status; the sentence is said in the caller's language."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        say_as: str | None = None,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self._sentence = say_as or code
        self._values = values

    def message(self, locale: Locale) -> str:
        values = dict(self._values)
        values.update({name: one.in_(locale) for name, one in values.items() if isinstance(one, Text)})
        if "stage" in values:
            values["stage"] = say(f"stage_{values['stage']}", locale)
        return say(self._sentence, locale, **values)


def unavailable(code: str, *, say_as: str | None = None, **values: object) -> ApiError:
    """A 503 that says when to come back."""
    return ApiError(503, code, say_as=say_as, headers=None, seconds=RETRY_AFTER_S, **values)


def envelope(code: str, message: str, request_id: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "request_id": request_id}}


def request_id_of(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


def described(error: Exception, locale: Locale) -> tuple[int, str, str]:
    """Status, code and message of any error as a caller may see it."""
    if isinstance(error, ApiError):
        return error.status, error.code, error.message(locale)
    if isinstance(error, RequestValidationError):
        return validation_message(error.errors(), locale)
    if isinstance(error, RecordUnknown):
        code = f"{error.kind}_unknown"
        return 404, code, say(code, locale, value=quoted(error.record_id))
    if isinstance(error, AssistantError | RetrievalError | StorageError):
        status = _STATUS.get(error.code, 500)
        if status < 500:
            return status, error.code, str(error)
        # What it says is for the operator: it may name files and addresses.
        _log(error)
        sentence = "storage_unavailable" if isinstance(error, StorageError) else "search_failed"
        return status, error.code, say(sentence, locale)
    _log(error)
    return 500, "internal_error", say("internal_error", locale)


def _log(error: Exception) -> None:
    # Not the message of an unexpected error: it may quote a question. Our own errors never do.
    own = isinstance(error, AssistantError | RetrievalError | StorageError)
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s%s\n%s", type(error).__name__, f": {error}" if own else "", where)


def error_response(request: Request, error: Exception) -> JSONResponse:
    locale = locale_of(request.headers.get("accept-language"))
    status, code, message = described(error, locale)
    headers = error.headers if isinstance(error, ApiError) else {}
    if status == 503:
        headers = {"Retry-After": str(RETRY_AFTER_S), **headers}
    if status >= 500 and not isinstance(error, ApiError):
        logger.error("request %s failed: %s %s", request_id_of(request), status, code)
    return JSONResponse(envelope(code, message, request_id_of(request)), status, headers)


async def _on_error(request: Request, error: Exception) -> Response:
    return error_response(request, error)


def http_refusal(request: Request, error: HTTPException) -> ApiError:
    """Starlette's own refusals in our words: unknown route, wrong method, unreadable body."""
    headers = dict(error.headers or {})
    path = quoted(request.url.path)
    if error.status_code == 404:
        return ApiError(404, "route_unknown", path=path)
    if error.status_code == 405:
        allowed = _allowed(request)
        return ApiError(
            405,
            "method_not_allowed",
            path=path,
            method=quoted(request.method, quotes=False),
            allowed=allowed,
            headers={"Allow": allowed},
        )
    if error.status_code == 400:
        return ApiError(400, "json_malformed", reason="it cannot be read")
    return ApiError(error.status_code, "http_error", reason=quoted(error.detail), headers=headers)


def _allowed(request: Request) -> str:
    """Every method of this path; the framework names only those of the first route that has it."""
    taken = [
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
    return ", ".join(taken)


def install(app: FastAPI) -> None:
    """Answer every error of ours with the envelope; those of the framework: api/pages_errors.py."""
    for kind in (ApiError, RequestValidationError, AssistantError, RetrievalError, StorageError):
        app.add_exception_handler(kind, _on_error)
