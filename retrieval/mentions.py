"""Mention, and the choice among readings that overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.surfaces import How, RecordKind


@dataclass(frozen=True, slots=True)
class Mention:
    """A record named at start..end of the text as given."""

    record_id: str
    kind: RecordKind
    surface: str
    start: int
    end: int
    how: How
    confidence: float
    superseded: bool = False
    """The name or number is that of a document which this record replaced."""


def best_of_span(found: Sequence[tuple[Mention, float]]) -> list[Mention]:
    """For each span the strongest readings, one a record; less sure where several records fit."""
    spans: dict[tuple[int, int], dict[str, tuple[Mention, float]]] = defaultdict(dict)
    for mention, strength in found:
        held = spans[(mention.start, mention.end)]
        known = held.get(mention.record_id)
        if known is None or known[1] < strength:
            held[mention.record_id] = (mention, strength)
    kept: list[Mention] = []
    for held in spans.values():
        best = max(strength for _, strength in held.values())
        near = [(m, s) for m, s in held.values() if s >= best - 0.2]
        share = 1.0 if len(near) == 1 else 0.8
        kept.extend(replace(m, confidence=round(m.confidence * share, 3)) for m, _ in near)
    return kept


_CERTAIN = {"exact", "alias", "abbreviation", "doc_number", "identifier"}


def rank(mention: Mention) -> tuple[float, int, int, str]:
    return -mention.confidence, mention.start - mention.end, mention.start, mention.record_id


def resolved(found: Sequence[Mention], text: str) -> list[Mention]:
    """Longest wins inside overlaps; guesses count as shorter than they are."""

    def length(mention: Mention) -> float:
        return (mention.end - mention.start) * (1.0 if mention.how in _CERTAIN else mention.confidence)

    certain = [m for m in found if m.how in _CERTAIN]
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (-length(m), -m.confidence, m.start, m.record_id)):
        span = (mention.start, mention.end)
        if mention.how not in _CERTAIN and any(
            c.record_id == mention.record_id and span[0] <= c.start and c.end <= span[1] for c in certain
        ):
            # The record's own name stands inside: the guess adds only words around it.
            continue
        clash = [k for k in kept if k.start < mention.end and mention.start < k.end]
        if any((k.start, k.end) != span or k.record_id == mention.record_id for k in clash):
            continue
        if any(k.how in _CERTAIN for k in clash) and mention.how not in _CERTAIN:
            continue
        kept.append(replace(mention, surface=text[mention.start : mention.end]))
    return sorted(kept, key=rank)
