"""The questions of one message: where each begins, learned from written messages.

A message is cut at its marks and joining words; a linear model over the tokens of each piece and of those
around it says whether the piece begins a question, goes on with one, or is what the asker tells beside.
`python -m training.parts` learns parts.npz from training/messages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zlib import crc32

import numpy as np
import numpy.typing as npt

from assistant.reading.features import Floats, runs, tokens

LABELS = ("asks", "goes_on", "tells")
BITS = 14
SURE = 0.6
"""Likelihood from which a piece begins a question of its own."""
AT_MOST = 6
_MARKS = " ，,；;。！!？?、.:：\n"
_CUT = re.compile(
    r"[，,；;。！!？?\n]+|(?<!\d)\.(?=\s|$)|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff①-⑨])|\s+(?=(?:and|also|plus)\b)"
    r"|(?=另外|还有|顺便|以及|[①-⑨])|(?=\b[1-9][.)）、]\s?\D)",
    re.I,
)
_NUMBER = re.compile(r"^\s*(?:[①-⑨]|[(（]?[1-9a-e][.)）、]\s?)")


@dataclass(frozen=True, slots=True)
class Parts:
    """`questions` in order; `told` is what stands before the first and bears on all of them."""

    questions: tuple[str, ...]
    told: str = ""


def pieces(text: str) -> list[tuple[int, int]]:
    """Where the pieces of a message stand; together they are the whole message."""
    cut: list[tuple[int, int]] = []
    at = 0
    for found in _CUT.finditer(text):
        if text[at : found.end()].strip(_MARKS):
            cut.append((at, found.end()))
            at = found.end()
    if text[at:].strip(_MARKS):
        cut.append((at, len(text)))
    elif cut:
        cut[-1] = (cut[-1][0], len(text))
    return cut


def seen(text: str, cut: Sequence[tuple[int, int]], place: int) -> npt.NDArray[np.intp]:
    """Hashed features of one piece among the others."""
    own = tokens(text[slice(*cut[place])])
    before = tokens(text[slice(*cut[place - 1])]) if place else ["^"]
    after = tokens(text[slice(*cut[place + 1])]) if place + 1 < len(cut) else ["$"]
    found = [f"at{min(place, 4)}", f"left{min(len(cut) - place, 4)}", f"long{min(len(own) // 4, 5)}"]
    for name, said, most in (("own", own, 3), ("before", before, 2), ("after", after, 2)):
        framed = ["<", *said, ">"]
        found += [name + "\t".join(run) for run in runs(framed, *range(1, most + 1))]
    return np.array(sorted({crc32(one.encode()) & ((1 << BITS) - 1) for one in found}), np.intp)


@dataclass(frozen=True)
class PartModel:
    """`weights` (2 ** BITS, labels) and `bias` (labels,)."""

    weights: Floats
    bias: Floats

    def chances(self, text: str, cut: Sequence[tuple[int, int]]) -> Floats:
        """Likelihood (pieces, labels)."""
        rows = []
        for place in range(len(cut)):
            hashed = seen(text, cut, place)
            rows.append(self.weights[hashed].sum(axis=0) / np.sqrt(len(hashed)) + self.bias)
        scores = np.array(rows, np.float32)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


@cache
def learned_parts() -> PartModel:
    """The model in parts.npz beside this file."""
    with files("assistant.reading").joinpath("parts.npz").open("rb") as file, np.load(file) as stored:
        return PartModel(stored["weights"].astype(np.float32) * stored["scale"], stored["bias"])


def parts_of(text: str, model: PartModel | None = None) -> Parts:
    """The questions of a message; one that asks once is its own only part.

    What is told between two questions goes with the one after it, at the end with the one before.
    """
    cut = pieces(text)
    if len(cut) < 2:
        return Parts((text,))
    chances = (model or learned_parts()).chances(text, cut)
    begins = [place for place in range(len(cut)) if chances[place, 0] > SURE]
    if len(begins) < 2:
        return Parts((text,))
    begins = begins[:AT_MOST]
    starts = []
    for place in begins:
        first = place
        while first and first - 1 not in begins and chances[first - 1, 2] >= chances[first - 1, 1]:
            first -= 1
        starts.append(first)
    told = text[: cut[begins[0]][0]].strip() if starts[0] < begins[0] else ""
    ends = [*starts[1:], len(cut)]
    questions = []
    for start, begin, end in zip(starts, begins, ends, strict=True):
        asked = _NUMBER.sub("", text[cut[begin][0] : cut[end - 1][1]])
        questions.append((text[cut[start][0] : cut[begin][0]] + asked).strip(" ，,；;、\n"))
    return Parts(tuple(questions), told)
