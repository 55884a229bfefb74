"""How assistant/judging/absence.json was learned: `python -m training.absence [--work DIR]`.

Written questions about one record or one article, answered there or labelled as not recorded of it: what a
claim says is missing is worded as such a question is. Folds hold whole files, since one hand wrote each. The
likelihoods below which something counts as missing are the highest at which, in the folds, no more of what is
recorded passes than `SHOWN`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from assistant.judging.absence import LABELS
from assistant.judging.small import Small
from assistant.records import Language
from assistant.tools.silence import Silence
from corpus.loaders import load_corpus
from corpus.records import Policy
from retrieval.embedding import BuiltInEmbedder
from retrieval.indexing import IndexHome
from training.examples import Example, read
from wiring import open_answerer

TARGET = Path(__file__).parent.parent / "assistant" / "judging" / "absence.json"
OPERATIONS = ("fact", "steps", "rule", "may", "version")
LONGEST = {"zh": 70, "en": 130}
RECORDED = 2500
FOLDS, RIDGE = 5, 0.05
SHOWN = 0.03

Rows = npt.NDArray[np.float64]


def examples() -> list[Example]:
    """Short questions that one place answers, as many as RECORDED, and all that none does."""
    found = [
        one
        for one in read()
        if one.op in OPERATIONS and one.held in ("yes", "not_recorded") and not one.before
        and len(one.q) < LONGEST["en" if one.lang == "en" else "zh"] and one.about
    ]  # fmt: skip
    held = [one for one in found if one.held == "yes" and one.evidence]
    some = np.random.default_rng(0).permutation(len(held))[:RECORDED]
    return [one for one in found if one.held != "yes"] + [held[at] for at in some]


def places(one: Example, silence: Silence, language: Language) -> Iterator[tuple[str, str]]:
    """Where a claim of the question would point: what answers it, else the record, or its nearest article."""
    if one.held == "yes":
        yield one.evidence[0].partition("#")[0], one.evidence[0].partition("#")[2]
    elif isinstance(silence.record(one.about[0]), Policy):
        yield from silence.nearest_article(one.q, one.about[0], language)
    else:
        yield one.about[0], ""


def fit(rows: Rows, recorded: npt.NDArray[np.bool_], inputs: Sequence[str]) -> Small:
    """A logistic model over standardised features, as a network whose two hidden units are its sum and the
    negative of it."""
    mean, spread = rows.mean(0), rows.std(0) + 1e-3
    standard = ((rows - mean) / spread).clip(-6, 6)
    made = LogisticRegression(C=RIDGE, max_iter=1000, class_weight="balanced").fit(standard, recorded)
    weights, start = made.coef_[0], made.intercept_[0]
    layers = [
        np.stack([weights, -weights], 1), np.zeros(2),
        np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([start, 0.0]),
    ]  # fmt: skip
    return Small.from_layers(LABELS, inputs, mean, spread, layers)


def chances(model: Small, rows: Rows) -> Rows:
    """Of each row, that it is recorded."""
    return np.array([model.chances(dict(zip(model.inputs, row, strict=True)))["recorded"] for row in rows])


def most_of(sure: Rows, recorded: npt.NDArray[np.bool_]) -> float:
    """The highest likelihood below which no more than SHOWN of what is recorded lies."""
    return float(np.quantile(sure[recorded], SHOWN))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    embedder = BuiltInEmbedder(given.work / "cache")
    silence = Silence(open_answerer(load_corpus(), IndexHome(given.work), embedder))
    rows, recorded, files, rules = [], [], [], []
    inputs: list[str] = []
    for one in examples():
        language: Language = "en" if one.lang == "en" else "zh"
        for record_id, part in places(one, silence, language):
            values = silence.features(one.q, language, record_id, part)
            if values is None:
                continue
            inputs = inputs or list(values)
            rows.append([values[name] for name in inputs])
            recorded.append(one.held == "yes")
            files.append(one.source)
            rules.append(bool(values["policy"]))
    matrix, label, of_rules = np.array(rows, float), np.array(recorded), np.array(rules)
    sure = np.zeros(len(label))
    for inside, outside in GroupKFold(FOLDS).split(matrix, label, files):
        sure[outside] = chances(fit(matrix[inside], label[inside], inputs), matrix[outside])
    stored: dict[str, Any] = {"model": fit(matrix, label, inputs).to_json()}
    told = []
    for name, some in (("most", ~of_rules), ("most_of_rules", of_rules)):
        most = most_of(sure[some], label[some])
        stored[name] = round(most, 4)
        missing = (sure[some] < most)[~label[some]].mean()
        told.append(
            f"{name} {most:.2f}: of {(~label[some]).sum()} that are missing {missing:.2f} are told, "
            f"of {label[some].sum()} that are recorded {SHOWN:.2f}"
        )
    stored["figures"] = told
    print("\n".join(told))
    TARGET.write_text(json.dumps(stored, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
