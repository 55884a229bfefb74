"""Documents in time: which stored version holds on a day, and where its articles went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from corpus.diffs import diff_articles, nearest
from corpus.records import Article, Policy, PolicyVersion, Text, VersionArticle, anchor_of

_OVER = ("superseded", "repealed", "draft")

Standing = Literal["stored", "digest", "not_held", "not_yet", "over"]


@dataclass(frozen=True, slots=True)
class Renumbered:
    """An article of today that bore another number until, not including, the day `until`."""

    article: Article
    old_no: str
    until: str | None
    version: str | None = None
    """The stored version that has it under the old number."""
    near: bool = False
    """By the nearest words only: it was rewritten too much to count as the same article."""


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
    old, new = versions[from_version], versions[to_version]
    return dict(_moves(old.articles, new.articles, old.sha256, new.sha256))


_MOVES: dict[tuple[str, ...], tuple[tuple[str, str | None], ...]] = {}


def _moves(
    old: tuple[VersionArticle, ...], new: tuple[VersionArticle, ...], *digests: str
) -> tuple[tuple[str, str | None], ...]:
    """Kept by the digests of both texts: aligning two long ones takes half a second.

    Also by what articles are seen of each: who does not see one is not told what became of it.
    """
    key = (*digests, *(one.no for one in old), "", *(one.no for one in new))
    if key not in _MOVES:
        changes = diff_articles(old, new)
        _MOVES[key] = tuple((one.old_no, one.new_no) for one in changes if one.old_no is not None)
    return _MOVES[key]


def standing(policy: Policy, day: date) -> Standing:
    """What is known of a document on a day.

    `stored`: its words of that day; `digest`: digests that held that day as well; `not_held`: it was
    there, in other words than those known; `not_yet` and `over`: it was not in force.
    """
    iso = day.isoformat()
    if version_on(policy, day):
        return "stored"
    if policy.expires and iso > _last_of(policy.expires):
        return "over"
    start = policy.effective or policy.issued
    if start and iso < first_day(start):
        before = _is_revision(policy) or any(_starts_by(one, iso) for one in policy.versions)
        return "not_held" if before else "not_yet"
    changed = [day for day in boundaries(policy) if day != start]
    if policy.current and (current := policy.version(policy.current)) and current.start:
        changed.append(current.start)
    if any(iso < _last_of(day) for day in changed):
        return "not_held"
    return "digest"


def _starts_by(version: PolicyVersion, iso: str) -> bool:
    return version.start is not None and first_day(version.start) <= iso


def _is_revision(policy: Policy) -> bool:
    """True where the dates of the record are those of a revision: the document is older than they say."""
    return any(
        (one.effective and one.effective == policy.effective) or (one.date and one.date == policy.issued)
        for one in policy.amendments
    )


def first_in_force(policy: Policy) -> str | None:
    """The first day in force as far as it is known; None for a revised document, which is older."""
    return None if _is_revision(policy) else policy.effective


def as_it_stood(policy: Policy, article: Article, day: date) -> Article | None:
    """The article of that number in the stored text of that day.

    Itself where today's text held, or none of that day is stored; None where that text has no such article.
    """
    version = version_on(policy, day)
    if article.version or version is None or version.version == policy.current:
        return article
    return policy.article(f"{article.anchor}@{version.version}")


def formerly(policy: Policy, key: str, day: date | None = None) -> list[Renumbered]:
    """Articles of today that bore this number before; on that day, where one is given.

    From the record of each article, else by likeness between a stored text and the one in force.
    """
    wanted, iso = anchor_of(key), day.isoformat() if day else None
    found = [
        Renumbered(article, old.no, old.until)
        for article in policy.articles
        for old in article.former
        if anchor_of(old.no) == wanted and (iso is None or iso < first_day(old.until))
    ]
    if found or not policy.current:
        return found
    olds = [version_on(policy, day)] if day else list(reversed(policy.versions))
    for old in olds:
        if old is None or old.version == policy.current or (article := old.article(key)) is None:
            continue
        now, near = _counterpart(policy, old, article)
        if now is not None and now.anchor != wanted:
            return [Renumbered(now, article.no, old.until, old.version, near)]
    return []


def _counterpart(policy: Policy, old: PolicyVersion, article: VersionArticle) -> tuple[Article | None, bool]:
    """(today's article that this one became, whether by the nearest words only)."""
    current = policy.version(policy.current or "")
    if current is None:
        return None, False
    if new_no := renumbered(policy, old.version, current.version).get(article.no):
        return policy.article(new_no), False
    found = nearest(article, current.articles)
    return (policy.article(found.no), True) if found else (None, False)


def successor(policy: Policy, article: Article) -> tuple[Article | None, bool]:
    """(today's article that an article of a stored version became, whether by the nearest words only)."""
    version = policy.version(article.version or "")
    stored = version.article(article.anchor) if version else None
    return _counterpart(policy, version, stored) if version and stored else (None, False)


def last_article(policy: Policy, day: date | None = None) -> int | None:
    """Number of the last article, on that day where its text is stored; None if unknown."""
    version = version_on(policy, day) if day else None
    if version is None:
        return policy.last_article
    return max((one.number or 0 for one in version.articles), default=0) or None


def boundaries(policy: Policy) -> list[str]:
    """Days on which another wording began, earliest first, as far as the record of the document tells."""
    days = {policy.effective or policy.issued}
    days |= {one.effective or one.date for one in policy.amendments}
    return sorted(day for day in days if day)


def days_of(policy: Policy) -> set[str]:
    """Every day on which a wording of it was published or began, as far as they are known."""
    days = {policy.issued, policy.effective, *boundaries(policy)}
    days |= {one.date for one in policy.amendments}
    days |= {day for one in policy.versions for day in (one.issued, one.effective)}
    return {day for day in days if day}


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


def _last_of(day: str) -> str:
    """2024-12-31 for 2024, 2024-02-29 for 2024-02: what is known to the year may have been its last day."""
    if len(day) == 10:
        return day
    year, month = int(day[:4]), int(day[5:7]) if len(day) > 4 else 12
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).isoformat()


def last_day(until: str) -> str:
    """The day before `until`."""
    return (date.fromisoformat(first_day(until)) - timedelta(days=1)).isoformat()


def in_order(versions: Iterable[PolicyVersion]) -> tuple[PolicyVersion, ...]:
    """Oldest first; one without any date before all."""
    return tuple(sorted(versions, key=lambda one: (first_day(one.start) if one.start else "", one.version)))


def with_words(known: Sequence[Article], stored: Sequence[VersionArticle]) -> tuple[Article, ...]:
    """The stored articles in their order, with the digests there are; then what only has a digest."""
    by_anchor = {one.anchor: one for one in known}
    merged: list[Article] = []
    for article in stored:
        digest = by_anchor.pop(article.anchor, None)
        if digest is not None:
            merged.append(digest.model_copy(update={"text": article.text, "text_page": article.page}))
            continue
        slug = None if article.number is not None else article.anchor
        chapter = Text(zh=article.chapter, en=article.chapter) if article.chapter else None
        merged.append(
            Article(
                no=article.no,
                slug=slug,
                chapter=chapter,
                text=article.text,
                text_page=article.page,
                verification="verified",
            )
        )
    taken = {one.no for one in merged}
    return (*merged, *(one for one in known if one.anchor in by_anchor and one.no not in taken))
