"""Two versions of a document, article by article: what came, went, changed and moved."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from corpus.records import PolicyVersion, VersionArticle

Kind = Literal["added", "removed", "changed", "renumbered", "unchanged"]
Op = Literal["insert", "delete", "replace"]
Span = tuple[Op, int, int, int, int]

ALIKE = 0.45
"""Likeness, 0 to 1, from which two articles count as one that was changed."""
_SAME_NUMBER = 0.15
"""Added for the same number: a rewritten article keeps its place more often than it moves."""


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """One article in both versions, or in one.

    `renumbered` may have changed as well: then `spans` is not empty. A span (op, old start, old end, new
    start, new end) counts characters of `old_text` and `new_text`. Differences of blanks, width and
    punctuation width alone are none: such an article is `unchanged`, and its texts are as stored.
    """

    kind: Kind
    old_no: str | None
    new_no: str | None
    old_text: str | None
    new_text: str | None
    spans: tuple[Span, ...] = ()


def diff_versions(a: PolicyVersion, b: PolicyVersion) -> list[ArticleChange]:
    """What changed from a to b, in the order of b; what is gone stands where it stood."""
    return diff_articles(a.articles, b.articles)


def diff_articles(old: Sequence[VersionArticle], new: Sequence[VersionArticle]) -> list[ArticleChange]:
    """As diff_versions, for articles in order."""
    pairs = _aligned(old, new)
    partner = {j: i for i, j in pairs}
    kept = {i for i, _ in pairs}
    changes: list[ArticleChange] = []
    at = 0

    def gone(until: int) -> None:
        nonlocal at
        for i in range(at, until):
            if i not in kept:
                changes.append(ArticleChange("removed", old[i].no, None, old[i].text, None))
        at = max(at, until)

    for j, article in enumerate(new):
        if j not in partner:
            changes.append(ArticleChange("added", None, article.no, None, article.text))
            continue
        gone(partner[j])
        changes.append(_compared(old[partner[j]], article))
    gone(len(old))
    return changes


def _compared(old: VersionArticle, new: VersionArticle) -> ArticleChange:
    same = _folded(old.text) == _folded(new.text)
    moved = old.anchor != new.anchor
    kind: Kind = "renumbered" if moved else "unchanged" if same else "changed"
    spans = () if same else _spans(old.text, new.text)
    return ArticleChange(kind, old.no, new.no, old.text, new.text, spans)


def _folded(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _spans(old: str, new: str) -> tuple[Span, ...]:
    """Differences by character; what agrees for one character between two of them joins them."""
    spans: list[Span] = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            continue
        if spans and i1 - spans[-1][2] <= 1 and j1 - spans[-1][4] <= 1:
            i1, j1 = spans[-1][1], spans[-1][3]
            spans.pop()
        name: Op = "insert" if i1 == i2 else "delete" if j1 == j2 else "replace"
        spans.append((name, i1, i2, j1, j2))
    return tuple(spans)


def _aligned(old: Sequence[VersionArticle], new: Sequence[VersionArticle]) -> list[tuple[int, int]]:
    """Pairs (old, new) of greatest total likeness that keep the order; then the moved ones among the rest."""
    profiles = [[_pairs(one.text) for one in side] for side in (old, new)]
    like = [
        [_value(x, y, profiles[0][i], profiles[1][j]) for j, y in enumerate(new)] for i, x in enumerate(old)
    ]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            taken = best[i + 1][j + 1] + like[i][j] if like[i][j] > 0 else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], taken)
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if like[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + like[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    left = [i for i in range(len(old)) if i not in {one for one, _ in pairs}]
    free = [j for j in range(len(new)) if j not in {one for _, one in pairs}]
    crossing = sorted(((like[i][j], -i, -j) for i in left for j in free if like[i][j] > 0), reverse=True)
    for _, minus_i, minus_j in crossing:
        if -minus_i in left and -minus_j in free:
            left.remove(-minus_i)
            free.remove(-minus_j)
            pairs.append((-minus_i, -minus_j))
    return pairs


HELD = 0.5
"""Share of the pairs of characters of the shorter article from which the longer holds it."""
_APART = 0.1
"""How far the next best must stay behind for one to be the nearest."""


def nearest(article: VersionArticle, others: Sequence[VersionArticle]) -> VersionArticle | None:
    """The one of the others that holds most of an article, or most of which it holds; None where in doubt.

    For an article that was rewritten at length or cut down, which no longer counts as the same one.
    """
    own = _pairs(article.text)
    shares: list[tuple[float, int]] = []
    for place, other in enumerate(others):
        theirs = _pairs(other.text)
        shared = sum(min(count, theirs[pair]) for pair, count in own.items() if pair in theirs)
        shares.append((shared / max(1, min(own.total(), theirs.total())), place))
    best, *rest = sorted(shares, reverse=True)[:2] or [(0.0, 0)]
    if best[0] < HELD or any(best[0] - other[0] < _APART for other in rest):
        return None
    return others[best[1]]


def _value(x: VersionArticle, y: VersionArticle, left: Counter[str], right: Counter[str]) -> float:
    """Likeness of two articles, 0 where they are not the same one."""
    if (x.number is None) != (y.number is None):
        return 0.0
    sizes = left.total(), right.total()
    if 2 * min(sizes) / max(1, sum(sizes)) + _SAME_NUMBER < ALIKE:
        return 0.0
    shared = sum(min(count, right[pair]) for pair, count in left.items() if pair in right)
    same = _SAME_NUMBER if x.anchor == y.anchor else 0.0
    value = 2 * shared / max(1, sum(sizes)) + same
    return value if value >= ALIKE else 0.0


def _pairs(text: str) -> Counter[str]:
    folded = re.sub(r"[^\w]", "", unicodedata.normalize("NFKC", text))
    return Counter(folded[at : at + 2] for at in range(max(1, len(folded) - 1)))
