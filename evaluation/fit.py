"""How retrieval/weights.json was learned: `python -m evaluation.fit BENCH --work DIR [--golden FILE]`.

Listwise: the score of the candidates of a question goes through a softmax, and the weights make the
relevant ones likely; every collection weighs the same, whatever its size. Five folds, questions that
share a judged record in the same fold, give the figures that are written beside the weights; the
weights themselves are learned on all of it. Needs scipy, which the test extra brings.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize  # type: ignore[import-untyped]

from corpus.loaders import load_corpus
from corpus.records import Policy
from evaluation.bench import DEPTH, Collection, load_collection, measure, open_retriever
from evaluation.errors import EvaluationError
from evaluation.metrics import means
from retrieval.embedding import BuiltInEmbedder, Embedder
from retrieval.hybrid import HybridRetriever, Pool
from retrieval.indexing import IndexHome, build_index, open_index
from retrieval.records import Filters

COLLECTIONS = ("stard", "datafinder", "open-data-registry", "xquad-en-zh", "cmrc2018")
WEIGHTS = Path(__file__).parent.parent / "retrieval" / "weights.json"
FOLDS = 5
RIDGE = 1e-3
_LEARN_FROM = 600
"""Questions of one collection that are learned from in one fit; all are measured."""
_CANDIDATES = 120
"""Candidates of one question that are learned from: the relevant ones and the best by first guess."""

Floats = npt.NDArray[np.float64]
IsRight = Callable[[str, str], bool]
"""Whether a candidate, by record id and part, answers the question."""


@dataclass(frozen=True)
class Asked:
    """One question's candidates: places, features (m, f), which are right, and its fold's key."""

    id: str
    places: list[str]
    values: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]
    guess: npt.NDArray[np.float32]
    key: str


@dataclass(frozen=True)
class Lesson:
    """The questions of one collection. `any_right`: one right candidate is as good as all of them."""

    name: str
    asked: list[Asked]
    collection: Collection | None
    any_right: bool = False


def extract(collection: Collection, embedder: Embedder, work: Path, names: list[str]) -> Lesson:
    """Features of every candidate of every question of the headline run."""
    run, questions = next(iter(collection.runs.items()))
    asked: list[Asked] = []
    with open_retriever(collection, embedder, work, _say, weights={}) as retriever:
        for number, question in enumerate(questions, 1):
            # Parallel passages and shared articles must not stand on both sides of a fold.
            key = min(question.relevant).rpartition("-")[2]
            pool = _pool(retriever, embedder, question.text, question.filters)
            one = _asked(pool, question.id, key, names, _in(question.relevant))
            asked.append(one)
            if number % 500 == 0:
                _say(f"{collection.name}, {run}: features of {number} of {len(questions)}")
    return Lesson(collection.name, asked, collection)


def extract_golden(path: Path, embedder: Embedder, work: Path, names: list[str]) -> Lesson:
    """The one-turn questions of a golden set that name the records an answer must cite."""
    asked: list[Asked] = []
    corpus = load_corpus()
    with IndexHome(work / "corpus") as home:
        build_index(corpus, home, embedder)
        index = open_index(home, embedder)
        retriever = HybridRetriever(embedder, index.vectors, index.lexical, index.passages(), weights={})
        for line in path.read_text("utf-8").splitlines():
            item = json.loads(line)
            expect: Mapping[str, Any] = item["expect"]
            records = {*expect.get("cite_any", ()), *expect.get("cite_all", ())}
            articles = set()
            for record, number in expect.get("articles_any", ()):
                policy = corpus.by_id.get(record)
                article = policy.article(number) if isinstance(policy, Policy) else None
                articles |= {(record, article.anchor)} if article else set()
            if len(item["turns"]) > 1 or expect["status"] != ["answered"] or not (records or articles):
                continue

            wanted = _at(articles) if articles else _in(records)
            pool = _pool(retriever, embedder, item["turns"][0], Filters())
            asked.append(_asked(pool, item["id"], item["id"], names, wanted))
    return Lesson("golden", asked, None, any_right=True)


def _in(records: Container[str]) -> IsRight:
    return lambda record, _part: record in records


def _at(places: Container[tuple[str, str]]) -> IsRight:
    return lambda record, part: (record, part) in places


def _pool(retriever: HybridRetriever, embedder: Embedder, text: str, filters: Filters) -> Pool:
    pool = retriever.pool(text, embedder.embed_query(text), filters=filters)
    if pool is None:
        raise EvaluationError(f"Nothing at all was found for {text!r}; is the collection empty?")
    return pool


def _asked(pool: Pool, id_: str, key: str, names: list[str], is_right: IsRight) -> Asked:
    """A pool with what is right in it; the first one gives the names of the features."""
    if not names:
        names.extend(sorted(pool.features))
    places = pool.places()
    values = np.stack([pool.features[name] for name in names], axis=1)
    right = np.array([is_right(record, part) for record, part in places], np.bool_)
    guess = pool.features["dense_rank"] + pool.features["lexical_rank"]
    return Asked(id_, [f"{record}#{part}" for record, part in places], values, right, guess, key)


def learn(lessons: Sequence[Lesson], take: Sequence[npt.NDArray[np.intp]], ridge: float = RIDGE) -> Floats:
    """Weights (f,) from the chosen questions of each lesson."""
    rows: list[npt.NDArray[np.float32]] = []
    sizes: list[int] = []
    targets: list[Floats] = []
    shares: list[float] = []
    free: list[bool] = []
    for lesson, chosen in zip(lessons, take, strict=True):
        usable = [lesson.asked[i] for i in chosen if lesson.asked[i].right.any()]
        usable = usable[:: max(1, len(usable) // _LEARN_FROM)]
        for one in usable:
            kept = _hardest(one)
            rows.append(one.values[kept])
            sizes.append(len(kept))
            targets.append(one.right[kept] / one.right[kept].sum())
            shares.append(1 / len(usable))
            free.append(lesson.any_right)
    matrix = np.concatenate(rows).astype(np.float64)
    spread = matrix.std(axis=0) + 1e-9
    matrix /= spread
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    question = np.repeat(np.arange(len(sizes)), sizes)
    share, target, loose = np.array(shares), np.concatenate(targets), np.array(free)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = matrix @ weights
        scores -= np.maximum.reduceat(scores, starts)[question]
        likely = np.exp(scores)
        likely /= np.add.reduceat(likely, starts)[question]
        on_right = likely * (target > 0)
        mass = np.maximum(np.add.reduceat(on_right, starts), 1e-12)
        log_likely = np.log(np.maximum(likely, 1e-12))
        strict = -np.add.reduceat(target * log_likely, starts)
        value = float((share * np.where(loose, -np.log(mass), strict)).sum() + ridge * weights @ weights)
        wanted = np.where(loose[question], on_right / mass[question], target)
        slope = ((likely - wanted) * share[question]) @ matrix + 2 * ridge * weights
        return value, slope

    found = minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return np.asarray(found.x / spread, np.float64)


def _hardest(one: Asked) -> npt.NDArray[np.intp]:
    """All that is right, the best by the two rankings, and every fourth of the others."""
    if len(one.values) <= _CANDIDATES:
        return np.arange(len(one.values))
    order = np.argsort(-one.guess, kind="stable")
    best, others = order[: _CANDIDATES // 2], order[_CANDIDATES // 2 :: 4]
    return np.unique(np.concatenate([np.flatnonzero(one.right), best, others]))


def cross_validate(
    lessons: Sequence[Lesson], columns: npt.NDArray[np.intp] | None = None, ridge: float = RIDGE
) -> tuple[dict[str, dict[str, float]], Floats]:
    """Measures of each collection, every question ranked by weights that have not seen it, and the
    weights learned on everything."""
    if columns is not None:
        lessons = [
            Lesson(
                lesson.name,
                [replace(one, values=one.values[:, columns]) for one in lesson.asked],
                lesson.collection, lesson.any_right,
            )
            for lesson in lessons
        ]  # fmt: skip
    folds = [_folds(lesson) for lesson in lessons]
    ranked: list[dict[str, list[str]]] = [{} for _ in lessons]
    for fold in range(FOLDS):
        weights = learn(lessons, [np.flatnonzero(of != fold) for of in folds], ridge)
        for lesson, of, rankings in zip(lessons, folds, ranked, strict=True):
            for i in np.flatnonzero(of == fold):
                rankings[lesson.asked[i].id] = rank(lesson.asked[i], weights)
    figures = {
        lesson.name: figures_of(lesson, rankings) for lesson, rankings in zip(lessons, ranked, strict=True)
    }
    return figures, learn(lessons, [np.arange(len(lesson.asked)) for lesson in lessons], ridge)


def rank(one: Asked, weights: Floats) -> list[str]:
    """Places by score."""
    order = np.argsort(-(one.values @ weights), kind="stable")
    return [one.places[i] for i in order[:DEPTH]]


def figures_of(lesson: Lesson, rankings: Mapping[str, list[str]]) -> dict[str, float]:
    """The collection's own measures; of a golden set how often a right place is among the first."""
    if lesson.collection is not None:
        run = next(iter(lesson.collection.runs))
        records = {id_: [place.rpartition("#")[0] for place in ranking] for id_, ranking in rankings.items()}
        return measure(lesson.collection, run, records)
    return means(
        {
            f"hit@{k}": float(any(one.right[one.places.index(id_)] for id_ in rankings[one.id][:k]))
            for k in (1, 3, 5, 10)
        }
        for one in lesson.asked
    )


def _folds(lesson: Lesson) -> npt.NDArray[np.intp]:
    """A fold for each question; equal keys share one."""
    keys = sorted({one.key for one in lesson.asked})
    fold = dict(zip(keys, np.random.default_rng(7).integers(0, FOLDS, len(keys)), strict=True))
    return np.array([fold[one.key] for one in lesson.asked], np.intp)


def main() -> None:
    """Learn, print the figures, and write weights.json."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bench", type=Path, help="folder of the collections")
    parser.add_argument("--work", type=Path, required=True, help="folder for indexes; kept between runs")
    parser.add_argument("--golden", type=Path, help="golden file to learn from as well")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    embedder = BuiltInEmbedder(given.work / "cache")
    names: list[str] = []
    lessons = [
        extract(load_collection(given.bench / name), embedder, given.work, names) for name in COLLECTIONS
    ]
    if given.golden:
        lessons.append(extract_golden(given.golden, embedder, given.work, names))
    figures, weights = cross_validate(lessons)
    for name, values in figures.items():
        print(name, {measure_: round(value, 3) for measure_, value in values.items()})
    learned = {
        "learned_by": "evaluation/fit.py",
        "questions": {lesson.name: len(lesson.asked) for lesson in lessons},
        "cross_validated": {
            name: {key: round(value, 4) for key, value in values.items()} for name, values in figures.items()
        },
        "weights": {name: round(float(value), 5) for name, value in zip(names, weights, strict=True)},
    }
    given.out.write_text(json.dumps(learned, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
