"""`kewen policies diff A B`: what changed between two texts, article by article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.diffs import ArticleChange, diff_articles
from corpus.records import Corpus, Policy, PolicyVersion, VersionArticle
from corpus.rulebooks.parser import parse
from corpus.rulebooks.sources import SUFFIXES, read_submitted
from operations.errors import VersionUnknown

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "renumbered": ">", "unchanged": "="}


def compare(a: str, b: str, corpus: Corpus) -> tuple[str, str, list[ArticleChange]]:
    """(name of a, name of b, changes). Each is a document's id, `id@version`, or a file.

    A bare id twice means the last two versions; once, the newest. Raises VersionUnknown,
    RulebookInvalid, OSError.
    """
    if a == b and not _is_file(a) and "@" not in a:
        versions = _policy(a, corpus).versions
        if len(versions) < 2:
            raise VersionUnknown(_lone(a, versions))
        old, new = versions[-2:]
        return f"{a}@{old.version}", f"{a}@{new.version}", diff_articles(old.articles, new.articles)
    left, right = _articles(a, corpus), _articles(b, corpus)
    return left[0], right[0], diff_articles(left[1], right[1])


def _is_file(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES and Path(name).is_file()


def _articles(name: str, corpus: Corpus) -> tuple[str, Sequence[VersionArticle]]:
    if Path(name).suffix.lower() in SUFFIXES:
        submitted = read_submitted(Path(name))
        if len(submitted) > 1:
            raise VersionUnknown(f"{name} holds {len(submitted)} documents; name a file with one.")
        one = submitted[0]
        text = parse(one.data, one.given, origin=one.origin, skip=one.skip, where=one.where)
        return name, text.articles
    policy_id, at, wanted = name.partition("@")
    policy = _policy(policy_id, corpus)
    if not policy.versions:
        raise VersionUnknown(_lone(policy_id, ()))
    version = policy.version(wanted) if at else policy.versions[-1]
    if version is None:
        allowed = ", ".join(f"{policy_id}@{one.version}" for one in policy.versions)
        raise VersionUnknown(f"{policy_id} has no stored version {wanted!r}. Stored: {allowed}.")
    return f"{policy_id}@{version.version}", version.articles


def _policy(policy_id: str, corpus: Corpus) -> Policy:
    record = corpus.by_id.get(policy_id)
    if isinstance(record, Policy):
        return record
    stored = [one.id for one in corpus.policies if one.versions]
    told = ", ".join(stored[:8]) + (f" and {len(stored) - 8} more" if len(stored) > 8 else "")
    raise VersionUnknown(
        f"There is no policy {policy_id!r}, and no such file. With stored texts there are: "
        f"{told or 'none; add one with `kewen harvest FILE`'}."
    )


def _lone(policy_id: str, versions: Sequence[PolicyVersion]) -> str:
    if not versions:
        return f"No text of {policy_id} is stored, only digests. Add one with `kewen harvest FILE`."
    return (
        f"Only one version of {policy_id} is stored ({versions[0].version}), so there is nothing to compare "
        "it with. Add another with `kewen harvest FILE`."
    )


def report(a: str, b: str, changes: Sequence[ArticleChange]) -> Iterator[str]:
    """The counts, then every article that is not the same; [-gone-] and {+new+} within a text."""
    counts = {kind: sum(one.kind == kind for one in changes) for kind in _SIGNS}
    yield f"{a} -> {b}: " + ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)
    for one in changes:
        if one.kind == "unchanged":
            continue
        name = one.new_no or one.old_no
        moved = f"{one.old_no} -> {one.new_no}" if one.kind == "renumbered" else name
        yield ""
        also = " (and changed)" if one.kind == "renumbered" and one.spans else ""
        yield f"{_SIGNS[one.kind]} {moved}{also}"
        if one.spans or one.kind in ("added", "removed"):
            yield from (f"  {line}" for line in marked(one).splitlines() if line.strip())


def marked(change: ArticleChange) -> str:
    """The new text with what went and came marked in it."""
    old, new = change.old_text or "", change.new_text or ""
    if change.kind in ("added", "removed"):
        return new or old
    told, at = "", 0
    for _, i1, i2, j1, j2 in change.spans:
        told += new[at:j1]
        told += f"[-{old[i1:i2]}-]" if i2 > i1 else ""
        told += f"{{+{new[j1:j2]}+}}" if j2 > j1 else ""
        at = j2
    return told + new[at:]


def as_json(a: str, b: str, changes: Sequence[ArticleChange]) -> dict[str, Any]:
    return {"from": a, "to": b, "changes": [asdict(one) for one in changes]}
