"""What people of Telegram see: answers, commands, buttons, groups, inline mode."""

from __future__ import annotations

import itertools
import re

import pytest

from storage.chats import Chats
from storage.conversations import Conversations
from storage.database import Database
from storage.errors import RecordUnknown
from storage.feedback import FeedbackBook
from storage.tickets import Tickets
from tests.bot.backends import SlowBackend
from tests.bot.conftest import Answered, Start, until
from tests.bot.telegram_peer import Sent, TelegramPeer
from wiring import Kewen

SNOW = "青岚冰雪科学数据中心怎么申请？"
RULE = "青岚科学数据共享办法第二十条说了什么？"
LONG = "若木小麦库和若木水稻库有什么区别？"


async def test_an_answer_has_its_sources_and_its_buttons(
    telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen
) -> None:
    asked = await toy_kewen.assistant.ask(RULE)
    async with telegram():
        peer.says(42, RULE)
        (sent,) = await answered(42)

    assert sent.text.startswith(asked.text)
    for citation in asked.citations:
        assert f"[{citation.number}] {citation.title}" in sent.text
        assert f"https://kewen.example.org{citation.url}" in sent.links
    labels = [one["text"] for row in sent.keyboard for one in row]
    assert {f"来源 ({len(asked.citations)})", "有用", "没用", "转人工"} <= set(labels)
    assert "AI 生成" in sent.text


async def test_a_record_has_its_steps_and_its_site_as_buttons(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram():
        peer.says(42, "冰川积雪观测数据在哪里？")
        (sent,) = await answered(42)
        peer.presses(42, sent.button("怎么申请")["callback_data"], sent.message_id)
        _, steps = await answered(42, 2)

    assert sent.button("官网")["url"].startswith("http")
    assert "申请" in steps.text


async def test_the_menu_is_published_in_both_languages(telegram: Start, peer: TelegramPeer) -> None:
    async with telegram() as runner:
        await until(lambda: runner.state == "listening")

    names = [one["command"] for one in peer.commands["zh"]]
    assert names == [
        "start",
        "help",
        "new",
        "find",
        "apply",
        "policy",
        "source",
        "list",
        "filter",
        "lang",
        "human",
        "forget",
        "privacy",
    ]
    assert [one["command"] for one in peer.commands[""]] == names
    assert peer.commands["zh"][3]["description"] != peer.commands[""][3]["description"]


@pytest.mark.parametrize(
    ("written", "lang", "expected"),
    [
        ("/start", "zh-hans", "我是科问"),
        ("/start", "en", "I am Kewen"),
        ("/help", "zh", "/privacy"),
        ("/new", "zh", "从头开始"),
        ("/find 冰川", "zh", "青岚"),
        ("/find@kewen_bot glacier", "en", "Catalogue search"),
        ("/apply 青岚冰雪科学数据中心", "zh", "申请"),
        ("/policy 数据共享", "zh", "青岚科学数据共享办法"),
        ("/source", "zh", "先提问"),
        ("/lang", "zh", "什么语言"),
        ("/lang en", "zh", "English"),
        ("/human", "zh", "先提问"),
        ("/forget", "zh", "不能恢复"),
        ("/privacy", "zh", "/forget"),
        ("/privacy", "en", "/forget deletes"),
        ("/queue", "zh", "没有 /queue 这个命令"),
    ],
)
async def test_commands(
    telegram: Start, peer: TelegramPeer, answered: Answered, written: str, lang: str, expected: str
) -> None:
    async with telegram():
        peer.says(42, written, lang=lang)
        (sent,) = await answered(42)

    assert expected in sent.text


async def test_every_command_is_a_button_and_one_without_words_asks_for_them(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram():
        peer.says(42, "/start")
        (start,) = await answered(42)
        for label in (
            "找资源",
            "怎么申请",
            "查政策",
            "来源",
            "新对话",
            "转人工",
            "语言",
            "隐私",
            "删除记录",
            "帮助",
        ):
            assert start.button(label)["callback_data"]
        peer.presses(42, start.button("找资源")["callback_data"], start.message_id)
        _, asks = await answered(42, 2)
        peer.says(42, "冰川")
        *_, found = await answered(42, 3)
        peer.presses(42, found.button("1. ")["callback_data"], found.message_id)
        *_, told = await answered(42, 4)

    assert "要找什么资源" in asks.text
    assert "目录检索“冰川”" in found.text
    assert "[1]" in told.text


async def test_sources_are_paged_in_one_message(
    telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen
) -> None:
    asked = await toy_kewen.assistant.ask(SNOW)
    total = len(asked.citations)
    assert total > 1
    async with telegram():
        peer.says(42, SNOW)
        (answer,) = await answered(42)
        peer.says(42, "/source")
        _, pager = await answered(42, 2)
        seen = []
        for n in range(total + 1):
            seen.append(pager.text)
            peer.presses(42, pager.button("下一条")["callback_data"], pager.message_id)
            await until(lambda n=n: pager.edits == n + 1)

    assert len(peer.of(42)) == 2 and answer.edits == 0
    for n, citation in enumerate(asked.citations):
        assert f"来源 {n + 1}/{total}" in seen[n] and citation.quote.strip()[:40] in seen[n]
    assert seen[total] == seen[0]
    assert pager.button("打开原处")["url"].startswith("https://kewen.example.org/")


async def test_a_follow_up_is_understood_and_new_begins_afresh(
    telegram: Start, peer: TelegramPeer, answered: Answered, database: Database
) -> None:
    async with telegram():
        peer.says(42, "冰川积雪观测数据在哪里？")
        await answered(42)
        first = Chats(database).get("telegram", "42", "").conversation_id
        peer.says(42, "怎么申请？")
        _, follow_up = await answered(42, 2)
        assert Chats(database).get("telegram", "42", "").conversation_id == first
        peer.says(42, "/new")
        peer.says(42, "怎么申请？")
        *_, afresh = await answered(42, 4)

    assert "青岚" in follow_up.text
    assert "青岚" not in afresh.text.splitlines()[0]


async def test_language_is_kept_until_it_is_changed(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram():
        peer.says(42, "/lang")
        (which,) = await answered(42)
        peer.presses(42, which.button("English")["callback_data"], which.message_id)
        peer.says(42, RULE)
        *_, sent = await answered(42, 3)

    assert "Sources" in sent.text and "AI-generated" in sent.text


async def test_verdicts_are_kept_and_thanked_for_in_passing(
    telegram: Start, peer: TelegramPeer, answered: Answered, database: Database, toy_kewen: Kewen
) -> None:
    async with telegram() as runner:
        peer.says(42, RULE)
        (sent,) = await answered(42)
        peer.presses(42, sent.button("没用")["callback_data"], sent.message_id)
        peer.presses(42, sent.button("有用")["callback_data"], sent.message_id)
        await until(lambda: len(peer.toasts) == 2)
        await runner.idle()

    answer_id = Chats(database).get("telegram", "42", "").answer_id
    assert answer_id
    assert [one.verdict for one in FeedbackBook(toy_kewen.database).of(answer_id)] == ["down", "up"]
    assert "没用" in peer.toasts[0] and len(peer.of(42)) == 1


async def test_a_persons_reply_comes_into_the_chat_once(
    telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen
) -> None:
    tickets = Tickets(toy_kewen.database)
    async with telegram():
        peer.says(42, RULE)
        (sent,) = await answered(42)
        peer.says(42, "/human 很急，周五前要用")
        _, handed = await answered(42, 2)
        peer.presses(42, sent.button("转人工")["callback_data"], sent.message_id)
        *_, again = await answered(42, 3)
        number = re.search(r"t_[0-9a-f]{32}", handed.text)
        assert number and number[0] in again.text
        ticket = tickets.get(number[0])
        tickets.answer(ticket.id, "请打 010-1234 找王老师 <急>", author="王")
        *_, reply = await answered(42, 4)
    async with telegram() as runner:
        await until(lambda: runner.state == "listening")
        peer.says(42, "/privacy")
        await answered(42, 5)

    assert ticket.channel == "telegram" and ticket.notes[0].message == "很急，周五前要用"
    assert "工作人员答复（王）" in reply.text and "<急>" in reply.text
    assert sum("工作人员答复" in one.text for one in peer.of(42)) == 1


async def test_asking_for_a_person_in_words_works_too(
    telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen
) -> None:
    async with telegram():
        peer.says(42, RULE)
        peer.says(42, "转人工")
        _, offer = await answered(42, 2)
        peer.presses(42, offer.button("转给工作人员")["callback_data"], offer.message_id)
        *_, done = await answered(42, 3)
        number = re.search(r"t_[0-9a-f]{32}", done.text)
        assert number
        Tickets(toy_kewen.database).answer(number[0], "看第二十条。")
        *_, reply = await answered(42, 4)

    assert "看第二十条" in reply.text


async def test_forgetting_deletes_every_conversation_of_the_chat(
    telegram: Start, peer: TelegramPeer, answered: Answered, database: Database, toy_kewen: Kewen
) -> None:
    known = []
    async with telegram():
        for count in (1, 3):
            peer.says(42, RULE)
            await answered(42, count)
            known.append(Chats(database).get("telegram", "42", "").conversation_id)
            peer.says(42, "/new")
            await answered(42, count + 1)
        peer.says(42, "/forget")
        *_, sure = await answered(42, 5)
        peer.presses(42, sure.button("删除")["callback_data"], sure.message_id)
        *_, gone = await answered(42, 6)

    assert "已删除" in gone.text
    for conversation_id in known:
        assert conversation_id
        with pytest.raises(RecordUnknown):
            Conversations(toy_kewen.database).get(conversation_id)
    assert Chats(database).get("telegram", "42", "").state == {}


async def test_a_conversation_deleted_elsewhere_is_begun_anew(
    telegram: Start, peer: TelegramPeer, answered: Answered, database: Database, toy_kewen: Kewen
) -> None:
    async with telegram():
        peer.says(42, RULE)
        await answered(42)
        conversation_id = Chats(database).get("telegram", "42", "").conversation_id
        assert conversation_id
        Conversations(toy_kewen.database).delete(conversation_id)
        peer.says(42, RULE)
        one, two = await answered(42, 2)

    assert one.text == two.text


GROUP = -100123


async def test_groups_are_answered_when_addressed_and_only_then(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram() as runner:
        peer.says(GROUP, RULE, user=7)
        peer.says(GROUP, "/find@another_bot 冰川", user=7)
        peer.update(message=peer.message(GROUP, None, user=7, new_chat_title="新名字"))
        peer.says(GROUP, f"@kewen_bot {RULE}", user=7)
        (mentioned,) = await answered(GROUP)
        reply = peer.message(GROUP, "它现行有效吗？", user=7)
        reply["reply_to_message"] = peer.message(GROUP, "…", user=7) | {
            "from": {"id": 7000000001, "is_bot": True, "first_name": "科问"}
        }
        peer.update(message=reply)
        peer.says(GROUP, "/privacy@kewen_bot", user=8)
        await answered(GROUP, 3)
        await runner.idle()

    assert len(peer.of(GROUP)) == 3
    assert mentioned.reply_to
    link = mentioned.button("看全文")["url"]
    assert re.fullmatch(r"https://t\.me/kewen_bot\?start=a_[0-9a-f]{32}", link)


async def test_a_long_answer_is_short_in_a_group_and_whole_behind_its_link(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram():
        peer.says(GROUP, f"@kewen_bot {LONG}", user=7)
        (short,) = await answered(GROUP)
        payload = short.button("看全文")["url"].partition("start=")[2]
        peer.says(7, f"/start {payload}")
        (whole,) = await answered(7)

    assert len(short.text) < len(whole.text)
    beginning = short.text.partition(" …")[0]
    assert whole.text.startswith(beginning)
    assert set(re.findall(r"\[\d+\]", short.text)) <= set(re.findall(r"\[\d+\]", whole.text))


async def test_in_a_group_a_button_works_for_the_one_who_asked(
    telegram: Start, peer: TelegramPeer, answered: Answered, database: Database
) -> None:
    async with telegram():
        peer.says(GROUP, f"@kewen_bot {RULE}", user=7)
        (sent,) = await answered(GROUP)
        data = sent.button("有用")["callback_data"]
        peer.presses(GROUP, data, sent.message_id, user=8)
        await until(lambda: peer.toasts)
        peer.presses(GROUP, data, sent.message_id, user=7)
        await until(lambda: len(peer.toasts) == 2)

    assert "提问的人" in peer.toasts[0] and "有用" in peer.toasts[1]
    chats = Chats(database)
    assert chats.get("telegram", str(GROUP), "7").conversation_id
    assert chats.get("telegram", str(GROUP), "8").conversation_id is None


async def test_an_edited_question_is_answered_anew(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram():
        message = peer.message(42, "青岚科学数据共享办法第九条说了什么？")
        peer.update(message=message)
        await answered(42)
        peer.update(edited_message=message | {"text": RULE, "edit_date": 1_795_000_100})
        first, second = await answered(42, 2)

    assert "第二十条" in second.text and first.text != second.text


@pytest.mark.parametrize(
    "media",
    [
        {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}},
        {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "a.pdf"}},
        {"location": {"latitude": 40.0, "longitude": 116.0}},
    ],
)
async def test_voice_pictures_and_files_get_a_kind_sentence(
    telegram: Start, peer: TelegramPeer, answered: Answered, media: dict[str, object]
) -> None:
    async with telegram():
        peer.update(message=peer.message(42, None, **media))
        (sent,) = await answered(42)

    assert "写成文字" in sent.text


async def test_inline_questions_find_record_cards(telegram: Start, peer: TelegramPeer) -> None:
    def asks(query: str) -> None:
        asker = {"id": 42, "is_bot": False, "first_name": "某", "language_code": "zh-hans"}
        peer.update(inline_query={"id": f"q-{query}", "from": asker, "query": query, "offset": ""})

    async with telegram():
        asks("冰川")
        await until(lambda: len(peer.inline) == 1)
        asks("")
        await until(lambda: len(peer.inline) == 2)
        asks("zzzzqq")
        await until(lambda: len(peer.inline) == 3)

    found, nothing, unknown = peer.inline
    assert unknown["results"] == [] and "没有检索到" in unknown["button"]["text"]
    assert any("青岚" in one["title"] for one in found["results"])
    assert found["results"][0]["input_message_content"]["parse_mode"] == "HTML"
    assert nothing["results"] == [] and nothing["button"]["start_parameter"]


async def test_inline_questions_are_for_those_who_may_ask(telegram: Start, peer: TelegramPeer) -> None:
    async with telegram(may_ask=lambda user: user == "43"):
        for user in (42, 43):
            asker = {"id": user, "is_bot": False, "first_name": "某", "language_code": "zh-hans"}
            peer.update(inline_query={"id": f"q-{user}", "from": asker, "query": "冰川", "offset": ""})
            await until(lambda user=user: len(peer.inline) == user - 41)

    refused, found = peer.inline
    assert refused["results"] == [] and found["results"] and found["is_personal"] == "true"


async def test_a_slow_answer_is_shown_as_drafts_then_sent(
    telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen
) -> None:
    async with telegram(backend=SlowBackend(toy_kewen), progress=True):
        peer.says(42, SNOW)
        (sent,) = await answered(42)

    texts = [text for _, _, text, _ in peer.drafts]
    times = [at for _, _, _, at in peer.drafts]
    assert len(texts) >= 2 and len({draft for _, draft, _, _ in peer.drafts}) == 1
    assert all(later - earlier >= 1.15 for earlier, later in itertools.pairwise(times))
    assert sent.text.startswith(texts[-1][:20]) or "正在" in texts[-1]
    assert sent.at > times[-1] and (42, "typing") in peer.actions


async def test_in_a_group_a_slow_answer_takes_the_place_of_its_beginning(
    telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen
) -> None:
    async with telegram(backend=SlowBackend(toy_kewen), progress=True) as runner:
        peer.says(GROUP, f"@kewen_bot {RULE}", user=7)
        (sent,) = await answered(GROUP)
        await runner.idle()
        edits = [at for method, at in peer.calls if method == "editMessageText"]

    assert peer.drafts == [] and len(peer.of(GROUP)) == 1
    assert sent.keyboard and "来源" in sent.text and sent.edits >= 1
    progress = edits[:-1]  # the last puts the answer there, when it is ready
    assert all(later - earlier >= 1.15 for earlier, later in itertools.pairwise(progress))


def buttons_of(sent: Sent) -> list[str]:
    return [one["callback_data"] for row in sent.keyboard for one in row if "callback_data" in one]


async def test_what_buttons_carry_is_short_and_names_nothing(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram():
        peer.says(42, SNOW)
        (sent,) = await answered(42)

    assert all(len(data.encode()) <= 64 and "a_" not in data for data in buttons_of(sent))
