"""Understanding: one question as it was read, in its conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from assistant.cues import Attribute, Refusal, SmallTalk
from assistant.days import AskedDay
from assistant.records import AskFilters, Language
from retrieval.names import Mention
from retrieval.references import ResolvedRef
from retrieval.unknown_names import UnknownName

Intent = Literal["small_talk", "declined", "elsewhere", "list", "compare", "find", "unclear"]
Assumed = Literal["narrowed", "corrected", "returned", "compared", "picked", "replaced", "rewritten"]
"""Ways of tying a question to the talk that are not obvious: the answer says how it was read."""

NO_FILTERS = AskFilters()

SURE = 0.6
"""Confidence from which a mention names its record beyond doubt."""
LOOSELY = frozenset({"short", "typo", "homophone"})
"""Ways of naming a record that may also be a mere description."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """The reading of one question.

    `named` are ids in the order of the question, sure mentions only; `hinted` those of uncertain
    mentions. `carried` are the ids taken over from the conversation. `query` stands on its own: what
    retrieval searches. `places` are (policy id, part) the conversation was about.
    """

    question: str
    text: str
    query: str
    language: Language
    intent: Intent
    attributes: frozenset[Attribute] = frozenset()
    named: tuple[str, ...] = ()
    hinted: tuple[str, ...] = ()
    superseded: tuple[Mention, ...] = ()
    references: tuple[ResolvedRef, ...] = ()
    unknown: tuple[UnknownName, ...] = ()
    carried: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    follow_up: bool = False
    leans_back: bool = False
    """The wording itself leans on what was said before."""
    relative: int | None = None
    """0 for 「这是第几条」, 1 for 「下一条」, -1 for 「上一条」: counted from the article talked about."""
    sibling: bool = False
    """「淡水的那个呢」: another record of the kind talked about."""
    core: str = ""
    """The question that opened the topic this one goes on with; empty for one that stands alone."""
    narrowed: bool = False
    """The topic's question once more, within other filters."""
    wish: str = ""
    """What 「只要国家级的」 asks beyond the filters: it orders what is found and excludes nothing."""
    same_place: bool = False
    """After "And the lowest one?" the article of the last answer leads, unless another says more of this."""
    assumed: Assumed | None = None
    rule_words: int = 0
    asks_where: bool = False
    asks_permission: bool = False
    asks_sum: bool = False
    rest: str = ""
    small_talk: SmallTalk | None = None
    refusal: Refusal | None = None
    given: AskFilters = NO_FILTERS
    read: AskFilters = NO_FILTERS
    asked_day: AskedDay | None = None
    """The past day or period that the wording names; `read.as_of` is its last day."""
    mentions: tuple[Mention, ...] = field(default=())

    @property
    def subjects(self) -> tuple[str, ...]:
        """Ids the question is about for sure: named, else carried over."""
        return self.named or self.carried

    @property
    def filters(self) -> AskFilters:
        """Given filters, and those read from the question where none was given."""
        return AskFilters(
            types=self.given.types or self.read.types,
            provinces=self.given.provinces or self.read.provinces,
            access=self.given.access or self.read.access,
            as_of=self.given.as_of or self.read.as_of,
        )
