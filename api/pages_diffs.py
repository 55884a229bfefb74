"""Two versions as a page shows them: each changed article in runs of words kept, removed and added."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from corpus.diffs import ArticleChange, diff_versions
from corpus.records import PolicyVersion

_BLANK = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stand in both texts, in the old one only or in the new one only."""

    kind: Literal["kept", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One article: where it stood, where it stands, and its text in runs."""

    kind: str
    old_no: str | None
    new_no: str | None
    runs: tuple[Run, ...]

    @property
    def same_words(self) -> bool:
        """True where only the number changed."""
        return all(run.kind == "kept" for run in self.runs)


class _Versions:
    """Two versions as one key: texts of the same digest are the same texts."""

    def __init__(self, old: PolicyVersion, new: PolicyVersion) -> None:
        self.old, self.new = old, new
        self._key = (old.sha256, old.version, new.sha256, new.version)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Versions) and self._key == other._key


def compared(old: PolicyVersion, new: PolicyVersion) -> tuple[Change, ...]:
    """Every article of both, in the order of the new one; takes up to a second for a long law."""
    return _compared(_Versions(old, new))


@lru_cache(maxsize=32)
def _compared(pair: _Versions) -> tuple[Change, ...]:
    return tuple(
        Change(change.kind, change.old_no, change.new_no, _runs(change))
        for change in diff_versions(pair.old, pair.new)
    )


def _runs(change: ArticleChange) -> tuple[Run, ...]:
    old, new = change.old_text, change.new_text
    if old is None or new is None:
        return (Run("added", new or ""),) if old is None else (Run("removed", old),)
    runs: list[Run] = []
    at = 0
    for _, old_start, old_end, new_start, new_end in change.spans:
        runs += [Run("kept", new[at:new_start]), Run("removed", old[old_start:old_end])]
        runs.append(Run("added", new[new_start:new_end]))
        at = new_end
    runs.append(Run("kept", new[at:]))
    return tuple(Run(run.kind, _BLANK.sub("\n", run.text)) for run in runs if run.text)
