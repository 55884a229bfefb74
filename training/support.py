"""How assistant/judging/support.json was learned: `python -m training.support [--work DIR]`.

Listwise: the score of the candidate statements of a question goes through a softmax, and the weights make
those likely that its evidence names. Five folds by what the examples are about give the figures.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.neural_network import MLPClassifier

from assistant.finding.candidates import Candidates, Finder
from assistant.finding.memory import HELD
from assistant.judging.scoring import KINDS, features
from assistant.judging.small import Small
from assistant.judging.support import Texts, support_features
from assistant.reading.heads import load_heads
from assistant.reading.history import History, PastTurn
from assistant.reading.query import NO_FILTERS, Query
from assistant.reading.reader import Reader
from assistant.reading.talk import TalkReader
from assistant.reading.values import Values
from corpus.loaders import load_corpus, load_vocabulary
from corpus.records import Policy
from corpus.statements import Statement, Words, statements_of
from retrieval.embedding import BuiltInEmbedder
from retrieval.hybrid import HybridRetriever
from retrieval.indexing import IndexHome, build_index, open_index
from retrieval.names import NameIndex
from retrieval.question_encoder import EncoderFile
from retrieval.ranking import Model
from retrieval.records import Filters
from retrieval.statements import StatementVectors
from training.examples import ASKING, LEFT_OUT, Example, Seen, as_typed, asked_by, group_of, messages, read
from training.heads import FOLDS, fold_of, further_parts, kept_heads, of_messages
from training.memory import remembered, without_group

TARGET = Path(__file__).parent.parent / "assistant" / "judging" / "support.json"
_SAME = {
    "province": "place",
    "city": "place",
    "aliases": "alias",
    "notes": "note",
    "identifiers": "identifiers",
}
_OF_DOCUMENT = frozenset({"document", "amendment", "succession", "scope", "note"})
_CANDIDATES = 80
_BARE = 2
"""Of so many questions one is also asked without the memory."""
_EPOCHS, _RATE, _DECAY, _BATCH = 6, 5e-3, 6e-2, 96
_CLIP, _LEAST = 6.0, 0.02
"""Deviations at which a feature is cut, and the least that one deviation is."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """One question: features (n, f) of its candidates and which of them its evidence names."""

    example: Example
    values: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]
    records: npt.NDArray[np.bool_]
    fold: int
    query: Query | None = None
    found: Candidates | None = None
    names: tuple[str, ...] = ()
    bare: bool = False
    """Found without the memory, as in a catalogue that no written question is about."""

    def scores(self, model: Model) -> npt.NDArray[np.float32]:
        """As the assistant scores them."""
        return model.score_rows(self.values) if len(self.values) else np.zeros(0, np.float32)


def is_right(statement: Statement, evidence: Sequence[str]) -> bool:
    for one in evidence:
        record, _, place = one.partition("#")
        if statement.record_id != record:
            continue
        if statement.kind == "resource":
            if _SAME.get(place, place) == statement.field:
                return True
        elif place == "document":
            if statement.field in _OF_DOCUMENT:
                return True
        elif statement.locator == place:
            return True
    return False


class World:
    """The bundled corpus, opened as the assistant opens it."""

    def __init__(self, work: Path) -> None:
        self.corpus = load_corpus()
        self.embedder = BuiltInEmbedder(work / "cache")
        self.home = IndexHome(work)
        vocabulary = load_vocabulary()
        words = Words(vocabulary)
        build_index(self.corpus, self.home, self.embedder)
        index = open_index(self.home, self.embedder)
        passages = list(index.passages())
        told = [one for record in self.corpus for one in statements_of(record, words)]
        vectors = StatementVectors.open(told, self.home.store, self.embedder)
        names = NameIndex(list(self.corpus))
        self.seen = Seen(names, self.embedder, work / "training-vectors.npz")
        # What is learned on top of the encoder and the heads must see them as they judge what is new to them.
        self.finders: list[Finder] = []
        self.bare: list[Finder] = []
        examples = remembered()
        for group in range(LEFT_OUT):
            with (work / f"encoder-without-{group}.npz").open("rb") as file:
                encoder = EncoderFile(file)
            embedder = BuiltInEmbedder(work / "cache", encoder=encoder)
            asked = asked_by(embedder, work / f"asked-without-{group}.npz")
            retriever = HybridRetriever(
                self.embedder, index.vectors, index.lexical, passages, encoder=encoder
            )
            memory = without_group(self.embedder.name, examples, asked)
            asked.keep()
            parts = (
                self.corpus.by_id,
                retriever,
                vectors,
                words,
                asked.vector,
                lambda question, before: None,
            )
            self.finders.append(Finder(*parts, memory))
            self.bare.append(Finder(*parts))
        values = Values(list(self.corpus), vocabulary)
        self.readers = [
            Reader(self.corpus.by_id, names, values, load_heads(path), self.seen.vector, self.embedder.name)
            for path in kept_heads(work)
        ]
        self.talks = [
            TalkReader(
                reader, load_heads(path), self.corpus.by_id, self.seen.vector, own=True, led=self.bare[0].led
            )
            for reader, path in zip(self.readers, kept_heads(work), strict=True)
        ]

    def carried(self, example: Example) -> Query | None:
        """The last turn of a talk read as the assistant reads it there; None where it leans on it otherwise."""
        asked = example.before[-1]
        last = PastTurn(asked, asked, example.lang, "answered", kind=example.kind, shown=example.about)  # type: ignore[arg-type]
        talk = self.talks[fold_of(example)]
        readings = talk.readings(example.q, History((last,)), example.lang, NO_FILTERS)  # type: ignore[arg-type]
        if example.relation in ASKING:
            return next((one.query for one in readings.items if one.subject in example.about), None)
        return next((one.query for one in readings.items if one.relation == example.relation), None)

    def find(self, query: Query, example: Example, *, bare: bool = False) -> Candidates:
        """Questions of the same file were written by one hand: what is near must be another's.

        `bare`: as in a catalogue that the memory knows nothing of.
        """
        finders = self.bare if bare else self.finders
        return finders[group_of(example)].find(query, Filters(), without=example.source)


def judged_of(world: World) -> list[Example]:
    """The written questions and messages that one thing, or nothing, answers."""
    some = [
        one
        for one in read()
        if one.source != "foreign"
        and one.op not in ("list", "count", "compare", "about", "chat")
        and one.relation not in ("chat", "nonsense")
        and group_of(one) < LEFT_OUT
    ]
    policies = frozenset(one.id for one in world.corpus if isinstance(one, Policy))
    cases = of_messages(messages(), policies)
    typed = [
        one
        for one in as_typed(some, (*ASKING, "fact"))
        if (
            len(one.before) == 1 if one.relation == "fact" else one.kind == "resource" and len(one.about) == 1
        )
    ]
    typed += further_parts(messages(), policies)
    return [*some, *typed, *{one.q: one for one in cases}.values()]


def gather(world: World, examples: Sequence[Example]) -> tuple[list[Asked], list[str]]:
    asked: list[Asked] = []
    names: list[str] = []
    for place, one in enumerate(examples):
        typed = bool(one.before) and not one.standalone
        query = world.carried(one) if typed else world.readers[fold_of(one)].read(one.whole, one.lang)  # type: ignore[arg-type]
        if query is None:
            continue
        for bare in (False, True) if place % _BARE == 0 else (False,):
            found = world.find(query, one, bare=bare)
            values = features(query, found)
            names = names or list(values)
            right = np.array([is_right(c.statement, one.evidence) for c in found.items], bool)
            records = np.array([c.statement.record_id in one.about for c in found.items], bool)
            rows = np.stack([values[n] for n in names], 1)
            asked.append(Asked(one, rows, right, records, fold_of(one), query, found, bare=bare))
        if place % 200 == 0:
            print(f"features of {place} of {len(examples)}", flush=True)
    return asked, names


def learn(
    asked: Sequence[Asked],
    names: Sequence[str],
    seed: int = 0,
    *,
    hidden: int = 0,
    epochs: int = _EPOCHS,
    batch: int = _BATCH,
    decay: float = _DECAY,
) -> Model:
    """Adam on the listwise loss over padded candidates; `hidden` units beside the linear part.

    Statements of one catalogue are few and many features describe them: the scorer with hidden units learns
    the examples by heart (blind questions on rules: right article among the first three .70, without .81).
    """
    usable = [one for one in asked if one.right.any() and not one.right.all()]
    whole = np.concatenate([one.values for one in usable])
    mean, spread = np.nanmean(whole, 0), np.maximum(np.nanstd(whole, 0), _LEAST)
    rows, right, there = _padded(usable, names, mean, spread)
    random = np.random.default_rng(seed)
    width = len(names)
    state: dict[str, Any] = {
        "linear": np.zeros(width, np.float32),
        "hidden": random.normal(0, 0.3 / np.sqrt(width), (width, hidden)).astype(np.float32),
        "bias": np.zeros(hidden, np.float32),
        "output": random.normal(0, 0.1, hidden).astype(np.float32),
    }
    first = {key: np.zeros_like(value) for key, value in state.items()}
    second = {key: np.zeros_like(value) for key, value in state.items()}
    step = 0
    for epoch in range(epochs):
        rate = _RATE * 0.5 * (1 + np.cos(np.pi * epoch / epochs))
        for some in np.array_split(random.permutation(len(rows)), max(1, len(rows) // batch)):
            flat = rows[some].reshape(-1, width)
            layer = np.tanh(flat @ state["hidden"] + state["bias"])
            score = (flat @ state["linear"] + layer @ state["output"]).reshape(len(some), -1)
            score = np.where(there[some], score, np.float32(-1e9))
            likely = np.exp(score - score.max(axis=1, keepdims=True))
            likely /= likely.sum(axis=1, keepdims=True)
            target = likely * right[some]
            target /= np.maximum(target.sum(axis=1, keepdims=True), 1e-9)
            pull = ((likely - target) / len(some)).reshape(-1).astype(np.float32)
            back = np.outer(pull, state["output"]) * (1 - layer**2)
            slope = {
                "linear": flat.T @ pull + decay * state["linear"],
                "hidden": flat.T @ back + decay * state["hidden"],
                "bias": back.sum(axis=0),
                "output": layer.T @ pull,
            }
            step += 1
            for key, value in slope.items():
                first[key] = 0.9 * first[key] + 0.1 * value
                second[key] = 0.999 * second[key] + 0.001 * value**2
                moved = first[key] / (1 - 0.9**step) / (np.sqrt(second[key] / (1 - 0.999**step)) + 1e-8)
                state[key] = (state[key] - rate * moved).astype(np.float32)
    return Model(
        inputs=tuple(names),
        adapter=None,
        mean=mean.astype(np.float32),
        spread=spread.astype(np.float32),
        clip=_CLIP,
        **state,
    )


def _padded(usable: Sequence[Asked], names: Sequence[str], mean: Any, spread: Any) -> tuple[Any, Any, Any]:
    """(rows, right, there): the right candidates and those that look best at first sight, standardised."""
    rows = np.zeros((len(usable), _CANDIDATES, len(names)), np.float32)
    right = np.zeros((len(usable), _CANDIDATES), bool)
    there = np.zeros((len(usable), _CANDIDATES), bool)
    for place, one in enumerate(usable):
        kept = np.arange(len(one.values))
        if len(kept) > _CANDIDATES:
            guess = one.values[:, names.index("like")] + one.values[:, names.index("record")]
            guess = guess + 2 * one.values[:, names.index("aspect")] + 100 * one.right
            kept = np.argsort(-guess)[:_CANDIDATES]
        rows[place, : len(kept)] = np.nan_to_num(((one.values[kept] - mean) / spread).clip(-_CLIP, _CLIP))
        right[place, : len(kept)] = one.right[kept]
        there[place, : len(kept)] = True
    return rows, right, there


def _those(asked: Sequence[Asked], scores: Sequence[Any], *, bare: bool) -> tuple[list[Asked], list[Any]]:
    """Questions asked with, or without, the memory, and their scores."""
    kept = [(one, some) for one, some in zip(asked, scores, strict=True) if one.bare == bare]
    return [one for one, _ in kept], [some for _, some in kept]


def figures(asked: Sequence[Asked], scores: Sequence[Any]) -> dict[str, str]:
    """Share of questions whose first, or one of the first two, statements is evidence, by operation."""
    told = {}
    for op in (*KINDS, "all"):
        some = [(one, s) for one, s in zip(asked, scores, strict=True) if op in ("all", one.example.op)]
        some = [(one, s) for one, s in some if one.example.evidence and one.example.held == "yes"]
        if not some:
            continue
        first = np.mean([bool(len(s)) and one.right[np.argsort(-s)[0]] for one, s in some])
        two = np.mean([bool(len(s)) and one.right[np.argsort(-s)[:2]].any() for one, s in some])
        record = np.mean([bool(len(s)) and one.records[np.argsort(-s)[0]] for one, s in some])
        there = np.mean([one.right.any() for one, _ in some])
        told[op] = f"n {len(some)} first {first:.3f} two {two:.3f} record {record:.3f} reachable {there:.3f}"
    return told


def gather_checks(
    world: World, asked: Sequence[Asked], models: dict[int, Model]
) -> tuple[npt.NDArray[np.float32], list[str], list[Example]]:
    """One row of features a question, scored by a model that has not seen its fold."""
    texts = Texts(world.corpus.by_id)
    rows: list[list[float]] = []
    names: list[str] = []
    for one in asked:
        assert one.found is not None and one.query is not None
        scores = one.scores(models[one.fold])
        values = support_features(one.query, one.found, scores, world.corpus.by_id, texts)
        names = names or list(values)
        rows.append([values[name] for name in names])
    return np.array(rows, np.float32), names, [one.example for one in asked]


def fit_check(rows: Any, labels: Sequence[str], names: Sequence[str], known: Sequence[str] = HELD) -> Small:
    """A hidden layer over standardised features, with a strong ridge."""
    mean, spread = np.nanmean(rows, 0), np.nanstd(rows, 0) + 1e-3
    model = MLPClassifier((24,), alpha=1.0, max_iter=400, random_state=0)
    model.fit(np.nan_to_num(((rows - mean) / spread).clip(-6, 6)), list(labels))
    order = [list(model.classes_).index(one) for one in known]
    (hidden, output), (bias, last) = model.coefs_, model.intercepts_
    return Small.from_layers(known, names, mean, spread, (hidden, bias, output[:, order], last[order]))


def check_figures(
    rows: Any, names: Sequence[str], examples: Sequence[Example], bare: npt.NDArray[np.bool_]
) -> dict[str, str]:
    """By label and in all, of questions with a memory; `bare` are those without, told apart."""
    labels = [one.held for one in examples]
    folds = np.array([fold_of(one) for one in examples])
    said: list[str] = [""] * len(examples)
    for fold in range(FOLDS):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        check = fit_check(rows[train], [labels[i] for i in train], names)
        for i in test:
            chances = check.chances(dict(zip(names, rows[i], strict=True)))
            said[i] = max(HELD, key=lambda one: chances[one])
    absent = np.array([one != "yes" for one in labels])
    abstained = np.array([one != "yes" for one in said])
    told = {
        "abstention": _abstention(absent[~bare], abstained[~bare]),
        "abstention, bare": _abstention(absent[bare], abstained[bare]),
    }
    for name in HELD:
        some = [
            s == name for s, label, out in zip(said, labels, bare, strict=True) if label == name and not out
        ]
        told[name] = f"n {len(some)} right {np.mean(some):.3f}"
    return told


def _abstention(absent: npt.NDArray[np.bool_], abstained: npt.NDArray[np.bool_]) -> str:
    hit = int((absent & abstained).sum())
    precision, recall = hit / max(1, abstained.sum()), hit / max(1, absent.sum())
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"n {len(absent)} precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    world = World(given.work)
    gathered, names = gather(world, judged_of(world))
    world.seen.keep()
    asked = [
        one
        for one in gathered
        if one.example.op in KINDS and one.example.evidence and one.example.held == "yes"
    ]
    scores: list[Any] = [None] * len(asked)
    models: dict[int, Model] = {}
    for fold in range(FOLDS):
        model = models[fold] = learn([one for one in asked if one.fold != fold], names)
        for place, one in enumerate(asked):
            if one.fold == fold:
                scores[place] = one.scores(model)
    for fold, model in models.items():
        (given.work / f"scorer-without-{fold}.json").write_text(json.dumps(model.to_json()), "utf-8")
    told = figures(*_those(asked, scores, bare=False))
    told["all, bare"] = figures(*_those(asked, scores, bare=True))["all"]
    for op, line in told.items():
        print(f"{op}: {line}", flush=True)
    model = learn(asked, names)
    rows, inputs, checked = gather_checks(world, gathered, models)
    judged = check_figures(rows, inputs, checked, np.array([one.bare for one in gathered]))
    for name, line in judged.items():
        print(f"{name}: {line}")
    check = fit_check(rows, [one.held for one in checked], inputs)
    stored = {"figures": told | judged, "scorer": model.to_json(), "check": check.to_json()}
    TARGET.write_text(json.dumps(stored, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
