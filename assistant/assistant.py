"""One question to one answer: read, search, choose, write, check, store."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant import replies
from assistant.access import PUBLIC, Asker, visible_to
from assistant.ahead import Ahead, Ready
from assistant.answering import Answered, Answerer
from assistant.driving.driver import Driven, Driver, Step
from assistant.driving.outcome import outcome_of
from assistant.driving.task import TURNS, Exchange, Task
from assistant.errors import AssistantError, ModelUnavailable, QuestionInvalid, UnknownConversation
from assistant.language import clean, has_words, requested_language
from assistant.reading.history import History, PastTurn
from assistant.reading.pinyin import PinyinReader
from assistant.reading.query import Query
from assistant.records import (
    QUESTION_LIMIT,
    Answer,
    AskFilters,
    DeltaEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    Language,
    ReadCondition,
    ReadQuery,
    SourcesEvent,
    StatusEvent,
)
from assistant.tools.box import Toolbox
from assistant.turns import turn_of
from assistant.writing.draft import Draft
from assistant.writing.together import shown_question
from corpus.rights import parted, strictest
from retrieval.errors import RetrievalError
from storage.answers import Answers
from storage.conversations import Conversations
from storage.database import Database
from storage.errors import RecordUnknown, StorageError
from storage.records import Conversation, StoredAnswer, new_id

logger = logging.getLogger("kewen.assistant")


@dataclass
class _Work:
    """What one question collects on its way; `question` is what was `typed`, pinyin read as characters."""

    conversation: Conversation
    history: History
    typed: str
    question: str
    query: Query
    draft: Draft
    answered: Answered | None = None
    ready: Ready | None = None
    text: str = ""
    generated_by: str = "composer"
    notices: list[str] = field(default_factory=list)
    prompt_digest: str | None = None
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def spelt(self) -> bool:
        """It was typed in pinyin."""
        return self.question != self.typed

    @property
    def understood(self) -> str:
        """The line that says how pinyin was read, with its break; empty for other questions."""
        if not self.spelt:
            return ""
        return (
            replies.READ_AS_PINYIN.in_(self.query.language).format(text=shown_question(self.question)) + "\n"
        )


class Assistant:
    """Answers questions for every channel."""

    def __init__(
        self,
        *,
        answerer: Answerer,
        database: Database,
        generation: str,
        tools: Toolbox,
        pinyin: PinyinReader,
        driver: Driver | None = None,
        ahead: Sequence[Ahead] = (),
    ) -> None:
        """`ahead` are asked in order before anything is searched: the first that answers has answered.
        `driver` None: the rules alone answer."""
        self._answerer = answerer
        self._conversations = Conversations(database)
        self._generation = generation
        self._answers = Answers(database)
        self.tools, self._pinyin = tools, pinyin
        self._driver = driver
        self._ahead = tuple(ahead)

    def driven_by(self, driver: Driver | None) -> Assistant:
        """The same with another language model, or without one."""
        other = copy(self)
        other._driver = driver
        return other

    async def ask(
        self,
        question: str,
        *,
        conversation_id: str | None = None,
        language: Literal["auto", "zh", "en"] = "auto",
        hint: Language | None = None,
        filters: AskFilters | None = None,
        asker: Asker = PUBLIC,
        history: Sequence[tuple[str, str]] = (),
        channel: str = "web",
    ) -> Answer:
        """The whole answer. `hint` is the asker's language, for a question that does not tell.

        Raises QuestionInvalid, UnknownConversation, RetrievalError when search is down, StorageError when
        the answer cannot be kept.
        """
        events = self._run(question, conversation_id, language, hint, filters, asker, history, channel)
        async with aclosing(events):
            async for event in events:
                if isinstance(event, DoneEvent):
                    return event.answer
        raise AssistantError("The answer did not come to an end.")

    async def stream(
        self,
        question: str,
        *,
        conversation_id: str | None = None,
        language: Literal["auto", "zh", "en"] = "auto",
        hint: Language | None = None,
        filters: AskFilters | None = None,
        asker: Asker = PUBLIC,
        history: Sequence[tuple[str, str]] = (),
        channel: str = "web",
    ) -> AsyncIterator[Event]:
        """The answer as it comes about; ends in `done` or `error`."""
        events = self._run(question, conversation_id, language, hint, filters, asker, history, channel)
        try:
            async with aclosing(events):
                async for event in events:
                    yield event
        except (AssistantError, RetrievalError, StorageError) as error:
            logger.warning("answer failed: %s", error.code)
            yield ErrorEvent(code=error.code, message=self._told(error, language, question))

    @staticmethod
    def _told(error: Exception, language: str, question: str) -> str:
        if isinstance(error, RetrievalError):
            spoken: Language = "en" if language == "en" or question.isascii() else "zh"
            return replies.SEARCH_DOWN.in_(spoken)
        return str(error)

    async def _run(
        self,
        question: str,
        conversation_id: str | None,
        language: Literal["auto", "zh", "en"],
        hint: Language | None,
        filters: AskFilters | None,
        asker: Asker,
        pairs: Sequence[tuple[str, str]],
        channel: str,
    ) -> AsyncGenerator[Event]:
        started = time.perf_counter()
        question = clean(question)
        if not question or not has_words(question):
            raise QuestionInvalid("The question is empty or holds no word: ask in Chinese or English words.")
        if len(question) > QUESTION_LIMIT:
            raise QuestionInvalid(
                f"The question has {len(question)} characters; the limit is {QUESTION_LIMIT}. Shorten it."
            )
        conversation = await self._conversation(conversation_id, asker, channel)
        history = History.from_state(conversation.state) if conversation.state else await self._retrace(pairs)
        given = filters or AskFilters()
        typed = question
        question = await asyncio.to_thread(self._in_characters, typed, history)
        spoken = self._spoken(question, typed, history, language, hint)
        yield self._status("understanding", spoken)
        query = await asyncio.to_thread(self._answerer.likeliest, question, history, spoken, given)
        work = _Work(conversation, history, typed, question, query, Draft("clarify", "-"))
        self._lap(work, "understanding", started)
        if not await self._answered_ahead(work, asker):
            yield self._status("searching", spoken)
            began = time.perf_counter()
            work.answered = await asyncio.to_thread(self._answerer.answer, question, history, spoken, given)
            work.draft, work.query = work.answered.draft, work.answered.query
            self._lap(work, "searching", began)
        if work.draft.citations:
            yield SourcesEvent(citations=work.draft.citations)
        yield self._status("writing", spoken)
        work.text = work.draft.text
        if self._driver is not None and _may_be_anew(work):
            shown = False
            async for event in self._drive(work, self._driver, pairs):
                if isinstance(event, DeltaEvent):
                    event = event if shown else DeltaEvent(text=work.understood + event.text)
                    shown = True
                yield event
            if work.generated_by == "composer" and shown:
                yield StatusEvent(stage="writing", text=replies.STATUS_REPLACED.in_(spoken))
            elif not shown:
                yield DeltaEvent(text=work.understood + work.text)
        else:
            yield DeltaEvent(text=work.understood + work.draft.text)
        yield self._status("checking", spoken)
        self._lap(work, "total", started)
        yield DoneEvent(answer=await self._keep(work, asker))

    def _in_characters(self, question: str, history: History) -> str:
        """A question typed in pinyin in Chinese characters, any other as it is."""
        within = history.last is not None and history.last.spelt
        read = self._pinyin.read(question, within=within)
        return read.text if read else question

    def _spoken(
        self,
        question: str,
        typed: str,
        history: History,
        given: Literal["auto", "zh", "en"],
        hint: Language | None = None,
    ) -> Language:
        """The language to answer in: of pinyin Chinese, unless another is asked for."""
        if question != typed and given == "auto":
            return requested_language(question) or "zh"
        return self._answerer.language_of(question, history, given, hint)

    async def _answered_ahead(self, work: _Work, asker: Asker) -> bool:
        """True when the question needs no search: the draft is there."""
        for one in self._ahead:
            ready = await one.answer(work.query, work.conversation, asker)
            if ready is not None:
                work.ready, work.draft, work.generated_by = ready, ready.draft, ready.generated_by
                work.notices += ready.notices
                return True
        return False

    @staticmethod
    def _status(
        stage: Literal["understanding", "searching", "writing", "checking"], language: Language
    ) -> StatusEvent:
        return StatusEvent(stage=stage, text=replies.STATUS_STAGE[stage].in_(language))

    @staticmethod
    def _lap(work: _Work, stage: str, since: float) -> None:
        work.timings[stage] = round(1000 * (time.perf_counter() - since), 2)

    async def _conversation(self, conversation_id: str | None, asker: Asker, channel: str) -> Conversation:
        if conversation_id is None:
            return Conversation(channel=channel, level=asker.level, unit=asker.unit)
        try:
            conversation = await asyncio.to_thread(self._conversations.get, conversation_id)
        except RecordUnknown as error:
            raise self._unknown(conversation_id) from error
        if conversation.label not in visible_to(asker):
            raise self._unknown(conversation_id)
        return conversation

    @staticmethod
    def _unknown(conversation_id: str) -> UnknownConversation:
        return UnknownConversation(
            f"There is no conversation {conversation_id[:80]!r}. Leave conversation_id out to start one."
        )

    async def _retrace(self, pairs: Sequence[tuple[str, str]]) -> History:
        """What earlier turns were about, when a channel gives them as text."""
        history = History()
        for question, _answer in pairs[-4:]:
            cleaned = clean(question)[:QUESTION_LIMIT]
            if has_words(cleaned):
                asked = await asyncio.to_thread(self._in_characters, cleaned, history)
                spoken = self._spoken(asked, cleaned, history, "auto")
                answered = await asyncio.to_thread(self._answerer.answer, asked, history, spoken)
                history = history.with_turn(replace(answered.turn, spelt=asked != cleaned))
        return history

    async def _drive(
        self, work: _Work, driver: Driver, pairs: Sequence[tuple[str, str]]
    ) -> AsyncIterator[Event]:
        """The answer of a language model that uses the tools; the deterministic one where that fails."""
        language = work.query.language
        began = time.perf_counter()
        task = Task(work.question, language, work.query, work.draft, await self._talk(work, pairs))
        driven: Driven | None = None
        shown = False
        try:
            # Closing the stream is what stops the model when the reader has gone.
            async with aclosing(driver.drive(task, self.tools)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Driven):
                        driven = piece
                    elif isinstance(piece, Step):
                        yield StatusEvent(stage="searching", text=piece.text)
                    else:
                        if not shown:
                            yield SourcesEvent(citations=piece.citations)
                        shown = True
                        yield DeltaEvent(text=piece.text)
        except ModelUnavailable as error:
            work.notices.append(replies.model_failed(error.reason, language))
        self._lap(work, "model", began)
        work.prompt_digest = driver.prompt_digest
        if driven is None:
            return
        not_found = self._answerer.not_found
        outcome = await asyncio.to_thread(outcome_of, driven, task, self.tools, not_found)
        if outcome is None:
            work.notices.append(replies.model_failed("unsupported", language))
            return
        if outcome.withheld:
            work.notices.append(replies.NOTICE_UNSUPPORTED.in_(language))
        work.draft, work.query, work.text = outcome.draft, outcome.query, outcome.draft.text
        assert work.answered is not None
        if work.draft is not task.draft:
            turn = replace(turn_of(work.query, work.draft), question=work.answered.turn.question)
            work.answered = replace(work.answered, draft=work.draft, turn=turn)
        if outcome.by_model:
            work.generated_by = f"llm:{driven.model or driver.name}"

    async def _talk(self, work: _Work, pairs: Sequence[tuple[str, str]]) -> tuple[Exchange, ...]:
        """The questions and answers before this one, as the asker saw them."""
        if not work.conversation.stored:
            return tuple(Exchange(question, text) for question, text in pairs)

        def told() -> tuple[Exchange, ...]:
            turns = self._conversations.turns(work.conversation.id)[-TURNS:]
            answers = self._answers.get_all([one.answer_id for one in turns])
            bodies = (json.loads(answers[one.answer_id].body) for one in turns if one.answer_id in answers)
            asked = (one.question for one in turns if one.answer_id in answers)
            shown = (one.shown for one in work.history.turns[-len(turns) :])
            return tuple(map(Exchange, asked, (one["text"] for one in bodies), shown)) if turns else ()

        return await asyncio.to_thread(told)

    async def _keep(self, work: _Work, asker: Asker) -> Answer:
        """The finished answer, stored with its turn in one transaction."""
        draft = work.draft
        answer = Answer(
            id=new_id("a"),
            conversation_id=work.conversation.id,
            language=work.query.language,
            status=draft.status,
            text=work.understood + work.text,
            citations=draft.citations,
            resources=draft.resources,
            follow_ups=draft.follow_ups,
            filters=dict(draft.filters),
            query=_read(work.query, draft) if work.answered else None,
            set=draft.set,
            generated_by=work.generated_by,
            notices=tuple(work.notices),
        )
        if work.answered is not None:
            past = work.answered.turn
        else:
            # What a ready answer is about, it says itself; one about no record leaves the topic as it was.
            ready = work.ready
            assert ready is not None
            past = PastTurn(
                work.question, work.query.text, work.query.language, draft.status,
                operation="fact", shown=ready.shown, places=ready.places,
            )  # fmt: skip
        history = work.history.with_turn(replace(past, spelt=work.spelt))
        level, unit = parted(strictest(work.conversation.label, asker.label))
        stored = StoredAnswer(
            id=answer.id,
            conversation_id=answer.conversation_id,
            body=answer.model_dump_json().encode(),
            status=answer.status,
            generated_by=answer.generated_by,
            level=asker.level,
            unit=asker.unit,
            generation=self._generation,
            prompt_digest=work.prompt_digest,
            evidence=[citation.model_dump(mode="json") for citation in draft.citations],
            timings=work.timings,
        )
        conversation = replace(
            work.conversation, language=answer.language, level=level, unit=unit, state=history.to_state()
        )
        try:
            await asyncio.to_thread(self._conversations.add_turn, conversation, work.typed, stored)
        except RecordUnknown as error:
            raise self._unknown(conversation.id) from error
        return answer


def _may_be_anew(work: _Work) -> bool:
    """False for what a desk answered, the next page of a set, and official words: no model writes those."""
    answered = work.answered
    return (
        answered is not None
        and not answered.turn.offset
        and not (work.query.verbatim and work.draft.status == "answered")
    )


def _read(query: Query, draft: Draft) -> ReadQuery:
    """How a question was read, as the answer tells it."""
    return ReadQuery(
        operation=query.operation,
        conditions=tuple(
            ReadCondition(field=one.field, value=one.value, negated=one.negated) for one in query.conditions
        ),
        as_of=query.filters.as_of,
        uncovered=draft.uncovered,
    )
