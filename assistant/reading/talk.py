"""A question in its talk: the plausible readings of a follow-up.

Each reading is a question that stands on its own, with how likely the wording alone makes it; which of
them is answered is decided by what the corpus supports (see assistant/answering.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.language import only_requests_language, requested_language
from assistant.reading.conditions import meets, merged_conditions
from assistant.reading.days import asked_day, asked_now
from assistant.reading.features import Floats, between, masked, tokens
from assistant.reading.heads import Heads, of_subject, relation_extra
from assistant.reading.history import History, PastTurn
from assistant.reading.negation import released
from assistant.reading.picks import chosen_of, focus_of, how_many, last_offered, topics, without_picks
from assistant.reading.query import Condition, Query, Relation
from assistant.reading.reader import SURE, Reader
from assistant.records import AskFilters, Language
from corpus.records import Policy, Resource

Led = Callable[[str, tuple[str, ...]], Mapping[tuple[str, str], float]]

LIKELY = 0.08
"""A relation less likely than this is not tried."""
PICKED = 0.95
"""How likely "any province" opens a condition of the question before."""
SAME = 0.8
"""How likely a further question of a message that names no subject is about that of the first."""
LIKEWISE = 0.9
"""How likely what is asked again with one fact more is answered by rules, or by resources, again."""
ELSEWHERE = 0.15
"""What stays of a reading about a record that is not where, or whose, the question says, while another is:
of written talks that say such a place or unit, 5 stay with their record and 53 go to another."""
TRIED = 3
"""Readings of one question that are searched for, besides the question alone."""
LED, LED_BY = 3, 0.1
"""Records that the talk encoder leads to which are asked about too, and how likely each must be."""
LED_SHARE = 0.3
"""What of that likelihood stays beside the wording, which tells of none of them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a question in its talk; `prior` is how likely its wording makes it, 0 to 1."""

    relation: Relation
    query: Query
    prior: float
    subject: str | None = None
    """The record it is about where the talk tells; search stays with it."""
    elsewhere: bool = False
    """It is about a record that is not where, or whose, the question says, while others are."""

    @property
    def stays(self) -> float:
        """The share of its likelihood that is left where it lies elsewhere."""
        return ELSEWHERE if self.elsewhere else 1.0


@dataclass(frozen=True, slots=True)
class Readings:
    """All plausible readings, likeliest first; `alone` without the talk, `chances` by relation, `chat` and
    `nonsense` included."""

    alone: Query
    items: tuple[Reading, ...]
    chances: dict[str, float]
    focus: str | None = None
    """The record that the talk is about."""
    like_before: float = 0.0
    """Likeness to the question before, about 0 on average."""
    led: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """How likely each place, (record id, part), answers the question after those before it; empty without a
    talk, or a talk encoder."""

    @property
    def first(self) -> Reading:
        return self.items[0]

    def settled(self, sure: float) -> bool:
        """True where the first is likely enough not to be held against others: by its wording, and, where it
        leans on the talk, by where the talk encoder leads."""
        if len(self.items) < 2 or self.first.prior <= sure:
            return len(self.items) < 2
        likeliest = max(self.led, key=lambda one: self.led[one], default=None)
        about = (self.first.subject, *self.first.query.subjects)
        return self.first.relation == "alone" or likeliest is None or likeliest[0] in about


def by_record(led: Mapping[tuple[str, str], float]) -> Mapping[str, float]:
    """How likely each record is of which places are, as Readings has them."""
    records: defaultdict[str, float] = defaultdict(float)
    for (id_, _), chance in led.items():
        records[id_] += chance
    return records


class TalkReader:
    """Reads questions in their talk."""

    def __init__(
        self,
        reader: Reader,
        heads: Heads,
        records: Mapping[str, Resource | Policy],
        embed: Callable[[str], Floats],
        *,
        own: bool,
        led: Led,
    ) -> None:
        """`led` gives how likely each place answers a question after others, as Readings has it."""
        self._reader, self._heads, self._records, self._embed, self.own = reader, heads, records, embed, own
        self._led = led
        self.embed = embed if own else None
        """Vectors of the space that the learned parts know; None where another embedder is set."""

    def readings(
        self, question: str, history: History, language: Language, given: AskFilters, told: str | None = None
    ) -> Readings:
        """The plausible readings of a question, and how likely each relation to the talk is.

        `told` is for the further questions of one message, what it says before its first: where one names
        nothing of its own, it is likely about what the first is about, or about what was told.
        """
        last = history.last_topical
        if last is None:
            alone = self._reader.read(question, language, given=given)
            return Readings(alone, (Reading("alone", alone, 1.0),), {"alone": 1.0})
        if only_requests_language(question):
            wanted = requested_language(question) or language
            again = self._again(last, question, wanted, given)
            return Readings(again, (Reading("language", again, 1.0, focus_of(last)),), {"language": 1.0})
        alone = self._reader.read(question, language, given=given, context=_policies(last, self._records))
        chances = self._relations(alone, last, history)
        if told is not None and not (alone.subjects or alone.references or alone.unknown):
            chances = _of_one_message(chances)
            if told:
                alone = self._reader.read(f"{told} {question}", language, question=question, given=given)
        if not (alone.subjects or alone.references or alone.unknown) and self._picked(alone, last, history):
            chances = {"pick": 1.0}
        if _opened(alone, last):
            chances = {one: chance * (1 - PICKED) for one, chance in chances.items()} | {"condition": PICKED}
        readings = [Reading("alone", alone, chances.get("alone", 0.0))]
        carried = sorted(
            (
                (one, chance)
                for one, chance in chances.items()
                if one not in ("alone", "chat", "nonsense", "language")
            ),
            key=lambda one: -one[1],
        )
        moved = 0.0
        for relation, chance in carried[:TRIED]:
            if chance >= LIKELY and (made := self._carried(relation, alone, last, history, given)):
                made = replace(made, elsewhere=self._elsewhere(made.query, alone))
                readings.append(replace(made, prior=chance * made.stays))
                moved += chance * (1 - made.stays)
        if moved and (made := self._carried("within", alone, last, history, given)):
            readings.append(replace(made, prior=moved))
        led = self._led(question, tuple(turn.question for turn in history.turns))
        readings += self._led_to(led, readings, last, history, given)
        before = tuple(turn.question for turn in history.turns)
        readings = [replace(one, query=replace(one.query, before=before)) for one in readings]
        like = float(relation_extra(alone.vector, self._embed(history.turns[-1].question), 0, 0)[0])
        return Readings(
            alone, tuple(sorted(readings, key=lambda one: -one.prior)), chances, focus_of(last), like, led
        )

    def _led_to(
        self,
        led: Mapping[tuple[str, str], float],
        readings: Sequence[Reading],
        last: PastTurn,
        history: History,
        given: AskFilters,
    ) -> list[Reading]:
        """The question about each resource that the talk encoder leads to and no reading is about."""
        alone = readings[0].query
        about = {one.subject for one in readings} | {id_ for one in readings for id_ in one.query.subjects}
        shown = {id_ for turn in history.turns for id_ in (*turn.shown, *turn.offered)}
        made = []
        for id_, chance in sorted(by_record(led).items(), key=lambda one: -one[1])[:LED]:
            if id_ in about or chance < LED_BY or not isinstance(self._records.get(id_), Resource):
                continue
            query = self._of(id_, alone, last, given)
            relation: Relation = "back" if id_ in shown else "subject"
            query = replace(query, question=alone.question, relation=relation)
            elsewhere = self._elsewhere(query, alone)
            made.append(Reading(relation, query, chance * LED_SHARE, id_, elsewhere))
        return made

    def _relations(self, alone: Query, last: PastTurn, history: History) -> dict[str, float]:
        spans = [(one.start, one.end) for one in alone.mentions if one.confidence >= SURE]
        seen = alone.vector if self.own else None
        before = self._embed(history.turns[-1].question) if self.own else None
        extra = relation_extra(seen, before, len(tokens(alone.text)), len(spans))
        return self._heads.of("relation", masked(alone.text, spans), seen, extra)

    def around(self, question: str) -> str:
        """The question without names; see Reader.around."""
        return self._reader.around(question)

    def again(self, turn: PastTurn, question: str) -> Query:
        """A past question once more, as it was asked."""
        return self._again(turn, question, turn.language, AskFilters())

    def _again(self, turn: PastTurn, question: str, language: Language, given: AskFilters) -> Query:
        """A past question once more, with all that the talk had added to it."""
        query = self._reader.read(turn.text, language, question=question, given=given)
        if turn.bounded:
            kinds = {kind: float(kind == turn.kind) for kind in ("resource", "policy")}
            query = replace(query, kinds=kinds, bounded=True, excluded=frozenset(turn.excluded))
        return replace(
            query,
            operation=turn.operation,  # type: ignore[arg-type]
            conditions=tuple(Condition(*one) for one in turn.conditions) or query.conditions,
            as_of=turn.as_of or query.as_of,
            facts=turn.facts,
            relation="language",
        )

    def _carried(
        self, relation: str, alone: Query, last: PastTurn, history: History, given: AskFilters
    ) -> Reading | None:
        made = getattr(self, f"_{relation}")(alone, last, history, given)
        if made is None:
            return None
        query, subject = made
        relation = "correction" if relation == "within" else relation
        return Reading(relation, replace(query, question=alone.question, relation=relation), 0.0, subject)  # type: ignore[arg-type]

    def _read(self, text: str, like: Query, given: AskFilters, last: PastTurn) -> Query:
        return self._reader.read(text, like.language, given=given, context=_policies(last, self._records))

    def _name(self, record_id: str, language: Language) -> str:
        record = self._records.get(record_id)
        if record is None:
            return ""
        return (record.name if isinstance(record, Resource) else record.title).in_(language)

    def _aspect(self, alone: Query, last: PastTurn, history: History, given: AskFilters):  # type: ignore[no-untyped-def]
        """The same subject, something else of it."""
        focus = focus_of(last)
        if alone.subjects:
            return None
        if focus and isinstance(self._records.get(focus), Resource):
            return self._of(focus, alone, last, given), focus
        query = self._read(f"{last.text} {alone.text}", alone, given, last)
        subjects = query.subjects or ((focus,) if focus else ())
        query = replace(query, subjects=subjects, vector=between(query.vector, alone.vector))
        return self._asked_of(query, alone, last), focus

    def _of(self, record_id: str, alone: Query, last: PastTurn, given: AskFilters) -> Query:
        """The question about one resource."""
        query = self._read(f"{self._name(record_id, alone.language)} {alone.text}", alone, given, last)
        return self._asked_of(query, alone, last)

    @staticmethod
    def _asked_of(query: Query, alone: Query, last: PastTurn) -> Query:
        """A query about one subject that asks of it what the question alone does."""
        return replace(
            query, operation=_answering(alone), operations=alone.operations, facts=last.facts,
            aspects=of_subject(alone.aspects), as_of=query.as_of or last.as_of,
        )  # fmt: skip

    def _subject(self, alone: Query, last: PastTurn, history: History, given: AskFilters):  # type: ignore[no-untyped-def]
        """The same question of something else."""
        before = self._reader.read(last.text, alone.language)
        if alone.references:
            policy = self._name(alone.references[0].policy_id, alone.language)
            query = self._read(f"{policy} {alone.text}", alone, given, last)
            return replace(query, as_of=query.as_of or last.as_of), None
        spans = [(one.start, one.end) for one in before.mentions if one.confidence >= SURE]
        rest = masked(last.text, spans).replace("¤", " ")
        kin = None if alone.subjects else self._kin(alone, last)
        said = self._name(kin, alone.language) if kin else alone.text
        if not spans and not kin:  # the old subject was no name: nothing of it is asked again
            return replace(
                alone, operation=before.operation, operations=before.operations, aspects=before.aspects,
                kinds=before.kinds, as_of=alone.as_of or last.as_of,
            ), None  # fmt: skip
        query = self._read(f"{said} {rest}", alone, given, last)
        subjects = alone.subjects or query.subjects
        return replace(
            query, operation=last.operation if spans else query.operation, operations=before.operations,  # type: ignore[arg-type]
            aspects=before.aspects, kinds=before.kinds, subjects=subjects, as_of=query.as_of or last.as_of,
        ), None  # fmt: skip

    def _kin(self, alone: Query, last: PastTurn) -> str | None:
        """The one record of the kind talked about whose name or subjects say what the question says."""
        focus = self._records.get(focus_of(last) or "")
        words = {*alone.content, *(one.value.lower() for one in alone.conditions if not one.negated)}
        if not isinstance(focus, Resource) or not words:
            return None
        best: list[tuple[int, str]] = []
        for record in self._records.values():
            if isinstance(record, Resource) and record.type == focus.type and record.id != focus.id:
                texts = [record.name.zh, record.name.en, *record.aliases]
                said = " ".join([*texts, *record.subjects.zh, *record.subjects.en]).lower()
                named = " ".join(texts).lower()
                score = sum((word in said) + (word in named) for word in words)
                best.append((score, record.id))
        best.sort(reverse=True)
        if not best or best[0][0] == 0 or (len(best) > 1 and best[1][0] == best[0][0]):
            return None
        return best[0][1]

    def _condition(self, alone: Query, last: PastTurn, history: History, given: AskFilters):  # type: ignore[no-untyped-def]
        """The same question within other bounds."""
        before = self._again(last, alone.question, alone.language, given)
        opened = _opened(alone, last)
        if opened:  # nothing else is said
            return replace(
                before, relation="condition",
                conditions=tuple(one for one in before.conditions if one.field not in opened),
            ), None  # fmt: skip
        kept = merged_conditions(before.conditions, alone.conditions)
        query = self._read(f"{last.text} {alone.text}", alone, given, last)
        content = tuple(dict.fromkeys((*before.content, *alone.content)))
        return replace(
            query, operation=last.operation, operations=before.operations, kinds=before.kinds,  # type: ignore[arg-type]
            aspects=before.aspects, conditions=kept, subjects=before.subjects, content=content,
            as_of=alone.as_of or last.as_of, facts=last.facts,
        ), None  # fmt: skip

    def _fact(self, alone: Query, last: PastTurn, history: History, given: AskFilters):  # type: ignore[no-untyped-def]
        """The same question with one more fact of the case."""
        facts = tuple(dict.fromkeys((*last.facts, alone.text)))
        before = self._again(last, alone.question, alone.language, given)
        query = self._read(f"{last.text}，{alone.text}", alone, given, last)
        query = replace(query, vector=between(query.vector, alone.vector))
        return replace(
            query, operation=last.operation, operations=before.operations,  # type: ignore[arg-type]
            kinds=_of_kind(last), aspects=before.aspects, facts=facts,
            subjects=query.subjects or before.subjects, as_of=query.as_of or last.as_of,
        ), None  # fmt: skip

    def _day(self, alone: Query, last: PastTurn, history: History, given: AskFilters):  # type: ignore[no-untyped-def]
        """The same question on another day."""
        asked = asked_day(f"{alone.text}适用") or asked_now(alone.text)
        if asked is None:
            return None
        before = self._again(last, alone.question, alone.language, given)
        return replace(before, asked_day=asked, as_of=str(asked.last)), focus_of(last)

    def _pick(self, alone: Query, last: PastTurn, history: History, given: AskFilters):  # type: ignore[no-untyped-def]
        """One of those that were shown, or several by their number."""
        picked = self._picked(alone, last, history)
        if not picked:
            offered = last.offered if len(last.offered) > 1 else topics(history)[:-1]
            others = [one for one in offered if one != focus_of(last)]
            likest = self._likest(alone, others or last.offered or last.shown[:1])
            picked = (likest,) if likest else ()
        if not picked:
            return None
        rest = without_picks(alone.text)
        names = " ".join(self._name(one, alone.language) for one in picked)
        query = self._read(f"{names} {rest}", alone, given, last)
        if len(picked) > 1:
            return replace(query, operation="compare", aspects=alone.aspects, subjects=picked), None
        excluded = self._others(picked[0])
        return replace(query, operation=_answering(alone), subjects=picked, excluded=excluded), picked[0]

    def _picked(self, alone: Query, last: PastTurn, history: History) -> tuple[str, ...]:
        """What 「第二个」, 「后者」, 「这两家」, "the first one" or "those two" picks; else empty."""
        talked = topics(history)
        if number := how_many(alone.text):
            known = [one for one in talked if isinstance(self._records.get(one), Resource)]
            if len(last.shown) == number:
                return last.shown
            return tuple(known[-number:]) if len(known) >= number > 1 else ()
        chosen = chosen_of(alone.text, last_offered(history) or talked)
        return (chosen,) if chosen else ()

    def _likest(
        self, alone: Query, offered: Sequence[str], asked: Mapping[str, str] | None = None
    ) -> str | None:
        """The one whose own words, or those it was `asked` for with, the question says most of."""
        best: tuple[float, str] | None = None
        for id_ in offered:
            record = self._records.get(id_)
            if record is None:
                continue
            name = record.name if isinstance(record, Resource) else record.title
            told = (asked or {}).get(id_, "")
            said = f"{name.zh} {name.en} {told}"
            if isinstance(record, Resource):
                said += f" {' '.join(record.subjects.zh)} {' '.join(record.subjects.en)}"
            words = [word for word in alone.content if word in said.lower()]
            likes = [
                float(alone.vector @ self._embed(one)) for one in (name.in_(alone.language), told) if one
            ]
            score = len(words) + 4 * float(meets(record, alone.conditions) or 0) + max(likes)
            if best is None or score > best[0]:
                best = (score, id_)
        return best[1] if best else None

    def _correction(self, alone: Query, last: PastTurn, history: History, given: AskFilters):  # type: ignore[no-untyped-def]
        """What was meant instead, asked as the last question was."""
        before = self._reader.read(last.text, alone.language)
        if alone.subjects:
            spans = [(one.start, one.end) for one in before.mentions if one.confidence >= SURE]
            rest = masked(last.text, spans).replace("¤", " ")
            query = self._read(f"{alone.text} {rest}", alone, given, last)
            return replace(query, operation=last.operation, subjects=alone.subjects), None  # type: ignore[arg-type]
        kept = merged_conditions(tuple(Condition(*one) for one in last.conditions), alone.conditions)
        query = self._read(f"{alone.text} {last.text}", alone, given, last)
        wrong = frozenset(i for i in last.shown[:1] if isinstance(self._records.get(i), Resource))
        wrong |= self._outside(alone)
        return replace(
            query, operation=last.operation, conditions=kept, subjects=(), excluded=wrong,  # type: ignore[arg-type]
            kinds=_of_kind(last),
        ), None  # fmt: skip

    def _back(self, alone: Query, last: PastTurn, history: History, given: AskFilters):  # type: ignore[no-untyped-def]
        """An earlier topic of the talk: what the question says most of, the latest of like ones."""
        earlier = {focus_of(turn): turn for turn in history.turns if turn.topical and focus_of(turn)}
        earlier.pop(focus_of(last), None)
        asked = {focus: turn.text for focus, turn in earlier.items() if focus}
        chosen = self._likest(alone, list(reversed(asked)), asked)
        return self._aspect(alone, earlier[chosen], history, given) if chosen else None

    def _within(self, alone: Query, last: PastTurn, history: History, given: AskFilters):  # type: ignore[no-untyped-def]
        """The record of the kind talked about that is where, or whose, the question says."""
        focus = self._records.get(focus_of(last) or "")
        if not isinstance(focus, Resource):
            return None
        kin = [
            one.id
            for one in self._records.values()
            if isinstance(one, Resource) and one.type == focus.type and meets(one, alone.conditions)
        ]
        before = self._reader.read(last.text, alone.language)
        chosen = self._likest(replace(before, conditions=()), kin)
        if chosen is None:
            return None
        query = self._read(f"{self._name(chosen, alone.language)} {alone.text}", alone, given, last)
        return replace(
            query, operation=_answering(alone), operations=alone.operations, aspects=alone.aspects,
            subjects=(chosen,), excluded=self._others(chosen),
        ), chosen  # fmt: skip

    def _elsewhere(self, query: Query, alone: Query) -> bool:
        """True where what a reading is about lies outside the place or unit that the question says, and
        others lie within."""
        about = [self._records[one] for one in query.subjects if one in self._records]
        return (
            bool(about)
            and all(meets(one, alone.conditions) is False for one in about)
            and bool(self._outside(alone))
        )

    def _others(self, record_id: str) -> frozenset[str]:
        """All resources but one that is picked; none where that is a rule."""
        resources = frozenset(id_ for id_, one in self._records.items() if isinstance(one, Resource))
        return resources - {record_id} if record_id in resources else frozenset()

    def _outside(self, query: Query) -> frozenset[str]:
        """The resources that are not where or whose the question says, where any is."""
        resources = {id_: one for id_, one in self._records.items() if isinstance(one, Resource)}
        out = {id_ for id_, one in resources.items() if meets(one, query.conditions) is False}
        return frozenset(out if len(out) < len(resources) else ())


def _of_kind(last: PastTurn) -> dict[str, float]:
    """What a case is made of that is asked again with another fact: what it was answered with before."""
    return {kind: LIKEWISE if kind == last.kind else 1 - LIKEWISE for kind in ("resource", "policy")}


def _answering(alone: Query):  # type: ignore[no-untyped-def]
    """An operation that asks something of one subject."""
    return max(
        ("fact", "steps", "rule", "may", "version", "compare"), key=lambda one: alone.operations.get(one, 0.0)
    )


def _policies(turn: PastTurn, records: Mapping[str, Resource | Policy]) -> tuple[str, ...]:
    return tuple(i for i in turn.shown if isinstance(records.get(i), Policy))


def _of_one_message(chances: dict[str, float]) -> dict[str, float]:
    """The chances of a further question of a message, that names no subject."""
    rest = sum(chances.values()) - chances.get("aspect", 0.0) or 1.0
    aspect = max(chances.get("aspect", 0.0), SAME)
    return {one: chance * (1 - aspect) / rest for one, chance in chances.items()} | {"aspect": aspect}


def _opened(alone: Query, last: PastTurn) -> frozenset[str]:
    """The fields of the question before that this one leaves open, and says no value of."""
    named = {one.field for one in alone.conditions}
    bound = {field for field, *_ in last.conditions}
    fields = released(alone.text)
    fields |= {"city"} if "province" in fields else set()
    return frozenset() if named & fields else fields & bound
