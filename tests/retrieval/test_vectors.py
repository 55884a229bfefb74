"""Search by vector, on embedded Chroma and on a real Chroma server."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from retrieval.chroma import Chroma
from retrieval.errors import IndexDamaged, SearchFailed
from retrieval.passages import passages_of
from retrieval.records import Passage
from retrieval.store import PassageStore, vector_key
from retrieval.vectors import SeenVectors, VectorIndex
from tests.retrieval.chroma_server import chroma_server
from tests.retrieval.toy import HashEmbedder, toy_resource

SPACE = "hash/32"
RECORDS = 80


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with chroma_server(tmp_path_factory.mktemp("server") / "data") as url:
        yield url


@pytest.fixture(params=["embedded", "server"])
def chroma(request, tmp_path):
    if request.param == "embedded":
        opened = Chroma(path=tmp_path / "chroma")
    else:
        opened = Chroma(url=request.getfixturevalue("server"), token="unused")
    with closing(opened):
        yield opened


@pytest.fixture
def embedder():
    return HashEmbedder()


@pytest.fixture
def store(tmp_path):
    with closing(PassageStore(f"sqlite:///{tmp_path / 'index.db'}")) as opened:
        yield opened


@pytest.fixture
def generation(store, embedder):
    batch = [passage for number in range(RECORDS) for passage in passages_of(toy_resource(number))]
    rows = embedder.embed_passages([one.to_embed for one in batch])
    return added(store, batch, SPACE, {vector_key(p): row for p, row in zip(batch, rows, strict=True)})


def added(store, batch, space, fresh):
    """A generation of these passages."""
    generation = store.begin()
    store.add(generation, 0, batch, space, fresh)
    return generation


@pytest.fixture
def index(store, chroma, generation):
    return VectorIndex(store, chroma, generation, SPACE)


def test_a_passage_is_nearest_to_itself_and_scores_fall(index, store, generation, embedder):
    for passage in list(store.passages(generation))[::29]:
        hits = index.search(embedder.embed_query(passage.to_embed), passage.lang, 5)

        assert hits[0] == (passage.id, pytest.approx(1, abs=1e-5))
        assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)


def test_languages_are_apart(index):
    row = np.ones(32, np.float32) / np.sqrt(32, dtype=np.float32)

    for lang in ("zh", "en"):
        hits = index.search(row, lang, 1000)
        assert len(hits) == index.count(lang) == 2 * RECORDS
        assert all(f":{lang}" in id_ for id_, _ in hits)


def test_a_filter_gives_the_best_of_what_it_leaves(index, embedder):
    query = embedder.embed_query("anything")
    everything = index.search(query, "zh", 1000)
    allowed = frozenset(id_ for id_, _ in everything[50:60]) | {"toy-1#card:en", "no such id"}

    hits = index.search(query, "zh", 3, allowed)

    assert [id_ for id_, _ in hits] == [id_ for id_, _ in everything[50:53]]
    assert [score for _, score in hits] == pytest.approx([score for _, score in everything[50:53]], abs=1e-5)


@pytest.mark.parametrize(
    ("lang", "k", "allowed"),
    [("zh", 5, frozenset()), ("zh", 5, frozenset({"nope"})), ("de", 5, None), ("zh", 0, None)],
)
def test_nothing_found_is_an_empty_list(index, embedder, lang, k, allowed):
    assert index.search(embedder.embed_query("x"), lang, k, allowed) == []


def test_what_chroma_misses_is_found(index, store, chroma, generation, embedder):
    queries = [embedder.embed_query(str(number)) for number in range(20)]
    before = [index.search(query, "zh", 5) for query in queries]
    name = store.used_collections(generation)["zh"][0]
    ids = [passage.id for passage in store.passages(generation) if passage.lang == "zh"]
    chroma.drop(name)
    chroma.create(name, len(ids))
    chroma.add(name, ids, np.random.default_rng(1).standard_normal((len(ids), 32)).astype(np.float32))

    assert [index.search(query, "zh", 5) for query in queries] == before


def test_what_is_hidden_changes_nothing_that_is_found(store, tmp_path):
    """Of so many, Chroma's graph misses some, and others where there are hidden ones in it."""
    embedder = HashEmbedder(dimensions=64)
    batch = [Passage(f"{n}", f"{n}", "resource", "card", "zh", text=f"{n}") for n in range(3000)]
    fresh = {vector_key(one): embedder.embed_query(one.to_embed) for one in batch}
    seen = batch[::2]
    with closing(Chroma(path=tmp_path / "chroma")) as chroma:
        whole, never = [
            VectorIndex(store, chroma, added(store, some, "hash/64", fresh), "hash/64")
            for some in (batch, seen)
        ]
        cut = SeenVectors(whole, {one.id for one in seen})
        queries = [embedder.embed_query(f"asked {number}") for number in range(100)]
        found = [one.search(query, "zh", 100) for one in (cut, never) for query in queries]
        proposed = [{*never.proposed(query, "zh", 100)} for query in queries]

    assert found[:100] == found[100:]
    assert [{id_ for id_, _ in one} for one in found[100:]] != proposed


def test_a_question_of_another_size_fails_with_a_next_step(index):
    with pytest.raises(SearchFailed, match="kewen index --rebuild"):
        index.search(np.ones(8, np.float32), "zh", 3)


def test_a_collection_is_used_again_and_not_filled_twice(index, store, chroma, generation):
    again = VectorIndex(store, chroma, generation, SPACE)

    assert not again.repaired
    assert len(store.collections(generation)) == 2


def test_a_lost_collection_is_filled_again_under_a_new_name(index, store, chroma, generation, embedder):
    old = {lang: name for name, lang in store.collections(generation).items()}
    chroma.drop(old["zh"])

    again = VectorIndex(store, chroma, generation, SPACE)

    new = {lang: name for lang, (name, _) in store.used_collections(generation).items()}
    assert again.repaired and new["zh"] != old["zh"] and new["en"] == old["en"]
    assert len(again.search(embedder.embed_query("x"), "zh", 5)) == 5


def test_a_collection_with_other_vectors_under_right_ids_is_noticed(store, chroma, generation, index):
    name = store.plan_collection(generation, "en")
    ids = [passage.id for passage in store.passages(generation) if passage.lang == "en"]
    rows = np.random.default_rng(1).standard_normal((len(ids), 32)).astype(np.float32)
    chroma.create(name, len(ids))
    chroma.add(name, ids, rows)
    store.use_collection(name, 1.0)

    again = VectorIndex(store, chroma, generation, SPACE)

    assert again.repaired
    assert name not in store.collections(generation)


def test_a_collection_that_finds_less_than_before_is_filled_again(store, chroma, generation, index, embedder):
    name = store.plan_collection(generation, "en")
    mine = [passage for passage in store.passages(generation) if passage.lang == "en"]
    rows = embedder.embed_passages([passage.to_embed for passage in mine])
    chroma.create(name, len(mine))
    chroma.add(name, [passage.id for passage in mine], rows)
    assert chroma.finds_itself(name, rows) > 0.9
    assert chroma.finds_itself(name, -rows) == 0
    store.use_collection(name, 2.0)  # as if it had found twice as many

    assert VectorIndex(store, chroma, generation, SPACE).repaired
    assert store.used_collections(generation)["en"][1] > 0.9


def test_a_collection_gone_while_searching_is_a_failed_search(index, chroma, store, generation, embedder):
    for name in store.collections(generation):
        chroma.drop(name)

    with pytest.raises(SearchFailed, match="Chroma at"):
        index.search(embedder.embed_query("x"), "zh", 5)


def test_vectors_missing_in_the_store_are_damage(store, chroma, generation):
    with pytest.raises(IndexDamaged, match="160 passages in 'en' but 0 vectors"):
        VectorIndex(store, chroma, generation, "other/32")


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(SearchFailed, match=r"http://127\.0\.0\.1:1 failed to connect"):
        Chroma(url="http://127.0.0.1:1")


def test_the_database_is_its_owner_s_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Chroma(path=tmp_path / "chroma").close()
    finally:
        os.umask(before)

    assert (tmp_path / "chroma" / "chroma.sqlite3").stat().st_mode & 0o777 == 0o600
