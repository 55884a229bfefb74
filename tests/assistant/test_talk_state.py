"""What a conversation keeps of its turns: nothing is lost on the way through storage, old forms are read."""

from __future__ import annotations

import json

import pytest

from assistant.reading.history import KEPT_TURNS, History, PastTurn
from storage.conversations import Conversations
from storage.records import Conversation, StoredAnswer, new_id
from tests.assistant.conftest import Ask, first_resource
from wiring import Kewen

TURN = PastTurn(
    question="那第十条呢？",
    text="某办法 第十条",
    language="zh",
    status="answered",
    operation="rule",
    kind="policy",
    subjects=("rules",),
    shown=("rules", "others"),
    offered=("rules", "others"),
    places=(("rules", "art-10"), ("others", "x-1")),
    conditions=(("province", "北京市", True, "北京"), ("year", "2018", False, "2018年")),
    as_of="2018-12-31",
    facts=("我们是外国公司",),
    offset=20,
)
SNOW = "qinglan-snow-data"
OLD = {
    "turns": [
        {"question": "青岚冰雪科学数据中心是什么", "query": "青岚冰雪科学数据中心是什么", "language": "zh",
         "status": "answered", "named": [SNOW], "shown": [SNOW], "places": [], "intent": "find",
         "attributes": ["holdings"], "filters": {}}
    ]
}  # fmt: skip
"""As it was kept before there were typed queries."""


def through_json(history: History) -> History:
    return History.from_state(json.loads(json.dumps(history.to_state(), ensure_ascii=False)))


def test_a_turn_comes_back_as_it_was_kept():
    history = History((TURN, PastTurn("你好", "你好", "zh", "answered", operation="chat")))

    assert through_json(history) == history
    assert through_json(through_json(history)) == history


def test_only_the_last_turns_are_kept():
    history = History()
    for number in range(KEPT_TURNS + 3):
        history = history.with_turn(PastTurn(str(number), str(number), "zh", "answered"))

    assert [turn.question for turn in history.turns] == [str(n) for n in range(3, KEPT_TURNS + 3)]


def test_courtesies_are_no_topic():
    history = History((TURN, PastTurn("谢谢", "谢谢", "zh", "answered", operation="chat")))

    assert history.last_topical == TURN
    assert History().last_topical is None


@pytest.mark.parametrize("state", [{}, {"turns": []}, OLD])
def test_every_kept_form_is_read(state: dict):
    history = History.from_state(state)

    assert through_json(history) == history
    if state.get("turns"):
        assert history.last_topical is not None
        assert (history.last_topical.text, history.last_topical.shown) == (
            state["turns"][0]["query"],
            (SNOW,),
        )


async def test_a_conversation_of_an_older_kewen_goes_on(ask: Ask, toy_kewen: Kewen):
    old = Conversation(state=OLD)
    answer = StoredAnswer(new_id("a"), old.id, b"{}", "answered", "composer")
    Conversations(toy_kewen.database).add_turn(old, "青岚冰雪科学数据中心是什么", answer)

    again = await ask("怎么申请？", conversation_id=old.id)

    assert first_resource(again) == SNOW
