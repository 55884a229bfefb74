"""Measures of one ranking, all from 0 to 1, and their means over many."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence


def recall_at(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Share of all relevant ids within the first k; ids that are not in the pool count as missed."""
    return len(set(ranking[:k]) & set(relevant)) / len(relevant) if relevant else 0.0


def precision_at(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Share of the first k that is relevant; a shorter ranking is filled up with misses."""
    return len(set(ranking[:k]) & set(relevant)) / k


def reciprocal_rank(ranking: Sequence[str], relevant: Collection[str], depth: int) -> float:
    """1 / rank of the first relevant id within `depth`, else 0."""
    return next((1 / rank for rank, id_ in enumerate(ranking[:depth], 1) if id_ in relevant), 0.0)


def ndcg_at(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Binary gains, discount log2(rank + 1), over the best ranking possible."""
    gain = sum(1 / math.log2(rank + 1) for rank, id_ in enumerate(ranking[:k], 1) if id_ in relevant)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(relevant)) + 1))
    return gain / best if best else 0.0


def average_precision(ranking: Sequence[str], relevant: Collection[str], depth: int) -> float:
    """Mean over all relevant ids of the precision at their rank; 0 for one not within `depth`."""
    found, total = 0, 0.0
    for rank, id_ in enumerate(ranking[:depth], 1):
        if id_ in relevant:
            found += 1
            total += found / rank
    return total / len(relevant) if relevant else 0.0


def measures(ranking: Sequence[str], relevant: Collection[str], depth: int) -> dict[str, float]:
    """All measures of one question; MAP and MRR look down to `depth`."""
    return {
        "R@1": recall_at(ranking, relevant, 1),
        "R@5": recall_at(ranking, relevant, 5),
        "R@10": recall_at(ranking, relevant, 10),
        "R@100": recall_at(ranking, relevant, 100),
        "P@5": precision_at(ranking, relevant, 5),
        "nDCG@10": ndcg_at(ranking, relevant, 10),
        "MRR@10": reciprocal_rank(ranking, relevant, 10),
        "MRR": reciprocal_rank(ranking, relevant, depth),
        "MAP": average_precision(ranking, relevant, depth),
    }


def means(many: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Mean of each measure; empty for no questions."""
    listed = list(many)
    if not listed:
        return {}
    return {name: sum(one[name] for one in listed) / len(listed) for name in listed[0]}
