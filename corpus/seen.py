"""The corpus as somebody sees it: what is hidden from them is nowhere in it, not even as an id.

The one place that decides what is seen. Names, statistics, indexes, lists and desks are made of what
`seen_by` leaves, and rows and vectors that views share are cut by the same labels as they are looked up,
so that no answer can hang on a text that its asker may not see, and nothing after it has to ask again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Mapping, Set
from functools import lru_cache
from typing import TypeVar

from corpus.diffs import nearest
from corpus.records import (
    Article,
    Change,
    Corpus,
    Note,
    Policy,
    PolicyVersion,
    Resource,
    Tombstone,
    VersionArticle,
    anchor_of,
)
from corpus.rights import PUBLIC, STAFF, strictest
from corpus.versions import first_day, renumbered

Place = tuple[str, str]
"""(version, anchor) of an article in a stored text."""
Mark = Callable[[PolicyVersion, str, str], None]
R = TypeVar("R", Resource, Policy)


def article_label(policy: Policy, article: Article) -> str:
    """Who sees an article of a document: whoever sees both."""
    return strictest(policy.label, article.label)


def version_labels(policy: Policy) -> Mapping[Place, str]:
    """Articles of stored texts that are seen by fewer than the document is, each with its label.

    An article of a stored text is never more visible than the article of today that it became, by
    likeness of words from text to text, that once bore its number, or that bears it now.
    """
    strict = [
        (article, label)
        for article in policy.articles
        if (label := article_label(policy, article)) != policy.label
    ]
    if not strict or not policy.versions:
        return {}
    marks = tuple(
        (article.anchor, label, tuple((anchor_of(old.no), old.until) for old in article.former))
        for article, label in strict
    )
    return _traced(_Texts(policy), policy.label, marks)


class _Texts:
    """The stored texts of a document as one key: aligning long ones takes seconds."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._key = (
            policy.id,
            policy.current,
            tuple((one.version, one.sha256, *(a.anchor for a in one.articles)) for one in policy.versions),
        )

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Texts) and self._key == other._key


@lru_cache(maxsize=512)
def _traced(
    texts: _Texts, own: str, strict: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
) -> Mapping[Place, str]:
    policy = texts.policy
    found: dict[Place, str] = {}

    def mark(version: PolicyVersion, key: str, label: str) -> None:
        if article := version.article(key):
            place = (version.version, article.anchor)
            found[place] = strictest(own, label, found.get(place, PUBLIC))

    for version in policy.versions:
        for anchor, label, former in strict:
            mark(version, anchor, label)
            for old, until in former:
                if version.start is None or first_day(version.start) < first_day(until):
                    mark(version, old, label)
    latest = policy.version(policy.current or "") or policy.versions[-1]
    at = policy.versions.index(latest)
    for chain in (reversed(policy.versions[:at]), policy.versions[at + 1 :]):
        beside = latest
        for version in chain:
            # By the text beside it, where words changed little by little, and by that of today.
            for known in {one.version: one for one in (beside, latest)}.values():
                _follow(policy, version, known, found, mark)
            beside = version
    return found


def _follow(
    policy: Policy,
    version: PolicyVersion,
    known: PolicyVersion,
    found: dict[Place, str],
    mark: Mark,
) -> None:
    """Mark in `version` what became a marked article of `known`, whole, in part or nearly."""
    strict = {one.no: found[known.version, one.anchor] for one in known.articles
              if (known.version, one.anchor) in found}  # fmt: skip
    if not strict:
        return
    became = renumbered(policy, version.version, known.version)
    for article in version.articles:
        now = became.get(article.no)
        if now is None and (near := nearest(article, known.articles)):
            now = near.no
        if now in strict:
            mark(version, article.no, strict[now])
    for article in known.articles:
        if article.no in strict and (near := nearest(article, version.articles)):
            mark(version, near.no, strict[article.no])


def version_label(policy: Policy, version: str, article: VersionArticle) -> str:
    """Who sees an article of a stored text."""
    return version_labels(policy).get((version, article.anchor), policy.label)


def labels_of(corpus: Corpus) -> frozenset[str]:
    """Every label that stands on anything in it."""
    found = {one.label for one in (*corpus, *corpus.tombstones)}
    for policy in corpus.policies:
        found.update(article_label(policy, article) for article in policy.articles)
        found.update(version_labels(policy).values())
    return frozenset(found)


def seen_by(corpus: Corpus, sight: Container[str]) -> Corpus:
    """What is left of a corpus for who sees these labels; the same one where that is everything.

    Its digest stays that of the whole: it is told to nobody.
    """
    if all(label in sight for label in labels_of(corpus)) and (STAFF in sight or not corpus.flags):
        return corpus
    policies = {one.id: _cut(one, sight) for one in corpus.policies if one.label in sight}
    resources = {one.id: one for one in corpus.resources if one.label in sight}
    stones = {one.id: one for one in corpus.tombstones if one.label in sight}
    seen: dict[str, Resource | Policy] = {**resources, **policies}
    hidden = {one.id for one in (*corpus, *corpus.tombstones)} - seen.keys() - stones.keys()
    return Corpus(
        resources=tuple(_unlinked(one, seen, hidden) for one in resources.values()),
        policies=tuple(
            _unchanged(_unsucceeded(_unlinked(one, seen, hidden), hidden), seen) for one in policies.values()
        ),
        digest=corpus.digest,
        flags=corpus.flags if STAFF in sight else (),
        tombstones=tuple(_unled(one, hidden) for one in stones.values()),
    )


def _cut(policy: Policy, sight: Container[str]) -> Policy:
    """The document without the articles, of today and of stored texts, that are hidden."""
    articles = tuple(one for one in policy.articles if article_label(policy, one) in sight)
    if len(articles) == len(policy.articles):
        return policy
    labels = version_labels(policy)
    versions = tuple(_cut_version(one, labels, sight) for one in policy.versions)
    return policy.model_copy(update={"articles": articles, "versions": versions})


def _cut_version(version: PolicyVersion, labels: Mapping[Place, str], sight: Container[str]) -> PolicyVersion:
    """Its digest is then that of what is left: one of the whole would confirm a guess at what is not."""
    articles = tuple(
        one for one in version.articles if labels.get((version.version, one.anchor), PUBLIC) in sight
    )
    if len(articles) == len(version.articles):
        return version
    left = "\n".join(f"{one.no} {one.text}" for one in articles)
    digest = hashlib.sha256(left.encode()).hexdigest()
    return version.model_copy(update={"articles": articles, "sha256": digest})


def _unlinked(record: R, seen: Mapping[str, Resource | Policy], hidden: Set[str]) -> R:
    """The record without ids of hidden ones, and without notes that tell what a hidden text says."""
    related = tuple(one for one in record.related if one not in hidden)
    notes = tuple(kept for note in record.notes if (kept := _note(note, seen)) is not None)
    if (related, notes) == (record.related, record.notes):
        return record
    return record.model_copy(update={"related": related, "notes": notes})


def _note(note: Note, seen: Mapping[str, Resource | Policy]) -> Note | None:
    if note.record is not None and note.record not in seen:
        return None
    if (told := note.disagreement) is None:
        return note
    for one in told.statements:
        source = seen.get(one.record) if one.record else None
        if one.record and source is None:
            return None
        if one.article and not (isinstance(source, Policy) and source.article(one.article)):
            return None
    about = tuple(one for one in told.about if one in seen)
    if about == told.about:
        return note
    return note.model_copy(update={"disagreement": told.model_copy(update={"about": about})})


def _unchanged(policy: Policy, seen: Mapping[str, Resource | Policy]) -> Policy:
    """The document without the changes that a hidden decision, or a hidden item of one, makes."""

    def known(change: Change) -> bool:
        decision = seen.get(change.policy)
        return isinstance(decision, Policy) and decision.article(change.part) is not None

    kept = {one.key: tuple(filter(known, one.changes)) for one in policy.articles if one.changes}
    if all(kept.get(one.key, ()) == one.changes for one in policy.articles):
        return policy
    articles = (one.model_copy(update={"changes": kept.get(one.key, ())}) for one in policy.articles)
    return policy.model_copy(update={"articles": tuple(articles)})


def _unsucceeded(policy: Policy, hidden: Set[str]) -> Policy:
    """What replaced it, or was replaced, is told by its title where its record is hidden."""
    kept = {
        field: tuple(
            one.model_copy(update={"policy_id": None}) if one.policy_id in hidden else one
            for one in getattr(policy, field)
        )
        for field in ("replaces", "replaced_by")
    }
    if all(kept[field] == getattr(policy, field) for field in kept):
        return policy
    return policy.model_copy(update=kept)


def _unled(stone: Tombstone, hidden: Set[str]) -> Tombstone:
    return stone.model_copy(update={"successor": None}) if stone.successor in hidden else stone
