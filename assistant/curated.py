"""Curated answers: a person's text with sources of the corpus, checked when published and when given."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from assistant import replies
from assistant.access import Asker
from assistant.ahead import Ready
from assistant.citations import Checked, check
from assistant.errors import CuratedRefused
from assistant.evidence import HOW_TO_APPLY, OVERVIEW, Describer, Evidence
from assistant.language import clean, detect_language, has_words
from assistant.reading.query import Query
from assistant.records import QUESTION_LIMIT, AskFilters, Citation, Language
from assistant.same_question import agree, wording_key
from assistant.sentences import MARKER, normalise_markers
from assistant.writing.draft import Draft
from corpus.records import Article, Policy, Resource
from corpus.vocabulary import Vocabulary
from storage.curated import CuratedBook
from storage.database import Database
from storage.records import Conversation, CuratedAnswer

State = Literal[
    "valid", "expired", "withdrawn", "source_gone", "source_changed", "source_ended", "unsupported"
]
Embed = Callable[[str], npt.NDArray[np.float32]]

LEAST_COSINE = 0.95
"""Of two wordings that agree(), under the built-in embedder; ways to say one thing had 0.97 and more."""
TEXT_LIMIT = 8000


@dataclass(frozen=True, slots=True)
class Place:
    """What one [n] rests on: a record as a whole, its steps, or an article."""

    record: Resource | Policy
    article: Article | None = None
    steps: bool = False

    @property
    def ref(self) -> str:
        if self.article is not None:
            return f"{self.record.id}#{self.article.anchor}"
        return f"{self.record.id}#{HOW_TO_APPLY}" if self.steps else self.record.id


class Sources:
    """The corpus as curated answers rest on it."""

    def __init__(self, records: Mapping[str, Resource | Policy], vocabulary: Vocabulary) -> None:
        self._records = records
        self._describer = Describer(vocabulary)

    def place(self, ref: str) -> Place | None:
        """For `id`, `id#how_to_apply`, `id#art-20` or `id#第二十条`; None when there is no such place."""
        record_id, _, part = ref.strip().partition("#")
        record = self._records.get(record_id)
        if record is None or "@" in part:  # an earlier version is no ground for an answer of today
            return None
        if isinstance(record, Resource):
            if part == HOW_TO_APPLY and record.how_to_apply:
                return Place(record, steps=True)
            return Place(record) if part in ("", OVERVIEW) else None
        if not part:
            return Place(record)
        article = record.article(part)
        return Place(record, article) if article is not None else None

    def digest(self, place: Place) -> str:
        """SHA-256 of what the place says and of what its document is; hexadecimal."""
        record = place.record
        if any(note.kind == "link" for note in record.notes):
            # How an address answers changes from day to day, and the record does not with it.
            lasting = tuple(note for note in record.notes if note.kind != "link")
            record = record.model_copy(update={"notes": lasting})
        # Without defaults: a field that a later Kewen adds does not change what is there.
        told = record.model_dump(
            mode="json", exclude={"questions", "related", "articles", "versions"}, exclude_defaults=True
        )
        if place.article is not None:
            told["article"] = place.article.model_dump(
                mode="json", exclude={"questions"}, exclude_defaults=True
            )
        text = json.dumps(told, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def citations(self, places: Sequence[Place], language: Language) -> tuple[Citation, ...]:
        """The evidence of [1], [2] …, in the order given."""
        return tuple(
            self._evidence(place, language).citation(number) for number, place in enumerate(places, 1)
        )

    def _evidence(self, place: Place, language: Language) -> Evidence:
        if isinstance(place.record, Resource):
            return self._describer.resource_evidence(
                place.record, HOW_TO_APPLY if place.steps else OVERVIEW, language
            )
        if place.article is None:
            return self._describer.document_evidence(place.record, language)
        return self._describer.article_evidence(place.record, place.article, language)

    def check(self, text: str, places: Sequence[Place], language: Language) -> Checked:
        """The text against its sources, sentence by sentence."""
        urls = [place.record.url for place in places if isinstance(place.record, Resource)]
        return check(
            text, self.citations(places, language), language=language, urls=[url for url in urls if url]
        )

    def state(self, answer: CuratedAnswer, today: date) -> State:
        """Whether it may be given today, or the first reason why not."""
        if answer.withdrawn is not None:
            return "withdrawn"
        if today > answer.until:
            return "expired"
        for source in answer.sources:
            place = self.place(source["ref"])
            if place is None:
                return "source_gone"
            if self.digest(place) != source["digest"]:
                return "source_changed"
            over = place.record.expires if isinstance(place.record, Policy) else None
            if over and len(over) == 10 and answer.created.date().isoformat() <= over < today.isoformat():
                return "source_ended"
        places = self.places(answer)
        for language, text in answer.texts.items():
            checked = self.check(text, places, "zh" if language == "zh" else "en")
            if checked.verdict != "good":
                return "unsupported"
        return "valid"

    def places(self, answer: CuratedAnswer) -> list[Place]:
        """Those of its sources that are still there."""
        found = (self.place(source["ref"]) for source in answer.sources)
        return [place for place in found if place is not None]

    def draft(self, answer: CuratedAnswer, language: Language) -> Draft:
        """The answer as it is given; only for one whose state is valid."""
        places = self.places(answer)
        checked = self.check(answer.texts[language], places, language)
        cited = {citation.id for citation in checked.citations}
        resources = {
            place.record.id: place.record
            for place in places
            if isinstance(place.record, Resource) and place.record.id in cited
        }
        cards = tuple(self._describer.card(one, language) for one in resources.values())
        return Draft("answered", checked.text, checked.citations, cards)


def curate(
    sources: Sources,
    *,
    questions: Sequence[str],
    texts: Sequence[str],
    refs: Sequence[str],
    owner: str,
    until: date,
    today: date,
) -> CuratedAnswer:
    """An answer ready to be published.

    [1] in a text is the first of `refs`. Raises CuratedRefused with every reason why it cannot be signed:
    a sentence without a source or beyond what its source says, a place that does not exist, a source
    never cited, a day gone by.
    """
    faults: list[str] = []
    if not owner.strip():
        faults.append("--owner is empty: name who answers for it.")
    if until < today:
        faults.append(f"--until is {until}, which is past: name a day from {today} on.")
    wordings = tuple(dict.fromkeys(clean(question) for question in questions))
    for wording in wordings:
        if not has_words(wording) or len(wording) > QUESTION_LIMIT:
            faults.append(
                f"The question {wording[:40]!r} has no word or more than {QUESTION_LIMIT} characters."
            )
    if not wordings:
        faults.append("There is no question: give one with --question.")
    if not refs:
        faults.append("--sources is empty: name the record or article ids that [1], [2] … rest on.")
    places: list[Place] = []
    for number, ref in enumerate(refs, 1):
        place = sources.place(ref)
        if place is None:
            faults.append(
                f"Source {number}, {ref!r}, is not in the corpus: write ID, ID#how_to_apply or ID#art-20."
            )
        else:
            places.append(place)
    by_language: dict[str, str] = {}
    for text in texts:
        text = normalise_markers(text.strip())
        language = detect_language(MARKER.sub("", text))
        if language in by_language:
            faults.append(f"Two texts are in the same language ({language}): give one in each.")
        elif not text or len(text) > TEXT_LIMIT:
            faults.append(f"The text has {len(text)} characters: 1 to {TEXT_LIMIT} are allowed.")
        else:
            by_language[language] = text
            if len(places) == len(refs):
                faults += _text_faults(sources, text, places, language)
    if faults:
        raise CuratedRefused(faults)
    hashed = tuple({"ref": place.ref, "digest": sources.digest(place)} for place in places)
    return CuratedAnswer(owner.strip(), until, wordings, by_language, hashed)


def _text_faults(sources: Sources, text: str, places: Sequence[Place], language: Language) -> list[str]:
    used = {int(number) for number in MARKER.findall(text)}
    faults = [
        f"[{number}] has no source: there are {len(places)}."
        for number in sorted(used)
        if not 1 <= number <= len(places)
    ]
    faults += [
        f"Source {number}, {place.ref}, is not cited in the {language} text: write [{number}] or drop it."
        for number, place in enumerate(places, 1)
        if number not in used
    ]
    checked = sources.check(text, places, language)
    faults += [f"Not supported by what it cites ({one})." for one in checked.removed]
    if checked.verdict != "good" and not faults:
        faults.append(f"The {language} text cites nothing.")
    return faults


class CuratedAnswers:
    """Gives a curated answer to who asks its question, while it is valid."""

    def __init__(
        self,
        *,
        database: Database,
        sources: Sources,
        read: Callable[[str, Language], Query],
        embed: Embed | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        """`embed` None: only the same wording matches."""
        self._book = CuratedBook(database)
        self._sources = sources
        self._read = read
        self._embed = embed
        self._today = today
        self._states: dict[tuple[str, date], State] = {}
        self._readings: dict[tuple[str, str], Query] = {}
        self._vectors: dict[str, npt.NDArray[np.float32]] = {}

    async def answer(self, query: Query, conversation: Conversation, asker: Asker) -> Ready | None:
        """The curated answer to this question, or None."""
        # A question that leans on the conversation, or is narrowed by the caller, is not the one answered.
        if query.relation != "alone" or query.given != AskFilters():
            return None
        today = self._today()
        stored = await asyncio.to_thread(self._book.current, today)
        if not stored:
            return None
        return await asyncio.to_thread(self._choose, query, stored, today)

    def _choose(self, query: Query, stored: Sequence[CuratedAnswer], today: date) -> Ready | None:
        found = self._matching(query, [one for one in stored if query.language in one.texts], today)
        if found is None:
            return None
        places = self._sources.places(found)
        notice = replies.NOTICE_CURATED.in_(query.language)
        return Ready(
            self._sources.draft(found, query.language),
            generated_by="curated",
            notices=(notice.format(owner=found.owner, until=found.until.isoformat()),),
            shown=tuple(dict.fromkeys(place.record.id for place in places)),
            places=tuple((place.record.id, place.article.anchor) for place in places if place.article),
        )

    def _state(self, answer: CuratedAnswer, today: date) -> State:
        # The corpus of this process does not change: once a day is enough.
        key = (answer.id, today)
        if key not in self._states:
            self._states[key] = self._sources.state(answer, today)
        return self._states[key]

    def _matching(self, query: Query, stored: Sequence[CuratedAnswer], today: date) -> CuratedAnswer | None:
        """One that rests on what is hidden here is not valid, and keeps no other from matching."""
        wanted = wording_key(query.question)
        for one in stored:
            same = any(wording_key(wording) == wanted for wording in one.questions)
            if same and self._state(one, today) == "valid":
                return one
        if self._embed is None or query.operation in ("about", "chat", "other"):
            return None
        best: tuple[float, CuratedAnswer] | None = None
        for one in stored:
            for wording in one.questions:
                if agree(query, self._reading(wording, query.language)):
                    cosine = float(self._vector(query.question) @ self._vector(wording))
                    better = cosine >= LEAST_COSINE and (best is None or cosine > best[0])
                    if better and self._state(one, today) == "valid":
                        best = (cosine, one)
        return best[1] if best else None

    def _reading(self, wording: str, language: Language) -> Query:
        key = (wording, language)
        if key not in self._readings:
            self._readings[key] = self._read(wording, language)
        return self._readings[key]

    def _vector(self, text: str) -> npt.NDArray[np.float32]:
        assert self._embed is not None
        if text not in self._vectors:
            if len(self._vectors) > 1000:
                self._vectors.clear()
            self._vectors[text] = self._embed(text)
        return self._vectors[text]
