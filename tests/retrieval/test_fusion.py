"""Languages and roles are compared by how far a passage stands out in its own."""

from __future__ import annotations

import numpy as np

from retrieval.fusion import Calibration, best_in_group, merge


def clouds(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two groups of 60 unit rows: the first all near one direction, the second all far from it."""
    near = rng.normal(0, 0.2, (60, 8)) + np.eye(8)[0] * 3
    far = rng.normal(0, 0.2, (60, 8)) + np.eye(8)[1] * 3
    rows = np.concatenate([near, far]).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), np.repeat([0, 1], 60).astype(np.int8)


def test_the_best_of_a_far_group_is_level_with_the_best_of_a_near_one():
    vectors, groups = clouds(np.random.default_rng(1))
    question = np.eye(8, dtype=np.float32)[0] * 0.8 + np.eye(8, dtype=np.float32)[2] * 0.6
    cosines = vectors @ question
    calibrated = Calibration(vectors, groups).of_question(question, np.arange(120), cosines)

    assert cosines[:60].min() > cosines[60:].max()
    assert abs(calibrated[:60].max() - calibrated[60:].max()) < 2
    assert abs(calibrated[:60].mean()) < 0.1
    assert abs(calibrated[60:].mean()) < 0.1


def test_order_within_a_group_is_that_of_the_cosines():
    vectors, groups = clouds(np.random.default_rng(2))
    cosines = vectors @ vectors[5]
    calibrated = Calibration(vectors, groups).of_question(vectors[5], np.arange(120), cosines)

    assert (np.argsort(calibrated[:60]) == np.argsort(cosines[:60])).all()


def test_a_group_too_small_to_judge_borrows_the_spread_of_all():
    vectors, groups = clouds(np.random.default_rng(3))
    groups[0] = 2
    calibrated = Calibration(vectors, groups).of_question(vectors[0], np.arange(120), vectors @ vectors[0])

    assert np.isfinite(calibrated).all()


def test_what_any_leg_found_is_there_once_in_order():
    assert merge([[5, 2], [], [2, 9]]).tolist() == [2, 5, 9]
    assert merge([]).tolist() == []


def test_the_best_of_each_group_is_kept_and_the_first_of_equals():
    values = np.array([1, 3, 3, 0], np.float32)
    best, where = best_in_group(values, np.array([0, 0, 0, 1]), 2)

    assert best.tolist() == [3, 0]
    assert where.tolist() == [1, 3]


def test_a_large_foreign_collection_moves_no_score_of_our_own():
    rng = np.random.default_rng(4)
    vectors, groups = clouds(rng)
    foreign = rng.normal(0, 0.2, (600, 8)) + np.eye(8)[3] * 3
    foreign = (foreign / np.linalg.norm(foreign, axis=1, keepdims=True)).astype(np.float32)
    both, all_groups = np.concatenate([vectors, foreign]), np.concatenate([groups, np.ones(600, np.int8)])
    own = np.arange(720) < 120
    question, rows = vectors[5], np.arange(120)
    alone = Calibration(vectors, groups).of_question(question, rows, vectors @ question)

    beside = Calibration(both, all_groups, own).of_question(question, rows, vectors @ question)
    mixed = Calibration(both, all_groups).of_question(question, rows, vectors @ question)

    assert np.allclose(alone, beside, atol=1e-3)
    assert not np.allclose(alone, mixed, atol=0.5)
