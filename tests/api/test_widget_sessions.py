"""Who may ask from a page elsewhere: sessions, origins, quotas, and the staff's registry of sites."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping

import httpx
import pytest

from api.state import ApiState
from api.widget_desk import LIFETIME_S, WidgetDesk
from storage.sites import Sites
from storage.sites_records import Quotas, Site
from tests.api.toy import ToyKewen

HOME = "https://www.example.org"
OTHER = "https://a.other.example"
FOREIGN = "https://evil.example"
ASK = {"question": "玩具冰雪数据中心在哪里？"}


@pytest.fixture
def desk(state: ApiState) -> WidgetDesk:
    return state.widget


@pytest.fixture(autouse=True)
def sites(kewen: ToyKewen) -> Sites:
    book = Sites(kewen.database)
    book.put(Site(id="toy", origins=(HOME, "https://*.example.com")))
    book.put(Site(id="other", origins=("https://*.other.example",)))
    return book


async def session(client: httpx.AsyncClient, site: str = "toy", origin: str = HOME) -> str:
    given = await client.post("/api/widget/session", json={"site": site}, headers={"Origin": origin})
    assert given.status_code == 200, given.text
    return str(given.json()["token"])


def sent(origin: str, token: str) -> dict[str, str]:
    return {"Origin": origin, "X-Kewen-Session": token}


def code(response: httpx.Response) -> str:
    error = response.json()["error"]
    assert error["message"] and error["request_id"] == response.headers["x-request-id"]
    return str(error["code"])


async def test_a_listed_page_gets_a_session_and_asks_with_it(
    client: httpx.AsyncClient, kewen: ToyKewen
) -> None:
    given = await client.post("/api/widget/session", json={"site": "toy"}, headers={"Origin": HOME})
    assert given.json()["expires_in"] == LIFETIME_S and given.json()["site"]["languages"] == ["zh", "en"]
    assert given.headers["access-control-allow-origin"] == HOME
    assert given.headers["cache-control"] == "no-store" and "Origin" in given.headers["vary"]
    assert "access-control-allow-credentials" not in given.headers and "set-cookie" not in given.headers

    answer = await client.post("/api/ask", json=ASK, headers=sent(HOME, given.json()["token"]))

    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == HOME
    told = await client.get(
        f"/api/conversations/{answer.json()['conversation_id']}", headers=sent(HOME, given.json()["token"])
    )
    assert told.json()["channel"] == "widget:toy"
    events = await client.post(
        "/api/ask", json=ASK, headers={**sent(HOME, given.json()["token"]), "Accept": "text/event-stream"}
    )
    assert "event: done" in events.text
    counted = (await client.get("/metrics")).text
    assert re.search(r'kewen_answers_total\{channel="widget:toy",.*\} 2\.0', counted)


async def test_sub_domains_of_a_wildcard_are_listed(client: httpx.AsyncClient) -> None:
    token = await session(client, origin="https://a.b.example.com")

    asked = await client.post("/api/ask", json=ASK, headers=sent("https://a.b.example.com", token))

    assert asked.status_code == 200
    refused = await client.post(
        "/api/widget/session", json={"site": "toy"}, headers={"Origin": "https://example.com"}
    )
    assert (refused.status_code, code(refused)) == (403, "origin_not_allowed")


async def test_a_preflight_names_what_the_widget_sends(client: httpx.AsyncClient) -> None:
    asks = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-kewen-session",
        "Access-Control-Request-Private-Network": "true",
    }

    listed = await client.options("/api/ask", headers={"Origin": HOME, **asks})
    foreign = await client.options("/api/ask", headers={"Origin": FOREIGN, **asks})

    assert listed.status_code == 204 and listed.headers["access-control-allow-origin"] == HOME
    assert "x-kewen-session" in listed.headers["access-control-allow-headers"].lower()
    assert "DELETE" in listed.headers["access-control-allow-methods"]
    assert listed.headers["access-control-allow-private-network"] == "true"
    assert (foreign.status_code, code(foreign)) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in foreign.headers


@pytest.mark.parametrize(
    "origin", [FOREIGN, "null", "http://www.example.org", "https://www.example.org.evil.example"]
)
async def test_a_foreign_page_gets_nothing(client: httpx.AsyncClient, origin: str) -> None:
    refused = await client.post("/api/widget/session", json={"site": "toy"}, headers={"Origin": origin})
    assert (refused.status_code, code(refused)) == (403, "origin_not_allowed")
    assert "toy" in refused.json()["error"]["message"]
    asked = await client.post("/api/ask", json=ASK, headers={"Origin": origin})
    assert (asked.status_code, code(asked)) == (401, "session_missing")
    taken = await client.post("/api/ask", json=ASK, headers=sent(origin, await session(client)))
    assert (taken.status_code, code(taken)) == (403, "session_elsewhere")
    for one in (refused, asked, taken):
        assert "access-control-allow-origin" not in one.headers


async def test_a_listed_page_of_another_site_cannot_use_a_copied_token(client: httpx.AsyncClient) -> None:
    token = await session(client)

    taken = await client.post("/api/ask", json=ASK, headers=sent(OTHER, token))
    outside = await client.post("/api/ask", json=ASK, headers={"X-Kewen-Session": token})

    assert (taken.status_code, code(taken)) == (403, "session_elsewhere")
    assert taken.headers["access-control-allow-origin"] == OTHER  # its own page may read why
    assert (outside.status_code, code(outside)) == (403, "session_elsewhere")


async def test_an_expired_token_is_refused(client: httpx.AsyncClient, desk: WidgetDesk) -> None:
    token = await session(client)
    now = desk.clock()
    desk.clock = lambda: now + LIFETIME_S - 2
    assert (await client.post("/api/ask", json=ASK, headers=sent(HOME, token))).status_code == 200

    desk.clock = lambda: now + LIFETIME_S + 1
    late = await client.post("/api/ask", json=ASK, headers=sent(HOME, token))

    assert (late.status_code, code(late)) == (401, "session_expired")


def forged(token: str, **changes: object) -> str:
    prefix, body, signature = token.split(".")
    said: Mapping[str, object] = json.loads(base64.urlsafe_b64decode(body + "=="))
    changed = base64.urlsafe_b64encode(json.dumps({**said, **changes}).encode()).rstrip(b"=").decode()
    return f"{prefix}.{changed}.{signature}"


async def test_forged_tokens_are_refused(client: httpx.AsyncClient) -> None:
    token = await session(client)
    bad = ["", "x", "kws1..", "kws1.e30.", token[:-2], f"{token}x", "kws2" + token[4:], "k" * 5000]
    bad += [forged(token, o=FOREIGN), forged(token, x=9999999999), forged(token, s="other")]

    for one in bad:
        refused = await client.post("/api/ask", json=ASK, headers=sent(HOME, one))
        assert (refused.status_code, code(refused)) == (401, "session_invalid"), one
    other = await client.post("/api/ask", json=ASK, headers=sent(FOREIGN, forged(token, o=FOREIGN)))
    assert (other.status_code, code(other)) == (401, "session_invalid")


async def test_a_site_that_is_removed_is_refused_at_once(client: httpx.AsyncClient, sites: Sites) -> None:
    token = await session(client)
    sites.remove("toy")

    refused = await client.post("/api/ask", json=ASK, headers=sent(HOME, token))

    assert (refused.status_code, code(refused)) == (403, "origin_not_allowed")
    unknown = await client.post("/api/widget/session", json={"site": "toy"}, headers={"Origin": HOME})
    assert (unknown.status_code, code(unknown)) == (404, "site_unknown")


async def test_our_own_page_and_plain_callers_need_no_session(
    client: httpx.AsyncClient, state: ApiState
) -> None:
    state.public_url = "https://kewen.example.cn"
    own = [
        {},
        {"Origin": "http://kewen.test"},
        {"Origin": "https://kewen.example.cn"},
        {"Origin": "https://proxy.example", "X-Forwarded-Host": "proxy.example"},
        {"Origin": "https://renamed.example", "Sec-Fetch-Site": "same-origin"},
    ]
    for headers in own:
        asked = await client.post("/api/ask", json=ASK, headers=headers)
        assert asked.status_code == 200, headers
        assert "access-control-allow-origin" not in asked.headers
    read = await client.get("/api/search?q=冰", headers={"Origin": FOREIGN})
    assert read.status_code == 200 and "access-control-allow-origin" not in read.headers


async def test_conversations_are_not_for_foreign_pages(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/api/ask", json=ASK)).json()

    for path in (f"/api/conversations/{answer['conversation_id']}", f"/api/answers/{answer['id']}"):
        refused = await client.get(path, headers={"Origin": FOREIGN})
        assert (refused.status_code, code(refused)) == (401, "session_missing")
    gone = await client.delete(f"/api/conversations/{answer['conversation_id']}", headers={"Origin": FOREIGN})
    assert gone.status_code == 401


@pytest.mark.parametrize(
    ("quotas", "told"),
    [
        (Quotas(site_per_day=2), "2 questions of the day"),
        (Quotas(session_per_hour=2), "2 questions were asked in this visit"),
        (Quotas(address_per_minute=2), "2 questions in a minute"),
    ],
)
async def test_each_quota_is_told_by_name(
    client: httpx.AsyncClient, sites: Sites, quotas: Quotas, told: str
) -> None:
    sites.put(Site(id="toy", origins=(HOME,), quotas=quotas), replace=True)
    headers = sent(HOME, await session(client)) | {"Accept-Language": "en"}

    asked = [await client.post("/api/ask", json=ASK, headers=headers) for _ in range(3)]

    assert [one.status_code for one in asked] == [200, 200, 429]
    assert code(asked[2]) == "quota_exceeded" and told in asked[2].json()["error"]["message"]
    assert int(asked[2].headers["retry-after"]) > 0
    assert asked[2].headers["access-control-allow-origin"] == HOME
    # What is no question is not counted; other callers are not held up.
    assert (await client.get("/api/resources/toy-ice", headers=headers)).status_code == 200
    assert (await client.post("/api/ask", json=ASK)).status_code == 200


async def test_staff_keep_the_registry(client: httpx.AsyncClient, keys: dict[str, dict[str, str]]) -> None:
    site = {"origins": ["https://New.example.org/"], "look": {"accent": "#0b5394"}, "languages": ["en"]}
    for who in ({}, keys["unit"]):
        assert (await client.put("/api/sites/new", json=site, headers=who)).status_code == 403
        assert code(await client.get("/api/sites", headers=who)) == "staff_only"

    made = await client.put("/api/sites/new", json=site, headers=keys["staff"])

    assert made.status_code == 200 and made.json()["origins"] == ["https://new.example.org"]
    assert made.json()["snippet"] == (
        '<script src="http://kewen.test/widget.js" data-site="new" data-accent="#0b5394" async></script>'
    )
    listed = (await client.get("/api/sites", headers=keys["staff"])).json()["sites"]
    assert [one["id"] for one in listed] == ["new", "other", "toy"]
    wrong = await client.put("/api/sites/new", json={"origins": ["example.org"]}, headers=keys["staff"])
    assert (wrong.status_code, code(wrong)) == (422, "site_invalid")
    assert "https://www.example.org" in wrong.json()["error"]["message"]
    assert (await client.delete("/api/sites/new", headers=keys["staff"])).status_code == 204
    assert code(await client.delete("/api/sites/new", headers=keys["staff"])) == "site_unknown"


async def test_sites_of_the_settings_file_cannot_be_changed_here(
    client: httpx.AsyncClient, state: ApiState, keys: dict[str, dict[str, str]]
) -> None:
    state.widget.fixed = (Site(id="filed", origins=(FOREIGN,)),)
    await session(client, "filed", FOREIGN)

    kept = await client.delete("/api/sites/filed", headers=keys["staff"])

    assert (kept.status_code, code(kept)) == (409, "site_fixed")
