"""What is meant in Telegram: quotes, captions, bare mentions; browsing by buttons; refusals and kills."""

from __future__ import annotations

from storage.database import Database
from tests.bot.backends import GatedBackend
from tests.bot.conftest import Answered, Start, until
from tests.bot.telegram_peer import TelegramPeer
from wiring import Kewen

RULE = "青岚科学数据共享办法第二十条说了什么？"
GROUP = -100123


async def test_a_caption_is_the_question_and_the_picture_is_said_to_be_unseen(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    picture = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}], "caption": RULE}
    async with telegram():
        peer.update(message=peer.message(42, None, **picture))
        (sent,) = await answered(42)

    assert sent.text.startswith("图片和文件我看不了") and "第二十条" in sent.text


async def test_what_is_quoted_is_what_is_meant(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram() as runner:
        for number, (quoted, words) in enumerate(
            [(RULE, "帮他查一下"), ("青岚雪山科学数据中心有冰芯吗？", "怎么申请？"), (RULE, "")], 1
        ):
            reply = peer.message(GROUP, f"@kewen_bot {words}", user=7)
            reply["reply_to_message"] = peer.message(GROUP, quoted, user=8)
            peer.update(message=reply)
            await answered(GROUP, number)
        peer.says(GROUP, "@kewen_bot", user=7)
        await answered(GROUP, 4)
        peer.says(GROUP, "/roll", user=7)
        peer.says(GROUP, "/privacy", user=7)
        looked_up, applied, bare, helped, _ = await answered(GROUP, 5)
        await runner.idle()

    assert "第二十条" in looked_up.text and "AI 生成" in looked_up.text
    assert "申请" in applied.text and "青岚" in applied.text
    assert "第二十条" in bare.text and "/privacy" in helped.text
    assert len(peer.of(GROUP)) == 5  # nothing to a command of others


async def test_a_number_is_the_line_that_bears_it(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram():
        peer.says(42, "种质资源库有哪些？")
        (listed,) = await answered(42)
        names = [
            line.split(". ", 1)[1].split("（")[0] for line in listed.text.splitlines() if ". " in line[:4]
        ]
        for number, sent in enumerate(("选2", "怎么申请", "/new", "怎么申请", "１"), 2):
            peer.says(42, sent)
            await answered(42, number)
        _, second, _, _, unclear, chosen = await answered(42, 6)

    assert len(names) >= 2
    assert names[1] in second.text and names[0] not in second.text.splitlines()[0]
    assert unclear.text.startswith("你想问哪个") and not chosen.text.startswith("你想问哪个")


async def test_an_address_that_telegram_refuses_costs_only_its_button(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    peer.refuses = "kewen.example.org"
    async with telegram() as runner:
        peer.says(42, RULE)
        peer.says(42, "/source")
        _, source = await answered(42, 2)
        told = runner.troubles()["refused"]

    assert [one["text"] for row in source.keyboard for one in row if "url" in one] == []
    assert "打开原处: https://kewen.example.org/" in source.text
    assert told["lost"] == 0 and "url" in told["last"].lower()


async def test_a_talk_ends_after_a_day_and_its_answer_stays(
    telegram: Start, peer: TelegramPeer, answered: Answered, database: Database
) -> None:
    async with telegram():
        peer.says(42, "冰川积雪观测数据在哪里？")
        await answered(42)
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE bot_chats SET used = '2026-11-20 08:00:00.000000'")
        peer.says(42, "/source")
        peer.says(42, "怎么申请？")
        _, source, afresh = await answered(42, 3)

    assert "来源 1/" in source.text and "青岚" not in afresh.text.splitlines()[0]


async def test_the_catalogue_is_browsed_and_filtered_with_buttons(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram():
        peer.says(42, "/list")
        (kinds,) = await answered(42)
        peer.presses(42, kinds.button("科学数据")["callback_data"], kinds.message_id)
        _, listed = await answered(42, 2)
        peer.says(42, "/filter")
        *_, menu = await answered(42, 3)
        peer.presses(42, menu.button("种质资源")["callback_data"], menu.message_id)
        await until(lambda: menu.edits)
        peer.says(42, "青岚有什么数据？")
        *_, asked = await answered(42, 4)
        peer.presses(42, menu.button("全部取消")["callback_data"], menu.message_id)
        await until(lambda: menu.edits == 2)

    assert "第 1 到" in listed.text and "青岚" in listed.text
    assert "青岚雪山" not in asked.text.splitlines()[0]
    assert "不限类型" in menu.text


async def test_ended_again_and_again_it_answers_all_in_the_end(
    telegram: Start, peer: TelegramPeer, answered: Answered, toy_kewen: Kewen, database: Database
) -> None:
    def begun() -> int:
        with database.read() as connection:
            found = connection.exec_driver_sql("SELECT count(*) FROM bot_updates WHERE attempts > 0")
            return int(found.scalar_one())

    for chat in range(50, 62):
        peer.says(chat, f"等一下，{RULE}")
    for end in range(1, 7):
        backend = GatedBackend(toy_kewen)
        async with telegram(backend=backend):
            # One that alone was under way at each end would rightly be given up.
            await until(lambda asked=backend.asked, more=end + 1: asked and begun() >= more)
    async with telegram():
        for chat in range(50, 62):
            (sent,) = await answered(chat)
            assert "第二十条" in sent.text
