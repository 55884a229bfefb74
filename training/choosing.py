"""How assistant/rules/choosing.json was learned: `python -m training.choosing [--work DIR]`.

Written messages (training/cases), each with all the places of rules that a complete answer needs and those
that may stand beside, every second one also without the memory, and the last turns of written talks; each is
read by heads that have not seen it. Five folds by what they are about for the figures, which stand in the file.
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
from assistant.finding.candidates import Records
from assistant.reading.talk import TalkReader
from assistant.rules.choosing import CLIP, WHOLE, Choice, key_of
from corpus.records import Policy
from training.examples import LATER, Example, messages, read
from training.heads import FOLDS, fold_of, of_messages
from training.readings import in_talk, opened

TARGET = Path(__file__).parent.parent / "assistant" / "rules" / "choosing.json"
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

    fold: int
    bare: bool
    later: bool
    places: tuple[Place, ...]
    rows: npt.NDArray[np.float32]
    needed: frozenset[Place]
    beside: frozenset[Place]


def gather(
    answerers: Sequence[Answerer], readers: Sequence[Sequence[TalkReader]]
) -> tuple[list[Case], list[str]]:
    """Every message and last turn asked of the first, every second message of the others too."""
    records = answerers[0].records
    policies = frozenset(id_ for id_, one in records.items() if isinstance(one, Policy))
    written: list[tuple[Example, Sequence[str]]] = []
    for message in messages():
        written.append((of_messages([message], policies)[0], message["fine"]))
    written += [(one, ()) for one in read(*LATER) if one.relation not in ("chat", "nonsense", "language")]
    cases: list[Case] = []
    names: list[str] = []
    for number, (one, fine) in enumerate(written):
        needed, beside = _places(one.evidence, records), _places(fine, records)
        for bare, answerer in enumerate(answerers[: 1 if number % BARE or one.before else None]):
            if not needed:
                continue
            readings, history = in_talk(answerer, readers[bare][fold_of(one)], one.q, one.before, one.lang)
            best = answerer.best(readings, one.source)
            places, rows = answerer.place_features(
                best.reading.query, best.found, best.judged, history.last_topical
            )
            if not rows:
                continue
            names = names or list(rows[0])
            matrix = np.array([[row[name] for name in names] for row in rows], np.float32)
            told = tuple(key_of(place, records) for place in places)
            cases.append(Case(fold_of(one), bool(bare), bool(one.before), told, matrix, needed, beside))
        if number % 200 == 0:
            print(f"{number} of {len(written)}", flush=True)
    return cases, names


def _places(told: Sequence[str], records: Records) -> frozenset[Place]:
    """Those of rules."""
    cut = (one.partition("#") for one in told)
    return frozenset(
        (id_, WHOLE if no == "document" else no) for id_, _, no in cut if isinstance(records[id_], Policy)
    )


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
    with opened(given.work) as (answerers, readers):
        cases, names = gather(answerers, readers)
    cases = [one for one in cases if one.needed & set(one.places)]
    folds = np.array([one.fold for one in cases])
    found: list[Any] = [None] * len(cases)
    for fold in range(FOLDS):
        model = learn([one for one, own in zip(cases, folds, strict=True) if own != fold], names)
        for place in np.flatnonzero(folds == fold):
            found[place] = model.chances(cases[place].rows)
    told = {}
    apart = {
        "first": [i for i, one in enumerate(cases) if not (one.bare or one.later)],
        "later": [i for i, one in enumerate(cases) if one.later],
        "bare": [i for i, one in enumerate(cases) if one.bare],
    }
    for name, some in apart.items():
        for sure in (0.08, 0.1, 0.12, 0.15, 0.2, 0.3):
            line = figures([cases[i] for i in some], [found[i] for i in some], sure)
            told[f"{name} {sure}"] = line
            print(name, sure, line, flush=True)
    stored = {"figures": told, "choice": learn(cases, names).to_json()}
    TARGET.write_text(json.dumps(stored, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
