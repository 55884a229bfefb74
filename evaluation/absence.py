"""Is the answer there? A small model over retrieval and coverage features, judged on questions whose
passages people have read.

A folder with items.jsonl (NoMIRACL's shape): `id`, `lang`, `query`, `answerable`, `passages` of
`title` and `text`. Every question is judged by a model that has not seen it (five folds, each language
on its own). The order in which the passages stand is not used: in the published developer half it tells
answerable from unanswerable by itself (AUROC 0.80 zh, 0.89 en of the correlation of place and cosine),
because the two kinds were collected differently.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.errors import EvaluationError
from evaluation.progress import progress
from retrieval.analysis import content_terms
from retrieval.embedding import Embedder

Floats = npt.NDArray[np.float32]

FOLDS = 5
SEEDS = (0, 1, 2)
"""Partitions into folds; figures are their means."""
_FEATURE_RIDGE, _QUESTION_RIDGE = 0.02, 0.001
"""Inverse strength of the penalty (scikit-learn's C) on features and on the question's vector."""
_BATCH = 256

_SENTENCE = re.compile(r"(?<=[。！？!?；])|(?<=[.;]) +|\n")
_KINDS = {
    "date": r"什么时候|何时|哪(一)?年|哪天|几年|几月|时间|年份|\bwhen\b|(what|which) (year|date)|first year",
    "number": r"多少|几(个|人|岁|次|种|米|公里|层|名|位|条)|多(大|高|长|远|深|重|久|快)|人口|面积"
    r"|\bhow (many|much|large|big|tall|long|old|far|high|deep|fast|heavy|often)|population|average|number of"
    r"|temperature|percent",
    "who": r"谁|哪(位|个人)|作者|\bwho\b|whose|name of the (man|person)",
    "where": r"哪里|哪儿|何处|在哪|哪(个)?(国|省|市|州|城|地)|位于|\bwhere\b"
    r"|(which|what) (country|city|state)|located|capital",
    "why": r"为什么|为何|原因|\bwhy\b",
    "what": r"是什么|什么是|定义|\bwhat (is|are|was|were)\b",
    "how": r"怎么|如何|怎样|\bhow (do|did|does|is|are|can|to|was|were)\b",
    "list": r"哪些|有什么|\bwhat (are|were) the\b|\blist\b",
}
_KIND_PATTERNS = {name: re.compile(pattern) for name, pattern in _KINDS.items()}
_HOLDS = {
    "date": re.compile(
        r"\d{3,4}\s*年|\d+月|世纪|\b1\d{3}\b|\b20[0-2]\d\b"
        r"|\b(January|February|March|April|May|June|July|August|September|October|November|December)\b"
    ),
    "number": re.compile(r"\d"),
}


@dataclass(frozen=True)
class AbsenceItem:
    """One question with its passages and people's verdict."""

    id: str
    lang: str
    query: str
    answerable: bool
    passages: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LanguageResult:
    """Cross-validated figures of one language; `scores` are mean log odds over the partitions."""

    answerable: int
    unanswerable: int
    auroc: float
    auroc_features: float
    auroc_cosine: float
    scores: Mapping[str, float]
    truth: Mapping[str, bool]


@dataclass(frozen=True)
class AbsenceResult:
    """Figures by language, `zh` and `en` where the folder has them."""

    name: str
    languages: Mapping[str, LanguageResult]


def is_absence_set(folder: Path) -> bool:
    """Whether a folder holds questions with judged passages."""
    return (folder / "items.jsonl").is_file()


def load_items(folder: Path) -> list[AbsenceItem]:
    """Read items.jsonl. Raises EvaluationError with file and line."""
    found: list[AbsenceItem] = []
    path = folder / "items.jsonl"
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
            passages = tuple((str(p["title"]), str(p["text"])) for p in one["passages"])
            found.append(
                AbsenceItem(
                    str(one["id"]), str(one["lang"]), str(one["query"]), bool(one["answerable"]), passages
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise EvaluationError(f"{folder.name}/items.jsonl, line {number}: {error!r}.") from error
        if not passages:
            raise EvaluationError(f"{folder.name}/items.jsonl, line {number}: no passages.")
    if not found:
        raise EvaluationError(f"{folder.name}/items.jsonl is empty.")
    return found


def run_absence(folder: Path, embedder: Embedder, work_dir: Path) -> AbsenceResult:
    """Judge every question by a model that has not seen it. Vectors are kept in `work_dir`.

    Raises EvaluationError when the folder does not hold such a set or scikit-learn is not installed.
    """
    items = load_items(folder)
    vectors = _Vectors(items, embedder, work_dir, folder.name)
    results: dict[str, LanguageResult] = {}
    for lang in sorted({one.lang for one in items}, reverse=True):
        chosen = [one for one in items if one.lang == lang]
        results[lang] = _judge(chosen, vectors)
    return AbsenceResult(folder.name, results)


def _judge(items: Sequence[AbsenceItem], vectors: _Vectors) -> LanguageResult:
    try:
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import roc_auc_score
        from sklearn.model_selection import StratifiedKFold
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
    except ImportError as error:
        raise EvaluationError("This set needs scikit-learn: install kewen[evaluate].") from error

    corpus = _Corpus(items, vectors)
    told = [corpus.features(one) for one in items]
    features = np.array([list(one.values()) for one in told])
    questions = np.stack([vectors.question(one) for one in items])
    truth = np.array([one.answerable for one in items])
    if min(truth.sum(), (~truth).sum()) < FOLDS:
        raise EvaluationError(
            f"{items[0].lang}: fewer than {FOLDS} questions of one kind; none can be judged."
        )
    total = {"both": np.zeros(len(items)), "features": np.zeros(len(items))}
    areas: dict[str, list[float]] = {"both": [], "features": []}
    for seed in SEEDS:
        odds = {"features": np.zeros(len(items)), "question": np.zeros(len(items))}
        for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(features, truth):
            for name, values, ridge in (
                ("features", features, _FEATURE_RIDGE),
                ("question", questions, _QUESTION_RIDGE),
            ):
                model = make_pipeline(StandardScaler(), LogisticRegression(C=ridge, max_iter=3000))
                model.fit(values[train], truth[train])
                odds[name][test] = model.decision_function(values[test])
        both = (odds["features"] + odds["question"]) / 2
        for name, value in (("both", both), ("features", odds["features"])):
            areas[name].append(float(roc_auc_score(truth, value)))
            total[name] += value / len(SEEDS)
    return LanguageResult(
        answerable=int(truth.sum()),
        unanswerable=int((~truth).sum()),
        auroc=float(np.mean(areas["both"])),
        auroc_features=float(np.mean(areas["features"])),
        auroc_cosine=float(roc_auc_score(truth, [one["cosine_1"] for one in told])),
        scores={one.id: round(float(value), 4) for one, value in zip(items, total["both"], strict=True)},
        truth={one.id: one.answerable for one in items},
    )


def sentences(text: str) -> list[str]:
    """Sentences of Chinese or English text."""
    return [piece.strip() for piece in _SENTENCE.split(text) if piece.strip()]


class _Vectors:
    """Unit vectors of questions, passages and their sentences, made once and kept in a file."""

    def __init__(self, items: Sequence[AbsenceItem], embedder: Embedder, work_dir: Path, name: str) -> None:
        texts = dict.fromkeys(
            text for one in items for title, body in one.passages for text in _texts(title, body, one.lang)
        )
        digest = hashlib.sha256("\0".join([embedder.name, *texts]).encode()).hexdigest()[:16]
        kept = work_dir / f"{name}-{digest}.npz"
        self._row = {text: row for row, text in enumerate(texts)}
        self._embedder = embedder
        if kept.is_file():
            self._vectors = np.load(kept)["vectors"]
        else:
            self._vectors = self._embed(list(texts), name)
            work_dir.mkdir(parents=True, exist_ok=True)
            np.savez_compressed(kept, vectors=self._vectors)
        self._questions: dict[str, Floats] = {}

    def _embed(self, texts: list[str], name: str) -> npt.NDArray[np.float16]:
        vectors = np.zeros((len(texts), self._embedder.dimensions), np.float16)
        by_length = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        with progress(f"{name}: vectors", len(texts)) as step:
            for start in range(0, len(texts), _BATCH):
                rows = by_length[start : start + _BATCH]
                vectors[rows] = self._embedder.embed_passages([texts[row] for row in rows])
                for _ in rows:
                    step("")
        return vectors

    def of(self, texts: Sequence[str]) -> Floats:
        return np.asarray(self._vectors[[self._row[text] for text in texts]], np.float32)

    def question(self, item: AbsenceItem) -> Floats:
        if item.query not in self._questions:
            self._questions[item.query] = self._embedder.embed_query(item.query)
        return self._questions[item.query]


def _texts(title: str, body: str, lang: str) -> list[str]:
    """A passage as a whole, then each sentence under its title."""
    stop = "。" if lang == "zh" else ". "
    return [f"{title}\n{body}", *(f"{title}{stop}{sentence}" for sentence in sentences(body))]


class _Corpus:
    """The passages of one language: term statistics and the calibration of cosines."""

    def __init__(self, items: Sequence[AbsenceItem], vectors: _Vectors) -> None:
        self._vectors = vectors
        self._terms: dict[str, frozenset[str]] = {}
        for one in items:
            for title, body in one.passages:
                self._terms.setdefault(f"{title}\n{body}", frozenset(content_terms(f"{title}\n{body}")))
        self._held = Counter(term for terms in self._terms.values() for term in terms)
        whole = vectors.of(list(self._terms))
        self._mean = whole.mean(axis=0)
        self._centred = whole - self._mean

    def _idf(self, term: str) -> float:
        held = self._held[term]
        return math.log(1 + (len(self._terms) - held + 0.5) / (held + 0.5))

    def features(self, item: AbsenceItem) -> dict[str, float]:
        """Named features of one question: cosines of passages and sentences, coverage, what is asked."""
        question = self._vectors.question(item)
        keys = [f"{title}\n{body}" for title, body in item.passages]
        texts = [_texts(title, body, item.lang) for title, body in item.passages]
        whole = self._vectors.of(keys)
        cosine = whole @ question
        spread = float(np.sqrt(((self._centred @ question) ** 2).mean()))
        dense = (cosine - float(question @ self._mean)) / max(spread, 1e-9)
        by_sentence = [
            self._vectors.of(some[1:]) @ question if len(some) > 1 else cosine[[place]]
            for place, some in enumerate(texts)
        ]
        every = np.sort(np.concatenate(by_sentence))[::-1]
        best = int(np.argmax(dense))
        falling = np.sort(cosine)[::-1]
        calibrated = np.sort(dense)[::-1]
        return {
            "cosine_1": float(falling[0]),
            "cosine_2": float(falling[min(1, len(falling) - 1)]),
            "cosine_3": float(falling[min(2, len(falling) - 1)]),
            "cosine_mean": float(cosine.mean()),
            "cosine_spread": float(cosine.std()),
            "dense_1": float(calibrated[0]),
            "dense_mean": float(dense.mean()),
            "dense_gap": float(calibrated[0] - calibrated[min(2, len(calibrated) - 1)]),
            "dense_range": float(calibrated[0] - calibrated[-1]),
            "sentence_1": float(every[0]),
            "sentence_3": float(every[:3].mean()),
            "sentence_mean": float(np.mean([some.max() for some in by_sentence])),
            "sentence_gap": float(every[0] - every[min(4, len(every) - 1)]),
            "sentence_spread": float(every.std()),
            **self._coverage(item, keys, best, dense),
            **_passages_of_one_title(item, whole, best),
            **_kinds(item, texts, by_sentence, float(every[0]), best),
        }

    def _coverage(
        self, item: AbsenceItem, keys: Sequence[str], best: int, dense: npt.NDArray[Any]
    ) -> dict[str, float]:
        """IDF-weighted shares of the question's terms that passages, sentences and titles hold."""
        terms = list(dict.fromkeys(content_terms(item.query)))
        idf = np.array([self._idf(term) for term in terms]) if terms else np.ones(1)

        def share(held: frozenset[str] | set[str]) -> float:
            return float(sum(w for term, w in zip(terms, idf, strict=False) if term in held) / idf.sum())

        whole = np.array([share(self._terms[key]) for key in keys])
        titles = [set(content_terms(title)) for title, _ in item.passages]
        named = np.array([share(held) for held in titles])
        near = np.array(
            [
                max((share(set(content_terms(s)) | held) for s in sentences(body)), default=share(held))
                for (_, body), held in zip(item.passages, titles, strict=True)
            ]
        )
        return {
            "coverage_1": float(whole.max()),
            "coverage_mean": float(whole.mean()),
            "coverage_best": float(whole[best]),
            "sentence_coverage_1": float(near.max()),
            "sentence_coverage_best": float(near[best]),
            "sentence_coverage_mean": float(near.mean()),
            "title_coverage_1": float(named.max()),
            "title_coverage_mean": float(named.mean()),
            "title_coverage_best": float(named[best]),
            "coverage_together": share(frozenset().union(*(self._terms[key] for key in keys))),
            "coverage_all": float(all(term in self._terms[keys[best]] for term in terms)),
            "sentence_coverage_dense": float((near * dense).max()),
            "coverage_dense": float((whole * dense).max()),
            "title_coverage_dense": float((named * dense).max()),
            "terms": float(len(terms)),
            "characters": float(len(item.query)),
            "rarest": float(idf.max()),
            "rarity": float(idf.mean()),
        }


def _passages_of_one_title(item: AbsenceItem, whole: Floats, best: int) -> dict[str, float]:
    """Whether retrieval settled on one subject."""
    titles = Counter(title for title, _ in item.passages)
    alike = whole @ whole.T
    n = len(item.passages)
    return {
        "titles": len(titles) / n,
        "title_most": max(titles.values()) / n,
        "title_best": titles[item.passages[best][0]] / n,
        "alike": float((alike.sum() - np.trace(alike)) / max(1, n * (n - 1))),
    }


def _kinds(
    item: AbsenceItem, texts: Sequence[Sequence[str]], scores: Sequence[Floats], top: float, best: int
) -> dict[str, float]:
    """What kind of thing is asked for, and how near a sentence is that holds one."""
    asked = {name for name, pattern in _KIND_PATTERNS.items() if pattern.search(item.query.lower())}
    wanted = [pattern for name, pattern in _HOLDS.items() if name in asked]
    held = [
        float(score)
        for some, values in zip(texts, scores, strict=True)
        for text, score in zip(some[1:], values, strict=False)
        if any(pattern.search(text) for pattern in wanted)
    ]
    body = item.passages[best][1]
    return {
        "kind_nearness": max(held) - top if held else 0.0,
        "kind_nowhere": float(bool(wanted) and not held),
        "numbers": 100 * len(_HOLDS["number"].findall(body)) / max(1, len(body)),
        "dates": float(bool(_HOLDS["date"].search(body))),
        "length": float(len(body)),
        **{f"asks_{name}": float(name in asked) for name in _KINDS},
    }
