"""How assistant/rules/choosing.json was learned: `python -m training.choosing [--work DIR]`.

Written messages about rules (training/cases), each with all the places that a complete answer needs and those
that may stand beside. Nothing else learned from them, so they are asked as any other; every second one also
without the memory. Five folds by message for the figures, which stand in the file.
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
from sklearn.linear_model import LogisticRegression

from assistant.answering import Answerer
from assistant.rules.choosing import CLIP, WHOLE, Choice, key_of
from corpus.loaders import load_corpus
from retrieval.embedding import BuiltInEmbedder
from retrieval.indexing import IndexHome
from wiring import open_answerer

CASES = Path(__file__).parent / "cases"
TARGET = Path(__file__).parent.parent / "assistant" / "rules" / "choosing.json"
FOLDS = 5
MOST = 6
"""Places that an answer shows at most."""
SURE = 0.12
"""Likelihood from which an answer shows a place."""
BESIDE, RIDGE = 0.3, 0.05
"""Weight of a place that may stand beside, as one that is not needed; inverse of the ridge."""
BARE = 2
"""Of so many messages one is also asked without the memory."""

Place = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """One message: its places, features (n, f) of them, which are needed and which may stand beside."""

    number: int
    bare: bool
    places: tuple[Place, ...]
    rows: npt.NDArray[np.float32]
    needed: frozenset[Place]
    beside: frozenset[Place]


def gather(answerers: Sequence[Answerer]) -> tuple[list[Case], list[str]]:
    """Every written message asked of the first, every second one of the others too."""
    lines = [line for path in sorted(CASES.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    cases: list[Case] = []
    names: list[str] = []
    for number, line in enumerate(lines):
        message: dict[str, Any] = json.loads(line)
        needed, beside = (frozenset(map(_place, message[name])) for name in ("evidence", "fine"))
        for answerer in answerers[: 1 if number % BARE else None]:
            query = answerer.read(message["q"], message["lang"])
            places, rows = answerer.place_features(query, *answerer.judge(query))
            if not rows:
                continue
            names = names or list(rows[0])
            matrix = np.array([[row[name] for name in names] for row in rows], np.float32)
            told = tuple(key_of(place, answerer.records) for place in places)
            cases.append(Case(number, answerer is not answerers[0], told, matrix, needed, beside))
    return cases, names


def _place(told: str) -> Place:
    id_, _, no = told.partition("#")
    return id_, WHOLE if no == "document" else no


def learn(cases: Sequence[Case], names: Sequence[str]) -> Choice:
    """Logistic regression with a strong ridge; what may stand beside weighs little as not needed."""
    rows = np.concatenate([one.rows for one in cases])
    needed = np.array([place in one.needed for one in cases for place in one.places])
    weights = [BESIDE if place in one.beside else 1.0 for one in cases for place in one.places]
    mean, spread = rows.mean(0), rows.std(0) + 1e-3
    model = LogisticRegression(C=RIDGE, max_iter=500)
    model.fit(((rows - mean) / spread).clip(-CLIP, CLIP), needed, sample_weight=weights)
    return Choice(tuple(names), mean, spread, model.coef_[0], float(model.intercept_[0]), SURE)


def figures(cases: Sequence[Case], found: Sequence[npt.NDArray[np.float32]], sure: float) -> str:
    """Of the places that are needed, the share shown; messages with all of them; of those shown, the share
    that is needed or may stand beside."""
    told = []
    for one, chance in zip(cases, found, strict=True):
        order = np.argsort(-chance)[:MOST]
        shown = {one.places[i] for n, i in enumerate(order) if not n or chance[i] >= sure}
        right = len(shown & one.needed)
        told.append(
            (
                right / len(one.needed),
                right == len(one.needed),
                len(shown & (one.needed | one.beside)) / len(shown),
                len(shown),
            )
        )
    recall, whole, precision, size = np.mean(told, axis=0)
    return f"n {len(told)} recall {recall:.3f} all {whole:.3f} precision {precision:.3f} shown {size:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    corpus, home, embedder = load_corpus(), IndexHome(given.work), BuiltInEmbedder(given.work / "cache")
    answerers = [open_answerer(corpus, home, embedder, remember=one) for one in (True, False)]
    cases, names = gather(answerers)
    cases = [one for one in cases if one.needed & set(one.places)]
    folds = np.array([one.number % FOLDS for one in cases])
    found: list[Any] = [None] * len(cases)
    for fold in range(FOLDS):
        model = learn([one for one, own in zip(cases, folds, strict=True) if own != fold], names)
        for place in np.flatnonzero(folds == fold):
            found[place] = model.chances(cases[place].rows)
    told = {}
    for bare in (False, True):
        some = [place for place, one in enumerate(cases) if one.bare == bare]
        for sure in (0.08, 0.1, 0.12, 0.15, 0.2, 0.3):
            line = figures([cases[i] for i in some], [found[i] for i in some], sure)
            told[f"{'bare' if bare else 'all'} {sure}"] = line
            print(bare, sure, line, flush=True)
    stored = {"figures": told, "choice": learn(cases, names).to_json()}
    TARGET.write_text(json.dumps(stored, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
