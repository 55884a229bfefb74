"""Test collections through our own index and retrieval.

A collection is a folder with corpus.jsonl, queries.jsonl and qrels.tsv; subset*.txt names a smaller
pool. What else stands in the records decides which runs there are: `keyphrase` gives a second form of
the questions, `meta.year` the rule that a record newer than the question cannot be right,
`meta.parallel` a pool in two languages, `meta.names_dataset` the questions that do not name the record.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evaluation.errors import EvaluationError
from evaluation.metrics import means, measures, recall_at
from retrieval.analysis import has_han
from retrieval.embedding import Embedder, Vector
from retrieval.hybrid import HybridRetriever
from retrieval.indexing import IndexHome, Progress, Source, build_index, open_index
from retrieval.passages import split_text
from retrieval.ranking import Model
from retrieval.records import Filters, Language, Passage
from retrieval.reranking import Reranker

DEPTH = 200
"""How far down MRR and MAP look."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Question:
    """One question of a run: what is asked, what is right, and what may be found (empty: everything)."""

    id: str
    text: str
    lang: Language
    relevant: tuple[str, ...]
    filters: Filters
    meta: Mapping[str, Any]


@dataclass(frozen=True)
class Collection:
    """A folder, read. `runs` has the questions of each way to ask, headline first."""

    name: str
    pool: str
    passages: tuple[Passage, ...]
    runs: Mapping[str, tuple[Question, ...]]
    languages: Mapping[str, Language]
    parallel: bool


@dataclass(frozen=True)
class BenchResult:
    """Measures by run; `p50_ms` and `p95_ms` are of searching alone, the question already embedded."""

    name: str
    pool: str
    passages: int
    runs: Mapping[str, Mapping[str, float]]
    queries: Mapping[str, int]
    p50_ms: float
    p95_ms: float
    rankings: Mapping[str, Mapping[str, list[str]]] = field(repr=False, default_factory=dict)


def run_collection(
    folder: Path,
    embedder: Embedder,
    work_dir: Path,
    *,
    whole_pool: bool = False,
    model: Model | None = None,
    reranker: Reranker | None = None,
    say: Say | None = None,
) -> BenchResult:
    """Index the collection under `work_dir`, ask every question, and measure.

    Vectors are kept there, so a second run embeds only the questions. `whole_pool` leaves subset*.txt
    aside; `model` None ranks with the learned one;
    `reranker` orders the best anew. Progress goes to `say` (standard error by default).
    Raises EvaluationError when the folder does not hold a collection.
    """
    tell = say or _to_stderr
    collection = load_collection(folder, whole_pool=whole_pool)
    with open_retriever(collection, embedder, work_dir, tell, model, reranker) as retriever:
        vectors: dict[str, Vector] = {}
        rankings: dict[str, dict[str, list[str]]] = {}
        times: list[float] = []
        for run, questions in collection.runs.items():
            rankings[run] = {}
            said = time.monotonic()
            for number, question in enumerate(questions, 1):
                if question.text not in vectors:
                    vectors[question.text] = embedder.embed_query(question.text)
                started = time.perf_counter()
                hits = retriever.search_vector(
                    question.text, vectors[question.text], k=DEPTH, filters=question.filters
                )
                times.append((time.perf_counter() - started) * 1000)
                rankings[run][question.id] = [hit.record_id for hit in hits]
                if number == len(questions) or time.monotonic() - said > 10:
                    said = time.monotonic()
                    tell(f"{collection.name}, {run}: {number} of {len(questions)} questions")
    runs = {run: measure(collection, run, rankings[run]) for run in collection.runs}
    times.sort()
    return BenchResult(
        name=collection.name,
        pool=collection.pool,
        passages=len(collection.passages),
        runs=runs,
        queries={run: len(questions) for run, questions in collection.runs.items()},
        p50_ms=times[len(times) // 2] if times else 0.0,
        p95_ms=times[int(len(times) * 0.95)] if times else 0.0,
        rankings=rankings,
    )


@contextmanager
def open_retriever(
    collection: Collection,
    embedder: Embedder,
    work_dir: Path,
    say: Say,
    model: Model | None = None,
    reranker: Reranker | None = None,
) -> Iterator[HybridRetriever]:
    """Our retriever over the collection, its index built under `work_dir` where it is not there yet."""
    said = [0.0]

    def report(progress: Progress) -> None:
        if progress.done == progress.total or time.monotonic() - said[0] > 10:
            said[0] = time.monotonic()
            say(f"{collection.name}: {progress.stage} {progress.done} of {progress.total}")

    slug = re.sub(r"[^a-z0-9]+", "-", f"{collection.name} {collection.pool}".lower()).strip("-")
    with IndexHome(work_dir / slug) as home:
        build_index(Source(lambda: collection.passages, slug), home, embedder, progress=report)
        index = open_index(home, embedder)
        yield HybridRetriever(
            embedder, index.vectors, index.lexical, index.passages(), model=model, reranker=reranker
        )


def load_collection(folder: Path, *, whole_pool: bool = False) -> Collection:
    """Read a folder. Raises EvaluationError with file and line where it is not a collection."""
    records = _lines(folder / "corpus.jsonl")
    subset = next(iter(sorted(folder.glob("subset*.txt"))), None)
    pool = "whole pool"
    if subset is not None and not whole_pool:
        kept = set(subset.read_text("utf-8").split())
        records = [record for record in records if record["id"] in kept]
        pool = f"{len(records):,} pool"
    passages = tuple(passage for record in records for passage in _passages(record))
    relevant: dict[str, list[str]] = {}
    for number, line in enumerate((folder / "qrels.tsv").read_text("utf-8").splitlines()[1:], 2):
        cells = line.split("\t")
        if len(cells) != 3:
            raise EvaluationError(
                f"{folder.name}/qrels.tsv, line {number}: not three columns: {line[:80]!r}."
            )
        if int(cells[2]) > 0:
            relevant.setdefault(cells[0], []).append(cells[1])
    queries = [query for query in _lines(folder / "queries.jsonl") if query["id"] in relevant]
    runs = _runs(records, queries, relevant)
    languages = {passage.record_id: passage.lang for passage in passages}
    parallel = any("parallel" in record.get("meta", {}) for record in records)
    return Collection(folder.name, pool, passages, runs, languages, parallel)


def _lines(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    number = 0
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                number += 1
                if line.strip():
                    found.append(json.loads(line))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path.parent.name}/{path.name}, line {number}: {error}.") from error
    return found


def _passages(record: Mapping[str, Any]) -> Iterator[Passage]:
    """A record as one place, its text cut as the catalogue's own are."""
    text, title, id_ = str(record["text"]), str(record.get("title", "")), str(record["id"])
    lang: Language = record.get("meta", {}).get("lang") or ("zh" if _mostly_han(title + text) else "en")
    for number, piece in enumerate(split_text(text), 1):
        piece_id = id_ if number == 1 else f"{id_}:{number}"
        yield Passage(
            piece_id, record_id=id_, kind="resource", part="card", lang=lang, title=title, text=piece
        )


def _mostly_han(text: str) -> bool:
    """English texts quote Chinese names; a tenth of the letters makes a text Chinese."""
    letters = [char for char in text if char.isalpha()]
    return sum(map(has_han, letters)) * 10 > len(letters)


def _runs(
    records: list[dict[str, Any]], queries: list[dict[str, Any]], relevant: Mapping[str, list[str]]
) -> dict[str, tuple[Question, ...]]:
    years = {record["id"]: record.get("meta", {}).get("year") for record in records}
    until: dict[int, Filters] = {}

    def allowed(query: Mapping[str, Any]) -> Filters:
        year = query.get("meta", {}).get("year")
        if year is None:
            return Filters()
        if year not in until:
            ids = frozenset(id_ for id_, of in years.items() if of is None or of <= year)
            until[year] = Filters(record_ids=ids)
        return until[year]

    def asked(form: str, *, by_year: bool) -> tuple[Question, ...]:
        found: list[Question] = []
        for query in queries:
            text = str(query.get(form) or query["text"])
            lang: Language = query.get("lang") or ("zh" if has_han(text) else "en")
            filters = allowed(query) if by_year else Filters()
            right = tuple(relevant[query["id"]])
            found.append(Question(query["id"], text, lang, right, filters, query.get("meta", {})))
        return tuple(found)

    dated = any(year is not None for year in years.values()) and any(
        query.get("meta", {}).get("year") is not None for query in queries
    )
    if dated:
        return {
            "sentence, year rule": asked("text", by_year=True),
            "key phrase, year rule": asked("keyphrase", by_year=True),
            "sentence, whole catalogue": asked("text", by_year=False),
        }
    questions = asked("text", by_year=False)
    runs = {"all": questions}
    if any("names_dataset" in question.meta for question in questions):
        runs["title does not name the record"] = tuple(
            question for question in questions if not question.meta.get("names_dataset")
        )
    return runs


def measure(collection: Collection, run: str, rankings: Mapping[str, list[str]]) -> dict[str, float]:
    """Means over the run's questions; in a pool of two languages also R@10 by direction.

    There `own-language R@10` takes only what is relevant in the question's language as right,
    `other-language R@10` only the rest; each is the mean of its two directions.
    """
    questions = collection.runs[run]
    figures = means(measures(rankings[question.id], question.relevant, DEPTH) for question in questions)
    if not collection.parallel:
        return figures
    by_direction: dict[tuple[str, str], list[float]] = {}
    for question in questions:
        for lang in ("zh", "en"):
            right = [id_ for id_ in question.relevant if collection.languages.get(id_) == lang]
            if right:
                found = recall_at(rankings[question.id], right, 10)
                by_direction.setdefault((question.lang, lang), []).append(found)
    directions = {pair: sum(values) / len(values) for pair, values in by_direction.items()}
    for name, same in (("own-language R@10", True), ("other-language R@10", False)):
        chosen = [value for (asked, lang), value in directions.items() if (asked == lang) is same]
        if chosen:
            figures[name] = sum(chosen) / len(chosen)
    figures |= {f"{asked}→{lang} R@10": value for (asked, lang), value in sorted(directions.items())}
    return figures


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
