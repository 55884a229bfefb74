"""POST /api/ask as JSON: answers, refusals, conversations."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.api.toy import ToyKewen


async def ask(client: httpx.AsyncClient, question: object, **more: object) -> httpx.Response:
    return await client.post("/api/ask", json={"question": question, **more})


def error_of(response: httpx.Response) -> dict[str, str]:
    body = response.json()
    assert list(body) == ["error"]
    assert set(body["error"]) == {"code", "message", "request_id"}
    assert body["error"]["request_id"] == response.headers["x-request-id"]
    return dict(body["error"])


async def test_an_answer_has_the_fields_of_the_contract(client: httpx.AsyncClient) -> None:
    response = await ask(client, "冰川样品在哪里？")

    assert response.status_code == 200
    answer = response.json()
    assert list(answer) == [
        "id",
        "conversation_id",
        "language",
        "status",
        "text",
        "citations",
        "resources",
        "follow_ups",
        "filters",
        "query",
        "set",
        "generated_by",
        "notices",
    ]
    assert answer["status"] == "answered"
    assert answer["citations"][0]["id"] == "toy-ice"
    assert answer["id"].startswith("a_") and answer["conversation_id"].startswith("c_")


async def test_the_stored_answer_replays_byte_for_byte(client: httpx.AsyncClient) -> None:
    given = await ask(client, "冰川样品在哪里？")

    replayed = await client.get(f"/api/answers/{given.json()['id']}")

    assert replayed.status_code == 200
    assert replayed.content == given.content
    assert replayed.headers["content-type"] == "application/json"


async def test_language_and_filters_reach_the_assistant(client: httpx.AsyncClient, kewen: ToyKewen) -> None:
    response = await ask(
        client,
        "玩具在哪里？",
        language="en",
        filters={
            "types": ["germplasm"],
            "provinces": ["北京市"],
            "access": ["application"],
            "as_of": "2024-02-29",
        },
    )

    assert response.json()["language"] == "en"
    assert response.json()["citations"][0]["id"] == "toy-seeds"
    assert kewen.assistant.seen[0]["filters"].as_of == "2024-02-29"


@pytest.mark.parametrize(
    "body",
    [
        {"question": "冰川", "conversation_id": None, "language": None, "filters": None},
        {"question": "冰川", "filters": {}},
        {"question": "冰川", "filters": {"types": None, "provinces": None, "access": None, "as_of": None}},
    ],
)
async def test_null_and_absent_mean_no_restriction(
    client: httpx.AsyncClient, body: dict[str, object]
) -> None:
    assert (await client.post("/api/ask", json=body)).status_code == 200


async def test_a_conversation_goes_on_and_can_be_read_and_deleted(client: httpx.AsyncClient) -> None:
    first = (await ask(client, "冰川样品在哪里？")).json()
    second = (await ask(client, "水稻种子呢？", conversation_id=first["conversation_id"])).json()
    address = f"/api/conversations/{first['conversation_id']}"

    read = (await client.get(address)).json()

    assert second["conversation_id"] == first["conversation_id"]
    assert [turn["question"] for turn in read["turns"]] == ["冰川样品在哪里？", "水稻种子呢？"]
    assert [turn["answer"] for turn in read["turns"]] == [first, second]

    assert (await client.delete(address)).status_code == 204

    for gone in (address, f"/api/answers/{first['id']}", f"/api/answers/{second['id']}"):
        assert (await client.get(gone)).status_code == 404
    assert (await client.delete(address)).status_code == 404
    feedback = await client.post("/api/feedback", json={"answer_id": first["id"], "verdict": "up"})
    assert error_of(feedback)["code"] == "answer_unknown"


@pytest.mark.parametrize("conversation", ["c_none", "", "x" * 5000, "'; DROP TABLE turns; --"])
async def test_an_unknown_conversation_is_404(client: httpx.AsyncClient, conversation: str) -> None:
    response = await client.post("/api/ask", json={"question": "冰川", "conversation_id": conversation})

    assert response.status_code == 404
    error = error_of(response)
    assert error["code"] == "conversation_unknown"
    assert conversation[:40] in error["message"]
    assert "null" in error["message"]


@pytest.mark.parametrize("question", ["", "   ", "\x01\x02", "\u200b\u202e\u2066", "\n\t\r"])
async def test_an_empty_question_is_refused(client: httpx.AsyncClient, question: str) -> None:
    response = await ask(client, question)

    assert response.status_code == 422
    assert error_of(response)["code"] == "question_invalid"
    assert "2000" in error_of(response)["message"]


async def test_a_question_without_words_is_refused(client: httpx.AsyncClient) -> None:
    response = await ask(client, "🧊🐧❄️")

    assert response.status_code == 422
    assert "word" in error_of(response)["message"]


@pytest.mark.parametrize(("length", "status"), [(2000, 200), (2001, 422), (10_000, 422)])
async def test_the_length_limit_is_named(client: httpx.AsyncClient, length: int, status: int) -> None:
    response = await ask(client, "冰" * length)

    assert response.status_code == status
    if status == 422:
        assert str(length) in error_of(response)["message"] and "2000" in error_of(response)["message"]


async def test_fifty_thousand_characters_are_too_large_or_too_long(client: httpx.AsyncClient) -> None:
    chinese = await client.post(
        "/api/ask", content=json.dumps({"question": "冰" * 50_000}, ensure_ascii=False).encode()
    )
    english = await ask(client, "a" * 50_000)

    assert (chinese.status_code, error_of(chinese)["code"]) == (413, "body_too_large")
    assert "65536" in error_of(chinese)["message"]
    assert (english.status_code, error_of(english)["code"]) == (422, "question_invalid")


async def test_control_characters_are_taken_out(client: httpx.AsyncClient, kewen: ToyKewen) -> None:
    response = await ask(client, "\x01冰\u200b川\x1b[31m样品\r\n在哪里？")

    assert response.status_code == 200
    assert kewen.assistant.seen[0]["question"] == "冰川 [31m样品 在哪里？"


@pytest.mark.parametrize(
    "question",
    [
        "'; DROP TABLE answers; -- 冰川",
        "<script>alert(1)</script> 冰川",
        'title:冰川 AND ("x" OR *) ^2~ ]:[ \\',
        "{{7*7}} ${jndi:ldap://x} %00 冰川 🧊",
    ],
)
async def test_markup_is_only_text(client: httpx.AsyncClient, question: str) -> None:
    answer = (await ask(client, question)).json()

    read = (await client.get(f"/api/conversations/{answer['conversation_id']}")).json()

    assert answer["status"] == "answered"
    assert read["turns"][0]["question"] == question


@pytest.mark.parametrize(
    ("body", "status", "parts"),
    [
        ({}, 422, ["question"]),
        ({"question": None}, 422, ["question"]),
        ({"question": 5}, 422, ["question", "5"]),
        ({"question": ["冰"]}, 422, ["question"]),
        ({"question": "冰", "language": "fr"}, 422, ["language", "fr", "auto", "zh", "en"]),
        ({"question": "冰", "converstion_id": "c_1"}, 422, ["converstion_id", "conversation_id"]),
        ({"question": "冰", "filters": []}, 422, ["filters"]),
        ({"question": "冰", "filters": {"type": ["germplasm"]}}, 422, ["filters.type", "types"]),
        (
            {"question": "冰", "filters": {"types": ["dataset"]}},
            422,
            ["filters.types", "dataset", "scientific_data", "alliance"],
        ),
        (
            {"question": "冰", "filters": {"access": ["free"]}},
            422,
            ["filters.access", "free", "open", "paid"],
        ),
        (
            {"question": "冰", "filters": {"provinces": ["北京"]}},
            422,
            ["filters.provinces", "北京", "北京市", "全国"],
        ),
        (
            {"question": "冰", "filters": {"as_of": "2023-02-29"}},
            422,
            ["filters.as_of", "2023-02-29", "YYYY-MM-DD"],
        ),
        ({"question": "冰", "filters": {"as_of": "20230201"}}, 422, ["filters.as_of", "YYYY-MM-DD"]),
        ({"question": "冰", "filters": {"as_of": "明天"}}, 422, ["filters.as_of", "明天"]),
        ([], 400, ["JSON"]),
        ("冰", 400, ["JSON"]),
        (None, 400, ["JSON"]),
    ],
)
async def test_a_wrong_body_names_field_value_and_what_is_allowed(
    client: httpx.AsyncClient, body: object, status: int, parts: list[str]
) -> None:
    response = await client.post("/api/ask", json=body)

    assert response.status_code == status
    message = error_of(response)["message"]
    assert [part for part in parts if part not in message] == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"question": "x"',
        b"\xff\xfe\x00\x01\x02",
        bytes(range(256)),
        b"[" * 30_000,
        b"9" * 30_000,
    ],
)
async def test_what_is_no_json_is_400(client: httpx.AsyncClient, content: bytes) -> None:
    response = await client.post("/api/ask", content=content, headers={"Content-Type": "application/json"})

    assert response.status_code == 400
    assert error_of(response)["code"] == "json_malformed"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "image/png"])
async def test_another_content_type_is_400_and_says_which(client: httpx.AsyncClient, media_type: str) -> None:
    response = await client.post(
        "/api/ask", content=b'{"question": "x"}', headers={"Content-Type": media_type}
    )

    assert response.status_code == 400
    assert "application/json" in error_of(response)["message"]


async def test_messages_follow_accept_language(client: httpx.AsyncClient) -> None:
    chinese = await client.post(
        "/api/ask", json={"question": ""}, headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
    )
    english = await client.post("/api/ask", json={"question": ""}, headers={"Accept-Language": "fr;q=x,en"})

    assert "没有可读的内容" in error_of(chinese)["message"]
    assert "nothing to read" in error_of(english)["message"]


async def test_an_unexpected_fault_shows_no_trace_and_logs_no_question(
    client: httpx.AsyncClient, kewen: ToyKewen, caplog: pytest.LogCaptureFixture
) -> None:
    kewen.assistant.fault = ZeroDivisionError("about a private question")

    response = await ask(client, "a private question")

    assert response.status_code == 500
    error = error_of(response)
    assert error["code"] == "internal_error"
    assert "ZeroDivision" not in response.text and "Traceback" not in response.text
    assert error["request_id"] in caplog.text and "ZeroDivisionError" in caplog.text
    assert "private" not in caplog.text
