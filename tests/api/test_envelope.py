"""Every error in one form, every response with its id and headers; limits, health, metrics, pages."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from string import Formatter
from typing import get_args, get_type_hints

import httpx
import pytest
from fastapi import FastAPI

from api.errors import RETRY_AFTER_S
from api.limits import BODY_LIMIT, CHAT_BODY_LIMIT, LOOKUPS_PER_QUESTION, RateLimiter
from api.messages import _MESSAGES, locale_of, say
from api.state import ApiState
from assistant.breaker import Breaker
from assistant.chat import Message
from assistant.errors import ModelUnavailable
from retrieval.errors import IndexDamaged, SearchFailed
from retrieval.indexing import Progress
from storage.errors import StorageUnavailable
from tests.api.toy import ToyKewen
from tests.fakes import ScriptedChat, words


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "route_unknown"),
        ("GET", "/api", 404, "route_unknown"),
        ("GET", "/static/none.js", 404, "route_unknown"),
        ("GET", "/static/../app.py", 404, "route_unknown"),
        ("GET", "/static/%2e%2e/app.py", 404, "route_unknown"),
        ("GET", "/static/%00", 404, "route_unknown"),
        ("GET", f"/static/{'A' * 256}", 404, "route_unknown"),
        ("GET", "/api/ask", 405, "method_not_allowed"),
        ("PUT", "/api/ask", 405, "method_not_allowed"),
        ("DELETE", "/api/search", 405, "method_not_allowed"),
        ("POST", "/healthz", 405, "method_not_allowed"),
        ("BREW", "/healthz", 405, "method_not_allowed"),
    ],
)
async def test_the_framework_s_own_refusals_have_the_envelope(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    response = await client.request(method, path)

    assert response.status_code == status
    error = response.json()["error"]
    assert error["code"] == code
    assert error["request_id"] == response.headers["x-request-id"]
    if status == 405:
        assert response.headers["allow"] in error["message"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/api/conversations/c_1", "GET, DELETE"),
        ("GET", "/api/sites/toy", "PUT, DELETE"),
        ("PUT", "/oai", "GET, POST"),
        ("DELETE", "/resources", "GET, HEAD"),
        ("POST", "/", "GET, HEAD"),
        ("GET", "/api/ask", "POST"),
    ],
)
async def test_every_method_of_a_path_is_named(
    client: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    for kind in ("application/json", "text/html"):
        response = await client.request(method, path, headers={"Accept": kind})

        assert (response.status_code, response.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/ask"),
        ("GET", "/api/conversations/c_1"),
        ("GET", "/api/search"),
        ("GET", "/api/resources/toy-ice"),
        ("POST", "/v1/chat/completions"),
        ("GET", "/api/nowhere"),
        ("POST", "/mcp"),
    ],
)
async def test_nothing_of_the_api_is_kept_on_the_way(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    message = {"role": "user", "content": "冰川"}
    body = {"messages": [message]} if path.startswith("/v1/") else {"question": "冰川"}
    response = await client.request(method, path, json=body if method == "POST" else None)

    assert response.headers["cache-control"] == "no-store"


async def test_an_answer_and_its_conversation_are_not_kept(client: httpx.AsyncClient) -> None:
    told = (await client.post("/api/ask", json={"question": "冰川"})).json()
    answer, conversation = told["id"], told["conversation_id"]
    for path in (f"/api/answers/{answer}", f"/answers/{answer}", f"/api/conversations/{conversation}"):
        response = await client.get(path)
        assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")


async def test_a_callers_request_id_comes_back_when_it_is_a_plain_one(client: httpx.AsyncClient) -> None:
    good = await client.get("/nowhere", headers={"X-Request-ID": "trace-42.a_B"})
    bad = await client.get("/nowhere", headers={"X-Request-ID": "x\ty" + "z" * 100})

    assert good.headers["x-request-id"] == good.json()["error"]["request_id"] == "trace-42.a_B"
    assert bad.headers["x-request-id"].startswith("r_")


@pytest.mark.parametrize(
    "path", ["/healthz", "/docs", "/openapi.json", "/nowhere", "/api/search", "/metrics"]
)
async def test_every_response_has_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


async def test_logs_hold_no_question_and_no_query_string(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="kewen"):
        await client.post("/api/ask", json={"question": "我的秘密问题"}, headers={"X-Request-ID": "seen-1"})
        await client.get("/api/search", params={"q": "我的秘密问题"}, headers={"X-Request-ID": "seen-2"})
        await client.post("/api/ask", json={"question": "我的秘密问题", "language": "我的秘密问题"})

    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("kewen"))
    assert "秘密" not in ours
    assert "seen-1 POST /api/ask 200" in ours
    assert "seen-2 GET /api/search 200" in ours


# Limits


async def test_too_many_questions_are_429_and_say_when_to_come_back(
    client: httpx.AsyncClient, state: ApiState
) -> None:
    state.limiter.per_minute = 2
    for _ in range(2):
        assert (await client.post("/api/ask", json={"question": "冰川"})).status_code == 200

    refused = await client.post("/api/ask", json={"question": "冰川"})

    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "rate_limited"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "2" in refused.json()["error"]["message"]
    for free in ("/healthz", "/readyz", "/metrics", "/api/resources/toy-ice", "/api/search"):
        assert (await client.get(free)).status_code == 200


async def test_look_ups_have_a_limit_of_their_own(client: httpx.AsyncClient, state: ApiState) -> None:
    state.limiter.per_minute = 1
    statuses = [
        (await client.get("/api/resources/toy-ice")).status_code for _ in range(LOOKUPS_PER_QUESTION + 1)
    ]

    assert statuses == [200] * LOOKUPS_PER_QUESTION + [429]
    assert (await client.get("/healthz")).status_code == 200


async def test_clients_do_not_share_a_limit(app: FastAPI, state: ApiState) -> None:
    state.limiter.per_minute = 1
    for address in ("192.0.2.1", "192.0.2.2"):
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://kewen.test") as client:
            asked = [(await client.post("/api/ask", json={"question": "冰川"})).status_code for _ in range(2)]
            assert asked == [200, 429]


def test_a_limiter_forgets_nothing_within_its_minute() -> None:
    limiter = RateLimiter(3)
    for _ in range(3):
        limiter.take("a", "question")

    with pytest.raises(Exception, match="rate_limited"):
        limiter.take("a", "question")


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/api/ask", BODY_LIMIT),
        ("/api/feedback", BODY_LIMIT),
        ("/v1/chat/completions", CHAT_BODY_LIMIT),
        ("/mcp", BODY_LIMIT),
        ("/mcp/", BODY_LIMIT),
        ("/bots/telegram", BODY_LIMIT),
    ],
)
async def test_a_body_over_the_limit_is_413_with_or_without_its_length(
    client: httpx.AsyncClient, path: str, limit: int
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(limit // 1024 + 1):
            yield b" " * 1024

    declared = await client.post(path, content=b" " * (limit + 1))
    chunked = await client.post(path, content=pieces())

    for response in (declared, chunked):
        assert response.status_code == 413
        assert response.json()["error"]["code"] == "body_too_large"


async def test_a_body_at_the_limit_is_read(client: httpx.AsyncClient) -> None:
    content = b'{"question": "ice"}'
    padded = content + b" " * (BODY_LIMIT - len(content))

    response = await client.post("/api/ask", content=padded, headers={"Content-Type": "application/json"})

    assert response.status_code == 200


# While there is no index, and when something below fails


async def test_before_the_index_is_open_only_health_answers(
    client: httpx.AsyncClient, state: ApiState
) -> None:
    state.kewen = None

    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/metrics")).status_code == 200
    for method, path in (
        ("GET", "/readyz"),
        ("POST", "/api/ask"),
        ("GET", "/api/search"),
        ("GET", "/api/answers/a_1"),
        ("POST", "/v1/chat/completions"),
        ("POST", "/mcp"),
    ):
        response = await client.request(
            method, path, json={"question": "x", "messages": [{"role": "user", "content": "x"}]}
        )
        assert response.status_code == 503, path
        assert response.json()["error"]["code"] == "index_not_ready"
        assert response.headers["retry-after"] == str(RETRY_AFTER_S)


async def test_why_the_start_failed_is_said(client: httpx.AsyncClient, state: ApiState) -> None:
    state.kewen, state.failure = None, "Another process owns the folder 'data'."

    response = await client.get("/readyz")

    assert response.status_code == 503
    assert "Another process owns the folder" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (StorageUnavailable("Database /secret/kewen.db: disk is full"), "storage_unavailable"),
        (SearchFailed("/secret/chroma broke"), "search_failed"),
        (IndexDamaged("/secret/index"), "index_damaged"),
    ],
)
async def test_a_failure_below_is_503_without_paths(
    client: httpx.AsyncClient,
    kewen: ToyKewen,
    fault: Exception,
    code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    kewen.assistant.fault = fault

    response = await client.post("/api/ask", json={"question": "冰川"})

    assert response.status_code == 503
    assert response.json()["error"]["code"] == code
    assert "/secret" not in response.text
    assert "/secret" in caplog.text  # the operator is told
    assert "retry-after" in response.headers


# Health, metrics, pages, documents


async def test_ready_says_what_answers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/readyz")).json() == {
        "status": "ready",
        "records": 4,  # a member sees the fifth
        "passages": 20,
        "generation": "g3",
        "embedder": "none",
        "models": [],
    }


async def test_a_model_that_fails_is_told_with_its_cause_and_is_no_reason_not_to_be_ready(
    client: httpx.AsyncClient, state: ApiState
) -> None:
    failing = Breaker(ScriptedChat(ModelUnavailable(reason="refused", cause="key"), name="toy"), failures=2)
    state.opened().models = (failing,)
    seen = []
    for _ in range(3):
        response = await client.get("/readyz")
        assert response.status_code == 200
        seen += response.json()["models"]
        with pytest.raises(ModelUnavailable):
            await words(failing.stream([Message("user", "?")]))

    assert [one["state"] for one in seen] == ["answers", "fails", "rests"]
    assert seen[0] == {"name": "toy", "state": "answers", "cause": None, "message": None}
    assert seen[1]["cause"] == "key" and seen[1]["message"]["zh"] != seen[1]["message"]["en"]


async def test_metrics_count_requests_answers_and_tokens(client: httpx.AsyncClient, state: ApiState) -> None:
    await client.post("/api/ask", json={"question": "冰川"})
    await client.get("/api/resources/none")
    for n in range(3):
        await client.get(f"/nowhere/{n}")
    state.metrics.llm_call("some-model", "ok", 120, 30)

    response = await client.get("/metrics")

    assert response.headers["content-type"].startswith("text/plain")
    for line in (
        'kewen_requests_total{method="POST",route="/api/ask",status="200"} 1.0',
        'kewen_requests_total{method="GET",route="/api/resources/{resource_id:path}",status="404"} 1.0',
        'kewen_requests_total{method="GET",route="(none)",status="404"} 3.0',
        'kewen_request_seconds_count{route="/api/ask"} 1.0',
        'kewen_answers_total{channel="web",generated_by="composer",status="answered"} 1.0',
        'kewen_llm_tokens_total{direction="read",model="some-model"} 120.0',
    ):
        assert line in response.text


async def test_pages_come_from_here_and_allow_no_script_from_elsewhere(client: httpx.AsyncClient) -> None:
    style = await client.get("/static/docs.css")
    docs = await client.get("/docs")

    assert style.headers["content-type"].startswith("text/css")
    assert "script-src 'self'" in style.headers["content-security-policy"]
    assert docs.status_code == 200
    assert "/api/policies/{policy_id}/articles/{no}" in docs.text
    assert re.findall(r'(?:src|href)="(?!/|#|http://kewen\.test/)[^"]*', docs.text) == []


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "en"),
        ("", "en"),
        ("*", "en"),
        ("zh", "zh"),
        ("ZH-hant-TW", "zh"),
        ("en-GB,zh;q=0.9", "en"),
        ("fr,zh;q=0.3,en;q=0.2", "zh"),
        ("zh;q=nonsense", "en"),
        ("zh;q=0", "en"),
    ],
)
def test_the_language_of_messages(header: str | None, locale: str) -> None:
    assert locale_of(header) == locale


def test_both_languages_of_a_message_take_the_same_values() -> None:
    for code, (english, chinese) in _MESSAGES.items():
        names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (english, chinese)]
        assert names[0] == names[1], code


@pytest.mark.parametrize("stage", get_args(get_type_hints(Progress)["stage"]))
def test_each_stage_of_a_build_is_told_in_both_languages(stage: str):
    assert say(f"stage_{stage}", "en") != say(f"stage_{stage}", "zh")
