"""A whole Kewen out of settings: it opens, answers, closes, and says why it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.chat import FallbackChat
from corpus.errors import CorpusError
from endpoints import build_chat, build_embedder
from retrieval.embedding import BuiltInEmbedder
from retrieval.errors import IndexLocked
from retrieval.openai_embedding import OpenAIEmbedder
from settings import Settings
from storage.errors import StorageError
from tests.conftest import OpenCopy
from wiring import Kewen, build_kewen

MODEL = {"llm_base_url": "http://127.0.0.1:9/v1", "llm_model": "small"}
FALLBACK = {"llm_fallback_base_url": "http://127.0.0.1:9/v2", "llm_fallback_model": "smaller"}


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


async def test_it_answers_without_key_model_or_network(toy_kewen: Kewen):
    answer = await toy_kewen.assistant.ask("青岚冰雪科学数据中心怎么申请？")

    assert (answer.status, answer.generated_by) == ("answered", "composer")
    assert toy_kewen.generation == toy_kewen.index.generation
    assert toy_kewen.index_manifest.corpus_digest == toy_kewen.corpus.digest


async def test_the_bundled_corpus_answers_the_first_question_of_the_readme(bundled_kewen: Kewen):
    answer = await bundled_kewen.assistant.ask("南极冰芯数据在哪里？怎么申请？")

    assert answer.status == "answered"
    assert answer.resources[0].id == "nsdc-polar"


async def test_the_bundled_corpus_is_asked_for_permission_in_english(bundled_kewen: Kewen):
    answer = await bundled_kewen.assistant.ask(
        "May a foreign company collect blood samples in China for genomics?"
    )

    assert (answer.status, answer.language) == ("answered", "en")
    assert any(one.kind == "policy" and "may not" in one.quote for one in answer.citations)


def test_a_second_process_is_told_who_has_the_folder(open_toy: OpenCopy, tmp_path: Path):
    kewen = open_toy(tmp_path)
    try:
        with pytest.raises(IndexLocked):
            open_toy(tmp_path)
    finally:
        kewen.close()


def test_what_is_closed_can_be_opened_again(open_toy: OpenCopy, tmp_path: Path):
    open_toy(tmp_path).close()
    again = open_toy(tmp_path)

    assert again.index.passages()
    again.close()


def test_a_start_that_fails_leaves_nothing_open(open_toy: OpenCopy, tmp_path: Path):
    with pytest.raises(CorpusError, match="no such folder"):
        build_kewen(settings(data_dir=tmp_path, corpus_dir=tmp_path / "nowhere"))

    open_toy(tmp_path).close()  # the lock is free


def test_a_database_that_cannot_be_used_frees_the_lock(open_toy: OpenCopy, tmp_path: Path):
    (tmp_path / "kewen.db").write_bytes(b"this is not a database" * 100)
    with pytest.raises(StorageError):
        open_toy(tmp_path)

    (tmp_path / "kewen.db").unlink()
    open_toy(tmp_path).close()


def test_settings_choose_the_embedder():
    own = build_embedder(settings())
    other = build_embedder(
        settings(
            embedding_base_url="http://127.0.0.1:9/v1",
            embedding_model="bge-m3",
            embedding_api_key=SecretStr("k"),
        )
    )

    assert isinstance(own, BuiltInEmbedder)
    assert isinstance(other, OpenAIEmbedder)


def test_settings_choose_the_language_model():
    alone, reserve = build_chat(settings(**MODEL)), build_chat(settings(**FALLBACK))

    assert build_chat(settings()) is None
    assert alone is not None and alone.name == "small"
    assert reserve is not None and reserve.name == "smaller"
    assert isinstance(build_chat(settings(**MODEL, **FALLBACK)), FallbackChat)


def test_conversations_live_in_the_data_folder_unless_a_database_is_named(tmp_path: Path):
    assert settings(data_dir=tmp_path).own_database == f"sqlite:///{tmp_path / 'kewen.db'}"
    assert settings(database_url="postgresql://db/kewen").own_database == "postgresql://db/kewen"
