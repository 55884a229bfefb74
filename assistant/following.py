"""Ties a question to the talk so far: what it leaves out, points at, corrects, narrows or returns to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from assistant import cues
from assistant.available import resource_text
from assistant.history import (
    History,
    PastTurn,
    asks_sibling,
    back_to,
    chosen,
    corrects,
    has_pronoun,
    instead,
    keeps_several,
    meant,
    only_varies,
    other_one,
    pair,
    picks_among,
    points_at_two,
    points_back,
    refines,
    rejected,
    relative_article,
    returns,
)
from assistant.narrowing import FilterWords
from assistant.reading import LOOSELY, SURE, Understanding
from assistant.records import AskFilters
from corpus.records import Policy, Resource
from retrieval.analysis import analyse, content_words
from retrieval.names import NameIndex

_IT = re.compile(r"它|\b(it|its|they|their)\b", re.I)
_BESIDE_IT = re.compile(
    r"(?:它|这个|该\w{0,3})(?:和|跟|与|同|比)([^，。？?]{1,12}?)的?(?:那个|那家)?(?:有|是|在|哪|相比|比)"
    r"|(?:和|跟|与|同|比)([^，。？?]{1,12}?)的?(?:那个|那家)?(?:有(?:什么|啥|哪些)|是什么|比|相比)"
    r"|\b(?:from|with|to|and) the ([a-z -]{2,30}?)(?: one)?\??$",
    re.I,
)


class Follower:
    """Reads follow-up questions against the records of one corpus."""

    def __init__(
        self, records: Mapping[str, Resource | Policy], names: NameIndex, filters: FilterWords
    ) -> None:
        self._records, self._names, self._filters = records, names, filters

    def tie(self, reading: Understanding, history: History) -> Understanding:
        """The reading with what it takes over; as it was where it stands alone."""
        last = history.last_topical
        if last is None:
            return reading
        text = reading.text
        if returns(text) and not reading.named:
            earlier = back_to(text, history, self._describe)
            if earlier is not None:
                return self._return(reading, earlier)
        if two := self._compared(reading, history, last):
            return replace(
                reading, intent="compare", named=two, unknown=(), follow_up=True, assumed="compared"
            )
        if picked := self._within(reading, last):
            return replace(self._pick(reading, picked), attributes=reading.attributes | {"place"})
        other = None if reading.named else other_one(text, history)
        if picked := other or chosen(text, history):
            return self._pick(reading, picked)
        if corrects(text):
            return self._correct(reading, last)
        if narrowed := self._narrow(reading, last):
            return narrowed
        if replaced := self._instead(reading, last):
            return replaced
        if asks_sibling(text) and not reading.named and last.shown and self._about_resources(last):
            return self._sibling(reading, last)
        return self._carry(reading, last)

    def _pick(self, reading: Understanding, picked: str) -> Understanding:
        """One of those talked about."""
        query = f"{self._title(picked, reading)} {reading.query}"
        return replace(
            reading, named=(), carried=(picked,), query=query, core=query, follow_up=True,
            leans_back=True, unknown=(), assumed="picked",
        )  # fmt: skip

    def _within(self, reading: Understanding, last: PastTurn) -> str | None:
        """The record that "which of the two is in Hubei" picks out by its place."""
        provinces = self._filters.read(reading.text).provinces
        offered = last.named if len(last.named) > 1 else last.offered or last.shown
        if reading.named or not provinces or len(offered) < 2 or not picks_among(reading.text):
            return None
        records = (self._records.get(one) for one in offered)
        return next((o.id for o in records if isinstance(o, Resource) and o.province in provinces), None)

    def _instead(self, reading: Understanding, last: PastTurn) -> Understanding | None:
        """「那数据呢」: the last question of another thing; None where the record talked about has it."""
        other = instead(reading.text)
        if reading.named or reading.unknown or reading.references or not other or not last.shown:
            return None
        subject = self._records.get(last.shown[0])
        ruled = isinstance(subject, Policy)
        words = [word for word in content_words(other) if ruled or not cues.ASKING.fullmatch(word)]
        if not words or subject is None:
            return None
        core = last.core or last.query
        if isinstance(subject, Resource):
            said = resource_text(subject).lower()
            held = said if reading.language == "zh" else frozenset(analyse(said))
            if last.named or 2 * sum(word in held for word in words) >= len(words):
                return None
            # What the last question said of its own thing makes no question of another.
            kept: list[str] = []
        else:
            names = f"{self._describe(subject.id)} {' '.join(subject.questions.zh)}".lower()
            kept = [word for word in content_words(core) if word not in names]
        joined = "" if reading.language == "zh" else " "
        query = joined.join([other, *([" "] if joined == "" else []), *kept]).strip()
        return replace(
            reading,
            query=query,
            core=query,
            rest=query,
            attributes=reading.attributes or last.asked,
            rule_words=max(reading.rule_words, cues.about_rules(core)),
            asks_permission=reading.asks_permission or cues.asks_permission(core),
            follow_up=True,
            assumed="replaced",
        )

    def _sibling(self, reading: Understanding, last: PastTurn) -> Understanding:
        """「上海的呢」: the same question of another record of the kind."""
        read = self._filters.read(reading.text)
        return replace(
            reading,
            carried=last.shown,
            sibling=True,
            core=last.core or last.query,
            read=AskFilters(provinces=read.provinces),
            attributes=reading.attributes or last.asked,
            follow_up=True,
            leans_back=True,
            assumed="corrected",
        )

    def _carry(self, reading: Understanding, last: PastTurn) -> Understanding:
        """Pronouns and ellipsis: the subject of the last turn stands for what is not said."""
        back = points_back(reading.text)
        if reading.named:
            # 「它跟GSA-Human有什么区别」: the pronoun is a subject beside the one named.
            if has_pronoun(reading.text) and last.shown and last.shown[0] not in reading.named:
                loosely = all(m.how in LOOSELY for m in reading.mentions if m.confidence >= SURE)
                if cues.asks_comparison(reading.text):
                    return replace(reading, named=(last.shown[0], *reading.named), follow_up=True)
                if loosely and _IT.search(reading.text):
                    # "does it have a sequence archive": a description that happens to be another's name.
                    query = f"{self._title(last.shown[0], reading)} {reading.query}"
                    return replace(
                        reading, named=(), carried=last.shown, query=query, follow_up=True, leans_back=True
                    )
            return reading
        short = len([w for w in content_words(reading.rest) if not cues.ASKING.fullmatch(w)]) <= 2
        if reading.unknown:
            return reading
        carried = last.shown or last.named
        # A rule is found again by what was asked of it; a resource by its name.
        by_question = bool(carried) and isinstance(self._records.get(carried[0]), Policy)
        title = last.query if by_question else self._title(carried[0], reading) if carried else ""
        return replace(
            reading,
            carried=carried,
            places=last.places,
            query=f"{title} {reading.query}".strip(),
            core=last.core or last.query,
            follow_up=True,
            leans_back=back or short,
            relative=relative_article(reading.text) if last.places else None,
            same_place=by_question and bool(last.places) and only_varies(reading.text),
        )

    def _return(self, reading: Understanding, earlier: PastTurn) -> Understanding:
        """「回到北京的那些」: an earlier turn's subject, with its question where no new one is put."""
        subject = earlier.shown or earlier.named
        asked = bool(reading.attributes)
        if earlier.intent == "list" and (not asked or not subject):
            return replace(
                reading, intent="list", read=_filters_of(earlier), query=earlier.query, core=earlier.core,
                unknown=(), follow_up=True, assumed="returned",
            )  # fmt: skip
        by_question = isinstance(self._records.get(subject[0]), Policy)
        title = earlier.query if by_question else self._title(subject[0], reading)
        return replace(
            reading,
            carried=subject if by_question else subject[:1],
            places=earlier.places,
            attributes=reading.attributes or earlier.asked,
            query=f"{title} {reading.query}" if asked else title,
            core=earlier.core,
            unknown=(),
            follow_up=True,
            leans_back=True,
            assumed="returned",
        )

    def _compared(self, reading: Understanding, history: History, last: PastTurn) -> tuple[str, ...]:
        """The subjects of 「这两个有什么区别」 or 「它和极地的有什么区别」; empty unless there are two."""
        if not cues.asks_comparison(reading.text) or len(reading.named) > 1:
            return ()
        if points_at_two(reading.text):
            return tuple(i for i in pair(history) if isinstance(self._records.get(i), Resource))
        first = next(iter(last.shown or last.named), None)
        if first is None:  # a list that held nothing
            return ()
        if reading.named:
            beside = has_pronoun(reading.text) and first not in reading.named
            return (first, reading.named[0]) if beside else ()
        found = _BESIDE_IT.search(reading.text)
        if found is None or not has_pronoun(reading.text):
            return ()
        words = next(group for group in found.groups() if group)
        other = self._named_like(words, first, history)
        return (first, other) if other else ()

    def _named_like(self, words: str, beside: str, history: History) -> str | None:
        """The record whose name holds the words: first among those talked about, then of the same kind."""
        words = words.strip().lower()
        talked = [i for turn in reversed(history.turns) for i in (*turn.shown[:1], *turn.named)]
        kind = self._records.get(beside)
        same = [
            one.id
            for one in self._records.values()
            if isinstance(one, Resource) and isinstance(kind, Resource) and one.type == kind.type
        ]
        for id_ in (*talked, *sorted(same, key=lambda i: len(self._describe(i)))):
            if id_ != beside and words in self._describe(id_).lower():
                return id_
        return None

    def _correct(self, reading: Understanding, last: PastTurn) -> Understanding:
        """「不是这个，是海洋的」: another subject, the same question."""
        denied = rejected(reading.text)
        kept = reading.named
        if denied and len(kept) > 1:
            kept = tuple(i for i in kept if not any(s in denied for s in self._surfaces(reading, i))) or kept
        asked = reading.attributes or last.asked
        if kept:
            return replace(reading, named=kept, attributes=asked, follow_up=True, unknown=())
        words = meant(reading.text) or reading.text
        read = self._filters.read(words)
        carried = last.shown or last.named
        first = self._records.get(carried[0]) if carried else None
        if read.types and isinstance(first, Resource) and first.type not in read.types:
            # 「我要的是种质资源库，不是数据中心」: the subject matter stays, the kind of resource changes.
            matter = self._filters.without_types(self._title(first.id, reading).lower())
            return replace(
                reading, attributes=asked, carried=carried, sibling=True, unknown=(), follow_up=True,
                read=AskFilters(types=read.types, provinces=read.provinces), core=f"{matter} {words}",
                assumed="corrected",
            )  # fmt: skip
        return replace(
            reading, attributes=asked, carried=carried, sibling=True, unknown=(), follow_up=True,
            read=AskFilters(provinces=read.provinces), core=words, assumed="corrected",
        )  # fmt: skip

    @staticmethod
    def _surfaces(reading: Understanding, record_id: str) -> list[str]:
        return [m.surface.lower() for m in reading.mentions if m.record_id == record_id]

    def _narrow(self, reading: Understanding, last: PastTurn) -> Understanding | None:
        """The topic's question again, within other filters; None where the words change none."""
        if reading.named or reading.references or not self._about_resources(last):
            return None
        edit = self._filters.edit(reading.text)
        if edit is None:
            return self._refine(reading, last)
        if not edit.alone and reading.attributes <= {"access", "place", "holdings"}:
            return None
        filters = edit.applied(_filters_of(last))
        if last.intent == "list":
            asked = reading.attributes - {"access", "place", "holdings"}
            if asked and not edit.alone:
                return None
            return replace(
                reading, intent="list", read=filters, query=last.core or last.query,
                core=last.core or last.query, unknown=(), follow_up=True, narrowed=True, assumed="narrowed",
            )  # fmt: skip
        if last.named and edit.mode == "set" and not keeps_several(reading.text):
            # Its own record was named: another of its kind is meant, not a narrower search.
            return self._sibling(reading, last) if last.shown and edit.values.provinces else None
        attributes = reading.attributes - {"place", "access", "holdings"}
        return replace(
            reading,
            read=filters,
            carried=last.shown,
            query=last.core or last.query,
            core=last.core or last.query,
            attributes=attributes or last.asked,
            unknown=(),
            follow_up=True,
            narrowed=True,
            assumed="narrowed",
        )

    def _refine(self, reading: Understanding, last: PastTurn) -> Understanding | None:
        """「只要国家级的」: the topic's question with a wish that is none of the filters."""
        wish = refines(reading.text)
        core = last.core or last.query
        if wish is None or reading.unknown or last.named:
            return None
        return replace(
            reading,
            intent="list" if last.intent == "list" else reading.intent,
            read=_filters_of(last),
            carried=last.shown,
            query=f"{core} {wish}",
            core=core,
            wish=wish,
            attributes=last.asked,
            follow_up=True,
            narrowed=True,
            assumed="narrowed",
        )

    def _about_resources(self, last: PastTurn) -> bool:
        subject = last.shown or last.named
        return last.intent == "list" or (
            bool(subject) and isinstance(self._records.get(subject[0]), Resource)
        )

    def _title(self, record_id: str, reading: Understanding) -> str:
        record = self._records.get(record_id)
        if record is None:
            return ""
        return (record.name if isinstance(record, Resource) else record.title).in_(reading.language)

    def _describe(self, record_id: str) -> str:
        """Names of a record in both languages, and its place."""
        record = self._records.get(record_id)
        if record is None:
            return ""
        name = record.name if isinstance(record, Resource) else record.title
        told = [name.zh, name.en, *record.aliases]
        if isinstance(record, Resource) and record.city:
            told += [record.city.zh, record.city.en]
        return " ".join(told)


def _filters_of(turn: PastTurn) -> AskFilters:
    return AskFilters(types=turn.types, provinces=turn.provinces, access=turn.access)
