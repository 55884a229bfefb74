"""The OpenAPI document, said as it is: errors are the envelope, and a key is never required."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

_ENVELOPE = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}}}


def describe(app: FastAPI) -> None:
    """Correct what the framework assumes whenever the document is made."""
    framework_s = app.openapi

    def corrected() -> dict[str, Any]:
        if app.openapi_schema is None:
            _correct(framework_s())
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = corrected  # type: ignore[method-assign]


def _correct(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            if "422" in operation["responses"]:
                operation["responses"]["422"]["content"] = _ENVELOPE
            if "security" in operation:
                operation["security"] = [{}, *operation["security"]]
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)
