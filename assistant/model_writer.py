"""An answer written anew by a language model from the draft's evidence, checked while it is written."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from assistant.chat import ChatModel, Message
from assistant.citations import Checked, Checker, SentenceGate
from assistant.records import Citation, Language
from prompts import load_prompt

LANGUAGE_NAME = {"zh": "Chinese (简体中文)", "en": "English"}
EVIDENCE_BUDGET = 12_000
"""Characters of evidence a prompt holds: some 8,000 tokens of Chinese."""
_FRAME = str.maketrans({"<": "‹", ">": "›"})


class ModelWriter:
    """Has a model write from numbered evidence and lets through what that evidence holds."""

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat
        self._prompt = load_prompt("answer")

    @property
    def name(self) -> str:
        """The model that is asked first; Checked.model is the one that wrote."""
        return self._chat.name

    @property
    def prompt_digest(self) -> str:
        return self._prompt.digest

    async def write(
        self,
        question: str,
        language: Language,
        citations: Sequence[Citation],
        resources_urls: frozenset[str] = frozenset(),
    ) -> AsyncGenerator[str | Checked]:
        """Checked sentences as they come, numbered as `citations`; last the Checked whole, renumbered.

        Raises ModelUnavailable when the model fails, also after some sentences were given.
        """
        gate = SentenceGate(Checker(citations, language=language, urls=resources_urls, question=question))
        pieces: Any = self._chat.stream(self.messages(question, language, citations))
        async with aclosing(pieces):
            async for piece in pieces:
                shown = gate.feed(piece)
                if shown:
                    yield shown
            shown = gate.finish()
            if shown:
                yield shown
            model: str = getattr(pieces, "model", self._chat.name)
        yield replace(gate.checked(), prompt_digest=self._prompt.digest, model=model)

    def messages(self, question: str, language: Language, citations: Sequence[Citation]) -> list[Message]:
        """What the model is given."""
        turns = self._prompt.messages(
            language=LANGUAGE_NAME[language],
            evidence=evidence_text(citations),
            question=framed(question),
        )
        return [Message(role, text) for role, text in turns]


def framed(text: str) -> str:
    """Quoted text that cannot close its frame nor pose as numbered evidence."""
    return re.sub(r"[\[【［](\s*\d+\s*)[\]】］]", r"(\1)", text.translate(_FRAME))


def evidence_text(citations: Sequence[Citation], budget: int = EVIDENCE_BUDGET) -> str:
    """Each citation with number, title, place and address, its quote behind a bar; long ones are cut."""
    share = budget // max(1, len(citations))
    spare = sum(max(0, share - len(citation.quote)) for citation in citations)
    entries = []
    for citation in citations:
        quote = citation.quote
        if len(quote) > share:
            allowed = share + spare
            spare -= max(0, min(len(quote), allowed) - share)
            quote = quote if len(quote) <= allowed else quote[:allowed] + " …"
        head = " · ".join(part for part in (citation.title, citation.locator) if part)
        lines = [f"[{citation.number}] {framed(' '.join(head.split()))}"]
        if citation.source_url:
            lines.append(f"  address: {framed(citation.source_url)}")
        lines += [f"  | {framed(line)}" for line in quote.splitlines()]
        entries.append("\n".join(lines))
    return "\n\n".join(entries)
