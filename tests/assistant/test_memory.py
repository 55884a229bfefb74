"""Written questions: kept in eight bits, found again, and only as far as their records are there."""

from __future__ import annotations

import io

import numpy as np

from assistant.finding.memory import Memory, load_memory, pack

EVERYWHERE = {f"record-{number}" for number in range(5)}


def _memory() -> tuple[Memory, np.ndarray]:  # type: ignore[type-arg]
    rows = np.random.default_rng(0).normal(size=(40, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    places = [[(f"record-{number % 5}", "holdings")] if number < 35 else [] for number in range(40)]
    arrays = pack(
        "space",
        rows,
        [f"在哪里能借到{'甲乙丙丁戊'[number % 5]}种样品" for number in range(40)],
        places,
        ["one" if number % 2 else "other" for number in range(40)],
        ["yes" if number < 35 else "no_such_thing" for number in range(40)],
    )
    stored = io.BytesIO()
    np.savez(stored, **arrays)  # type: ignore[arg-type]
    stored.seek(0)
    return load_memory(stored), rows


def test_the_place_of_the_same_question_comes_first():
    memory, rows = _memory()

    near = memory.near(rows[7], "", EVERYWHERE).places

    assert next(iter(near)) == ("record-2", "holdings")
    assert near["record-2", "holdings"].like > 0.99
    assert sum(one.share for one in near.values()) > 0.999


def test_the_words_of_a_question_count_too():
    memory, _ = _memory()
    nowhere = np.zeros(16, np.float32)

    near = memory.near(nowhere, "丁种样品在哪里能借到", EVERYWHERE).places

    assert next(iter(near)) == ("record-3", "holdings")


def test_records_that_are_not_there_are_passed_over():
    memory, rows = _memory()

    near = memory.near(rows[7], "", {"record-1"}).places

    assert set(near) == {("record-1", "holdings")}


def test_a_file_of_questions_can_be_left_out():
    memory, rows = _memory()

    with_all = memory.near(rows[7], "", EVERYWHERE).places
    without = memory.near(rows[7], "", EVERYWHERE, "one").places

    assert with_all["record-2", "holdings"].like > 0.99 > without["record-2", "holdings"].like


def test_what_the_corpus_did_not_hold_is_remembered():
    memory, rows = _memory()

    assert memory.near(rows[37], "", EVERYWHERE).held["no_such_thing"] > 0.9
    assert memory.near(rows[7], "", EVERYWHERE).held["yes"] > 0.9
