"""Query: what one question asks, in one record that every driver reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.reading.days import AskedDay
from assistant.reading.features import Floats
from assistant.records import AskFilters, Language
from retrieval.mentions import Mention
from retrieval.references import ResolvedRef
from retrieval.unknown_names import UnknownName

Operation = Literal[
    "find", "fact", "steps", "list", "count", "compare", "rule", "may", "version", "about", "chat", "other"
]
Relation = Literal[
    "alone", "aspect", "subject", "condition", "fact", "day", "pick", "correction", "language", "back"
]
SET_OPERATIONS: tuple[Operation, ...] = ("list", "count", "compare")
"""Operations on several records."""
NO_FILTERS = AskFilters()


@dataclass(frozen=True, slots=True)
class Condition:
    """A field of records must, or with `negated` must not, have a value.

    `value` is as records carry it; several conditions on one field, none of them negated, are alternatives.
    `start` and `end` are where the question says so; -1 for one taken over from the talk, or given.
    """

    field: str
    value: str
    negated: bool = False
    surface: str = ""
    start: int = -1
    end: int = -1

    @property
    def key(self) -> tuple[str, str, bool]:
        return self.field, self.value, self.negated


@dataclass(frozen=True, slots=True)
class Query:
    """`text` stands on its own; `question` is what was typed.

    `operations`, `kinds` and `aspects` are probabilities by label. `subjects` are the ids of records that
    are named, in order; `unknown` names that no record bears. `content` are the words of the text that
    neither a name, a condition nor a frame of asking accounts for.
    """

    question: str
    text: str
    language: Language
    vector: Floats
    operation: Operation
    operations: dict[str, float]
    kinds: dict[str, float]
    aspects: dict[str, float]
    held: dict[str, float] = field(default_factory=dict)
    """What the wording alone makes likely of whether it is held at all."""
    verdicts: dict[str, float] = field(default_factory=dict)
    """What the wording alone makes likely of the verdict that is asked for."""
    mentions: tuple[Mention, ...] = ()
    subjects: tuple[str, ...] = ()
    unknown: tuple[UnknownName, ...] = ()
    references: tuple[ResolvedRef, ...] = ()
    conditions: tuple[Condition, ...] = ()
    content: tuple[str, ...] = ()
    asked_day: AskedDay | None = None
    as_of: str | None = None
    given: AskFilters = NO_FILTERS
    relation: Relation = "alone"
    verbatim: bool = False
    """The official words are asked for."""
    facts: tuple[str, ...] = ()
    """What the asker told of the case in earlier turns, in their own words."""
    excluded: frozenset[str] = frozenset()
    """Records that the asker said are not meant."""
    before: tuple[str, ...] = ()
    """The questions of the talk before this one, as they were typed."""
    bounded: bool = False
    """The conditions are all that bounds a set: what its words said of it stands in them."""

    @property
    def filters(self) -> AskFilters:
        """The conditions that the HTTP contract knows as filters, with those given by the caller."""

        def of(name: str, given: tuple[str, ...]) -> tuple[str, ...]:
            said = (one.value for one in self.conditions if one.field == name and not one.negated)
            return tuple(dict.fromkeys((*given, *said)))

        return AskFilters(
            types=of("type", self.given.types),
            provinces=of("province", self.given.provinces),
            access=of("access", self.given.access),
            as_of=self.given.as_of or self.as_of,
        )

    @property
    def superseded(self) -> tuple[Mention, ...]:
        """Mentions by the name or number of a document that the named one replaced."""
        return tuple(one for one in self.mentions if one.superseded)

    def asks(self, *aspects: str) -> float:
        """How likely one of these aspects is asked for."""
        return max((self.aspects.get(one, 0.0) for one in aspects), default=0.0)

    def to_state(self) -> dict[str, Any]:
        """What the conversation keeps of it, as JSON."""
        return {
            "text": self.text,
            "language": self.language,
            "operation": self.operation,
            "subjects": list(self.subjects),
            "conditions": [[one.field, one.value, one.negated, one.surface] for one in self.conditions],
            "as_of": self.as_of,
            "facts": list(self.facts),
        }
