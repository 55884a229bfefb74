"""What a language model is told of who asks: no number and mailbox but those that the catalogue publishes."""

from __future__ import annotations

import pytest

from assistant.chat import Message
from assistant.model.guard import Guarded, masked, published_in
from tests.fakes import ScriptedChat, words

HIDDEN = {
    "我的邮箱是 li.lei+x@inst.example.cn，怎么申请？": "我的邮箱是 （邮箱已隐去），怎么申请？",
    "请打13812345678或138-1234-5678找我": "请打（电话已隐去）或（电话已隐去）找我",
    "电话010-62345678转": "电话（电话已隐去）转",
    "+86 138 1234 5678": "(phone number hidden)",
    "call +44 20 7946 0958 please": "call (phone number hidden) please",
    "身份证11010519491231002X可以吗": "身份证（证件号已隐去）可以吗",
    "my passport E12345678": "my passport (identity number hidden)",
    "卡号6222 0210 0111 6245 702": "卡号（卡号已隐去）",
}
KEPT = [
    "国务院令第717号第7条何时施行？2019-07-01",
    "CSTR:16666.11.nbsdc.13812345678",
    "https://doi.org/10.1234/13812345678",
    "doi:10.11888/Glacio.tpdc.271234",
    "ORCID 0000-0002-1825-0097 and ISSN 1000-0933",
    "数据量 13812345678901 条，编号110105194912310021",
    "2019年12月31日到2021年1月1日共368天",
    "GB/T 7714-2015 和 ISO 11643:1999",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_what_tells_who_asks_is_hidden(text: str) -> None:
    assert masked(text) == HIDDEN[text]


@pytest.mark.parametrize("text", KEPT)
def test_numbers_of_things_stay(text: str) -> None:
    assert masked(text) == text


async def test_published_contacts_reach_the_model_and_others_do_not() -> None:
    chat = ScriptedChat("Fine.")
    guarded = Guarded(chat, lambda: '{"phone": "010-6234 5678", "email": "Data@center.example.cn"}')
    asked = [
        Message("system", "Be brief."),
        Message("user", "我是13812345678。中心电话010-62345678，邮箱data@center.example.cn，对吗？"),
        Message("tool", "电话：010-6234 5678", answers="c1"),
    ]

    assert await words(guarded.stream(asked)) == "Fine."

    system, user, tool = chat.asked[0]
    assert user.text == "我是（电话已隐去）。中心电话010-62345678，邮箱data@center.example.cn，对吗？"
    assert (system, tool) == (asked[0], asked[2])


def test_what_is_published_is_known_whatever_stands_between() -> None:
    assert published_in("+86 138 1234 5678 / 010-62345678") >= {"8613812345678", "01062345678"}
