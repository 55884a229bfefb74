"""The question encoder: top layers of the built-in model trained on written questions and where they are
answered, so that a question lies near the passages that answer it.

`python -m training.encoder` makes question_encoder.npz: weights in eight bits with one scale per output, and
the matrix that turns the vectors of passages into the encoder's space. Passages keep their own vectors.
`python -m training.talk` makes talk_encoder.npz: the same layers, trained further on questions that were
asked after others, so that a question in its talk lies near what answers it, however little its words say.
`python -m training.statement_encoder` makes statement_encoder.npz: the layers of the question encoder,
trained further so that a question lies near the statements of its record that answer it.
`python -m training.role_encoder` makes role_encoder.npz: layers trained on questions about sets whose
words are marked, and what reads the role of a word and the kind of a question off their vectors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import IO

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

TALK_TURNS = 3
"""Questions before the one that is asked which the talk encoder reads."""
_AFTER = " ¦ "


class EncoderFile:
    """Weights as E5File gives them, for the layers that the encoder has of its own."""

    def __init__(self, file: IO[bytes]) -> None:
        content = file.read()
        self.digest = hashlib.sha256(content).hexdigest()
        file.seek(0)
        with np.load(file) as stored:
            self._arrays = {name: stored[name] for name in stored.files}
        numbers = sorted({int(name[1:].split(".")[0]) for name in self._arrays if name[0] == "l"})
        self.layers = range(numbers[0], numbers[-1] + 1)
        self.turn: Floats = self._arrays.get("turn", np.zeros((0, 0))).astype(np.float32)
        """(d, d): the vector of a passage times this lies in the encoder's space; empty where it has none."""
        self.sharp = float(self._arrays["sharp"]) if "sharp" in self._arrays else 1.0
        """What cosines are multiplied by to be likelihoods, by a softmax over all places."""

    def floats(self, name: str) -> Floats:
        return np.asarray(self._arrays[name], np.float32)

    def weights(self, name: str, columns: int) -> Floats:
        """A weight (outputs, columns)."""
        scales = self._arrays[f"{name}.scale"].astype(np.float32)
        return np.asarray(self._arrays[name].reshape(-1, columns) * scales[:, None], np.float32)


@cache
def question_encoder() -> EncoderFile:
    """The one beside this file."""
    with files("retrieval").joinpath("question_encoder.npz").open("rb") as file:
        return EncoderFile(file)


@cache
def talk_encoder() -> EncoderFile:
    """That of questions in their talk, beside this file."""
    with files("retrieval").joinpath("talk_encoder.npz").open("rb") as file:
        return EncoderFile(file)


@cache
def statement_encoder() -> EncoderFile:
    """That of questions and the statements of one record, beside this file."""
    with files("retrieval").joinpath("statement_encoder.npz").open("rb") as file:
        return EncoderFile(file)


@cache
def role_encoder() -> EncoderFile:
    """That of the roles of words, beside this file; its floats `roles`, `roles.b`, `whole` and `whole.b` are
    weights (d, outputs) and biases over the vectors of tokens and over their mean."""
    with files("retrieval").joinpath("role_encoder.npz").open("rb") as file:
        return EncoderFile(file)


def in_talk(question: str, before: Sequence[str]) -> str:
    """What the talk encoder reads: a question, then what was asked before it, the latest first."""
    return _AFTER.join([question, *reversed(before[-TALK_TURNS:])])


def packed(layers: dict[str, Floats], **more: npt.ArrayLike) -> dict[str, npt.NDArray[np.generic]]:
    """Arrays as they are stored: weights of two dimensions of layers in eight bits, `more` in 16."""
    stored: dict[str, npt.NDArray[np.generic]] = {
        name: np.asarray(value, np.float32 if np.ndim(value) == 0 else np.float16)
        for name, value in more.items()
    }
    for name, value in layers.items():
        if value.ndim == 2:
            scales = np.maximum(np.abs(value).max(axis=1), 1e-12) / 127
            stored[name] = np.rint(value / scales[:, None]).astype(np.int8)
            stored[f"{name}.scale"] = scales.astype(np.float32)
        else:
            stored[name] = value.astype(np.float32)
    return stored
