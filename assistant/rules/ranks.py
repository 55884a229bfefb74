"""Which of several rules stands higher, and whether two of them regulate the same act."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assistant.rules.places import Place
from corpus.records import Article, Policy, Rank
from retrieval.analysis import content_terms

TIER: dict[Rank, int] = {
    "law": 1,
    "administrative_regulation": 2,
    "departmental_rule": 3,
    "local": 3,
    "institution": 4,
}
"""Of what binds; a standard has no place in the order. A local and a departmental rule have none between
themselves (Legislation Law, Art. 106)."""
ALIKE = 0.34
"""Share of the shorter article's content terms that the other must hold."""
SHARED = 5
"""Content terms that both must hold: shorter articles agree by chance."""


@lru_cache(maxsize=4096)
def _terms(text: str) -> frozenset[str]:
    return frozenset(content_terms(text))


def same_act(one: Place, other: Place) -> bool:
    """True where two articles of different documents regulate the same act.

    By the terms they share, or because the corpus records that they differ. Both are taken to answer
    one question already.
    """
    (policy, article), (second, counterpart) = one, other
    if article is None or counterpart is None or policy.id == second.id:
        return False
    if _differ(policy, article, second, counterpart):
        return True
    left, right = _terms(article.says.zh), _terms(counterpart.says.zh)
    shared = len(left & right)
    return shared >= SHARED and shared >= ALIKE * min(len(left), len(right))


def _differ(policy: Policy, article: Article, other: Policy, counterpart: Article) -> bool:
    sides = {(policy.id, article.no), (other.id, counterpart.no)}
    notes = (note.disagreement for note in policy.notes if note.disagreement)
    return any(sides <= {(one.record, one.article) for one in each.statements} for each in notes)


def by_rank(places: Sequence[Place]) -> list[Place]:
    """Places that regulate the same act as the first, highest rank first, then the others as they came.

    The same order where the first stands alone, or where all of those are of one tier.
    """
    group = [place for place in places if place is places[0] or same_act(places[0], place)]
    if len({tier for place in group if (tier := TIER.get(place[0].rank))}) < 2:
        return list(places)
    ordered = sorted(group, key=lambda place: TIER.get(place[0].rank, 9))
    return [*ordered, *(place for place in places if place not in group)]


def contest(places: Sequence[Place]) -> list[Policy]:
    """Documents of different tiers that regulate the same act as the first place, highest first.

    Empty where there are not two.
    """
    if not places:
        return []
    group = [place[0] for place in places if place is places[0] or same_act(places[0], place)]
    policies = list({policy.id: policy for policy in group if policy.rank in TIER}.values())
    if len({TIER[policy.rank] for policy in policies}) < 2:
        return []
    return sorted(policies, key=lambda policy: TIER[policy.rank])
