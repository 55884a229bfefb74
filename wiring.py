"""Picks the classes: a whole Kewen out of settings."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import ExitStack, aclosing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, cast

from assistant.access import PUBLIC, Asker, visible_to
from assistant.answering import Answerer
from assistant.assistant import Assistant
from assistant.breaker import Breaker
from assistant.chat import Call, ChatModel, load_client
from assistant.curated import CuratedAnswers, Sources
from assistant.driving.driver import Driver
from assistant.finding.candidates import Finder
from assistant.finding.memory import written_questions
from assistant.handoff import HandoffDesk
from assistant.identifier_desk import IdentifierDesk
from assistant.judging.proof import Prover
from assistant.model.allowance import Ledger
from assistant.reading.bounds import bound_reader
from assistant.reading.countries import Countries
from assistant.reading.heads import learned_heads
from assistant.reading.pinyin import PinyinReader
from assistant.reading.reader import Reader
from assistant.reading.talk import TalkReader
from assistant.reading.values import Values
from assistant.records import Answer, Event
from assistant.tools.building import build_toolbox
from assistant.withdrawn import WithdrawnDesk
from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Corpus
from corpus.rights import PUBLIC as PUBLIC_LABEL
from corpus.rulebooks.joining import join
from corpus.rulebooks.shelf import load_rulebooks
from corpus.seen import labels_of, seen_by
from corpus.statements import Words, statements_of
from endpoints import breakers_of, build_chat, build_embedder, build_reranker, published_text
from harvesting.catalogue import with_harvested
from retrieval.embedding import BuiltInEmbedder, Embedder, Questions
from retrieval.errors import RetrievalError
from retrieval.fields import Fields, scheme_of
from retrieval.hybrid import HybridRetriever
from retrieval.indexing import IndexHome, OpenIndex, Progress, build_index, open_index
from retrieval.names import NameIndex
from retrieval.passages import estimate_tokens, name_of
from retrieval.statements import StatementVectors
from retrieval.store import Manifest
from settings import Settings
from storage.database import Database, open_database
from storage.model_tokens import ModelTokens
from storage.tickets import Tickets

MOST_VIEWS = 8
"""Views that are kept: each has an index of its own in memory."""


@dataclass(frozen=True)
class View:
    """Kewen as those see it who see the same labels: what is hidden from them is nowhere in it.

    Names, statistics, search and desks are all made of `corpus`, which has been cut before.
    """

    corpus: Corpus
    retriever: HybridRetriever
    assistant: Assistant
    database: Database
    generation: str
    """A name of what is seen: another one when that changes, the same whatever is hidden beside it."""
    embedder: str
    passages: int


class Views:
    """One view for each set of labels of a corpus that somebody sees, made when first asked for.

    Where nothing is hidden there is one for all. Safe to use from several threads.
    """

    def __init__(self, corpus: Corpus, build: Callable[[Corpus, frozenset[str], bool], View]) -> None:
        """`build` makes a view of a cut corpus, its labels, and whether they are all there are."""
        self._corpus, self._build = corpus, build
        self._labels = labels_of(corpus) | {PUBLIC_LABEL}
        self._made: OrderedDict[frozenset[str], View] = OrderedDict()
        self._lock = threading.Lock()

    def made(self, asker: Asker) -> View | None:
        """The view of this asker if it is there already."""
        return self._made.get(self._key(asker))

    def of(self, asker: Asker) -> View:
        """The view of this asker; the first asker of a kind waits until it is made."""
        key = self._key(asker)
        if (view := self._made.get(key)) is not None:
            return view
        with self._lock:
            if (view := self._made.get(key)) is None:
                cut = seen_by(self._corpus, visible_to(asker))
                view = self._build(cut, key, key == self._labels)
                # That of the public is made first and stays.
                for old in list(self._made)[1 : len(self._made) + 2 - MOST_VIEWS]:
                    del self._made[old]
                self._made[key] = view
        return view

    def _key(self, asker: Asker) -> frozenset[str]:
        sight = visible_to(asker)
        return frozenset(label for label in self._labels if label in sight)


class Reception:
    """The assistant of whoever asks: a question is answered out of what its asker may see."""

    def __init__(self, views: Views) -> None:
        self._views = views

    async def ask(self, question: str, *, asker: Asker = PUBLIC, **said: Any) -> Answer:
        """As Assistant.ask."""
        return await (await self._assistant(asker)).ask(question, asker=asker, **said)

    async def stream(self, question: str, *, asker: Asker = PUBLIC, **said: Any) -> AsyncIterator[Event]:
        """As Assistant.stream."""
        stream = (await self._assistant(asker)).stream(question, asker=asker, **said)
        async with aclosing(cast(AsyncGenerator[Event], stream)) as events:  # who goes away stops the model
            async for event in events:
                yield event

    async def _assistant(self, asker: Asker) -> Assistant:
        view = self._views.made(asker)
        if view is None:
            view = await asyncio.to_thread(self._views.of, asker)
        return view.assistant


@dataclass
class Kewen:
    """Everything that answers: open until `close()`.

    `corpus` and `index` are the whole, for those who keep it; what is told to anybody comes from the view
    that `seen_by` gives.
    """

    corpus: Corpus
    index: OpenIndex
    views: Views
    database: Database
    embedder: Embedder
    home: IndexHome
    model_calls: list[Call] = field(default_factory=list)
    models: tuple[Breaker, ...] = ()
    """The endpoints of language models, in the order in which they are asked."""
    _closing: ExitStack = field(default_factory=ExitStack, repr=False)

    @property
    def index_manifest(self) -> Manifest:
        return self.index.manifest

    @property
    def generation(self) -> str:
        return self.index.generation

    @property
    def assistant(self) -> Reception:
        return Reception(self.views)

    @property
    def retriever(self) -> HybridRetriever:
        """Search in what everybody sees."""
        return self.seen_by(PUBLIC).retriever

    def seen_by(self, asker: Asker) -> View:
        """Kewen as this asker sees it; takes seconds for the first of a kind."""
        return self.views.of(asker)

    def take(self, fresh: Kewen) -> None:
        """Answer from the corpus and generation of `fresh`, which shares home and database, from now on.

        Whoever holds this object has the new one with it; an answer under way ends with what it began with.
        """
        self.corpus, self.index, self.views = fresh.corpus, fresh.index, fresh.views
        self.models = fresh.models

    def close(self) -> None:
        """Let go of the index, its lock and the database."""
        self._closing.close()


def build_driver(
    settings: Settings,
    embedder: Embedder,
    on_call: Callable[[Call], None] | None = None,
    *,
    ledger: Ledger | None = None,
    published: Callable[[], str] = str,
    chat: ChatModel | None = None,
) -> Driver | None:
    """What answers with a language model, that of the settings or `chat`; None: the rules alone answer."""
    chat = chat or build_chat(settings, on_call, ledger=ledger, published=published)
    if chat is None:
        return None
    # Told again, where it fails, by the first question.
    threading.Thread(target=load_client, name="kewen-client", daemon=True).start()
    count = embedder.count_tokens if isinstance(embedder, BuiltInEmbedder) else estimate_tokens
    return Driver(
        chat,
        timeout_s=settings.llm_timeout_s,
        count_tokens=count,
        evidence_tokens=settings.llm_evidence_tokens,
        tools=settings.llm_tools != "off",
        prover=Prover(embedder if isinstance(embedder, BuiltInEmbedder) else None),
    )


def open_corpus(settings: Settings) -> Corpus:
    """The corpus with the rule books of the data folder and what was harvested, as of today.

    Raises CorpusError, StorageError.
    """
    corpus = join(load_corpus(settings.corpus_dir), load_rulebooks(settings.data_dir))
    if settings.database_url is None and not (settings.data_dir / "kewen.db").is_file():
        return corpus
    database = open_database(settings.own_database)
    try:
        return with_harvested(corpus, database)
    finally:
        database.close()


def open_home(settings: Settings) -> IndexHome:
    """The data folder under its lock. Raises IndexLocked when another process has it."""
    token = settings.chroma_token
    return IndexHome(
        settings.data_dir,
        store_url=settings.database_url,
        chroma_url=settings.chroma_url,
        chroma_token=token.get_secret_value() if token else None,
    )


def _load_beside(embedder: Embedder) -> threading.Thread:
    """Load the model in a thread while names are indexed: half of it is outside Python's lock.

    What fails here fails again, and is told, where the vectors are needed.
    """

    def load() -> None:
        with suppress(RetrievalError):
            _ = embedder.name

    thread = threading.Thread(target=load, name="kewen-embedder", daemon=True)
    thread.start()
    return thread


@dataclass(frozen=True)
class Means:
    """What answers are made with, of the whole corpus."""

    vectors: StatementVectors
    fields: Fields
    questions: Questions
    embedder: Embedder


@dataclass(frozen=True)
class Shared(Means):
    """What all views have in common."""

    database: Database
    generation: str
    driver: Driver | None


class Middle:
    """What reads questions, made of the corpus of one view."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.names = NameIndex(list(corpus))
        self.vocabulary = load_vocabulary()
        self.values = Values(list(corpus), self.vocabulary)


def build_answerer(
    middle: Middle,
    retriever: HybridRetriever,
    shared: Means,
    *,
    remember: bool = True,
) -> Answerer:
    """Reads, finds, judges and writes out of what it is given, which all who ask it may see; `remember` as in
    `open_answerer`."""
    records, vocabulary = middle.corpus.by_id, middle.vocabulary
    words, heads = Words(vocabulary), learned_heads()
    countries = Countries(middle.corpus, vocabulary)
    embedder, own = shared.embedder, shared.embedder.name == heads.embedder
    bounds = bound_reader(
        middle.values,
        {scheme_of(one.scheme) for record in middle.corpus.resources for one in record.identifiers},
        shared.questions.plain if own else None,
        embedder.embed_roles if own and isinstance(embedder, BuiltInEmbedder) else None,
    )
    reader = Reader(
        records, middle.names, middle.values, heads, shared.questions.plain, embedder.name, countries,
        bounds.of_records,
    )  # fmt: skip
    questions, memory = shared.questions, written_questions() if own and remember else None
    means = (retriever, shared.vectors, words, questions.asked, questions.in_talk)
    finder = Finder(records, *means, memory, questions.told)
    return Answerer(
        records=records,
        vocabulary=vocabulary,
        words=words,
        talk=TalkReader(reader, heads, records, questions.plain, own=own, led=finder.led),
        finder=finder,
        fields=shared.fields,
        values=middle.values,
        bounds=bounds,
    )


def open_answerer(
    corpus: Corpus,
    home: IndexHome,
    embedder: Embedder,
    *,
    remember: bool = True,
) -> Answerer:
    """What answers from a whole corpus, hidden records included, without a database and without a model, its
    index in `home`; for measuring.

    `remember` False: without the written questions, as in a catalogue that none of them is about. Raises
    RetrievalError.
    """
    build_index(corpus, home, embedder)
    index = open_index(home, embedder)
    retriever = HybridRetriever(embedder, index.vectors, index.lexical, index.passages())
    means = Means(
        vectors=open_statements(corpus, home, embedder, None),
        fields=Fields.open(corpus, corpus.digest, home.store.engine, load_vocabulary()),
        questions=Questions(embedder),
        embedder=embedder,
    )
    return build_answerer(Middle(corpus), retriever, means, remember=remember)


def _assistant(middle: Middle, retriever: HybridRetriever, shared: Shared) -> Assistant:
    records, vocabulary = middle.corpus.by_id, middle.vocabulary
    answerer = build_answerer(middle, retriever, shared)
    return Assistant(
        answerer=answerer,
        database=shared.database,
        generation=shared.generation,
        tools=build_toolbox(answerer, shared.fields, vocabulary),
        pinyin=PinyinReader(middle.names),
        driver=shared.driver,
        ahead=(
            HandoffDesk(shared.database),
            WithdrawnDesk(middle.corpus.tombstones, records, vocabulary),
            CuratedAnswers(
                database=shared.database,
                sources=Sources(records, vocabulary),
                read=answerer.read,
                # How alike two questions must be was measured with the built-in model only.
                embed=shared.questions.plain if isinstance(shared.embedder, BuiltInEmbedder) else None,
            ),
            IdentifierDesk(records, vocabulary),
        ),
    )


def open_statements(
    corpus: Corpus, home: IndexHome, embedder: Embedder, progress: Callable[[Progress], None] | None
) -> StatementVectors:
    """Vectors of the statements of bundled records; those of harvested ones are made when they are asked."""
    words = Words(load_vocabulary())
    told = (one for record in corpus if ":" not in record.id for one in statements_of(record, words))

    def report(done: int, total: int) -> None:
        if progress:
            progress(Progress("statements", done, total))

    return StatementVectors.open(told, home.store, embedder, report)


def build_kewen(
    settings: Settings,
    *,
    progress: Callable[[Progress], None] | None = None,
    on_call: Callable[[Call], None] | None = None,
    corpus: Corpus | None = None,
    beside: Kewen | None = None,
) -> Kewen:
    """Open everything, building the index where it is missing or out of step with the corpus.

    `corpus` None: that of the settings. `beside` an open one, its home, embedder and database are shared.
    Raises CorpusError, RetrievalError (IndexLocked, IndexNewer …), StorageError; nothing stays open then.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        corpus = corpus or open_corpus(settings)
        if beside is not None:
            home, embedder, database = beside.home, beside.embedder, beside.database
        else:
            home = open_home(settings)
            stack.callback(home.close)
            embedder = build_embedder(settings)
            stack.callback(_load_beside(embedder).join)
            database = open_database(settings.own_database)
            stack.callback(database.close)
        Tickets(database).forget_contacts()
        driver = build_driver(
            settings,
            embedder,
            on_call,
            ledger=ModelTokens(database),
            published=partial(published_text, corpus),
        )
        if (reranker := build_reranker(settings)) is not None:
            stack.callback(reranker.close)
        # Names are indexed while the model is loaded and before vectors are made.
        first = [Middle(seen_by(corpus, visible_to(PUBLIC)))]
        build_index(corpus, home, embedder, progress=progress)
        index = open_index(home, embedder)

        shared = Shared(
            vectors=open_statements(corpus, home, embedder, progress),
            fields=Fields.open(corpus, corpus.digest, home.store.engine, load_vocabulary()),
            questions=Questions(embedder),
            embedder=embedder,
            database=database,
            generation=index.generation,
            driver=driver,
        )

        def view(cut: Corpus, labels: frozenset[str], whole: bool) -> View:
            # The first view is that of the public.
            middle = first.pop() if first else Middle(cut)
            # What not everybody may read stays in the house.
            told = settings.llm_restricted or labels == {PUBLIC_LABEL}
            if whole:
                passages = list(index.passages())
                retriever = HybridRetriever(
                    embedder, index.vectors, index.lexical, passages, reranker=reranker if told else None
                )
            else:
                seen = index.seen_by(labels)
                passages = seen.passages
                retriever = HybridRetriever(
                    embedder, seen.vectors, seen.lexical, passages, reranker=reranker if told else None
                )
            return View(
                corpus=middle.corpus,
                retriever=retriever,
                assistant=_assistant(
                    middle,
                    retriever,
                    replace(shared, fields=shared.fields.seen_by(labels), driver=driver if told else None),
                ),
                database=database,
                generation=name_of(passages),
                embedder=embedder.name,
                passages=len(passages),
            )

        views = Views(corpus, view)
        views.of(PUBLIC)
        kewen = Kewen(corpus, index, views, database, embedder, home)
        kewen.models = breakers_of(driver.chat) if driver else ()
        kewen._closing = stack.pop_all()
        return kewen
    raise AssertionError("unreachable")


def refresh_kewen(
    kewen: Kewen,
    settings: Settings,
    *,
    progress: Callable[[Progress], None] | None = None,
    on_call: Callable[[Call], None] | None = None,
) -> bool:
    """Bring an open Kewen in step with the catalogue while it answers; True where anything was new.

    Where texts changed, a new generation is built beside the one that answers. Raises as build_kewen;
    the old one then goes on.
    """
    corpus = open_corpus(settings)
    if corpus == kewen.corpus:
        return False
    kewen.take(build_kewen(settings, progress=progress, on_call=on_call, corpus=corpus, beside=kewen))
    return True
