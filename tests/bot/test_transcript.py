"""A whole session over the bundled corpus; docs/bot-transcript.md is what this run shows.

KEWEN_WRITE_TRANSCRIPT=1 writes the page anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from storage.tickets import Tickets
from tests.bot.conftest import Answered, Start, until
from tests.bot.telegram_peer import Sent, TelegramPeer
from wiring import Kewen

PAGE = Path(__file__).parents[2] / "docs" / "bot-transcript.md"
HEAD = """# A session in Telegram

Made by `tests/bot/test_transcript.py`: the bot as it is, the bundled corpus, no language model, and a server
that speaks the Bot API over loopback. `[…]` are buttons, `→` is what was pressed. Numbers of tickets vary.
"""


class Page:
    """What happens, as the chat shows it."""

    def __init__(self, peer: TelegramPeer, answered: Answered) -> None:
        self._peer, self._answered = peer, answered
        self._count = 0
        self.lines: list[str] = [HEAD]

    def head(self, title: str) -> None:
        self.lines.append(f"## {title}\n")

    async def says(self, text: str) -> Sent:
        self.lines.append(f"**asker** {text}\n")
        self._peer.says(42, text)
        return await self.reads()

    async def presses(self, sent: Sent, label: str) -> None:
        self.lines.append(f"**asker** → [{label}]\n")
        self._peer.presses(42, sent.button(label)["callback_data"], sent.message_id)

    async def reads(self) -> Sent:
        self._count += 1
        sent: Sent = (await self._answered(42, self._count, 60))[self._count - 1]
        self.shows(sent)
        return sent

    def shows(self, sent: Sent) -> None:
        text = re.sub(r"t_[0-9a-f]{32}", "t_…", sent.text)
        self.lines.append("**科问**\n\n" + "\n".join(f"> {line}".rstrip() for line in text.splitlines()))
        for row in sent.keyboard:
            self.lines[-1] += "\n>\n> " + " ".join(f"`[{one['text']}]`" for one in row)
        self.lines[-1] += "\n"


async def test_start_question_sources_follow_up_verdict_person_forget(
    telegram: Start, peer: TelegramPeer, answered: Answered, bundled_kewen: Kewen
) -> None:
    page = Page(peer, answered)
    async with telegram(kewen=bundled_kewen) as runner:
        page.head("Start")
        await page.says("/start")
        page.head("A question")
        answer = await page.says("南极冰芯数据在哪里？怎么申请？")
        page.head("Its sources, paged in one message")
        await page.presses(answer, "来源")
        pager = await page.reads()
        await page.presses(pager, "下一条")
        await until(lambda: pager.edits == 1)
        page.shows(pager)
        page.head("A follow-up")
        follow_up = await page.says("它由哪个单位负责？")
        page.head("A verdict")
        await page.presses(answer, "有用")
        await until(lambda: any("谢谢" in toast for toast in peer.toasts))
        page.lines.append(f"*(shown for a moment)* {peer.toasts[-1]}\n")
        page.head("A person")
        handed = await page.says("/human 想问能不能上门取样")
        number = re.search(r"t_[0-9a-f]{32}", handed.text)
        assert number
        page.lines.append("*(a member of the staff answers with `kewen tickets answer`)*\n")
        Tickets(bundled_kewen.database).answer(number[0], "可以，请先在门户提交申请，写明用途。", author="李")
        reply = await page.reads()
        page.head("Forgetting")
        sure = await page.says("/forget")
        await page.presses(sure, "删除")
        gone = await page.reads()
        await runner.idle()

    assert "国家极地科学数据中心" in answer.text and "中国极地研究中心" in follow_up.text
    assert "工作人员答复（李）" in reply.text and "已删除" in gone.text
    if os.environ.get("KEWEN_WRITE_TRANSCRIPT"):
        PAGE.write_text("\n".join(page.lines), encoding="utf-8")
    headings = re.findall(r"^## .*$", "\n".join(page.lines), re.M)
    assert re.findall(r"^## .*$", PAGE.read_text(encoding="utf-8"), re.M) == headings
