"""An answer to the public is the same, byte for byte, whether or not there is anything hidden."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from assistant.access import Asker
from corpus.records import Corpus
from tests.conftest import TOY_CORPUS, _settings
from tests.rights.conftest import ask, blanked
from tests.rights.hidden import SECRETS
from tests.rights.test_channels import ADDRESSES, AS_OF, QUESTIONS
from wiring import build_kewen

NAMES = [
    ("鸑峤观测数据集", "鼗鼖观测数据集"),
    ("鸑峤旧观测网", "鼗鼖旧观测网"),
    ("鸑峤保管条例", "鼗鼖保管条例"),
    ("Vextrin Observation Dataset", "Vostrum Observation Dataset"),
    ("Vextrin库", "Vostrum库"),
    ("鸑委发〔2020〕88号", "鼗委发〔2020〕88号"),
    ("10.77777/vextrin.2020", "10.77777/vostrum.2020"),
    ("鸑峤旧档案馆", "鼗鼖旧档案馆"),
    ("獬泽观测数据集", "鼗鼖观测数据集"),
    ("kept-vextrin", "kept-vostrum"),
]
"""(a hidden name, one of nothing)."""
FORMS = [
    "《{}》在哪里",
    "{}怎么申请",
    "{}的电话",
    "{}是什么",
    "Where is {}?",
    "{}和青岚冰雪科学数据中心有什么区别",
]


async def same(keeper: httpx.AsyncClient, fool: httpx.AsyncClient, question: str, **given: object) -> bool:
    one, other = [await ask(client, question, **given) for client in (keeper, fool)]
    return (one.status_code, blanked(one.text)) == (other.status_code, blanked(other.text))


@pytest.mark.parametrize("names", NAMES)
async def test_a_hidden_name_is_answered_as_if_it_were_nothing(
    keeper: httpx.AsyncClient, fool: httpx.AsyncClient, names: tuple[str, str]
) -> None:
    assert [form for form in FORMS if not await same(keeper, fool, form.format(names[0]))] == []


async def test_questions_near_secrets_are_answered_as_if_there_were_none(
    keeper: httpx.AsyncClient, fool: httpx.AsyncClient
) -> None:
    assert [one for one in QUESTIONS if not await same(keeper, fool, one)] == []
    assert [one for one in QUESTIONS if not await same(keeper, fool, one, body=AS_OF)] == []


async def test_no_address_differs(keeper: httpx.AsyncClient, fool: httpx.AsyncClient) -> None:
    differ = []
    for address in ADDRESSES:
        given = {} if address.startswith("/api") else {"accept": "text/html"}
        one, other = [await client.get(address, headers=given) for client in (keeper, fool)]
        told = [blanked(answer.text).replace("\n", "") for answer in (one, other)]
        if address == "/readyz":
            assert {k: v for k, v in one.json().items() if k != "generation"} == {
                k: v for k, v in other.json().items() if k != "generation"
            }
        elif (one.status_code, told[0]) != (other.status_code, told[1]):
            differ.append(address)
    assert differ == []


@pytest.mark.parametrize("names", NAMES)
async def test_a_hidden_name_and_no_name_have_the_same_answer(
    keeper: httpx.AsyncClient, names: tuple[str, str]
) -> None:
    """As far as both are names: what else is near an asked string hangs on the string."""
    hidden, absent = names
    one = await ask(keeper, f"《{hidden}》在哪里")
    other = await ask(keeper, f"《{absent}》在哪里")

    assert one.json()["status"] == other.json()["status"]
    for name in ("resource", "policy"):
        address = f"/api/{'resources' if name == 'resource' else 'policies'}"
        gone = [await keeper.get(f"{address}/{id_}") for id_ in names]
        assert [answer.status_code for answer in gone] == [404, 404]
        assert blanked(gone[0].text, hidden) == blanked(gone[1].text, absent)


async def test_a_secret_cannot_be_guessed_letter_by_letter(
    keeper: httpx.AsyncClient, fool: httpx.AsyncClient
) -> None:
    """Beginnings of a hidden word with a right and with wrong next letters: none is known for right."""
    secret = SECRETS["staff", None]
    guesses = [
        secret[: length - 1] + letter
        for length in range(2, len(secret) + 1)
        for letter in sorted({secret[length - 1], "a", "k", "o", "u", "z"})
    ]

    assert len(guesses) >= 30
    assert [one for one in guesses if not await same(keeper, fool, f"《{one}库》在哪里")] == []


async def test_where_all_is_hidden_the_public_finds_nothing(
    whole: Corpus, embedder_cache: Path, tmp_path: Path
) -> None:
    resources = tuple(one for one in whole.resources if one.label == "staff")
    corpus = whole.model_copy(update={"resources": resources, "policies": (), "tombstones": ()})
    kewen = build_kewen(_settings(tmp_path, TOY_CORPUS, embedder_cache), corpus=corpus)
    try:
        told = await kewen.assistant.ask("鸑峤观测数据集怎么申请")
        staff = await kewen.assistant.ask("鸑峤观测数据集怎么申请", asker=Asker("staff"))
        folders = sorted(one.name for one in (tmp_path / "lexical").iterdir())
    finally:
        kewen.close()

    assert told.status in ("not_found", "declined")
    assert staff.status == "answered"
    assert len(folders) == 2 and folders[1].startswith(f"{folders[0]}@")
