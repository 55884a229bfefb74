"""The store keeps passages, vectors and generations, in SQLite and in PostgreSQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from retrieval.errors import IndexDamaged, IndexNewer, SearchFailed
from retrieval.passages import passages_of
from retrieval.store import Manifest, PassageStore, open_store, vector_key
from tests.postgres import needs_postgres, postgres_database
from tests.retrieval.toy import HashEmbedder, toy_resource

SPACE = "hash/32"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgres)])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'index.db'}"
        return
    with postgres_database() as address:
        yield address


@pytest.fixture
def store(url):
    with closing(PassageStore(url)) as opened:
        yield opened


def manifest(**changes: object) -> Manifest:
    values = {
        "embedder": "hash", "dimensions": 32, "analyser": "1", "corpus_digest": "c",
        "passages_digest": "p", "records": 1, "passages": {"en": 3, "zh": 3},
    }  # fmt: skip
    return Manifest(**(values | changes))


def filled(store, number=1):
    """A building generation with the passages of one record."""
    batch = passages_of(toy_resource(number))
    rows = HashEmbedder().embed_passages([one.to_embed for one in batch])
    generation = store.begin()
    store.add(generation, 0, batch, SPACE, {vector_key(p): row for p, row in zip(batch, rows, strict=True)})
    return generation, batch, rows


def test_passages_come_back_as_they_were_in_order(store):
    generation, batch, _ = filled(store)

    assert list(store.passages(generation, batch=2)) == batch
    assert store.counts(generation) == store.counts(generation, SPACE) == {"en": 2, "zh": 2}
    assert store.records(generation) == 1


def test_vectors_come_back_by_language_bit_for_bit(store):
    generation, batch, rows = filled(store)

    ids, found = zip(*store.vectors(generation, SPACE, "zh", batch=1), strict=True)

    wanted = [place for place, passage in enumerate(batch) if passage.lang == "zh"]
    assert [one for some in ids for one in some] == [batch[place].id for place in wanted]
    np.testing.assert_array_equal(np.concatenate(found), rows[wanted])


def test_equal_text_has_one_vector_in_all_generations(store):
    _, batch, _ = filled(store)
    keys = [vector_key(passage) for passage in batch]

    assert store.known(SPACE, keys) == set(keys)
    assert store.known("other/32", keys) == set()
    again = store.begin()
    store.add(again, 0, batch, SPACE, {})
    assert store.counts(again, SPACE) == {"en": 2, "zh": 2}


def test_a_generation_is_unseen_until_it_is_live_and_then_replaces_the_one_before(store):
    first, *_ = filled(store)
    assert store.live() is None
    store.make_live(first, manifest())
    second, *_ = filled(store)
    assert store.live().id == first

    store.make_live(second, manifest(analyser="2"))

    assert store.live().id == second
    assert store.live().manifest == manifest(analyser="2")
    assert {one.id: one.state for one in store.generations()} == {first: "retired", second: "live"}


def test_sweep_keeps_what_a_generation_uses_and_drops_other_spaces(store):
    first, *_ = filled(store, 1)
    second, *_ = filled(store, 2)
    store.add(second, 100, [], "old/32", {"k": np.zeros(32, np.float32)})
    assert store.sweep([SPACE]) == 1

    store.drop(first)

    assert store.sweep([SPACE]) == 4
    assert store.counts(second, SPACE) == {"en": 2, "zh": 2}
    assert store.sweep([SPACE]) == 0


def test_one_collection_for_each_language_is_in_use(store):
    generation = store.begin()
    first, second = store.plan_collection(generation, "zh"), store.plan_collection(generation, "zh")
    other = store.plan_collection(generation, "en")
    store.use_collection(first, 1.0)
    store.use_collection(other, 0.98)
    assert store.used_collections(generation) == {"zh": (first, 1.0), "en": (other, 0.98)}

    store.use_collection(second, 0.5)

    assert store.used_collections(generation) == {"zh": (second, 0.5), "en": (other, 0.98)}
    store.forget_collection(first)
    assert store.collections() == {second: "zh", other: "en"}


def test_a_failed_write_leaves_nothing(store):
    generation, batch, _ = filled(store)

    with pytest.raises((IndexDamaged, SearchFailed)):
        store.add(generation, 50, [*passages_of(toy_resource(2)), batch[0]], SPACE, {})

    assert store.counts(generation) == {"en": 2, "zh": 2}


def test_a_newer_format_is_refused_and_left_alone(url):
    with closing(PassageStore(url)) as store:
        _generation, batch, _ = filled(store)
    engine = create_engine(store.url)
    with engine.begin() as db:
        db.execute(text("UPDATE index_settings SET value = '99'"))

    with pytest.raises(IndexNewer, match=r"format 99.*Use the newer Kewen"):
        PassageStore(url)

    with engine.begin() as db:
        assert db.scalar(text("SELECT count(*) FROM index_passages")) == len(batch)
        db.execute(text("UPDATE index_settings SET value = '0'"))
    engine.dispose()
    with closing(PassageStore(url)) as older:
        assert older.generations() == []  # an older format is dropped: all of it can be built again


def test_the_password_is_not_in_messages():
    with pytest.raises(SearchFailed) as failed:
        PassageStore("postgresql://someone:secret@127.0.0.1:1/kewen")

    assert "secret" not in str(failed.value)


def test_a_damaged_file_is_put_aside(tmp_path):
    path = tmp_path / "index.db"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(IndexDamaged, match=r"index\.db"):
        PassageStore(f"sqlite:///{path}")

    with closing(open_store(f"sqlite:///{path}")) as store:
        assert store.live() is None

    assert path.with_name("index.db.damaged").read_bytes().startswith(b"no database")


def test_a_file_damaged_in_the_middle_is_found_at_opening(tmp_path):
    path = tmp_path / "index.db"
    with closing(PassageStore(f"sqlite:///{path}")) as store:
        for number in range(60):
            filled(store, number)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[8192 : len(content) // 2] = b"\xff" * (len(content) // 2 - 8192)
    path.write_bytes(content)

    with pytest.raises(IndexDamaged, match="kewen index --rebuild"):
        PassageStore(f"sqlite:///{path}")


def test_a_vector_of_the_wrong_length_is_damage(tmp_path):
    path = tmp_path / "index.db"
    with closing(PassageStore(f"sqlite:///{path}")) as store:
        generation, *_ = filled(store)
        with closing(sqlite3.connect(path)) as db:
            db.execute("UPDATE index_vectors SET vector = x'00' WHERE rowid = 1")
            db.commit()

        with pytest.raises(IndexDamaged, match="differ in length"):
            for lang in ("zh", "en"):
                list(store.vectors(generation, SPACE, lang))
