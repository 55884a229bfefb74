"""Words of statements: labels of fields, and of the codes of the closed sets."""

from __future__ import annotations

from corpus.details import RelationKind
from corpus.records import Resource
from corpus.texts import Language, Text
from corpus.vocabulary import Vocabulary

LABELS: dict[str, Text] = {
    "name": Text(zh="名称", en="Name"),
    "alias": Text(zh="又称", en="Also called"),
    "former_name": Text(zh="曾用名", en="Former name"),
    "type": Text(zh="类型", en="Type"),
    "host": Text(zh="依托单位", en="Host"),
    "governing_body": Text(zh="主管部门", en="Governing body"),
    "place": Text(zh="所在地", en="Place"),
    "subjects": Text(zh="学科", en="Subjects"),
    "holdings": Text(zh="内容", en="Holdings"),
    "access_level": Text(zh="开放方式", en="Access"),
    "access": Text(zh="开放说明", en="Terms of access"),
    "how_to_apply": Text(zh="怎么申请", en="How to apply"),
    "how_to_get": Text(zh="怎么获取", en="How to get it"),
    "url": Text(zh="网址", en="Website"),
    "other_urls": Text(zh="其他网址", en="Other address"),
    "identifiers": Text(zh="标识", en="Identifier"),
    "contact": Text(zh="联系方式", en="Contact"),
    "since": Text(zh="建立时间", en="Since"),
    "licence": Text(zh="许可", en="Licence"),
    "creators": Text(zh="作者", en="Creators"),
    "issued": Text(zh="发布日期", en="Published"),
    "modified": Text(zh="更新日期", en="Updated"),
    "temporal": Text(zh="时间范围", en="Period covered"),
    "spatial": Text(zh="空间范围", en="Area covered"),
    "formats": Text(zh="格式", en="Formats"),
    "frequency": Text(zh="更新频率", en="Update frequency"),
    "funding": Text(zh="资助", en="Funded by"),
    "relations": Text(zh="相关", en="Related"),
    "note": Text(zh="注意", en="Note"),
    "document": Text(zh="文件", en="Document"),
    "scope": Text(zh="适用范围", en="Scope"),
    "amendment": Text(zh="修改", en="Amended"),
    "succession": Text(zh="承接", en="Succession"),
    "article": Text(zh="条款", en="Article"),
    "file": Text(zh="文件", en="File"),
    "service": Text(zh="接口", en="Service"),
}

RELATIONS: dict[RelationKind, Text] = {
    "part_of": Text(zh="属于", en="Part of"),
    "has_part": Text(zh="包含", en="Has part"),
    "previous_version": Text(zh="前一版本", en="Previous version"),
    "next_version": Text(zh="后一版本", en="Newer version"),
    "version": Text(zh="其他版本", en="Other version"),
    "derived_from": Text(zh="来源数据", en="Derived from"),
    "source_of": Text(zh="派生出", en="Source of"),
    "described_by": Text(zh="说明文献", en="Described by"),
    "describes": Text(zh="说明的对象", en="Describes"),
    "supplement_to": Text(zh="支撑的论文或成果", en="Supplement to"),
    "supplemented_by": Text(zh="补充材料", en="Supplemented by"),
    "cites": Text(zh="引用的文献", en="Cites"),
    "cited_by": Text(zh="引用它的文献", en="Cited by"),
    "same_as": Text(zh="等同于", en="Same as"),
    "related": Text(zh="相关", en="Related"),
}

DETAILS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "accession_numbers": (Text(zh="保藏编号", en="Accession numbers"), ("identifier",)),
    "number": (Text(zh="编号", en="Number"), ("identifier",)),
    "model": (Text(zh="型号", en="Model"), ("holdings",)),
    "maker": (Text(zh="生产厂商", en="Maker"), ("holdings",)),
    "certificate": (Text(zh="证书编号", en="Certificate"), ("identifier",)),
    "taxon": (Text(zh="物种", en="Taxon"), ("holdings",)),
    "biosafety_level": (Text(zh="生物安全等级", en="Biosafety level"), ("access",)),
    "booking_url": (Text(zh="预约网址", en="Booking"), ("steps", "url")),
    "proposal_url": (Text(zh="课题申请网址", en="Proposals"), ("steps", "url")),
    "request_url": (Text(zh="申领网址", en="Request"), ("steps", "url")),
    "catalogue_url": (Text(zh="目录网址", en="Catalogue"), ("url",)),
    "registration_url": (Text(zh="注册网址", en="Registration"), ("steps", "url")),
    "full_text_url": (Text(zh="全文网址", en="Full text"), ("url",)),
    "fees": (Text(zh="费用", en="Fees"), ("cost",)),
    "opening": (Text(zh="开放时间", en="Opening"), ("time",)),
    "deadline": (Text(zh="申请截止", en="Deadline"), ("time",)),
    "agreement": (Text(zh="协议", en="Agreement"), ("use_terms",)),
    "approvals": (Text(zh="所需许可", en="Approvals"), ("eligibility", "use_terms")),
    "ethics": (Text(zh="伦理要求", en="Ethics"), ("eligibility", "use_terms")),
    "delivery": (Text(zh="文献传递", en="Delivery"), ("steps",)),
    "lodging": (Text(zh="食宿", en="Lodging"), ("holdings",)),
    "joining": (Text(zh="加入方式", en="Joining"), ("steps",)),
    "numbers": (Text(zh="标准书刊号", en="Numbers"), ("identifier",)),
    "members": (Text(zh="成员", en="Members"), ("size",)),
    "version": (Text(zh="版本", en="Version"), ("updated",)),
    "size": (Text(zh="大小", en="Size"), ("size",)),
    "variables": (Text(zh="变量", en="Variables"), ("holdings",)),
    "documentation": (Text(zh="说明文档", en="Documentation"), ("url",)),
}
"""By field of `corpus.details`: its label, and what it answers."""


class Words:
    """The labels of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._demand = vocabulary.demand
        self._places = {place.name.zh: place.name for place in vocabulary.provinces}
        self._home = {vocabulary.home.zh: vocabulary.home}
        self._labels: dict[str, dict[str, Text]] = {
            name: {term.code: term.label for term in getattr(vocabulary, name)}
            for name in ("types", "access", "ranks", "statuses", "verifications")
        }

    def label(self, closed_set: str, code: str, language: Language) -> str:
        """The label of a type, access level, rank or status."""
        return self._labels[closed_set][code].in_(language)

    def takes_needs(self, record: Resource) -> bool:
        """True for a record of the demand side: it finds who meets a need, and offers no resource itself."""
        return self._demand is not None and self._demand.zh in record.subjects.zh

    def knows_place(self, value: str) -> bool:
        """True where the vocabulary has that province or country."""
        return value in self._places

    def province(self, value: str, language: Language) -> str:
        """A province or country as read in that language."""
        name = self._places.get(value) or self._home.get(value)
        return name.in_(language) if name else value

    def place(self, province: str | None, city: Text | None, language: Language) -> str:
        """City and province, or country; empty where neither is known."""
        first = self.province(province, language) if province else ""
        second = city.in_(language) if city else ""
        if second and first and (second in first or first in second):
            return first
        if language == "zh":
            return f"{first}{second}"
        return ", ".join(part for part in (second, first) if part)
