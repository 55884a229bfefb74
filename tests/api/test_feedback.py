"""POST /api/feedback."""

from __future__ import annotations

import httpx
import pytest

from storage.feedback import FeedbackBook
from tests.api.toy import ToyKewen


async def test_feedback_is_kept(client: httpx.AsyncClient, kewen: ToyKewen) -> None:
    answer = (await client.post("/api/ask", json={"question": "冰川在哪里？"})).json()

    given = await client.post(
        "/api/feedback", json={"answer_id": answer["id"], "verdict": "down", "comment": "<b>过时</b>"}
    )

    assert given.status_code == 200
    assert given.json()["answer_id"] == answer["id"]
    assert [(e.verdict, e.comment) for e in FeedbackBook(kewen.database).of(answer["id"])] == [
        ("down", "<b>过时</b>")
    ]


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ({"verdict": "up"}, ["answer_id"]),
        ({"answer_id": "a_1", "verdict": "maybe"}, ["verdict", "maybe", "up", "down"]),
        ({"answer_id": "a_1", "verdict": "up", "comment": "x" * 4001}, ["comment", "4000"]),
        ({"answer_id": "a_1", "verdict": "up", "stars": 5}, ["stars", "comment"]),
    ],
)
async def test_wrong_feedback_is_named(
    client: httpx.AsyncClient, body: dict[str, object], parts: list[str]
) -> None:
    response = await client.post("/api/feedback", json=body)

    assert response.status_code == 422
    assert [part for part in parts if part not in response.json()["error"]["message"]] == []
