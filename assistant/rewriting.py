"""A follow-up question made to stand alone by the language model, used only where it keeps the entities."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from assistant.chat import ChatModel, Message, within
from assistant.errors import ModelUnavailable
from assistant.history import History
from assistant.model_writer import LANGUAGE_NAME, framed
from assistant.reading import SURE, Understanding
from assistant.records import Language
from corpus.records import Policy, Resource
from prompts import load_prompt
from retrieval.names import NameIndex
from retrieval.unknown_names import UnknownNames

LONGEST = 300
"""Characters of a rewritten question; a longer one is an answer or worse."""
TURNS = 4
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[零〇一二三四五六七八九十百千]{1,8}(?=[条章款年月日号])")
_WEB = re.compile(r"https?:|www\.|@|[<>{}]|\[\d", re.I)


class Rewriter:
    """Asks a model for the standalone form of a question and checks what comes back."""

    def __init__(
        self,
        chat: ChatModel,
        names: NameIndex,
        records: Mapping[str, Resource | Policy],
        *,
        timeout_s: float = 5.0,
    ) -> None:
        self._chat, self._names, self._records = chat, names, records
        self._unknown = UnknownNames(names)
        self._timeout_s = timeout_s
        self._prompt = load_prompt("rewrite")

    async def rewrite(self, reading: Understanding, history: History) -> str | None:
        """The question on its own feet, or None: the model failed, or lost or added an entity."""
        try:
            reply = await self._ask(reading.question, history, reading.language)
        except ModelUnavailable:
            return None
        lines = [line.strip() for line in reply.splitlines() if line.strip()]
        if len(lines) != 1:
            return None
        written = lines[0].strip("\"'“”「」 ")
        if written == reading.question or not self.keeps_entities(written, reading, history):
            return None
        return written

    def keeps_entities(self, written: str, reading: Understanding, history: History) -> bool:
        """True when names, numbers and titles are those of the question and the talk, and none is lost."""
        if not written or len(written) > LONGEST or _WEB.search(written):
            return False
        talked = {i for turn in history.turns for i in (*turn.named, *turn.shown)}
        mentions = self._names.mentions(written)
        found = {m.record_id for m in mentions if m.confidence >= SURE}
        if not set(reading.named) <= found or not found <= talked | set(reading.named):
            return False
        said = " ".join([reading.question, *(turn.question for turn in history.turns)])
        told = " ".join([said, *(self._title(i) for i in talked)])
        numbers = set(_NUMBER.findall(written))
        if not set(_NUMBER.findall(reading.question)) <= numbers or not numbers <= set(_NUMBER.findall(told)):
            return False
        unknown = {one.surface.lower() for one in self._unknown.find(written, mentions)}
        asked = {one.surface.lower() for one in reading.unknown}
        return asked <= unknown and all(name in told.lower() for name in unknown)

    def _title(self, record_id: str) -> str:
        record = self._records.get(record_id)
        if record is None:
            return ""
        name = record.name if isinstance(record, Resource) else record.title
        return f"{name.zh} {name.en}"

    async def _ask(self, question: str, history: History, language: Language) -> str:
        talk = []
        for turn in history.turns[-TURNS:]:
            about = "; ".join(filter(None, map(self._title, turn.shown[:1])))
            talk.append(f"- {framed(turn.question)}" + (f" (about: {framed(about)})" if about else ""))
        turns = self._prompt.messages(
            language=LANGUAGE_NAME[language], talk="\n".join(talk), question=framed(question)
        )
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        pieces: Any = self._chat.stream([Message(role, text) for role, text in turns])
        reply = ""
        async with aclosing(pieces):
            while (piece := await within(anext(pieces, None), deadline, self._chat.name)) is not None:
                reply += piece
                if len(reply) > 4 * LONGEST:
                    break
        return reply
