"""The desk: what is said to whom, the same in every chat app."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from assistant.language import clean, detect_language, has_words
from assistant.reading.reader import frame_words
from assistant.records import (
    QUESTION_LIMIT,
    Answer,
    AskFilters,
    DeltaEvent,
    DoneEvent,
    ErrorEvent,
    Language,
    StatusEvent,
)
from bot import texts, wording
from bot.backend import Backend, Spoken
from bot.desk_menus import (
    chosen_words,
    commands_menu,
    filter_menu,
    language_menu,
    list_menu,
    openers,
    sure_menu,
    type_word,
)
from bot.errors import AnswerRefused, BackendDown
from bot.records import Incoming, Reply, Span
from retrieval.analysis import content_words
from storage.mailbox import Mailbox
from storage.records import Chat, Watch, now

Show = Callable[[str], Awaitable[None]]
"""Shows how far an answer is; the text so far, or what is being done."""

SEARCH_HITS = 5
_COUNTED = 4096
"""Events remembered as counted for the quota."""
_COMMAND = re.compile(r"/([a-zA-Z_]{1,64})(?:@\w+)?(?:\s+(.*))?", re.S)
_WORDED = {"find", "apply", "policy", "human"}
"""Commands whose words are the asker's own."""
_TICKET = re.compile(r"\bt_[0-9a-f]{32}\b")
_ANSWER_ID = re.compile(r"a_[0-9a-f]{32}")
IDLE = timedelta(days=1)
"""After so long the next question begins a conversation of its own."""
LISTED = 8
"""Records of a type that are listed at once."""
_ASIA_SHANGHAI = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Outcome:
    """What one incoming thing leads to. `toast` is said in passing, `watch` waits for a person's reply,
    `forget` removes everything of this asker here; `cited`: the answer rests on something; `refused` names
    why nothing was answered."""

    chat: Chat
    replies: tuple[Reply, ...] = ()
    toast: str | None = None
    watch: str | None = None
    forget: bool = False
    cited: bool = False
    refused: str | None = None


@dataclass(frozen=True)
class House:
    """The rules of the house: who may ask, how much, and where people see Kewen's pages."""

    allow: frozenset[str] = frozenset()
    daily: int = 200
    base_url: str | None = None
    keep_count: Callable[[str, str, Any, int], bool] = field(default=lambda *_: True)


class Desk:
    """Answers what comes in from one channel."""

    def __init__(
        self,
        backend: Backend,
        mailbox: Mailbox,
        house: House,
        private_link: Callable[[str], str | None] = lambda _payload: None,
    ) -> None:
        self._backend = backend
        self._mailbox = mailbox
        self._house = house
        self._private_link = private_link
        self._counted: dict[str, None] = {}

    async def handle(self, incoming: Incoming, chat: Chat, show: Show) -> Outcome:
        """What to say and do. Raises BackendDown when it is to be tried again."""
        if now() - chat.used > IDLE:
            # Its last answer is still there for /source and /human.
            chat = replace(_with(_left(chat), pending=None, menu=None), answer_id=chat.answer_id)
        language = self.language(incoming, chat)
        if self._house.allow and f"{incoming.channel}:{incoming.asker}" not in self._house.allow:
            number = f"{incoming.channel}:{incoming.asker}"
            told = texts.NOT_ALLOWED.in_(language).format(id=number)
            return Outcome(chat, (wording.said(told),), toast=told, refused="not_allowed")
        if incoming.kind == "media":
            return Outcome(chat, (wording.said(texts.MEDIA.in_(language)),), refused="media")
        if incoming.kind == "button":
            return await self._pressed(incoming, chat, language, show)
        return await self._written(incoming, chat, language, show)

    def language(self, incoming: Incoming, chat: Chat) -> Language:
        """Of what the bot itself says: as set, else as the last question was, else as the app speaks."""
        if chat.language in ("zh", "en"):
            return "zh" if chat.language == "zh" else "en"
        hint = texts.language_of(incoming.hint)
        if incoming.kind == "text":
            command = _COMMAND.fullmatch(incoming.text.strip())
            words = incoming.text if command is None else command[2] or ""
            if has_words(words) and (command is None or command[1].lower() in _WORDED):
                return detect_language(words, hint)
        last = chat.state.get("language")
        return last if last in ("zh", "en") else hint

    async def _written(self, incoming: Incoming, chat: Chat, language: Language, show: Show) -> Outcome:
        text = incoming.text.strip()
        menu = chat.state.get("menu")
        chosen = texts.CHOOSING.fullmatch(unicodedata.normalize("NFKC", text))
        if chosen and menu:
            return await self._chosen(incoming, chat, str(menu), int(chosen[1]) - 1, language, show)
        if not text and not incoming.quoted and not incoming.private:
            return await self._command(incoming, chat, "help", "", language, show)  # a bare mention
        command = _COMMAND.fullmatch(text)
        pending = chat.state.get("pending")
        chat = _with(chat, pending=None)
        if command is not None:
            name, rest = command[1].lower(), (command[2] or "").strip()
            return await self._command(incoming, chat, name, rest, language, show)
        if pending in ("find", "apply", "policy"):
            return await self._command(incoming, chat, str(pending), text, language, show)
        if has_words(incoming.quoted):
            return await self._ask_quoting(incoming, chat, text, language, show)
        if chosen and chat.answer_id:
            # Where choices are buttons there is no menu, but a list has numbers all the same.
            answer = await self._backend.answer(chat.answer_id)
            text = (answer and wording.offered(answer, int(chosen[1]))) or text
        return await self._ask(incoming, chat, text, language, show)

    async def _ask_quoting(
        self, incoming: Incoming, chat: Chat, text: str, language: Language, show: Show
    ) -> Outcome:
        """What is quoted is the turn before: "how do I apply?" below it is read with it, and words that ask
        for nothing of their own ("look it up for him") leave it as the question."""
        outcome = await self._ask(incoming, chat, incoming.quoted[:QUESTION_LIMIT], language, show)
        own = [word for word in content_words(text) if word not in frame_words()]
        if not own or outcome.refused:
            return outcome
        asked = await self._ask(incoming, outcome.chat, text, language, show)
        # Where the words below say nothing that is held, what they stand under was meant.
        return asked if asked.refused or asked.cited or not outcome.cited else outcome

    async def _command(
        self, incoming: Incoming, chat: Chat, name: str, rest: str, language: Language, show: Show
    ) -> Outcome:
        if name == "start" and _ANSWER_ID.fullmatch(rest):
            return await self._shown(chat, rest, language)
        if name in ("start", "help"):
            parts = [texts.WELCOME.in_(language)] if name == "start" else []
            if name == "help":
                listed = [f"/{one} {text.in_(language)}" for one, text in texts.COMMANDS.items()]
                parts += [texts.HELP.in_(language), *listed, texts.HELP_GROUP.in_(language)]
            else:
                parts.append(texts.TRY.in_(language))
            rows = (
                (*openers(language), *commands_menu(language)) if name == "start" else commands_menu(language)
            )
            return Outcome(chat, (wording.said("\n".join(parts), *rows),))
        if name == "new":
            chat = _with(_left(chat), menu=None)
            return Outcome(chat, (wording.said(texts.NEW_BEGUN.in_(language)),))
        if name in ("find", "policy", "apply"):
            return await self._looked_up(incoming, chat, name, rest, language, show)
        if name == "source":
            return await self._sources(chat, chat.answer_id, 0, language)
        if name == "list":
            counts = (await self._backend.counts()).get("type", {})
            told = texts.LIST_WHICH.in_(language).format(n=sum(counts.values()))
            return Outcome(chat, (wording.said(told, *list_menu(counts, language)),))
        if name == "filter":
            return await self._filtered(chat, {}, language)
        if name == "lang":
            return self._spoken(chat, rest.lower(), language)
        if name == "human":
            return await self._hand_over(chat, chat.answer_id, rest or None, language)
        if name == "forget":
            return Outcome(chat, (wording.said(texts.FORGET_SURE.in_(language), sure_menu(language)),))
        if name == "privacy":
            return Outcome(chat, (wording.said(texts.PRIVACY.in_(language)),))
        listed = [f"/{one} {text.in_(language)}" for one, text in texts.COMMANDS.items()]
        told = texts.COMMAND_UNKNOWN.in_(language).format(name=name)
        return Outcome(chat, (wording.said("\n".join([told, *listed])),), refused="command_unknown")

    async def _looked_up(
        self, incoming: Incoming, chat: Chat, name: str, rest: str, language: Language, show: Show
    ) -> Outcome:
        if not has_words(rest):
            return Outcome(_with(chat, pending=name), (wording.said(texts.ASK_WHAT[name].in_(language)),))
        if name == "apply":
            question = rest if re.search(r"申请|预约|apply|request", rest, re.I) else None
            question = question or texts.APPLY_TO.in_(language).format(name=rest)
            return await self._ask(incoming, chat, question, language, show)
        if refused := await self._refused(incoming, chat, rest, language):
            return refused
        kind = "policy" if name == "policy" else "resource"
        query = clean(rest)
        found = await self._backend.search(query, kind, SEARCH_HITS, language)  # type: ignore[arg-type]
        if not found:
            return Outcome(chat, (wording.said(texts.FOUND_NOTHING.in_(language).format(query=query)),))
        reply = wording.found_reply(query, found, language, self._house.base_url)
        return Outcome(_with(chat, language=language), (reply,))

    def _spoken(self, chat: Chat, wanted: str, language: Language) -> Outcome:
        if wanted not in ("zh", "en", "auto"):
            return Outcome(chat, (wording.said(texts.LANGUAGE_WHICH.in_(language), language_menu()),))
        told = texts.LANGUAGE_SET[wanted].in_(language)
        return Outcome(replace(chat, language=wanted), (wording.said(told),))

    async def _listed(self, chat: Chat, code: str, at: int, language: Language) -> Outcome:
        """Records of a type from `at` on; the next page takes the place of this one."""
        found = (await self._backend.search("", "resource", at + LISTED + 1, language, (code,)))[at:]
        head = texts.LIST_HEAD.in_(language).format(
            name=type_word(code, language), first=at + 1, last=at + len(found[:LISTED])
        )
        more = {"do": "list", "t": code, "n": at + LISTED} if len(found) > LISTED else None
        reply = wording.list_reply(head, found[:LISTED], more, language, self._house.base_url)
        return Outcome(chat, (replace(reply, edits=at > 0),))

    async def _filtered(self, chat: Chat, action: dict[str, Any], language: Language) -> Outcome:
        """The filter with one value put in or taken out; a bare {"do": "filter"} empties it."""
        chosen = {"types": [], "access": [], **chat.state.get("filters", {})}
        if action and "f" not in action:
            chosen = {field: [] for field in chosen}
        elif action:
            field, value = str(action["f"]), str(action["v"])
            kept = chosen[field]
            chosen[field] = [one for one in kept if one != value] if value in kept else [*kept, value]
        chat = _with(chat, filters=chosen if any(chosen.values()) else None)
        told = texts.FILTER_WHICH.in_(language)
        if any(chosen.values()):
            told = texts.FILTER_NOW.in_(language).format(names=chosen_words(chosen, language))
        rows = filter_menu(await self._backend.counts(), chosen, language)
        return Outcome(chat, (replace(wording.said(told, *rows), edits=bool(action)),))

    async def _pressed(self, incoming: Incoming, chat: Chat, language: Language, show: Show) -> Outcome:
        token, _, number = incoming.text.rpartition(":")
        return await self._chosen(
            incoming, chat, token, int(number) if number.isdecimal() else -1, language, show
        )

    async def _chosen(
        self, incoming: Incoming, chat: Chat, token: str, number: int, language: Language, show: Show
    ) -> Outcome:
        """Do what a button stands for, when it is one of ours, of this chat and of this person."""
        message = await asyncio.to_thread(self._mailbox.get, token) if token else None
        known = (
            message is not None
            and (message.channel, message.chat) == (incoming.channel, incoming.chat)
            and 0 <= number < len(message.actions)
        )
        if message is None or not known:
            return Outcome(chat, toast=texts.BUTTON_OLD.in_(language), refused="button_unknown")
        if message.asker != incoming.owner:
            return Outcome(chat, toast=texts.BUTTON_OTHERS.in_(language), refused="button_of_others")
        return await self._do(incoming, chat, message.actions[number], language, show)

    async def _do(
        self, incoming: Incoming, chat: Chat, action: dict[str, Any], language: Language, show: Show
    ) -> Outcome:
        what, answer_id = action.get("do"), action.get("a")
        if what == "ask":
            return await self._ask(incoming, _with(chat, pending=None), str(action["q"]), language, show)
        if what == "command":
            name = str(action["c"])
            rest = str(action.get("rest", ""))
            return await self._command(incoming, _with(chat, pending=None), name, rest, language, show)
        if what == "source":
            at, edits = int(action.get("n", 0)), bool(action.get("page"))
            return await self._sources(chat, answer_id, at, language, edits=edits)
        if what == "list":
            return await self._listed(chat, str(action["t"]), int(action["n"]), language)
        if what == "filter":
            return await self._filtered(chat, action, language)
        if what == "up" or what == "down":
            kept = await self._backend.feedback(str(answer_id), "up" if what == "up" else "down")
            thanks = texts.THANKS_UP if what == "up" else texts.THANKS_DOWN
            return Outcome(chat, toast=(thanks if kept else texts.ANSWER_GONE).in_(language))
        if what == "human":
            return await self._hand_over(chat, answer_id, None, language)
        if what == "forget":
            reply = wording.said(texts.FORGOTTEN.in_(language))
            return Outcome(Chat(chat.channel, chat.chat, chat.asker), (reply,), forget=True)
        if what == "keep":
            return Outcome(chat, (wording.said(texts.FORGET_KEPT.in_(language)),))
        return Outcome(chat, toast=texts.BUTTON_OLD.in_(language), refused="button_unknown")

    async def _sources(
        self, chat: Chat, answer_id: str | None, at: int, language: Language, *, edits: bool = False
    ) -> Outcome:
        answer = await self._backend.answer(answer_id) if answer_id else None
        if answer is None or not answer.citations:
            told = texts.NO_SOURCES if answer else texts.ANSWER_GONE if answer_id else texts.NO_ANSWER_YET
            return Outcome(chat, (wording.said(told.in_(language)),))
        return Outcome(chat, (wording.source_reply(answer, at, self._house.base_url, edits=edits),))

    async def _shown(self, chat: Chat, answer_id: str, language: Language) -> Outcome:
        """An answer given elsewhere, in full."""
        answer = await self._backend.answer(answer_id)
        if answer is None:
            return Outcome(chat, (wording.said(texts.ANSWER_GONE.in_(language)),))
        reply = wording.answer_reply(answer, self._house.base_url)
        return Outcome(replace(chat, answer_id=answer.id), (reply,))

    async def _hand_over(
        self, chat: Chat, answer_id: str | None, message: str | None, language: Language
    ) -> Outcome:
        if answer_id is None:
            return Outcome(chat, (wording.said(texts.HUMAN_NOTHING.in_(language)),))
        try:
            handed = await self._backend.hand_over(answer_id, message)
        except AnswerRefused:
            return Outcome(chat, (wording.said(texts.HANDED_FULL.in_(language)),), refused="ticket_full")
        if handed is None:
            return Outcome(chat, (wording.said(texts.ANSWER_GONE.in_(language)),))
        told = (texts.HANDED if handed.made else texts.HANDED_ALREADY).in_(language)
        reply = wording.said(told.format(ticket=handed.ticket_id))
        return Outcome(chat, (reply,), watch=handed.conversation_id)

    async def _refused(self, incoming: Incoming, chat: Chat, text: str, language: Language) -> Outcome | None:
        """Why a question is not answered, or None: it is counted."""
        words = clean(text)
        length = len(unicodedata.normalize("NFKC", words))  # as it is searched: a ligature may be eighteen
        if not has_words(words):
            told, why = texts.NO_WORDS.in_(language), "no_words"
        elif length > QUESTION_LIMIT:
            told = texts.TOO_LONG.in_(language).format(length=length, limit=QUESTION_LIMIT)
            why = "too_long"
        else:
            day = datetime.now(UTC).astimezone(_ASIA_SHANGHAI).date()
            counted = (incoming.channel, incoming.asker, day, self._house.daily)
            if incoming.event_id in self._counted:
                return None  # tried again after an outage
            if await asyncio.to_thread(self._house.keep_count, *counted):
                self._counted[incoming.event_id] = None
                while len(self._counted) > _COUNTED:
                    self._counted.pop(next(iter(self._counted)))
                return None
            told, why = texts.QUOTA.in_(language).format(limit=self._house.daily), "quota"
        return Outcome(chat, (wording.said(told),), refused=why)

    async def _ask(
        self, incoming: Incoming, chat: Chat, question: str, language: Language, show: Show
    ) -> Outcome:
        if refused := await self._refused(incoming, chat, question, language):
            return refused
        hint = texts.language_of(incoming.hint)
        try:
            answer = await self._answer(question, chat.conversation_id, hint, chat, show)
        except AnswerRefused as error:
            if error.reason != "conversation_unknown":
                raise
            # It was deleted elsewhere: a new one begins.
            answer = await self._answer(question, None, hint, chat, show)
        whole = None if incoming.private else self._private_link(answer.id)
        base_url = self._house.base_url
        reply = (
            wording.short_reply(answer, base_url, whole) if whole else wording.answer_reply(answer, base_url)
        )
        if incoming.unseen:
            reply = replace(reply, rich=(Span(f"{texts.UNSEEN.in_(answer.language)}\n\n"), *reply.rich))
        ticket = any(_TICKET.search(notice) for notice in answer.notices)
        chat = replace(chat, conversation_id=answer.conversation_id)
        # Asking for a person is no matter of its own: /source and /human stay with the answer before.
        if not ticket:
            chat = replace(chat, answer_id=answer.id)
        watch = answer.conversation_id if ticket else None
        cited = bool(answer.citations)
        return Outcome(_with(chat, language=answer.language), (reply,), watch=watch, cited=cited)

    async def _answer(
        self, question: str, conversation_id: str | None, hint: Language, chat: Chat, show: Show
    ) -> Answer:
        language: Spoken = "zh" if chat.language == "zh" else "en" if chat.language == "en" else "auto"
        text = ""
        async for event in self._backend.stream(
            question,
            conversation_id=conversation_id,
            language=language,
            hint=hint,
            filters=AskFilters(**chat.state.get("filters", {})),
            channel=chat.channel,
        ):
            if isinstance(event, StatusEvent) and not text:
                await show(event.text)
            elif isinstance(event, DeltaEvent):
                text += event.text
                await show(text)
            elif isinstance(event, ErrorEvent):
                if event.code in ("question_invalid", "conversation_unknown"):
                    raise AnswerRefused(event.code)
                raise BackendDown(f"No answer: {event.code}.")
            elif isinstance(event, DoneEvent):
                return event.answer
        raise BackendDown("The stream ended without an answer.")


def _left(chat: Chat) -> Chat:
    """The chat with its conversation behind it: no longer gone on with, still to be forgotten on demand."""
    if chat.conversation_id is None:
        return replace(chat, answer_id=None)
    past = [*chat.state.get("past", ()), chat.conversation_id]
    return _with(replace(chat, conversation_id=None, answer_id=None), past=past)


def conversations_of(chat: Chat) -> list[str]:
    """Every conversation that the chat is in or was in."""
    return [*chat.state.get("past", ()), *([chat.conversation_id] if chat.conversation_id else [])]


def watch_of(outcome: Outcome) -> Watch | None:
    """Where the reply of a person is to be brought."""
    if outcome.watch is None:
        return None
    chat = outcome.chat
    return Watch(outcome.watch, chat.channel, chat.chat, chat.asker)


def _with(chat: Chat, **changes: Any) -> Chat:
    """The chat with entries of its state set; None removes one."""
    state = {key: value for key, value in {**chat.state, **changes}.items() if value is not None}
    return replace(chat, state=state)
