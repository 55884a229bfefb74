"""Rules that records are held against, and what they score: completeness, freshness, both together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from corpus.harvest.kinds import proposed_type
from corpus.identifiers import fault_of
from corpus.records import Resource
from corpus.rights import Level as Visibility
from harvesting.checking import LEVELS, level_of, private_data
from harvesting.finishing import STRONG
from storage.harvest_records import LinkState

Severity = Literal["error", "warning", "note"]

RULES: dict[str, tuple[Severity, str, str]] = {
    "address.missing": ("error", "没有网址", "No address"),
    "address.dead": ("error", "网址打不开", "The address is dead"),
    "address.unsure": ("note", "网址状态不明", "The address did not answer plainly"),
    "address.placeholder": ("warning", "网址是示例地址", "The address is an example"),
    "description.missing": ("error", "没有内容说明", "No description"),
    "description.short": ("warning", "内容说明过短", "The description is too short"),
    "title.short": ("warning", "名称过短", "The title is too short"),
    "text.garbled": ("error", "文字有乱码", "A text is garbled"),
    "text.order": ("error", "文字含有针对读者或模型的指令", "A text gives orders to its reader"),
    "host.missing": ("warning", "没有依托单位", "No host"),
    "access.missing": ("warning", "没有开放方式", "No terms of access"),
    "route.missing": ("warning", "没有获取或申请办法", "No way to get or apply for it"),
    "licence.missing": ("warning", "没有许可协议", "No licence"),
    "contact.missing": ("note", "没有联系方式", "No contact"),
    "identifier.missing": ("note", "没有持久标识符", "No persistent identifier"),
    "identifier.malformed": ("warning", "标识符格式不对", "A malformed identifier"),
    "subject.missing": ("note", "没有学科或关键词", "No subject or keyword"),
    "language.single": ("note", "只有一种语言", "Known in one language only"),
    "date.impossible": ("warning", "日期不可能", "An impossible date"),
    "date.missing": ("note", "没有更新日期", "No date of change"),
    "date.stale": ("note", "五年以上没有更新", "Not changed for five years"),
    "duplicate.source": ("warning", "同一来源内重复", "Twice in the same source"),
    "duplicate.other": ("note", "与另一来源的记录似为同一资源", "Seems to be a record of another source"),
    "privacy.id_number": ("error", "公开字段含身份证号", "An identity number in a public field"),
    "privacy.mobile": ("warning", "公开字段含手机号", "A mobile number in a public text"),
    "privacy.mail": ("note", "公开字段含私人邮箱", "A private e-mail address in a public text"),
    "secrecy.marked": ("error", "带有内部或密级标记", "Marked as internal or secret"),
    "type.differs": ("note", "类型似有误", "The type seems to be another"),
}
"""Name -> (severity, Chinese, English)."""

WEIGHTS: dict[str, int] = {
    "description": 20, "address": 15, "access": 15, "route": 15, "host": 10, "licence": 10,
    "contact": 5, "identifier": 5, "subject": 5,
}  # fmt: skip
"""Points of completeness, 100 in all."""

FRESH_YEARS, STALE_YEARS, OLD_YEARS = 1, 5, 10
"""Full freshness to one year of age, none from ten on."""
UNDATED = 40
"""Freshness of a record that does not say when it changed."""
_NEED_LICENCE = frozenset({"scientific_data", "literature"})
_GARBLED = re.compile("\ufffd|锟斤拷|烫烫烫|Ã[\u0080-\u00bf©¨¤¶¼]|â€[™œ\u009d“”]|[\u0080-\u009f]{2}")
_EXAMPLE = re.compile(r"^https?://(?:[\w-]+\.)*(?:example\.(?:com|org|net)|localhost|test)(?:[:/]|$)", re.I)
_VAGUE = frozenset({"scientific_data", "service_platform", "literature"})
_VAGUE_ENGLISH = _VAGUE | {"alliance", "field_station"}
"""Observatory and Consortium stand in the names of what they made."""
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a record breaks; `detail` is a value or field."""

    rule: str
    detail: str = ""

    @property
    def severity(self) -> Severity:
        return RULES[self.rule][0]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A class or level for staff to look at."""

    field: Literal["type", "subjects", "visibility"]
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Graded:
    """One record: what is wrong with it, 0 to 100 points, what is proposed."""

    id: str
    source: str
    title: str
    completeness: int
    freshness: int
    findings: tuple[Finding, ...]
    proposals: tuple[Proposal, ...] = ()

    @property
    def score(self) -> int:
        """Completeness counts for 70 %, freshness for 30 %."""
        return round(0.7 * self.completeness + 0.3 * self.freshness)


@dataclass(frozen=True)
class Beside:
    """What is known of records from elsewhere; ids and addresses are keys."""

    links: Mapping[str, LinkState] = field(default_factory=dict)
    flagged: frozenset[str] = frozenset()
    twins: Mapping[str, list[str]] = field(default_factory=dict)
    merges: Mapping[str, str] = field(default_factory=dict)
    subjects: frozenset[str] = frozenset()
    """Words that the catalogue uses for subjects; none other is proposed."""


def grade(resource: Resource, source: str, beside: Beside, today: date) -> Graded:
    """The record against every rule, as of `today`."""
    findings = list(_findings(resource, beside, today))
    broken = {one.rule for one in findings}
    gaps = {
        "description": "description.missing" in broken,
        "address": bool(broken & {"address.missing", "address.dead", "address.placeholder"}),
        "access": "access.missing" in broken,
        "route": "route.missing" in broken,
        "host": "host.missing" in broken,
        "licence": resource.licence is None and resource.type in _NEED_LICENCE,
        "contact": "contact.missing" in broken,
        "identifier": "identifier.missing" in broken,
        "subject": "subject.missing" in broken,
    }
    points = sum(weight for name, weight in WEIGHTS.items() if not gaps[name])
    if "description.short" in broken:
        points -= WEIGHTS["description"] // 2
    return Graded(
        id=resource.id,
        source=source,
        title=resource.name.zh,
        completeness=points,
        freshness=_freshness(resource, today, dead="address.dead" in broken),
        findings=tuple(findings),
        proposals=tuple(_proposals(resource, beside, source)),
    )


def _findings(resource: Resource, beside: Beside, today: date) -> Iterator[Finding]:
    yield from _of_address(resource, beside.links)
    yield from _of_texts(resource)
    for name, missing in (
        ("host.missing", resource.host is None),
        ("access.missing", not (resource.access.level or resource.access.text or resource.access_rights)),
        ("route.missing", not _has_route(resource)),
        ("licence.missing", resource.licence is None and resource.type in _NEED_LICENCE),
        ("contact.missing", resource.contact is None),
        ("subject.missing", not (resource.subjects.zh or resource.subjects.en)),
        ("language.single", len(resource.languages) == 1 or resource.name.zh == resource.name.en),
    ):
        if missing:
            yield Finding(name)
    persistent = [one for one in resource.identifiers if one.scheme in STRONG]
    if not persistent:
        yield Finding("identifier.missing")
    for one in resource.identifiers:
        if fault := fault_of(one.scheme, one.value):
            yield Finding("identifier.malformed", f"{one.scheme} {one.value}: {fault}")
    yield from _of_dates(resource, today)
    for rule, place in dict(private_data(resource)).items():
        yield Finding(rule, place)
    if resource.id in beside.flagged:
        yield Finding("text.order")
    if resource.id in beside.twins:
        yield Finding("duplicate.source", ", ".join(beside.twins[resource.id][:3]))
    if resource.id in beside.merges:
        yield Finding("duplicate.other", beside.merges[resource.id])
    if (found := _other_type(resource)) is not None:
        yield Finding("type.differs", found)


def _of_address(resource: Resource, links: Mapping[str, LinkState]) -> Iterator[Finding]:
    if resource.url is None:
        yield Finding("address.missing")
        return
    if _EXAMPLE.match(resource.url):
        yield Finding("address.placeholder", resource.url)
    state = links.get(resource.url)
    if state is not None and state.health in ("dead", "unsure"):
        why = f"HTTP {state.status}" if state.status else state.detail or ""
        yield Finding(f"address.{state.health}", f"{state.since.date().isoformat()} {why}".strip())


def _of_texts(resource: Resource) -> Iterator[Finding]:
    text = resource.holdings
    if text is None:
        yield Finding("description.missing")
    elif all(len(one) < (40 if _HAN.search(one) else 100) for one in (text.zh, text.en)):
        yield Finding("description.short", f"{max(len(text.zh), len(text.en))}")
    if max(len(resource.name.zh), len(resource.name.en)) < 4:
        yield Finding("title.short", resource.name.zh)
    for place, said in (("name", resource.name), ("holdings", text)):
        if said is not None and (found := _GARBLED.search(said.zh) or _GARBLED.search(said.en)):
            yield Finding("text.garbled", f"{place}: {found[0]!r}")


def _of_dates(resource: Resource, today: date) -> Iterator[Finding]:
    days = {"issued": _day(resource.issued), "modified": _day(resource.modified)}
    for name, day in days.items():
        if day is not None and (day > today or day.year < 1600):
            yield Finding("date.impossible", f"{name} {day.isoformat()}")
    issued, modified = days["issued"], days["modified"]
    if issued and modified and modified < issued and resource.modified and len(resource.modified) == 10:
        yield Finding("date.impossible", f"modified {modified} before issued {issued}")
    period = resource.temporal
    if period is not None and period.start and period.end and period.start > period.end:
        yield Finding("date.impossible", f"temporal {period.start} to {period.end}")
    last = _last_day(resource)
    if last is None:
        yield Finding("date.missing")
    elif (today - last).days > 365.25 * STALE_YEARS:
        yield Finding("date.stale", last.isoformat())


def _has_route(resource: Resource) -> bool:
    if resource.how_to_apply is not None and (
        resource.how_to_apply.steps.zh or resource.how_to_apply.steps.en
    ):
        return True
    told = resource.details.model_dump(exclude_defaults=True) if resource.details else {}
    pages = (
        "files",
        "endpoints",
        "request_url",
        "booking_url",
        "proposal_url",
        "registration_url",
        "full_text_url",
    )
    return any(told.get(name) for name in pages)


def _freshness(resource: Resource, today: date, *, dead: bool) -> int:
    """From 100 at an age of one year to 0 at ten; at most 20 where the address is dead."""
    last = _last_day(resource)
    if last is None:
        points = UNDATED
    else:
        years = max(0.0, (today - last).days / 365.25)
        points = round(100 * min(1.0, max(0.0, (OLD_YEARS - years) / (OLD_YEARS - FRESH_YEARS))))
    return min(points, 20) if dead else points


def _last_day(resource: Resource) -> date | None:
    stamp = resource.origin.datestamp[:10] if resource.origin and resource.origin.datestamp else None
    days = [_day(one) for one in (resource.modified, resource.issued, stamp)]
    return max((day for day in days if day is not None), default=None)


def _day(text: str | None) -> date | None:
    """The first day of what the text names; None for what is no date."""
    parts = (text or "").split("-")
    if not (parts and all(part.isdigit() for part in parts) and len(parts) <= 3):
        return None
    year, month, day = (int(part) for part in (*parts, "1", "1")[:3])
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _other_type(resource: Resource) -> str | None:
    """A type that the title says plainly, where the record has the one that data catalogues give to all."""
    if resource.type != "scientific_data":
        return None
    chinese = proposed_type([resource.name.zh]) if _HAN.search(resource.name.zh) else None
    found = chinese or proposed_type([resource.name.en])
    return found if found not in (_VAGUE if chinese else _VAGUE_ENGLISH) else None


def _proposals(resource: Resource, beside: Beside, source: str) -> Iterator[Proposal]:
    if (kind := _other_type(resource)) is not None:
        yield Proposal("type", kind, "title")
    if not (resource.subjects.zh or resource.subjects.en):
        said = f"{resource.name.zh} {resource.holdings.zh if resource.holdings else ''}"
        words = sorted((one for one in beside.subjects if one in said), key=len, reverse=True)[:3]
        if words:
            yield Proposal("subjects", "、".join(words), "title and description")
    level: Visibility = level_of(resource)
    if LEVELS.index(level) > LEVELS.index(resource.visibility):
        yield Proposal("visibility", level, "personal data or a mark of secrecy")
    elif (
        any(rule == "privacy.mobile" for rule, _ in private_data(resource))
        and resource.visibility == "public"
    ):
        yield Proposal("visibility", "staff", "a mobile number in a public text")


def subject_words(resources: Iterable[Resource]) -> frozenset[str]:
    """Chinese subject words of records that are not harvested, of two characters and more."""
    return frozenset(
        word for one in resources if one.origin is None for word in one.subjects.zh if len(word) >= 2
    )
