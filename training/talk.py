"""How retrieval/talk_encoder.npz was learned: `python -m training.talk [--work DIR]`.

The layers of the question encoder are trained further on last turns of written talks, each read after what was
asked before it, and on single questions, alone or after one that has nothing to do with them: of all resources
and articles those become likely that the evidence names. What is learned on top must see talks that
the encoder was not trained on: so it is trained once more without some files of them (talk-encoder-without.npz
in DIR). About 20 minutes on two cores; needs jax.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from retrieval.e5_file import E5File, model_path
from retrieval.question_encoder import in_talk, question_encoder
from training.encoder import Questions, Trunk, learn, opened, save
from training.examples import Example, read

TARGET = Path(__file__).parent.parent / "retrieval" / "talk_encoder.npz"
WITHOUT = ("talks3", "talks5", "talks8", "talks10")
"""Files of talks that what stands on the encoder is learned on; one hand wrote each."""
WITHOUT_FILE = "talk-encoder-without.npz"
ALONE, AFTER_ANOTHER = 0.35, 0.25
"""Shares of the single questions that are read alone, and after another one."""


def read_in_talk() -> Iterator[tuple[Example, str]]:
    """What is trained on, with the text that the encoder reads."""
    answered = [
        one
        for one in read()
        if one.held == "yes"
        and 0 < len(one.evidence) <= 6
        and one.source != "foreign"
        and one.op not in ("list", "count", "compare")
        and one.relation not in ("chat", "nonsense")
    ]
    random = np.random.default_rng(0)
    single = [one for one in answered if not one.before]
    for one in answered:
        drawn = random.random()
        if one.before:
            yield one, in_talk(one.q, one.before)
        elif drawn < ALONE:
            yield one, one.q
        elif drawn < ALONE + AFTER_ANOTHER:
            yield one, in_talk(one.q, (single[random.integers(len(single))].q,))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    corpus, passages, vectors = opened(given.work)
    file = E5File(model_path())
    questions = Questions(corpus, passages, Trunk(file), read_in_talk())
    every = list(range(len(questions.examples)))
    print(f"{len(every)} questions", flush=True)
    save(TARGET, learn(questions, every, vectors, file, question_encoder()))
    some = [one for one in every if questions.examples[one].source not in WITHOUT]
    save(given.work / WITHOUT_FILE, learn(questions, some, vectors, file, question_encoder()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
