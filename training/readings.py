"""How assistant/judging/readings.json was learned: `python -m training.readings [--work DIR]`.

The earlier turns of each written talk are asked, then its last turn is read in every plausible way; a reading
is right where what is found best for it is the article that the evidence names, or of the resource that it
names, or, without evidence, where it leans on the talk as the writer said. Heads and a talk encoder that have
not seen the talk make the readings; five folds give the figures. Each talk is learned three times: also as if
its wording did not tell how it leans on what was before, which tells less of talks that nobody wrote for this,
and as if the talk encoder led nowhere, which knows less of catalogues that it was not trained on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.answering import Answerer
from assistant.judging.readings import Tried, reading_features
from assistant.reading.heads import load_heads
from assistant.reading.history import History
from assistant.reading.query import NO_FILTERS, SET_OPERATIONS
from assistant.reading.reader import Reader
from assistant.reading.talk import Readings, TalkReader
from corpus.loaders import load_corpus
from retrieval.embedding import BuiltInEmbedder
from retrieval.indexing import IndexHome
from retrieval.names import NameIndex
from retrieval.question_encoder import EncoderFile
from retrieval.ranking import Model
from training.examples import Example, Seen, read
from training.heads import FOLDS, fold_of, kept_heads
from training.support import Asked, is_right, learn
from training.talk import WITHOUT, WITHOUT_FILE
from wiring import open_answerer

TARGET = Path(__file__).parent.parent / "assistant" / "judging" / "readings.json"
HIDDEN, EPOCHS, BATCH, DECAY = 8, 40, 32, 5e-3


def talk_readers(answerer: Answerer, work: Path, seen: Seen, embedder: str) -> list[TalkReader]:
    """Readers of talks, each with heads that have not seen one fold."""
    made = []
    for path in kept_heads(work):
        heads = load_heads(path)
        values, records = answerer.values, answerer.records
        reader = Reader(records, NameIndex(list(records.values())), values, heads, seen.vector, embedder)
        made.append(TalkReader(reader, heads, records, seen.vector, own=True, led=answerer.finder.led))
    return made


@contextmanager
def opened(work: Path) -> Iterator[tuple[list[Answerer], list[list[TalkReader]]]]:
    """The bundled corpus with and without the memory, and of each the readers by fold; the vectors that were
    made are kept at the end."""
    corpus, home, embedder = load_corpus(), IndexHome(work), BuiltInEmbedder(work / "cache")
    seen = Seen(NameIndex(list(corpus)), embedder, work / "training-vectors.npz")
    answerers = [open_answerer(corpus, home, embedder, remember=one) for one in (True, False)]
    yield answerers, [talk_readers(one, work, seen, embedder.name) for one in answerers]
    seen.keep()


def in_talk(
    answerer: Answerer, reader: TalkReader, question: str, before: Sequence[str], language: str = "auto"
) -> tuple[Readings, History]:
    """The readings of a question after others were asked and answered, and what the talk keeps of those."""
    history = History()
    for one in before:
        spoken = answerer.language_of(one, history, "auto")
        history = history.with_turn(answerer.answer(one, history, spoken).turn)
    given = answerer.language_of(question, history, language)
    return reader.readings(question, history, given, NO_FILTERS), history


def gather(answerer: Answerer, readers: Sequence[TalkReader], talks: Sequence[Example]) -> list[Asked]:
    asked = []
    for place, one in enumerate(talks):
        readings, _ = in_talk(answerer, readers[fold_of(one)], one.q, one.before)
        if len(readings.items) < 2:
            continue
        tried = [answerer.tried(reading, one.source) for reading in readings.items]
        values = reading_features(tried, readings, answerer.texts)
        right = np.array([_right(each, one) for each in tried], bool)
        # Two readings may find the same; the one that the writer meant asks the right thing of it.
        meant = right & np.array([each.reading.relation == one.relation for each in tried], bool)
        right = meant if meant.any() else right
        rows = np.stack(list(values.values()), 1)
        asked.append(Asked(one, rows, right, right, fold_of(one), names=tuple(values)))
        if place % 200 == 0:
            print(f"{place} of {len(talks)}", flush=True)
    return asked


def _right(tried: Tried, example: Example) -> bool:
    same = (tried.reading.relation == "alone") == (example.relation == "alone")
    if not example.evidence or example.op in SET_OPERATIONS:
        return same and tried.reading.relation == example.relation
    if tried.best < 0:
        return False
    found = tried.found.items[tried.best].statement
    return found.record_id in example.about if found.kind == "resource" else is_right(found, example.evidence)


def learned(decided: Sequence[Asked], names: Sequence[str]) -> Model:
    """On these talks as they are, as if their wording did not tell how they lean on what was before, and as if
    the talk encoder led nowhere."""
    wording = [place for place, name in enumerate(names) if "prior" in name or name.startswith("is:")]
    led = [place for place, name in enumerate(names) if "_led" in name]
    blurred = []
    for hidden in (wording, led):
        for one in decided:
            values = one.values.copy()
            values[:, hidden] = values[:, hidden].mean(axis=0)
            blurred.append(replace(one, values=values))
    return learn([*decided, *blurred], names, hidden=HIDDEN, epochs=EPOCHS, batch=BATCH, decay=DECAY)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    with (given.work / WITHOUT_FILE).open("rb") as file:
        embedder = BuiltInEmbedder(given.work / "cache", talk=EncoderFile(file))
    corpus = load_corpus()
    seen = Seen(NameIndex(list(corpus)), embedder, given.work / "training-vectors.npz")
    answerer = open_answerer(corpus, IndexHome(given.work), embedder)
    talks = [one for one in read(*WITHOUT) if one.relation not in ("chat", "nonsense", "language")]
    asked = gather(answerer, talk_readers(answerer, given.work, seen, embedder.name), talks)
    seen.keep()
    names = list(asked[0].names)
    decided = [one for one in asked if one.right.any() and not one.right.all()]
    hit = first = 0
    for fold in range(FOLDS):
        model = learned([one for one in decided if one.fold != fold], names)
        for one in decided:
            if one.fold == fold:
                hit += bool(one.right[int(np.argmax(one.scores(model)))])
                first += bool(one.right[int(np.argmax(one.values[:, names.index("prior")]))])
    told = (
        f"{len(asked)} talks, {len(decided)} that hang on the reading: right {hit} "
        f"({hit / len(decided):.3f}), by the wording alone {first} ({first / len(decided):.3f})"
    )
    print(told)
    stored = {"figures": told, "model": learned(decided, names).to_json()}
    TARGET.write_text(json.dumps(stored, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
