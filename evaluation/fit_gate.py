"""Fit assistant/gate.json: `python -m evaluation.fit_gate DATA_DIR SET.jsonl …` (needs the `evaluate` extra).

Each answerable single-turn question that names no record gives one positive, and one negative: the
same question with every expected record taken out of its hits. Unanswerable questions are negatives
that count three times. Five-fold cross-validated figures are printed before the weights are written.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.access import PUBLIC
from assistant.available import asked_of
from assistant.composer import Composer
from assistant.gate import FEATURES, Gate
from assistant.kindred import POOL, search_filters
from assistant.understanding import Understander
from corpus.loaders import load_vocabulary
from retrieval.names import NameIndex
from settings import Settings
from wiring import build_kewen

THRESHOLD = 0.32
REAL_NEGATIVE, MADE_NEGATIVE = 3.0, 0.3
OUT = Path("assistant/gate.json")
_DECIDED_BY_RULE = {"own_case", "stock", "phone", "email", "person", "rating", "schedule", "amount"}


@dataclass
class Sample:
    """Features of one question with its label and weight."""

    values: list[float]
    answerable: bool
    weight: float
    made: bool


def _expected(expect: dict[str, Any]) -> set[str]:
    ids = {*expect.get("cite_any", ()), *expect.get("cite_all", ()), *expect.get("top_resource_any", ())}
    return ids | {pair[0] for pair in expect.get("articles_any", ())}


async def samples(data_dir: Path, sets: list[Path]) -> list[Sample]:
    """All samples of the sets, against the index in the data folder."""
    kewen = build_kewen(Settings(data_dir=data_dir))
    try:
        records = kewen.corpus.by_id
        vocabulary = load_vocabulary()
        understander = Understander(records, NameIndex(list(kewen.corpus)), vocabulary)
        composer, gate = Composer(records, vocabulary), Gate(kewen.corpus)
        found: list[Sample] = []
        for line in (
            line for path in sets for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
        ):
            item = json.loads(line)
            if len(item["turns"]) > 1 or item["kind"] == "smalltalk":
                continue
            reading = understander.read(item["turns"][0])
            decided = set(asked_of(reading.attributes, reading.text)[0])
            if composer.fixed(reading) or reading.named or reading.unknown or reading.references:
                continue
            if reading.intent != "find" or decided & _DECIDED_BY_RULE:
                continue
            hits = await kewen.retriever.search(
                reading.query, k=POOL, filters=search_filters(reading.filters, PUBLIC)
            )
            if len(hits) < 6:
                continue
            answerable = "answered" in item["expect"]["status"]
            values = [gate.features(reading, hits)[name] for name in FEATURES]
            found.append(Sample(values, answerable, 1.0 if answerable else REAL_NEGATIVE, made=False))
            gone = _expected(item["expect"])
            left = [hit for hit in hits if hit.record_id not in gone]
            if answerable and gone and len(left) > 5:
                values = [gate.features(reading, left)[name] for name in FEATURES]
                found.append(Sample(values, answerable=False, weight=MADE_NEGATIVE, made=True))
        return found
    finally:
        kewen.close()


def fit(found: list[Sample]) -> dict[str, float]:
    """Weights on the raw features; prints what cross-validation gives."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    x = np.array([one.values for one in found])
    y = np.array([one.answerable for one in found])
    weight = np.array([one.weight for one in found])
    real = np.array([not one.made for one in found])
    mean, spread = x.mean(0), x.std(0) + 1e-9
    z = (x - mean) / spread
    chance = np.zeros(len(y))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(z, y):
        model = LogisticRegression().fit(z[train], y[train], sample_weight=weight[train])
        chance[test] = model.predict_proba(z[test])[:, 1]
    negative = int((real & ~y).sum())
    print(f"samples {len(y)}, answerable {int(y.sum())}, unanswerable {negative}, made {int((~real).sum())}")
    everything, asked = roc_auc_score(y, chance), roc_auc_score(y[real], chance[real])
    print(f"five-fold AUROC: all {everything:.3f}, without the made ones {asked:.3f}")
    for threshold in (0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        refused = int(((chance < threshold) & y).sum())
        let_through = int(((chance >= threshold) & ~y & real).sum())
        print(
            f"threshold {threshold:.2f}: {refused} of {int(y.sum())} refused, "
            f"{let_through} of {negative} let through"
        )
    model = LogisticRegression().fit(z, y, sample_weight=weight)
    raw = model.coef_[0] / spread
    intercept = float(model.intercept_[0] - (model.coef_[0] * mean / spread).sum())
    weights = {name: round(float(value), 4) for name, value in zip(FEATURES, raw, strict=True)}
    return {**weights, "intercept": round(intercept, 4), "threshold": THRESHOLD}


def main() -> None:
    """Fit on the sets named on the command line and write the weights."""
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    found = asyncio.run(samples(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))
    OUT.write_text(json.dumps(fit(found), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
