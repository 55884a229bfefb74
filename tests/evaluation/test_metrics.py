"""Measures of a ranking, checked by hand."""

from __future__ import annotations

import pytest

from evaluation.metrics import (
    average_precision,
    means,
    measures,
    ndcg_at,
    precision_at,
    recall_at,
    reciprocal_rank,
)

RANKING = ["a", "b", "c", "d"]


def test_recall_counts_what_is_not_in_the_pool_as_missed():
    assert recall_at(RANKING, ["b", "gone"], 10) == 0.5
    assert recall_at(RANKING, ["b", "d"], 3) == 0.5


def test_a_short_ranking_is_filled_up_with_misses():
    assert precision_at(["a"], ["a"], 5) == pytest.approx(0.2)


def test_only_the_first_right_one_counts_for_the_reciprocal_rank():
    assert reciprocal_rank(RANKING, ["c", "d"], 10) == pytest.approx(1 / 3)
    assert reciprocal_rank(RANKING, ["d"], 3) == 0


def test_the_best_ranking_has_full_gain():
    assert ndcg_at(RANKING, ["a", "b"], 10) == pytest.approx(1)
    assert ndcg_at(RANKING, ["b"], 10) == pytest.approx(0.6309, abs=1e-4)


def test_average_precision_is_over_all_right_ones():
    assert average_precision(RANKING, ["a", "c", "gone"], 10) == pytest.approx((1 + 2 / 3) / 3)


def test_means_are_of_each_measure():
    both = means([measures(RANKING, ["a"], 10), measures(RANKING, ["d"], 10)])

    assert both["R@1"] == 0.5
    assert both["MRR"] == pytest.approx(0.625)
    assert means([]) == {}
