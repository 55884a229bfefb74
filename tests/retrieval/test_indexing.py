"""A build makes a generation or leaves none; opening serves one that is whole."""

from __future__ import annotations

import os
import random
import shutil
from contextlib import ExitStack, closing

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from corpus.records import Corpus
from retrieval.errors import (
    EmbeddingFailed,
    IndexBuildFailed,
    IndexDamaged,
    IndexLocked,
    IndexNewer,
    IndexNotBuilt,
)
from retrieval.indexing import IndexHome, Source, build_index, index_status, open_index
from retrieval.passages import passages_of
from retrieval.store import PassageStore
from tests.postgres import needs_postgres, postgres_database
from tests.retrieval.chroma_server import chroma_server
from tests.retrieval.toy import HashEmbedder, builtin, toy_corpus, toy_resource


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with chroma_server(tmp_path_factory.mktemp("server") / "data") as url:
        yield url


@pytest.fixture(params=["embedded", "server", pytest.param("postgresql", marks=needs_postgres)])
def home(request, tmp_path):
    """Everything in the folder; Chroma on a server; the store in PostgreSQL."""
    with ExitStack() as stack:
        places: dict[str, str] = {}
        if request.param == "server":
            places["chroma_url"] = request.getfixturevalue("server")
        if request.param == "postgresql":
            places["store_url"] = stack.enter_context(postgres_database())
        yield stack.enter_context(IndexHome(tmp_path / "data", **places))


def holds(index, corpus: Corpus, embedder: HashEmbedder) -> bool:
    """True if every passage of the corpus, and no other, is found in all three places."""
    wanted = {passage.id: passage for record in corpus for passage in passages_of(record)}
    assert {passage.id: passage for passage in index.passages()} == wanted
    assert index.lexical.ids() == frozenset(wanted)
    for lang in ("zh", "en"):
        mine = [passage for passage in wanted.values() if passage.lang == lang]
        assert index.vectors.count(lang) == len(mine)
        for passage in mine[::7]:
            hits = index.vectors.search(embedder.embed_query(passage.to_embed), lang, 1)
            assert hits == [(passage.id, pytest.approx(1, abs=1e-4))]
    return True


def test_what_is_built_is_found(home):
    embedder, seen = HashEmbedder(), []

    manifest = build_index(toy_corpus(), home, embedder, progress=seen.append)

    assert manifest.records == 12 and manifest.passages == {"en": 24, "zh": 24}
    assert (manifest.embedder, manifest.dimensions) == ("hash", 32)
    assert holds(open_index(home, embedder), toy_corpus(), embedder)
    for stage in ("embedding", "lexical", "vectors", "checking"):
        assert [(p.done, p.total) for p in seen if p.stage == stage][-1] == (48, 48)


def test_real_questions_find_their_record_in_both_languages(tmp_path, tmp_path_factory):
    embedder = builtin(tmp_path_factory)
    corpus = Corpus(
        resources=(toy_resource(1, holdings="ice cores 冰芯"), toy_resource(2, holdings="beetles 甲虫")),
        digest="d",
    )

    with IndexHome(tmp_path) as home:
        build_index(corpus, home, embedder)
        index = open_index(home, embedder)

        for question, lang in (("甲虫标本有吗", "zh"), ("do you have beetles", "en")):
            best, _ = index.vectors.search(embedder.embed_query(question), lang, 1)[0]
            assert best.startswith("toy-2#")


def test_unchanged_input_costs_nothing(home):
    build_index(toy_corpus(), home, HashEmbedder())
    before, embedder = home.store.live(), HashEmbedder()

    build_index(toy_corpus(), home, embedder)

    assert home.store.live() == before
    assert embedder.embedded == []


def test_only_what_is_new_is_embedded(home):
    build_index(toy_corpus(12), home, HashEmbedder())
    embedder = HashEmbedder()
    changed = toy_corpus(13).resources[1:]

    build_index(Corpus(resources=changed, digest="changed"), home, embedder)

    assert sorted(embedder.embedded) == sorted(p.to_embed for p in passages_of(toy_resource(12)))
    assert holds(open_index(home, embedder), Corpus(resources=changed, digest="changed"), embedder)


def test_rebuild_embeds_everything_again(home):
    build_index(toy_corpus(), home, HashEmbedder())
    before, embedder = home.store.live().id, HashEmbedder()

    build_index(toy_corpus(), home, embedder, rebuild=True)

    assert home.store.live().id != before
    assert len(embedder.embedded) == 48
    assert holds(open_index(home, embedder), toy_corpus(), embedder)


def test_another_embedder_is_refused_at_opening_and_taken_at_building(home):
    build_index(toy_corpus(), home, HashEmbedder())
    other = HashEmbedder("other", 16)
    with pytest.raises(IndexNotBuilt, match=r"'hash' \(32 dimensions\).*'other' \(16\).*kewen index"):
        open_index(home, other)

    build_index(toy_corpus(), home, other)

    assert holds(open_index(home, other), toy_corpus(), other)


def test_a_model_exchanged_under_the_same_name_is_noticed_by_its_size(home):
    build_index(toy_corpus(), home, HashEmbedder())
    exchanged = HashEmbedder(dimensions=16)

    build_index(toy_corpus(), home, exchanged)

    assert holds(open_index(home, exchanged), toy_corpus(), exchanged)


def test_one_generation_before_is_kept_and_older_ones_go(home):
    embedder, ids = HashEmbedder(), []
    for count in (10, 11, 12, 13):
        build_index(toy_corpus(count), home, embedder)
        ids.append(home.store.live().id)

    assert {one.id: one.state for one in home.store.generations()} == {ids[3]: "live", ids[2]: "retired"}
    assert {path.name for path in (home.data_dir / "lexical").iterdir()} == {ids[2], ids[3]}
    assert len(home.store.collections()) == 4
    assert index_status(home.store).live.id == ids[3]


def test_without_an_index_the_message_says_what_to_run(home):
    with pytest.raises(IndexNotBuilt, match="Run `kewen index`"):
        open_index(home, HashEmbedder())
    assert index_status(home.store).live is None


class Breaks(HashEmbedder):
    """Fails after a number of calls, as a server does that goes away."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.calls = calls

    def embed_passages(self, texts):
        self.calls -= 1
        if self.calls < 0:
            raise EmbeddingFailed("gone")
        return super().embed_passages(texts)


def test_a_build_that_fails_leaves_the_old_generation_and_the_next_one_goes_on(home):
    build_index(toy_corpus(12), home, HashEmbedder())
    broken = Breaks(2)

    with pytest.raises(EmbeddingFailed):
        build_index(toy_corpus(60), home, broken)

    assert index_status(home.store).building == 0
    assert holds(open_index(home, HashEmbedder()), toy_corpus(12), HashEmbedder())
    again = HashEmbedder()
    build_index(toy_corpus(60), home, again)
    assert len(again.embedded) == 240 - 48 - len(set(broken.embedded))
    assert holds(open_index(home, again), toy_corpus(60), again)


def test_a_generation_that_lacks_vectors_does_not_go_live(home):
    class Forgets(HashEmbedder):
        def embed_passages(self, texts):
            with home.store._engine.begin() as db:
                db.execute(text("DELETE FROM index_vectors"))
            return super().embed_passages(texts)

    with pytest.raises(IndexBuildFailed, match="could not be finished"):
        build_index(toy_corpus(60), home, Forgets())

    assert home.store.live() is None


@pytest.mark.parametrize(
    ("records", "complaint"),
    [((), "the corpus is empty"), ((toy_resource(1), toy_resource(1)), "Two passages have the id")],
)
def test_a_corpus_that_cannot_be_indexed_is_refused_before_anything_is_written(home, records, complaint):
    with pytest.raises(IndexBuildFailed, match=complaint):
        build_index(Corpus(resources=records, digest="x"), home, HashEmbedder())

    assert home.store.generations() == []


def test_any_passages_can_be_indexed_in_one_language(home):
    def passages():
        return (p for number in range(90) for p in passages_of(toy_resource(number)) if p.lang == "en")

    embedder = HashEmbedder()
    manifest = build_index(Source(passages, "bench"), home, embedder)

    assert manifest.passages == {"en": 180}
    index = open_index(home, embedder)
    assert index.vectors.languages == ("en",)
    with pytest.raises(KeyError):
        index.vectors.rows("zh")


def test_a_second_writer_is_refused(tmp_path):
    with (
        IndexHome(tmp_path),
        pytest.raises(IndexLocked, match="in use by process"),
        IndexHome(tmp_path),
    ):
        raise AssertionError("two writers")


def test_a_newer_index_is_refused_and_the_lock_is_given_back(tmp_path):
    with IndexHome(tmp_path):
        pass
    engine = create_engine(f"sqlite:///{tmp_path / 'index.db'}")
    with engine.begin() as db:
        db.execute(text("UPDATE index_settings SET value = '99'"))
    for _ in range(2):
        with pytest.raises(IndexNewer, match="newer Kewen"):
            IndexHome(tmp_path)
    engine.dispose()


def test_status_can_be_asked_while_another_has_the_folder(tmp_path):
    with IndexHome(tmp_path) as home:
        build_index(toy_corpus(), home, HashEmbedder())

        with closing(PassageStore(f"sqlite:///{tmp_path / 'index.db'}")) as store:
            assert index_status(store).live.manifest.records == 12


# -- damage: all of it is repaired from the store, without embedding anything ---------------------


def graph(data_dir):
    """The files of one written graph; both languages have one."""
    return next(path.parent for path in sorted((data_dir / "chroma").glob("*/index_metadata.pickle")))


def garble(path):
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = random.Random(7).randbytes(2000)
    path.write_bytes(content)


DAMAGE = {
    "graph garbled (crashes Chroma)": lambda data: garble(graph(data) / "data_level0.bin"),
    "graph cut off": lambda data: (graph(data) / "data_level0.bin").write_bytes(b"\0" * 100),
    "file gone": lambda data: (graph(data) / "link_lists.bin").unlink(),
    "graph gone": lambda data: shutil.rmtree(graph(data)),
    "database garbled": lambda data: (data / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 999),
    "Chroma gone": lambda data: shutil.rmtree(data / "chroma"),
    "lexical index gone": lambda data: shutil.rmtree(data / "lexical"),
    "lexical index emptied": lambda data: [p.write_bytes(b"") for p in (data / "lexical").glob("*/*")],
    "seal garbled": lambda data: (data / "chroma" / "kewen-seal.json").write_bytes(b"\xff{"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_found_at_the_next_start_and_repaired(tmp_path, damage):
    corpus = toy_corpus(60)
    with IndexHome(tmp_path) as home:
        build_index(corpus, home, HashEmbedder())
        generation = home.store.live().id
    damage(tmp_path)
    embedder = HashEmbedder()

    with IndexHome(tmp_path) as home:
        build_index(corpus, home, embedder)
        index = open_index(home, embedder)

        assert index.generation == generation
        assert embedder.embedded == []
        assert holds(index, corpus, embedder)


def test_a_store_that_lost_passages_is_damage(home):
    build_index(toy_corpus(), home, HashEmbedder())
    with home.store._engine.begin() as db:
        db.execute(text("DELETE FROM index_passages WHERE ordinal = 3"))

    with pytest.raises(IndexDamaged, match="kewen index --rebuild"):
        open_index(home, HashEmbedder())

    embedder = HashEmbedder()
    build_index(toy_corpus(), home, embedder)
    assert holds(open_index(home, embedder), toy_corpus(), embedder)
    assert embedder.embedded == []


def test_a_damaged_store_is_built_anew(tmp_path):
    with IndexHome(tmp_path) as home:
        build_index(toy_corpus(), home, HashEmbedder())
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"index.db{suffix}").unlink(missing_ok=True)
    (tmp_path / "index.db").write_bytes(b"no database" * 1000)

    with IndexHome(tmp_path) as home:
        build_index(toy_corpus(), home, HashEmbedder())
        assert holds(open_index(home, HashEmbedder()), toy_corpus(), HashEmbedder())


def test_vectors_survive_bit_for_bit(home):
    embedder = HashEmbedder()
    build_index(toy_corpus(), home, embedder)
    index = open_index(home, embedder)
    passage = next(iter(index.passages()))

    ids, rows = index.vectors.rows(passage.lang)

    np.testing.assert_array_equal(rows[ids.index(passage.id)], embedder.embed_query(passage.to_embed))


@pytest.mark.parametrize("made", ["by us", "before, open to all"])
def test_what_is_built_is_its_owner_s_only(tmp_path, made):
    folder = tmp_path / "data"
    before = os.umask(0)
    try:
        if made != "by us":
            folder.mkdir(0o755)
        with IndexHome(folder) as home:
            build_index(toy_corpus(), home, HashEmbedder())
            written = [path for path in folder.rglob("*") if path.is_file()]
            reached = [path for path in written if _others_may_read(path, tmp_path)]
    finally:
        os.umask(before)

    assert {path.name for path in written} >= {"index.db", "chroma.sqlite3"}
    assert {path.name for path in reached} <= {"lock"}  # a process id
    assert made != "by us" or not reached


def _others_may_read(path, root) -> bool:
    """Whether its own mode lets others read it and those of all folders let them get there."""
    folders = [folder for folder in path.parents if root in folder.parents]
    return bool(path.stat().st_mode & 0o044) and all(folder.stat().st_mode & 0o011 for folder in folders)
