"""Filters in words: 「只看北京的」, 「也算上上海」, "without the place limit"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from assistant.records import AskFilters
from corpus.records import Policy, Resource
from corpus.vocabulary import Vocabulary
from retrieval.analysis import content_words

Dimension = Literal["types", "provinces", "access"]
DIMENSIONS: tuple[Dimension, ...] = ("types", "provinces", "access")

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
_TYPES = {code: re.compile(pattern, re.I) for code, pattern in _TYPE_HEAD.items()}
_ACCESS = {
    "open": re.compile(
        r"免费|不(要|收)(钱|费)|无偿|完全公开|开放获取|自由下载|免登录|(直接|公开)(可)?下载|能开放共享"
        r"|\bfree\b|\bopen[- ]access\b|\bopen ones?\b|without (login|paying|registration)",
        re.I,
    ),
    "registered": re.compile(
        r"注册(后)?(就|即|便)?(可|能)|\bregistration only\b|\bafter registration\b", re.I
    ),
    "application": re.compile(
        r"(需要?|要|凭)申请(才能用|后可用)?的|申请后可用|\bopen to application|\bon application\b", re.I
    ),
    "paid": re.compile(r"(?<!不)收费的|付费的|有偿的|\bpaid\b|\bfee-based\b", re.I),
}

_DROPS = re.compile(
    r"不限(制|于)?|不管|别管|取消|去掉|去除|解除|放开|不要(求|限)|忽略|不用(管|考虑|限)|不考虑|不论|任何|哪(里|儿)都"
    r"|\b(any|without|drop|remove|clear|forget|ignore|regardless|lift|no matter|never mind|no)\b",
    re.I,
)
_DROPPED: dict[Dimension, re.Pattern[str]] = {
    "provinces": re.compile(
        r"地区|地域|省份?|地方|地点|位置|城市|哪(里|儿)都|全国|\b(place|province|region|location|city|where|area)s?\b",
        re.I,
    ),
    "types": re.compile(r"类型|类别|种类|哪一?类|\b(type|kind)s?\b", re.I),
    "access": re.compile(
        r"开放|收费|免费|获取|费用|要不要钱|\b(access|free|paid|open|cost|fee|price)s?\b", re.I
    ),
}
_ALL = re.compile(
    r"条件|限制|限定|筛选|过滤|范围|\b(filter|limit|restriction|condition|constraint)s?\b", re.I
)
_EVERYWHERE = re.compile(r"^(那)?全国(范围|各地)?(的|都|都算|都行|呢|看看)*$")
_ADDS = re.compile(
    r"算上|加上|再加|加进|加入|包括|包含|连同|带上|也(要|看|算|行|可以|列|来|给)|以及|^(和|还有|再看)"
    r"|\b(also|include|including|add|plus|as well|too)\b",
    re.I,
)
_SETS = re.compile(
    r"只|仅|限|就(要|看|找)|换(成|到|个|一)|改(成|为|看)|筛|(哪|那)(些|个|几个|家)是|有没有|有吗|里(面)?的?"
    r"|\b(only|just|limit|restrict|narrow|switch|change|instead|those|ones?|which)\b",
    re.I,
)
_FILLER = re.compile(
    r"(?:只|仅|看|要|找|想|就|限|换|成|改|为|筛选?|哪些|哪个|那些|那个|那|的|是|有没有|有|吗|呢|也|再|还|算|上|加|和|以及|一下|列|给我|给|我|请|把"
    r"|能|可以|开放|共享|不|限制?|地区|地域|省份?|地方|条件|取消|去掉|了|吧|都|行|里面?|其中|在|位于|单位|机构|来|说|几家|几个"
    r"|only|just|show|list|me|the|those|these|ones?|in|of|from|and|or|what|about|how|are|is|which|any|with|without|limit|place|"
    r"restrict|narrow|to|switch|change|instead|also|includ\w*|add|plus|as|well|too|drop|remov\w*|filter|them|there|for|that|but|now|"
    r"ok|okay|so|then|please|open|applic\w*|free|paid|place|region|provinc\w*|locat\w*|anyth\w*|everyth\w*|呀|啊)+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One change of the filters, and whether the words ask for nothing else."""

    mode: Literal["set", "add", "drop"]
    values: AskFilters
    dropped: frozenset[Dimension] = frozenset()
    alone: bool = True

    def applied(self, before: AskFilters) -> AskFilters:
        """The filters after the change."""
        after: dict[str, tuple[str, ...]] = {}
        for name in DIMENSIONS:
            old: tuple[str, ...] = getattr(before, name)
            new: tuple[str, ...] = getattr(self.values, name)
            if self.mode == "drop":
                after[name] = () if name in self.dropped else old
            elif self.mode == "add":
                # Nothing to add to: the place was free before, and stays so.
                after[name] = tuple(dict.fromkeys((*old, *new))) if old else ()
            else:
                after[name] = new or old
        return AskFilters(**after, as_of=before.as_of)


class FilterWords:
    """Reads places, types and terms of access out of words."""

    def __init__(self, vocabulary: Vocabulary, records: Mapping[str, Resource | Policy]) -> None:
        self._places = [
            (place.name.zh, tuple(dict.fromkeys((place.name.zh, *place.short.zh))),
             tuple(dict.fromkeys((place.name.en, *place.short.en))))
            for place in vocabulary.provinces
            if place.kind != "nation"
        ]  # fmt: skip
        self._cities = _cities(records.values())

    @property
    def places(self) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        """(value of `Resource.province`, its Chinese names, its English names)."""
        return self._places

    @property
    def place_names(self) -> list[tuple[str, ...]]:
        """Lower-case names of each province in both languages, none of a single character."""
        return [
            tuple(name.lower() for name in (*chinese, *english) if len(name) > 1)
            for _, chinese, english in self._places
        ]

    def read(self, text: str) -> AskFilters:
        """What the normalised text names; a city stands for its province."""
        provinces = [
            value
            for value, chinese, english in self._places
            if any(len(name) > 1 and name in text for name in chinese)
            or any(re.search(rf"\b{re.escape(name.lower())}\b", text) for name in english)
        ]
        provinces += [
            province
            for name, province in self._cities.items()
            if (re.search(rf"\b{re.escape(name)}\b", text) if name.isascii() else name in text)
        ]
        types = [code for code, pattern in _TYPES.items() if pattern.search(text)]
        access = [code for code, pattern in _ACCESS.items() if pattern.search(text)]
        return AskFilters(types=tuple(types), provinces=tuple(dict.fromkeys(provinces)), access=tuple(access))

    def edit(self, text: str) -> Narrowing | None:
        """How the words change the filters of the talk so far; None when they do not."""
        if len(text) > 60:
            return None
        if _EVERYWHERE.match(text):
            return Narrowing("drop", AskFilters(), frozenset({"provinces"}))
        if _DROPS.search(text):
            dropped = {name for name, pattern in _DROPPED.items() if pattern.search(text)}
            values = self.read(text)
            dropped |= {name for name in DIMENSIONS if getattr(values, name)}
            if dropped or _ALL.search(text):
                named = frozenset(dropped) or frozenset(DIMENSIONS)
                return Narrowing("drop", AskFilters(), named, alone=len(text) <= 24)
        values = self.read(text)
        if not (values.types or values.provinces or values.access):
            return None
        left = [word for word in content_words(self._without(text, values)) if not _FILLER.fullmatch(word)]
        if _ADDS.search(text):
            return Narrowing("add", values, alone=not left)
        if left and not _SETS.search(text):
            return None
        return Narrowing("set", values, alone=not left)

    def _without(self, text: str, values: AskFilters) -> str:
        names = [n for value, *both in self._places if value in values.provinces for one in both for n in one]
        names += [city for city, province in self._cities.items() if province in values.provinces]
        for name in sorted(names, key=len, reverse=True):
            text = re.sub(re.escape(name.lower()), " ", text)
        for pattern in (*_TYPES.values(), *_ACCESS.values()):
            text = pattern.sub(" ", text)
        return text

    @staticmethod
    def is_type(name: str) -> bool:
        """Whether a name is no more than a word for a kind: 标本资源库, "specimen banks"."""
        bare = re.sub(r"^(the |our )?(国家|全国|national |chinese )", "", name.strip().lower())
        return any(pattern.fullmatch(bare) for pattern in _TYPES.values())

    @staticmethod
    def without_types(text: str) -> str:
        """The text without words for kinds of resources: 林业和草原 of 国家林业和草原科学数据中心."""
        for pattern in _TYPES.values():
            text = pattern.sub(" ", text)
        return text


def _cities(records: Iterable[Resource | Policy]) -> dict[str, str]:
    """City as records write it (lower-cased English too) to the province of those records."""
    found: dict[str, str] = {}
    for record in records:
        if isinstance(record, Resource) and record.city and record.province:
            for name in (record.city.zh, record.city.en.lower()):
                found.setdefault(name, record.province)
    return found
