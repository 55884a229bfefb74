"""What bounds the set that a question asks for: its words by the role that each plays.

A value of a field bounds a set wherever its words do not merely frame the question; a word that no field
explains bounds it as a topic; what things of the set are called bounds it only where that is a type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from assistant.numerals import numbers_in
from assistant.reading.features import Floats
from assistant.reading.negation import fields_in, joined, negated, surely_negated, touches, without_fields
from assistant.reading.query import Condition, Query, Relation
from assistant.reading.roles import WHOLE, Encoded, Marked, Role, Span, learned_roles
from assistant.reading.values import Values
from retrieval.analysis import content_words, tagged_words
from retrieval.fields import NAME

MEANT, HINTED = 0.5, 0.15
"""Likelihoods of bounding roles from which a value bounds the set that is asked for, and from which another
role than the likeliest is thought of."""
OUT, OUT_BESIDE = 0.5, 0.02
"""Likelihood from which the wording alone rules a value out, and beside a word of negation."""
PART = 0.7
"""Share of a word for a kind that a type must explain to be meant by it."""
TOLD, LEVEL, PLAINLY = 0.3, 0.5, 0.75
"""Likelihoods from which a span asks for an aspect, means a level of access, and plainly does."""
EXACT = {
    "resource": frozenset(
        {
            "type", "province", "city", "country", "host", "authority", "access", "year", "updated",
            "licence", "format", "name", "body",
        }
    ),
    "policy": frozenset({"status", "rank", "issuer", "year"}),
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
_LEAD = 24
"""Characters before a word for a kind in which the asker may tell how many there are."""
_PAUSES = re.compile(r"[，。；？！,;?!：:（(]")
_BOUNDING: tuple[Role, ...] = ("kind", "topic", "value", "access", "recorded", "named")
Chances = Callable[[str, str], dict[str, float]]
"""The probabilities of a head, by its name, for a text."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Alternatives of what records are about, each as the question says it."""

    texts: tuple[str, ...]
    out: bool = False


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
        self._schemes = frozenset(schemes)

    def read(self, query: Query, kind: str) -> Bounds:
        """The bounds of a set of resources or of policies."""
        marked = self.mark(query.text)
        spans = [
            replace(one, role="access" if self._is_access(one, marked) else "topic")
            if one.role in ("topic", "access")
            else one
            for one in marked.spans()
        ]
        # What a merged question says besides is of the talk, and its reading stands in the conditions.
        said_here = query.question if query.relation in CHANGED else query.text
        besides = self._values.conditions(said_here, self._values.of_sets(said_here))
        mentions = [(one.start, one.end) for one in query.mentions]
        besides = [
            one
            for one in map(partial(_placed, text=query.text), besides)
            if not any(_overlap(one, place) for place in mentions) and self._meant(one, marked)
        ]
        named = [
            replace(_placed(one, query.text), field=_field(one.field, kind))
            for one in (*query.conditions, *besides)
        ]
        found = [one for one in named if one.field in EXACT[kind] or one.field == "subject"]
        found = [one for one in found if one.field not in ("access", "subject") and self._meant(one, marked)]
        if query.relation not in CHANGED:  # else the words of two questions stand in a row
            found = [self._sided(one, marked) for one in found]
        if kind == "resource" and query.asks("updated") > LEVEL:
            found = [replace(one, field="updated") if one.field == "year" else one for one in found]
        known = [(one.start, one.end) for one in self._values.find(query.text)]
        found = self._typed(found, spans, query.text)
        part, total = self._part(spans, query.text) if kind == "resource" else (None, 0)
        if part is not None:
            # What they are is told by the part; of one kind of them only words elsewhere speak.
            beside = [one for one in found if one.start >= 0 and not _overlap(part, (one.start, one.end))]
            found = [one for one in found if one in beside or one.field not in ("type", NAME)] + [part]
        newest = False
        if kind == "resource":
            spans, found, newest = self._explained(spans, found, query.text)
            found += self._access(spans, marked)
        found += self._recorded(spans, marked, kind)
        asked = [one for one in spans if one.role in ("recorded", "asked", "access")]
        mentioned = {
            one.record_id: one
            for one in query.mentions
            if one.record_id in query.subjects
            and not any(_overlap(span, (one.start, one.end)) for span in asked)
        }
        taken = [(one.start, one.end) for one in found if one.start >= 0]
        found = _consistent(found)
        taken += [(one.start, one.end) for one in mentioned.values()]
        said = [one for one in named if one.field == "subject" and self._is_topic(one, marked)]
        about = [
            replace(one, out=one.out or self._out(one.start, one.end, marked))
            for one in (*spans, *self._subjects(said, spans, marked))
        ]
        # A kind that is ruled out bounds, whether or not it is a type; so does a name that no record bears.
        out = [one for one in about if one.role in ("kind", "named") and one.out]
        about = [replace(one, role="topic") if one in out else one for one in about]
        topics = self._topics(about, taken, query.text)
        if any(not topic.out for topic in topics):
            found = [one for one in found if one.field != "type" or one.start >= 0]
        same = tuple(
            one
            for one in spans
            if one.role == "value"
            and fields_in(one.text)
            and not any(_overlap(one, place) for place in (*taken, *known))
        )
        whose = tuple(
            one
            for span in spans
            if span.role == "value" and span not in same
            for one in _beside(span, [*taken, *known] if query.relation in CHANGED else taken)
            if len(one.text) > 1 and self._says(one.text)
            if part is None or not self._values.is_of_class(one.text, part.value)
        )
        excluded = frozenset(
            i for i, one in mentioned.items() if self._out(one.start, one.end, marked)
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
        )

    def _explained(
        self, spans: Sequence[Span], found: Sequence[Condition], text: str
    ) -> tuple[list[Span], list[Condition], bool]:
        """Without what only names the field of a value ("under the MIT licence"), and whether what changed
        last is asked for; a year beside a word for changes is that of the change."""
        placed = [one for one in found if one.start >= 0]
        kept: list[Span] = []
        newest = False
        for span in spans:
            rest = " ".join(one.text for one in _beside(span, [(one.start, one.end) for one in placed]))
            named = fields_in(span.text) & {"updated", *(one.field for one in placed)}
            if span.role in ("asked", "frame", "kind") or self._says(without_fields(rest)):
                kept.append(span)
            elif "updated" in named:
                years = [one for one in placed if one.field == "year" and not self._between(one, span, text)]
                found = [replace(one, field="updated") if one in years else one for one in found]
                newest |= not years
            elif not named and (rest or span.role != "recorded"):
                kept.append(span)
        return kept, list(found), newest

    def _between(self, one: Condition, span: Span, text: str) -> bool:
        """True where words stand between a value and a span."""
        return self._says(text[one.end : span.start] if one.end <= span.start else text[span.end : one.start])

    def _meant(self, one: Condition, marked: Marked) -> bool:
        """False where the words of a value only frame the question; what the talk brings is meant."""
        if one.start < 0 or marked.text[one.start : one.end] != one.surface:
            return True
        roles = marked.role(one.start, one.end)
        return sum(roles[role] for role in _BOUNDING) > MEANT

    def _is_access(self, span: Span, marked: Marked) -> bool:
        """True where a span means a level of access, what looks like a topic surely: "the free archives"."""
        chances = self._chances("access", span.text)
        label = max(chances, key=lambda one: chances[one])
        if span.role == "access":
            return label != "none"
        level = any(one.field == "access" for one in self._values.find(span.text))
        likely = marked.role(span.start, span.end)["access"] > HINTED
        return (level or likely) and label != "none" and chances[label] > PLAINLY

    def _is_topic(self, one: Condition, marked: Marked) -> bool:
        if one.start < 0 or marked.text[one.start : one.end] != one.surface:
            return True
        roles = marked.role(one.start, one.end)
        return roles["topic"] > MEANT and roles["topic"] + roles["kind"] > 0.5

    def _subjects(self, said: Sequence[Condition], spans: Sequence[Span], marked: Marked) -> list[Span]:
        """Subjects of records that the wording does not mark whole as topics."""
        whole = [one for one in spans if one.role == "topic"]
        return [
            Span("topic", one.surface or one.value, one.start, one.end, self._sided(one, marked).negated)
            for one in said
            if not any(span.start <= one.start and one.end <= span.end for span in whole)
        ]

    def asks(self, text: str) -> Mapping[str, float]:
        """How likely a question asks for a set, compares, or asks of one thing: set, compare, one."""
        return self._whole(self.mark(text))

    def _out(self, start: int, end: int, marked: Marked) -> bool:
        if marked.ruled_out(start, end) > OUT or touches(marked.text, start):
            return True
        values = self._spans(marked.text)
        if surely_negated(marked.text, start, end, values):
            return True
        return marked.ruled_out(start, end) > OUT_BESIDE and negated(marked.text, start, end, values)

    def _sided(self, one: Condition, marked: Marked) -> Condition:
        """With what the wording says of whether it is ruled out."""
        if one.start < 0 or marked.text[one.start : one.end] != one.surface:
            return one
        chance = marked.ruled_out(one.start, one.end)
        abroad = self._values.is_abroad(one.surface)
        said = one.negated != abroad
        sure = said and surely_negated(marked.text, one.start, one.end, self._spans(marked.text))
        # "Abroad" rules out by itself: that it is ruled out must be said.
        out = sure or (chance > OUT and not abroad) or (chance > OUT_BESIDE and said)
        return replace(one, negated=out != abroad)

    def _spans(self, text: str) -> tuple[tuple[int, int], ...]:
        return tuple((one.start, one.end) for one in self._values.find(text))

    def _typed(self, found: list[Condition], spans: Sequence[Span], text: str) -> list[Condition]:
        """Without types that are alternatives to a word for all there is, or that no word for a kind says."""
        kinds = [one for one in spans if one.role == "kind"]
        groups: list[list[Span]] = []
        for one in kinds:
            near = groups and _joins(text[groups[-1][-1].end : one.start])
            if near:
                groups[-1].append(one)
            else:
                groups.append([one])
        types = [one for one in found if one.field == "type"]
        loose: list[Condition] = []
        meant = any(one.start < 0 for one in types)
        open_kinds = False
        for group in groups:
            start, end = group[0].start, group[-1].end
            inside = [one for one in types if one.start >= 0 and start <= one.start and one.end <= end]
            explained = [one for one in group if any(_overlap(one, (t.start, t.end)) for t in found)]
            general = [one for one in group if one not in explained and self._values.is_general(one.text)]
            if general and len(group) > 1:
                loose += inside
            if inside and meant and sum(one.end - one.start for one in inside) < PART * (end - start):
                loose += inside  # "big machines" are no instruments
                open_kinds = True
            open_kinds |= any(one not in explained and one not in general for one in group)
        open_kinds |= any(one.role == "topic" and not one.out for one in spans)
        return [
            one
            for one in found
            if one.field != "type" or (one not in loose and (one.start >= 0 or open_kinds))
        ]

    def _part(self, spans: Sequence[Span], text: str) -> tuple[Condition | None, int]:
        """The part of the catalogue that the asker counts, and how many that are: "the 20 national data
        centres"."""
        runs: list[tuple[int, int]] = []
        for one in spans:
            if one.role not in ("kind", "topic") or one.out:
                continue
            joins = runs and _joins(text[runs[-1][1] : one.start])
            runs[-1:] = [(runs[-1][0], one.end)] if joins else [*runs[-1:], (one.start, one.end)]
        for start, end in runs:
            lead = _PAUSES.split(text[max(0, start - _LEAD) : start])[-1]
            totals = [int(n.value) for n in numbers_in(lead) if n.value.isdigit() and not n.unit]
            for total in totals:
                if (value := self._values.class_of(lead + text[start:end], total)) is not None:
                    return Condition(NAME, value, False, text[start:end], start, end), total
        return None, 0

    def _says(self, text: str) -> bool:
        return any(not self._values.is_general(one) for one in content_words(text))

    def _access(self, spans: Sequence[Span], marked: Marked) -> list[Condition]:
        found: dict[tuple[str, bool], Condition] = {}
        for one in (span for span in spans if span.role == "access"):
            chances = self._chances("access", one.text)
            label = max(chances, key=lambda one: chances[one])
            if chances[label] < LEVEL:
                continue
            value = label.removeprefix("not_")
            out = label.startswith("not_") or self._out(one.start, one.end, marked)
            found.setdefault((value, out), Condition("access", value, out, one.text, one.start, one.end))
        kept = list(found.values())
        if any(not one.negated for one in kept):  # What is asked for says more than what is not.
            kept = [one for one in kept if not one.negated]
        return kept

    def _recorded(self, spans: Sequence[Span], marked: Marked, kind: str) -> list[Condition]:
        found: dict[tuple[str, bool], Condition] = {}
        for one in (span for span in spans if span.role == "recorded"):
            words = set(content_words(one.text))
            said: list[str] = sorted(words & self._schemes)
            if not said:
                chances = self._chances("aspects", one.text)
                aspect = max(RECORDED[kind], key=lambda one: chances[one])
                said = [RECORDED[kind][aspect]] if chances[aspect] > chances["none"] else []
            out = self._out(one.start, one.end, marked)
            for value in said:
                condition = Condition("has", value, out, one.text, one.start, one.end)
                found.setdefault((value, out), condition)
        return [one for one in found.values() if not one.negated or (one.value, False) not in found]

    def _topics(self, spans: Sequence[Span], taken: Sequence[tuple[int, int]], text: str) -> list[Topic]:
        topics: list[Topic] = []
        before: Span | None = None
        # Of a topic that ends in a word for a type, the rest is one: 海洋 of 海洋数据.
        parted = [
            left
            for one in spans
            for left in (_beside(one, taken) if one.role == "topic" and _covered(one, taken) else [one])
        ]
        ordered = sorted(parted, key=lambda one: (one.start, -one.end))
        for one in ordered:
            if before is not None and 0 <= one.start < before.end:
                continue
            if (
                one.role == "topic"
                and not _covered(one, taken)
                and _is_word(one.text)
                and self._says(one.text)
            ):
                gap = text[before.end : one.start] if before else ""
                if topics and before and before.out == one.out and gap and joined(_bare(gap)):
                    topics[-1] = replace(topics[-1], texts=(*topics[-1].texts, one.text))
                else:
                    topics.append(Topic((one.text,), one.out))
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
            said += self.aspects(one)
        missing = {one.value for one in found if one.field == "has" and one.negated}
        said += [
            "identifier" if one.value in self._schemes else one.value
            for one in found
            if one.field == "has" and not one.negated
        ]
        return tuple(one for one in dict.fromkeys(said) if one not in missing)


def _is_word(text: str) -> bool:
    """False for one Latin letter, and for one Chinese character that is no noun."""
    bare = text.strip()
    return len(bare) > 1 or any(tag[0] == "n" for _, tag in tagged_words(bare) if not bare.isascii())


def _consistent(found: Sequence[Condition]) -> list[Condition]:
    """Without a value that the same question rules out: "not Chinese (run from abroad)" says one thing."""
    out = {(one.field, one.value) for one in found if one.negated}
    return [one for one in found if one.negated or (one.field, one.value) not in out]


def _field(field: str, kind: str) -> str:
    """A body that governs resources issues rules."""
    return "issuer" if kind == "policy" and field in ("authority", "host") else field


def _bare(gap: str) -> str:
    return gap.strip(" /或者oOrR").removeprefix("的")


def _joins(gap: str) -> bool:
    """True where no more stands between two words than what joins them."""
    return len(gap.strip()) <= 1 or joined(_bare(gap))


def _beside(span: Span, taken: Sequence[tuple[int, int]]) -> list[Span]:
    """What is left of a span beside the values that stand in it."""
    left: list[Span] = []
    at = span.start
    for start, end in [*sorted(place for place in taken if _overlap(span, place)), (span.end, span.end)]:
        text = span.text[at - span.start : max(0, start - span.start)]
        if bare := text.strip():
            first = at + text.index(bare)
            left.append(replace(span, text=bare, start=first, end=first + len(bare)))
        at = max(at, end)
    return left


def _overlap(span: Span | Condition, place: tuple[int, int]) -> bool:
    return place[0] < span.end and span.start < place[1]


def _covered(span: Span, taken: Sequence[tuple[int, int]]) -> bool:
    """True where conditions tell most of what a span says."""
    inside = sum(max(0, min(span.end, b) - max(span.start, a)) for a, b in taken)
    return inside >= 0.5 * (span.end - span.start)


def _placed(one: Condition, text: str) -> Condition:
    """A condition where its words stand in a question that was written out; nowhere where they do not."""
    if one.start >= 0 and text[one.start : one.end] == one.surface:
        return one
    at = text.rfind(one.surface) if one.surface else -1
    return replace(one, start=at, end=at + len(one.surface) if at >= 0 else -1)


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
