"""How fast the built-in model is here, and how much memory it takes.

python benchmarks/embedding.py [--cache DIR]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from corpus.loaders import load_corpus
from retrieval.embedding import BuiltInEmbedder
from retrieval.passages import passages_of


def resident_mb() -> float:
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cache", type=Path, help="folder that keeps the model between runs")
    cache = options.parse_args().cache
    texts = [one.to_embed for record in load_corpus() for one in passages_of(record)]
    texts.sort(key=len)
    before = resident_mb()
    with tempfile.TemporaryDirectory() as folder:
        embedder = BuiltInEmbedder(cache or Path(folder))
        began = time.perf_counter()
        print(f"{embedder.name}: ready in {time.perf_counter() - began:.1f} s")
        for name, some in (("short", texts[: len(texts) // 2 : 16]), ("long", texts[-200::2])):
            tokens = statistics.mean(embedder.count_tokens(text) for text in some)
            began = time.perf_counter()
            embedder.embed_passages(some)
            rate = len(some) / (time.perf_counter() - began)
            print(f"{name}: {rate:.0f} passages/s at {tokens:.0f} tokens ({len(some)} passages)")
        times = []
        for text in texts[:2000:20]:
            began = time.perf_counter()
            embedder.embed_query(text)
            times.append(1000 * (time.perf_counter() - began))
        times.sort()
        print(f"question: median {times[50]:.1f} ms, 95 % {times[95]:.1f} ms")
        print(f"memory: {resident_mb() - before:.0f} MB on top of {before:.0f} MB")


if __name__ == "__main__":
    main()
