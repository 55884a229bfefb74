"""How assistant/finding/asked.npz was made: `python -m training.memory [--work DIR]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.finding.memory import Key, pack
from corpus.loaders import load_corpus
from retrieval.embedding import BuiltInEmbedder
from retrieval.names import NameIndex
from training.examples import Example, Seen, read

TARGET = Path(__file__).parent.parent / "assistant" / "finding" / "asked.npz"
_FIELDS = {"province": "place", "city": "place", "aliases": "alias", "notes": "note"}


def keys_of(example: Example) -> list[Key]:
    """The places that the evidence of an example names, as statements name them."""
    keys = []
    for one in example.evidence:
        record, _, place = one.partition("#")
        keys.append((record, _FIELDS.get(place, place)))
    return keys


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    embedder = BuiltInEmbedder(given.work / "cache")
    seen = Seen(NameIndex(list(load_corpus())), embedder, given.work / "training-vectors.npz")
    examples = [
        one
        for one in read()
        if ((one.evidence and len(one.evidence) <= 6) or one.held != "yes")
        and one.source != "foreign"
        and one.op not in ("list", "count", "compare")
    ]
    rows = np.stack([seen.vector(one.whole) for one in examples])
    arrays: dict[str, Any] = pack(
        embedder.name,
        rows,
        [one.whole for one in examples],
        [keys_of(one) if one.held == "yes" else [] for one in examples],
        [one.source for one in examples],
        [one.held for one in examples],
    )
    seen.keep()
    np.savez_compressed(TARGET, **arrays)
    print(f"{TARGET.name}: {len(examples)} questions, {TARGET.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
