"""Every channel, asked by everyone: each sees their own and never what is hidden from them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from itertools import product

import httpx
import pytest

from assistant.roles import ROLES
from corpus.rights import Level
from storage.accounts import Accounts
from storage.sign_ins import SignIns
from tests.rights.cells import QUESTIONS, RULES, Cell, Door, Headers, blanked, cells, fault
from tests.rights.conftest import ask
from tests.rights.hidden import ASKERS, SECRETS, Who, secrets_for
from wiring import Kewen

HeadersOf = Callable[[str, str | None], Headers]
DOCUMENT = f"/api/policies/{RULES}"
SAMPLE = 28
"""One cell in so many; each asker has others. All of them: `python -m tests.rights.whole matrix`."""
CELLS_OF_ONE = 8
SEEN = ("page", "list", "api", "ask", "stream", "kept")
"""Channels in which a cookie counts; programs of the others have keys."""
KINDS = list(product(ROLES, ASKERS))


@pytest.mark.parametrize("who", ASKERS)
async def test_no_channel_tells_what_is_hidden(
    keeping: Kewen, keeper: httpx.AsyncClient, headers: HeadersOf, who: Who
) -> None:
    door = Door(keeping, keeper, headers)
    own = ASKERS.index(who) * SAMPLE // len(ASKERS)

    found = {one: await fault(one, who, door) for one in cells()[own::SAMPLE]}

    assert {one: told for one, told in found.items() if told} == {}


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
        article = await keeper.get(f"{DOCUMENT}/articles/{number}", headers=headers(level, unit))
        assert article.status_code == (200 if expected else 404)


async def test_what_staff_has_looked_at_is_not_kept_for_others(
    keeper: httpx.AsyncClient, headers: HeadersOf
) -> None:
    """Comparing texts is slow, and remembered: by what each sees of them."""
    _, hidden = secrets_for("public")
    pages = ["/policies/lantern-rules-2021/diff", f"{DOCUMENT}/diff", f"{DOCUMENT}?x=1"]
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
    staff = (await keeper.get(DOCUMENT, headers=headers("staff", None))).json()["versions"]
    everyone = (await keeper.get(DOCUMENT)).json()["versions"]

    assert all(one["sha256"] != other["sha256"] for one, other in zip(staff, everyone, strict=True))


async def test_staff_is_told_the_old_words(keeper: httpx.AsyncClient, headers: HeadersOf) -> None:
    seen, _ = secrets_for("staff")
    told = (await ask(keeper, QUESTIONS[0], headers=headers("staff", None))).text

    assert "玄铁匣密钥" in seen and "玄铁匣密钥" in told


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
        none = {id_: f"{id_[:2]}{'0' * 32}" for id_ in (conversation, answer)}
        for path in (f"/api/answers/{answer}", f"/answers/{answer}", f"/api/conversations/{conversation}"):
            asked = path.rpartition("/")[2]
            hidden = await keeper.get(path, headers=given)
            absent = await keeper.get(path.replace(asked, none[asked]), headers=given)
            assert blanked(hidden.text, asked) == blanked(absent.text, none[asked])


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


def signed_in(kewen: Kewen, role: str, who: Who) -> Headers:
    """Of a page of ours in the browser of somebody with that role and level."""
    level, unit = who
    book, name = Accounts(kewen.database), f"{role}-{level}-{unit or 'none'}"
    known = {one.name: one for one in book.all()}
    account = known.get(name) or book.add(name, "correct horse battery", role=role, level=level, unit=unit)
    secret = SignIns(kewen.database).begin(account, 3600)
    return {"Cookie": f"kewen={secret}", "Origin": "http://kewen.test", "Sec-Fetch-Site": "same-origin"}


def own_cells(number: int) -> list[Cell]:
    """A sample, another for each kind of asker."""
    every = [one for one in cells() if one.channel in SEEN]
    return every[number :: len(KINDS)][:CELLS_OF_ONE]


@pytest.mark.parametrize(("role", "who"), KINDS)
async def test_a_role_adds_nothing_to_what_a_level_sees(
    keeping: Kewen, keeper: httpx.AsyncClient, headers: HeadersOf, role: str, who: Who
) -> None:
    cookie = signed_in(keeping, role, who)
    browser, program = Door(keeping, keeper, lambda *_: cookie), Door(keeping, keeper, headers)
    mine = own_cells(KINDS.index((role, who)))

    assert len(mine) == CELLS_OF_ONE
    for cell in mine:
        assert await fault(cell, who, browser) is None, cell
        status, told = await browser.told(cell, who)
        with_key, told_too = await program.told(cell, who)
        assert status == with_key, cell
        if cell.channel != "page":  # a page says, beside, that somebody is signed in
            assert blanked(told) == blanked(told_too), cell


async def test_a_cookie_counts_for_no_program(keeping: Kewen, keeper: httpx.AsyncClient) -> None:
    """The doors of programs take keys: a browser led there by another page must not be somebody."""
    cookie = signed_in(keeping, "manager", ("staff", None))
    doors = [one for one in cells() if one.channel in ("v1", "mcp", "oai")][::40]

    for cell in doors:
        assert await fault(cell, ("public", None), Door(keeping, keeper, lambda *_: cookie)) is None, cell
