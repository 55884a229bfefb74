"""Answers about records of the catalogue: the asked statement first, what carries it, what comes next."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from functools import lru_cache

from assistant import replies
from assistant.evidence import Describer, EvidenceBook
from assistant.finding.candidates import Candidate, Candidates, Records
from assistant.finding.memory import written_questions
from assistant.handoff import suggestion
from assistant.judging.support import CLOSED, Judgement, Texts
from assistant.reading.query import Query
from assistant.writing.choice import (
    MOST,
    PLAINLY,
    TOGETHER,
    Best,
    answers_plainly,
    best_records,
    in_order,
    leads,
    needed,
    tells_amount,
)
from assistant.writing.draft import Draft, shown_filters
from assistant.writing.marks import Marker, address_in, joined
from assistant.writing.texts import NEED, SETS
from assistant.writing.together import echoed
from corpus.records import Resource
from corpus.statements import Statement, Words, in_language, statements_of
from corpus.statements.resources import is_open_data
from retrieval.analysis import normalise, surface_of, tagged_words
from retrieval.statements import FREE

ENOUGH = 0.8
"""Likelihood, of all statements of a record shown together, at which no further one is shown."""
LEAST = 0.12
SURE = 0.8
"""Likelihood of an answer from which words that no record says are no matter."""
TOO = 0.4
"""Likelihood from which an aspect is asked for as well."""
CAPITALS = 3
"""Capital letters that make a word in Latin letters a name."""
NEARLY = 0.25
"""Likelihood of an aspect from which its field is told beside an answer that the record lacks."""
MOST_OF_FIELD = 8
KEPT = 500
"""Records whose statements are kept: one answer asks for them again and again."""
_WHOLE: dict[str, tuple[str, ...]] = {
    "cost": ("access",),
    "eligibility": ("access",),
    "access": ("access",),
    "use_terms": ("access",),
    "time": ("access", "how_to_apply"),
    "size": ("holdings",),
    "holdings": ("holdings",),
}
"""Fields of free text that answer an aspect; told whole where it is asked for."""
WHOLE_IN = {"zh": 160, "en": 420}
"""Characters of a field that is told whole."""
MISSING = {
    "url": "url",
    "host": "host",
    "authority": "governing_body",
    "contact": "contact",
    "since": "since",
    "place": "place",
}
STEPS_ASKED = 0.35
_BY_LABEL = ("licence", "host", "formats", "frequency", "contact", "funding", "creators")
"""Fields that only, or mostly, harvested records have, whose labels mean nothing else."""
_SEVERAL = ("details", "relations")
"""Fields of several kinds of things, each with a label of its own."""
_CARD = ("place", "host", "access_level", "access")


class FactWriter:
    """Writes answers about one record, or about the record that a need calls for."""

    def __init__(self, records: Records, describer: Describer, words: Words, texts: Texts) -> None:
        self._records, self._describer, self._words, self._texts = records, describer, words, texts
        self._says = lru_cache(maxsize=KEPT)(self._statements)

    def answer(
        self,
        query: Query,
        found: Candidates,
        judged: Judgement,
        borne: Sequence[Candidate] = (),
        unsaid: Sequence[str] = (),
    ) -> Draft:
        """From the record whose statements answer best.

        `borne` bear an identifier or a number of the question: they are told first, of whichever records.
        `unsaid` places are not said by the record: told where its own is asked.
        """
        ranked = best_records(found, judged, "resource")
        bearers = list(dict.fromkeys(one.statement.record_id for one in borne))
        if bearers:
            ranked.sort(key=lambda one: [*bearers, one.record_id].index(one.record_id))
        first = ranked[0]
        record = self._records[first.record_id]
        assert isinstance(record, Resource)
        marker = Marker(self._describer, self._words, EvidenceBook(), query.language)
        # Who does not name the record does not know it: it is introduced.
        introduces = not borne and (
            query.operation == "find" or (not query.subjects and query.relation == "alone")
        )
        asks_steps = query.operation == "steps" or query.asks("steps") > 0.5
        lines: list[str] = []
        uncovered = self._uncovered(query, record) if judged.chances["yes"] < SURE else ()
        chosen = self._chosen(first, query)
        if bearers:
            own = [one.statement for one in borne if one.statement.record_id == record.id]
            chosen = own if len(bearers) > 1 else [*own, *(one for one in chosen if one not in own)]
        if labelled := self._labelled_fields(record, query):
            chosen = [*labelled, *(one for one in chosen if one.field not in {s.field for s in labelled})]
            chosen = [one for one in chosen if one in labelled or one.field in FREE][:MOST]
        more, missing = self._asked_too(record, query, chosen)
        first_of_all = chosen[0]
        more += [one for one in self._doubts(record, query.language) if one not in chosen]
        chosen = in_order([*chosen, *more])
        if asks_steps and record.how_to_apply:
            asked = {one.field for one in more if one.field != "holdings"}
            lead = [one for one in chosen if one.field not in ("how_to_apply", "url")]
            if first_of_all.field in ("how_to_apply", "url"):
                lead = [one for one in lead if one.field in asked]
            lines += self._lines(record, lead, marker, named=True)
            lines += self._steps(record, marker, named=not lines)
            lines += self._url(record, marker)
        elif introduces:
            lead = [one for one in chosen if one.field not in _CARD] or chosen
            lines += self._lines(record, lead, marker, named=True)
            told_fields = {one.field for one in lead}
            lines += self._card(record, marker, told_fields)
            if record.how_to_apply and "how_to_apply" not in told_fields:
                if query.asks("steps") > STEPS_ASKED:
                    lines += self._steps(record, marker, named=False)
                elif query.operation == "find" and record.access.level != "open":
                    lines += self._way_on(record, marker)  # what the asker needs next, in one line
            if "url" not in told_fields:
                lines += self._url(record, marker)
        else:
            lines += self._answering(record, first, chosen, marker)
            if query.relation == "alone" and record.url and all(one.field != "url" for one in chosen):
                lines += self._url(record, marker) if len(bearers) < 2 else []
        for id_ in bearers[1:]:
            other = self._records[id_]
            assert isinstance(other, Resource)
            own = [one.statement for one in borne if one.statement.record_id == id_]
            lines += self._lines(other, own, marker, named=True)
        if missing:
            what = replies.PAUSE.in_(query.language).join(
                replies.WHAT[one].in_(query.language) for one in missing
            )
            lines.append(replies.PART_ABSENT.in_(query.language).format(what=what))
        asks_place = query.operation != "find" and any(one.field == "place" for one in chosen)
        unsaid = (*(unsaid if asks_place else ()), *self._unheard(query, record))
        for terms, text in ((uncovered, replies.NOT_NAMED), (unsaid, replies.UNSAID)):
            if terms:
                said = echoed(terms, query.language)
                lines.insert(0, text.in_(query.language).format(terms=said))
        lines += self._cautions(record, query, chosen, marker)
        shown = bearers or [record.id]
        chips = self._next(record, query)
        if introduces:
            also = ranked[1 : needed([one.score for one in ranked])]
            if self._words.takes_needs(record):
                # Who brings a need is shown where else to bring it, the staff included, and no data set.
                also = [one for one in ranked[1:] if self._takes_needs(one.record_id)][:MOST]
                lines.append(NEED.in_(query.language) + marker.cite(record, chosen[0]))
                chips = (suggestion(query.question, query.language), *chips)
            if also:
                lines.append(replies.ALSO.in_(query.language))
            for one in also:
                other = self._records[one.record_id]
                assert isinstance(other, Resource)
                free = next(
                    (s for s in one.statements if s.field in ("holdings", "subjects")), one.statements[0]
                )
                whole = self._of(other, free.field, language=query.language)
                held = whole if self._short(other, free.field, query) else [free]
                lines.append(f"- {self._said(other, held, marker)}{self._reached(other, marker)}")
                shown.append(other.id)
        resources = [self._records[id_] for id_ in shown]
        return Draft(
            "answered",
            "\n".join(lines),
            marker.book.citations(),
            tuple(
                self._describer.card(one, query.language) for one in resources if isinstance(one, Resource)
            ),
            chips[:3],
            shown_filters(query.filters),
            shown=tuple(shown),
            offered=tuple(shown) if len(shown) > 1 else (),
            uncovered=uncovered,
        )

    def _chosen(self, first: Best, query: Query) -> list[Statement]:
        """The best statements of the record, until they are likely enough together to hold the answer; those
        of one field in the order of the record."""
        powers = [math.exp(score - first.scores[0]) for score in first.scores]
        kept: list[Statement] = []
        covered = 0.0
        for statement, power in zip(first.statements, powers, strict=True):
            share = power / sum(powers)
            if kept and (covered > ENOUGH or share < LEAST or len(kept) == MOST):
                break
            covered += share
            # One closed field answers what it is asked for; another one beside it was not asked.
            if kept and answers_plainly(kept[0], query) and query.asks(*statement.aspects) < TOO:
                continue
            kept.append(statement)
        lead = kept[0]
        same = sorted((one for one in kept if one.field == lead.field), key=lambda one: one.number)
        return [*same, *(one for one in kept if one.field != lead.field)]

    def _asked_too(
        self, record: Resource, query: Query, chosen: Sequence[Statement]
    ) -> tuple[list[Statement], list[str]]:
        """Statements of further fields that are asked for, and those fields that the record lacks.

        Terms of access, steps and what is held are told whole: what is left out may be what decides.
        """
        begun = {str(one.field) for one in chosen}
        have = begun - set(TOGETHER)
        kept = TOGETHER if query.operation == "find" else (str(chosen[0].field), "access")
        first = begun & set(kept)
        wanted = [field for field in TOGETHER if field in first and self._short(record, field, query)]
        missing: list[str] = []
        for aspect, fields in {**CLOSED, **_WHOLE}.items():
            if query.aspects.get(aspect, 0.0) < TOO or aspect == "steps" or any(f in have for f in fields):
                continue
            held = [field for field in fields if self._of(record, field, language=query.language)]
            wanted += held[:1] if aspect in CLOSED else held
            if not held and aspect in MISSING:
                missing.append(MISSING[aspect])
        terms = self._of(record, "access", "how_to_apply", language=query.language)
        if query.asks("cost") >= TOO and record.access.level != "open" and not tells_amount(terms):
            missing.append("amount")
        known = {one.id for one in chosen}
        more = [
            one
            for field in dict.fromkeys(wanted)
            for one in self._of(record, field, language=query.language)[:MOST_OF_FIELD]
            if one.id not in known and field not in have
        ]
        return more, missing

    def asked_by_label(self, record_id: str, query: Query) -> bool:
        """True where the question asks for a field of a harvested record by the label that it has."""
        record = self._records[record_id]
        return isinstance(record, Resource) and bool(self._labelled_fields(record, query))

    def _labelled_fields(self, record: Resource, query: Query) -> list[Statement]:
        """Closed fields of a harvested record that the question asks for by the very label that they have."""
        if record.origin is None or query.operation == "find":
            return []
        question = query.question.casefold()
        told = in_language(self._says(record.id), query.language)
        named = [one for one in told if one.field not in FREE and one.field in _BY_LABEL]
        return [one for one in named if one.label_in(query.language).casefold() in question]

    def _short(self, record: Resource, field: str, query: Query) -> bool:
        """True for a field that can be told whole in a line or two."""
        quotes = [one.quote for one in self._of(record, field, language=query.language)]
        return field == "access" or sum(map(len, quotes)) <= WHOLE_IN[query.language]

    def _lines(
        self, record: Resource, statements: Sequence[Statement], marker: Marker, *, named: bool
    ) -> list[str]:
        """One line a field; the first bears the name of the record."""
        fields: dict[str, list[Statement]] = {}
        for one in statements:
            fields.setdefault(one.label if one.field in _SEVERAL else one.field, []).append(one)
        lines: list[str] = []
        for some in fields.values():
            lines.append(
                self._said(record, some, marker)
                if named and not lines
                else self._labelled(record, some, marker)
            )
        return lines

    def _answering(
        self, record: Resource, first: Best, statements: Sequence[Statement], marker: Marker
    ) -> list[str]:
        """As `_lines`, but of a field of several statements that which answers stands before the rest."""
        same = [one for one in statements if one.field == statements[0].field]
        best = leads(first, same)
        if not best or len(best) == len(same):
            return self._lines(record, statements, marker, named=True)
        rest = [one for one in same if one not in best]
        others = [one for one in statements if one not in same]
        label = replies.REST.in_(marker.language).format(label=rest[0].label_in(marker.language))
        return [
            self._said(record, best, marker),
            f"{label}{self._quoted(record, rest, marker)}",
            *self._lines(record, others, marker, named=False),
        ]

    def _said(self, record: Resource, statements: Sequence[Statement], marker: Marker) -> str:
        name = record.name.in_(marker.language)
        return (
            f"{name}{' — ' if marker.language == 'en' else '，'}{self._labelled(record, statements, marker)}"
        )

    def _labelled(self, record: Resource, statements: Sequence[Statement], marker: Marker) -> str:
        colon = "：" if marker.language == "zh" else ": "
        label = statements[0].label_in(marker.language)
        return f"{label}{colon}{self._quoted(record, statements, marker)}"

    def _quoted(self, record: Resource, statements: Sequence[Statement], marker: Marker) -> str:
        """Statements of one field, cited: those that tell an address each by itself."""
        if any(address_in(one) for one in statements):
            cited = [f"{one.quote} {marker.cite(record, one)}" for one in statements]
            return ("；" if marker.language == "zh" else "; ").join(cited)
        quotes = joined([one.quote_in(marker.language) for one in statements], marker.language)
        return f"{quotes}{marker.cite(record, statements[0])}"

    def _of(self, record: Resource, *fields: str, language: str) -> list[Statement]:
        told = (one for one in self._says(record.id) if one.field in fields)
        return list(in_language(told, language))

    def _takes_needs(self, record_id: str) -> bool:
        record = self._records[record_id]
        return isinstance(record, Resource) and self._words.takes_needs(record)

    def _statements(self, record_id: str) -> tuple[Statement, ...]:
        return statements_of(self._records[record_id], self._words)

    def _card(self, record: Resource, marker: Marker, told: Collection[str]) -> list[str]:
        """Where it is, whose it is and how open, in one line, without the fields that were told."""
        parts = []
        for field in _CARD:
            if field in told:
                continue
            if some := self._of(record, field, language=marker.language):
                parts.append(self._labelled(record, some[:4] if field == "access" else some[:1], marker))
        return [("；" if marker.language == "zh" else "; ").join(parts)] if parts else []

    def _steps(self, record: Resource, marker: Marker, *, named: bool) -> list[str]:
        steps = self._of(record, "how_to_apply", language=marker.language)
        common = bool(record.how_to_apply and record.how_to_apply.common_route)
        usual = replies.STEPS_OPEN if is_open_data(record) else replies.STEPS
        heading = (replies.STEPS_COMMON if common else usual).in_(marker.language)
        name = record.name.in_(marker.language)
        head = f"{name}{' — ' if marker.language == 'en' else '，'}{heading}" if named else heading
        marked = (f"{number}. {one.quote}{marker.cite(record, one)}" for number, one in enumerate(steps, 1))
        return [head, *marked]

    def _way_on(self, record: Resource, marker: Marker) -> list[str]:
        """The steps in one line, and whether they are only the usual ones of its kind."""
        steps = self._of(record, "how_to_apply", language=marker.language)
        if not steps:
            return []
        common = bool(record.how_to_apply and record.how_to_apply.common_route)
        usual = SETS["common_route"].in_(marker.language) if common else ""
        return [f"{self._labelled(record, steps, marker)}{usual}"]

    def _reached(self, record: Resource, marker: Marker) -> str:
        """How open a record is that is shown beside another, and where; empty where it tells neither."""
        semicolon = "；" if marker.language == "zh" else "; "
        told = [
            self._labelled(record, some[:1], marker)
            for field in ("access_level", "url")
            if (some := self._of(record, field, language=marker.language))
        ]
        return "".join(f"{semicolon}{one}" for one in told)

    def _url(self, record: Resource, marker: Marker) -> list[str]:
        addresses = self._of(record, "url", language=marker.language)
        if not addresses:
            return [replies.NO_URL.in_(marker.language)]
        return [self._labelled(record, addresses[:1], marker)]

    def _cautions(
        self, record: Resource, query: Query, chosen: Sequence[Statement], marker: Marker
    ) -> list[str]:
        """One plain mark where the record was not checked; its address where that is dead."""
        lines = []
        if link := self._describer.link(record, query.language):
            lines.append(f"{replies.NOTE.in_(query.language)}{link}")
        if record.verification != "verified" or record.origin:
            lines.append(
                self._describer.verification(record, query.language) + marker.cite(record, chosen[0])
            )
        return lines

    def _doubts(self, record: Resource, language: str) -> list[Statement]:
        """Why a record is doubtful: that may be what decides."""
        return self._of(record, "note", language=language) if record.verification == "unsure" else []

    def _doubted(self, record: Resource, marker: Marker) -> list[str]:
        notes = self._doubts(record, marker.language)
        return [self._labelled(record, notes, marker)] if notes else []

    def lacking(self, record: Resource, what: str, language: str) -> str:
        """The name, in replies.WHAT, of what a record does not tell: no field that it has."""
        field = {"steps": "how_to_apply"}.get(what, what)
        return "detail" if self._of(record, field, language=language) else what

    def asked_of(self, record: Resource, query: Query, book: EvidenceBook) -> list[str]:
        """What a record says in the free fields that are asked of, where they do not answer."""
        marker = Marker(self._describer, self._words, book, query.language)
        if query.asks(*(set(CLOSED) - {"steps"})) > PLAINLY:
            return self._doubted(record, marker)
        closed: list[Statement] = []
        if record.origin is not None:  # few written questions are about fields that only such records have
            told_ = in_language(self._says(record.id), query.language)
            plain = [one for one in told_ if one.field in _BY_LABEL or one.field in CLOSED["updated"]]
            closed = [one for one in plain if one.aspects and query.asks(*one.aspects) > NEARLY][:2]
        asked = [fields for aspect, fields in _WHOLE.items() if query.asks(aspect) > NEARLY]
        fields = [field for field in TOGETHER if any(field in one for one in asked)]
        told = [self._of(record, field, language=query.language) for field in fields]
        lines = [self._labelled(record, [one], marker) for one in closed]
        lines += [self._labelled(record, some[:MOST_OF_FIELD], marker) for some in told if some]
        return lines + self._doubted(record, marker)

    def _uncovered(self, query: Query, record: Resource) -> tuple[str, ...]:
        """Words of a need that no record says at all: the nearest holding is told as such."""
        if query.operation != "find":
            return ()
        said = self._texts.of(record.id)
        asked = normalise("\n".join((*record.questions.zh, *record.questions.en)))
        words = [
            one
            for one in query.content
            if len(one) > 1 and not self._texts.knows(one) and one not in said and one not in asked
        ]
        nouns = {word for word, tag in tagged_words(query.text) if tag[0] in "nje"}
        surfaces = [surface for one in words if (surface := surface_of(one, query.text)) in nouns and surface]
        # What is asked for much else besides is a word of asking, not what is needed.
        surfaces = [one for one in surfaces if not written_questions().says(one)]
        return tuple(surfaces[:2]) if len(surfaces) < len(query.content) else ()

    def _unheard(self, query: Query, record: Resource) -> tuple[str, ...]:
        """Names in capitals that a question about a named record bears and nothing in the corpus says."""
        if query.operation == "find":
            return ()
        said = self._texts.of(record.id)
        words = [one for one in query.content if not self._texts.knows(one) and one not in said]
        surfaces = dict.fromkeys(filter(None, (surface_of(one, query.question) for one in words)))
        names = [one for one in surfaces if one.isascii() and sum(map(str.isupper, one)) >= CAPITALS]
        return tuple(one for one in names if not written_questions().says(one))[:2]

    def _next(self, record: Resource, query: Query) -> tuple[str, ...]:
        """Questions that this answer makes natural."""
        name = record.name.in_(query.language)
        asked = {"steps": "steps", "access": "access", "host": "host", "holdings": "holdings"}
        chips = [
            text.in_(query.language).format(name=name)
            for attribute, text in replies.NEXT_ON_RESOURCE.items()
            if query.asks(asked[attribute]) < 0.5
            and not (attribute == "steps" and query.operation == "steps")
        ]
        return tuple(chips[:3])
