"""A question after a withdrawn record is told so."""

from __future__ import annotations

import pytest

from assistant.access import PUBLIC
from assistant.citations import check
from assistant.withdrawn import WithdrawnDesk
from corpus.loaders import load_vocabulary
from corpus.records import Identifier, Resource, Text, Tombstone
from storage.records import Conversation
from tests.assistant.conftest import Read
from wiring import Kewen

REASON = Text(zh="来源目录中已不再列出该记录", en="The source no longer lists this record")


def stone(**more: object) -> Tombstone:
    values: dict[str, object] = {
        "id": "ice:glacier-3",
        "name": Text(zh="第三流域冰川物质平衡数据集", en="Glacier mass balance of basin three"),
        "reason": REASON,
        "withdrawn": "2026-11-20",
        "identifiers": (Identifier(scheme="doi", value="10.12345/ice.3"),),
    }
    return Tombstone.model_validate({**values, **more})


@pytest.fixture
def successor(toy_kewen: Kewen) -> Resource:
    return toy_kewen.corpus.resources[0]


def desk(toy_kewen: Kewen, *stones: Tombstone) -> WithdrawnDesk:
    return WithdrawnDesk(stones, toy_kewen.corpus.by_id, load_vocabulary())


@pytest.mark.parametrize(
    "question",
    [
        "ice:glacier-3 怎么申请？",
        "10.12345/ICE.3 是什么",
        "第三流域 冰川物质平衡数据集在哪里？",
        "Where is the “Glacier mass balance of basin three”?",
    ],
)
async def test_its_id_identifier_or_name_leads_to_what_took_its_place(
    toy_kewen: Kewen, read: Read, successor: Resource, question: str
) -> None:
    one = desk(toy_kewen, stone(successor=successor.id))

    ready = await one.answer(read(question), Conversation(), PUBLIC)

    assert ready is not None and ready.draft.status == "answered"
    language = "en" if question.startswith("Where") else "zh"
    assert successor.name.in_(language) in ready.draft.text
    assert "2026-11-20" in ready.draft.text and REASON.in_(language) in ready.draft.text
    assert ready.shown == (successor.id,)
    assert [cited.id for cited in ready.draft.citations] == ["ice:glacier-3", successor.id]


async def test_every_sentence_of_it_is_supported_by_what_it_cites(
    toy_kewen: Kewen, read: Read, successor: Resource
) -> None:
    one = desk(toy_kewen, stone(successor=successor.id))
    ready = await one.answer(read("ice:glacier-3 怎么申请？"), Conversation(), PUBLIC)
    assert ready is not None

    addresses = frozenset(card.url for card in ready.draft.resources if card.url)
    checked = check(ready.draft.text, ready.draft.citations, language="zh", urls=addresses)

    assert not checked.removed


async def test_without_a_successor_it_is_not_found_and_says_so(toy_kewen: Kewen, read: Read) -> None:
    ready = await desk(toy_kewen, stone()).answer(read("ice:glacier-3 还有吗？"), Conversation(), PUBLIC)

    assert ready is not None and ready.draft.status == "not_found"
    assert "撤回" in ready.draft.text and ready.draft.citations


@pytest.mark.parametrize(
    "question", ["ice:glacier-30 怎么申请？", "玩具雪山科学数据中心在哪里？", "冰川数据有哪些？", "你好"]
)
async def test_other_questions_are_not_its_business(toy_kewen: Kewen, read: Read, question: str) -> None:
    one = desk(toy_kewen, stone())

    assert await one.answer(read(question), Conversation(), PUBLIC) is None
