"""What bounds the set that a question asks for: its words by the role that each plays.

A value of a field bounds a set wherever its words do not merely frame the question; a word that no field
explains bounds it as a topic; what things of the set are called bounds it only where that is a type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.reading.dated import FIELDS, dated
from assistant.reading.features import Floats
from assistant.reading.negation import (
    beside_word,
    field_places,
    fields_in,
    joined,
    negated,
    only_says,
    surely_negated,
    without_fields,
)
from assistant.reading.query import Condition, Query, Relation
from assistant.reading.roles import WHOLE, Encoded, Marked, Role, Span, learned_roles
from assistant.reading.spans import (
    bare_gap,
    consistent,
    covered,
    field_of,
    is_word,
    overlap,
    parts_beside,
    placed_in,
)
from assistant.reading.types_said import Types
from assistant.reading.values import Values
from assistant.reading.wording import BOUNDING, NAMED_BY, PAUSES, Chances, Wording
from retrieval.analysis import content_words
from retrieval.fields import ALONE, NAME, only

TOLD, LEVEL, SURELY = 0.3, 0.5, 0.8
"""Likelihoods from which a span asks for an aspect, means a level of access or a field, and surely does."""
EXACT = {
    "resource": frozenset(
        {
            "type", "province", "city", "country", "host", "authority", "access", "year", "updated",
            "licence", "format", "name", "body", "verification",
        }
    ),
    "policy": frozenset({"status", "rank", "issuer", "year", "province"}),
}  # fmt: skip
"""Fields whose values bound a set exactly."""
CHANGED: tuple[Relation, ...] = ("condition", "correction")
"""Relations to the talk that change what bounds the set before: values that are no condition now are gone."""
_TOLD = ("contact", "url", "since", "identifier", "licence", "steps", "host", "authority", "place", "former")
RECORDED = {
    "resource": {one: one for one in _TOLD},
    "policy": {"identifier": "number", "url": "url", "amended": "amended", "former": "former"},
}
"""Of each kind, the aspects of which a record tells or does not, and what the condition on it is called."""
_EVENTS = {"resource": ("updated",), "policy": FIELDS}
"""Fields whose names say which day is meant."""
_IN_NAME = 12
"""Characters between a word for a name and what it must say."""
_SAID = re.compile(r"[“\"「『‘']([^”\"」』’']{1,20})[”\"」』’']|\b([A-Z]{2,6})\b")


@dataclass(frozen=True, slots=True)
class Topic:
    """Alternatives of what records are about, each as the question says it."""

    texts: tuple[str, ...]
    out: bool = False
    sure: float = 1.0
    """How sure the wording is that it is one."""
    named: bool = False
    """The name of a record must say it: 「名称里有“试行”的」."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """`conditions` are on exact fields; `topics` all hold; `asked` are aspects that are asked of each."""

    conditions: tuple[Condition, ...] = ()
    topics: tuple[Topic, ...] = ()
    whose: tuple[Span, ...] = ()
    """Values that no field has: what a body or place is called in general, as a university."""
    asked: tuple[str, ...] = ()
    subjects: frozenset[str] = frozenset()
    """Records that are named, and not only as what must be recorded (a CSTR code)."""
    excluded: frozenset[str] = frozenset()
    """Records that are named to be left out."""
    others: bool = False
    """What the talk showed is not meant."""
    same: tuple[Span, ...] = ()
    """Fields that are to have the value of the record that the talk is about: "in the same province"."""
    newest: bool = False
    """It is asked for what changed last."""
    total: int = 0
    """How many there are of the part of the catalogue that a condition on names tells; 0: not said."""
    all_of: frozenset[str] = frozenset()
    """Fields of which a record must have every value, not one of them: "jointly"."""
    narrowed: tuple[tuple[Condition, Span], ...] = ()
    """Values that are ruled out only where what stands beside them holds too: "not an academy institute"."""


NOTHING = Bounds()


class BoundReader:
    """Reads bounds against the values of one corpus."""

    def __init__(
        self,
        values: Values,
        mark: Callable[[str], Marked],
        chances: Chances,
        whole: Callable[[Marked], Mapping[str, float]],
        schemes: Iterable[str],
    ) -> None:
        """`schemes` are those of identifiers, as records name them: doi, cstr."""
        self._values, self.mark, self._chances, self._whole = values, mark, chances, whole
        self._wording = Wording(values, chances)
        self._types = Types(values, self._wording)
        self._schemes = frozenset(schemes)

    def read(self, query: Query, kind: str, several: Callable[[str], bool] = lambda _: False) -> Bounds:
        """The bounds of a set of resources or of policies; `several` records say a text."""
        text, marked = query.text, self.mark(query.text)
        spans = [
            replace(one, role=self._role(one, marked, kind)) if one.role in ("topic", "access") else one
            for one in marked.spans()
        ]
        names = self._in_names(text, spans)
        spans = [one for one in spans if not any(overlap(one, place) for place in names)]
        mentions = [(one.start, one.end) for one in query.mentions]
        besides = [
            one
            for one in self._besides(query)
            if not any(overlap(one, place) for place in mentions) and self._wording.meant(one, marked)
        ]
        named = [
            replace(placed_in(one, text), field=field_of(one.field, kind))
            for one in (*query.conditions, *besides)
        ]
        types = self._types.said(named, marked, mentions)
        chain = [*types, *(one for one in named if one.field == "type" and one.start >= 0)] if types else []
        named += types
        found = [one for one in named if one.field in EXACT[kind] and one.field != "access"]
        found = [one for one in found if self._wording.meant(one, marked)]
        if any(one in found for one in chain):  # of alternatives that are joined, each is meant
            found += [one for one in chain if one not in found and one.field in EXACT[kind]]
        if query.relation not in CHANGED:  # else the words of two questions stand in a row
            found = [self._wording.sided(one, marked) for one in found]
        if kind == "policy":
            found = dated(found, text)
        elif query.asks("updated") > LEVEL:
            found = [replace(one, field="updated") if one.field == "year" else one for one in found]
        if open_spans := [one for one in spans if self._wording.left_open(one, text, spans)]:
            closed = [one for one in spans if one not in open_spans]
            if any(one.role in BOUNDING for one in closed):
                found, named = (
                    [one for one in some if one.start < 0 or not self._wording.left_open(one, text, spans)]
                    for some in (found, named)
                )
                spans = closed
        known = [(one.start, one.end) for one in self._values.find(text)]
        found = self._types.meant(found, spans, text)
        part, total = self._types.part(spans, text) if kind == "resource" else (None, 0)
        if part is not None:
            # What they are is told by the part; of one kind of them only words elsewhere speak.
            beside = [one for one in found if one.start >= 0 and not overlap(part, (one.start, one.end))]
            found = [one for one in found if one in beside or one.field not in ("type", NAME)] + [part]
        spans, found, newest = self._explained(spans, found, text, kind)
        if kind == "resource":
            found += self._access(spans, marked)
        if names:  # what a name must say is told there
            spans = [one for one in spans if one.role != "recorded" or "name" not in fields_in(one.text)]
        found += self._recorded(spans, marked, kind, found)
        asked = [one for one in spans if one.role in ("recorded", "asked", "access")]
        mentioned = {
            one.record_id: one
            for one in query.mentions
            if one.record_id in query.subjects
            and not any(overlap(span, (one.start, one.end)) for span in asked)
            and not (self._wording.as_topic(one.start, one.end, marked) and several(one.surface))
        }
        taken = [(one.start, one.end) for one in found if one.start >= 0]
        taken += self._again(found, text, kind)
        found = consistent(found, text)
        taken += [(one.start, one.end) for one in mentioned.values()]
        said = [one for one in named if one.field == "subject" and self._wording.is_topic(one, marked)]
        about = [
            replace(one, out=one.out or self._wording.out(one.start, one.end, marked))
            for one in (*spans, *self._subjects(said, spans, marked))
        ]
        # A kind that is ruled out bounds, whether or not it is a type; so does a name that no record bears.
        out = [one for one in about if one.role in ("kind", "named") and one.out]
        about = [replace(one, role="topic") if one in out else one for one in about]
        about = [one for one in about if not any(overlap(one, place) for place in names)]
        topics = [*names.values(), *self._topics(about, taken, marked)]
        if any(not topic.out for topic in topics):
            found = [one for one in found if one.field != "type" or one.start >= 0]
        same = tuple(
            one
            for one in spans
            if one.role == "value"
            and fields_in(one.text)
            and not any(overlap(one, place) for place in (*taken, *known))
        )
        whose = tuple(
            one
            for span in spans
            if span.role == "value" and span not in same
            for one in parts_beside(span, [*taken, *known] if query.relation in CHANGED else taken)
            if len(one.text) > 1 and self._wording.says(one.text)
            if part is None or not self._values.is_of_class(one.text, part.value)
        )
        narrowed = [
            (condition, one)
            for one in whose
            for span in spans
            if one.out and span.start <= one.start and one.end <= span.end
            for condition in found
            if condition.negated and span.start <= condition.start and condition.end <= span.end
        ]
        whose = tuple(one for one in whose if all(one != span for _, span in narrowed))
        found, all_of = self._bodies(found, text, kind)
        if not (found or topics or whose or mentioned) and kind == "resource":
            found = [
                Condition("has", field, False, text[start:end], start, end)
                for field, start, end in field_places(text, ("former",))[:1]
            ]
        excluded = frozenset(
            i for i, one in mentioned.items() if self._wording.out(one.start, one.end, marked)
        )  # fmt: skip
        return Bounds(
            tuple(dict.fromkeys(found)),
            tuple(topics),
            whose,
            self._asked(spans, found),
            frozenset(mentioned) - excluded,
            excluded,
            any(one.role == "other" for one in spans),
            same,
            newest,
            total,
            all_of,
            tuple(narrowed),
        )

    def _role(self, span: Span, marked: Marked, kind: str) -> Role:
        """What a topic or an access turns out to be: a level of access, what must be recorded, or a topic."""
        if self._wording.is_access(span, marked):
            return "access"
        chances = self._chances("aspects", span.text)
        recorded = max(chances[one] for one in RECORDED[kind])
        return "recorded" if span.role == "access" and recorded > SURELY else "topic"

    def _besides(self, query: Query) -> list[Condition]:
        """Values that bound nothing but sets; of a question that was merged with the one before it, those of
        that one stay where it says no other of their field."""
        text = query.text
        if query.relation not in CHANGED:
            return self._values.conditions(text, self._values.of_sets(text))
        own = self._values.conditions(query.question, self._values.of_sets(query.question))
        before = text.removesuffix(query.question)
        if before == text:
            return [placed_in(one, text) for one in own]
        fields = {one.field for one in (*own, *query.conditions)}
        kept = self._values.conditions(before, self._values.of_sets(before))
        return [
            *(one for one in kept if one.field not in fields),
            *(replace(one, start=one.start + len(before), end=one.end + len(before)) for one in own),
        ]

    def _again(self, found: Sequence[Condition], text: str, kind: str) -> list[tuple[int, int]]:
        """Where a text says once more what it is bounded by: NIM（中国计量院）."""
        values = {(one.field, one.value) for one in found}
        said = self._values.find(text)
        return [(one.start, one.end) for one in said if (field_of(one.field, kind), one.value) in values]

    def _bodies(self, found: list[Condition], text: str, kind: str) -> tuple[list[Condition], frozenset[str]]:
        """Whether bodies are meant to be the only ones, or all of them: "by it alone", "jointly"."""
        told: list[Condition] = []
        every: set[str] = set()
        places = [(field_of(one.field, kind), one) for one in self._values.find(text)]
        for field in ("authority", "issuer", "host"):
            own = [one for one in found if one.field == field and not one.negated and one.start >= 0]
            if not own:
                continue
            values, surface = {one.value for one in own}, "、".join(one.surface for one in own)
            said = [(one.start, one.end) for name, one in places if name == field and one.value in values]
            said += [(one.start, one.end) for one in own]
            if any(beside_word("alone", text, *place) for place in said):
                told.append(Condition(ALONE, only(field, values), False, surface))
            elif any(beside_word("together", text, *place) for place in said):
                if len(values) > 1:
                    every.add(field)
                else:
                    told.append(Condition(ALONE, only(field, values), True, surface))
        return [*found, *told], frozenset(every)

    def _explained(
        self, spans: Sequence[Span], found: Sequence[Condition], text: str, kind: str
    ) -> tuple[list[Span], list[Condition], bool]:
        """Without what only names the field of a value ("under the MIT licence"), and whether what changed
        last is asked for; a year beside a word for changes is that of the change."""
        placed = [one for one in found if one.start >= 0]
        names = [place[1:] for place in field_places(text, {one.field for one in placed} & set(NAMED_BY))]
        kept: list[Span] = []
        newest = False
        for span in spans:
            rest = " ".join(one.text for one in parts_beside(span, [(one.start, one.end) for one in placed]))
            named = fields_in(span.text) & {*_EVENTS[kind], *(one.field for one in placed)}
            if any(start <= span.start and span.end <= end for start, end in names) or only_says(span.text):
                continue
            if span.role in ("asked", "frame", "kind") or self._wording.says(without_fields(rest)):
                kept.append(span)
            elif "updated" in named and kind == "resource":
                years = [one for one in placed if one.field == "year" and not self._between(one, span, text)]
                found = [replace(one, field="updated") if one in years else one for one in found]
                newest |= not years
            elif not named and (rest or span.role != "recorded"):
                kept.append(span)
        return kept, list(found), newest

    def _between(self, one: Condition, span: Span, text: str) -> bool:
        """True where words stand between a value and a span."""
        return self._wording.says(
            text[one.end : span.start] if one.end <= span.start else text[span.end : one.start]
        )

    def _subjects(self, said: Sequence[Condition], spans: Sequence[Span], marked: Marked) -> list[Span]:
        """Subjects of records that the wording does not mark whole as topics."""
        whole = [one for one in spans if one.role == "topic"]
        return [
            Span(
                "topic",
                one.surface or one.value,
                one.start,
                one.end,
                self._wording.sided(one, marked).negated,
            )
            for one in said
            if not any(span.start <= one.start and one.end <= span.end for span in whole)
        ]

    def asks(self, text: str) -> Mapping[str, float]:
        """How likely a question asks for a set, compares, or asks of one thing: set, compare, one."""
        return self._whole(self.mark(text))

    def names_other(self, text: str) -> bool:
        """True where what a set's members are called is nothing that records or rules are: 工资标准, menu."""
        kinds = [one.text for one in self.mark(text).spans() if one.role == "kind"]
        words = [word for one in kinds for word in content_words(one)]
        known = (any(len(one.surface) == len(word) for one in self._values.find(word)) for word in words)
        return any(not (own or self._values.is_general(word)) for own, word in zip(known, words, strict=True))

    def of_records(self, text: str) -> float:
        """How likely a text asks for a set of records of the catalogue; 0 where only its words were read."""
        about = self.mark(text).about
        return min(self.asks(text)["set"], about["resource"]) if about else 0.0

    def _access(self, spans: Sequence[Span], marked: Marked) -> list[Condition]:
        found: dict[tuple[str, bool], Condition] = {}
        for one in (span for span in spans if span.role == "access"):
            chances = self._chances("access", one.text)
            label = max(chances, key=lambda one: chances[one])
            if chances[label] < LEVEL:
                continue
            value = label.removeprefix("not_")
            if label.startswith("not_"):  # leaving out what is not of a level asks for that level
                out = not surely_negated(marked.text, one.start, one.end)
            else:
                out = self._wording.out(one.start, one.end, marked)
            found.setdefault((value, out), Condition("access", value, out, one.text, one.start, one.end))
        # A level by its own label, beside the name of the field.
        said = self._values.conditions(marked.text, self._values.find(marked.text))
        for level in (one for one in said if one.field == "access"):
            if self._wording.by_field(level, marked.text):
                found.setdefault((level.value, level.negated), level)
        kept = list(found.values())
        if any(not one.negated for one in kept):  # What is asked for says more than what is not.
            kept = [one for one in kept if not one.negated]
        return kept

    def _recorded(
        self, spans: Sequence[Span], marked: Marked, kind: str, bounded: Sequence[Condition]
    ) -> list[Condition]:
        found: dict[tuple[str, bool], Condition] = {}
        fields = {one.field for one in bounded}
        for one in (span for span in spans if span.role == "recorded"):
            inside = any(overlap(one, (has.start, has.end)) for has in bounded if has.start >= 0)
            if inside or fields & fields_in(one.text):  # it says a value, or names its field
                continue
            words = set(content_words(one.text))
            said: list[str] = sorted(words & self._schemes)
            if not said:
                chances = self._chances("aspects", one.text)
                aspect = max(RECORDED[kind], key=lambda one: chances[one])
                # A rule tells of few aspects: the likeliest of them is meant sooner.
                least = max(chances["none"], LEVEL if kind == "resource" else 0.0)
                said = [RECORDED[kind][aspect]] if chances[aspect] > least else []
            out = self._wording.out(one.start, one.end, marked)
            for value in said:
                condition = Condition("has", value, out, one.text, one.start, one.end)
                found.setdefault((value, out), condition)
        return [one for one in found.values() if not one.negated or (one.value, False) not in found]

    @staticmethod
    def _in_names(text: str, spans: Sequence[Span]) -> dict[tuple[int, int], Topic]:
        """What names must say, and where: in quotes, or as an abbreviation, beside the word for a name."""
        found: dict[tuple[int, int], Topic] = {}
        for _, start, end in field_places(text, ("name",)):
            if any(one.role == "asked" and overlap(one, (start, end)) for one in spans):
                continue
            for said in _SAID.finditer(text):
                gap = text[end : said.start()] if end <= said.start() else text[said.end() : start]
                if len(gap.strip()) <= _IN_NAME and not PAUSES.search(gap):
                    own = next(one for one in said.groups() if one)
                    out = negated(text, said.start(), said.end())
                    found.setdefault(said.span(), Topic((own,), out, named=True))
        return found

    def _topics(self, spans: Sequence[Span], taken: Sequence[tuple[int, int]], marked: Marked) -> list[Topic]:
        text = marked.text
        topics: list[Topic] = []
        before: Span | None = None
        # Of a topic that ends in a word for a type, the rest is one: 海洋 of 海洋数据.
        parted = [
            left
            for one in spans
            for left in (parts_beside(one, taken) if one.role == "topic" and covered(one, taken) else [one])
        ]
        ordered = sorted(parted, key=lambda one: (one.start, -one.end))
        for one in ordered:
            if before is not None and 0 <= one.start < before.end:
                continue
            if (
                one.role == "topic"
                and not covered(one, taken)
                and is_word(one.text)
                and self._wording.says(one.text)
            ):
                gap = text[before.end : one.start] if before else ""
                if topics and before and before.out == one.out and gap and joined(bare_gap(gap)):
                    topics[-1] = replace(topics[-1], texts=(*topics[-1].texts, one.text))
                else:
                    sure = marked.role(one.start, one.end)["topic"] if one.start >= 0 else 1.0
                    topics.append(Topic((one.text,), one.out, sure))
                before = one
        return topics

    def aspects(self, span: Span, least: float = TOLD) -> tuple[str, ...]:
        """What a phrase asks of each; empty where it means no field."""
        if not content_words(span.text):
            return ()
        chances = self._chances("aspects", span.text)
        return tuple(one for one, chance in chances.items() if chance > least and one != "none")

    def _asked(self, spans: Sequence[Span], found: Sequence[Condition]) -> tuple[str, ...]:
        asked = [one for one in spans if one.role == "asked"]
        said: list[str] = []
        for one in asked:
            said += self.aspects(one) or (["type"] if "type" in fields_in(one.text) else [])
        missing = {one.value for one in found if one.field == "has" and one.negated}
        said += [
            "identifier" if one.value in self._schemes else one.value
            for one in found
            if one.field == "has" and not one.negated
        ]
        return tuple(one for one in dict.fromkeys(said) if one not in missing)


def bound_reader(
    values: Values,
    schemes: Collection[str],
    plain: Callable[[str], Floats] | None,
    encoded: Encoded | None,
) -> BoundReader:
    """A reader with the learned models; `plain` gives vectors of texts, `encoded` what the role encoder makes
    of them, None where another embedder is set than they were learned with."""
    words, phrases = learned_roles()

    def chances(name: str, phrase: str) -> dict[str, float]:
        return phrases[name].chances(phrase, plain(phrase) if plain else None)

    def whole(marked: Marked) -> Mapping[str, float]:
        return marked.whole or phrases[WHOLE].chances(marked.text)

    mark = lru_cache(maxsize=256)(lambda text: words.mark(text, encoded))
    return BoundReader(values, mark, chances, whole, schemes)
