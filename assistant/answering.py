"""A question in its talk to a draft: read, find, judge, write.

Each plausible reading of a follow-up is searched and judged; the one that its wording and the corpus
support best is answered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from assistant import replies
from assistant.evidence import OVERVIEW, Describer, EvidenceBook
from assistant.finding.candidates import Candidates, Finder
from assistant.finding.sets import SetFound, Sets
from assistant.judging.readings import Tried, learned_readings, reading_features
from assistant.judging.scoring import learned_scorer, score
from assistant.judging.support import Judgement, Texts, learned_check, support_features
from assistant.language import detect_language, has_words, requested_language
from assistant.reading.parts import SURER, Parts, parts_of
from assistant.reading.query import NO_FILTERS, Query
from assistant.reading.talk import History, PastTurn, Reading, Readings, TalkReader
from assistant.reading.values import Values
from assistant.records import AskFilters, Language
from assistant.rules.writer import RuleWriter
from assistant.writing.absent import AbsentWriter
from assistant.writing.draft import Draft, shown_filters
from assistant.writing.facts import FactWriter, answers_plainly, best_records
from assistant.writing.sets import PAGE, SetWriter, named_resources
from assistant.writing.texts import ABOUT, NOT_OURS, SETS
from assistant.writing.together import together
from corpus.records import Policy, Resource
from corpus.statements import Words
from corpus.vocabulary import Vocabulary
from retrieval.fields import WORDS, Fields
from retrieval.records import Filters

SURE_PRIOR = 0.8
"""A relation this likely is not searched against others."""
NONSENSE = 0.5
COMMON = 0.25
"""Share of records from which a word that they say tells nothing of which is meant."""
NOT_FOUND = -3.0
"""Score of search that says nothing for a kind of record."""
UNLIKELY = 0.1
"""What a kind keeps that the wording does not speak of."""
COMPARED = 0.05
"""Likelihood from which two records that are named are set side by side."""
CHAT = 0.15
"""Likelihood from which what is not ours to answer is taken for a courtesy."""
ASIDE = ("about", "chat")
"""Operations that ask nothing of the corpus."""
SET_SURE = 0.6
"""Likelihood from which a set that only words bound is taken for what was asked."""

Records = Mapping[str, Resource | Policy]


@dataclass(frozen=True, slots=True)
class Answered:
    """A draft, how the question was read, and what the talk keeps of it."""

    draft: Draft
    query: Query
    turn: PastTurn


class Answerer:
    """Answers questions from one view of a corpus; safe to use from several threads."""

    def __init__(
        self,
        *,
        records: Records,
        vocabulary: Vocabulary,
        words: Words,
        talk: TalkReader,
        finder: Finder,
        fields: Fields,
        values: Values,
    ) -> None:
        self.records, self.values = records, values
        self._talk, self._finder = talk, finder
        self.texts = Texts(records)
        self._sets = Sets(fields, self.texts, values)
        describer = Describer(vocabulary)
        self._describer = describer
        self._facts = FactWriter(records, describer, words, self.texts)
        self._listed = SetWriter(records, describer, words)
        self._rules = RuleWriter(records, describer)
        self._absent = AbsentWriter(describer)

    def language_of(self, question: str, history: History, given: str) -> Language:
        """The language to answer in."""
        if given in ("zh", "en"):
            return given  # type: ignore[return-value]
        before = history.last.language if history.last else None
        if wanted := requested_language(question):
            return wanted
        detected = detect_language(question, before)
        if detected == "zh" and has_words(around := self._talk.around(question)):
            return detect_language(around, before)  # a Chinese name does not make a question Chinese
        return detected

    def read(self, question: str, language: Language) -> Query:
        """The reading of a question that stands on its own."""
        return self._talk.readings(question, History(), language, NO_FILTERS).alone

    def likeliest(
        self, question: str, history: History, language: Language, given: AskFilters = NO_FILTERS
    ) -> Query:
        """The question read alone, with how its wording leans on the talk."""
        readings = self._talk.readings(question, history, language, given)
        return replace(readings.alone, relation=readings.first.relation)

    def answer(
        self, question: str, history: History, language: Language, given: AskFilters = NO_FILTERS
    ) -> Answered:
        """The draft for a message; one that holds several questions is answered part by part, in order.

        Raises SearchFailed, EmbeddingFailed.
        """
        cut = parts_of(question, self._talk.embed)
        first, complete = self._parts(cut, history, language, given)
        if complete or len(cut.questions) < 2:
            return first
        # What looked like a question of its own may be what the next one is about.
        fewer = parts_of(question, self._talk.embed, SURER)
        if fewer == cut:
            return first
        second, complete = self._parts(fewer, history, language, given)
        return second if complete else first

    def _parts(
        self, parts: Parts, history: History, language: Language, given: AskFilters
    ) -> tuple[Answered, bool]:
        """The parts answered in order, and whether each of them was."""
        answered: list[Answered] = []
        asked: list[str] = []
        talk = before = history
        for part in parts.questions:
            if answered and answered[-1].draft.set is not None and self._of_each(part, language):
                part, talk = f"{asked.pop()} {part}", before
                answered.pop()
            before = talk
            one = self._one(part, talk, language, given, told=parts.told if answered else None)
            if answered and one.query.operation in ASIDE:
                continue  # "one line please", "thanks"
            talk = talk.with_turn(one.turn)
            answered.append(one)
            asked.append(part)
        complete = all(one.draft.status == "answered" for one in answered)
        if len(answered) < 2:
            return answered[0], complete
        draft = together(asked, [one.draft for one in answered], language)
        last = answered[-1]
        whole = Answered(draft, last.query, replace(last.turn, shown=draft.shown, offered=draft.shown))
        return whole, complete

    def _of_each(self, question: str, language: Language) -> bool:
        """True where a further question names nothing: 「分别在哪」 asks it of each of a set."""
        query = self.read(question, language)
        if query.subjects or query.unknown or query.references or query.conditions:
            return False
        listed = self._sets.find(query)
        return not (listed.loose or any(one.field == WORDS for one in listed.conditions))

    def _one(
        self,
        question: str,
        history: History,
        language: Language,
        given: AskFilters,
        told: str | None = None,
    ) -> Answered:
        """`told` is what the message says before its first question, for those after it; else None."""
        if (more := self._more(question, history, language)) is not None:
            return more
        readings = self._talk.readings(question, history, language, given, told)
        if aside := self._aside(readings, history, language):
            return aside
        best = self._best(readings)
        query = best.reading.query
        draft = self._draft(query, best.found, best.judged)
        return Answered(draft, query, _turn(query, draft))

    def _best(self, readings: Readings) -> Tried:
        """The reading that its wording and the corpus support best, with what was found for it."""
        if len(readings.items) < 2 or readings.first.prior > SURE_PRIOR:
            best = self.tried(readings.first)
        else:
            tried = [self.tried(one) for one in readings.items]
            values = reading_features(tried, readings, self.texts)
            best = tried[int(np.argmax(learned_readings().score(values)))]
        if best.reading.subject and not best.reading.query.unknown:
            return replace(best, judged=replace(best.judged, chances=_of_held(best.judged.chances)))
        return best

    def tried(self, reading: Reading, without: str | None = None) -> Tried:
        """A reading, searched and judged. Raises SearchFailed, EmbeddingFailed."""
        return Tried(reading, *self._judge(reading.query, without))

    def _judge(self, query: Query, without: str | None = None) -> tuple[Candidates, Judgement]:
        given = query.filters
        as_of = date.fromisoformat(given.as_of) if given.as_of else None
        filters = Filters(
            types=frozenset(query.given.types),
            provinces=frozenset(query.given.provinces),
            access=frozenset(query.given.access),
            as_of=as_of,
        )
        found = self._finder.find(query, filters, without)
        scores = score(learned_scorer(), query, found)
        values = support_features(query, found, scores, self.records, self.texts)
        return found, Judgement(learned_check().chances(values), scores)

    def _aside(self, readings: Readings, history: History, language: Language) -> Answered | None:
        """Talk about Kewen or about nothing, and what is not ours: needs no search."""
        query = readings.alone
        openers = tuple(one.in_(language) for one in replies.OPENERS)
        chances = readings.chances
        named = bool(query.subjects or query.references)
        if chances.get("nonsense", 0.0) > NONSENSE or (
            not named and not history.last and self._says_nothing(query)
        ):
            draft = Draft("clarify", replies.CLARIFY_SUBJECT.in_(language), follow_ups=openers)
            return Answered(draft, query, _turn(query, draft))
        if (
            readings.first.relation != "alone"
            and readings.first.prior > 0.5
            and chances.get("chat", 0.0) < 0.5
        ):
            return None
        chat = max(chances.get("chat", 0.0), query.operations.get("chat", 0.0))
        if not named and (query.operation == "chat" or (chat > CHAT and query.operation == "other")):
            thanks = replies.SMALL_TALK["thanks" if history.last else "greeting"]
            draft = Draft("answered", thanks.in_(language), follow_ups=openers)
            return Answered(draft, query, _turn(query, draft))
        about = query.operations.get("about", 0.0) > (SET_SURE if history.last else 0.0)
        if query.operation == "about" and about and not named and not query.conditions:
            text = replies.SMALL_TALK["identity"].in_(language)
            resources = sum(isinstance(one, Resource) for one in self.records.values())
            counts = (
                ABOUT["counts"]
                .in_(language)
                .format(resources=resources, policies=len(self.records) - resources)
            )
            today = ABOUT["today"].in_(language).format(day=date.today().isoformat())
            draft = Draft(
                "answered",
                "\n".join([text, counts, today, replies.SMALL_TALK["scope"].in_(language)]),
                follow_ups=openers,
            )
            return Answered(draft, query, _turn(query, draft))
        return None

    def _says_nothing(self, query: Query) -> bool:
        """True where no word tells which thing or matter is meant."""
        if (
            query.conditions
            or query.unknown
            or query.operation in ("list", "count", "about", "chat", "other")
        ):
            return False
        return all(self.texts.share(word) > COMMON for word in query.content)

    def _draft(self, query: Query, found: Candidates, judged: Judgement) -> Draft:
        language = query.language
        if query.operation in ("list", "count"):
            listed = self._sets.find(query)
            if self._is_a_set(query, listed):
                return self._listed.answer(query, listed)
            query = _of_one(query)
        several = len(named_resources(query, self.records)) > 1
        chance = query.operations.get("compare", 0.0)
        if several and chance > COMPARED:
            query = replace(query, operation="compare")
        elif query.operation == "compare" and not several and chance < SET_SURE:
            query = _of_one(query)
        if query.operation == "compare":
            compared = self._listed.compare(query, found, judged)
            if compared is not None and query.kinds.get("resource", 0) >= query.kinds.get("policy", 0):
                return compared
        if lines := self._rules.absent_article(query):
            return self._not_found(query, found, judged, lines)
        best = int(np.argmax(judged.scores)) if len(judged.scores) else -1
        referred = any(one.referred for one in found.items)
        titled = any(one.head == "title" for one in query.unknown) and not query.subjects
        held = judged.held == "yes" or self._plainly_held(query, found, best)
        if best < 0 or ((titled or not held) and not referred):
            ours = query.relation != "alone" or judged.chances["not_ours"] < SET_SURE
            if judged.held == "not_ours" and not query.subjects and not ours:
                openers = tuple(one.in_(language) for one in replies.OPENERS)
                return Draft("declined", NOT_OURS.in_(language), follow_ups=openers)
            return self._not_found(query, found, judged, None)
        if referred or self._of_rules(query, found, judged):
            return self._rules.answer(query, found, judged)
        return self._facts.answer(query, found, judged)

    @staticmethod
    def _plainly_held(query: Query, found: Candidates, best: int) -> bool:
        """True where what answers best is the field that is asked for of a record that is named."""
        if best < 0:
            return False
        one = found.items[best].statement
        return one.record_id in query.subjects and answers_plainly(one, query)

    @staticmethod
    def _of_rules(query: Query, found: Candidates, judged: Judgement) -> bool:
        """True where rules answer rather than the catalogue: by what is found and what was asked of."""
        weights = {"policy": 0.0, "resource": 0.0}
        for one, share in zip(found.items, judged.shares, strict=True):
            weights[one.statement.kind] += float(share)
        for kind in weights:
            best = max((hit.score for hit in found.hits if hit.passage.kind == kind), default=NOT_FOUND)
            weights[kind] *= (UNLIKELY + query.kinds.get(kind, 0.0)) * math.exp(max(best, NOT_FOUND))
        return weights["policy"] > weights["resource"]

    @staticmethod
    def _is_a_set(query: Query, listed: SetFound) -> bool:
        """False where the count or list asked for is within one record: nothing but words bounds the set."""
        bounded = any(one.field != WORDS for one in listed.conditions)
        worded = any(one.field == WORDS and not one.negated for one in listed.conditions)
        chance = query.operations.get(query.operation, 1.0)
        if query.subjects and not bounded:
            return False
        if worded and not listed.ids:  # a topic may be held in other words than those asked
            return False
        if not listed.conditions and (listed.uncovered or listed.loose):
            return False
        return bounded or query.relation == "condition" or (bool(listed.ids) and chance > SET_SURE)

    def _not_found(
        self, query: Query, found: Candidates, judged: Judgement, reasons: list[str] | None
    ) -> Draft:
        """Why nothing answers, what is near, who may know, a way on."""
        language, book = query.language, EvidenceBook()
        subject: Resource | None = None
        near: list[Resource | tuple[Policy, None]] = []
        resources = [self.records[one.record_id] for one in best_records(found, judged, "resource")[:3]]
        policies = [self.records[one.record_id] for one in best_records(found, judged, "policy")[:2]]
        if reasons is None:
            named = [self.records[i] for i in query.subjects if i in self.records]
            if judged.held == "not_recorded" and named and isinstance(named[0], Resource):
                subject = named[0]
                mark = book.cite(self._describer.resource_evidence(subject, OVERVIEW, language))
                name = subject.name.in_(language)
                what = replies.WHAT[_what(query)].in_(language)
                reasons = [replies.ATTRIBUTE_ABSENT.in_(language).format(name=name, what=what) + mark]
            elif query.unknown and (judged.held == "no_such_thing" or not named):
                surface = query.unknown[0].surface.strip("《》 ")
                reasons = [replies.NAME_UNKNOWN.in_(language).format(name=surface)]
            elif named and isinstance(named[0], Policy):
                policies = [named[0], *(one for one in policies if one is not named[0])]
                title = replies.title(named[0].title.in_(language), language)
                reasons = [
                    replies.ATTRIBUTE_ABSENT.in_(language).format(
                        name=title, what=replies.WHAT["detail"].in_(language)
                    )
                ]
                reasons[0] += book.cite(self._describer.document_evidence(named[0], language))
            else:
                reasons = [replies.NOT_FOUND_LEAD.in_(language)]
            if query.kinds.get("policy", 0) > query.kinds.get("resource", 0):
                near = [(one, None) for one in policies if isinstance(one, Policy)]
            else:
                near = [one for one in resources if isinstance(one, Resource) and one is not subject]
        else:
            policy = self.records[query.references[0].policy_id]
            assert isinstance(policy, Policy)
            book.cite(self._describer.document_evidence(policy, language))
        lines = self._absent.answer(reasons, near, language, book, subject=subject)
        shown = [subject.id] if subject else [i for i in query.subjects if i in self.records]
        shown += [one.id if isinstance(one, Resource) else one[0].id for one in near]
        chips = [
            replies.NEXT_ABOUT.in_(language).format(name=one.name.in_(language))
            for one in near
            if isinstance(one, Resource)
        ]
        return Draft(
            "not_found",
            "\n".join(lines),
            book.citations(),
            (),
            tuple(chips[:3]),
            shown_filters(query.filters),
            shown=tuple(dict.fromkeys(shown)), offered=tuple(dict.fromkeys(shown)) if len(shown) > 1 else (),
        )  # fmt: skip

    def _more(self, question: str, history: History, language: Language) -> Answered | None:
        """The next page of the set shown last."""
        last = history.last
        wanted = {SETS["more_chip"].zh, SETS["more_chip"].en}
        if (
            last is None
            or last.operation not in ("list", "count")
            or question.strip(" .。!！").lower() not in wanted
        ):
            return None
        again = replace(self._talk.again(last, question), language=language)
        found = self._sets.find(again)
        offset = last.offset + PAGE if last.offset + PAGE < len(found.ids) else 0
        draft = self._listed.answer(again, found, offset)
        return Answered(draft, again, replace(_turn(again, draft), offset=offset))


def _of_one(query: Query) -> Query:
    """The query as one about a single thing, not a set."""
    single = ("fact", "find", "rule", "may", "version", "steps")
    best = max(single, key=lambda one: query.operations.get(one, 0.0))
    return replace(query, operation=best)  # type: ignore[arg-type]


def _what(query: Query) -> str:
    """The attribute asked for, in the words of replies.WHAT."""
    names = {
        "url": "url", "host": "host", "authority": "governing_body", "place": "place", "contact": "contact",
        "since": "since", "holdings": "holdings", "access": "access", "steps": "steps", "cost": "amount",
    }  # fmt: skip
    best = max(query.aspects, key=lambda one: query.aspects[one], default="")
    return names.get(best, "detail")


def _turn(query: Query, draft: Draft) -> PastTurn:
    kind = "policy" if query.kinds.get("policy", 0) > query.kinds.get("resource", 0) else "resource"
    return PastTurn(
        question=query.question,
        text=query.text,
        language=query.language,
        status=draft.status,
        operation=query.operation,
        kind=kind,
        subjects=query.subjects,
        shown=draft.shown,
        offered=draft.offered,
        places=draft.places,
        conditions=tuple((one.field, one.value, one.negated, one.surface) for one in query.conditions),
        as_of=query.as_of,
        facts=query.facts,
    )


def _of_held(chances: dict[str, float]) -> dict[str, float]:
    """What is asked of a record that the talk holds: it exists and is ours, its fact may be missing."""
    known = chances["yes"] + chances["not_recorded"] or 1.0
    kept = {one: chances[one] / known for one in ("yes", "not_recorded")}
    return {**dict.fromkeys(chances, 0.0), **kept}
