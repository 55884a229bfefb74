"""What a question asks, read without a language model: subject, attributes, filters, ties to the talk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from assistant import cues
from assistant.available import policy_text, resource_text
from assistant.cues import Attribute, Refusal, SmallTalk
from assistant.history import (
    History,
    PastTurn,
    asks_sibling,
    chosen,
    corrects,
    has_pronoun,
    points_back,
    relative_article,
    returned_to,
    starts_afresh,
)
from assistant.language import (
    clean,
    detect_language,
    has_words,
    only_requests_language,
    requested_language,
)
from assistant.records import AskFilters, Language
from corpus.records import Policy, Resource
from corpus.vocabulary import Vocabulary
from retrieval.analysis import content_words, normalise
from retrieval.names import Mention, NameIndex
from retrieval.references import ArticleRef, ResolvedRef, article_references, resolve
from retrieval.unknown_names import UnknownName, UnknownNames

Intent = Literal["small_talk", "declined", "elsewhere", "list", "compare", "find", "unclear"]

NO_FILTERS = AskFilters()
NO_HISTORY = History()

SURE = 0.6
"""Confidence from which a mention names its record beyond doubt."""
SPELT = 0.5
"""The same for names spelt in pinyin: nobody writes pinyin by chance."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """The reading of one question.

    `named` are ids in the order of the question, sure mentions only; `hinted` those of uncertain
    mentions. `carried` are the ids taken over from the conversation. `query` stands on its own: what
    retrieval searches. `places` are (policy id, part) the conversation was about.
    """

    question: str
    text: str
    query: str
    language: Language
    intent: Intent
    attributes: frozenset[Attribute] = frozenset()
    named: tuple[str, ...] = ()
    hinted: tuple[str, ...] = ()
    superseded: tuple[Mention, ...] = ()
    references: tuple[ResolvedRef, ...] = ()
    unknown: tuple[UnknownName, ...] = ()
    carried: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    follow_up: bool = False
    leans_back: bool = False
    """The wording itself leans on what was said before."""
    relative: int | None = None
    """0 for 「这是第几条」, 1 for 「下一条」, -1 for 「上一条」: counted from the article talked about."""
    sibling: bool = False
    """「淡水的那个呢」: another record of the kind talked about."""
    rule_words: int = 0
    asks_where: bool = False
    asks_permission: bool = False
    asks_sum: bool = False
    rest: str = ""
    small_talk: SmallTalk | None = None
    refusal: Refusal | None = None
    given: AskFilters = NO_FILTERS
    read: AskFilters = NO_FILTERS
    mentions: tuple[Mention, ...] = field(default=())

    @property
    def subjects(self) -> tuple[str, ...]:
        """Ids the question is about for sure: named, else carried over."""
        return self.named or self.carried

    @property
    def filters(self) -> AskFilters:
        """Given filters, and those read from the question where none was given."""
        return AskFilters(
            types=self.given.types or self.read.types,
            provinces=self.given.provinces or self.read.provinces,
            access=self.given.access or self.read.access,
            as_of=self.given.as_of or self.read.as_of,
        )


_PINYIN = re.compile(r"^[a-z\s,.?!]+$")
_TYPE_HEAD = {
    "scientific_data": r"(科学)?数据中心|数据库|数据平台|科学数据|数据集|scientific data|\bdata ?sets?\b"
    r"|data (centers?|centres?|repositor\w+|banks?)",
    "germplasm": r"种质(资源)?库|种质圃|germplasm banks?|gene ?banks?",
    "facility": r"大(科学)?装置|重大(科技)?(基础)?设施|光源|望远镜|synchrotrons?|telescopes?"
    r"|(large|big|research) facilit\w+",
    "field_station": r"野外(科学观测研究)?(台)?站|台站|观测(研究)?网(络)?|field stations?"
    r"|observ\w+ networks?",
    "specimen": r"标本(资源)?(库|馆|平台)|specimen\w* (banks?|collections?|platforms?)|herbari\w+",
    "literature": r"文献(平台|服务|中心)|literature (platforms?|services?)",
    "instrument": r"仪器(设施|设备)?(共享)?(服务)?(平台|中心)|instrument (platforms?|centers?|centres?)",
    "human_genetic": r"脑库|人脑组织(资源)?库|干细胞(资源)?库|brain banks?|stem[- ]cell banks?",
    "biological_material": r"菌种(保藏)?(库|中心)|(?<!干)细胞(资源)?库|实验动物(资源)?库|生物样本库"
    r"|culture collections?|cell (banks?|repositor\w+)|biobanks?",
    "service_platform": r"(?<!仪器)(?<!仪器共享)(?<!文献)服务平台|service platforms?",
    "alliance": r"(创新|产业|战略)?联盟(?!链)|alliances?",
    "reference_material": r"标准物质(资源)?(库|平台)|reference material\w* (banks?|platforms?)",
}
_TYPE_HEADS = {code: re.compile(pattern, re.I) for code, pattern in _TYPE_HEAD.items()}
_ACCESS_WORDS = {
    "open": re.compile(
        r"免费|不(要|收)(钱|费)|无偿|完全公开|开放获取|自由下载|免登录|\bfree\b|\bopen[- ]access\b"
        r"|without (login|paying|registration)",
        re.I,
    ),
    "registered": re.compile(
        r"注册(后)?(就|即|便)?(可|能)|\bregistration only\b|\bafter registration\b", re.I
    ),
    "paid": re.compile(r"收费的|付费的|有偿的|\bpaid\b|\bfee-based\b", re.I),
}


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
        self._places = [
            (place.name.zh, [*{place.name.zh, *place.short.zh}], [place.name.en, *place.short.en])
            for place in vocabulary.provinces
            if place.kind != "nation"
        ]

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
        named, hinted = self._in_order(mentions)
        last_policies = tuple(
            i for i in (last.shown if last else ()) if isinstance(self._records.get(i), Policy)
        )
        references = tuple(resolve(question, mentions, self._records, context_policy_ids=last_policies))
        unknown = tuple(self._unknown.find(question, mentions))
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
        if last and not starts_afresh(text):
            reading = self._tie(reading, returned_to(text, history) or last)
        if not reading.references and not reading.unknown and (loose := _first_article(question)):
            named_there = _document_before(question, loose) or _document_after(question, loose)
            if named_there:
                reading = replace(reading, unknown=(named_there,), named=(), carried=())
            elif not last:
                return replace(reading, intent="unclear")
        if cues.asks_comparison(text) and len(reading.subjects) > 1:
            return replace(reading, intent="compare")
        if not reading.subjects and not hinted and not unknown:
            if narrowed := self._only_narrows(reading):
                return narrowed
            if not self._says_something(reading):
                return replace(reading, intent="unclear")
        return reading

    def _outside(self, question: str, mentions: list[Mention]) -> tuple[UnknownName, ...]:
        """Well-known names that the corpus does not hold, unless a record is named for sure beside them."""
        if any(m.confidence >= SURE and m.how not in _LOOSELY for m in mentions):
            return ()
        found = self._elsewhere.search(question) if self._elsewhere else None
        return (UnknownName(found.group(0), found.start(), found.end(), "elsewhere"),) if found else ()

    def _list_of_a_kind(self, reading: Understanding) -> Understanding | None:
        """「有哪些种质库」 names its own kind: whatever was talked about before, it asks for all of them."""
        if reading.named or not cues.asks_list(reading.text) or points_back(reading.text):
            return None
        read = self._filters(reading.text)
        if not read.types or _WITHIN.search(reading.text):
            return None
        return replace(reading, intent="list", read=read)

    def _only_narrows(self, reading: Understanding) -> Understanding | None:
        """「北京的免费数据」 names places and terms of access and no thing: all that meet them are meant."""
        if not reading.attributes <= {"holdings", "access", "place"}:
            return None
        read = self._filters(reading.text)
        if not read.provinces:
            return None
        names = [n for value, *both in self._places if value in read.provinces for one in both for n in one]
        places = {word for name in names for word in (name, *content_words(name))}
        for word in content_words(reading.rest):
            if not (_ASKING.fullmatch(word) or word in places or _NARROWING.fullmatch(word)):
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
            around = self._without(question, self._names.mentions(question), ())
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

    def _tie(self, reading: Understanding, last: PastTurn) -> Understanding:
        """Take over what an elliptical question leaves out."""
        picked = chosen(reading.text, last)
        if picked:
            query = f"{self._title(picked, reading.language)} {reading.query}"
            return replace(
                reading, carried=(picked,), query=query, follow_up=True, leans_back=True, unknown=()
            )
        if corrects(reading.text) and not reading.named:
            asked = reading.attributes | last.asked
            return replace(
                reading, attributes=asked, carried=last.shown, sibling=True, unknown=(), follow_up=True
            )
        if asks_sibling(reading.text) and not reading.named and last.shown:
            read = self._filters(reading.text)
            return replace(
                reading,
                carried=last.shown,
                sibling=True,
                read=AskFilters(provinces=read.provinces),
                attributes=reading.attributes or last.asked,
                follow_up=True,
                leans_back=True,
            )
        back = points_back(reading.text)
        if reading.named:
            # 「它跟GSA-Human有什么区别」: the pronoun is a subject beside the one named.
            if has_pronoun(reading.text) and last.shown and last.shown[0] not in reading.named:
                loosely = all(m.how in _LOOSELY for m in reading.mentions if m.confidence >= SURE)
                if cues.asks_comparison(reading.text):
                    return replace(reading, named=(last.shown[0], *reading.named), follow_up=True)
                if loosely and _IT.search(reading.text):
                    # "does it have a sequence archive": a description that happens to be another's name.
                    query = f"{self._title(last.shown[0], reading.language)} {reading.query}"
                    return replace(
                        reading, named=(), carried=last.shown, query=query, follow_up=True, leans_back=True
                    )
            return reading
        short = len([word for word in content_words(reading.rest) if not _ASKING.fullmatch(word)]) <= 2
        if reading.unknown:
            return reading
        carried = last.shown or last.named
        # A rule is found again by what was asked of it; a resource by its name.
        by_question = bool(carried) and isinstance(self._records.get(carried[0]), Policy)
        title = last.query if by_question else self._title(carried[0], reading.language) if carried else ""
        return replace(
            reading,
            carried=carried,
            places=last.places,
            query=f"{title} {reading.query}".strip(),
            follow_up=True,
            leans_back=back or short,
            relative=relative_article(reading.text) if last.places else None,
        )

    def _title(self, record_id: str, language: Language) -> str:
        record = self._records.get(record_id)
        if record is None:
            return ""
        return (record.name if isinstance(record, Resource) else record.title).in_(language)

    def _filters(self, text: str) -> AskFilters:
        """Places, types and terms of access that a listing question names."""
        provinces = []
        for value, chinese, english in self._places:
            if any(len(name) > 1 and name in text for name in chinese) or any(
                re.search(rf"\b{re.escape(name.lower())}\b", text) for name in english
            ):
                provinces.append(value)
        types = [code for code, pattern in _TYPE_HEADS.items() if pattern.search(text)]
        access = [code for code, pattern in _ACCESS_WORDS.items() if pattern.search(text)]
        return AskFilters(types=tuple(types), provinces=tuple(provinces), access=tuple(access))

    def _says_something(self, reading: Understanding) -> bool:
        """False for 「我要申请，怎么弄」: every word is about asking, none about a thing."""
        return any(not _ASKING.fullmatch(word) for word in content_words(reading.rest))


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
_IT = re.compile(r"它|\b(it|its|they|their)\b", re.I)
_LOOSELY = frozenset({"short", "typo", "homophone"})
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
_ASKING = re.compile(
    r"截止|截止日期|deadlin|带|要带|交|填|走|我要|准备|要准备|哪些材料|我想|prepar|申请|要申请|怎么|怎么弄|弄|办|办理|预约|下载|数据|资源|东西|样品|材料|流程|步骤"
    r"|手续|收费|免费|钱|网址|官网|电话|联系|问题|帮忙|一下|"
    r"使用|获取|获得|提交|注册|登录|开放|共享|条件|多久|时间|地方|那种|这种|appl(y|i|ic)|application|data|resourc|access|download"
    r"|regist|sampl|it|"
    r"request|procedur|step|cost|free|pay|phone|contact|websit|link|use|someth|thing|go|about|do|one|long"
    r"|time|much|mani|happen|work",
    re.I,
)
