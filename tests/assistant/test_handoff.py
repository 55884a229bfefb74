"""Asking for a person: what is said, what is offered, and the ticket that comes of it."""

from __future__ import annotations

import pytest

from assistant.access import Asker
from assistant.handoff import asks_for_person, file_ticket
from assistant.records import Answer
from storage.errors import RecordUnknown
from storage.tickets import Tickets
from tests.assistant.conftest import Ask, Talk
from wiring import Kewen


@pytest.mark.parametrize(
    "question",
    [
        "转人工",
        "轉人工",
        "请帮我转人工。",
        "不满意，转人工！",
        "转接人工客服",
        "找真人",
        "我要找真人",
        "联系工作人员",
        "怎么联系工作人员？",
        "把这个问题转给工作人员",
        "有没有人工客服",
        "我想跟真人聊",
        "工作人员回复了吗？",
        "talk to a human",
        "I want to speak to a real person, please",
        "Can I talk to someone?",
        "hand this to staff",
        "Please forward my question to the staff.",
        "human please",
        "Has the staff replied?",
        "I need a human",
    ],
)
def test_a_person_is_asked_for(question: str) -> None:
    assert asks_for_person(question)


@pytest.mark.parametrize(
    "question",
    [
        "你是真人吗？",
        "你是真人客服吗？",
        "Are you a human or a bot?",
        "人工智能训练数据在哪里",
        "哪里有人工气候室",
        "旋转人工重力装置怎么申请",
        "基因转人工染色体的材料哪里有",
        "人工合成的牛胰岛素样品在哪",
        "不用转人工，直接说",
        "我不要找真人",
        "I don't want to talk to a human",
        "向境外机构提供人体样本，转给工作人员之前要审批吗？",
        "May a foreign person collect human samples?",
        "Do I need to hand samples to the staff of the brain bank before shipping them abroad?",
        "科研人员怎么申请冰芯样品",
    ],
)
def test_other_questions_are_not_taken_for_it(question: str) -> None:
    assert not asks_for_person(question)


def is_an_offer(answer: Answer) -> None:
    assert (answer.status, answer.citations, answer.generated_by) == ("answered", (), "composer")
    assert "工作人员" in answer.text or "staff" in answer.text


async def test_with_nothing_asked_yet_it_says_how(ask: Ask) -> None:
    chinese, english = await ask("转人工"), await ask("talk to a human")

    for answer in (chinese, english):
        is_an_offer(answer)
        assert not any("工作人员：" in one or "the staff:" in one for one in answer.follow_ups)
    assert (chinese.language, english.language) == ("zh", "en")


async def test_the_last_question_is_offered_and_handing_it_over_makes_a_ticket(
    talk: Talk, ask: Ask, toy_kewen: Kewen
) -> None:
    first, offer = await talk("深海热液样品的电话是多少？", "转人工")
    is_an_offer(offer)
    [suggestion] = [one for one in offer.follow_ups if "工作人员" in one]

    done = await ask(suggestion, conversation_id=first.conversation_id)

    is_an_offer(done)
    [ticket] = Tickets(toy_kewen.database).of_conversation(first.conversation_id)
    assert (ticket.answer_id, ticket.question) == (first.id, "深海热液样品的电话是多少？")
    assert any(ticket.id in notice for notice in done.notices)
    again = await ask(suggestion, conversation_id=first.conversation_id)
    assert len(Tickets(toy_kewen.database).of_conversation(first.conversation_id)) == 1
    assert again.text != done.text


async def test_thanks_are_not_what_is_handed_over(talk: Talk) -> None:
    first, _, offer = await talk("深海热液样品的电话是多少？", "谢谢", "talk to a human")

    assert offer.language == "en"
    assert [one for one in offer.follow_ups if "深海热液" in one]
    assert first.conversation_id == offer.conversation_id


async def test_asking_for_a_person_does_not_change_the_topic(talk: Talk) -> None:
    answers = await talk("若木小麦库是什么", "转人工", "怎么申请？")

    assert "提交盖章的申请书" in answers[-1].text


async def test_a_question_about_a_record_is_answered_from_it(ask: Ask) -> None:
    answer = await ask("我想联系若木小麦库的工作人员")

    assert [citation.id for citation in answer.citations][:1] == ["ruomu-wheat-bank"]


async def test_a_ticket_holds_what_was_searched(talk: Talk, toy_kewen: Kewen) -> None:
    _, second = await talk("青岚冰雪科学数据中心是什么", "它怎么申请？")

    ticket, made = file_ticket(toy_kewen.database, second.id, visible={"public"}, message="急")

    assert made and ticket.question == "它怎么申请？" and ticket.answer == second.text
    assert "青岚冰雪科学数据中心" in ticket.searched["query"]
    assert ticket.searched["generation"] == toy_kewen.generation
    assert {one["id"] for one in ticket.searched["cited"]} == {"qinglan-snow-data"}


async def test_what_was_near_is_told_apart_from_what_was_cited(ask: Ask, toy_kewen: Kewen) -> None:
    answer = await ask("国家深空标本库怎么申请")
    assert answer.status == "not_found"

    ticket, _ = file_ticket(toy_kewen.database, answer.id, visible={"public"})

    assert ticket.answer_status == "not_found"
    assert ticket.searched["cited"] == []
    assert ticket.searched["near"] == list(dict.fromkeys(one.id for one in answer.citations))


async def test_an_answer_above_the_askers_level_is_unknown(ask: Ask, toy_kewen: Kewen) -> None:
    answer = await ask("星槎平台有什么？", asker=Asker("member"))

    with pytest.raises(RecordUnknown):
        file_ticket(toy_kewen.database, answer.id, visible={"public"})


async def test_the_reply_is_told_when_the_asker_asks_for_it(talk: Talk, ask: Ask, toy_kewen: Kewen) -> None:
    (first,) = await talk("深海热液样品的电话是多少？")
    ticket, _ = file_ticket(toy_kewen.database, first.id, visible={"public"})
    Tickets(toy_kewen.database).answer(ticket.id, "请打总机转接。", "李老师")

    told = await ask("工作人员回复了吗？", conversation_id=first.conversation_id)
    after = await ask("若木小麦库怎么申请？", conversation_id=first.conversation_id)

    assert any("李老师" in notice and "请打总机转接。" in notice for notice in told.notices)
    assert after.status == "answered" and after.notices == ()
