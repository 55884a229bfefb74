"""/staff over HTTP: who gets in, what each sees, taking, answering, two at once, and the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import product

import httpx
import pytest
from fastapi import FastAPI

from assistant.access import LEVELS
from assistant.roles import ROLES
from bot.local import LocalBackend
from storage.accounts import Accounts
from storage.sign_ins import SignIns
from storage.tickets import Tickets
from tests.api.test_sign_in import OWN, PASSWORD, token_of
from tests.api.toy import ToyKewen

Browser = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def browser(app: FastAPI, kewen: ToyKewen) -> AsyncIterator[Browser]:
    """browser(role, level, unit, shown): somebody who is signed in."""
    async with AsyncExitStack() as stack:

        async def opened(
            role: str, level: str = "staff", unit: str | None = None, shown: str = "李老师"
        ) -> httpx.AsyncClient:
            name = f"{role}-{level}-{unit}-{len(Accounts(kewen.database).all())}"
            account = Accounts(kewen.database).add(
                name, PASSWORD, role=role, level=level, unit=unit, shown=shown
            )
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://kewen.test", headers=OWN
            )
            client.cookies.set("kewen", SignIns(kewen.database).begin(account, 3600), domain="kewen.test")
            return await stack.enter_async_context(client)

        yield opened


async def handed(
    client: httpx.AsyncClient, question: str = "冰川在哪里？", **headers: str
) -> tuple[str, str]:
    """(ticket, conversation)."""
    answer = (await client.post("/api/ask", json={"question": question}, headers=headers)).json()
    told = {"answer_id": answer["id"], "message": "<b>急用</b>", "contact": "wang@example.org"}
    ticket = (await client.post("/api/handoff", json=told, headers=headers)).json()
    return ticket["id"], answer["conversation_id"]


async def do(client: httpx.AsyncClient, ticket: str, what: str, **fields: object) -> httpx.Response:
    token = token_of((await client.get("/me")).text)
    return await client.post(f"/staff/tickets/{ticket}/{what}", data={"token": token, **fields})


async def test_nobody_gets_in_who_is_not_staff(client: httpx.AsyncClient, browser: Browser) -> None:
    ticket, _ = await handed(client)
    paths = ("/staff", "/staff/audit", f"/staff/tickets/{ticket}", "/staff/mark", "/staff/tickets/t_none")
    for path in paths:
        away = await client.get(path)
        assert away.status_code in (303, 401)
        assert away.status_code == 401 or away.headers["location"] == f"/login?next={path}"
    for what in ("claim", "answer", "hand-back", "close"):
        away = await client.post(f"/staff/tickets/{ticket}/{what}", data={"text": "x"})
        assert away.headers["location"] == f"/login?next=/staff/tickets/{ticket}"
    for role in ("supplier", "seeker"):
        other = await browser(role)
        told = {(await other.get(path)).status_code for path in paths}
        told |= {(await do(other, ticket, what)).status_code for what in ("claim", "answer", "close")}
        assert told == {403}
        assert "/staff" not in (await other.get("/me")).text


async def test_a_role_lets_in_and_a_level_shows(
    client: httpx.AsyncClient, browser: Browser, keys: dict[str, dict[str, str]], kewen: ToyKewen
) -> None:
    """Staff who see what is public answer what the public asked, and hear of nothing else."""
    tickets = {"public": (await handed(client))[0]}
    for other in ("registered", "member", "staff"):
        tickets[other] = (await handed(client, "显微镜", **keys[other]))[0]
    for role, level in product(ROLES, LEVELS):
        who = await browser(role, level, "alpha" if level == "unit" else None)
        works, above = role in ("staff", "manager"), role == "manager"

        queue, log = await who.get("/staff"), await who.get("/staff/audit")

        assert (queue.status_code, log.status_code) == (200 if works else 403, 200 if above else 403)
        for name, ticket in tickets.items():
            seen = works and LEVELS.index(level) >= LEVELS.index(name)
            page = await who.get(f"/staff/tickets/{ticket}")
            assert page.status_code == (200 if seen else 404 if works else 403)
            assert (ticket in queue.text) == seen
        asked = await do(who, tickets["staff"], "claim")
        seen = works and level == "staff"
        assert asked.status_code in ((303, 409) if seen else (404,) if works else (403,))
    assert Tickets(kewen.database).get(tickets["staff"]).claimant is not None


async def test_a_question_is_taken_answered_with_its_sources_and_reaches_whoever_asked(
    client: httpx.AsyncClient, browser: Browser, kewen: ToyKewen
) -> None:
    ticket, conversation = await handed(client)
    li = await browser("staff", shown="李<i>老师")
    queue = await li.get("/staff")
    assert ticket in queue.text and "无人认领" in queue.text and "wang@example.org" not in queue.text
    page = (await li.get(f"/staff/tickets/{ticket}")).text
    assert "&lt;b&gt;急用&lt;/b&gt;" in page and "wang@example.org" in page and "发出答复" not in page
    mark = (await li.get("/staff/mark", params={"ticket": ticket})).json()

    assert (await do(li, ticket, "claim")).headers["location"] == f"/staff/tickets/{ticket}?done=claimed"

    mine = (await li.get(f"/staff/tickets/{ticket}?done=claimed&draft=1")).text
    assert "发出答复" in mine and 'value="1" checked' in mine
    assert (await li.get("/staff/mark", params={"ticket": ticket})).json() != mark
    for text, cited, said in (
        ("", [], "没有发出"),
        ("x" * 8001, [], "没有发出"),
        ("见[1]。", [], "[1]"),
        ("见[9]。", [1], "[9]"),
    ):
        refused = await do(li, ticket, "answer", text=text, cite=cited)
        assert refused.status_code == 422 and said in refused.text
    assert Tickets(kewen.database).replies(ticket) == []

    done = await do(li, ticket, "answer", text="请看这里[1]。\r\n祝好", cite=[1])

    assert done.headers["location"] == f"/staff/tickets/{ticket}?done=answered"
    seen = (await client.get(f"/api/conversations/{conversation}")).json()
    [reply] = seen["replies"]
    assert (reply["author"]["name"], reply["text"]) == ("李<i>老师", "请看这里[1]。\n祝好")
    assert [one["number"] for one in reply["citations"]] == [1]
    assert [one["state"] for one in seen["tickets"]] == ["answered"]
    # A chat app hears of it as of one that was written on the command line.
    [told], gone = await LocalBackend(kewen).replies([conversation])  # type: ignore[arg-type]
    assert (told.id, told.text, gone) == (reply["id"], reply["text"], set())
    assert ticket not in (await li.get("/staff")).text
    assert ticket in (await li.get("/staff?view=answered")).text
    assert ticket in (await li.get("/staff?view=mine")).text
    assert (await do(li, ticket, "close")).status_code == 303
    assert (await do(li, ticket, "answer", text="晚了")).status_code == 409
    for part in ("claim", "answer"):
        assert (await li.get(f"/staff/tickets/{ticket}/{part}")).headers[
            "location"
        ] == f"/staff/tickets/{ticket}"


async def test_two_at_once_are_told_who_was_first_and_lose_no_word(
    client: httpx.AsyncClient, browser: Browser, kewen: ToyKewen
) -> None:
    ticket, _ = await handed(client)
    people = {name: await browser("staff", shown=name) for name in ("李老师", "赵老师")}

    both = await asyncio.gather(*(do(one, ticket, "claim") for one in people.values()))

    assert sorted(one.status_code for one in both) == [303, 409]
    owner = Tickets(kewen.database).get(ticket).owner or ""
    [loser] = [name for name in people if name != owner]
    assert f"{owner} 已经认领" in next(one.text for one in both if one.status_code == 409)
    late = await do(people[loser], ticket, "answer", text="我写了很久的<话>", cite=[1])
    assert late.status_code == 409 and owner in late.text and "我写了很久的&lt;话&gt;" in late.text
    assert Tickets(kewen.database).replies(ticket) == []
    assert (await do(people[loser], ticket, "hand-back")).status_code == 409

    manager = await browser("manager", shown="王主任")
    assert f"替 {owner} 交回" in (await manager.get(f"/staff/tickets/{ticket}")).text
    assert (await do(manager, ticket, "hand-back")).status_code == 303
    gone = await do(people[owner], ticket, "answer", text="还是我来")
    assert gone.status_code == 409 and "不在您手上" in gone.text and "还是我来" in gone.text
    log = (await manager.get("/staff/audit")).text
    for said in ("王主任", owner, "认领", "交回", ticket):
        assert said in log
    assert "答复</td>" not in log


async def test_a_form_of_the_desk_needs_its_token(
    client: httpx.AsyncClient, browser: Browser, kewen: ToyKewen
) -> None:
    ticket, _ = await handed(client)
    li = await browser("staff")
    theirs = token_of((await client.get("/login")).text)
    for data in ({}, {"token": theirs}, {"token": "x" * 64}):
        refused = await li.post(f"/staff/tickets/{ticket}/claim", data=data)
        assert refused.status_code == 403
    mine = token_of((await li.get("/me")).text)
    from_elsewhere = await li.post(
        f"/staff/tickets/{ticket}/claim", data={"token": mine}, headers={"Origin": "https://evil.example"}
    )

    assert from_elsewhere.headers["location"].startswith("/login")
    assert Tickets(kewen.database).get(ticket).claimant is None


async def test_signing_in_and_out_stands_in_the_log_of_staff_alone(
    client: httpx.AsyncClient, browser: Browser, kewen: ToyKewen
) -> None:
    book = Accounts(kewen.database)
    book.add("zhao", PASSWORD, role="staff", level="staff", shown="赵老师")
    book.add("qian", PASSWORD, role="seeker", level="public", shown="钱同学")
    for name, place in (("zhao", "/staff"), ("qian", "/me")):
        token = token_of((await client.get("/login")).text)
        done = await client.post("/login", data={"token": token, "name": name, "password": PASSWORD})
        assert done.headers["location"] == place
        await client.post("/logout", data={"token": token_of((await client.get("/me")).text)})
    log = (await (await browser("manager")).get("/staff/audit")).text

    assert log.count("赵老师") == 2 and "登录</td>" in log and "退出</td>" in log and "钱同学" not in log
