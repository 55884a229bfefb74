"""Servers that the settings name: language model, embeddings, reranker; and what of ours they are told."""

from __future__ import annotations

import json
from collections.abc import Callable

from assistant.access import PUBLIC, visible_to
from assistant.breaker import Breaker
from assistant.chat import Call, ChatModel, FallbackChat, OpenAIChat
from assistant.model.allowance import Allowed, Ledger
from assistant.model.guard import Guarded, masked
from corpus.records import Corpus
from corpus.seen import seen_by
from retrieval.embedding import BuiltInEmbedder, Embedder
from retrieval.reranking import Reranker
from settings import Settings


def build_embedder(settings: Settings) -> Embedder:
    """The built-in multilingual model, or the endpoint that the settings name."""
    if settings.embedding_base_url and settings.embedding_model:
        # The client library takes 0.4 s to import.
        from retrieval.openai_embedding import OpenAIEmbedder

        key = settings.embedding_api_key
        return OpenAIEmbedder(
            settings.embedding_base_url,
            key.get_secret_value() if key else None,
            settings.embedding_model,
            query_prefix=settings.embedding_query_prefix,
            passage_prefix=settings.embedding_passage_prefix,
            dimensions=settings.embedding_dimensions,
        )
    return BuiltInEmbedder(settings.data_dir / "cache")


def build_reranker(settings: Settings) -> Reranker | None:
    """What orders the best of a search anew, or None: the order of search stands."""
    if settings.rerank_base_url is None or settings.rerank_model is None:
        return None
    key = settings.rerank_api_key
    return Reranker(
        settings.rerank_base_url,
        key.get_secret_value() if key else None,
        settings.rerank_model,
        timeout_s=settings.rerank_timeout_s,
        hide=masked if settings.llm_mask else str,
    )


def build_chat(
    settings: Settings,
    on_call: Callable[[Call], None] | None = None,
    *,
    ledger: Ledger | None = None,
    published: Callable[[], str] = str,
) -> ChatModel | None:
    """The language model with its fallback, or None: the composer answers.

    `ledger` keeps the tokens of a day where the settings limit them; `published` gives what everybody may
    read, out of which nothing is hidden from the model.
    """
    models: list[ChatModel] = []
    for prefix in ("llm", "llm_fallback"):
        base, model = getattr(settings, f"{prefix}_base_url"), getattr(settings, f"{prefix}_model")
        key = getattr(settings, f"{prefix}_api_key")
        if base and model:
            secret = key.get_secret_value() if key else None
            chat = OpenAIChat(
                base,
                secret,
                model,
                settings.llm_timeout_s,
                max_tokens=settings.llm_max_tokens,
                temperature=settings.llm_temperature,
                tool_mode=getattr(settings, f"{prefix}_tools"),
                extra_body=json.loads(getattr(settings, f"{prefix}_extra_body") or "{}"),
                on_call=on_call,
                traced=settings.llm_tracing,
            )
            endpoint: ChatModel = Breaker(chat, patience_s=settings.llm_timeout_s / 3)
            if ledger is not None and settings.llm_tokens_per_day is not None:
                endpoint = Allowed(endpoint, ledger, settings.llm_tokens_per_day)
            models.append(Guarded(endpoint, published) if settings.llm_mask else endpoint)
    if not models:
        return None
    if len(models) == 1:
        return models[0]
    return FallbackChat(models[0], models[1], timeout_s=settings.llm_timeout_s)


def breakers_of(chat: ChatModel | None) -> tuple[Breaker, ...]:
    """The endpoints within a model, in the order in which they are asked."""
    if chat is None or isinstance(chat, Breaker):
        return (chat,) if chat else ()
    inner: tuple[ChatModel, ...] = getattr(chat, "inner", ())
    return tuple(one for part in inner for one in breakers_of(part))


def published_text(corpus: Corpus) -> str:
    """All that everybody may read of the records."""
    seen = seen_by(corpus, visible_to(PUBLIC))
    return "\n".join(record.model_dump_json(exclude_defaults=True) for record in seen)
