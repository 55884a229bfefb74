"""What a talk keeps of its turns, and how its row in the database keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from assistant.reading.query import SET_OPERATIONS
from assistant.records import Language

KEPT_TURNS = 8


@dataclass(frozen=True, slots=True)
class PastTurn:
    """One answered question; `text` is its standalone form.

    `shown` are the records the answer was about, best first; `offered` those it let choose among;
    `places` the (policy id, part) it cited.
    """

    question: str
    text: str
    language: Language
    status: str
    operation: str = "find"
    kind: str = "resource"
    subjects: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    conditions: tuple[tuple[str, str, bool, str], ...] = ()
    as_of: str | None = None
    facts: tuple[str, ...] = ()
    offset: int = 0
    relation: str = "alone"
    bounded: bool = False
    excluded: tuple[str, ...] = ()
    """Records that a set leaves out."""
    spelt: bool = False
    """It was typed in pinyin; `question` has the characters."""

    @property
    def topical(self) -> bool:
        return bool(self.shown or self.subjects) or self.operation in SET_OPERATIONS


@dataclass(frozen=True, slots=True)
class History:
    """Past turns, oldest first."""

    turns: tuple[PastTurn, ...] = field(default=())

    @property
    def last(self) -> PastTurn | None:
        return self.turns[-1] if self.turns else None

    @property
    def last_topical(self) -> PastTurn | None:
        """The last turn that was about something: thanks and refusals in between do not count."""
        return next((turn for turn in reversed(self.turns) if turn.topical), None)

    def with_turn(self, turn: PastTurn) -> History:
        return History((*self.turns, turn)[-KEPT_TURNS:])

    def to_state(self) -> dict[str, Any]:
        """JSON for the conversation's row."""
        return {"turns": [asdict(turn) for turn in self.turns]}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> History:
        """From JSON, also of the form kept before there were typed queries."""
        return cls(tuple(_turn(one) for one in state.get("turns", [])))


def _turn(kept: Mapping[str, Any]) -> PastTurn:
    known = {name: kept[name] for name in PastTurn.__dataclass_fields__ if name in kept}
    known.setdefault("text", kept.get("query", kept["question"]))
    if "named" in kept:
        known.setdefault("subjects", kept["named"])
    if kept.get("intent") in SET_OPERATIONS:
        known.setdefault("operation", kept["intent"])
    for name in ("subjects", "shown", "offered", "facts", "excluded"):
        known[name] = tuple(known.get(name, ()))
    for name in ("places", "conditions"):
        known[name] = tuple(tuple(one) for one in known.get(name, ()))
    return PastTurn(**known)
