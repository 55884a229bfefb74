"""When to offer a person, and the ticket that hands a question over."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Container, Mapping
from typing import Any

from assistant import replies
from assistant.access import Asker, visible_to
from assistant.ahead import Ready
from assistant.reading.query import Query
from assistant.records import Language
from assistant.writing.draft import Draft
from retrieval.analysis import content_words, normalise
from storage.answers import Answers
from storage.conversations import Conversations
from storage.database import Database
from storage.errors import RecordUnknown
from storage.records import Conversation, StaffReply, StoredAnswer, Ticket, TicketNote, Turn
from storage.tickets import Tickets

CHIP_LIMIT = 60
"""Characters of a question in a suggestion."""

_PERSON_ZH = (
    r"(真人|活人|工作人员|客服|管理员|人工(?=$|客服|服务|坐席|座席|帮|处理|回复|解答|来|吧|[\s，。！？,.!?]))"
)
_PERSON_EN = (
    r"((a|an|the|your|some|one of your) )?((real|live|actual|human) )*"
    r"(human( being)?|person|people|agent|operator|staff( members?)?|someone|somebody|representative)\b"
)
_ASKS = re.compile(
    r"(?<!旋)转(接|到|给|为|至|成)?\s*人工"
    r"(?=$|客服|服务|坐席|座席|帮|处理|回复|解答|了|吧|呢|行|可以|谢|[\s，。！？,.!?])"
    rf"|(找|要|换|接|叫|请|有没有|有)(个|一个|一下|位|一位|你们的?)?{_PERSON_ZH}"
    rf"|(跟|和|与|同){_PERSON_ZH}(说|聊|谈|讲|沟通|对话|交流|联系)"
    rf"|(联系|转给|转交|交给|移交|转接|请教|问问?)(一下|给|你们的?|联盟的?|平台的?)*{_PERSON_ZH}"
    r"|人工(客服|坐席|座席)"
    r"|工作人员(有没有|有|已经|还没有?)?(回复|答复|回)了?(我|吗|没|么)"
    rf"|\b(talk|speak|chat|connect( me)?|put me through|transfer( me)?|switch( me)?) (to|with) {_PERSON_EN}"
    rf"|\b(hand|pass|forward|escalate|transfer|send|refer) (\w+ ){{0,3}}(over |off |on )?to {_PERSON_EN}"
    r"|\b(get|find|give|want|need) (me )?(a|the) ((real|live|actual) )?(human|person)( being| agent)?"
    r"(?= ?($|[.!?,]|please|instead|to (talk|speak|help)))"
    r"|\b(human|live|real) (agent|operator|support)\b"
    r"|\b(human|real person|live person),? please\b|^(a )?(human|person|operator)[.!]?$"
    r"|\bcontact (the |your )?(staff|support)\b"
    r"|\bha(s|ve) (the |your |any )?(staff|people|anyone) (replied|answered|responded)\b",
    re.I,
)
_REFUSES = re.compile(
    r"(不用|不要|不想|不必|不需要|无需|别|没必要)[^，。！？,.!?]{0,4}$"
    r"|\b(don'?t|do not|no need)\b[^,.!?]{0,20}$"
)
_PADDING = re.compile(
    r"这个|那个|刚才|上一个|上个|我的|问题|事情|情况|还是|直接|马上|快|算了|不满意|没用|没解决|帮忙|麻烦|可以|怎么|如何|"
    r"\b(this|that|it|my|last|question|issue|please|just|instead|now|how|can|could|would|like|help|not|useful|let)\b",
    re.I,
)
_SUGGESTED = re.compile(r"^(?:转给工作人员|hand to the staff)\s*[:：]\s*(.+)$", re.I)


def asks_for_person(question: str) -> bool:
    """True for 「转人工」 and "talk to a human", when nothing else is asked with it."""
    text = normalise(question)
    found = _ASKS.search(text)
    if found is None or _REFUSES.search(text[: found.start()]):
        return False
    if re.search(r"转(接|到|给|为|至|成)?\s*人工", found[0]):
        return True
    rest = _PADDING.sub(" ", f"{text[: found.start()]} {text[found.end() :]}")
    return len(content_words(rest)) <= 2


def suggestion(question: str, language: Language) -> str:
    """What the asker may say to hand that question over."""
    return replies.HANDOFF_SUGGESTION.in_(language).format(question=_shown(question))


def _shown(question: str) -> str:
    return question if len(question) <= CHIP_LIMIT else f"{question[: CHIP_LIMIT - 1]}…"


def file_ticket(
    database: Database,
    answer_id: str,
    *,
    visible: Container[str],
    message: str | None = None,
    contact: str | None = None,
) -> tuple[Ticket, bool]:
    """(the ticket for an answer, True when it is new).

    Raises RecordUnknown for an answer that is not there or whose level is not among `visible`, and
    TicketFull.
    """
    stored = Answers(database).get(answer_id)
    if stored.label not in visible:
        raise RecordUnknown("answer", answer_id)
    conversations = Conversations(database)
    conversation = conversations.get(stored.conversation_id)
    turn = next(one for one in conversations.turns(conversation.id) if one.answer_id == answer_id)
    body: dict[str, Any] = json.loads(stored.body)
    ticket = Ticket(
        conversation_id=conversation.id,
        answer_id=answer_id,
        channel=conversation.channel,
        language=body.get("language", conversation.language),
        question=turn.question,
        answer=body.get("text", ""),
        answer_status=stored.status,
        searched=_searched(stored, conversation, turn, body),
        notes=(TicketNote(message, contact),) if message or contact else (),
    )
    return Tickets(database).add(ticket)


def _searched(
    stored: StoredAnswer, conversation: Conversation, turn: Turn, body: Mapping[str, Any]
) -> dict[str, Any]:
    """What was looked for, where, and what was found: for people to read."""
    past = [one for one in conversation.state.get("turns", ()) if one.get("question") == turn.question]
    places = [{"id": one["id"], "locator": one["locator"]} for one in stored.evidence or ()]
    shown = [one["id"] for one in body.get("resources", ())]
    shown += past[-1].get("shown", ()) if past else ()
    absent = stored.status == "not_found"
    cited = {place["id"] for place in places}
    near = [place["id"] for place in places if absent] + [one for one in shown if one not in cited]
    return {
        "query": past[-1].get("text", turn.question) if past else turn.question,
        "filters": body.get("filters", {}),
        "generation": stored.generation,
        "generated_by": stored.generated_by,
        # What a not-found answer cites is what was near, not what supports it.
        "cited": [] if absent else places,
        "near": list(dict.fromkeys(near)),
    }


class HandoffDesk:
    """Answers who asks for a person: offers to hand the last question over, and does it when told to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def answer(self, query: Query, conversation: Conversation, asker: Asker) -> Ready | None:
        """An offer, a ticket just filed, or None when no person is asked for."""
        told = _SUGGESTED.match(query.question)
        if told is None and (query.subjects or not asks_for_person(query.question)):
            return None
        return await asyncio.to_thread(
            self._answer, told[1] if told else None, query.language, conversation, asker
        )

    def _answer(
        self, wanted: str | None, language: Language, conversation: Conversation, asker: Asker
    ) -> Ready:
        turns = Conversations(self._database).turns(conversation.id) if conversation.stored else []
        idle = {one.get("question") for one in conversation.state.get("turns", ()) if _is_talk(one)}
        turns = [turn for turn in turns if _is_a_matter(turn.question) and turn.question not in idle]
        if wanted is not None:
            asked = [turn for turn in turns if _same(_shown(turn.question), wanted)]
            if asked:
                return self._file(asked[-1], language, asker)
        return self._offer(turns[-1] if turns else None, language, conversation)

    def _file(self, turn: Turn, language: Language, asker: Asker) -> Ready:
        ticket, made = file_ticket(self._database, turn.answer_id, visible=visible_to(asker))
        text = replies.HANDOFF_DONE if made else replies.HANDOFF_WAITING
        return Ready(
            Draft("answered", text.in_(language)),
            notices=(replies.NOTICE_TICKET.in_(language).format(id=ticket.id),),
        )

    def _offer(self, last: Turn | None, language: Language, conversation: Conversation) -> Ready:
        book = Tickets(self._database)
        tickets = book.of_conversation(conversation.id) if conversation.stored else []
        said = [_said(one, language) for one in book.replies_in(conversation.id)[-1:]] if tickets else []
        if last is None:
            openers = tuple(opener.in_(language) for opener in replies.OPENERS)
            draft = Draft("answered", replies.HANDOFF_NOTHING.in_(language), follow_ups=openers)
            return Ready(draft, notices=tuple(said))
        waiting = [one for one in tickets if one.state == "open" and one.answer_id == last.answer_id]
        if waiting:
            number = replies.NOTICE_TICKET.in_(language).format(id=waiting[0].id)
            draft = Draft("answered", replies.HANDOFF_WAITING.in_(language))
            return Ready(draft, notices=(number, *said))
        draft = Draft(
            "answered",
            replies.HANDOFF_HOW.in_(language),
            follow_ups=(suggestion(last.question, language),),
        )
        return Ready(draft, notices=tuple(said))


def _is_talk(turn: Mapping[str, Any]) -> bool:
    """True for a courtesy or a question about Kewen, as the state of a conversation keeps it."""
    return turn.get("operation") in ("chat", "about", "other") and not turn.get("shown")


def _is_a_matter(question: str) -> bool:
    """False for asking for a person: there is nothing in it for the staff."""
    return not (asks_for_person(question) or _SUGGESTED.match(question))


def _same(one: str, other: str) -> bool:
    return normalise(one).strip() == normalise(other).strip()


def _said(reply: StaffReply, language: Language) -> str:
    author = replies.bracket(reply.author, language) if reply.author else ""
    return replies.NOTICE_STAFF_REPLY.in_(language).format(author=author, text=reply.text)
