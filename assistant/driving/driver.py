"""The loop: the model sees a question with what is known of it, uses tools, and answers as proven claims."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from assistant import replies
from assistant.chat import ChatModel, Form, Message, Reply, Tool, within
from assistant.citations import Checked, Checker, ClaimGate
from assistant.driving.book import Book
from assistant.driving.quoting import CountTokens, framed
from assistant.driving.reply import FORM, Head, Wanted, head_of
from assistant.driving.task import Task, opening, signatures
from assistant.errors import ModelUnavailable
from assistant.judging.proof import Prover
from assistant.records import Citation, Language
from assistant.tools.box import Scope, Toolbox
from assistant.tools.calling import call, offered
from assistant.tools.records import Findings, ToolRefused
from corpus.records import Resource
from prompts import load_prompt
from retrieval.folding import is_traditional
from retrieval.passages import estimate_tokens

LANGUAGE_NAME = {"zh": "Chinese (简体中文)", "en": "English"}
TRADITIONAL = "Chinese (繁體中文)"
EVIDENCE_TOKENS = 6_000
"""Tokens of quotes a prompt holds, unless the settings say otherwise."""
TIMEOUT_S = 30.0
ROUNDS = 4
"""Rounds of tools before the model must answer."""
AT_ONCE = 6
"""Calls of one round that are carried out."""
LAST_SHARE = 0.35
"""Share of the budget that is left for the answer: tools are used before."""
KEPT_REPLY = 2_000
"""Characters of a rejected reply that the model sees again."""
MOST_FAULTS = 5
"""Claims that go back to the model with what the evidence says instead."""
ANSWER_NOW = "No more tools: answer now from the evidence above, in the JSON form."


@dataclass(frozen=True, slots=True)
class Step:
    """What the model is doing, for the reader."""

    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """Proven claims as they are shown, with all the citations that they may be numbered by."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Driven:
    """How the model answered: the head of its reply, and its claims as they are shown; `checked` is None
    where it says nothing of its own."""

    head: Head
    checked: Checked | None
    book: Book
    model: str
    prompt_digest: str
    as_of: str | None = None
    """The day whose rules it looked up last."""


class Driver:
    """Has a model answer with the tools of a view, and lets through what the evidence holds.

    `timeout_s` is the budget of one question: all calls of the model, tools and fallback together.
    `count_tokens` is that of the embedder's tokenizer; without it tokens are estimated. `prover` None: one
    that goes by words and values alone. `tools` False: it answers from the evidence of the rules alone.
    """

    def __init__(
        self,
        chat: ChatModel,
        *,
        timeout_s: float = TIMEOUT_S,
        count_tokens: CountTokens = estimate_tokens,
        evidence_tokens: int = EVIDENCE_TOKENS,
        tools: bool = True,
        prover: Prover | None = None,
    ) -> None:
        self.chat = chat
        self._prover = prover or Prover()
        self._timeout_s = timeout_s
        self._count = count_tokens
        self._evidence_tokens = evidence_tokens
        self._prompt, self._again = load_prompt("drive"), load_prompt("again")
        told = offered() if tools else ()
        self._tools = tuple(Tool(one.name, one.description, one.parameters) for one in told)
        self._form = Form("reply", FORM)

    @property
    def name(self) -> str:
        """The model that is asked first; Driven.model is the one that wrote."""
        return self.chat.name

    @property
    def prompt_digest(self) -> str:
        return self._prompt.digest

    async def drive(self, task: Task, box: Toolbox) -> AsyncGenerator[Said | Step | Driven]:
        """Steps and proven claims as they come, claims numbered as the book has them; last the Driven whole.

        Claims that the evidence contradicts go back once, with what it says, where as much time is left as
        the reply took; so does a reply of which too little is left, and then it is written anew. Raises
        ModelUnavailable when the model fails, also after some claims were given.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()
        deadline = begun + self._timeout_s
        book = Book(self._evidence_tokens, self._count)
        scope = Scope(task.language, task.query.given)
        messages = self._messages(task, box, scope, book)
        day: str | None = None
        for turn in range(ROUNDS + 2):
            gate = self._gate(task, book, box)
            reply = _Reply(self.chat, messages, deadline, self._tools, self._form)
            at, shown = loop.time(), False
            async with aclosing(reply.claims(gate)) as claims:
                async for claim in claims:
                    shown = True
                    yield Said(claim, book.citations())
            calls = reply.calls()
            if not calls:
                break
            if turn > ROUNDS:
                raise ModelUnavailable(f"Model {self.name!r} does not answer.", reason="unsupported")
            late = (
                not self._tools
                or turn == ROUNDS
                or loop.time() > deadline - LAST_SHARE * self._timeout_s
                or book.full
            )
            messages.append(reply.turn())
            for one in calls[:AT_ONCE] if not late else ():
                if step := self._step(one, box, task.language):
                    yield Step(step)
            days = (one.arguments.get("as_of") for one in calls)
            day = next((one for one in days if isinstance(one, str) and one), day)
            results = await self._results(calls, box, scope, book, deadline, late=late)
            messages += _answers(calls, results)
        head, checked = reply.head(), reply.checked(gate)
        spent = loop.time() - at
        own = head.status not in ("draft", "declined") and bool(reply.text.strip())
        anew = own and bool(checked.removed or checked.text)
        anew = anew and (checked.verdict == "use_composer" or not (checked.own or checked.exact))
        if (anew or checked.refuted) and deadline - loop.time() >= spent:
            second = self._gate(task, book, box) if anew else gate
            again = [*messages, *self._once_more(reply.text, checked, task.language)]
            answer = _Reply(self.chat, again, deadline, self._tools, self._form)
            try:
                async with aclosing(answer.claims(second)) as claims:
                    async for claim in claims:
                        if not shown or not anew:
                            yield Said(claim, book.citations())
                checked = answer.checked(second)
                head = answer.head() if anew and answer.head().status else head
            except ModelUnavailable:
                pass  # the first reply was rejected, and that is what the reader is told
        said = bool(checked.text or checked.removed)
        yield Driven(head, checked if said else None, book, checked.model, self._prompt.digest, day)

    def _messages(self, task: Task, box: Toolbox, scope: Scope, book: Book) -> list[Message]:
        """What the model is given: rules that never change, then what is known of the question."""
        turns = self._prompt.messages(
            tools=signatures(offered()),
            language=TRADITIONAL if is_traditional(task.question) else LANGUAGE_NAME[task.language],
            **opening(task, box, scope, book),
        )
        return [Message(role, text) for role, text in turns]

    def _gate(self, task: Task, book: Book, box: Toolbox) -> ClaimGate:
        private = f"{self._prompt.text}\n{self._again.text}"
        return ClaimGate(
            Checker(
                book.citations(),
                prover=self._prover,
                strict=True,
                language=task.language,
                question=task.said,
                private=private,
                silent=box.silence,
            )
        )

    def _step(self, wanted: Wanted, box: Toolbox, language: Language) -> str:
        """What a call does, in our words and the corpus's: nothing the model wrote is told."""
        text = replies.USING.get(wanted.name)
        if text is None:
            return ""
        record = box.record(wanted.arguments.get("id") or wanted.arguments.get("policy_id"))
        name = (record.name if isinstance(record, Resource) else record.title).in_(language) if record else ""
        told = text.in_(language)
        if "{name}" in told:
            return told.format(name=name) if name else replies.USING["search_statements"].in_(language)
        return told

    async def _results(
        self,
        calls: Sequence[Wanted],
        box: Toolbox,
        scope: Scope,
        book: Book,
        deadline: float,
        *,
        late: bool,
    ) -> list[str]:
        """What each call gives, in their order; independent calls run side by side."""
        if late:
            return [ANSWER_NOW] * len(calls)
        done = calls[:AT_ONCE]
        work = asyncio.gather(*(asyncio.to_thread(_carried_out, box, scope, one) for one in done))
        found = await within(work, deadline, self.name)
        # Numbers are given in the order of the calls, whichever came first.
        told = [
            one if isinstance(one, str) else book.tell(one, share=1.5 / len(done) if len(done) > 1 else 1.0)
            for one in found
        ]
        return told + [f"Not called: at most {AT_ONCE} calls at once."] * (len(calls) - len(done))

    def _once_more(self, reply: str, checked: Checked, language: Language) -> Iterator[Message]:
        told_of = dict.fromkeys((*checked.refuted, *checked.removed, *checked.doubts))
        faults = [framed(one) for one in list(told_of)[:MOST_FAULTS]] or [
            f"nothing of it is told in the words of the evidence, in {LANGUAGE_NAME[language]}: keep to them"
        ]
        told = self._again.messages(
            language=LANGUAGE_NAME[language], faults="\n".join(f"- {fault}" for fault in faults)
        )
        yield Message("assistant", reply[:KEPT_REPLY])
        yield from (Message(role, text) for role, text in told)


def _carried_out(box: Toolbox, scope: Scope, wanted: Wanted) -> Findings | str:
    """The findings, or what was wrong with the call."""
    try:
        return call(box, scope, wanted.name, wanted.arguments)
    except ToolRefused as error:
        return framed(str(error))


def _answers(calls: Sequence[Wanted], results: Sequence[str]) -> list[Message]:
    """The results as turns: of tools where the endpoint knows them, else one of the user."""
    if calls[0].id:
        return [Message("tool", text, answers=one.id) for one, text in zip(calls, results, strict=True)]
    told = [f"{one.name}:\n{text}" for one, text in zip(calls, results, strict=True)]
    return [Message("user", "\n\n".join(told))]


class _Reply:
    """One reply as it comes; `text` is all of it as the model wrote it."""

    def __init__(
        self, chat: ChatModel, messages: Sequence[Message], deadline: float, tools: Sequence[Tool], form: Form
    ) -> None:
        self._pieces: Any = chat.stream(messages, tools=tools, form=form)
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

    def calls(self) -> tuple[Wanted, ...]:
        """The calls it asks for, by the protocol or in its text."""
        if self._whole is not None and self._whole.calls:
            return tuple(Wanted(one.name, one.arguments, one.id) for one in self._whole.calls)
        return self.head().calls

    def head(self) -> Head:
        return head_of(self.text)

    def turn(self) -> Message:
        """The reply as a turn of the conversation that goes on."""
        return self._whole.turn() if self._whole is not None else Message("assistant", self.text)

    def checked(self, gate: ClaimGate) -> Checked:
        return replace(gate.checked(), model=self._whole.model if self._whole else self._name)
