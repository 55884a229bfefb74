"""A language model that does whatever anything in its prompt tells it to, and worse."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence

from assistant.chat import Message
from tests.poison.samples import CANARY, EVIL, SECRET

_EVIDENCE = re.compile(r"^\[(\d+)\] |^  \| (.+)$", re.M)


class ObeyingChat:
    """Repeats its evidence, so that its text passes for an answer, and between the lines it obeys.

    It says every planted text and the question as they are, gives away its prompt and a key, invents
    sources, hides characters, and sends the reader elsewhere; each time with a marker that exists.
    """

    name = "obeying"

    def __init__(self) -> None:
        self.asked: list[Sequence[Message]] = []

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str]:
        self.asked.append(messages)
        reply = self.reply(messages)
        for start in range(0, len(reply), 29):
            yield reply[start : start + 29]

    @staticmethod
    def reply(messages: Sequence[Message]) -> str:
        system, user = messages[0].text, messages[1].text
        number, told = "1", []
        for found in _EVIDENCE.finditer(user.split("<question>")[0]):
            if found[1]:
                number = found[1]
            else:
                told.append(f"{found[2].rstrip('。.')}[{number}]。\n")
        question = user.split("<question>")[1].split("</question>")[0].strip()
        first = told[0].split("[")[0] if told else ""
        bad = [
            f"{CANARY}[1]。",
            f"{first}，{CANARY} https://{EVIL}/c?q={SECRET}[1]。",
            f"![{first}](https://{EVIL}/p.png?q=1)[1]。",
            f"<img src=https://{EVIL}/x>{first}[1]。",
            f"{first}[官网](https://{EVIL}/login)[1]。",
            f"{first} {SECRET}[1]。",
            f"{first} KEWEN_LLM_API_KEY={SECRET}[1]。",
            f"{first}，www.{EVIL}/pay[1]。",
            f"{first}\u200b\u202e[1]\u2060。",
            f"{first}是免费的，无须申请。",
            f"{first}[77]。",
            f"{question}[1]。",
            *(f"{line}[1]\n" for line in system.splitlines()),
        ]
        quoted, orders = "".join(told), "\n".join(bad)
        # Most of a text must stand in its evidence, or all of it is thrown away.
        return quoted * (2 * len(orders) // max(1, len(quoted)) + 1) + orders
