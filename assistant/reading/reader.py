"""A question that stands on its own -> Query."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from assistant.reading.conditions import meets
from assistant.reading.countries import Countries
from assistant.reading.days import asked_day
from assistant.reading.features import NAME, Floats, masked
from assistant.reading.heads import Heads, top
from assistant.reading.query import NO_FILTERS, Condition, Query
from assistant.reading.values import Found, Values
from assistant.records import AskFilters, Language
from corpus.records import Policy, Resource
from corpus.versions import days_of
from retrieval.analysis import content_words, normalise
from retrieval.docnumbers import doc_numbers
from retrieval.folding import fold
from retrieval.mentions import Mention
from retrieval.names import NameIndex
from retrieval.references import resolve
from retrieval.surfaces import surfaces_of
from retrieval.unknown_names import UnknownName, UnknownNames

SURE = 0.6
CERTAIN = 0.9
"""Confidence of a name that is said as its record is called."""
SPELT = 0.5
"""As SURE, for names spelt in pinyin: nobody writes pinyin by chance."""
SET = 0.5
"""Likelihood of a list or a count from which a set is asked for."""
_NEXT = 14
"""Characters between a place and the title that it belongs to: "Guangdong Provincial Measures"."""
_BY_HEAD = {"type": (0.4, 0.01), "access": (0.4, 0.2)}
"""Probability from which a value that is meant is a condition: without a word for it, and with one."""

Records = Mapping[str, Resource | Policy]


@cache
def _verbatim() -> tuple[str, ...]:
    """Ways to say that the official words are wanted."""
    return tuple(json.loads(files("assistant.reading").joinpath("verbatim.json").read_text("utf-8")))


@cache
def frame_words() -> frozenset[str]:
    """Words of asking, whatever is asked for: learned from written questions (training/frame.py)."""
    return frozenset(json.loads(files("assistant.reading").joinpath("frame.json").read_text("utf-8")))


class Reader:
    """Reads questions against the names and values of one corpus."""

    def __init__(
        self,
        records: Records,
        names: NameIndex,
        values: Values,
        heads: Heads,
        embed: Callable[[str], Floats],
        embedder: str,
        countries: Countries | None = None,
        of_records: Callable[[str], float] = lambda _: 0.0,
    ) -> None:
        """`embedder` names the space of `embed`: where it is not the heads' own, n-grams alone speak;
        `of_records` tells how likely a text asks for a set of records, which countries bound."""
        self._countries, self._of_records = countries, of_records
        self._records, self._names, self._values, self._heads = records, names, values, heads
        self._unknown = UnknownNames(names)
        self._embed = embed
        self._own = embedder == heads.embedder

    def read(
        self,
        text: str,
        language: Language,
        *,
        question: str | None = None,
        given: AskFilters = NO_FILTERS,
        context: Sequence[str] = (),
        today: date | None = None,
    ) -> Query:
        """The reading of a question that stands on its own; `context` are policies the talk was about."""
        question = question or text
        text = self._ruled(text)
        values = self._values.find(text)
        mentions, titles = self._whole_titles(text, self._names.mentions(text))
        mentions, others = self._of_other_places(text, mentions, values)
        titles += others
        sure = [one for one in mentions if one.confidence >= _least(one)]
        spans = [(one.start, one.end) for one in sure]
        vector = self._embed(text)
        seen = vector if self._own else None
        operations = self._heads.of("operation", masked(text, spans), seen)
        if operations.get("list", 0.0) + operations.get("count", 0.0) > SET:
            # Of sets, what names a topic and a record is the topic: 菌种 is not the 菌种资源库.
            topics = {(one.start, one.end) for one in values if one.field == "subject"}
            sure = [one for one in sure if (one.start, one.end) not in topics]
            spans = [(one.start, one.end) for one in sure]
        plain = masked(text, spans)
        kinds = self._heads.of("kind", plain, seen)
        aspects = self._heads.of("aspects", plain, seen)
        unknown = (*titles, *self._unknown.find(text, mentions))
        unknown = tuple({(one.start, one.end): one for one in unknown}.values())
        subjects = tuple(
            dict.fromkeys(one.record_id for one in sorted(sure, key=lambda m: (m.start, -m.confidence)))
        )
        references = tuple(
            resolve(text, mentions, self._records, context_policy_ids=() if titles else tuple(context))
        )
        found = [one for one in values if not _inside(one, spans)]
        conditions = self._conditions(text, plain, found, seen)
        elsewhere = self._elsewhere(sure, conditions)
        mentions = [one for one in mentions if one not in elsewhere]
        out = {one.record_id for one in elsewhere}
        subjects = tuple(one for one in subjects if one not in out)
        day = self._day(text, mentions, references, today)
        taken = [*spans, *((one.start, one.end) for one in conditions if one.start >= 0)]
        taken += [(one.start, one.end) for one in unknown]
        taken += [(one.start, one.end) for one in found if one.field in _BY_HEAD]
        words = content_words(masked(text, taken).replace("¤", " "))
        return Query(
            question=question,
            text=text,
            language=language,
            vector=vector,
            operation=top(operations),  # type: ignore[arg-type]
            operations=operations,
            kinds=kinds,
            aspects=aspects,
            verdicts=self._heads.of("verdict", plain, seen),
            held=self._heads.of("held", plain, seen),
            mentions=tuple(mentions),
            subjects=subjects,
            unknown=unknown,
            references=references,
            conditions=conditions,
            content=tuple(one for one in words if one not in frame_words()),
            asked_day=day,
            as_of=str(day.last) if day else None,
            verbatim=any(one in text.lower() for one in _verbatim()),
            given=given,
        )

    def _elsewhere(self, sure: Sequence[Mention], conditions: Sequence[Condition]) -> list[Mention]:
        """Mentions of records outside the place or unit that is said, where the name is another's too that
        lies within, or is not said for sure."""
        within = {one: meets(self._records[one.record_id], conditions) for one in sure}
        spans = {(one.start, one.end) for one, met in within.items() if met}
        return [
            one
            for one, met in within.items()
            if met is False
            and isinstance(self._records[one.record_id], Resource)
            and ((one.start, one.end) in spans or one.confidence < CERTAIN)
        ]

    def _ruled(self, text: str) -> str:
        """A question about rules with the countries that none of them names as one abroad."""
        neutral = self._countries.neutral(text) if self._countries else text
        if neutral == text:
            return text
        operations = self._heads.of("operation", text, self._embed(text) if self._own else None)
        lists = operations.get("list", 0.0) + operations.get("count", 0.0)
        if min(self._of_records(text), lists) > SET:  # a country bounds a set of records
            return text
        kinds = self._heads.of("kind", neutral, self._embed(neutral) if self._own else None)
        return neutral if top(kinds) == "policy" else text

    def _whole_titles(
        self, text: str, mentions: Sequence[Mention]
    ) -> tuple[list[Mention], list[UnknownName]]:
        """Mentions without those that are only part of a title in 《》, and such titles as unknown."""
        kept, unknown = list(mentions), []
        for found in _TITLE.finditer(text):
            inside = [one for one in kept if found.start() <= one.start and one.end <= found.end()]
            if not inside:
                continue
            said = _bare(found[1])
            if any(said in self._surfaces(one.record_id) for one in inside):
                continue
            if any(one.superseded or one.how in ("typo", "homophone") for one in inside):
                continue
            kept = [one for one in kept if one not in inside]
            nearest = tuple(one.record_id for one in inside)
            unknown.append(UnknownName(found[0], *found.span(), "title", nearest))
        return kept, unknown

    def _of_other_places(
        self, text: str, mentions: Sequence[Mention], values: Sequence[Found]
    ) -> tuple[list[Mention], list[UnknownName]]:
        """Mentions of rules without those right behind a place that is not the rule's own: 江苏省 before a
        title makes it another rule, which is not held."""
        kept: list[Mention] = []
        unknown: list[UnknownName] = []
        places = [one for one in values if one.field in ("province", "city", "country")]
        for one in mentions:
            record = self._records.get(one.record_id)
            before = None
            if isinstance(record, Policy):
                texts = (record.title, record.issuing_body)
                own = "".join(f"{one_.zh}{one_.en}" for one_ in texts).lower()
                before = next(
                    (
                        place
                        for place in places
                        if 0 <= one.start - place.end <= _NEXT
                        and not set(text[place.end : one.start]) & set("，,。.;；的")
                        and place.surface.lower() not in own
                        and place.value.lower() not in own
                        and self._is_home(place) is False
                    ),
                    None,
                )
            if before is None:
                kept.append(one)
            else:
                surface = text[before.start : one.end]
                unknown.append(UnknownName(surface, before.start, one.end, "title", (one.record_id,)))
        return kept, unknown

    def _is_home(self, place: Found) -> bool:
        """True for the country of the catalogue, whose rules are held."""
        return place.field == "country" and place.value == self._values.home

    def _surfaces(self, record_id: str) -> frozenset[str]:
        """Every way to write the name of a record, bare of what may be left out."""
        return frozenset(_bare(one.text) for one in surfaces_of(self._records[record_id]))

    def around(self, text: str) -> str:
        """The text without names and document numbers: which language it is in, these do not say."""
        mentions = self._names.mentions(text)
        spans = [(one.start, one.end) for one in mentions if one.confidence >= _least(one)]
        spans += [(one.start, one.end) for one in self._unknown.find(text, mentions)]
        folded = fold(text)
        spans += [folded.span(one.start, one.end) for one in doc_numbers(folded)]
        return masked(text, spans).replace(NAME, " ")

    def _conditions(
        self, text: str, plain: str, found: Sequence[Found], vector: Floats | None
    ) -> tuple[Condition, ...]:
        """Named values, and those of closed fields that the wording means."""
        said = self._values.conditions(text, found)
        named = [one for one in said if one.field not in _BY_HEAD]
        for field, (alone, beside) in _BY_HEAD.items():
            chances = self._heads.of(field, plain, vector)
            surfaces = {one.value: one for one in said if one.field == field}
            for label, chance in sorted(chances.items(), key=lambda one: -one[1]):
                value = label.removeprefix("not_")
                where = surfaces.get(value)
                if label == "none" or chance < (alone if where is None else beside):
                    continue
                if where is None:
                    named.append(Condition(field, value, label.startswith("not_")))
                elif where.negated or not label.startswith("not_"):
                    named.append(where)
        typed = {(one.start, one.end) for one in named if one.field == "type" and one.start >= 0}
        kept = [one for one in named if one.field != "subject" or (one.start, one.end) not in typed]
        return tuple({(one.field, one.value): one for one in kept}.values())

    def _day(self, text: str, mentions: Sequence[Mention], references: Sequence[object], today: date | None):  # type: ignore[no-untyped-def]
        policies = [self._records.get(i) for i in {m.record_id for m in mentions}]
        owned = {int(day[:4]) for one in policies if isinstance(one, Policy) for day in days_of(one)}
        return asked_day(text, mentions, today, owned=owned, numbered=bool(references))


_TITLE = re.compile("《([^《》]{2,60})》")
_LEFT_OUT = re.compile(r"[（(][^（）()]*[）)]|[\s\W_]")


def _bare(title: str) -> str:
    """A title without remarks in brackets and marks."""
    return _LEFT_OUT.sub("", normalise(title).strip())


def _least(mention: Mention) -> float:
    return SPELT if mention.how in ("pinyin", "initials") else SURE


def _inside(found: Found, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= found.start and found.end <= end for start, end in spans)
