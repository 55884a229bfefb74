"""How assistant/rules/verdict.json was learned: `python -m training.verdicts [--work DIR]`.

Written questions of permission, each with the clause that decides and the verdict that it carries. The score
sees the clause that search finds first, right or wrong: where another one decides, the label is `none`. The
likelihood from which a headline is given is the lowest at which 96 of 100 headlines of the folds are right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.judging.scoring import score
from assistant.rules.verdict import VERDICTS, standing_of, verdict_features
from corpus.statements import Statement
from retrieval.ranking import Model
from training.examples import LEFT_OUT, Example, group_of, read
from training.heads import FOLDS, fold_of
from training.support import World, fit_check

TARGET = Path(__file__).parent.parent / "assistant" / "rules" / "verdict.json"
RIGHT = 0.96


def label_of(example: Example, clause: Statement) -> str:
    """The verdict that this clause carries for the question."""
    decisive = example.decisive
    if decisive is None or example.verdict in (None, "depends", "none"):
        return "none"
    policy, _, no = str(decisive["article"]).partition("#")
    same = clause.record_id == policy and clause.locator == no and clause.number == decisive["clause"]
    return str(example.verdict) if same else "none"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    world = World(given.work)
    paths = [given.work / f"scorer-without-{fold}.json" for fold in range(FOLDS)]
    models = [Model.from_json(json.loads(path.read_text("utf-8"))) for path in paths]
    examples = [
        one
        for one in read()
        if one.op == "may" and (one.verdict or one.held != "yes") and group_of(one) < LEFT_OUT
    ]
    rows: list[list[float]] = []
    inputs: list[str] = []
    labels: list[str] = []
    known: list[Example] = []
    for one in examples:
        fold = fold_of(one)
        query = world.readers[fold].read(one.whole, one.lang)  # type: ignore[arg-type]
        found = world.find(query, one)
        scores = score(models[fold], query, found)
        places = [i for i, c in enumerate(found.items) if c.statement.field == "article"]
        if not places:
            continue
        place = max(places, key=lambda i: scores[i])
        clause = found.items[place].statement
        if clause.clause is None:
            continue
        standing = standing_of(query, found, scores, place)
        values = verdict_features(query, clause, standing)
        inputs = inputs or list(values)
        rows.append([values[name] for name in inputs])
        labels.append(label_of(one, clause))
        known.append(one)
    matrix = np.array(rows, np.float32)
    folds = np.array([fold_of(one) for one in known])
    said: list[tuple[float, str]] = [(0.0, "none")] * len(known)
    for fold in range(FOLDS):
        train = np.flatnonzero(folds != fold)
        model = fit_check(matrix[train], [labels[i] for i in train], inputs, VERDICTS)
        for i in np.flatnonzero(folds == fold):
            chances = model.chances(dict(zip(inputs, matrix[i], strict=True)))
            best = max(VERDICTS, key=lambda name: chances[name])
            said[i] = (chances[best], best)
    deciding = [one.verdict not in (None, "depends", "none") for one in known]
    told = []
    least = 0.99
    for level in np.arange(0.3, 0.99, 0.02):
        given_ = [i for i, (chance, best) in enumerate(said) if best != "none" and chance >= level]
        right = [i for i in given_ if said[i][1] == known[i].verdict]
        share = len(right) / max(1, len(given_))
        of = sum(deciding[i] for i in right) / max(1, sum(deciding))
        told.append(
            f"least {level:.2f}: headlines {len(given_)} right {share:.3f} of those that decide {of:.3f}"
        )
        if share >= RIGHT and len(given_) >= 20:
            least = min(least, float(level))
    for line in told[::3]:
        print(line)
    print(f"{len(known)} questions, least {least:.2f}")
    model = fit_check(matrix, labels, inputs, VERDICTS)
    stored = {"figures": told, "least": round(least, 2), "verdict": model.to_json()}
    TARGET.write_text(json.dumps(stored, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
