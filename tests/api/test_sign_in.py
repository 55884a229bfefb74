"""/login, /me and /logout over HTTP, and what a cookie does in the API."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from api.state import ApiState
from storage.accounts import Accounts
from storage.sign_ins import SignIns
from tests.api.toy import ToyKewen

PASSWORD = "correct horse battery"
OWN = {"Origin": "http://kewen.test"}
ELSEWHERE = {"Origin": "https://evil.example"}
MICROSCOPE = {"question": "显微镜"}


@pytest.fixture
def people(kewen: ToyKewen) -> Accounts:
    book = Accounts(kewen.database)
    book.add("li", PASSWORD, role="seeker", level="member", shown="李<b>老师")
    return book


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', page)
    assert found
    return found[1]


async def sign_in(
    client: httpx.AsyncClient, name: str = "li", password: str = PASSWORD, **more: str
) -> httpx.Response:
    token = token_of((await client.get("/login")).text)
    return await client.post("/login", data={"token": token, "name": name, "password": password, **more})


@pytest.fixture
async def other(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://kewen.test") as opened:
        yield opened


async def test_who_signs_in_is_told_who_they_are_and_signs_out(
    client: httpx.AsyncClient, people: Accounts, kewen: ToyKewen
) -> None:
    away = await client.get("/me")
    assert (away.status_code, away.headers["location"]) == (303, "/login?next=/me")

    done = await sign_in(client)

    assert (done.status_code, done.headers["location"]) == (303, "/me")
    cookie = next(one for one in done.headers.get_list("set-cookie") if one.startswith("kewen="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    secret = client.cookies["kewen"]
    me = await client.get("/me")
    assert "李&lt;b&gt;老师" in me.text and "需求者" in me.text and "成员单位" in me.text
    assert me.headers["cache-control"] == "no-store" and secret not in me.text
    assert (await client.get("/login?next=/resources")).headers["location"] == "/resources"

    out = await client.post("/logout", data={"token": token_of(me.text)})

    assert out.headers["location"] == "/login" and out.headers["clear-site-data"] == '"storage"'
    assert "kewen" not in client.cookies
    assert SignIns(kewen.database).find(secret) is None
    assert (await client.get("/me", headers={"Cookie": f"kewen={secret}"})).status_code == 303


async def test_unknown_wrong_and_disabled_are_told_the_same(
    client: httpx.AsyncClient, people: Accounts
) -> None:
    people.add("gone", PASSWORD, role="staff", level="staff")
    people.disable("gone")
    told = set()
    for name, password in (("li", "wrong horse"), ("nobody", PASSWORD), ("gone", PASSWORD), ("", "")):
        refused = await sign_in(client, name, password)
        assert refused.status_code == 403 and "kewen" not in client.cookies
        told.add(re.sub(r'value="[^"]*"| autofocus', "", refused.text))

    assert len(told) == 1 and "用户名或密码不对" in told.pop()


async def test_a_secret_that_came_with_the_browser_is_never_taken_up(
    client: httpx.AsyncClient, people: Accounts, kewen: ToyKewen
) -> None:
    client.cookies.set("kewen", "planted-by-somebody-else", domain="kewen.test")
    await sign_in(client)
    first = client.cookies["kewen"]
    token = token_of((await client.get("/me")).text)
    again = await client.post("/login", data={"token": token, "name": "li", "password": PASSWORD})

    assert first != "planted-by-somebody-else" and again.status_code == 303
    assert client.cookies["kewen"] != first and SignIns(kewen.database).find(first) is None
    assert SignIns(kewen.database).find("planted-by-somebody-else") is None


@pytest.mark.parametrize("path", ["/logout", "/me/password", "/me/others", "/login"])
async def test_a_form_without_our_token_or_from_elsewhere_is_refused(
    client: httpx.AsyncClient, other: httpx.AsyncClient, people: Accounts, path: str
) -> None:
    await sign_in(client)
    mine = token_of((await client.get("/me")).text)
    theirs = token_of((await other.get("/login")).text)
    fields = {
        "name": "li",
        "password": PASSWORD,
        "now": PASSWORD,
        "new": "taken over now",
        "again": "taken over now",
    }

    for given, headers in (
        ("", {}),
        (theirs, {}),
        (mine, ELSEWHERE),
        (mine, {"Origin": "null"}),
        ("漢", OWN),
    ):
        refused = await client.post(path, data={**fields, "token": given}, headers=headers)
        # Who comes from elsewhere is not signed in at all.
        assert refused.status_code == 403 or refused.headers["location"].startswith("/login")
    unread = await client.post(path, json={**fields, "token": mine})

    assert unread.status_code == 403
    assert (await client.get("/me")).status_code == 200
    assert people.check("li", PASSWORD) is not None


async def test_too_many_tries_are_refused_whoever_is_meant(
    client: httpx.AsyncClient, people: Accounts, state: ApiState
) -> None:
    state.limiter.per_minute = 5
    codes = [(await sign_in(client, "li", f"guess number {n}")).status_code for n in range(6)]
    refused = await sign_in(client)

    assert codes == [403] * 5 + [429]
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) >= 1
    assert "分钟" in refused.text and "kewen" not in client.cookies


@pytest.mark.parametrize(
    "next",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/login", "x", "/\n"],
)
async def test_nobody_is_sent_elsewhere(client: httpx.AsyncClient, people: Accounts, next: str) -> None:
    done = await sign_in(client, next=next)

    assert done.headers["location"] == "/me"
    assert (await client.get("/login", params={"next": next})).headers["location"] == "/me"


async def test_a_new_password_ends_every_other_sign_in(
    client: httpx.AsyncClient, other: httpx.AsyncClient, people: Accounts
) -> None:
    await sign_in(client)
    await sign_in(other)
    page = (await client.get("/me")).text
    assert "另有 1 处" in page

    async def change(now: str, new: str, again: str) -> httpx.Response:
        token = token_of((await client.get("/me")).text)
        return await client.post(
            "/me/password", data={"token": token, "now": now, "new": new, "again": again}
        )

    new = "another horse battery"
    for given, said in (
        (("wrong horse", new, new), "现在的密码不对"),
        ((PASSWORD, new, new + "x"), "不一样"),
        ((PASSWORD, "short", "short"), "至 200 个字符"),
    ):
        refused = await change(*given)
        assert refused.status_code == 422 and said in refused.text
    assert (await other.get("/me")).status_code == 200

    done = await change(PASSWORD, new, new)

    assert done.headers["location"] == "/me?done=changed"
    assert "密码已修改" in (await client.get("/me?done=changed")).text
    assert (await other.get("/me")).status_code == 303
    assert (await sign_in(other)).status_code == 403
    assert (await sign_in(other, password=new)).status_code == 303
    token = token_of((await client.get("/me")).text)
    await client.post("/me/others", data={"token": token})
    assert (await other.get("/me")).status_code == 303
    assert (await client.get("/me/others")).headers["location"] == "/me"


async def test_the_api_knows_who_is_signed_in_from_a_page_of_ours_and_from_no_other(
    client: httpx.AsyncClient, people: Accounts, keys: dict[str, dict[str, str]]
) -> None:
    await sign_in(client)
    mine = (await client.post("/api/ask", json=MICROSCOPE, headers=OWN)).json()
    path = f"/api/conversations/{mine['conversation_id']}"

    assert (await client.get(path)).status_code == 200  # read by whoever is signed in
    assert (await client.get(path, headers={"Cookie": "kewen=x"})).status_code == 404
    assert (await client.get(path, headers=ELSEWHERE)).status_code in (401, 403)
    assert (await client.get(path, headers=keys["registered"])).status_code == 404  # a key goes before
    # A program that names no origin is nobody where something is changed: no page can be one.
    asked = (await client.post("/api/ask", json=MICROSCOPE)).json()
    assert (
        await client.get(f"/api/conversations/{asked['conversation_id']}", headers={"Cookie": ""})
    ).status_code == 200
    assert (await client.delete(path)).status_code == 404
    assert (await client.delete(path, headers={"Sec-Fetch-Site": "same-origin", **OWN})).status_code == 204


async def test_a_page_for_somebody_is_kept_by_nothing_on_the_way(
    client: httpx.AsyncClient, people: Accounts
) -> None:
    everyone = await client.get("/resources")
    await sign_in(client)
    mine = await client.get("/resources")

    assert everyone.headers["cache-control"] == "no-cache" and "登录" in everyone.text
    assert mine.headers["cache-control"] == "private, no-cache" and "我的" in mine.text
    assert "Cookie" in everyone.headers["vary"]


async def test_over_tls_the_cookie_is_of_this_host_alone(
    client: httpx.AsyncClient, people: Accounts, state: ApiState
) -> None:
    state.public_url = "https://kewen.example.cn"
    page = await client.get("/login")
    secret = page.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert "Secure" in page.headers["set-cookie"]
    fields = {"token": token_of(page.text), "name": "li", "password": PASSWORD}

    done = await client.post("/login", data=fields, headers={"Cookie": f"kewen_form={secret}"})

    made = next(one for one in done.headers.get_list("set-cookie") if "kewen=" in one)
    assert made.startswith("__Host-kewen=") and "Secure" in made and "Domain" not in made
