"""What runs in a process of its own, to be killed or to meet a full disk."""

from __future__ import annotations

import resource
from multiprocessing.connection import Connection
from pathlib import Path

from retrieval.errors import RetrievalError
from retrieval.indexing import IndexHome, build_index
from tests.retrieval.toy import HashEmbedder, toy_corpus


def build(data_dir: Path, count: int, done: Connection, largest_file: int | None = None) -> None:
    """Build a corpus of `count` records; then send "built", or the code of the error."""
    try:
        with IndexHome(data_dir) as home:
            done.send("open")
            if largest_file is not None:
                # Stands in for a full disk: no file may grow beyond this.
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))
            build_index(toy_corpus(count), home, HashEmbedder())
        done.send("built")
    except RetrievalError as error:
        done.send(error.code)
