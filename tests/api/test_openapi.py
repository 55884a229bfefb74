"""/openapi.json is valid, complete and true."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

PATHS = {
    "/api/ask": {"post"},
    "/api/search": {"get"},
    "/api/resources/{resource_id}": {"get"},
    "/api/policies/{policy_id}": {"get"},
    "/api/policies/{policy_id}/articles/{no}": {"get"},
    "/api/policies/{policy_id}/diff": {"get"},
    "/api/answers/{answer_id}": {"get"},
    "/api/conversations/{conversation_id}": {"get", "delete"},
    "/api/feedback": {"post"},
    "/api/handoff": {"post"},
    "/api/widget/session": {"post"},
    "/api/sites": {"get"},
    "/api/sites/{site_id}": {"put", "delete"},
    "/v1/chat/completions": {"post"},
    "/v1/models": {"get"},
    "/v1/models/{model}": {"get"},
    "/healthz": {"get"},
    "/readyz": {"get"},
    "/metrics": {"get"},
}


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return json.loads(json.dumps(app.openapi()))  # type: ignore[no-any-return]


def test_it_lists_the_paths_of_the_contract(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["info"]["version"] == "1.2.3"
    assert {path: set(methods) for path, methods in document["paths"].items()} == PATHS


def test_its_schemas_are_valid_and_its_references_lead_somewhere(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for reference in re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(document)):
        assert reference in document["components"]["schemas"]


def test_operations_have_different_ids_and_a_description(document: dict[str, Any]) -> None:
    operations = [o for methods in document["paths"].values() for o in methods.values()]

    assert len({o["operationId"] for o in operations}) == len(operations)
    assert all(o.get("description") or o.get("summary") for o in operations)


def test_a_key_is_optional_everywhere(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["Key"]["scheme"] == "bearer"
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                assert parameter["name"].lower() != "authorization"
            if "security" in operation:
                assert {} in operation["security"]


def test_every_error_is_the_envelope(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    schema = response["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ErrorOut"}, (path, status)


SMALLEST: dict[tuple[str, str], Any] = {
    ("post", "/api/ask"): {"question": "冰川"},
    ("post", "/api/feedback"): {"answer_id": "a_none", "verdict": "up"},
    ("post", "/api/handoff"): {"answer_id": "a_none"},
    ("post", "/api/widget/session"): {"site": "none"},
    ("put", "/api/sites/{site_id}"): {"origins": ["https://www.example.org"]},
    ("post", "/v1/chat/completions"): {"messages": [{"role": "user", "content": "冰川"}]},
}


async def test_null_is_taken_exactly_where_it_says_so(
    client: httpx.AsyncClient, document: dict[str, Any], keys: dict[str, dict[str, str]]
) -> None:
    for (method, path), smallest in SMALLEST.items():
        content = document["paths"][path][method]["requestBody"]["content"]["application/json"]
        for place, allowed in _null_places(content["schema"], document):
            body: Any = json.loads(json.dumps(smallest))
            holder = body
            for name in place[:-1]:
                holder = holder.setdefault(name, {})
            holder[place[-1]] = None
            response = await client.request(
                method.upper(), path.replace("{site_id}", "toy"), json=body, headers=keys["staff"]
            )
            refused = response.status_code >= 400 and response.json()["error"]["code"] == "validation_failed"
            assert refused is not allowed, (path, place, response.text)


def _null_places(
    schema: dict[str, Any], document: dict[str, Any], at: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], bool]]:
    """Every field of an object, and of the objects in it, and whether it may be null."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found = []
    for name, one in schema.get("properties", {}).items():
        forms = one.get("anyOf", [one])
        found.append(((*at, name), any(form.get("type") == "null" for form in forms)))
        for form in forms:
            found += _null_places(form, document, (*at, name))
    return found


async def test_answers_are_what_it_says(client: httpx.AsyncClient, document: dict[str, Any]) -> None:
    registry: Registry[Any] = Registry().with_resource("urn:kewen", DRAFT202012.create_resource(document))
    answer = await client.post("/api/ask", json={"question": "冰川"})
    told = answer.json()
    calls = [
        ("/api/ask", "post", answer),
        ("/api/ask", "post", await client.post("/api/ask", json={})),
        ("/api/search", "get", await client.get("/api/search", params={"q": "冰川"})),
        ("/api/search", "get", await client.get("/api/search", params={"k": "x"})),
        ("/api/resources/{resource_id}", "get", await client.get("/api/resources/toy-ice")),
        ("/api/resources/{resource_id}", "get", await client.get("/api/resources/none")),
        ("/api/policies/{policy_id}", "get", await client.get("/api/policies/toy-rules")),
        ("/api/answers/{answer_id}", "get", await client.get(f"/api/answers/{told['id']}")),
        (
            "/api/conversations/{conversation_id}",
            "get",
            await client.get(f"/api/conversations/{told['conversation_id']}"),
        ),
        (
            "/api/feedback",
            "post",
            await client.post("/api/feedback", json={"answer_id": told["id"], "verdict": "up"}),
        ),
        ("/api/handoff", "post", await client.post("/api/handoff", json={"answer_id": told["id"]})),
        ("/api/handoff", "post", await client.post("/api/handoff", json={"answer_id": told["id"]})),
        ("/readyz", "get", await client.get("/readyz")),
        ("/v1/models", "get", await client.get("/v1/models")),
    ]
    for path, method, response in calls:
        described = document["paths"][path][method]["responses"][str(response.status_code)]
        schema = described["content"]["application/json"]["schema"]
        pointed = json.loads(json.dumps(schema).replace("#/components", "urn:kewen#/components"))
        Draft202012Validator(pointed, registry=registry).validate(response.json())
