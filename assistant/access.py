"""Who asks, and what they may see: the one function that decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from corpus.records import Policy, Resource

Level = Literal["public", "registered", "member", "unit", "staff"]
LEVELS: tuple[Level, ...] = ("public", "registered", "member", "unit", "staff")


@dataclass(frozen=True, slots=True)
class Asker:
    """A caller as a channel knows it; `unit` names the member unit of a unit key."""

    level: Level = "public"
    unit: str | None = None


PUBLIC = Asker()


def visible_to(asker: Asker) -> frozenset[str]:
    """Visibilities that this asker may see: each level sees its own and those below it."""
    return frozenset(LEVELS[: LEVELS.index(asker.level) + 1])


def is_seen(records: Mapping[str, Resource | Policy], record_id: str, visible: frozenset[str]) -> bool:
    """True for a record that is there and may be seen."""
    record = records.get(record_id)
    return record is not None and record.visibility in visible
