"""The questions of one message: where each begins, learned from written messages.

A message is cut at its marks and joining words; a linear model over the tokens of each piece and of those
around it, and over the vector of the piece where the embedder is the one it was learned with, says whether
the piece begins a question, goes on with one, or is what the asker tells beside. `python -m training.parts`
learns parts.npz from training/messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zlib import crc32

import numpy as np
import numpy.typing as npt

from assistant.reading.features import Floats, runs, tokens

LABELS = ("asks", "goes_on", "tells")
BITS = 14
SURE, SURER = 0.7, 0.9
"""Likelihoods from which a piece begins a question of its own: at first, and where that leaves a question
without an answer."""
AT_MOST = 8
"""Questions of a message that are answered; each costs a search and more."""
Embed = Callable[[str], Floats]
_MARKS = " ，,；;。！!？?、.:：\n"
_CUT = re.compile(
    r"[，,；;。！!？?\n]+|(?<!\d)\.(?=\s(?!\s*\d)|$)|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff①-⑨])|\s+(?=(?:and|also|plus)\b)"
    r"|(?=另外|还有|顺便|以及|[①-⑨])|(?=\b[1-9][.)）、]\s?\D)",
    re.I,
)
_NUMBER = re.compile(r"^\s*(?:[①-⑨]|[(（]?[1-9a-e][.)）、]\s?)")


@dataclass(frozen=True, slots=True)
class Parts:
    """`questions` in order; `told` is what stands before the first and bears on all of them, `left` how many
    more there are than are answered."""

    questions: tuple[str, ...]
    told: str = ""
    left: int = 0


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


def piece_text(text: str, span: tuple[int, int]) -> str:
    """The words of a piece, without the marks around it."""
    return text[slice(*span)].strip(_MARKS)


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
    """`weights` (2 ** BITS, labels) and `bias` (labels,) over tokens alone; `mixed` and `mixed_bias` go with
    `dense` (d, labels) over vectors less their `centre` (d,)."""

    weights: Floats
    bias: Floats
    mixed: Floats
    mixed_bias: Floats
    dense: Floats
    centre: Floats

    def chances(self, text: str, cut: Sequence[tuple[int, int]], embed: Embed | None = None) -> Floats:
        """Likelihood (pieces, labels)."""
        weights, bias = (self.weights, self.bias) if embed is None else (self.mixed, self.mixed_bias)
        rows = []
        for place, span in enumerate(cut):
            hashed = seen(text, cut, place)
            row = weights[hashed].sum(axis=0) / np.sqrt(len(hashed)) + bias
            if embed is not None:
                row = row + (embed(piece_text(text, span)) - self.centre) @ self.dense
            rows.append(row)
        scores = np.array(rows, np.float32)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


@cache
def learned_parts() -> PartModel:
    """The model in parts.npz beside this file."""
    with files("assistant.reading").joinpath("parts.npz").open("rb") as file, np.load(file) as stored:
        return PartModel(
            stored["weights"].astype(np.float32) * stored["scale"],
            stored["bias"],
            stored["mixed"].astype(np.float32) * stored["mixed_scale"],
            stored["mixed_bias"],
            stored["dense"].astype(np.float32),
            stored["centre"],
        )


def parts_of(
    text: str, embed: Embed | None = None, sure: float = SURE, model: PartModel | None = None
) -> Parts:
    """The questions of a message; one that asks once is its own only part.

    `embed` gives the vector of a piece, None where another embedder is set than the model was learned with.
    What is told between two questions goes with the one after it, at the end with the one before. Questions
    beyond AT_MOST, and what stands behind them, are left out.
    """
    cut = pieces(text)
    if len(cut) < 2:
        return Parts((text,))
    chances = (model or learned_parts()).chances(text, cut, embed)
    begins = [place for place in range(len(cut)) if chances[place, 0] > sure]
    if begins and begins[0] and 1 - float(np.prod(1 - chances[: begins[0], 0])) > sure:
        # Something was asked before, though no one piece says so for sure.
        begins.insert(0, int(np.argmax(chances[: begins[0], 0])))
    if len(begins) < 2:
        return Parts((text,))
    starts = []
    for place in begins:
        first = place
        while first and first - 1 not in begins and chances[first - 1, 2] >= chances[first - 1, 1]:
            first -= 1
        starts.append(first)
    told = text[: cut[begins[0]][0]].strip() if starts[0] < begins[0] else ""
    ends = [*starts[1:], len(cut)]
    questions = []
    for start, begin, end in list(zip(starts, begins, ends, strict=True))[:AT_MOST]:
        asked = _NUMBER.sub("", text[cut[begin][0] : cut[end - 1][1]])
        questions.append((text[cut[start][0] : cut[begin][0]] + asked).strip(" ，,；;、\n"))
    return Parts(tuple(questions), told, len(begins) - len(questions))
