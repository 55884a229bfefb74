"""How assistant/finding/asked.npz was made: `python -m training.memory [--work DIR]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from assistant.finding.memory import Key, Memory, load_memory, pack
from retrieval.embedding import BuiltInEmbedder
from training.examples import Example, Kept, asked_by, read

TARGET = Path(__file__).parent.parent / "assistant" / "finding" / "asked.npz"
_FIELDS = {"province": "place", "city": "place", "aliases": "alias", "notes": "note"}


def keys_of(example: Example) -> list[Key]:
    """The places that the evidence of an example names, as statements name them."""
    keys = []
    for one in example.evidence:
        record, _, place = one.partition("#")
        keys.append((record, _FIELDS.get(place, place)))
    return keys


def remembered() -> list[Example]:
    """The written questions that are kept: with few places of evidence, or with none because none is held."""
    return [
        one
        for one in read()
        if ((one.evidence and len(one.evidence) <= 6) or one.held != "yes")
        and one.source != "foreign"
        and one.op not in ("list", "count", "compare")
    ]


def arrays_of(embedder: str, examples: Sequence[Example], asked: Kept) -> dict[str, Any]:
    """The memory of these examples as it is stored."""
    return pack(
        embedder,
        np.stack([asked.vector(one.whole) for one in examples]),
        [one.whole for one in examples],
        [keys_of(one) if one.held == "yes" else [] for one in examples],
        [one.source for one in examples],
        [one.held for one in examples],
    )


def without_group(embedder: str, examples: Sequence[Example], asked: Kept) -> Memory:
    """The memory as an encoder sees it that has not seen a third of the files."""
    file = BytesIO()
    np.savez(file, **arrays_of(embedder, examples, asked))
    file.seek(0)
    return load_memory(file)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    embedder = BuiltInEmbedder(given.work / "cache")
    asked = asked_by(embedder, given.work / "asked.npz")
    examples = remembered()
    arrays = arrays_of(embedder.name, examples, asked)
    asked.keep()
    np.savez_compressed(TARGET, **arrays)
    print(f"{TARGET.name}: {len(examples)} questions, {TARGET.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
