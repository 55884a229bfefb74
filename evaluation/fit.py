"""How retrieval/weights.json was learned: `python -m evaluation.fit BENCH --work DIR [--golden FILE]`.

Listwise: the score of the candidates of a question goes through a softmax, and the weights make the
relevant ones likely; every collection weighs the same, whatever its size. Five folds, questions that
share a judged record in the same fold, give the figures that are written beside the weights; the
weights themselves are learned on all of it. Equal input gives equal weights on one machine.
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

from corpus.loaders import load_corpus
from corpus.records import Policy
from evaluation.bench import DEPTH, Collection, load_collection, measure, open_retriever
from evaluation.errors import EvaluationError
from evaluation.metrics import means
from retrieval.embedding import BuiltInEmbedder, Embedder
from retrieval.hybrid import HybridRetriever, Pool
from retrieval.indexing import IndexHome, build_index, open_index
from retrieval.ranking import ADAPTED_SCALE, Adapter, Model
from retrieval.records import Filters

COLLECTIONS = ("stard", "datafinder", "open-data-registry", "xquad-en-zh", "cmrc2018")
WEIGHTS = Path(__file__).parent.parent / "retrieval" / "weights.json"
FOLDS = 5
SHARES = {"stard": 3.0, "open-data-registry": 5.0, "xquad-en-zh": 0.4, "cmrc2018": 0.4}
"""What a collection counts beside one that counts 1: the two easy ones are there to hold the floor."""
_MEMBERS = 3
_HIDDEN = 8
_EPOCHS = 25
_RATE = 3e-3
_DECAY = 1e-2
_ADAPTER_EPOCHS = 10
_ADAPTER_RATE = 3e-4
_ADAPTER_RIDGE = 0.1
_SPACE = "multilingual-e5-small"
_LEARN_FROM = 600
"""Questions of one collection that are learned from in one fit; all are measured."""
_CANDIDATES = 120
"""Candidates of one question that are learned from: the relevant ones and the best by first guess."""

Floats = npt.NDArray[np.float64]
IsRight = Callable[[str, str], bool]
"""Whether a candidate, by record id and part, answers the question."""


@dataclass(frozen=True)
class Asked:
    """One question's candidates: places, features (m, f), which are right, first guess, the vectors
    that the adapter sees, and its fold's key."""

    id: str
    places: list[str]
    values: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]
    guess: npt.NDArray[np.float32]
    asks: bool
    question: npt.NDArray[np.float32]
    centred: npt.NDArray[np.float16]
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
    with open_retriever(collection, embedder, work, _say, model=None) as retriever:
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
        retriever = HybridRetriever(embedder, index.vectors, index.lexical, index.passages(), model=None)
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
    return Asked(
        id_, [f"{record}#{part}" for record, part in places], values, right, guess,
        pool.asks, pool.question, pool.centred().astype(np.float16), key,
    )  # fmt: skip


def learn(lessons: Sequence[Lesson], take: Sequence[npt.NDArray[np.intp]], names: Sequence[str]) -> Model:
    """The model that the chosen questions of each lesson teach: the mean of a few, differently begun."""
    used: list[tuple[Asked, npt.NDArray[np.intp]]] = []
    rows: list[npt.NDArray[np.float32]] = []
    targets: list[Floats] = []
    shares: list[float] = []
    free: list[bool] = []
    for lesson, chosen in zip(lessons, take, strict=True):
        usable = [lesson.asked[i] for i in chosen if lesson.asked[i].right.any()]
        usable = usable[:: max(1, len(usable) // _LEARN_FROM)]
        for one in usable:
            kept = _hardest(one)
            used.append((one, kept))
            rows.append(one.values[kept])
            targets.append(one.right[kept] / one.right[kept].sum())
            shares.append(SHARES.get(lesson.name, 1.0) / len(usable))
            free.append(lesson.any_right)
    whole = np.concatenate(rows)
    mean, spread = whole.mean(axis=0), whole.std(axis=0) + 1e-6
    questions = _Questions(
        [(some - mean) / spread for some in rows], targets, np.array(shares) / np.mean(shares), np.array(free)
    )
    members = [_descend(questions, seed) for seed in range(_MEMBERS)]
    model = Model(
        inputs=tuple(names),
        adapter=None,
        mean=mean.astype(np.float32),
        spread=spread.astype(np.float32),
        linear=np.mean([one["linear"] for one in members], axis=0).astype(np.float32),
        hidden=np.concatenate([one["hidden"] for one in members], axis=1).astype(np.float32),
        bias=np.concatenate([one["bias"] for one in members]).astype(np.float32),
        output=(np.concatenate([one["output"] for one in members]) / len(members)).astype(np.float32),
    )
    return replace(model, adapter=Adapter(_SPACE, _adapt(model, questions, used)))


def _adapt(
    model: Model, questions: _Questions, used: Sequence[tuple[Asked, npt.NDArray[np.intp]]]
) -> npt.NDArray[np.float32]:
    """The adapter's matrix (d, d): what is added to the scores of the model as it is."""
    random = np.random.default_rng(0)
    side = len(used[0][0].question)
    matrix = np.zeros((side, side), np.float32)
    first, second, steps = np.zeros_like(matrix), np.zeros_like(matrix), 0
    scores = [model.score_rows(one.values[kept]) for one, kept in used]
    asking = np.flatnonzero([one.asks for one, _ in used])
    for epoch in range(_ADAPTER_EPOCHS):
        rate = _ADAPTER_RATE * 0.5 * (1 + np.cos(np.pi * epoch / _ADAPTER_EPOCHS))
        for batch in np.array_split(random.permutation(asking), max(1, len(asking) // 32)):
            asked = np.stack([used[i][0].question for i in batch])
            moved = asked @ matrix
            wanted = np.empty_like(asked)
            for place, i in enumerate(batch):
                one, kept = used[i]
                centred = one.centred[kept].astype(np.float32)
                value = scores[i] + ADAPTED_SCALE * (centred @ moved[place])
                likely = np.exp(value - value.max())
                likely /= likely.sum()
                target = questions.targets[i]
                if questions.free[i]:
                    target = likely * (target > 0) / max(float(likely[target > 0].sum()), 1e-12)
                wanted[place] = ADAPTED_SCALE * questions.shares[i] * ((likely - target) @ centred)
            steps += 1
            slope = asked.T @ wanted / len(batch) + _ADAPTER_RIDGE * matrix
            first = 0.9 * first + 0.1 * slope
            second = 0.999 * second + 0.001 * slope**2
            matrix -= rate * (first / (1 - 0.9**steps)) / (np.sqrt(second / (1 - 0.999**steps)) + 1e-8)
    return np.asarray(matrix, np.float32)


@dataclass(frozen=True)
class _Questions:
    """Standardised candidates and targets of each question, its share of the loss, and whether any
    right candidate will do."""

    rows: list[npt.NDArray[np.float32]]
    targets: list[Floats]
    shares: Floats
    free: npt.NDArray[np.bool_]


def _descend(questions: _Questions, seed: int) -> dict[str, Floats]:
    """Adam on the listwise softmax loss, step falling along a cosine; the seed gives start and order."""
    random = np.random.default_rng(seed)
    width = questions.rows[0].shape[1]
    model: dict[str, Floats] = {
        "linear": np.zeros(width),
        "hidden": random.normal(0, 0.6 / np.sqrt(width), (width, _HIDDEN)),
        "bias": np.zeros(_HIDDEN),
        "output": random.normal(0, 0.01, _HIDDEN),
    }
    first = {name: np.zeros_like(values) for name, values in model.items()}
    second = {name: np.zeros_like(values) for name, values in model.items()}
    steps, count = 0, len(questions.rows)
    for epoch in range(_EPOCHS):
        rate = _RATE * 0.5 * (1 + np.cos(np.pi * epoch / _EPOCHS))
        for batch in np.array_split(random.permutation(count), max(1, count // 64)):
            steps += 1
            for name, slope in _slopes(model, questions, batch).items():
                first[name] = 0.9 * first[name] + 0.1 * slope
                second[name] = 0.999 * second[name] + 0.001 * slope**2
                step = first[name] / (1 - 0.9**steps) / (np.sqrt(second[name] / (1 - 0.999**steps)) + 1e-8)
                model[name] -= rate * (step + _DECAY * model[name])
    return model


def _slopes(
    model: Mapping[str, Floats], questions: _Questions, batch: npt.NDArray[np.intp]
) -> dict[str, Floats]:
    sizes = [len(questions.rows[i]) for i in batch]
    rows = np.concatenate([questions.rows[i] for i in batch])
    target = np.concatenate([questions.targets[i] for i in batch])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    of = np.repeat(np.arange(len(batch)), sizes)
    layer = np.tanh(rows @ model["hidden"] + model["bias"])
    scores = rows @ model["linear"] + layer @ model["output"]
    likely = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
    likely /= np.add.reduceat(likely, starts)[of]
    on_right = likely * (target > 0)
    mass = np.maximum(np.add.reduceat(on_right, starts), 1e-12)
    wanted = np.where(questions.free[batch][of], on_right / mass[of], target)
    slope = (likely - wanted) * questions.shares[batch][of] / len(batch)
    inner = np.outer(slope, model["output"]) * (1 - layer**2)
    return {
        "linear": rows.T @ slope,
        "hidden": rows.T @ inner,
        "bias": inner.sum(axis=0),
        "output": layer.T @ slope,
    }


def _hardest(one: Asked) -> npt.NDArray[np.intp]:
    """All that is right, the best by the two rankings, and every fourth of the others."""
    if len(one.values) <= _CANDIDATES:
        return np.arange(len(one.values))
    order = np.argsort(-one.guess, kind="stable")
    best, others = order[: _CANDIDATES // 2], order[_CANDIDATES // 2 :: 4]
    return np.unique(np.concatenate([np.flatnonzero(one.right), best, others]))


def cross_validate(
    lessons: Sequence[Lesson], names: Sequence[str]
) -> tuple[dict[str, dict[str, float]], Model]:
    """Measures of each collection, every question ranked by a model that has not seen it, and the
    model learned on everything."""
    folds = [_folds(lesson) for lesson in lessons]
    ranked: list[dict[str, list[str]]] = [{} for _ in lessons]
    for fold in range(FOLDS):
        model = learn(lessons, [np.flatnonzero(of != fold) for of in folds], names)
        for lesson, of, rankings in zip(lessons, folds, ranked, strict=True):
            for i in np.flatnonzero(of == fold):
                rankings[lesson.asked[i].id] = rank(lesson.asked[i], model)
        _say(f"fold {fold + 1} of {FOLDS}")
    figures = {
        lesson.name: figures_of(lesson, rankings) for lesson, rankings in zip(lessons, ranked, strict=True)
    }
    return figures, learn(lessons, [np.arange(len(lesson.asked)) for lesson in lessons], names)


def rank(one: Asked, model: Model) -> list[str]:
    """Places by score."""
    scores = model.score_rows(one.values)
    if model.adapter and one.asks:
        scores += model.adapter.score(one.question, one.centred.astype(np.float32))
    order = np.argsort(-scores, kind="stable")
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
    figures, model = cross_validate(lessons, names)
    for name, values in figures.items():
        print(name, {measure_: round(value, 3) for measure_, value in values.items()})
    learned = {
        "learned_by": "evaluation/fit.py",
        "questions": {lesson.name: len(lesson.asked) for lesson in lessons},
        "cross_validated": {
            name: {key: round(value, 4) for key, value in values.items()} for name, values in figures.items()
        },
        "model": model.to_json(),
    }
    given.out.write_text(json.dumps(learned, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
