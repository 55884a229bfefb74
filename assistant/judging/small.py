"""A small learned classifier: named features, one hidden layer, a probability for each label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.reading.features import Floats

_ARRAYS = ("mean", "spread", "hidden", "bias", "output", "last")


@dataclass(frozen=True)
class Small:
    """Weights as training/ wrote them; features are standardised and cut at six deviations."""

    labels: tuple[str, ...]
    inputs: tuple[str, ...]
    mean: Floats
    spread: Floats
    hidden: Floats
    bias: Floats
    output: Floats
    last: Floats

    def chances(self, values: Mapping[str, float]) -> dict[str, float]:
        """By label; they sum to 1. A value that is NaN is not known, and taken for the mean."""
        row = np.array([values[name] for name in self.inputs], np.float32)
        standard = np.nan_to_num(((row - self.mean) / self.spread).clip(-6, 6))
        layer = np.maximum(standard @ self.hidden + self.bias, 0)
        scores = layer @ self.output + self.last
        powers = np.exp(scores - scores.max())
        return {name: float(one) for name, one in zip(self.labels, powers / powers.sum(), strict=True)}

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads, rounded to what matters."""
        arrays = {name: np.round(getattr(self, name).astype(float), 5).tolist() for name in _ARRAYS}
        return {"labels": list(self.labels), "inputs": list(self.inputs)} | arrays

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Small:
        arrays = {name: np.array(stored[name], np.float32) for name in _ARRAYS}
        return cls(tuple(stored["labels"]), tuple(stored["inputs"]), **arrays)

    @classmethod
    def from_layers(
        cls,
        labels: Sequence[str],
        inputs: Sequence[str],
        mean: Floats,
        spread: Floats,
        layers: Sequence[Floats],
    ) -> Small:
        """From (hidden, bias, output, last) as a trainer has them."""
        arrays = [np.asarray(one, np.float32) for one in (mean, spread, *layers)]
        return cls(tuple(labels), tuple(inputs), *arrays)
