"""Sets and comparisons: questions about several records of one view."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from assistant.finding.candidates import Finder
from assistant.finding.continued import THINGS, continued, of_set
from assistant.finding.sets import NEARER, SetFound, Sets
from assistant.finding.things import count_of, named_resources, plainly_named, things_of
from assistant.reading.bounds import BoundReader
from assistant.reading.picks import how_many, of_those
from assistant.reading.query import Operation, Query
from assistant.reading.talk import Reading, Readings
from assistant.reading.values import Values
from assistant.writing.compared import CompareWriter, fields_of
from assistant.writing.draft import Draft
from assistant.writing.sets import PAGE, SetWriter
from assistant.writing.texts import SETS
from assistant.writing.together import together
from corpus.records import Policy, Resource
from corpus.statements.words import LABELS
from retrieval.fields import ALONE, BODY, NAME, WHOSE, WORDS, Fields
from retrieval.records import Filters

COMPARED = 0.05
"""Likelihood from which two records that are named are set side by side."""
NEED = 0.3
"""Cosine from which something of the records that are compared is near to what is needed."""
SURE_FACT = 0.6
"""Likelihood from which a phrase asks for a field and nothing else is needed to choose."""
SET_SURE, SET_LIKELY, PLAINLY_SET = 0.6, 0.4, 0.85
"""Likelihoods from which a set that only words bound is taken for what was asked, from which one that fields
bound is, and from which the talk before is not asked whether it is."""

PLAIN = ("type", "province", "city", "country", "access")
"""Fields of which there may be none, whoever asks and however."""
HARDLY = 0.1
"""Likelihood of a list or a count by the heads below which they speak against one."""
NEITHER = 0.95
"""Likelihood that neither records nor rules are asked for from which no set of them is."""
_STOPS = "。？！?!；;."
_ENDS = re.compile(r"[。？！?!；;\n]|(?<!\b[A-Za-z])\.\s")
TOLD_OF_ONE = ("has", "access", BODY)
"""Fields that bound no set where the talk is about one record."""
OF_ONE = ("aspect", "pick", "back", "fact")
"""Relations to the talk of a question about one of its records or cases."""


class Several:
    """Answers questions about sets of records, or several side by side; safe to use from several threads."""

    def __init__(
        self,
        records: Mapping[str, Resource | Policy],
        finder: Finder,
        fields: Fields,
        values: Values,
        bounds: BoundReader,
        listed: SetWriter,
        compared: CompareWriter,
    ) -> None:
        self.records, self._finder = records, finder
        self._sets = Sets(fields, values, bounds, self._near)
        self._listed, self._side_by_side = listed, compared

    def draft(self, query: Query, talked: tuple[str, ...] = ()) -> tuple[Query, Draft] | None:
        """The set or comparison that is asked for, and the question as it was taken; None where it asks for
        none. `talked` are the records that the talk showed last."""
        asks = self._sets.bounds.asks(query.text)
        count, lists = query.operations.get("count", 0.0), query.operations.get("list", 0.0)
        # Two models that were learned apart must agree; what leans on a talk asks for a set itself.
        chance = (asks["set"] + count + lists) / 2
        if query.relation in OF_ONE or (query.relation == "subject" and query.subjects):
            chance = min(chance, self._alone(query)["set"])
        elif query.relation != "alone" and chance > SET_LIKELY and self._alone(query)["compare"] > SET_SURE:
            chance = 0.0
        if chance > SET_LIKELY or (query.relation == "alone" and asks["set"] > SET_LIKELY):
            listed = self._sets.find(query, talked)
            likely = chance > SET_LIKELY or self._plainly(asks["set"], listed) or only_of_sets(listed)
            # One model alone is believed where a field bounds, or all that the question says is applied.
            things = all(one.field in (*THINGS, WHOSE) for one in listed.conditions)
            if count + lists < HARDLY and listed.uncovered and things:
                likely = False
            # What leans on one record is no question about the whole catalogue, nor a name that none bears.
            if query.unknown and not listed.ids:
                likely = False
            # Who hardly asks to list or count is told "none" only of a kind, a place or how open things are.
            plain = all(one.field in PLAIN for one in listed.conditions)
            if not listed.ids and query.relation == "alone" and count + lists < SET_LIKELY and not plain:
                likely = False
            # Nor is what plainly asks for neither, and hardly to list it, a set, where no field bounds it.
            fields = [one for one in listed.conditions if one.field not in (*TOLD_OF_ONE, WORDS, WHOSE)]
            neither = query.kinds.get("none", 0.0) > NEITHER and count + lists < SET_LIKELY
            told = bool(fields and listed.ids) and asks["set"] > PLAINLY_SET
            if neither and (not told or self._sets.bounds.names_other(query.text)):
                likely = False
            # Nor is what plainly asks for rules and hardly for a set one of records.
            of_rules = query.kinds.get("policy", 0.0) > PLAINLY_SET
            if listed.kind == "resource" and of_rules and asks["set"] < PLAINLY_SET:
                likely = False
            if query.relation in OF_ONE and all(one.field in TOLD_OF_ONE for one in listed.conditions):
                likely = False
            if likely and self._is_a_set(query, listed, chance, asks["set"] > PLAINLY_SET):
                query = of_set(replace(query, operation=_counts_or_lists(query)), listed)
                if listed.uncovered and self._sets.holds_most(listed):
                    return query, self._listed.unapplied(query, listed)
                return query, self._listed.answer(query, listed)
        if (compared := self._compared(query, asks["compare"], talked)) is not None:
            return replace(query, operation="compare"), compared
        return None

    def _alone(self, query: Query) -> Mapping[str, float]:
        """What the question as it was typed asks for."""
        return self._sets.bounds.asks(query.question)

    def of_records(self, query: Query) -> bool:
        """True where a question is bounded by what only sets of records are, whatever else it seems to be."""
        return self._sets.bounds.asks(query.text)["set"] > SET_LIKELY and only_of_sets(self._sets.find(query))

    def page(self, query: Query, offset: int) -> tuple[Draft, int]:
        """A set from one of its records on, from its first where there is none; and where that begins."""
        found = self._sets.find(query)
        offset = offset if offset < len(found.ids) else 0
        return self._listed.answer(query, found, offset), offset

    def whole(self, readings: Readings) -> Reading | None:
        """The question alone where it plainly asks for a set that it bounds itself, by fields."""
        alone = next(one for one in readings.items if one.relation == "alone")
        query = alone.query
        if query.subjects or self._sets.bounds.asks(query.text)["set"] < PLAINLY_SET:
            return None
        if readings.chances.get("condition", 0.0) > SET_SURE:
            return None
        bounded = self._sets.find(query).bounds.conditions
        return alone if any(one.field not in TOLD_OF_ONE for one in bounded) else None

    def one(self, query: Query, parts: Sequence[str], read: Callable[[str], Query]) -> bool:
        """True where a message is one question, though it looks like several: it asks for one set, or
        compares what its `parts` name, which `read` reads where that decides."""
        return self._one_set(query, parts) or self._across(query, map(read, parts))

    def _one_set(self, query: Query, parts: Sequence[str]) -> bool:
        """True where a message plainly asks for one set in a single sentence that names no record, or a part
        of it only rules out what is not to be in the set."""
        text, marked = query.text, self._sets.bounds.mark(query.text)
        if self._sets.bounds.asks(text)["set"] < PLAINLY_SET:
            return False
        if not query.subjects and not _ENDS.search(text.strip().rstrip(_STOPS)):
            return True
        starts = [text.find(part) for part in parts]
        inside = [
            [one for one in marked.spans() if start <= one.start < start + len(part) and one.role != "asked"]
            for start, part in zip(starts[1:], parts[1:], strict=True)
            if start >= 0
        ]
        return any(spans and all(one.out for one in spans) for spans in inside)

    def _across(self, query: Query, parts: Iterable[Query]) -> bool:
        """True where a part of a message compares what other parts of it name, or none of them names all
        that the message compares; `parts` are read only where the whole message may compare."""
        bounds = self._sets.bounds
        if count_of(query, bounds.mark(query.text), self.records) < 2:
            return False
        if max(bounds.asks(query.text)["compare"], query.operations.get("compare", 0.0)) < SET_LIKELY:
            return False
        parts = list(parts)
        named = set(named_resources(query, self.records))
        if len(named) > 1 and not any(named <= {*named_resources(one, self.records)} for one in parts):
            return True
        short = (one for one in parts if count_of(one, bounds.mark(one.text), self.records) < 2)
        return any(
            max(bounds.asks(one.text)["compare"], one.operations.get("compare", 0.0)) > SET_LIKELY
            for one in short
        )

    def follows(self, query: Query, before: Query) -> bool:
        """True where a further question is about the set before it: it asks something of each
        (「分别在哪」), or which of them meet more conditions. What is before may only name the set."""
        if before.operation not in ("list", "count") and (
            self._sets.bounds.asks(query.text)["set"] < SET_LIKELY
            or not things_in(self._sets.find(before), (NAME,))
        ):
            return False
        return _goes_on(query, self._sets.find(query), self._sets.find(before))

    def goes_on(
        self, alone: Query, before: Query, chances: Mapping[str, float]
    ) -> tuple[Query, Draft] | None:
        """The set before as a further question bounds it, as `continued` has it."""
        made = continued(self._sets, alone, before, chances)
        if made is None:
            return None
        query = of_set(replace(made[0], operation=_counts_or_lists(alone)), made[1])
        return query, self._listed.answer(query, made[1])

    def within(self, query: Query, further: Query, before: Query, told: Draft | None = None) -> Draft:
        """The records of the set before that meet a further question's conditions too, and what it asks of
        each; below that set where `told` lists it whole. `query` is both as one question."""
        first = self._sets.find(before)
        further = replace(further, kinds=before.kinds)
        more = self._sets.find(further)
        typed = any(one.field == "type" for one in first.conditions)
        if typed and not {*more.ids} & {*first.ids}:  # what they are was told before
            more = self._sets.find(further, open_fields=("type",))
        wider = told.set if told is not None else None
        ids = tuple(wider.ids) if wider is not None else first.ids
        kept = tuple(one for one in ids if one in more.ids) if more.kind == first.kind else ids
        narrower = wider is not None and len(kept) < len(ids)
        whole = narrower and len(ids) <= PAGE
        new = tuple(one for one in more.conditions if one not in first.conditions)
        found = replace(
            more,
            kind=first.kind,
            ids=kept,
            conditions=new if whole else (*first.conditions, *new),
            uncovered=more.uncovered if whole else (*first.uncovered, *more.uncovered),
        )
        draft = self._listed.answer(replace(query, operation=_counts_or_lists(further)), found)
        if told is None or not narrower:
            return draft
        within = SETS["within"].in_(query.language)
        if not whole:
            stop = "。" if query.language == "zh" else ". "
            heading = told.text.splitlines()[0].rstrip("：:。.") + stop
            return replace(draft, text=within.format(heading=heading, text=draft.text))
        draft = replace(draft, text=within.format(heading="", text=draft.text))
        both = together((before.question, further.question), (told, draft), query.language, headed=False)
        return replace(both, shown=draft.shown, offered=draft.offered, follow_ups=draft.follow_ups)

    @staticmethod
    def _plainly(chance: float, listed: SetFound) -> bool:
        """True where the wording alone asks for a set, as surely as what bounds it calls for."""
        fields = {one.field for one in listed.conditions if one.field != WORDS}
        several = chance > SET_SURE and len(fields) > 1 and not listed.bounds.subjects
        return chance > PLAINLY_SET or several

    def _is_a_set(self, query: Query, listed: SetFound, chance: float, plain: bool) -> bool:
        """False where what is asked for is within one record: only its name, or words, bound the set; and
        where nothing bounds it, nor does the question `plain`ly ask for a set or name all of the kind."""
        bounds = listed.bounds
        # Of a record that is named, what is recorded, how open or whose it is bounds no set.
        loose = (WORDS, *TOLD_OF_ONE) if bounds.subjects else (WORDS,)
        bounded = any(one.field not in loose for one in listed.conditions) or bool(bounds.excluded)
        if bounds.subjects and not bounded:
            return False
        if not bounded and any(not topic.out for topic in bounds.topics):
            return bool(listed.ids) and not listed.uncovered and chance > SET_SURE
        if not plain and not bounded:
            plain = self._sets.names_all(query.text, listed.kind)
        return bounded or (not listed.uncovered and chance > SET_SURE and plain)

    def _compared(self, query: Query, chance: float, talked: tuple[str, ...]) -> Draft | None:
        """Several resources side by side; None where no comparison is asked for."""
        chance = max(chance, query.operations.get("compare", 0.0))
        marked = self._sets.bounds.mark(query.text)
        several = len(named_resources(query, self.records)) > 1 or plainly_named(marked) > 1
        if query.relation != "alone":  # the talk brought what it compares with
            alone = self._alone(query)
            # "Where are those two?" asks for both, one beside the other.
            chance = max(min(chance, alone["compare"]), alone["set"] if several else 0.0)
        if chance < (COMPARED if several else SET_LIKELY):
            return None
        if self._sets.of_rules(query) > 0.5:
            return None
        ids, missing = things_of(query, marked, self.records, self._resources, self._sets.placed, talked)
        if not ids and not missing and chance > PLAINLY_SET:  # told by what they are, in no one's words
            near = self._near(query.text)
            ids = sorted(near, key=lambda one: -near[one])[:2]
        if not ids or len(ids) + len(missing) < 2 or (len(ids) < 2 and not several and chance < SET_SURE):
            return None
        if 1 < (number := how_many(query.text)) < len(ids):  # 「这俩」
            sure = {
                i: max((one.confidence for one in query.mentions if one.record_id == i), default=0.0)
                for i in ids
            }
            kept = sorted(ids, key=lambda one: -sure[one])[:number]
            ids = [one for one in ids if one in kept]
        fields: list[str] = []
        free: list[str] = []
        chooses = False
        priced = query.asks("cost") > SET_LIKELY
        names = [(one.start, one.end) for one in query.mentions if one.record_id in ids]
        for span in marked.spans():
            if span.role not in ("asked", "topic", "recorded", "access"):
                continue
            if any(start < span.end and span.start < end for start, end in names):
                continue
            aspects = self._sets.bounds.aspects(span) if span.role != "topic" else ()
            chooses |= not self._sets.bounds.aspects(span, SURE_FACT)
            priced |= "cost" in aspects
            fields += fields_of(aspects) or self._telling(query, span.text, ids)
            if span.role == "asked" and not aspects:
                free.append(span.text)
        return self._side_by_side.answer(
            query, ids, tuple(dict.fromkeys(fields)), chooses=chooses, missing=tuple(missing), priced=priced,
            free=tuple(free),
        )  # fmt: skip

    def _telling(self, query: Query, phrase: str, ids: Sequence[str]) -> list[str]:
        """The fields that are nearest to a phrase in each record; none where the phrase is near none."""
        near = self._near(phrase)
        if near and max(near.get(i, 0.0) for i in ids) < NEED:
            return []
        found = (self._finder.nearest(phrase, i, query.language) for i in ids)
        return [one.field for one in found if one is not None and one.field in LABELS]

    def _resources(self, phrase: str, about: str, others: str) -> list[str]:
        """Ids of the resources that a phrase may mean in a question about something beside others, best
        first: of those that are where, or of whom, the phrase says, and as near as what is nearest."""
        inside = self._sets.placed(phrase)
        if inside is None and not self._sets.known(phrase):
            return []
        said = self._sets.said_besides_places(phrase)
        if not said:  # "the one in Shanghai": of what the others are
            about = f"{about} {others}"
        found = self._finder.resources(f"{phrase} {about}", Filters())
        found = found if inside is None else [one for one in found if one in inside]
        near = self._near(f"{phrase} {about}")
        if not near:
            return found
        if inside is not None and not said:
            return sorted(found, key=lambda one: -near.get(one, 0.0))
        least = max(NEED, max(near.values(), default=0.0) - NEARER)
        return [one for one in found if near.get(one, 1.0) >= least]

    def _near(self, phrase: str) -> dict[str, float]:
        """How near each resource that may be seen lies to a phrase."""
        return self._finder.nearness(phrase, Filters())


def _counts_or_lists(query: Query) -> Operation:
    """The operation on a set that a question asks for."""
    count, lists = query.operations.get("count", 0.0), query.operations.get("list", 0.0)
    return "count" if count > lists else "list"


def _goes_on(query: Query, found: SetFound, first: SetFound) -> bool:
    """True where what bounds a set says neither what its things are nor what the set before is bounded by."""
    if of_those(query.question) and not found.bounds.subjects:
        return bool(found.conditions or found.beside)
    if found.bounds.subjects or query.unknown or query.references or found.uncovered:
        return False
    told: dict[tuple[str, bool], set[str]] = {}
    for one in (one for one in first.conditions if one.field not in (WORDS, "has")):
        told.setdefault((one.field, one.negated), set()).add(one.value)
    own = {(one.field, one.negated, one.value) for one in found.conditions}
    # One of several alternatives cuts the set; another value of what bounds it bounds another set.
    same = [(told[field, out], value) for field, out, value in own if (field, out) in told]
    others = any(len(values) < 2 or value not in values for values, value in same)
    both = things_in(found) and things_in(first)
    return not (both or others)


def only_of_sets(found: SetFound) -> bool:
    """True where what bounds a set bounds nothing else: what must be recorded, the kind of host, how far
    it is known, a part of the catalogue that the asker counts."""
    told = {one.field for one in found.conditions} & {
        "has",
        BODY,
        ALONE,
        "verification",
        "status",
        "amended",
        "effective",
    }
    return bool(found.ids) and not found.bounds.subjects and (bool(told) or found.bounds.total > 0)


def things_in(found: SetFound, fields: tuple[str, ...] = THINGS) -> bool:
    """True where a set is bounded by what its things are, not only by where or whose they are."""
    return any(one.field in fields and not (one.field == WORDS and one.negated) for one in found.conditions)
