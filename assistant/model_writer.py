"""An answer written anew by a language model from the draft's evidence, proven claim by claim as it comes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from assistant.chat import ChatModel, Message, Reply, within
from assistant.citations import Checked, Checker, ClaimGate
from assistant.errors import ModelUnavailable
from assistant.judging.proof import Prover
from assistant.records import Citation, Language
from corpus.suspicion import visible
from prompts import load_prompt
from retrieval.passages import estimate_tokens

LANGUAGE_NAME = {"zh": "Chinese (简体中文)", "en": "English"}
EVIDENCE_TOKENS = 6_000
"""Tokens of quotes a prompt holds, unless the settings say otherwise."""
TIMEOUT_S = 30.0
KEPT_REPLY = 2_000
"""Characters of a rejected reply that the model sees again."""
MOST_FAULTS = 5
"""Claims that go back to the model with what the evidence says instead."""
_FRAME = str.maketrans({"<": "‹", ">": "›"})
_CUTS = re.compile(r"(?<=[。！？；;\n])|(?<=\. )")

CountTokens = Callable[[str], int]


class ModelWriter:
    """Has a model write from numbered evidence and lets through what that evidence holds.

    `timeout_s` is the budget of one question: fallback and second try together. `count_tokens` is that of
    the embedder's tokenizer; without it tokens are estimated. `prover` None: one that goes by words
    and values alone.
    """

    def __init__(
        self,
        chat: ChatModel,
        *,
        timeout_s: float = TIMEOUT_S,
        count_tokens: CountTokens = estimate_tokens,
        evidence_tokens: int = EVIDENCE_TOKENS,
        prover: Prover | None = None,
    ) -> None:
        self._chat = chat
        self._prover = prover or Prover()
        self._timeout_s = timeout_s
        self._count = count_tokens
        self._evidence_tokens = evidence_tokens
        self._prompt = load_prompt("answer")
        self._again = load_prompt("again")

    @property
    def chat(self) -> ChatModel:
        """The model, for other tasks of the same conversation."""
        return self._chat

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
        """Proven claims as they come, numbered as `citations`; last the Checked whole, renumbered.

        Claims that the evidence contradicts go back once, with what it says, where as much time is left as
        the reply took; so does a reply of which too little is left, and then it is written anew. Raises
        ModelUnavailable when the model fails, also after some claims were given.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()
        deadline = begun + self._timeout_s
        messages = self.messages(question, language, citations)
        private = f"{self._prompt.text}\n{self._again.text}"

        def fresh_gate() -> ClaimGate:
            return ClaimGate(
                Checker(
                    citations,
                    prover=self._prover,
                    strict=True,
                    language=language,
                    urls=resources_urls,
                    question=question,
                    private=private,
                )
            )

        gate, shown = fresh_gate(), False
        reply = _Reply(self._chat, messages, deadline)
        async with aclosing(reply.claims(gate)) as claims:
            async for claim in claims:
                shown = True
                yield claim
        checked = reply.checked(gate)
        spent = loop.time() - begun
        anew = checked.verdict == "use_composer"
        if (anew or checked.refuted) and deadline - loop.time() >= spent:
            second = fresh_gate() if anew else gate
            again = self._once_more(messages, reply.text, checked, language)
            answer = _Reply(self._chat, again, deadline)
            try:
                async with aclosing(answer.claims(second)) as claims:
                    async for claim in claims:
                        if not shown or not anew:
                            yield claim
                checked = answer.checked(second)
            except ModelUnavailable:
                pass  # the first reply was rejected, and that is what the reader is told
        yield replace(checked, prompt_digest=self._prompt.digest)

    def messages(self, question: str, language: Language, citations: Sequence[Citation]) -> list[Message]:
        """What the model is given."""
        turns = self._prompt.messages(
            language=LANGUAGE_NAME[language],
            evidence=evidence_text(citations, self._evidence_tokens, self._count),
            question=framed(question),
        )
        return [Message(role, text) for role, text in turns]

    def _once_more(
        self, messages: Sequence[Message], reply: str, checked: Checked, language: Language
    ) -> list[Message]:
        told_of = checked.refuted or tuple(dict.fromkeys(one.split(": ", 1)[0] for one in checked.removed))
        faults = [framed(one) for one in told_of[:MOST_FAULTS]] or [f"it is not in {LANGUAGE_NAME[language]}"]
        told = self._again.messages(
            language=LANGUAGE_NAME[language], faults="\n".join(f"- {fault}" for fault in faults)
        )
        turns = [Message(role, text) for role, text in told]
        return [*messages, Message("assistant", reply[:KEPT_REPLY]), *turns]


class _Reply:
    """One reply as it comes; `text` is all of it as the model wrote it."""

    def __init__(self, chat: ChatModel, messages: Sequence[Message], deadline: float) -> None:
        self._pieces: Any = chat.stream(messages)
        self._name = chat.name
        self._deadline = deadline
        self.text = ""
        self._whole: Reply | None = None

    async def claims(self, gate: ClaimGate) -> AsyncGenerator[str]:
        """What may be shown, as soon as it may. Raises ModelUnavailable, at the deadline too."""
        async with aclosing(self._pieces):
            while (piece := await within(anext(self._pieces, None), self._deadline, self._name)) is not None:
                if isinstance(piece, Reply):
                    self._whole = piece
                    continue
                self.text += piece
                # Proof takes the processor for a while, and other answers wait for the loop.
                if shown := await asyncio.to_thread(gate.feed, piece):
                    yield shown
            cut = self._whole is not None and self._whole.finish == "length"
            if shown := await asyncio.to_thread(gate.cut if cut else gate.finish):
                yield shown

    def checked(self, gate: ClaimGate) -> Checked:
        return replace(gate.checked(), model=self._whole.model if self._whole else self._name)


def framed(text: str) -> str:
    """Quoted text that cannot close its frame nor pose as numbered evidence."""
    return re.sub(r"[\[【［](\s*\d+\s*)[\]】］]", r"(\1)", visible(text).translate(_FRAME))


def evidence_text(
    citations: Sequence[Citation],
    budget: int = EVIDENCE_TOKENS,
    count_tokens: CountTokens = estimate_tokens,
) -> str:
    """Each citation, best first, with number, title, place and address, its quote behind a bar.

    Quotes that together have more than `budget` tokens are cut, the longest ones, behind a sentence.
    """
    counts = [count_tokens(citation.quote) for citation in citations]
    allowed = _level(counts, budget)
    entries = []
    for citation, count in zip(citations, counts, strict=True):
        quote = citation.quote if count <= allowed else _cut(citation.quote, allowed, count_tokens)
        head = " · ".join(part for part in (citation.title, citation.locator) if part)
        lines = [f"[{citation.number}] {framed(' '.join(head.split()))}"]
        if citation.source_url:
            lines.append(f"  address: {framed(citation.source_url)}")
        lines += [f"  | {framed(line)}" for line in quote.splitlines()]
        entries.append("\n".join(lines))
    return "\n\n".join(entries)


def _level(counts: Sequence[int], budget: int) -> int:
    """The most tokens that one quote may have so that all together keep to the budget."""
    left = budget
    ordered = sorted(counts)
    for place, count in enumerate(ordered):
        share = left // (len(ordered) - place)
        if count > share:
            return share
        left -= count
    return budget


def _cut(quote: str, allowed: int, count_tokens: CountTokens) -> str:
    """Whole sentences of the quote within the allowance; part of the first where that is too long."""
    kept, used = "", 0
    for sentence in _CUTS.split(quote):
        used += count_tokens(sentence)
        if used > allowed:
            break
        kept += sentence
    if not kept.strip():
        length = len(quote)
        while length > 1 and count_tokens(quote[:length]) > allowed:
            length = length * 3 // 4
        kept = quote[:length]
    return f"{kept.rstrip()} …"
