"""A question in its talk to a draft: read, find, judge, write.

Each plausible reading of a follow-up is searched and judged; the one that its wording and the corpus
support best is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from assistant import replies
from assistant.evidence import Describer
from assistant.finding.candidates import Candidates, Finder
from assistant.finding.things import named_resources
from assistant.judging.kinds import made_of
from assistant.judging.literals import borne_by
from assistant.judging.readings import Tried, likeliest
from assistant.judging.scoring import learned_scorer, score
from assistant.judging.support import CLOSED, Judgement, Texts, learned_check, support_features
from assistant.language import detect_language, has_words, requested_language
from assistant.reading.bounds import BoundReader
from assistant.reading.history import History, PastTurn
from assistant.reading.parts import SURER, Parts, parts_of, piece_text, pieces
from assistant.reading.query import NO_FILTERS, SET_OPERATIONS, Query
from assistant.reading.talk import Reading, Readings, TalkReader
from assistant.reading.values import Values
from assistant.records import AskFilters, Language
from assistant.rules.choosing import Chosen, choose, place_features
from assistant.rules.writer import RuleWriter
from assistant.several import Several
from assistant.turns import turn_of
from assistant.writing.choice import answers_plainly, best_records
from assistant.writing.compared import CompareWriter
from assistant.writing.draft import Draft
from assistant.writing.facts import MISSING, FactWriter
from assistant.writing.not_found import NotFoundWriter
from assistant.writing.sets import PAGE, SetWriter
from assistant.writing.texts import ABOUT, LEFT_OUT, MISSING_PART, NEAR_ONLY, NOT_OURS, SETS
from assistant.writing.together import shown_question, together
from corpus.records import Policy, Resource
from corpus.statements import Words
from corpus.vocabulary import Vocabulary
from retrieval.analysis import PLACE_NOUN, tagged_words
from retrieval.fields import Fields
from retrieval.records import Filters

SURE_PRIOR = 0.8
"""A relation this likely is not searched against others."""
LEAST = 0.02
"""A relation less likely than this is not searched at all."""
NONSENSE = 0.5
PIECES = 8
"""Pieces of a message whose nearest articles are looked for."""
COMMON = 0.25
"""Share of records from which a word that they say tells nothing of which is meant."""
NEEDED = 0.35
"""Likelihood from which an answer says what rules say, or what a record says, beside the other."""
HARDLY = 0.1
"""Likelihood of rules by the wording alone below which a message is no case of them."""
NOT_HELD = 0.5
"""Likelihood that a whole message is about what is not held from which no part of it is answered as if."""
CHAT = 0.15
"""Likelihood from which what is not ours to answer is taken for a courtesy."""
PLAINLY = 0.6
"""Likelihood from which a message is about rules, whatever answers one of its questions alone."""
PLAINLY_ASKED = 0.8
"""Likelihood of an aspect from which a record without its field does not answer, whatever else it says."""
PLAINLY_NOT = 0.9
"""Likelihood that something is not held from which nothing that it does not name is compared."""
EACH = 2
"""Places that each question of a message adds to the answer to all of it."""
PLACES = ("province", "city", "country")
ASIDE = ("about", "chat")
"""Operations that ask nothing of the corpus."""
OURS = 0.6
"""Likelihood that something is not ours, or about Kewen, from which it is taken for it."""

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
        bounds: BoundReader,
    ) -> None:
        self.records, self.values = records, values
        self._talk, self.finder = talk, finder
        self.texts = Texts(records)
        describer = Describer(vocabulary)
        self._describer = describer
        self._facts = FactWriter(records, describer, words, self.texts)
        self._several = Several(
            records, finder, fields, values, bounds, SetWriter(records, describer, words),
            CompareWriter(records, describer, words),
        )  # fmt: skip
        self._rules = RuleWriter(records, describer)
        self._not_found = NotFoundWriter(records, describer, self._facts)

    def language_of(
        self, question: str, history: History, given: str, hint: Language | None = None
    ) -> Language:
        """The language to answer in: as given or asked for, else of the words around names, which make no
        question theirs; a bare name is in the language of the talk, else of `hint`, else its own."""
        if given in ("zh", "en"):
            return given  # type: ignore[return-value]
        if wanted := requested_language(question):
            return wanted
        before = history.last.language if history.last else hint
        if has_words(around := self._talk.around(question)):
            return detect_language(around, before)
        return before or detect_language(question)

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
        if len(cut.questions) > 1 and self._several.one(
            self.read(question, language), cut.questions, lambda part: self.read(part, language)
        ):
            cut = Parts((question,))
        first, complete = self._parts(question, cut, history, language, given)
        if complete or len(cut.questions) < 2:
            return first
        # What looked like a question of its own may be what the next one is about.
        fewer = parts_of(question, self._talk.embed, SURER)
        if fewer == cut:
            return first
        second, complete = self._parts(question, fewer, history, language, given)
        return second if complete else first

    def _parts(
        self, question: str, parts: Parts, history: History, language: Language, given: AskFilters
    ) -> tuple[Answered, bool]:
        """The parts answered in order, and whether each of them was."""
        answered: list[Answered] = []
        asked: list[str] = []
        talk = before = history
        for part in parts.questions:
            first = answered[-1] if answered else None
            further = self.read(part, language) if first is not None else None
            if first is not None and further is not None and self._several.follows(further, first.query):
                joined = f"{asked.pop()} {part}"
                answered.pop()
                one = self._one(joined, before, language, given)
                draft = self._several.within(one.query, further, first.query, first.draft)
                answered.append(replace(one, draft=draft, turn=replace(one.turn, shown=draft.shown)))
                asked.append(joined)
                talk = before.with_turn(one.turn)
                continue
            before = talk
            one = self._one(part, talk, language, given, told=parts.told if answered else None)
            if answered and one.query.operation in ASIDE:
                continue  # "one line please", "thanks"
            if answered and answered[-1].query.operation == "chat":  # "ok thanks. and for both, …"
                answered.pop()
                asked.pop()
            talk = talk.with_turn(one.turn)
            answered.append(one)
            asked.append(part)
        complete = all(one.draft.status == "answered" for one in answered)
        if len(answered) < 2:
            return answered[0], complete
        readings = self._talk.readings(question, history, language, given)
        tried = cache(lambda: self.best(readings))
        if (case := self._of_one_case(asked, answered, readings, tried, history)) is not None:
            return case, complete
        draft = together(asked, [one.draft for one in answered], language)
        of_sets = any(one.query.operation in SET_OPERATIONS for one in answered)
        if draft.status == "answered" and not of_sets and tried().judged.chances["no_such_thing"] > NOT_HELD:
            own = (one.query for one in answered if one.draft.status == "answered")
            if not any(one.references or (one.subjects and one.relation == "alone") for one in own):
                query = tried().reading.query
                draft = self._not_found.answer(query, tried().found, tried().judged)
                return Answered(draft, query, turn_of(query, draft)), True
            draft = replace(draft, text=f"{NEAR_ONLY.in_(language)}\n\n{draft.text}")
        if parts.left:
            told = LEFT_OUT.in_(language).format(n=len(parts.questions), left=parts.left)
            draft = replace(draft, text=f"{draft.text}\n\n{told}")
        turn = replace(answered[-1].turn, shown=draft.shown, offered=draft.shown)
        return Answered(draft, answered[-1].query, turn), complete

    def _of_one_case(
        self,
        asked: Sequence[str],
        answered: Sequence[Answered],
        readings: Readings,
        tried: Callable[[], Tried],
        history: History,
    ) -> Answered | None:
        """One answer about a case that rules decide, however many questions it raises; None where something
        else answers one of them, unless the whole message is plainly about rules.

        What each question alone would lead to stands in it; one that nothing answers is named. `tried`
        searches and judges the whole message.
        """
        held = [one for one in answered if one.draft.status == "answered"]
        if any(one.draft.status == "clarify" for one in answered):
            return None
        of_rules = all(one.draft.places for one in held)
        if not of_rules and max(one.query.kinds.get("policy", 0.0) for one in readings.items) < HARDLY:
            return None  # before anything is searched for
        best = tried()
        query, judged, language = best.reading.query, best.judged, best.reading.query.language
        if judged.held != "yes":
            return None
        if made_of(best, readings.alone, history.last_topical)["policy"] < (0.5 if of_rules else PLAINLY):
            return None
        leads = [Chosen(place[0], place[1], 1.0) for one in held for place in one.draft.places[:EACH]]
        chosen = choose(*self.place_features(query, best.found, judged, history.last_topical))
        draft = self._rules.answer(query, best.found, judged, [*chosen[:1], *leads, *chosen[1:]])
        missing = [
            MISSING_PART.in_(language).format(question=shown_question(part))
            for part, one in zip(asked, answered, strict=True)
            if one.draft.status != "answered" and held and not _tells(draft, best.found, one.query)
        ]
        draft = replace(draft, text="\n".join([draft.text, *missing]))
        return Answered(draft, query, turn_of(query, draft))

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
        last = history.last if told is None else None
        if last and last.operation in ("list", "count"):
            before = self._talk.again(last, question)
            if (made := self._several.goes_on(readings.alone, before, readings.chances)) is not None:
                return Answered(made[1], made[0], turn_of(*made))
        if aside := self._aside(readings, history, language):
            return aside
        query, draft = self._draft(self.best(readings), readings.alone, history.last_topical)
        return Answered(draft, query, turn_of(query, draft))

    def best(self, readings: Readings, without: str | None = None) -> Tried:
        """The reading that its wording and the corpus support best, with what was found for it; `without` as
        a Finder has it. Raises SearchFailed, EmbeddingFailed."""
        if readings.settled(SURE_PRIOR):
            best = self.tried(readings.first, without)
        elif (whole := self._several.whole(readings)) is not None:
            best = self.tried(whole, without)
        else:
            likely = [one for one in readings.items if one.prior > LEAST] or [readings.first]
            best = likeliest([self.tried(one, without) for one in likely], readings, self.texts)
        if best.reading.subject and not best.reading.query.unknown:
            return replace(best, judged=replace(best.judged, chances=_of_held(best.judged.chances)))
        return best

    def tried(self, reading: Reading, without: str | None = None) -> Tried:
        """A reading, searched and judged. Raises SearchFailed, EmbeddingFailed."""
        return Tried(reading, *self.judge(reading.query, without))

    def judge(self, query: Query, without: str | None = None) -> tuple[Candidates, Judgement]:
        """What is found for a query, and how well it answers. Raises SearchFailed, EmbeddingFailed."""
        found = self.finder.find(query, self._filters(query), without)
        scores = score(learned_scorer(), query, found)
        values = support_features(query, found, scores, self.records, self.texts)
        return found, Judgement(learned_check().chances(values), scores)

    def not_found(self, query: Query) -> Draft:
        """What is told where nothing answers a question. Raises SearchFailed, EmbeddingFailed."""
        return self._not_found.answer(query, *self.judge(query))

    def _filters(self, query: Query) -> Filters:
        given = query.filters
        return Filters(
            types=frozenset(query.given.types),
            provinces=frozenset(query.given.provinces),
            access=frozenset(query.given.access),
            as_of=date.fromisoformat(given.as_of) if given.as_of else None,
        )

    def place_features(
        self, query: Query, found: Candidates, judged: Judgement, last: PastTurn | None = None
    ) -> tuple[list[tuple[str, str]], list[dict[str, float]]]:
        """Places of rules, and what tells whether an answer needs them; `last` is the turn before that was
        about something. Raises EmbeddingFailed."""
        text = query.text
        parts = [piece_text(text, span) for span in pieces(text)][:PIECES]
        spoken = text if query.relation == "alone" else query.question
        texts = [spoken, text, *(parts if len(parts) > 1 else ())]
        near = self.finder.distances(texts, self._filters(query))
        told = last.places if last and query.relation != "alone" else ()
        return place_features(query, found, judged, near, self.records, self.finder.together, told)

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
            return Answered(draft, query, turn_of(query, draft))
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
            return Answered(draft, query, turn_of(query, draft))
        about = query.operations.get("about", 0.0) > (OURS if history.last else 0.0)
        records = bool(query.conditions) or named
        if query.operation == "about" and about and not records and not self._several.of_records(query):
            text = replies.SMALL_TALK["identity"].in_(language)
            resources = sum(isinstance(one, Resource) for one in self.records.values())
            told = {"resources": resources, "policies": len(self.records) - resources}
            counts = ABOUT["counts"].in_(language).format(**told)
            today = ABOUT["today"].in_(language).format(day=date.today().isoformat())
            lines = [text, counts, today, replies.SMALL_TALK["scope"].in_(language)]
            draft = Draft("answered", "\n".join(lines), follow_ups=openers)
            return Answered(draft, query, turn_of(query, draft))
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

    def _draft(self, best: Tried, spoken: Query, last: PastTurn | None) -> tuple[Query, Draft]:
        """The draft for a reading, and the question with what it turned out to ask; `spoken` is the question
        without the talk, `last` the turn before that was about something."""
        query = best.reading.query
        if (several := self._several.draft(query, last.shown if last else ())) is not None:
            told = several[0].operation != "compare" or named_resources(query, self.records)
            if told or best.judged.chances["no_such_thing"] < PLAINLY_NOT:
                return several
        if query.operation in ("list", "count", "compare"):
            query = _of_one(query)
        return query, self._of_one_thing(query, best, spoken, last)

    def _of_one_thing(self, query: Query, best: Tried, spoken: Query, last: PastTurn | None) -> Draft:
        """The draft for a question about one thing."""
        found, judged, made = best.found, best.judged, made_of(best, spoken, last)
        language = query.language
        if lines := self._rules.absent_article(query):
            return self._not_found.answer(query, found, judged, lines)
        referred = any(one.referred for one in found.items)
        titled = any(one.head == "title" for one in query.unknown) and not query.subjects
        borne = (
            borne_by(query, found) if query.kinds.get("resource", 0) > query.kinds.get("policy", 0) else []
        )
        held = judged.held == "yes" or bool(borne) or self._plainly_held(query, found, best.best)
        held = held and not self._plainly_lacking(query, found)
        if best.best < 0 or ((titled or not held) and not referred):
            ours = query.relation != "alone" or judged.chances["not_ours"] < OURS
            if judged.held == "not_ours" and not query.subjects and not ours:
                openers = tuple(one.in_(language) for one in replies.OPENERS)
                return Draft("declined", NOT_OURS.in_(language), follow_ups=openers)
            return self._not_found.answer(query, found, judged)
        rules, record = made["policy"] + made["both"], made["resource"] + made["both"]
        drafts: list[Draft] = []
        if referred or (not borne and rules >= min(record, NEEDED)):
            chosen = choose(*self.place_features(query, found, judged, last))
            drafts.append(self._rules.answer(query, found, judged, chosen))
        if not drafts or (not referred and record >= min(rules, NEEDED)):
            drafts.append(self._facts.answer(query, found, judged, borne, self._unsaid(query, found, judged)))
        if len(drafts) == 1:
            return drafts[0]
        if record > rules:
            drafts.reverse()
        return together([query.question, query.question], drafts, language, headed=False)

    def _unsaid(self, query: Query, found: Candidates, judged: Judgement) -> tuple[str, ...]:
        """Places that the question says and a known record does not, in the asker's words."""
        best = best_records(found, judged, "resource")
        if not best or not (query.subjects or query.relation != "alone"):
            return ()
        said = self.texts.of(best[0].record_id)
        named = {one.surface: one for one in query.conditions if one.field in PLACES and not one.negated}
        asked = {one: named.get(one) for one, tag in tagged_words(query.question) if tag == PLACE_NOUN}
        asked |= {one: place for one, place in named.items() if one and one in query.question}
        told = {(one.field, one.value) for one in self.values.find(said)} if named else set()
        return tuple(
            one
            for one, place in asked.items()
            if one not in said and not (place and (place.field, place.value) in told)
        )

    def _plainly_held(self, query: Query, found: Candidates, best: int) -> bool:
        """True where what answers best is the field that is asked for of a record that is named."""
        if best < 0:
            return False
        one = found.items[best].statement
        plain = answers_plainly(one, query) or self._facts.asked_by_label(one.record_id, query)
        return one.record_id in query.subjects and plain

    @staticmethod
    def _plainly_lacking(query: Query, found: Candidates) -> bool:
        """True where all that is plainly asked of the one record that is named are fields that it lacks."""
        asked = [one for one, chance in query.aspects.items() if chance >= PLAINLY_ASKED and one != "none"]
        have = {one.statement.field for one in found.items if one.statement.record_id in query.subjects}
        lacks = (one in MISSING and not have & set(CLOSED[one]) for one in asked)
        return len(query.subjects) == 1 and bool(have) and bool(asked) and all(lacks)

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
        again = replace(self._talk.again(last, question), language=language, relation=last.relation)  # type: ignore[arg-type]
        draft, offset = self._several.page(again, last.offset + PAGE)
        return Answered(draft, again, replace(turn_of(again, draft), offset=offset))


def _tells(draft: Draft, found: Candidates, query: Query) -> bool:
    """True where an article of the draft tells what a question plainly asks for."""
    told = (
        one.statement for one in found.items if (one.statement.record_id, one.statement.part) in draft.places
    )
    return any(one.aspects and query.asks(*one.aspects[:2]) > PLAINLY for one in told)


def _of_one(query: Query) -> Query:
    """The query as one about a single thing, not a set."""
    single = ("fact", "find", "rule", "may", "version", "steps")
    best = max(single, key=lambda one: query.operations.get(one, 0.0))
    return replace(query, operation=best)  # type: ignore[arg-type]


def _of_held(chances: dict[str, float]) -> dict[str, float]:
    """What is asked of a record that the talk holds: it exists and is ours, its fact may be missing."""
    known = chances["yes"] + chances["not_recorded"] or 1.0
    kept = {one: chances[one] / known for one in ("yes", "not_recorded")}
    return {**dict.fromkeys(chances, 0.0), **kept}
