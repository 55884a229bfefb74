"""A question in its talk to a draft: read, find, judge, write.

Each plausible reading of a follow-up is searched and judged; the one that its wording and the corpus
support best is answered.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from assistant import replies
from assistant.claims import without_addresses
from assistant.evidence import OVERVIEW, Describer, EvidenceBook
from assistant.finding.candidates import Candidates, Finder
from assistant.finding.sets import SetFound, Sets
from assistant.judging.scoring import learned_scorer, score
from assistant.judging.support import Judgement, Texts, learned_check, support_features
from assistant.language import detect_language, has_words, requested_language
from assistant.reading.query import NO_FILTERS, Query
from assistant.reading.talk import History, PastTurn, Reading, Readings, TalkReader
from assistant.reading.values import Values
from assistant.records import AskFilters, Citation, Language
from assistant.rules.writer import RuleWriter
from assistant.writing.absent import AbsentWriter
from assistant.writing.draft import Draft, shown_filters
from assistant.writing.facts import FactWriter, best_records
from assistant.writing.sets import PAGE, SetWriter, named_resources
from assistant.writing.texts import ABOUT, NOT_OURS, PART_OF_MESSAGE, SETS
from corpus.records import Policy, Resource
from corpus.statements import Words
from corpus.vocabulary import Vocabulary
from retrieval.fields import WORDS, Fields
from retrieval.records import Filters

SUPPORT = 1.0
"""What the corpus' support of a reading counts beside the likelihood of its wording."""
SURE_PRIOR = 0.9
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
CHAT = 0.2
"""Likelihood from which what is not ours to answer is taken for a courtesy."""
SET_SURE = 0.6
"""Likelihood from which a set that only words bound is taken for what was asked."""
PARTS_AT_MOST = 6
_MARKER = re.compile(r"\[(\d+)\]")
_PART = re.compile(r"(?:^|\s|[。；;，,：:？?])(?:\(?（?\d{1,2}[.、)）]|[①②③④⑤⑥⑦⑧⑨])\s*")
_UNSHOWN = re.compile(r"[!\[\]<>{}|`*\\]")
_ENDS = re.compile(r"(?<=[？?])\s*(?=\S)|\n+")

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
        visible: frozenset[str],
    ) -> None:
        self._records, self._talk, self._finder, self._visible = records, talk, finder, visible
        self._texts = Texts(records)
        self._sets = Sets(fields, self._texts, values)
        describer = Describer(vocabulary)
        self._describer = describer
        self._facts = FactWriter(records, describer, words, self._texts)
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
        parts = parts_of(question)
        if len(parts) < 2:
            return self._one(question, history, language, given)
        answered: list[Answered] = []
        talk = history
        for part in parts[:PARTS_AT_MOST]:
            one = self._one(part, talk, language, given)
            talk = talk.with_turn(one.turn)
            answered.append(one)
        return _together(parts, answered, language)

    def _one(self, question: str, history: History, language: Language, given: AskFilters) -> Answered:
        if (more := self._more(question, history, language)) is not None:
            return more
        readings = self._talk.readings(question, history, language, given)
        if aside := self._aside(readings, history, language):
            return aside
        reading, found, judged = self._best(readings)
        query = reading.query
        draft = self._draft(query, found, judged)
        return Answered(draft, query, _turn(query, draft))

    def _best(self, readings: Readings) -> tuple[Reading, Candidates, Judgement]:
        """The reading that its wording and the corpus support best, with what was found for it."""
        tried = readings.items if readings.first.prior < SURE_PRIOR else readings.items[:1]
        scored = []
        for one in tried:
            found, judged = self._judge(one.query)
            if one.subject and not one.query.unknown:
                judged = replace(judged, chances=_of_held(judged.chances))
            support = 1 - judged.chances["no_such_thing"] - judged.chances["not_ours"]
            if one.query.operation in ("list", "count", "compare"):
                support = max(support, 0.7)
            value = math.log(max(one.prior, 1e-3)) + SUPPORT * math.log(max(support, 0.05))
            scored.append((value, one, found, judged))
        _, reading, found, judged = max(scored, key=lambda one: one[0])
        return reading, found, judged

    def _judge(self, query: Query) -> tuple[Candidates, Judgement]:
        given = query.filters
        as_of = date.fromisoformat(given.as_of) if given.as_of else None
        filters = Filters(
            types=frozenset(query.given.types),
            provinces=frozenset(query.given.provinces),
            access=frozenset(query.given.access),
            as_of=as_of,
            visible=self._visible,
        )
        found = self._finder.find(query, filters)
        scores = score(learned_scorer(), query, found)
        values = support_features(query, found, scores, self._records, self._texts)
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
        if query.operation == "about" and not named:
            text = replies.SMALL_TALK["identity"].in_(language)
            resources = sum(isinstance(one, Resource) for one in self._records.values())
            counts = (
                ABOUT["counts"]
                .in_(language)
                .format(resources=resources, policies=len(self._records) - resources)
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
        return all(self._texts.share(word) > COMMON for word in query.content)

    def _draft(self, query: Query, found: Candidates, judged: Judgement) -> Draft:
        language = query.language
        if query.operation in ("list", "count"):
            listed = self._sets.find(query, self._visible)
            if self._is_a_set(query, listed):
                return self._listed.answer(query, listed)
            query = _of_one(query)
        several = len(named_resources(query, self._records)) > 1
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
        if best < 0 or ((titled or judged.held != "yes") and not referred):
            if judged.held == "not_ours" and not query.subjects:
                openers = tuple(one.in_(language) for one in replies.OPENERS)
                return Draft("declined", NOT_OURS.in_(language), follow_ups=openers)
            return self._not_found(query, found, judged, None)
        if referred or self._of_rules(query, found, judged):
            return self._rules.answer(query, found, judged)
        return self._facts.answer(query, found, judged)

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
        chance = query.operations.get(query.operation, 1.0)
        if query.subjects and not bounded:
            return False
        return bounded or query.relation == "condition" or (bool(listed.ids) and chance > SET_SURE)

    def _not_found(
        self, query: Query, found: Candidates, judged: Judgement, reasons: list[str] | None
    ) -> Draft:
        """Why nothing answers, what is near, who may know, a way on."""
        language, book = query.language, EvidenceBook()
        subject: Resource | None = None
        near: list[Resource | tuple[Policy, None]] = []
        resources = [self._records[one.record_id] for one in best_records(found, judged, "resource")[:3]]
        policies = [self._records[one.record_id] for one in best_records(found, judged, "policy")[:2]]
        if reasons is None:
            named = [self._records[i] for i in query.subjects if i in self._records]
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
            policy = self._records[query.references[0].policy_id]
            assert isinstance(policy, Policy)
            book.cite(self._describer.document_evidence(policy, language))
        lines = self._absent.answer(reasons, near, language, book, subject=subject)
        shown = [subject.id] if subject else [i for i in query.subjects if i in self._records]
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
        found = self._sets.find(again, self._visible)
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


def parts_of(question: str) -> list[str]:
    """The questions of a message: numbered ones, else sentences that end in a question mark.

    What stands before the first number, or between questions, goes with the question after it.
    """
    numbered = [one.strip() for one in _PART.split(question) if one.strip()]
    if len(_PART.findall(question)) >= 2:
        head, *rest = numbered if not _PART.match(question) else ["", *numbered]
        return [
            f"{head} {one}".strip() if place == 0 and head else one for place, one in enumerate(rest)
        ] or [question]
    pieces = [one.strip() for one in _ENDS.split(question) if one.strip()]
    asked: list[str] = []
    carried = ""
    for one in pieces:
        if one[-1] in "？?":
            asked.append(f"{carried} {one}".strip())
            carried = ""
        else:
            carried = f"{carried} {one}".strip()
    if len(asked) < 2:
        return [question]
    if carried:
        asked[-1] = f"{asked[-1]} {carried}"
    return asked


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


def _shown(question: str) -> str:
    """A question as an answer repeats it: no address of the asker's, no markup, no marker of a citation."""
    return " ".join(_UNSHOWN.sub(" ", without_addresses(question)).split())


def _numbered(citation: Citation, book: dict[tuple[str, str, str, str | None], Citation]) -> str:
    """[n] of a citation among those of all parts."""
    key = (citation.id, citation.locator, citation.quote, citation.source_url)
    if key not in book:
        book[key] = citation.model_copy(update={"number": len(book) + 1})
    return f"[{book[key].number}]"


def _of_held(chances: dict[str, float]) -> dict[str, float]:
    """What is asked of a record that the talk holds: it exists and is ours, its fact may be missing."""
    known = chances["yes"] + chances["not_recorded"] or 1.0
    kept = {one: chances[one] / known for one in ("yes", "not_recorded")}
    return {**dict.fromkeys(chances, 0.0), **kept}


def _together(parts: Sequence[str], answered: Sequence[Answered], language: Language) -> Answered:
    """One answer of several, their citations numbered through."""
    text: list[str] = []
    book: dict[tuple[str, str, str, str | None], Citation] = {}
    said: set[str] = set()
    for place, (part, one) in enumerate(zip(parts, answered, strict=False), 1):
        lines = []
        by_number = {citation.number: citation for citation in one.draft.citations}
        for line in one.draft.text.split("\n"):
            bare = _MARKER.sub("", line)
            if bare in said:  # What two questions share is told once.
                continue
            said.add(bare)
            marked = [_numbered(by_number[int(n)], book) for n in _MARKER.findall(line)]
            numbers = iter(marked)
            lines.append(_MARKER.sub(lambda _, numbers=numbers: next(numbers), line))  # type: ignore[misc]
        if lines:
            heading = PART_OF_MESSAGE.in_(language).format(n=place, question=_shown(part))
            text.append("\n".join([heading, *lines]))
    statuses = [one.draft.status for one in answered]
    status = next((one for one in ("answered", "clarify", "not_found") if one in statuses), "declined")
    cards = {card.id: card for one in answered for card in one.draft.resources}
    last = answered[-1]
    draft = replace(
        last.draft,
        status=status,  # type: ignore[arg-type]
        text="\n\n".join(text),
        citations=tuple(book.values()),
        resources=tuple(cards.values()),
        rewritable=False,
        shown=tuple(dict.fromkeys(i for one in answered for i in one.draft.shown)),
        set=None,
    )
    return Answered(draft, last.query, replace(last.turn, shown=draft.shown, offered=draft.shown))
