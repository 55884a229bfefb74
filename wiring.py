"""Picks the classes: a whole Kewen out of settings."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

from assistant.assistant import Assistant
from assistant.breaker import Breaker
from assistant.chat import Call, ChatModel, FallbackChat, OpenAIChat, load_client
from assistant.composer import Composer
from assistant.curated import CuratedAnswers, Sources
from assistant.gate import Gate
from assistant.handoff import HandoffDesk
from assistant.identifier_desk import IdentifierDesk
from assistant.model_writer import ModelWriter
from assistant.rewriting import Rewriter
from assistant.selection import Selector
from assistant.understanding import Understander
from assistant.withdrawn import WithdrawnDesk
from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Corpus
from corpus.rulebooks.joining import join
from corpus.rulebooks.shelf import load_rulebooks
from harvesting.catalogue import with_harvested
from retrieval.embedding import BuiltInEmbedder, Embedder
from retrieval.errors import RetrievalError
from retrieval.hybrid import HybridRetriever
from retrieval.indexing import IndexHome, OpenIndex, Progress, build_index, open_index
from retrieval.names import NameIndex
from retrieval.passages import estimate_tokens
from retrieval.store import Manifest
from settings import Settings
from storage.database import Database, open_database
from storage.tickets import Tickets


@dataclass
class Kewen:
    """Everything that answers: open until `close()`."""

    corpus: Corpus
    index: OpenIndex
    retriever: HybridRetriever
    database: Database
    assistant: Assistant
    embedder: Embedder
    home: IndexHome
    model_calls: list[Call] = field(default_factory=list)
    _closing: ExitStack = field(default_factory=ExitStack, repr=False)

    @property
    def index_manifest(self) -> Manifest:
        return self.index.manifest

    @property
    def generation(self) -> str:
        return self.index.generation

    def take(self, fresh: Kewen) -> None:
        """Answer from the corpus and generation of `fresh`, which shares home and database, from now on.

        Whoever holds this object has the new one with it; an answer under way ends with what it began with.
        """
        self.corpus, self.index = fresh.corpus, fresh.index
        self.retriever, self.assistant = fresh.retriever, fresh.assistant

    def close(self) -> None:
        """Let go of the index, its lock and the database."""
        self._closing.close()


def build_embedder(settings: Settings) -> Embedder:
    """The built-in multilingual model, or the endpoint that the settings name."""
    if settings.embedding_base_url and settings.embedding_model:
        # The client library takes 0.4 s to import.
        from retrieval.openai_embedding import OpenAIEmbedder

        key = settings.embedding_api_key
        return OpenAIEmbedder(
            settings.embedding_base_url, key.get_secret_value() if key else None, settings.embedding_model
        )
    return BuiltInEmbedder(settings.data_dir / "cache")


def build_chat(settings: Settings, on_call: Callable[[Call], None] | None = None) -> ChatModel | None:
    """The language model with its fallback, or None: the composer answers."""
    models: list[ChatModel] = []
    for prefix in ("llm", "llm_fallback"):
        base, model = getattr(settings, f"{prefix}_base_url"), getattr(settings, f"{prefix}_model")
        key = getattr(settings, f"{prefix}_api_key")
        if base and model:
            secret = key.get_secret_value() if key else None
            chat = OpenAIChat(base, secret, model, settings.llm_timeout_s, on_call=on_call)
            models.append(Breaker(chat, patience_s=settings.llm_timeout_s / 3))
    if not models:
        return None
    if len(models) == 1:
        return models[0]
    return FallbackChat(models[0], models[1], timeout_s=settings.llm_timeout_s)


def build_writer(
    settings: Settings, embedder: Embedder, on_call: Callable[[Call], None] | None = None
) -> ModelWriter | None:
    """What writes answers with the language model of the settings, or None: the composer answers."""
    chat = build_chat(settings, on_call)
    if chat is None:
        return None
    # Told again, where it fails, by the first question.
    threading.Thread(target=load_client, name="kewen-client", daemon=True).start()
    count = embedder.count_tokens if isinstance(embedder, BuiltInEmbedder) else estimate_tokens
    return ModelWriter(
        chat,
        timeout_s=settings.llm_timeout_s,
        count_tokens=count,
        evidence_tokens=settings.llm_evidence_tokens,
    )


def database_url(settings: Settings) -> str:
    """Where conversations and answers live."""
    return settings.database_url or f"sqlite:///{settings.data_dir / 'kewen.db'}"


def open_corpus(settings: Settings) -> Corpus:
    """The corpus with the rule books of the data folder and what was harvested, as of today.

    Raises CorpusError, StorageError.
    """
    corpus = join(load_corpus(settings.corpus_dir), load_rulebooks(settings.data_dir))
    if settings.database_url is None and not (settings.data_dir / "kewen.db").is_file():
        return corpus
    database = open_database(database_url(settings))
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
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        corpus = corpus or open_corpus(settings)
        if beside is not None:
            home, embedder, database = beside.home, beside.embedder, beside.database
        else:
            home = open_home(settings)
            stack.callback(home.close)
            embedder = build_embedder(settings)
            stack.callback(_load_beside(embedder).join)
            database = open_database(database_url(settings))
            stack.callback(database.close)
        Tickets(database).forget_contacts()
        vocabulary = load_vocabulary()
        records = corpus.by_id
        names = NameIndex(list(corpus))
        understander = Understander(records, names, vocabulary)
        gate = Gate(corpus)
        build_index(corpus, home, embedder, progress=progress)
        index = open_index(home, embedder)
        retriever = HybridRetriever(embedder, index.vectors, index.lexical, index.passages())
        writer = build_writer(settings, embedder, on_call)
        assistant = Assistant(
            understander=understander,
            selector=Selector(records, retriever, gate),
            composer=Composer(records, vocabulary),
            database=database,
            generation=index.generation,
            writer=writer,
            rewriter=(
                Rewriter(writer.chat, names, records, timeout_s=settings.llm_timeout_s / 6)
                if writer
                else None
            ),
            ahead=(
                HandoffDesk(database),
                WithdrawnDesk(corpus.tombstones, records, vocabulary),
                CuratedAnswers(
                    database=database,
                    sources=Sources(records, vocabulary),
                    understander=understander,
                    # How alike two questions must be was measured with the built-in model only.
                    embed=embedder.embed_query if isinstance(embedder, BuiltInEmbedder) else None,
                ),
                IdentifierDesk(records, vocabulary),
            ),
        )
        kewen = Kewen(corpus, index, retriever, database, assistant, embedder, home)
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
