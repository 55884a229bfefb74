"""How assistant/judging/kinds.json was learned: `python -m training.kinds [--work DIR]`.

Written messages (training/cases) with all places that a complete answer needs, every second one also without
the memory, the questions in them that are of another kind than the whole, and the last turns of written talks,
each read by heads that have not seen it. Five folds by what they are about for the figures, which stand in the
file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.answering import Answerer
from assistant.judging.kinds import MADE_OF, kind_features
from assistant.reading.talk import TalkReader
from corpus.records import Policy
from training.examples import LATER, kinds_of, messages, read
from training.heads import FOLDS, fold_of, of_messages
from training.readings import in_talk, opened
from training.support import fit_check

TARGET = Path(__file__).parent.parent / "assistant" / "judging" / "kinds.json"
BARE = 2
"""Of so many messages one is also asked without the memory."""
NEEDS = ("zh-catalogue", "en-catalogue", "zh-narrative", "en-narrative", "needs", "needs2", "needs3")
OF_NEEDS = 700
"""Questions to the catalogue that are asked besides, of these files."""


@dataclass(frozen=True)
class Asked:
    """A question in its talk, what its answer is made of, and its fold."""

    q: str
    lang: str
    before: tuple[str, ...]
    made_of: str
    fold: int
    source: str | None = None


def asked_of(policies: frozenset[str]) -> Iterator[Asked]:
    """All that is written of messages and last turns that something held answers."""
    for message in messages():
        kinds = kinds_of(message["evidence"], policies)
        if not kinds:
            continue
        fold = fold_of(of_messages([message], policies)[0])
        yield Asked(message["q"], message["lang"], (), _label(kinds), fold)
        for span, places in (part[:2] for part in message["parts"]):
            own = kinds_of(places, policies)
            if own and (own != kinds or len(kinds) > 1) and len(message["parts"]) > 1:
                yield Asked(span, message["lang"], (), _label(own), fold)
    needs = [one for one in read(*NEEDS) if one.op in ("find", "fact", "steps")]
    chosen = np.random.default_rng(0).permutation(len(needs))[:OF_NEEDS]
    for one in [*(needs[place] for place in chosen), *read(*LATER)]:
        kinds = kinds_of(one.evidence, policies)
        if kinds and one.relation not in ("chat", "nonsense", "language"):
            yield Asked(one.q, one.lang, one.before, _label(kinds), fold_of(one), one.source)


def _label(kinds: Sequence[str]) -> str:
    return kinds[0] if len(kinds) == 1 else "both"


def row_of(answerer: Answerer, reader: TalkReader, one: Asked) -> dict[str, float]:
    readings, history = in_talk(answerer, reader, one.q, one.before, one.lang)
    return kind_features(answerer.best(readings, one.source), readings.alone, history.last_topical)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    rows: list[dict[str, float]] = []
    asked: list[Asked] = []
    with opened(given.work) as (answerers, readers):
        records = answerers[0].records.values()
        policies = frozenset(one.id for one in records if isinstance(one, Policy))
        for number, one in enumerate(asked_of(policies)):
            for bare in (False, True) if number % BARE == 0 and not one.before else (False,):
                rows.append(row_of(answerers[bare], readers[bare][one.fold], one))
                asked.append(one)
            if number % 200 == 0:
                print(f"{number} asked", flush=True)
    names = list(rows[0])
    matrix = np.array([[row[name] for name in names] for row in rows], np.float32)
    labels = [one.made_of for one in asked]
    folds = np.array([one.fold for one in asked])
    hit: Counter[tuple[str, str]] = Counter()
    for fold in range(FOLDS):
        train = np.flatnonzero(folds != fold)
        model = fit_check(matrix[train], [labels[i] for i in train], names, MADE_OF)
        for i in np.flatnonzero(folds == fold):
            chances = model.chances(rows[i])
            hit[labels[i], max(MADE_OF, key=lambda kind: chances[kind])] += 1
    told = {
        true: ", ".join(f"{said} {hit[true, said]}" for said in MADE_OF) + f" of {labels.count(true)}"
        for true in MADE_OF
    }
    for true, line in told.items():
        print(f"{true}: said {line}")
    model = fit_check(matrix, labels, names, MADE_OF)
    TARGET.write_text(json.dumps({"figures": told, "model": model.to_json()}, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
