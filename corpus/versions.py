"""Documents in time: which stored version holds on a day, and where its articles went."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from corpus.diffs import diff_articles
from corpus.records import Policy, PolicyVersion, VersionArticle

_OVER = ("superseded", "repealed", "draft")


def version_on(policy: Policy, day: date) -> PolicyVersion | None:
    """The stored version in force on that day; None where none is known to be.

    A version whose first day in force is not known counts from its publication (`start_known` is then
    False); one that is over, nobody knows since when, counts for no day at all.
    """
    iso = day.isoformat()
    found: PolicyVersion | None = None
    for version in policy.versions:
        if version.start is None or first_day(version.start) > iso:
            continue
        if version.until is None and version.status in _OVER:
            continue
        if version.until is None or iso < first_day(version.until):
            found = version
    return found


def article_on(policy: Policy, key: str, day: date) -> tuple[PolicyVersion, VersionArticle] | None:
    """The article of that number in the version in force on that day.

    None where no version, or no such article in it, is stored: the digest may still say something.
    """
    version = version_on(policy, day)
    article = version.article(key) if version else None
    return (version, article) if version and article else None


def renumbered(policy: Policy, from_version: str, to_version: str) -> dict[str, str | None]:
    """Where each article went, by `no`; None for one that is gone. Raises KeyError for a version not stored.

    By likeness of text in order of place, so a number that is the same may still map to another.
    """
    versions = {one.version: one for one in policy.versions}
    changes = diff_articles(versions[from_version].articles, versions[to_version].articles)
    return {change.old_no: change.new_no for change in changes if change.old_no is not None}


def boundaries(policy: Policy) -> list[str]:
    """Days on which another wording began, earliest first, as far as the record of the document tells."""
    days = {policy.effective or policy.issued}
    days |= {one.effective or one.date for one in policy.amendments}
    return sorted(day for day in days if day)


def states_since(policy: Policy) -> str | None:
    """From which day the digests of a document with stored texts hold: they tell its newest wording."""
    current = policy.version(policy.current) if policy.current else None
    starts = [first_day(day) for day in boundaries(policy)]
    if current and current.start:
        starts.append(first_day(current.start))
    return max(starts, default=None)


def first_day(day: str) -> str:
    """2024-01-01 for 2024 and 2024-01."""
    return day + "-01" * ((10 - len(day)) // 3)


def last_day(until: str) -> str:
    """The day before `until`."""
    return (date.fromisoformat(first_day(until)) - timedelta(days=1)).isoformat()


def in_order(versions: Iterable[PolicyVersion]) -> tuple[PolicyVersion, ...]:
    """Oldest first; one without any date before all."""
    return tuple(sorted(versions, key=lambda one: (first_day(one.start) if one.start else "", one.version)))
