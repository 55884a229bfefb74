"""Written questions: kept in eight bits, found again, and only as far as their records are there."""

from __future__ import annotations

import io

import numpy as np

from assistant.finding.memory import Memory, pack


def _memory() -> tuple[Memory, np.ndarray]:  # type: ignore[type-arg]
    rows = np.random.default_rng(0).normal(size=(40, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    places = [[(f"record-{number % 5}", "holdings")] for number in range(40)]
    stored = io.BytesIO()
    arrays = pack("space", rows, places, ["one" if number % 2 else "other" for number in range(40)])
    np.savez(stored, **arrays)  # type: ignore[arg-type]
    stored.seek(0)
    with np.load(stored) as kept:
        found = kept["rows"].astype(np.float32)
        memory = Memory(
            str(kept["embedder"]),
            found / np.linalg.norm(found, axis=1, keepdims=True),
            tuple((str(a), str(b)) for a, b in kept["keys"]),
            kept["places"],
            kept["starts"],
            kept["sources"],
            tuple(str(one) for one in kept["names"]),
        )
    return memory, rows


def test_the_place_of_the_same_question_comes_first():
    memory, rows = _memory()

    near = memory.near(rows[7], {f"record-{number}" for number in range(5)})

    assert next(iter(near)) == ("record-2", "holdings") and near["record-2", "holdings"] > 0.99


def test_records_that_are_not_there_are_passed_over():
    memory, rows = _memory()

    near = memory.near(rows[7], {"record-1"})

    assert set(near) == {("record-1", "holdings")}


def test_a_file_of_questions_can_be_left_out():
    memory, rows = _memory()
    everywhere = {f"record-{number}" for number in range(5)}

    with_all, without = memory.near(rows[7], everywhere), memory.near(rows[7], everywhere, "one")

    assert with_all["record-2", "holdings"] > 0.99 > without["record-2", "holdings"]
