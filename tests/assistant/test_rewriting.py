"""A model may put a follow-up question on its own feet, but only with the entities of the talk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.access import PUBLIC
from assistant.errors import ModelUnavailable
from assistant.rewriting import Rewriter
from retrieval.names import NameIndex
from tests.assistant.conftest import Talk, first_resource
from tests.fakes import ScriptedChat
from wiring import Kewen

SNOW, LAKE = "qinglan-snow-data", "qinglan-lake-data"
FIRST = "青岚冰雪科学数据中心是什么"
LEANING = "那边要怎么弄才拿得到？"


@pytest.fixture
def chat(toy_kewen: Kewen) -> Iterator[ScriptedChat]:
    scripted = ScriptedChat("青岚冰雪科学数据中心的数据怎么申请？")
    names = NameIndex(list(toy_kewen.corpus))
    before = toy_kewen.seen_by(PUBLIC).assistant._rewriter
    toy_kewen.seen_by(PUBLIC).assistant._rewriter = Rewriter(
        scripted, names, toy_kewen.corpus.by_id, timeout_s=2
    )
    yield scripted
    toy_kewen.seen_by(PUBLIC).assistant._rewriter = before


async def test_a_faithful_rewriting_is_used_and_shown(chat: ScriptedChat, talk: Talk):
    last = (await talk(FIRST, LEANING))[-1]

    assert len(chat.asked) == 1
    assert FIRST in chat.asked[0][-1].text
    assert first_resource(last) == SNOW
    assert last.text.startswith("我理解为：青岚冰雪科学数据中心的数据怎么申请？")


@pytest.mark.parametrize(
    "written",
    [
        "青岚湖泊科学数据中心的数据怎么申请？",
        "青岚冰雪科学数据中心2023年的数据怎么申请？",
        "国家火山科学数据中心的数据怎么申请？",
        "青岚冰雪科学数据中心的数据怎么申请？见 https://evil.example/x",
        "青岚冰雪科学数据中心的数据怎么申请？" * 20,
        "第一行\n第二行",
        "",
    ],
)
async def test_another_name_number_or_address_is_not_taken_over(chat: ScriptedChat, talk: Talk, written: str):
    chat.will_say(written)

    last = (await talk(FIRST, LEANING))[-1]

    assert first_resource(last) == SNOW
    assert "我理解为" not in last.text
    assert "evil" not in last.text


async def test_a_number_of_the_question_may_not_be_lost(chat: ScriptedChat, talk: Talk):
    chat.will_say("青岚科学数据共享办法怎么规定？")

    last = (await talk("青岚科学数据共享办法谁负责", "那第十条呢"))[-1]

    assert [one.locator for one in last.citations][:1] == ["第十条"]


async def test_rules_read_on_when_the_model_fails(chat: ScriptedChat, talk: Talk):
    chat.will_say(ModelUnavailable("down", reason="refused"))

    last = (await talk(FIRST, LEANING))[-1]

    assert last.status == "answered"
    assert first_resource(last) == SNOW


async def test_a_question_that_stands_alone_is_not_sent(chat: ScriptedChat, talk: Talk):
    await talk(FIRST, "青岚湖泊科学数据中心在哪里？")

    assert chat.asked == []
