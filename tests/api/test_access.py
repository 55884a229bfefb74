"""Who asks decides what is seen, everywhere alike."""

from __future__ import annotations

import httpx
import pytest

from storage.keys import Keys
from tests.api.toy import ToyKewen


@pytest.mark.parametrize(
    ("level", "status"), [(None, 404), ("registered", 404), ("member", 200), ("unit", 200), ("staff", 200)]
)
async def test_a_record_is_seen_from_its_level_up(
    client: httpx.AsyncClient, keys: dict[str, dict[str, str]], level: str | None, status: int
) -> None:
    headers = keys[level] if level else {}

    found = await client.get("/api/search", params={"q": "显微镜"}, headers=headers)
    listed = await client.get("/api/search", headers=headers)
    asked = await client.post("/api/ask", json={"question": "显微镜在哪里？"}, headers=headers)

    assert (await client.get("/api/resources/toy-hidden", headers=headers)).status_code == status
    assert ("toy-hidden" in found.text) == (status == 200)
    assert ("toy-hidden" in listed.text) == (status == 200)
    assert ("toy-hidden" in asked.text) == (status == 200)


async def test_an_article_is_seen_from_its_level_up(
    client: httpx.AsyncClient, keys: dict[str, dict[str, str]]
) -> None:
    for headers, status in (({}, 404), (keys["unit"], 404), (keys["staff"], 200)):
        article = await client.get("/api/policies/toy-rules/articles/30", headers=headers)
        policy = await client.get("/api/policies/toy-rules", headers=headers)

        assert article.status_code == status
        assert ("内部条款" in policy.text) == (status == 200)


async def test_what_a_level_was_told_is_not_for_those_below(
    client: httpx.AsyncClient, keys: dict[str, dict[str, str]]
) -> None:
    started = (await client.post("/api/ask", json={"question": "冰川在哪里？"})).json()
    again = {"question": "显微镜在哪里？", "conversation_id": started["conversation_id"]}
    told = (await client.post("/api/ask", json=again, headers=keys["member"])).json()
    conversation = f"/api/conversations/{told['conversation_id']}"
    answer = f"/api/answers/{told['id']}"

    assert (await client.get(conversation, headers=keys["staff"])).status_code == 200
    assert (await client.get(answer, headers=keys["member"])).status_code == 200
    for path in (conversation, answer):
        assert (await client.get(path)).status_code == 404
        assert (await client.get(path, headers=keys["registered"])).status_code == 404
    assert (await client.post("/api/ask", json=again)).status_code == 404
    assert (await client.delete(conversation)).status_code == 404
    feedback = {"answer_id": told["id"], "verdict": "up"}
    assert (await client.post("/api/feedback", json=feedback)).status_code == 404
    assert (await client.get(f"/api/answers/{started['id']}")).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Bearer wrong",
        "Bearer ",
        "Bearer",
        "Basic dTpw",
        "wrong",
        "bearer kewen_x",
        "Bearer 'or 1=1--",
        "Bearer \xff",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/ask"),
        ("GET", "/api/search"),
        ("GET", "/api/resources/toy-ice"),
        ("GET", "/api/policies/toy-rules"),
    ],
)
async def test_a_wrong_key_is_401_and_not_the_public(
    client: httpx.AsyncClient, header: str, method: str, path: str
) -> None:
    response = await client.request(
        method, path, headers={b"Authorization": header.encode("latin-1")}, json={"question": "冰川"}
    )

    assert response.status_code == 401
    assert response.json()["error"]["code"] == "key_invalid"
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_revoked_key_opens_nothing(client: httpx.AsyncClient, kewen: ToyKewen) -> None:
    key, secret = Keys(kewen.database).add("staff")
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await client.get("/api/resources/toy-hidden", headers=headers)).status_code == 200

    Keys(kewen.database).revoke(key.id)

    assert (await client.get("/api/resources/toy-hidden", headers=headers)).status_code == 401
