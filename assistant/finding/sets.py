"""Lists, counts and filters: exact sets of records that meet the conditions of a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from assistant.reading.bounds import EXACT, NOTHING, BoundReader, Bounds, Topic
from assistant.reading.negation import fields_in
from assistant.reading.query import Condition, Query
from assistant.reading.roles import Span
from assistant.reading.values import Values, merged
from retrieval.analysis import PLACE_NOUN, content_words, dictionary_words, normalise, tagged_words
from retrieval.fields import GAP, NAME, WHOSE, WORDS, Fields, Wanted

PLAINLY, LIKELY_RULES = 0.85, 0.7
"""Likelihoods from which rules are meant although a field of resources is named, and although a level of
access is."""
NEAR, NEARER = 0.4, 0.135
"""Least cosine of what is taken to be meant by a topic that no record names, and how far behind the first."""
EITHER = " | "
"""Between alternatives of what records say, in the value of a condition."""
MOST = 0.5
"""Share of all records from which a set is no answer to a question with words that were not applied."""
DOUBTFUL = 0.7
"""Likelihood below which words are given up that alone leave a set empty."""
WIDER = 2
"""Bounds that an empty set is told without."""
_ABBREVIATION = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3,6}(?![A-Za-z0-9])")
_PROPER = re.compile(r"\b[A-Z][a-z]+\b")
_PLACED = ("province", "city", "country", "host", "authority")
_OWN = EXACT["resource"] - EXACT["policy"] - {"country"} | {"has"}

Near = Callable[[str], Mapping[str, float]]
"""How near each record lies to a phrase, by id."""


@dataclass(frozen=True, slots=True)
class SetFound:
    """`ids` in order of id; `conditions` are what was applied, `uncovered` words that nothing tells of."""

    kind: str
    ids: tuple[str, ...]
    conditions: tuple[Condition, ...]
    uncovered: tuple[str, ...] = ()
    meant: tuple[str, ...] = ()
    """Topics that no record names, applied by their meaning."""
    bounds: Bounds = NOTHING
    """What they were read from."""
    left_out: frozenset[str] = frozenset()
    """Records that are left out by name, or as those that the talk showed."""
    given_up: tuple[str, ...] = ()
    """Words that the question may bound the set by, and none of the set says."""
    apart: bool = False
    """It is what a set before left out."""
    wider: tuple[tuple[tuple[Condition, ...], tuple[str, ...]], ...] = ()
    """Of an empty set: conditions without which there are some, and these, the likeliest first."""

    @property
    def beside(self) -> tuple[str, ...]:
        """Aspects that are asked of each."""
        return self.bounds.asked


@dataclass(frozen=True, slots=True)
class _Filter:
    """Conditions that are one bound, and the records that meet it; with `out` all others do."""

    conditions: tuple[Condition, ...]
    ids: frozenset[str]
    out: bool = False
    sure: float = 1.0
    """How sure the wording is of it."""


def _meeting(every: frozenset[str], filters: Iterable[_Filter]) -> frozenset[str]:
    for one in filters:
        every = every - one.ids if one.out else every & one.ids
    return every


def _wider(
    every: frozenset[str], filters: Sequence[_Filter]
) -> tuple[tuple[tuple[Condition, ...], tuple[str, ...]], ...]:
    """The bounds without any one of which some records meet all others: words before fields, and the fewest
    records first."""
    if len(filters) < 2:
        return ()
    some = ((one, _meeting(every, (other for other in filters if other is not one))) for one in filters)
    held = [(one.conditions, tuple(sorted(ids))) for one, ids in some if ids]
    held.sort(key=lambda one: (one[0][0].field not in (WORDS, WHOSE), len(one[1])))
    return tuple(held[:WIDER])


def _loosest(filters: Sequence[_Filter]) -> _Filter | None:
    """The words least surely meant to bound a set, where they are doubtful and fields bound it too."""
    doubtful = [one for one in filters if one.sure < DOUBTFUL and not one.out]
    fields = any(one.conditions[0].field not in (WORDS, WHOSE) for one in filters)
    return min(doubtful, key=lambda one: one.sure) if doubtful and fields else None


def _wanted(same: Sequence[Condition]) -> Wanted:
    """Conditions on one field, none or all of them ruled out."""
    return Wanted(same[0].field, tuple(dict.fromkeys(one.value for one in same)), same[0].negated)


def _inside_names(text: str) -> str:
    """A text, or the abbreviation that it is the plural of, as a condition on NAME has it."""
    one = text[:-1] if text[-1:] == "s" and text[:-1].isupper() else text
    return f"{GAP}{normalise(one)}{GAP}"


def _as_before(query: Query) -> tuple[str, Bounds]:
    """The kind and the bounds of a set whose conditions are known whole."""
    words = [one for one in query.conditions if one.field == WORDS]
    whose = [one for one in query.conditions if one.field == WHOSE]
    fields = tuple(one for one in query.conditions if one not in words and one not in whose)
    topics = tuple(Topic(tuple(one.value.split(EITHER)), one.negated) for one in words)
    spans = tuple(Span("value", one.value, -1, -1, one.negated) for one in whose)
    kind = "policy" if query.kinds.get("policy", 0.0) > query.kinds.get("resource", 0.0) else "resource"
    return kind, Bounds(fields, topics, spans)


class Sets:
    """Answers set queries from the fields table."""

    def __init__(self, fields: Fields, values: Values, bounds: BoundReader, near: Near) -> None:
        self._fields, self._values = fields, values
        self.bounds, self._near = bounds, near

    def find(
        self,
        query: Query,
        talked: Sequence[str] = (),
        open_fields: Collection[str] = (),
        kind: str | None = None,
    ) -> SetFound:
        """Every record that meets the conditions; an empty set is an answer. `talked` are the records that
        the talk showed last, for a question about others; values of `open_fields` bound nothing; `kind` is
        what the set is of where that is known."""
        if query.bounded:
            kind, bounds = _as_before(query)
            bounds = replace(bounds, asked=self.bounds.read(query, kind).asked)
        elif kind is not None:
            bounds = self.bounds.read(query, kind, self.several_say)
        else:
            kind, bounds = self._bounded(query)
        if open_fields:
            kept = tuple(one for one in bounds.conditions if one.field not in open_fields)
            bounds = replace(bounds, conditions=kept)
        given = query.given
        conditions = [
            *bounds.conditions,
            *(Condition("type", value) for value in given.types),
            *(Condition("province", value) for value in given.provinces),
            *(Condition("access", value) for value in given.access),
        ]
        uncovered: list[str] = []
        left_out = bounds.excluded | query.excluded | (frozenset(talked) if bounds.others else frozenset())
        for span in bounds.same:
            values = [one for one in map(partial(self._of_one, span.text), talked[:1]) if one]
            conditions += [replace(one, negated=span.out) for own in values for one in own]
            left_out |= frozenset(talked[:1]) if values else frozenset()
            uncovered += [] if values else [span.text]
        if bounds.total:
            conditions += self._counted(conditions, bounds.total)
        # 上海 and 合肥 are alternatives, though one is a province and one a city.
        placed = [
            replace(one, field="place") if one.field in ("province", "city") else one for one in conditions
        ]
        groups: dict[tuple[str, ...], list[int]] = {}
        for at, one in enumerate(placed):  # all that must be recorded is
            each = one.field == "has" or (one.field in bounds.all_of and not one.negated)
            own = (one.field, str(one.negated), one.value if each else "")
            groups.setdefault(own, []).append(at)
        everything = frozenset(self._fields.ids(kind, []))
        filters = []
        for places in groups.values():
            ids = frozenset(self._fields.ids(kind, [_wanted([placed[at] for at in places])]))
            for one, beside in bounds.narrowed:
                if one in (conditions[at] for at in places):
                    ids |= everything - self._whose(beside.text, kind)
            filters.append(_Filter(tuple(conditions[at] for at in places), ids))
        marked = self.bounds.mark(query.text)
        said: list[Condition] = []
        outside = {one.surface for one in conditions if one.negated}
        for span in bounds.whose:
            if any(span.text in one or one in span.text for one in outside if one):
                continue  # 「清一色在北京，有没有不在北京的」
            ids = self._whose(span.text, kind)
            if ids:
                said.append(Condition(WHOSE, span.text, span.out, span.text))
                sure = marked.role(span.start, span.end)["value"] if span.start >= 0 else 1.0
                filters.append(_Filter((said[-1],), ids, span.out, sure))
            elif called := self._called(span.text, kind):
                said.append(Condition(NAME, _inside_names(span.text), span.out, span.text))
                filters.append(_Filter((said[-1],), frozenset(called), span.out))
            else:
                uncovered.append(span.text)
        meant: list[str] = []
        for topic in bounds.topics:
            held: set[str] = set()
            bounding: list[str] = []
            for text in topic.texts:
                # What is ruled out is what a thing is, not what it speaks of besides.
                called = self._called(text, kind) if topic.out or topic.named else []
                exact = called or ([] if topic.named else self._saying(text, kind))
                about = exact or (self._meaning(text) if kind == "resource" and not topic.named else [])
                held.update(about)
                if not about:
                    uncovered.append(text)
                    continue
                meant += [] if exact else [text]
                bounding.append(text)
            if held and topic.named:
                said += [Condition(NAME, _inside_names(one), topic.out, one) for one in bounding]
                filters.append(_Filter(tuple(said[-len(bounding) :]), frozenset(held), topic.out))
            elif held:
                said.append(Condition(WORDS, EITHER.join(bounding), topic.out, "、".join(bounding)))
                filters.append(_Filter((said[-1],), frozenset(held), topic.out, topic.sure))
            if held and len(bounding) < len(topic.texts):  # said in other words beside
                uncovered = [one for one in uncovered if one not in topic.texts]
        every = everything - left_out
        found = _meeting(every, filters)
        given_up: tuple[str, ...] = ()
        if not found and (loose := _loosest(filters)) is not None:
            without = [one for one in filters if one is not loose]
            if found := _meeting(every, without):
                filters = without
                said = [one for one in said if one not in loose.conditions]
                given_up = tuple(one.surface for one in loose.conditions)
        return SetFound(
            kind,
            tuple(sorted(found)),
            (*conditions, *said),
            tuple(uncovered),
            tuple(meant),
            bounds,
            left_out - query.excluded,
            given_up,
            wider=() if found else _wider(every, filters),
        )

    def _whose(self, text: str, kind: str) -> frozenset[str]:
        """The records that say a text of who runs them or where they are, or else all of its words."""
        if ids := self._fields.ids(kind, [Wanted(WHOSE, (text,))]):
            return frozenset(ids)
        words = [one for one in content_words(text) if not self._values.is_general(one)]
        wanted = [Wanted(WHOSE, (one,)) for one in words]
        return frozenset(self._fields.ids(kind, wanted)) if len(words) > 1 else frozenset()

    def _bounded(self, query: Query) -> tuple[str, Bounds]:
        """Rules or resources, and the bounds that are read for them; what only bounds the others decides
        where neither is plainly meant."""
        of_resources = self.bounds.read(query, "resource", self.several_say)
        kind = self._kind(query, {one.field for one in of_resources.conditions})
        if kind == "resource":
            return kind, of_resources
        bounds = self.bounds.read(query, kind)
        same = bool(bounds.same)  # where and whose the record of the talk is
        if (same or (bounds.whose and not of_resources.whose)) and self.of_rules(query) < PLAINLY:
            return "resource", of_resources
        return kind, bounds

    def _of_one(self, phrase: str, record: str) -> list[Condition]:
        """What a record has of the fields that a phrase names."""
        return [
            Condition(field, value, False, value)
            for field in sorted(fields_in(phrase))
            for value in self._fields.of(record, field)
        ]

    def _counted(self, conditions: Sequence[Condition], total: int) -> list[Condition]:
        """The year that all have that make up a part of the catalogue, where its names tell more."""
        named = [Wanted(NAME, (one.value,)) for one in conditions if one.field == NAME and not one.negated]
        ids = self._fields.ids("resource", named)
        if len(ids) <= total:
            return []
        return [
            Condition("year", value, False, value) for _, value in self._fields.shared(ids, total, ["year"])
        ][:1]

    def placed(self, phrase: str) -> frozenset[str] | None:
        """The resources that are where, or of whom, a phrase says, as far as words of it are proper names;
        None where it says neither."""
        said = [one for one in self._values.find(phrase) if one.field in _PLACED]
        if said:
            groups = merged(Condition(one.field, one.value) for one in said)
            wanted = [Wanted(field, values) for (field, _), values in groups.items()]
            return frozenset(self._fields.ids("resource", wanted[:1]))
        proper = [word for word, tag in tagged_words(phrase) if tag == PLACE_NOUN]
        proper += _PROPER.findall(phrase)
        if not proper:
            return None
        told = (
            {
                one
                for field in (WHOSE, WORDS)
                for one in self._fields.ids("resource", [Wanted(field, (word,))])
            }
            for word in proper
        )
        return frozenset(set.intersection(*told))

    def names_all(self, text: str, kind: str) -> bool:
        """True where a text says what all resources, or all rules, are called together."""
        words = self._values.rule_words if kind == "policy" else self._values.resource_words
        return not words.isdisjoint(content_words(text))

    def holds_most(self, found: SetFound) -> bool:
        """True where a set is most of all that is held of its kind."""
        return len(found.ids) > MOST * len(self._fields.ids(found.kind, []))

    def known(self, phrase: str) -> bool:
        """False where a phrase says codes (hek293) or abbreviations (NCBI) that no resource says."""
        codes = [one for one in content_words(phrase) if any(map(str.isdigit, one)) and not one.isdigit()]
        codes += _ABBREVIATION.findall(phrase)
        says = (WORDS, WHOSE)
        return all(
            any(self._fields.ids("resource", [Wanted(field, (one,))]) for field in says) for one in codes
        )

    def said_besides_places(self, phrase: str) -> bool:
        """True where a phrase says more than where, or of whom, something is."""
        rest = list(phrase)
        for one in self._values.find(phrase):
            if one.field in _PLACED:
                rest[one.start : one.end] = " " * (one.end - one.start)
        words = content_words("".join(rest))
        return any(not self._values.is_general(one) for one in words)

    def _meaning(self, text: str) -> list[str]:
        """The resources that are nearest to a text that none says, where they are near enough."""
        near = self._near(text)
        best = max(near.values(), default=0.0)
        least = max(NEAR, best - NEARER)
        return [one for one, like in near.items() if like >= least]

    def several_say(self, text: str) -> bool:
        """True where more resources than one say a text."""
        return len(self._saying(text, "resource")) > 1

    def _called(self, text: str, kind: str) -> list[str]:
        """The records whose names say a text, or an abbreviation that it is the plural of."""
        return self._fields.ids(kind, [Wanted(NAME, (_inside_names(text),))])

    def _saying(self, text: str, kind: str) -> list[str]:
        """The records that say a text as it stands, or else all of its words."""
        if ids := self._fields.ids(kind, [Wanted(WORDS, (text,))]):
            return ids
        if several := self._values.subjects_of(text):
            return self._fields.ids(kind, [Wanted(WORDS, several)])
        words = [one for one in content_words(text) if not self._values.is_general(one)]
        if not words:
            return []
        if ids := self._fields.ids(kind, [Wanted(WORDS, (word,)) for word in words]):
            return ids
        known = [one for word in words for one in content_words(" ".join(dictionary_words(word)))]
        return self._fields.ids(kind, [Wanted(WORDS, (one,)) for one in known]) if known != words else []

    def of_rules(self, query: Query) -> float:
        """How likely a question asks for rules, not resources, by two models that were learned apart; what
        leans on a talk as that does."""
        told = [query.kinds]
        if query.relation == "alone" and (about := self.bounds.mark(query.text).about):
            told.append(dict(about))
        rules, resources = (sum(one.get(kind, 0.0) for one in told) for kind in ("policy", "resource"))
        return rules / ((rules + resources) or 1.0)

    def _kind(self, query: Query, bounding: Collection[str]) -> str:
        """Rules or resources; what only resources have bounds resources, unless rules are plainly meant.
        `bounding` are fields that bound resources."""
        rules = self.of_rules(query)
        # How open something is may be asked of rules too, where they are likely meant.
        fields = {one.field for one in query.conditions} | {
            one for one in bounding if one != "access" or rules < LIKELY_RULES
        }
        of_resources = bool(fields & _OWN)
        if fields & {NAME, "type"}:
            return "resource"
        said = self.names_all(query.text, "policy")
        likely = rules > 0.5 or (said and not of_resources)
        return "policy" if likely and not (of_resources and rules < PLAINLY) else "resource"
