"""Vectors of statements: made once, kept over openings, forgotten with their text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.loaders import load_corpus, load_vocabulary
from corpus.statements import Statement, Words, statements_of
from retrieval.statements import FREE, StatementVectors, to_embed
from retrieval.store import PassageStore, open_store
from tests.conftest import TOY_CORPUS
from tests.retrieval.toy import HashEmbedder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PassageStore]:
    store = open_store(f"sqlite:///{tmp_path / 'index.db'}")
    yield store
    store.close()


@pytest.fixture(scope="module")
def told() -> list[Statement]:
    words = Words(load_vocabulary())
    return [one for record in load_corpus(TOY_CORPUS) for one in statements_of(record, words)]


def texts(statements: list[Statement]) -> set[str]:
    return {to_embed(one) for one in statements}


def test_each_text_is_embedded_once_and_kept_over_openings(store: PassageStore, told: list[Statement]):
    first, second = HashEmbedder(), HashEmbedder()
    opened = StatementVectors.open(told, store, first)
    again = StatementVectors.open(told, store, second)

    assert sorted(first.embedded) == sorted(texts(told))
    assert second.embedded == []
    assert np.allclose(opened.rows(told), again.rows(told), atol=1e-3)
    assert second.embedded == []


def test_rows_are_unit_vectors_in_the_order_asked_for(store: PassageStore, told: list[Statement]):
    embedder = HashEmbedder()
    vectors = StatementVectors.open(told, store, embedder)

    rows = vectors.rows(told[::-1])

    assert rows.shape == (len(told), embedder.dimensions)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-2)
    expected = np.stack([embedder.embed_query(to_embed(one)) for one in told[::-1]])
    assert np.allclose(rows, expected, atol=1e-2)
    assert vectors.rows([]).shape == (0, embedder.dimensions)


def test_what_is_stale_is_forgotten_and_the_rest_stays(store: PassageStore, told: list[Statement]):
    StatementVectors.open(told, store, HashEmbedder())
    kept, gone = told[::2], texts(told) - texts(told[::2])
    assert gone

    less, whole = HashEmbedder(), HashEmbedder()
    StatementVectors.open(kept, store, less)
    StatementVectors.open(told, store, whole)

    assert less.embedded == []
    assert set(whole.embedded) == gone


def test_others_are_embedded_when_asked_for_and_not_again(store: PassageStore, told: list[Statement]):
    embedder = HashEmbedder()
    vectors = StatementVectors.open([], store, embedder)

    first = vectors.rows(told[:5])
    made = list(embedder.embedded)
    second = vectors.rows(told[:5])

    assert set(made) == texts(told[:5])
    assert embedder.embedded == made
    assert np.array_equal(first, second)


def test_spaces_do_not_mix(store: PassageStore, told: list[Statement]):
    StatementVectors.open(told, store, HashEmbedder("one"))
    other = HashEmbedder("two")

    StatementVectors.open(told, store, other)

    assert set(other.embedded) == texts(told)


def test_progress_is_told_to_the_end(store: PassageStore, told: list[Statement]):
    steps: list[tuple[int, int]] = []
    StatementVectors.open(told, store, HashEmbedder(), lambda done, total: steps.append((done, total)))

    assert steps[-1] == (len(texts(told)), len(texts(told)))
    assert steps == sorted(steps)


def test_of_a_closed_field_the_label_is_embedded_and_of_free_text_its_words(told: list[Statement]):
    for one in told:
        if one.field in FREE:
            assert one.quote in to_embed(one)
        else:
            assert to_embed(one) == one.label
