"""A collection runs through our own index; what its records hold decides how."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from evaluation.bench import load_collection, run_collection
from evaluation.errors import EvaluationError
from retrieval.reranking import Reranker
from tests.retrieval.rerank_server import running_reranker
from tests.retrieval.toy import builtin


def write(folder: Path, records: list[dict], queries: list[dict], qrels: list[tuple[str, str]]) -> Path:
    folder.mkdir()
    for name, lines in (("corpus", records), ("queries", queries)):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, "utf-8")
    rows = "".join(f"{query}\t{record}\t1\n" for query, record in qrels)
    (folder / "qrels.tsv").write_text("query_id\tdoc_id\trelevance\n" + rows, "utf-8")
    return folder


def record(id_: str, title: str, text: str, **meta: object) -> dict:
    return {"id": id_, "title": title, "text": text, "meta": meta}


@pytest.fixture
def parallel(tmp_path):
    return write(
        tmp_path / "parallel",
        [
            record("zh-1", "", "极地站每年钻取冰芯。", lang="zh", parallel="1"),
            record("en-1", "", "The polar station drills ice cores every year.", lang="en", parallel="1"),
            record("zh-2", "", "果园里种着苹果和梨。", lang="zh", parallel="2"),
            record("en-2", "", "Apples and pears grow in the orchard.", lang="en", parallel="2"),
        ],
        [
            {"id": "q1", "text": "冰芯是谁钻的？", "lang": "zh"},
            {"id": "q2", "text": "What grows in the orchard?", "lang": "en"},
        ],
        [("q1", "zh-1"), ("q1", "en-1"), ("q2", "zh-2"), ("q2", "en-2")],
    )


def test_a_pool_of_two_languages_is_measured_by_direction(parallel, tmp_path, tmp_path_factory):
    said: list[str] = []
    result = run_collection(parallel, builtin(tmp_path_factory), tmp_path / "work", say=said.append)

    figures = result.runs["all"]
    assert result.queries == {"all": 2}
    assert figures["R@1"] == 0.5
    assert figures["own-language R@10"] == 1
    assert figures["other-language R@10"] == 1
    assert figures["zh→en R@10"] == 1
    assert any("2 of 2 questions" in line for line in said)


def test_what_a_reranker_is_worth_is_measured(parallel, tmp_path, tmp_path_factory):
    embedder = builtin(tmp_path_factory)
    with running_reranker() as server, closing(Reranker(server.base_url, None, "toy")) as reranker:
        server.contrary = True
        told = run_collection(parallel, embedder, tmp_path / "work", reranker=reranker, say=lambda line: None)
    alone = run_collection(parallel, embedder, tmp_path / "work", say=lambda line: None)

    assert len(server.requests) == 2
    assert told.rankings != alone.rankings
    assert told.runs["all"]["MAP"] < alone.runs["all"]["MAP"]


def test_a_record_newer_than_the_question_cannot_be_found(tmp_path, tmp_path_factory):
    folder = write(
        tmp_path / "dated",
        [record("old", "Ice", "Ice cores.", year=2001), record("new", "Ice", "Ice cores anew.", year=2020)],
        [{"id": "q", "text": "I want ice cores anew", "keyphrase": "ice cores", "meta": {"year": 2010}}],
        [("q", "old")],
    )
    result = run_collection(folder, builtin(tmp_path_factory), tmp_path / "work", say=lambda line: None)

    assert list(result.runs) == ["sentence, year rule", "key phrase, year rule", "sentence, whole catalogue"]
    assert result.rankings["sentence, year rule"]["q"] == ["old"]
    assert set(result.rankings["sentence, whole catalogue"]["q"]) == {"old", "new"}


def test_a_smaller_pool_is_taken_where_one_is_named(parallel):
    (parallel / "subset2.txt").write_text("zh-1\nen-1\n")

    assert {passage.record_id for passage in load_collection(parallel).passages} == {"zh-1", "en-1"}
    assert len(load_collection(parallel, whole_pool=True).passages) == 4


def test_a_long_text_becomes_pieces_of_one_record(tmp_path):
    folder = write(tmp_path / "long", [record("r", "T", "Ice cores are kept. " * 300)], [], [])

    passages = load_collection(folder).passages
    assert len(passages) > 1
    assert {(passage.record_id, passage.title) for passage in passages} == {("r", "T")}


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [("corpus.jsonl", "{}\n{broken\n", "line 2"), ("qrels.tsv", "head\nq1 zh-1 1\n", "line 2")],
)
def test_a_fault_names_file_and_line(parallel, file, text, said):
    (parallel / file).write_text(text)

    with pytest.raises(EvaluationError, match=f"{file}, {said}"):
        load_collection(parallel)
