"""What the index tests share: a fast embedder, the built-in one, passages and records of our own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from corpus.records import Corpus, Lines, Resource, Text
from retrieval.embedding import BuiltInEmbedder


class HashEmbedder:
    """Unit vectors from a text's hash, 32 dimensions; counts what it embeds."""

    def __init__(self, name: str = "hash", dimensions: int = 32) -> None:
        self.name = name
        self.dimensions = dimensions
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.embedded += texts
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> npt.NDArray[np.float32]:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        row = np.random.default_rng(seed).standard_normal(self.dimensions).astype(np.float32)
        return row / np.linalg.norm(row)


def toy_resource(number: int, holdings: str = "样品") -> Resource:
    return Resource(
        id=f"toy-{number}",
        type="specimen",
        name=Text(zh=f"测试库{number}号", en=f"Toy store number {number}"),
        holdings=Text(zh=f"{holdings}{number}", en=f"{holdings} no. {number}"),
        questions=Lines(zh=(f"{number}号在哪里",), en=(f"where is number {number}",)),
    )


def toy_corpus(count: int = 12, digest: str | None = None) -> Corpus:
    """Each record has two text passages and two questions."""
    return Corpus(
        resources=tuple(toy_resource(number) for number in range(count)), digest=digest or f"toy-{count}"
    )


def builtin(tmp_path_factory: pytest.TempPathFactory) -> BuiltInEmbedder:
    """The real model; its graph is built once for all workers of a test run."""
    folder: Path = tmp_path_factory.getbasetemp()
    return BuiltInEmbedder((folder.parent if folder.name.startswith("popen-") else folder) / "embedder")
