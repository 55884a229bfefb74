"""Checksums of embedded Chroma's graph files: a garbled one would take the process down with it.

Chroma finds most damage itself, but random bytes in `data_level0.bin` end in a segmentation fault
(chromadb 1.5.9). The files of a finished generation never change, so they can be sealed.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

_NAME = "kewen-seal.json"


def write_seal(folder: Path) -> None:
    """Remember the graph files that are there now; whole or not at all."""
    seal = {f"{path.parent.name}/{path.name}": _digest(path) for path in _files(folder)}
    fresh = folder / f"{_NAME}.tmp"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(seal, file, indent=0)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / _NAME)


def broken_seal(folder: Path) -> str | None:
    """What is wrong with the sealed files; None if nothing is, or nothing was ever sealed.

    A graph that is gone as a whole is no fault here: its generation was dropped, or the check of the
    collection misses it. Graphs that came after the seal are not looked at.
    """
    path = folder / _NAME
    if not path.is_file():
        return None
    try:
        seal = json.loads(path.read_text("utf-8"))
        for name, digest in seal.items():
            file = folder / name
            if file.parent.is_dir() and (not file.is_file() or _digest(file) != digest):
                return f"{name} is not what was written"
    except (ValueError, AttributeError, OSError) as error:
        return f"{_NAME} cannot be read ({error})"
    return None


def _files(folder: Path) -> list[Path]:
    """Of graphs that Chroma has written out; a smaller one lives in its log, and its files do change."""
    written = [path.parent for path in folder.glob("*/index_metadata.pickle")]
    return sorted(path for graph in written for path in graph.iterdir())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
