"""Place: an article, or a document as a whole."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.records import Article, Policy

Place = tuple[Policy, Article | None]


def distinct(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each document and article once, in order of first mention."""
    found: dict[tuple[str, str, str | None], Place] = {}
    for policy, article in places:
        key = (policy.id, article.no if article else "", article.version if article else None)
        found.setdefault(key, (policy, article))
    return tuple(found.values())
