"""POST /api/handoff, and what the asker then sees of it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from api.limits import RateLimiter
from api.state import ApiState
from storage.database import open_database
from storage.tickets import NOTES_LIMIT, Tickets
from tests.api.conftest import Running
from tests.api.toy import ToyAssistant, ToyKewen, ToyRetriever, build_toy
from tests.storage.conftest import url

__all__ = ["url"]  # a fixture
ZH = {"Accept-Language": "zh-CN"}


async def asked(client: httpx.AsyncClient, question: str = "冰川在哪里？", **more: object) -> dict[str, str]:
    response = await client.post("/api/ask", json={"question": question, **more})
    return response.json()  # type: ignore[no-any-return]


async def test_a_question_is_handed_over_with_what_was_found(
    client: httpx.AsyncClient, kewen: ToyKewen
) -> None:
    answer = await asked(client, filters={"types": ["scientific_data"]})

    given = await client.post(
        "/api/handoff",
        json={"answer_id": answer["id"], "message": " 论文急用 ", "contact": "wang@example.org"},
        headers=ZH,
    )

    told = given.json()
    assert given.status_code == 201
    assert (told["answer_id"], told["state"]) == (answer["id"], "open")
    assert told["conversation_id"] == answer["conversation_id"]
    assert told["id"] in told["message"] and "工作人员" in told["message"]
    ticket = Tickets(kewen.database).get(told["id"])
    assert (ticket.question, ticket.answer) == ("冰川在哪里？", answer["text"])
    assert (ticket.channel, ticket.language, ticket.answer_status) == ("web", "zh", "answered")
    assert [(note.message, note.contact) for note in ticket.notes] == [("论文急用", "wang@example.org")]
    assert ticket.searched["query"] == "冰川在哪里？"


async def test_the_second_post_gets_the_same_ticket(client: httpx.AsyncClient) -> None:
    answer = await asked(client)
    first = await client.post("/api/handoff", json={"answer_id": answer["id"]})

    second = await client.post("/api/handoff", json={"answer_id": answer["id"], "message": "还有一点"})

    assert (first.status_code, second.status_code) == (201, 200)
    assert {k: v for k, v in second.json().items() if k != "message"} == {
        k: v for k, v in first.json().items() if k != "message"
    }
    assert "already" in second.json()["message"]


async def test_posts_at_once_make_one_ticket(client: httpx.AsyncClient, kewen: ToyKewen) -> None:
    answer = await asked(client)

    posts = [client.post("/api/handoff", json={"answer_id": answer["id"]}) for _ in range(6)]
    responses = await asyncio.gather(*posts)

    assert sorted(response.status_code for response in responses) == [200] * 5 + [201]
    assert len(Tickets(kewen.database).all()) == 1


async def test_a_ticket_that_is_full_says_so(client: httpx.AsyncClient) -> None:
    answer = await asked(client)
    for number in range(NOTES_LIMIT):
        await client.post("/api/handoff", json={"answer_id": answer["id"], "message": str(number)})

    refused = await client.post("/api/handoff", json={"answer_id": answer["id"], "message": "more"})

    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "ticket_full"


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ({}, ["answer_id"]),
        ({"answer_id": "a_1", "message": "x" * 4001}, ["message", "4000"]),
        ({"answer_id": "a_1", "contact": "x" * 201}, ["contact", "200"]),
        ({"answer_id": "a_1", "phone": "1"}, ["phone", "contact"]),
    ],
)
async def test_wrong_bodies_are_named(
    client: httpx.AsyncClient, body: dict[str, object], parts: list[str]
) -> None:
    response = await client.post("/api/handoff", json=body)

    assert response.status_code == 422
    assert [part for part in parts if part not in response.json()["error"]["message"]] == []


async def test_only_an_answer_the_asker_may_see_can_be_handed_over(
    client: httpx.AsyncClient, kewen: ToyKewen, keys: dict[str, dict[str, str]]
) -> None:
    theirs = (await client.post("/api/ask", json={"question": "显微镜"}, headers=keys["member"])).json()

    for answer_id in ("a_none", "", theirs["id"]):
        refused = await client.post("/api/handoff", json={"answer_id": answer_id})
        assert refused.status_code == 404
        assert refused.json()["error"]["code"] == "answer_unknown"
    assert Tickets(kewen.database).all() == []

    taken = await client.post("/api/handoff", json={"answer_id": theirs["id"]}, headers=keys["member"])
    assert taken.status_code == 201


async def test_handing_over_has_a_limit_of_its_own(client: httpx.AsyncClient, state: ApiState) -> None:
    answer = await asked(client)
    state.limiter._window = RateLimiter(40)._window  # the middleware holds this limiter
    state.limiter.per_minute = 40

    codes = [
        (await client.post("/api/handoff", json={"answer_id": answer["id"]})).status_code for _ in range(3)
    ]
    refused = await client.post("/api/handoff", json={"answer_id": answer["id"]}, headers=ZH)

    assert codes == [201, 200, 429]
    assert refused.json()["error"]["code"] == "rate_limited"
    assert int(refused.headers["retry-after"]) >= 1
    assert (await client.post("/api/ask", json={"question": "冰川"})).status_code == 200


async def test_the_reply_comes_back_into_the_conversation_marked_as_a_persons(
    client: httpx.AsyncClient, kewen: ToyKewen
) -> None:
    answer = await asked(client)
    url = f"/api/conversations/{answer['conversation_id']}"
    assert (await client.get(url)).json()["replies"] == []
    ticket = (
        await client.post("/api/handoff", json={"answer_id": answer["id"], "contact": "13800000000"})
    ).json()
    assert [one["state"] for one in (await client.get(url)).json()["tickets"]] == ["open"]

    Tickets(kewen.database).answer(ticket["id"], "请与海洋中心联系。", "李老师")

    seen = await client.get(url)
    [reply] = seen.json()["replies"]
    assert reply["author"] == {"kind": "staff", "name": "李老师"}
    assert (reply["text"], reply["answer_id"]) == ("请与海洋中心联系。", answer["id"])
    assert [one["state"] for one in seen.json()["tickets"]] == ["answered"]
    assert "13800000000" not in seen.text
    # The conversation goes on as before.
    again = await asked(client, "种子", conversation_id=answer["conversation_id"])
    told = (await client.get(url)).json()
    assert [turn["answer"]["id"] for turn in told["turns"]] == [answer["id"], again["id"]]
    assert told["replies"] == [reply]


async def test_deleting_the_conversation_deletes_the_ticket(
    client: httpx.AsyncClient, kewen: ToyKewen
) -> None:
    answer = await asked(client)
    await client.post("/api/handoff", json={"answer_id": answer["id"]})

    await client.delete(f"/api/conversations/{answer['conversation_id']}")

    assert Tickets(kewen.database).all() == []
    refused = await client.post("/api/handoff", json={"answer_id": answer["id"]})
    assert refused.status_code == 404


def test_a_ticket_is_still_there_after_a_restart(running: Running, kewen: ToyKewen, app: FastAPI) -> None:
    with httpx.Client(base_url=running.url, trust_env=False) as client:
        answer = client.post("/api/ask", json={"question": "冰川在哪里？"}).json()
        ticket = client.post("/api/handoff", json={"answer_id": answer["id"]}).json()
    file = re.sub(r"^sqlite:///", "", kewen.database.name)
    kewen.close()

    reopened = build_toy(Path(file).parent, kewen.retriever)
    app.state.api.kewen = reopened
    with httpx.Client(base_url=running.url, trust_env=False) as client:
        told = client.get(f"/api/conversations/{answer['conversation_id']}").json()
        again = client.post("/api/handoff", json={"answer_id": answer["id"]})
    reopened.close()

    assert [one["id"] for one in told["tickets"]] == [ticket["id"]]
    assert again.status_code == 200


async def test_the_same_holds_on_every_database(
    url: str, retriever: ToyRetriever, state: ApiState, app: FastAPI
) -> None:
    database = open_database(url)
    state.kewen = cast(Any, ToyKewen(database, retriever, ToyAssistant(retriever, database)))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://kewen.test") as client:
        answer = await asked(client)
        posts = [
            client.post("/api/handoff", json={"answer_id": answer["id"], "contact": str(number)})
            for number in range(4)
        ]
        codes = sorted([response.status_code for response in await asyncio.gather(*posts)])
        [ticket] = Tickets(database).all()
        Tickets(database).answer(ticket.id, "好的。", "李老师")
        seen = (await client.get(f"/api/conversations/{answer['conversation_id']}")).json()
        gone = await client.delete(f"/api/conversations/{answer['conversation_id']}")
    left = Tickets(database).all()
    database.close()

    assert codes == [200, 200, 200, 201] and len(ticket.notes) == 4
    assert [one["text"] for one in seen["replies"]] == ["好的。"]
    assert gone.status_code == 204 and left == []
