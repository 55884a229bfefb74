"""What a question asks, read without a language model: subject, attributes, filters, ties to the talk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

from assistant import cues
from assistant.available import policy_text, resource_text
from assistant.days import asked_day, asked_now, only_a_day, speaks_of_now, stands_on_a_day
from assistant.following import Follower
from assistant.history import History, PastTurn, points_back, starts_afresh
from assistant.language import (
    clean,
    detect_language,
    has_words,
    only_requests_language,
    requested_language,
)
from assistant.narrowing import FilterWords
from assistant.reading import LOOSELY, NO_FILTERS
from assistant.reading import SURE as SURE
from assistant.reading import Understanding as Understanding
from assistant.records import AskFilters, Language
from corpus.records import Policy, Resource
from corpus.versions import days_of
from corpus.vocabulary import Vocabulary
from retrieval.analysis import content_words, normalise
from retrieval.names import Mention, NameIndex
from retrieval.references import ArticleRef, article_references, resolve
from retrieval.unknown_names import UnknownName, UnknownNames

SPELT = 0.5
"""As SURE, for names spelt in pinyin: nobody writes pinyin by chance."""

NO_HISTORY = History()

_PINYIN = re.compile(r"^[a-z\s,.?!]+$")


def _elsewhere_names(records: Mapping[str, Resource | Policy]) -> re.Pattern[str] | None:
    """One pattern for all of elsewhere.txt that no record mentions; None when none is left."""
    said = "\n".join(
        resource_text(one) if isinstance(one, Resource) else policy_text(one) for one in records.values()
    ).lower()
    names = [
        name
        for line in Path(__file__).with_name("elsewhere.txt").read_text(encoding="utf-8").splitlines()
        if (name := line.strip()) and not name.startswith("#") and name.lower() not in said
    ]
    if not names:
        return None
    longest_first = sorted(names, key=len, reverse=True)
    forms = [
        rf"(?<![A-Za-z]){re.escape(n)}(?![A-Za-z])" if n.isascii() else re.escape(n) for n in longest_first
    ]
    return re.compile("|".join(forms))


class Understander:
    """Reads questions against the names and closed sets of one corpus."""

    def __init__(
        self, records: Mapping[str, Resource | Policy], names: NameIndex, vocabulary: Vocabulary
    ) -> None:
        self._records = records
        self._names = names
        self._unknown = UnknownNames(names)
        self._elsewhere = _elsewhere_names(records)
        self._filters = FilterWords(vocabulary, records)
        self._follower = Follower(records, names, self._filters)

    def read(
        self,
        question: str,
        *,
        history: History = NO_HISTORY,
        language: Literal["auto", "zh", "en"] = "auto",
        given: AskFilters = NO_FILTERS,
    ) -> Understanding:
        """The reading of a question in its conversation."""
        question = clean(question)
        text = normalise(question)
        last = history.last_topical
        wanted = requested_language(text)
        spoken = language if language != "auto" else wanted or self._language(question, text, history)

        base = Understanding(
            question=question, text=text, query=question, language=spoken, intent="find", given=given
        )
        if last and only_requests_language(text):
            return self._again(base, last)
        if refusal := cues.refusal(text):
            return replace(
                base, intent="declined", refusal=refusal, mentions=tuple(self._names.mentions(question))
            )
        if kind := cues.small_talk(text):
            mentions = self._names.mentions(question)
            if not any(mention.confidence >= SURE for mention in mentions):
                return replace(base, intent="small_talk", small_talk=kind)

        mentions = self._names.mentions(question)
        elsewhere = [one for m in mentions if (one := self._of_another_place(question, m))]
        mentions = [one for one in mentions if not any(_overlap(one, other) for other in elsewhere)]
        named, hinted = self._in_order(mentions)
        last_policies = tuple(
            i for i in (last.shown if last else ()) if isinstance(self._records.get(i), Policy)
        )
        references = tuple(resolve(question, mentions, self._records, context_policy_ids=last_policies))
        unknown = tuple(elsewhere[:1] or self._unknown.find(question, mentions))
        if outside := self._outside(question, mentions):
            unknown, named, hinted = (*unknown, *outside), (), ()
        rest = self._without(question, mentions, unknown)
        reading = replace(
            base,
            query=self._names.corrected(question),
            attributes=cues.attributes(text),
            named=named,
            hinted=hinted,
            superseded=tuple(m for m in mentions if m.superseded),
            references=references,
            unknown=unknown,
            rule_words=cues.about_rules(text),
            asks_where=cues.asks_where(text),
            asks_permission=cues.asks_permission(text),
            asks_sum=cues.asks_sum(text),
            rest=rest,
            mentions=tuple(mentions),
        )
        if cues.is_elsewhere(text) and not named:
            return replace(reading, intent="elsewhere")
        if listing := self._list_of_a_kind(reading):
            return listing
        if last and (again := self._on_another_day(reading, last)):
            return again
        if last and not starts_afresh(text):
            reading = self._follower.tie(reading, history)
        reading = self._dated(reading, last_policies, last)
        if not reading.references and not reading.unknown and (loose := _first_article(question)):
            named_there = _document_before(question, loose) or _document_after(question, loose)
            if named_there:
                reading = replace(reading, unknown=(named_there,), named=(), carried=())
            elif not last:
                return replace(reading, intent="unclear")
        if cues.asks_comparison(text) and len(reading.subjects) > 1:
            return replace(reading, intent="compare")
        if not reading.subjects and not hinted and not unknown and not reading.follow_up:
            if narrowed := self._only_narrows(reading):
                return narrowed
            if not self._says_something(reading):
                return replace(reading, intent="unclear")
        return reading

    def _on_another_day(self, reading: Understanding, last: PastTurn) -> Understanding | None:
        """「那2024年的时候呢」, 「现在呢」: the last question about a rule once more, as of that day."""
        asked = asked_day(reading.question, reading.mentions)
        if asked is None and last.as_of:
            asked = asked_now(reading.question)
        of_rules = any(isinstance(self._records.get(i), Policy) for i in last.shown)
        if asked is None or not of_rules or not only_a_day(reading.question, asked):
            return None
        given = reading.given.model_copy(update={"as_of": reading.given.as_of or str(asked.last)})
        again = self.read(last.query, language=reading.language, given=given)
        read = again.read.model_copy(update={"as_of": str(asked.last)})
        return replace(
            again, question=reading.question, given=reading.given, read=read, asked_day=asked,
            follow_up=True, leans_back=True,
        )  # fmt: skip

    def _dated(self, reading: Understanding, context: Sequence[str], last: PastTurn | None) -> Understanding:
        """With the day that a question about rules speaks of, and its articles as they stood on that day."""
        subjects = [self._records.get(i) for i in reading.subjects]
        of_rules = any(isinstance(one, Policy) for one in subjects) or bool(reading.references)
        ruled = reading.rule_words or cues.asks_authority(reading.text) or stands_on_a_day(reading.question)
        if not of_rules and (subjects or not ruled):
            return reading
        policies = [self._records.get(i) for i in {m.record_id for m in reading.mentions}]
        owned = {int(day[:4]) for one in policies if isinstance(one, Policy) for day in days_of(one)}
        numbered = bool(reading.references)
        asked = asked_day(reading.question, reading.mentions, owned=owned, numbered=numbered)
        on_day = str(asked.last) if asked else None
        leans = reading.leans_back or any(one.from_context for one in reading.references)
        if on_day is None and last and leans and not speaks_of_now(reading.question):
            on_day = last.as_of
        if on_day is None and reading.given.as_of is None:
            return reading
        if on_day is not None:
            read = reading.read.model_copy(update={"as_of": on_day})
            reading = replace(reading, asked_day=asked, read=read)
        if not reading.references:
            return reading
        day = date.fromisoformat(reading.filters.as_of or "")
        references = resolve(reading.question, reading.mentions, self._records, context, day)
        return replace(reading, references=tuple(references))

    def _of_another_place(self, question: str, mention: Mention) -> UnknownName | None:
        """「北京市促进…规定」 where the record is Shanghai's: a name that is not held."""
        record = self._records[mention.record_id]
        name = record.name if isinstance(record, Resource) else record.title
        titled = f"{name.zh} {name.en}".lower()
        start = max(0, mention.start - _PLACE_BEFORE)
        said = question[start : mention.end].lower()
        own = [names for names in self._filters.place_names if any(one in titled for one in names)]
        if not own or any(one in said for names in own for one in names):
            return None
        for names in self._filters.place_names:
            if found := next((one for one in names if one in said), None):
                at = start + said.index(found)
                end = max(mention.end, at + len(found))
                return UnknownName(question[at:end], at, end, "title", (mention.record_id,))
        if city := _CITY.search(question, start, mention.end):
            return UnknownName(
                question[city.start() : mention.end], city.start(), mention.end, "title", (mention.record_id,)
            )
        return None

    def _outside(self, question: str, mentions: list[Mention]) -> tuple[UnknownName, ...]:
        """Well-known names that the corpus does not hold, unless a record is named for sure beside them."""
        if any(m.confidence >= SURE and m.how not in LOOSELY for m in mentions):
            return ()
        found = self._elsewhere.search(question) if self._elsewhere else None
        return (UnknownName(found.group(0), found.start(), found.end(), "elsewhere"),) if found else ()

    def _list_of_a_kind(self, reading: Understanding) -> Understanding | None:
        """「有哪些种质库」 names its own kind: whatever was talked about before, it asks for all of them."""
        only_kinds = all(self._filters.is_type(m.surface) for m in reading.mentions if m.confidence >= SURE)
        if not only_kinds or not cues.asks_list(reading.text) or points_back(reading.text):
            return None
        read = self._filters.read(reading.text)
        if not read.types or _WITHIN.search(reading.text):
            return None
        return replace(reading, intent="list", read=read, named=(), hinted=())

    def _only_narrows(self, reading: Understanding) -> Understanding | None:
        """「北京的免费数据」 names places and terms of access and no thing: all that meet them are meant."""
        if not reading.attributes <= {"holdings", "access", "place"}:
            return None
        read = self._filters.read(reading.text)
        if not read.provinces:
            return None
        names = [
            n for value, *both in self._filters.places if value in read.provinces for one in both for n in one
        ]
        places = {word for name in names for word in (name, *content_words(name))}
        for word in content_words(reading.rest):
            if not (cues.ASKING.fullmatch(word) or word in places or _NARROWING.fullmatch(word)):
                return None
        return replace(reading, intent="list", read=read)

    def _language(self, question: str, text: str, history: History) -> Language:
        before = history.last.language if history.last else None
        if _PINYIN.match(text) and any(
            m.how in ("pinyin", "initials") for m in self._names.mentions(question)
        ):
            return "zh"
        detected = detect_language(question, before)
        if detected == "zh" and len(_ENGLISH_WORD.findall(text)) >= _ENGLISH_SENTENCE:
            # "how to get data from 青岚冰雪科学数据中心": the Chinese is only a name.
            mentions = self._names.mentions(question)
            around = self._without(question, mentions, tuple(self._unknown.find(question, mentions)))
            if has_words(around) and detect_language(around) == "en":
                return "en"
        return detected

    def _again(self, base: Understanding, last: PastTurn) -> Understanding:
        """The last question once more, in the language now asked for."""
        again = self.read(last.query, language=base.language, given=base.given)
        return replace(again, question=base.question, carried=last.shown, places=last.places, follow_up=True)

    def _in_order(self, mentions: list[Mention]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Ids of sure and of uncertain mentions, each in the order of the question."""
        by_place = sorted(mentions, key=lambda m: (m.start, -m.confidence))
        spelt = {"pinyin", "initials"}
        sure = tuple(
            dict.fromkeys(
                m.record_id for m in by_place if m.confidence >= (SPELT if m.how in spelt else SURE)
            )
        )
        unsure = sorted((m for m in mentions if m.confidence < SURE), key=lambda m: -m.confidence)
        return sure, tuple(dict.fromkeys(m.record_id for m in unsure if m.record_id not in sure))

    def _without(self, question: str, mentions: list[Mention], unknown: tuple[UnknownName, ...]) -> str:
        """The question with names cut out: what is asked of them."""
        spans = [(m.start, m.end) for m in mentions if m.confidence >= SURE]
        spans += [(u.start, u.end) for u in unknown]
        kept = list(question)
        for start, end in spans:
            kept[start:end] = " " * (end - start)
        return "".join(kept)

    def _says_something(self, reading: Understanding) -> bool:
        """False for 「我要申请，怎么弄」: every word is about asking, none about a thing."""
        return any(not cues.ASKING.fullmatch(word) for word in content_words(reading.rest))


_CITY = re.compile(r"(?<![\u4e00-\u9fff])(?!我们|你们|他们|这个|那个|各个|哪个)[\u4e00-\u9fff]{2,3}[市省]")
_PLACE_BEFORE = 6
"""Characters before a name in which its place may stand."""


def _overlap(one: Mention, other: UnknownName) -> bool:
    return one.start < other.end and other.start < one.end


_ZH_DOCUMENT = re.compile(r"[\u4e00-\u9fff]{1,24}?(?:法典|法|条例|办法|规定|细则|通知|意见|章程)(?=的?$)")
_EN_DOCUMENT = re.compile(r"(?:[A-Z][\w&-]*(?:\s+(?:of|on|the|and|for)\b)*\s+)*[A-Z][\w&-]*(?=\W*$)")
_EN_AFTER = re.compile(
    r"\W*(?:of|in|under|from)\s+(?:the\s+)?((?:[A-Z][\w&-]*(?:\s+(?:of|on|the|and|for))*\s*){1,10})"
)


def _first_article(question: str) -> ArticleRef | None:
    return next((ref for ref in article_references(question) if ref.unit == "article"), None)


def _document_before(question: str, ref: ArticleRef) -> UnknownName | None:
    """「民法典|第一千零九条」: a document is named right before the number, and none that is held."""
    before = question[: ref.start]
    found = _ZH_DOCUMENT.search(before) or _EN_DOCUMENT.search(before)
    if found is None:
        return None
    words = found.group(0).split()
    while words and words[0].lower() in _NOT_A_DOCUMENT:
        words.pop(0)
    name = " ".join(words)
    return UnknownName(name, found.end() - len(name), found.end(), "title") if name else None


def _document_after(question: str, ref: ArticleRef) -> UnknownName | None:
    """ "article 89 of the GDPR"."""
    found = _EN_AFTER.match(question, ref.end)
    if found is None:
        return None
    return UnknownName(found[1].strip(), found.start(1), found.end(1), "title")


_NARROWING = re.compile(
    r"全国|省|市|自治区|所有|全部|完全|公开|开放|收费|付费|注册|登录|列出|一下|盘点|哪些|机构|单位|list|all|open|paid|show|which|what|everyth",
    re.I,
)
_WITHIN = re.compile(r"里面|其中|下面|下属|\binside\b|\bwithin\b", re.I)
_ENGLISH_WORD = re.compile(r"[a-z]{2,}")
_ENGLISH_SENTENCE = 3
"""Words from which Latin script is the sentence and not a borrowed noun."""
_NOT_A_DOCUMENT = {
    "what",
    "which",
    "does",
    "do",
    "is",
    "under",
    "please",
    "according",
    "the",
    "can",
    "may",
    "how",
    "and",
    "see",
}
