"""Lists, counts and filters: exact sets of records that meet the conditions of a query."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from assistant.judging.support import Texts
from assistant.reading.query import Condition, Query
from assistant.reading.reader import frame_words
from assistant.reading.values import Values, merged
from retrieval.analysis import content_words, tagged_words
from retrieval.fields import NAME, WORDS, Fields, Wanted

COMMON = 0.12
"""Share of records from which a word that they say bounds no set."""
RECORDED = ("contact", "url", "since", "identifier", "licence")
"""Aspects that a field of its own tells where it is recorded."""
TOLD = ("host", "authority")
"""Aspects that nearly every record tells."""
ASKED = 0.35
PLAINLY = 0.85
"""Likelihood from which rules are meant although a field of resources is named."""
_CLOSED = {
    "resource": {
        "type",
        "province",
        "city",
        "country",
        "host",
        "authority",
        "access",
        "year",
        "licence",
        "format",
        "has",
        NAME,
    },
    "policy": {"status", "rank", "issuer", "year"},
}


@dataclass(frozen=True, slots=True)
class SetFound:
    """`ids` in order of id; `conditions` are what was applied, `uncovered` words that nothing tells of."""

    kind: str
    ids: tuple[str, ...]
    conditions: tuple[Condition, ...]
    uncovered: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    """Aspects that are asked of each."""
    loose: tuple[str, ...] = ()
    """Words that records say, and that bound nothing."""


class Sets:
    """Answers set queries from the fields table."""

    def __init__(self, fields: Fields, texts: Texts, values: Values) -> None:
        self._fields, self._texts, self._values = fields, texts, values

    def find(self, query: Query) -> SetFound:
        """Every record that meets the conditions. Raises nothing for an empty set: it is an answer."""
        kind = self._kind(query)
        named = query.conditions
        if kind == "policy":  # A body that governs resources issues rules.
            named = tuple(
                replace(one, field="issuer") if one.field in ("authority", "host") else one for one in named
            )
        conditions = [one for one in named if one.field in _CLOSED[kind]]
        conditions += [
            Condition(field, value)
            for field, values in (
                ("type", query.given.types),
                ("province", query.given.provinces),
                ("access", query.given.access),
            )
            for value in values
        ]  # fmt: skip
        topics = [
            one
            for one in query.conditions
            if one.field == "subject" and one.value not in frame_words("set") and self._tells(one.value)
        ]
        typed = any(one.field == "type" for one in conditions)
        kinds = self._values.kind_words if typed else frozenset()
        kinds |= self._values.rule_words if kind == "policy" else self._values.resource_words
        topics = [one for one in topics if one.value not in kinds]
        words, uncovered, loose = self._words(query, topics, kind, kinds)
        beside = tuple(one for one in (*RECORDED, *TOLD) if query.aspects.get(one, 0.0) > ASKED)
        recorded = [one for one in beside if one in RECORDED]
        if kind == "resource" and recorded and not (conditions or topics or words):
            # Which of all tell it: what no condition bounds is bounded by what is asked.
            conditions += [Condition("has", one) for one in recorded]
            uncovered = ()
        # 上海 and 合肥 are alternatives, though one is a province and one a city.
        placed = [
            replace(one, field="place") if one.field in ("province", "city") else one for one in conditions
        ]
        wanted = [Wanted(field, values, out) for (field, out), values in merged(placed).items()]
        said = [Condition(WORDS, one.value, one.negated, one.surface) for one in topics]
        exact = [Wanted(WORDS, values, out) for (_, out), values in merged(said).items()]
        each = [Wanted(WORDS, (word,)) for word in words]
        ids = self._fields.ids(kind, [*wanted, *exact, *each])
        said += [Condition(WORDS, word) for word in words]
        either = [*(one.value for one in topics if not one.negated), *words]
        if not ids and len(either) > 1:
            # Words that no record says together are alternatives.
            without = [one for one in exact if one.negated]
            ids = self._fields.ids(kind, [*wanted, *without, Wanted(WORDS, tuple(either))])
        return SetFound(kind, tuple(ids), (*conditions, *said), uncovered, beside, loose)

    def _kind(self, query: Query) -> str:
        """Rules or resources; what only resources have bounds resources, unless rules are plainly meant."""
        fields = {one.field for one in query.conditions}
        of_resources = bool(fields & (_CLOSED["resource"] - _CLOSED["policy"] - {"country"}))
        policy, resource = query.kinds.get("policy", 0.0), query.kinds.get("resource", 0.0)
        said = any(word in self._values.rule_words for word in query.content)
        likely = policy > resource or (said and not of_resources)
        return "policy" if likely and not (of_resources and policy < PLAINLY) else "resource"

    def _tells(self, text: str) -> bool:
        """False for words that so many records say that they bound no set."""
        return any(self._texts.share(word) < COMMON for word in content_words(text))

    def _words(
        self, query: Query, topics: list[Condition], kind: str, kinds: Collection[str]
    ) -> tuple[list[str], tuple[str, ...], tuple[str, ...]]:
        """(words of the question that are topics of records, those that no record says, others); words of
        asking and of the kind that is listed are none of them."""
        # What a condition tells already is no word beside it, however often it is said.
        inside = " ".join(f"{one.surface} {one.value}".lower() for one in query.conditions)
        words = [
            word
            for word in query.content
            if word not in frame_words("set")
            and word not in kinds
            and word not in inside
            and not word.isdigit()
            and len(word) > 1
        ]
        known = self._texts.topics(kind)
        nouns = {word.lower() for word, tag in tagged_words(query.text) if tag[0] in "njx" or tag == "eng"}
        unknown = tuple(
            word for word in words if not self._texts.knows(word) and (word.isascii() or word in nouns)
        )
        things = [word for word in words if word not in unknown and (word.isascii() or word in nouns)]
        bounding = [word for word in things if word in known and self._texts.share(word) < COMMON]
        return bounding, unknown, tuple(word for word in things if word not in bounding)
