"""Written examples: questions with what they want, of what, and where the answer stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.reading.features import Floats, masked
from retrieval.embedding import BuiltInEmbedder
from retrieval.names import NameIndex

DATA, CASES = Path(__file__).parent / "data", Path(__file__).parent / "cases"
GROUPS, LEFT_OUT = 3, 2
"""Thirds of the files; those that an encoder was trained without, on which the rest is learned."""
LATER = ("talks4", "talks5", "talks6", "talks7", "talks8", "talks9", "talks10")
"""Files that no encoder is trained on: they show what the rest makes of what is new to it."""
OF_ONE_RECORD = ("talks7", "talks8", "talks9", "talks10")
"""Files of last turns that mostly stay with their record: they do not tell how often one is left."""
ASKING = ("aspect", "back", "pick")
"""Relations of last turns that say themselves what is asked, if not of what."""
SURE = 0.6
"""Confidence from which a mention counts as a name."""


@dataclass(frozen=True)
class Example:
    """One line of training/data: see its README for the labels. `before` are the turns of the talk so far."""

    q: str
    lang: str
    op: str
    kind: str
    aspects: tuple[str, ...]
    about: tuple[str, ...]
    evidence: tuple[str, ...]
    held: str
    conditions: tuple[dict[str, Any], ...]
    facts: tuple[str, ...]
    before: tuple[str, ...] = ()
    relation: str = ""
    standalone: str = ""
    decisive: dict[str, Any] | None = None
    """Article and number, from 1, of the clause that decides a question of permission."""
    verdict: str | None = None
    source: str = ""

    @property
    def whole(self) -> str:
        """The question written out."""
        return self.standalone or self.q


def read(*names: str) -> list[Example]:
    """The examples of these files of training/data, of all without names."""
    paths = [DATA / f"{name}.jsonl" for name in names] if names else sorted(DATA.glob("*.jsonl"))
    return [example for path in paths for example in _lines(path)]


def _lines(path: Path) -> Iterator[Example]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            given = json.loads(line)
            given |= {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
            yield Example(**given, source=path.stem)


def as_typed(examples: Iterable[Example], relations: Collection[str] = ASKING) -> list[Example]:
    """Last turns of talks as they were typed: short, and without what they are about."""
    return [replace(one, standalone="") for one in examples if one.relation in relations and one.standalone]


def messages() -> list[dict[str, Any]]:
    """The messages of training/cases, in the order of the files: see its README for the keys."""
    paths = sorted(CASES.glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def kinds_of(evidence: Sequence[str], policies: frozenset[str]) -> tuple[str, ...]:
    """What an answer from these places is made of, `policy` and `resource`; of neither without a place."""
    about = (place.partition("#")[0] for place in evidence)
    return tuple(sorted({"policy" if one in policies else "resource" for one in about}))


def usable() -> list[Example]:
    """Questions that name where they are answered, as the question encoder is trained on."""
    return [
        one
        for one in read()
        if one.source not in LATER
        and one.held == "yes"
        and 0 < len(one.evidence) <= 6
        and one.source != "foreign"
        and one.op not in ("list", "count", "compare")
    ]


@cache
def _groups() -> dict[str, int]:
    return {name: place % GROUPS for place, name in enumerate(sorted({one.source for one in usable()}))}


def group_of(example: Example) -> int:
    """The third of the files that an example is in, one hand wrote each file; 0 for what no encoder saw."""
    return _groups().get(example.source, 0)


class Kept:
    """Vectors of texts, each made once and kept beside the run."""

    def __init__(self, make: Callable[[str], Floats], file: Path | None = None) -> None:
        self._make, self._file = make, file
        self._vectors: dict[str, Floats] = {}
        if file and file.is_file():
            with np.load(file) as stored:
                self._vectors = dict(zip(map(str, stored["texts"]), stored["rows"], strict=True))

    def vector(self, text: str) -> Floats:
        if text not in self._vectors:
            self._vectors[text] = self._make(text)
        return self._vectors[text]

    def keep(self) -> None:
        """Write the vectors down for the next run."""
        if self._file and self._vectors:
            np.savez(self._file, texts=np.array([*self._vectors]), rows=np.stack([*self._vectors.values()]))


class Seen(Kept):
    """What the heads see of texts: masked words and vectors."""

    def __init__(self, names: NameIndex, embedder: BuiltInEmbedder, file: Path | None = None) -> None:
        super().__init__(embedder.embed_query, file)
        self._names = names

    @cache  # noqa: B019 - one instance a run
    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where names stand."""
        return tuple(
            sorted({(one.start, one.end) for one in self._names.mentions(text) if one.confidence >= SURE})
        )

    def masked(self, text: str) -> str:
        return masked(text, self.spans(text))


def asked_by(embedder: BuiltInEmbedder, file: Path | None = None) -> Kept:
    """Questions as the question encoder of an embedder gives them."""

    def asked(text: str) -> Floats:
        vector = embedder.embed_asked(text)[1]
        if vector is None:
            raise ValueError("The question encoder needs ONNX Runtime: install onnx and onnxruntime.")
        return vector

    return Kept(asked, file)
