"""Questions find places across languages, under filters, with the real embedder on a small catalogue."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import numpy as np
import pytest

from retrieval.errors import EmbeddingFailed, IndexDamaged, SearchFailed
from retrieval.hybrid import HybridRetriever
from retrieval.indexing import IndexHome, Source, build_index, open_index
from retrieval.records import Filters, Passage
from retrieval.reranking import Reranker
from tests.retrieval.rerank_server import running_reranker
from tests.retrieval.toy import builtin

TEXTS = {
    "ice": ("极地样品库", "保存南极冰芯和北极海冰样品。", "Polar store", "Keeps ice cores and sea ice."),
    "seed": ("作物种子库", "保存小麦和水稻的种子，可申请。", "Seed bank", "Wheat and rice seeds on request."),
    "beam": ("中子散射装置", "提供中子束线机时。", "Neutron source", "Beam time for materials research."),
    "star": ("天文望远镜", "射电望远镜的观测数据。", "Radio telescope", "Observations by a radio telescope."),
    "cell": ("细胞库", "提供人和动物的细胞系。", "Cell bank", "Cell lines of humans and animals."),
}  # fmt: skip


def texts_of(name: str, **facets: str) -> list[Passage]:
    zh_title, zh, en_title, en = TEXTS[name]
    shared = {"record_id": name, "kind": "resource", "part": "card", **facets}
    return [
        Passage(id=f"{name}:zh", lang="zh", title=zh_title, text=zh, **shared),
        Passage(id=f"{name}:en", lang="en", title=en_title, text=en, **shared),
    ]


PASSAGES = [
    *texts_of("ice", province="上海市"),
    *texts_of("seed", province="北京市"),
    *texts_of("beam"),
    *texts_of("star", visibility="staff"),
    *texts_of("cell"),
    Passage("fish:zh", "fish", "resource", "card", "zh", title="鱼类标本馆", text="馆藏淡水鱼和海水鱼标本。"),
    Passage("seed:q", "seed", "resource", "card", "zh", role="question", text="想培育能在旱地长的庄稼找谁"),
    Passage("old:zh", "old", "policy", "summary", "zh", title="样品管理旧规", text="样品登记的旧规定。",
            status="superseded", effective="2001-05-01", expires="2018-03-16"),
    Passage("new:zh", "new", "policy", "summary", "zh", title="样品管理新规", text="样品登记的新规定。",
            status="in_force", effective="2018-03-17"),
]  # fmt: skip


@pytest.fixture(scope="module")
def embedder(tmp_path_factory):
    return builtin(tmp_path_factory)


@pytest.fixture(scope="module")
def index(embedder, tmp_path_factory):
    with IndexHome(tmp_path_factory.mktemp("hybrid")) as home:
        build_index(Source(lambda: PASSAGES, "toy"), home, embedder)
        yield open_index(home, embedder)


@pytest.fixture(scope="module")
def retriever(embedder, index):
    """Of what everyone sees."""
    seen = index.seen_by(frozenset({"public"}))
    return HybridRetriever(embedder, seen.vectors, seen.lexical, seen.passages)


@pytest.fixture(scope="module")
def whole(embedder, index):
    return HybridRetriever(embedder, index.vectors, index.lexical, index.passages())


@pytest.mark.parametrize(
    ("question", "record"),
    [
        ("南极冰芯在哪里？", "ice"),
        ("南極冰芯在哪裡？", "ice"),
        ("where are ice cores kept", "ice"),
        ("Do you have specimens of freshwater fish?", "fish"),
        ("neutron scattering beam time", "beam"),
        ("小麦种子", "seed"),
    ],
)
def test_the_right_place_comes_first(retriever, question, record):
    assert retriever.search_sync(question, k=1)[0].record_id == record


def test_the_text_shown_is_in_the_language_of_the_question_where_there_is_one(retriever):
    assert retriever.search_sync("ice cores", k=1)[0].passage.id == "ice:en"
    assert retriever.search_sync("冰芯", k=1)[0].passage.id == "ice:zh"
    assert retriever.search_sync("freshwater fish specimens", k=1)[0].passage.id == "fish:zh"


def test_a_question_lifts_its_place_and_is_never_shown(retriever):
    hit = retriever.search_sync("想培育旱地能长的庄稼，找谁要材料", k=3)[0]

    assert hit.passage.id == "seed:zh"
    assert all(hit.passage.role == "text" for hit in retriever.search_sync("旱地庄稼", k=10))


def test_coverage_is_of_the_places_own_text_in_any_language(retriever):
    lifted = retriever.search_sync("旱地庄稼", k=10)
    both = retriever.search_sync("冰芯 sea", k=1)[0]

    assert next(hit for hit in lifted if hit.record_id == "seed").coverage == 0
    assert both.record_id == "ice"
    assert both.coverage == pytest.approx(1)


def test_places_are_distinct_and_best_first(retriever):
    hits = retriever.search_sync("样品", k=20)

    assert len({(hit.record_id, hit.part) for hit in hits}) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_what_the_asker_may_not_see_is_not_found(retriever, whole):
    question = "射电望远镜的观测数据"

    assert "star" not in {hit.record_id for hit in retriever.search_sync(question, k=20)}
    assert whole.search_sync(question, k=1)[0].record_id == "star"


@pytest.mark.parametrize(
    ("question", "record"),
    [
        ("南极冰芯在哪里？", "ice"),
        ("where are ice cores kept", "ice"),
        ("想培育能在旱地长的庄稼找谁", "seed"),
        ("who lends out cell lines", "cell"),
    ],
)
def test_the_question_encoder_finds_places_too(retriever, embedder, question, record):
    nearest = retriever.nearest(embedder.embed_asked(question)[1])

    assert nearest.best(1)[0][:2] == (record, "card")
    assert nearest.of(record) == nearest.of(record, "card") == nearest.best(1)[0][2]


def test_what_the_asker_may_not_see_is_near_to_nothing(retriever, whole, embedder):
    asked = embedder.embed_asked("射电望远镜的观测数据")[1]
    hidden = retriever.nearest(asked)
    seen = whole.nearest(asked)

    assert hidden.of("star") == hidden.of("nothing") == -1
    assert "star" not in {record for record, *_ in hidden.best(50)}
    assert seen.best(1)[0][0] == "star"


@pytest.mark.parametrize(
    ("before", "record"), [("南极冰芯在哪里？", "ice"), ("who lends out cell lines", "cell")]
)
@pytest.mark.parametrize("question", ["怎么申请", "and who may use it?"])
def test_a_question_in_its_talk_leads_to_what_the_talk_is_about(
    retriever, embedder, before, question, record
):
    likely = retriever.likely(embedder.embed_in_talk(question, (before,)))

    assert max(likely, key=lambda one: likely[one])[0] == record
    assert 0.9 < sum(likely.values()) <= 1.001


def test_what_the_asker_may_not_see_is_not_likely(retriever, whole, embedder):
    asked = embedder.embed_in_talk("怎么申请", ("射电望远镜的观测数据",))

    assert "star" in {record for record, _ in whole.likely(asked)}
    assert "star" not in {record for record, _ in retriever.likely(asked)}
    assert retriever.likely(asked, filters=Filters(types=frozenset({"alliance"}))) == {}


def test_filters_apply_before_ranking(retriever):
    only = Filters(provinces=frozenset({"北京市"}))

    assert [hit.record_id for hit in retriever.search_sync("南极冰芯", k=1, filters=only)] == ["seed"]
    assert retriever.search_sync("南极冰芯", filters=Filters(types=frozenset({"alliance"}))) == []


@pytest.mark.parametrize(("day", "found"), [(date(2010, 1, 1), "old"), (date(2020, 1, 1), "new")])
def test_a_day_keeps_the_rules_in_force_then_and_all_resources(retriever, day, found):
    records = [hit.record_id for hit in retriever.search_sync("样品登记", k=20, filters=Filters(as_of=day))]

    assert [record for record in records if record in ("old", "new")] == [found]
    assert "ice" in records


def test_equal_questions_give_equal_answers(retriever):
    first = retriever.search_sync("样品 samples", k=20)

    assert retriever.search_sync("样品 samples", k=20) == first


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_an_empty_question_finds_nothing(retriever, question):
    assert retriever.search_sync(question) == []


@pytest.mark.parametrize(
    "question", ["在哪里？", "😀", "\x00\x07", "'; DROP TABLE passages; --", "冰" * 3000]
)
def test_a_question_without_content_is_answered_by_the_dense_leg(retriever, question):
    assert all(np.isfinite(hit.score) for hit in retriever.search_sync(question))


async def test_searching_does_not_block(retriever):
    hits = await retriever.search("冰芯", k=2)

    assert hits[0].record_id == "ice"
    assert len(hits) == 2


def test_a_failed_embedder_is_a_failed_search(retriever, index):
    class Silent:
        name, dimensions = "silent", 384

        def embed_passages(self, texts):
            raise EmbeddingFailed("no answer")

        def embed_query(self, text):
            raise EmbeddingFailed("no answer")

    silent = HybridRetriever(Silent(), index.vectors, index.lexical, index.passages())

    with pytest.raises(SearchFailed, match="no answer"):
        silent.search_sync("冰芯")


@pytest.mark.parametrize("leg", ["vectors", "lexical"])
def test_a_failed_leg_is_a_failed_search(embedder, index, leg):
    class Broken:
        def __init__(self, whole):
            self._whole = whole

        def __getattr__(self, name):
            if name in ("search", "search_terms"):
                raise RuntimeError("disk gone")
            return getattr(self._whole, name)

    parts = {"vectors": index.vectors, "lexical": index.lexical}
    parts[leg] = Broken(parts[leg])
    retriever = HybridRetriever(embedder, parts["vectors"], parts["lexical"], index.passages())

    with pytest.raises(SearchFailed, match="disk gone"):
        retriever.search_sync("冰芯")


def test_parts_that_do_not_fit_together_are_refused(embedder, index):
    stranger = Passage("other:zh", "other", "resource", "card", "zh", text="不在索引里")

    with pytest.raises(IndexDamaged, match="other:zh"):
        HybridRetriever(embedder, index.vectors, index.lexical, [*index.passages(), stranger])


def test_a_reranker_moves_the_best_and_where_it_is_away_nothing_moves(embedder, index):
    parts = (embedder, index.vectors, index.lexical, list(index.passages()))
    retriever = HybridRetriever(*parts)
    with running_reranker() as server, closing(Reranker(server.base_url, None, "toy")) as reranker:
        second = HybridRetriever(*parts, reranker=reranker)
        alone = retriever.search_sync("样品 samples", k=9)

        server.contrary = True
        moved = second.search_sync("样品 samples", k=9)
        server.trouble = "500"
        away = second.search_sync("样品登记", k=4)

    texts = [hit.passage.to_embed for hit in retriever.search_sync("样品 samples", k=30)]
    assert server.requests[0]["documents"] == texts
    assert [hit.passage.id for hit in moved] != [hit.passage.id for hit in alone]
    assert [hit.score for hit in moved] == [hit.score for hit in alone]
    assert away == retriever.search_sync("样品登记", k=4)
