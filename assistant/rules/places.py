"""Place: an article, or a document as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus.records import Article, Policy

Place = tuple[Policy, Article | None]


def distinct(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each document and article once, in order of first mention."""
    found: dict[tuple[str, str, str | None], Place] = {}
    for policy, article in places:
        key = (policy.id, article.no if article else "", article.version if article else None)
        found.setdefault(key, (policy, article))
    return tuple(found.values())


def in_documents(places: Sequence[Place]) -> list[Place]:
    """Places with those of one document together, in the order in which they came."""
    documents = list({policy.id: policy for policy, _ in places}.values())
    return [place for policy in documents for place in places if place[0].id == policy.id]
