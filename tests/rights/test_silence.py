"""An answer to the public is the same, byte for byte, whether or not there is anything hidden."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from assistant.access import Asker
from corpus.records import Corpus
from tests.conftest import TOY_CORPUS, _settings
from tests.rights.cells import NAMES, Door, blanked, cells, fault
from tests.rights.conftest import ask
from tests.rights.hidden import SECRETS
from tests.rights.test_channels import HeadersOf
from wiring import Kewen, build_kewen


async def same(keeper: httpx.AsyncClient, fool: httpx.AsyncClient, question: str) -> bool:
    one, other = [await ask(client, question) for client in (keeper, fool)]
    return (one.status_code, blanked(one.text)) == (other.status_code, blanked(other.text))


async def test_who_has_never_heard_of_it_says_the_same(
    keeping: Kewen, innocent: Kewen, keeper: httpx.AsyncClient, fool: httpx.AsyncClient, headers: HeadersOf
) -> None:
    keeping_door, innocent_door = Door(keeping, keeper, headers), Door(innocent, fool, lambda *_: {})

    found = {one: await fault(one, ("public", None), keeping_door, innocent_door) for one in cells()[::9]}

    assert len(found) >= 75
    assert {one: told for one, told in found.items() if told} == {}


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
    """Beginnings of a hidden word: none is known. All letters: `python -m tests.rights.whole letters`."""
    secret = SECRETS["staff", None]
    guesses = [secret[:length] for length in range(2, len(secret) + 1)]

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
