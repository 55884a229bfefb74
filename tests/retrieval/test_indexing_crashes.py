"""Killed at any instant, or on a full disk, a build leaves the old generation serving."""

from __future__ import annotations

import random
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from retrieval.indexing import IndexHome, build_index, index_status, open_index
from tests.patience import PATIENCE_S
from tests.processes import forked, start
from tests.retrieval import crash_child
from tests.retrieval.test_indexing import holds
from tests.retrieval.toy import HashEmbedder, toy_corpus

KILLS = 12


def building(*arguments: object) -> tuple[BaseProcess, Connection]:
    """A child whose index is open; what it sends comes next."""
    here, there = forked.Pipe(duplex=False)
    child = start(crash_child.build, *arguments[:2], there, *arguments[2:])
    there.close()
    assert here.poll(PATIENCE_S) and here.recv() == "open"
    return child, here


def serves(data_dir: Path, *counts: int) -> int:
    """Which of the corpora is served, whole; opening and a further build must both work."""
    embedder = HashEmbedder()
    with IndexHome(data_dir) as home:
        index = open_index(home, embedder)
        count = index.manifest.records
        assert count in counts
        assert holds(index, toy_corpus(count), embedder)
        assert index_status(home.store).building == 0
        assert embedder.embedded == []
    return count


def test_a_kill_at_any_instant_leaves_a_whole_generation(tmp_path):
    with IndexHome(tmp_path) as home:
        build_index(toy_corpus(60), home, HashEmbedder())
    began = time.monotonic()
    child, pipe = building(tmp_path, 90)
    assert pipe.poll(PATIENCE_S) and pipe.recv() == "built"
    whole = time.monotonic() - began
    child.join(PATIENCE_S)
    live = serves(tmp_path, 90)
    moments = random.Random(20261122)
    for number in range(KILLS):
        wanted = 91 + number
        child, pipe = building(tmp_path, wanted)
        pipe.poll(whole * moments.random())  # returns early only if the build has ended
        child.kill()
        child.join(PATIENCE_S)

        live = serves(tmp_path, live, wanted)

    with IndexHome(tmp_path) as home:
        build_index(toy_corpus(100), home, HashEmbedder())
        assert holds(open_index(home, HashEmbedder()), toy_corpus(100), HashEmbedder())
        assert len(list((tmp_path / "lexical").iterdir())) <= 2


@pytest.mark.parametrize("largest_file", [20_000, 300_000, 900_000])
def test_a_full_disk_leaves_the_old_generation(tmp_path, largest_file):
    with IndexHome(tmp_path) as home:
        build_index(toy_corpus(30), home, HashEmbedder())

    child, pipe = building(tmp_path, 800, largest_file)
    assert pipe.poll(PATIENCE_S)
    said = pipe.recv()
    child.join(PATIENCE_S)

    assert said in ("index_build_failed", "search_failed")
    assert child.exitcode == 0
    assert serves(tmp_path, 30) == 30
