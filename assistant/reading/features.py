"""What the learned heads see of a text: hashed character and word n-grams beside the embedder's vector."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from retrieval.analysis import normalise

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

BITS = 15
NAME = "¤"
"""Stands for a name: what is asked does not hang on whose name it is."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+|\d+|[^\w\s]|_")
_NUMBER = "0"


def masked(text: str, names: Sequence[tuple[int, int]]) -> str:
    """The text with every span of a name replaced by one mark."""
    kept: list[str] = []
    at = 0
    for start, end in sorted(names):
        if start < at:
            continue
        kept += [text[at:start], f" {NAME} "]
        at = end
    return "".join([*kept, text[at:]])


def tokens(text: str) -> list[str]:
    """Chinese characters one by one, words of other scripts, numbers as one mark."""
    return [_NUMBER if one.isdigit() else one for one in _TOKEN.findall(normalise(text))]


def runs(said: Sequence[str], *sizes: int) -> Iterator[Sequence[str]]:
    """Every run of so many tokens."""
    for size in sizes:
        for at in range(len(said) - size + 1):
            yield said[at : at + size]


@lru_cache(maxsize=256)
def grams(text: str) -> Ints:
    """Hashed n-grams, each once: 1 to 4 Chinese characters, 1 to 3 words, with the borders of the text.

    Not to be written to: every model of a question reads the same.
    """
    seen = ["<", *tokens(text), ">"]
    found: set[int] = set()
    for piece in runs(seen, 1, 2, 3, 4):
        if len(piece) == 4 and not all(_HAN.match(one) for one in piece):
            continue
        found.add(crc32("\t".join(piece).encode()) & ((1 << BITS) - 1))
    return np.array(sorted(found), np.intp)


def between(one: Floats, other: Floats) -> Floats:
    """The direction between two questions: the whole one, and what was added last."""
    mean = one + other
    return np.asarray(mean / np.linalg.norm(mean), np.float32)
