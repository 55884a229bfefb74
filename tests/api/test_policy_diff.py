"""GET /api/policies/{id}/diff: two stored versions, by name or by day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from corpus.rulebooks.joining import join
from corpus.rulebooks.shelf import load_rulebooks
from tests.api.toy import ToyKewen
from tests.corpus.rulebook_texts import FIRST, SECOND
from tests.corpus.test_rulebook_joining import RULES, TODAY, keep

PATH = "/api/policies/toy-sample-measures/diff"


@pytest.fixture
def texts() -> tuple[str, ...]:
    return FIRST, SECOND


@pytest.fixture(autouse=True)
def stored(kewen: ToyKewen, tmp_path: Path, texts: tuple[str, ...]) -> None:
    corpus = kewen.corpus.model_copy(update={"policies": (*kewen.corpus.policies, RULES)})
    keep(tmp_path / "shelf", corpus, *texts)
    kewen.corpus = join(corpus, load_rulebooks(tmp_path / "shelf"), TODAY)


async def asked(client: httpx.AsyncClient, **params: str) -> dict[str, Any]:
    response = await client.get(PATH, params=params)
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


async def test_without_parameters_the_last_two_versions_are_compared(client: httpx.AsyncClient) -> None:
    told = await asked(client)

    assert (told["from"]["version"], told["to"]["version"]) == ("2015-05-01", "2022-02-01")
    assert told["counts"] == {"unchanged": 2, "added": 3, "renumbered": 4}
    reply = next(one for one in told["changes"] if one["new_no"] == "第五条")
    assert reply["old_no"] == "第四条"
    assert reply["spans"][0]["op"] == "delete"


async def test_days_stand_for_the_version_then_in_force(client: httpx.AsyncClient) -> None:
    told = await asked(client, **{"from": "2018-07-01", "to": "2023-01-01"})

    assert (told["from"]["until"], told["to"]["effective"]) == ("2022-02-01", "2022-02-01")


async def test_the_order_may_be_turned_round(client: httpx.AsyncClient) -> None:
    told = await asked(client, **{"from": "2022-02-01", "to": "2015-05-01"})

    assert told["counts"] == {"unchanged": 2, "removed": 3, "renumbered": 4}


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"from": "gestern"}, 422, "validation_failed"),
        ({"to": "20220201"}, 422, "validation_failed"),
        ({"from": "2014-12-31"}, 404, "version_unknown"),
    ],
)
async def test_what_is_no_version_is_refused_with_what_is_stored(
    client: httpx.AsyncClient, params: dict[str, str], status: int, code: str
) -> None:
    response = await client.get(PATH, params=params)

    assert response.status_code == status
    error = response.json()["error"]
    assert error["code"] == code
    assert "2015-05-01, 2022-02-01" in error["message"]


@pytest.mark.parametrize("texts", [(SECOND,)])
async def test_one_text_alone_has_nothing_to_be_compared_with(client: httpx.AsyncClient) -> None:
    response = await client.get(PATH)

    assert response.status_code == 404
    assert "nly one version" in response.json()["error"]["message"]


async def test_a_document_shows_its_versions_and_an_article_its_words(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/policies/toy-sample-measures")).json()
    old = (await client.get("/api/policies/toy-sample-measures/articles/4@2015-05-01")).json()

    assert [(one["version"], one["articles"]) for one in document["versions"]] == [
        ("2015-05-01", 6),
        ("2022-02-01", 9),
    ]
    assert document["articles"][5]["text"] == "玩具馆应当自收到材料之日起十日内答复。"
    assert (old["quote_kind"], old["text"]) == ("verbatim", "玩具馆应当自收到材料之日起二十日内答复。")
