"""How long an index takes to build, to build again, to open and to search, and its memory and size.

    python benchmarks/index_build.py [--copies N] [--cache DIR]

`--copies` multiplies the bundled corpus, each copy under ids of its own and with texts of its own;
`--random` gives random vectors instead of the model's, to measure everything but the model.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from corpus.loaders import load_corpus
from retrieval.embedding import BuiltInEmbedder, Embedder, Vector, unit_rows
from retrieval.indexing import IndexHome, Source, build_index, open_index
from retrieval.passages import passages_of
from retrieval.records import Passage


class RandomEmbedder:
    """Unit rows around a common mean, as text vectors are."""

    name = "random"
    dimensions = 384

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        rows = [self._row(text) for text in texts]
        return unit_rows(np.stack(rows)) if rows else np.zeros((0, 384), np.float32)

    def embed_query(self, text: str) -> Vector:
        row: Vector = self.embed_passages([text])[0]
        return row

    def _row(self, text: str) -> Vector:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        return np.random.default_rng(seed).standard_normal(384).astype(np.float32) + 2


def memory_mb(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(one for one in lines if one.startswith(key)).split()[1]) // 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--copies", type=int, default=1)
    options.add_argument("--cache", type=Path, help="folder that keeps the model between runs")
    options.add_argument("--random", action="store_true")
    given = options.parse_args()
    corpus = load_corpus()

    def passages() -> Iterator[Passage]:
        for copy in range(given.copies):
            for record in corpus:
                for one in passages_of(record):
                    text = f"{one.text} {copy}" if copy else one.text
                    yield replace(one, id=f"{copy}-{one.id}", record_id=f"{copy}-{record.id}", text=text)

    with tempfile.TemporaryDirectory() as folder:
        embedder: Embedder = (
            RandomEmbedder() if given.random else BuiltInEmbedder(given.cache or Path(folder))
        )
        source = Source(passages, f"{corpus.digest} x {given.copies}")
        embedder.embed_query("warm")
        with IndexHome(Path(folder) / "data") as home:
            began = time.perf_counter()
            manifest = build_index(source, home, embedder)
            print(f"build: {time.perf_counter() - began:.1f} s for {manifest.total} passages")
            print(f"memory after building: {memory_mb('VmRSS')} MB, peak {memory_mb('VmHWM')} MB")
        with IndexHome(Path(folder) / "data") as home:
            began = time.perf_counter()
            build_index(source, home, embedder)
            print(f"unchanged: {time.perf_counter() - began:.2f} s")
            began = time.perf_counter()
            index = open_index(home, embedder)
            print(f"open: {time.perf_counter() - began:.2f} s")
            some = [one for number, one in enumerate(index.passages()) if number % 97 == 0][:200]
            queries = [(one, embedder.embed_query(one.text)) for one in some]
            half = frozenset(one.id for number, one in enumerate(index.passages()) if number % 2)
            for name, allowed in (("all", None), ("half of them", half)):
                times = []
                for one, query in queries:
                    began = time.perf_counter()
                    index.vectors.search(query, one.lang, 50, allowed)
                    times.append(1000 * (time.perf_counter() - began))
                print(f"search in {name}: median {statistics.median(times):.1f} ms, most {max(times):.1f} ms")
            print(f"memory: {memory_mb('VmRSS')} MB")
        size = sum(path.stat().st_size for path in (Path(folder) / "data").rglob("*") if path.is_file())
        print(f"disk: {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
