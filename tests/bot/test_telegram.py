"""A Telegram bot, unpatched, against a server that speaks the Bot API."""

from __future__ import annotations

from tests.bot.conftest import Answered, Start
from tests.bot.telegram_peer import TelegramPeer


async def test_a_question_is_answered_with_sources_and_buttons(
    telegram: Start, peer: TelegramPeer, answered: Answered
) -> None:
    async with telegram():
        peer.says(42, "科学数据管理办法第二十条说了什么？")
        (sent,) = await answered(42)

    print(sent.text, sent.keyboard)
    assert "来源" in sent.text
