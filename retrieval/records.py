"""Passage, Hit, Filters: what travels through retrieval."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Language = Literal["zh", "en"]
RecordKind = Literal["resource", "policy"]
Part = str
"""Place within a record: `card`, `how_to_apply`, `summary` (of a policy) or an article's anchor."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of one record in one language, sized for the embedder.

    `role` is `text` for what may be cited and `question` for a way people ask for the same place
    (record_id, part): a search key that is never shown. Facets are copied from the record so that
    filters can apply before ranking.
    """

    id: str
    record_id: str
    kind: RecordKind
    part: Part
    lang: Language
    role: Literal["text", "question"] = "text"
    title: str = ""
    aliases: str = ""
    host: str = ""
    keywords: str = ""
    text: str = ""
    visibility: str = "public"
    type: str | None = None
    province: str | None = None
    access: str | None = None
    status: str | None = None
    effective: str | None = None
    expires: str | None = None

    @property
    def to_embed(self) -> str:
        """Title and text in one string, as the embedder sees them."""
        return f"{self.title}\n{self.text}".strip()


@dataclass(frozen=True, slots=True)
class Filters:
    """Applied before ranking. Empty means no restriction.

    `as_of` keeps policies in force on that day and never drops resources. Who may see what is no filter:
    a retriever holds nothing that its askers may not see (OpenIndex.seen_by).
    """

    kinds: frozenset[RecordKind] = frozenset()
    types: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()
    access: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    record_ids: frozenset[str] = frozenset()
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One place (record_id, part) with the passage that found it best.

    `score` is higher-is-better and comparable only within one result list. `dense` is calibrated:
    standard deviations above the mean of passages of that language; `cosine` is raw. `lexical` is
    BM25 over the fields. `coverage` is the IDF-weighted share, 0 to 1, of the query's content terms
    that the place's text holds. None: that leg did not return it. `features` holds what the second
    stage saw, by name.
    """

    passage: Passage
    score: float
    cosine: float | None = None
    dense: float | None = None
    lexical: float | None = None
    coverage: float = 0.0
    features: dict[str, float] = field(default_factory=dict)

    @property
    def record_id(self) -> str:
        return self.passage.record_id

    @property
    def part(self) -> str:
        return self.passage.part
