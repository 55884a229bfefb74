"""Every channel, asked by everyone: each sees their own and never what is hidden from them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from corpus.rights import Level
from tests.rights.conftest import Headers, ask, blanked
from tests.rights.hidden import HAN, SECRETS, secrets_for
from wiring import Kewen

HeadersOf = Callable[[str, str | None], Headers]
ASKERS: list[tuple[Level, str | None]] = [
    ("public", None),
    ("registered", None),
    ("member", None),
    ("unit", "alpha"),
    ("unit", "beta"),
    ("staff", None),
]
RULES = "/api/policies/lantern-rules-2021"
ADDRESSES = [
    "/api/search",
    "/api/search?k=50&q=观测数据集",
    "/api/search?k=50&q=Observation Dataset",
    "/api/search?k=50&q=灯库的开启办法",
    "/api/search?k=50&q=10.77777",
    *(f"/api/resources/kept-{word.lower()}" for word in SECRETS.values()),
    *(f"/api/resources/kept-{word.lower()}?format=bibtex" for word in SECRETS.values()),
    "/api/resources/gone-vextrin",
    "/api/resources/gone-lantern",
    "/api/policies/vextrin-keeping-2020",
    RULES,
    f"{RULES}?format=jsonld",
    f"{RULES}/articles/5",
    f"{RULES}/articles/6",
    f"{RULES}/articles/12@2015-03-01",
    f"{RULES}/articles/8@2015-03-01",
    f"{RULES}/articles/5@2021-06-01",
    f"{RULES}/diff",
    f"{RULES}/diff?from=2015-03-01&to=2021-06-01",
    "/resources",
    "/resources?q=观测数据集",
    "/resources?view=places",
    "/policies",
    "/policies?q=保管",
    "/policies/lantern-rules-2021",
    "/policies/lantern-rules-2021?version=2015-03-01",
    "/policies/lantern-rules-2021/diff",
    "/policies/lantern-rules-2021?format=ris",
    "/policies/vextrin-keeping-2020",
    "/resources/kept-vextrin",
    "/resources/kept-drimzol",
    "/resources/gone-vextrin",
    "/resources/gone-lantern",
    "/resources/kept-vextrix",
    "/policies/vextrin-keeping-2021",
    "/sitemap.xml",
    "/oai?verb=ListRecords&metadataPrefix=oai_dc",
    "/oai?verb=ListIdentifiers&metadataPrefix=oai_datacite",
    "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:kewen.test:kept-vextrin",
    "/readyz",
]
QUESTIONS = [
    "2016年时孔明灯放飞管理办法第十二条怎么说",
    "孔明灯放飞管理办法第五条怎么说",
    "孔明灯放飞管理办法现在的第五条以前是第几条",
    "孔明灯放飞管理办法第十二条后来是第几条",
    "What did article 12 of the Measures for Sky Lanterns say in 2016?",
    "灯库的开启办法是什么",
    "甲组的存放处在哪里",
    "孔明灯备案期限是几日",
    "观测数据集有哪些",
    "甘肃有哪些科学数据",
    "鸑峤的数据在哪里",
    "獬泽旧观测网",
    "10.77777/vextrin.2020",
    "鸑委发〔2020〕88号",
    "鸑峤旧档案馆",
]
AS_OF = {"filters": {"as_of": "2016-05-01"}}
ALWAYS_PUBLIC = ("/sitemap", "/oai", "/readyz")


def _shown(text: str, asked: str) -> str:
    """What was told, without the asker's own words."""
    return text.replace(asked, "").replace(json.dumps(asked)[1:-1], "")


def _own(question: str) -> set[str]:
    """Words that the question itself holds may come back as those of something unknown."""
    return {one for one in (*HAN.values(), *SECRETS.values()) if one in question} | {
        one.lower() for one in SECRETS.values() if one.lower() in question.lower()
    }


@pytest.mark.parametrize(("level", "unit"), ASKERS)
async def test_no_address_tells_what_is_hidden(
    keeper: httpx.AsyncClient, headers: HeadersOf, level: Level, unit: str | None
) -> None:
    _, hidden = secrets_for(level, unit)
    for address in ADDRESSES:
        given = {**headers(level, unit), "accept": "text/html" if not address.startswith("/api") else "*/*"}
        answer = await keeper.get(address, headers=given)

        assert answer.status_code < 500, address
        wanted = address.rpartition("/")[2].partition("?")[0]
        told = _shown(answer.text, wanted) if "kept-" in wanted or "vextrin" in wanted else answer.text
        told = told.replace(address, "").replace("oai:kewen.test:kept-vextrin", "")
        assert [one for one in hidden if one in told] == [], address


@pytest.mark.parametrize(("level", "unit"), ASKERS)
async def test_each_sees_their_own(
    keeper: httpx.AsyncClient, headers: HeadersOf, level: Level, unit: str | None
) -> None:
    seen, _ = secrets_for(level, unit)
    for word in SECRETS.values():
        record = await keeper.get(f"/api/resources/kept-{word.lower()}", headers=headers(level, unit))
        found = await keeper.get("/api/search", params={"q": f"{word}库"}, headers=headers(level, unit))

        assert (record.status_code, f"kept-{word.lower()}" in found.text) == (
            (200, True) if word in seen else (404, False)
        )
    staff, alpha = level == "staff", (level, unit) == ("unit", "alpha")
    for number, expected in (("5", staff), ("12@2015-03-01", staff), ("6", staff or alpha),
                             ("8@2015-03-01", staff or alpha), ("9@2015-03-01", True)):  # fmt: skip
        article = await keeper.get(f"{RULES}/articles/{number}", headers=headers(level, unit))
        assert article.status_code == (200 if expected else 404)


@pytest.mark.parametrize(("level", "unit"), ASKERS)
async def test_no_answer_tells_what_is_hidden(
    keeper: httpx.AsyncClient, headers: HeadersOf, level: Level, unit: str | None
) -> None:
    _, hidden = secrets_for(level, unit)
    given = headers(level, unit)
    for question in QUESTIONS:
        told = [(await ask(keeper, question, headers=given)).text]
        if question in QUESTIONS[:3]:
            told.append((await ask(keeper, question, headers=given, body=AS_OF)).text)
            told.append((await ask(keeper, question, headers={**given, "accept": "text/event-stream"})).text)
            messages = [
                {"role": "user", "content": "孔明灯放飞管理办法"},
                {"role": "assistant", "content": "…"},
                {"role": "user", "content": question.replace("孔明灯放飞管理办法", "它的")},
            ]
            chat = await keeper.post(
                "/v1/chat/completions", json={"model": "kewen", "messages": messages}, headers=given
            )
            told.append(chat.text)
        for text in told:
            leaked = [one for one in hidden - _own(question) if one in _shown(text, question)]
            assert leaked == [], question


async def test_what_staff_has_looked_at_is_not_kept_for_others(
    keeper: httpx.AsyncClient, headers: HeadersOf
) -> None:
    """Comparing texts is slow, and remembered: by what each sees of them."""
    _, hidden = secrets_for("public")
    pages = ["/policies/lantern-rules-2021/diff", f"{RULES}/diff", f"{RULES}?x=1"]
    for address in pages:
        page = {"accept": "text/html"}
        staff = await keeper.get(address, headers={**headers("staff", None), **page})
        everyone = await keeper.get(address, headers=page)

        assert "密钥" in staff.text
        assert [one for one in hidden if one in everyone.text] == []
        again = await keeper.get(address, headers={**headers("staff", None), **page})
        assert blanked(again.text) == blanked(staff.text)


async def test_a_cut_text_has_a_digest_of_its_own(keeper: httpx.AsyncClient, headers: HeadersOf) -> None:
    """One of the whole would confirm a guess at what is left out."""
    staff = (await keeper.get(RULES, headers=headers("staff", None))).json()["versions"]
    everyone = (await keeper.get(RULES)).json()["versions"]

    assert all(one["sha256"] != other["sha256"] for one, other in zip(staff, everyone, strict=True))


async def test_staff_is_told_the_old_words(keeper: httpx.AsyncClient, headers: HeadersOf) -> None:
    seen, _ = secrets_for("staff")
    told = (await ask(keeper, QUESTIONS[0], headers=headers("staff", None))).text

    assert "玄铁匣密钥" in seen and "玄铁匣密钥" in told


async def test_mcp_tells_no_more(keeper: httpx.AsyncClient, headers: HeadersOf) -> None:
    calls = [
        ("find_resource", {"query": "观测数据集", "k": 50}),
        ("get_resource", {"resource_id": "qinglan-snow-data"}),
        ("find_policy", {"query": "孔明灯", "k": 20}),
        ("get_article", {"policy_id": "lantern-rules-2021"}),
        ("get_article", {"policy_id": "lantern-rules-2021", "article": "12@2015-03-01"}),
        ("ask", {"question": "2016年时孔明灯放飞管理办法第十二条怎么说"}),
    ]
    for level, unit in ASKERS:
        _, hidden = secrets_for(level, unit)
        for tool, arguments in calls:
            answer = await keeper.post(
                "/mcp/",
                json={
                    "jsonrpc": "2.0",
                    "id": 1,
                    "method": "tools/call",
                    "params": {"name": tool, "arguments": arguments},
                },
                headers={
                    **headers(level, unit),
                    "accept": "application/json, text/event-stream",
                    "mcp-protocol-version": "2025-06-18",
                },
            )
            assert answer.status_code == 200 and '"result"' in answer.text, answer.text
            assert [one for one in hidden if one in answer.text] == []


@pytest.fixture
async def of_alpha(keeper: httpx.AsyncClient, headers: HeadersOf) -> AsyncIterator[dict[str, str]]:
    """An answer that unit alpha was given, as JSON."""
    answer = await ask(keeper, "獬泽观测数据集怎么申请", headers=headers("unit", "alpha"))
    assert "獬泽" in answer.json()["resources"][0]["name"]
    yield answer.json()


@pytest.mark.parametrize(
    ("level", "unit", "status"),
    [
        ("public", None, 404),
        ("member", None, 404),
        ("unit", "beta", 404),
        ("unit", "alpha", 200),
        ("staff", None, 200),
    ],
)
async def test_what_a_unit_was_told_stays_in_it(
    keeper: httpx.AsyncClient,
    headers: HeadersOf,
    of_alpha: dict[str, str],
    level: str,
    unit: str | None,
    status: int,
) -> None:
    given = headers(level, unit)
    conversation, answer = of_alpha["conversation_id"], of_alpha["id"]
    for path in (f"/api/answers/{answer}", f"/answers/{answer}", f"/api/conversations/{conversation}"):
        assert (await keeper.get(path, headers=given)).status_code == status
    going_on = await ask(keeper, "它的电话", headers=given, body={"conversation_id": conversation})
    assert going_on.status_code == status
    feedback = {"answer_id": answer, "verdict": "up"}
    told = await keeper.post("/api/feedback", json=feedback, headers=given)
    handed = await keeper.post("/api/handoff", json={"answer_id": answer, "message": "?"}, headers=given)
    assert (told.status_code == 404, handed.status_code == 404) == (status == 404, status == 404)
    if status == 404:
        gone = await keeper.delete(f"/api/conversations/{conversation}", headers=given)
        assert gone.status_code == 404


async def test_what_staff_said_in_a_conversation_of_a_unit_is_for_staff(
    keeper: httpx.AsyncClient, headers: HeadersOf, of_alpha: dict[str, str]
) -> None:
    path = f"/api/conversations/{of_alpha['conversation_id']}"
    went_on = {"conversation_id": of_alpha["conversation_id"]}
    await ask(keeper, "鸑峤观测数据集怎么申请", headers=headers("staff", None), body=went_on)

    assert (await keeper.get(path, headers=headers("unit", "alpha"))).status_code == 404
    assert (await keeper.get(path, headers=headers("staff", None))).status_code == 200


def test_views_are_shared_by_those_who_see_the_same(keeping: Kewen, innocent: Kewen) -> None:
    from assistant.access import Asker

    gamma = keeping.seen_by(Asker("unit", "gamma"))

    assert gamma is keeping.seen_by(Asker("member"))
    assert gamma is not keeping.seen_by(Asker("unit", "alpha"))
    assert innocent.seen_by(Asker("staff")) is innocent.seen_by(Asker())
