"""A small Kewen: a corpus of our own, the real lexical index and the real storage.

Its assistant answers with the best record's own field. That is all these tests need: what answers
say is tested where they are written.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Container, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from assistant.access import LEVELS, PUBLIC, Asker, visible_to
from assistant.breaker import Breaker
from assistant.errors import AssistantError, UnknownConversation
from assistant.language import detect_language
from assistant.records import (
    Answer,
    AskFilters,
    Citation,
    DeltaEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    Language,
    ResourceCard,
    SourcesEvent,
    StatusEvent,
)
from corpus.records import (
    Access,
    Application,
    Article,
    Contact,
    Corpus,
    Identifier,
    Lines,
    Policy,
    Resource,
    Text,
)
from corpus.seen import seen_by
from retrieval.lexical import LexicalIndex
from retrieval.passages import passages_of
from retrieval.records import Filters, Hit, Passage
from retrieval.store import Manifest
from storage.conversations import Conversations
from storage.database import Database, open_database
from storage.errors import RecordUnknown, StorageError
from storage.records import Conversation, StoredAnswer, new_id


def both(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


ICE = Resource(
    id="toy-ice",
    type="scientific_data",
    name=both("玩具冰雪数据中心", "Toy Ice Data Centre"),
    aliases=("玩冰",),
    host=both("玩具研究所", "Toy Institute"),
    province="上海市",
    city=both("上海", "Shanghai"),
    url="https://ice.example.org",
    identifiers=(Identifier(scheme="doi_prefix", value="10.99999"),),
    subjects=Lines(zh=("冰川",), en=("glaciology",)),
    holdings=both("冰川与积雪样品及数据。", "Samples and data of glaciers and snow."),
    access=Access(level="open", text=both("注册后可下载。", "Free to download.")),
    how_to_apply=Application(
        steps=Lines(zh=("注册账号。", "提交申请。"), en=("Register.", "Apply.")), common_route=True
    ),
    contact=Contact(phone="021-000000", email="ice@example.org"),
    questions=Lines(zh=("哪里有秘密检索词？",), en=()),
)
SEEDS = Resource(
    id="toy-seeds",
    type="germplasm",
    name=both("玩具种子库", "Toy Seed Bank"),
    province="北京市",
    holdings=both("水稻和小麦种子。", "Seeds of rice and wheat."),
    access=Access(level="application"),
)
TELESCOPE = Resource(
    id="toy/telescope",
    type="facility",
    name=both("玩具望远镜", "Toy Telescope"),
    host=both("玩具天文台", "Toy Observatory"),
    province="贵州省",
    holdings=both("观测机时。", "Observing time."),
)
HIDDEN = Resource(
    id="toy-hidden",
    type="instrument",
    name=both("玩具内部显微镜", "Toy Internal Microscope"),
    visibility="member",
    province="北京市",
    holdings=both("仅供成员的显微镜。", "A microscope for members."),
)
RULES = Policy(
    id="toy-rules",
    title=both("玩具样品办法", "Toy Sample Measures"),
    rank="departmental_rule",
    issuing_body=both("玩具部", "Ministry of Toys"),
    doc_number="玩发〔2020〕1号",
    effective="2020-05-01",
    status="in_force",
    scope=both("管理样品的共享。", "Governs the sharing of samples."),
    coverage="key",
    read="no",
    articles=(
        Article(no="第二十条", digest=both("共享样品须登记。", "Shared samples shall be registered.")),
        Article(no="第二章（条号未核）", slug="x-1", digest=both("总则。", "General rules.")),
        Article(no="第三十条", digest=both("内部条款。", "An internal rule."), visibility="staff"),
    ),
)
CORPUS = Corpus(resources=(ICE, SEEDS, TELESCOPE, HIDDEN), policies=(RULES,), digest="0" * 64)


class ToyRetriever:
    """Lexical search with the filters that these tests use."""

    def __init__(self, folder: Path) -> None:
        self._passages = {p.id: p for record in CORPUS for p in passages_of(record)}
        LexicalIndex.build(folder / "lexical", self._passages.values())
        self._index = LexicalIndex(folder / "lexical")

    def seen_by(self, sight: Container[str]) -> ToyRetriever:
        """Of what has one of these labels."""
        view = copy(self)
        view._passages = {id_: p for id_, p in self._passages.items() if p.visibility in sight}
        return view

    async def search(self, query: str, *, k: int = 8, filters: Filters | None = None) -> list[Hit]:
        wanted = filters or Filters()
        allowed = frozenset(p.id for p in self._passages.values() if _allowed(p, wanted))
        found = self._index.search(query, 1000, allowed)
        places: dict[tuple[str, str], Hit] = {}
        for passage_id, score in found:
            passage = self._passages[passage_id]
            places.setdefault((passage.record_id, passage.part), Hit(passage, score, lexical=score))
        return list(places.values())[:k]


def _allowed(passage: Passage, filters: Filters) -> bool:
    return (
        (not filters.kinds or passage.kind in filters.kinds)
        and (not filters.types or passage.type in filters.types)
        and (not filters.provinces or passage.province in filters.provinces)
        and (not filters.access or passage.access in filters.access)
    )


class ToyAssistant:
    """Answers with the best record's holdings; `gate` holds answers back, `fault` spoils them."""

    def __init__(self, retriever: ToyRetriever, database: Database) -> None:
        self._retriever = retriever
        self._conversations = Conversations(database)
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: Exception | None = None
        self.seen: list[dict[str, Any]] = []
        self.asked = threading.Semaphore(0)
        self.closed = 0

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
        self.asked.release()
        self.seen.append({"question": question, "filters": filters, "history": list(history), "asker": asker})
        try:
            yield StatusEvent(stage="searching", text="…")
            await self.gate.wait()
            if self.fault is not None:
                raise self.fault
            answer = await self._answer(question, conversation_id, language, filters, asker, channel)
            yield SourcesEvent(citations=answer.citations)
            yield DeltaEvent(text=answer.text)
            yield DoneEvent(answer=answer)
        except (AssistantError, StorageError) as error:
            yield ErrorEvent(code=error.code, message=str(error))
        finally:
            self.closed += 1

    async def ask(self, question: str, **given: Any) -> Answer:
        async for event in self.stream(question, **given):
            if isinstance(event, DoneEvent):
                return event.answer
        raise self.fault or UnknownConversation("gone")

    async def _answer(
        self,
        question: str,
        conversation_id: str | None,
        language: Literal["auto", "zh", "en"],
        filters: AskFilters | None,
        asker: Asker,
        channel: str,
    ) -> Answer:
        conversation = Conversation(channel=channel, level=asker.level, unit=asker.unit)
        if conversation_id is not None:
            try:
                conversation = await asyncio.to_thread(self._conversations.get, conversation_id)
            except RecordUnknown as error:
                raise UnknownConversation(str(error)) from error
            level = max(conversation.level, asker.level, key=LEVELS.index)
            conversation = replace(conversation, level=level)
        wanted = filters or AskFilters()
        spoken = detect_language(question) if language == "auto" else language
        hits = await self._retriever.seen_by(visible_to(asker)).search(
            question,
            filters=Filters(
                kinds=frozenset({"resource"}),
                types=frozenset(wanted.types),
                provinces=frozenset(wanted.provinces),
                access=frozenset(wanted.access),
            ),
        )
        answer = Answer(
            id=new_id("a"),
            conversation_id=conversation.id,
            language=spoken,
            status="not_found",
            text="没有找到。" if spoken == "zh" else "Nothing found.",
            generated_by="composer",
        )
        record = CORPUS.by_id[hits[0].record_id] if hits else None
        if isinstance(record, Resource) and record.holdings:
            quote = record.holdings.in_(spoken)
            answer = answer.model_copy(
                update={
                    "status": "answered",
                    "text": f"{record.name.in_(spoken)}: {quote} [1]\n{record.id} [1]",
                    "citations": (
                        Citation(
                            number=1,
                            kind="resource",
                            id=record.id,
                            title=record.name.in_(spoken),
                            locator="holdings",
                            quote=quote,
                            quote_kind="digest",
                            url=f"/resources/{record.id}",
                        ),
                    ),
                    "resources": (
                        ResourceCard(
                            id=record.id,
                            name=record.name.in_(spoken),
                            type=record.type,
                            host=None,
                            province=record.province,
                            access=record.access.level,
                            url=record.url,
                            verification=record.verification,
                        ),
                    ),
                }
            )
        stored = StoredAnswer(
            id=answer.id,
            conversation_id=conversation.id,
            body=answer.model_dump_json().encode(),
            status=answer.status,
            generated_by=answer.generated_by,
            level=conversation.level,
        )
        await asyncio.to_thread(self._conversations.add_turn, conversation, question, stored)
        return answer


@dataclass
class ToyKewen:
    """What wiring.Kewen has, of which the HTTP layer uses the same attributes."""

    database: Database
    retriever: ToyRetriever
    assistant: ToyAssistant
    corpus: Corpus = CORPUS
    generation: str = "g3"
    models: tuple[Breaker, ...] = ()
    index_manifest: Manifest = field(
        default_factory=lambda: Manifest("none", 384, "1", CORPUS.digest, "", 5, {"zh": 12, "en": 8})
    )

    embedder: str = "none"
    passages: int = 20
    made_views: dict[Asker, tuple[Corpus, ToyKewen]] = field(default_factory=dict)

    @property
    def views(self) -> ToyKewen:
        return self

    def made(self, asker: Asker) -> ToyKewen | None:
        corpus, view = self.made_views.get(asker, (None, None))
        return view if corpus is self.corpus else None

    def of(self, asker: Asker) -> ToyKewen:
        if (made := self.made(asker)) is not None:
            return made
        sight = visible_to(asker)
        view = replace(
            self,
            corpus=seen_by(self.corpus, sight),
            retriever=self.retriever.seen_by(sight),
            made_views={},
        )
        self.made_views[asker] = (self.corpus, view)
        return view

    seen_by = of

    def close(self) -> None:
        self.database.close()


def build_toy(folder: Path, retriever: ToyRetriever | None = None) -> ToyKewen:
    """A Kewen with its database in the folder, and its index too unless one is given."""
    database = open_database(f"sqlite:///{folder / 'kewen.db'}")
    retriever = retriever or ToyRetriever(folder)
    return ToyKewen(database, retriever, ToyAssistant(retriever, database))
