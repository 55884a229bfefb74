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
    """Places with those of one document together: the first as it is, then in the order of each document."""
    documents = list({policy.id: policy for policy, _ in places}.values())
    ordered: list[Place] = []
    for policy in documents:
        number = {article.key: at for at, article in enumerate(policy.articles)}
        own = [place for place in places if place[0].id == policy.id]
        rest = sorted(own[1:], key=lambda place: number.get(place[1].key, -1) if place[1] else -1)
        ordered += [own[0], *rest]
    return ordered
