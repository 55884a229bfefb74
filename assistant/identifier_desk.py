"""Answers what an identifier is: the record that bears it, whose prefix it has, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant import identifier_replies as told
from assistant import replies
from assistant.access import Asker
from assistant.ahead import Ready
from assistant.evidence import OVERVIEW, Describer, EvidenceBook
from assistant.reading.query import Query
from assistant.records import Language
from assistant.writing.draft import Draft
from corpus.identifiers import identified
from corpus.records import Policy, Resource, Text
from corpus.vocabulary import Vocabulary
from retrieval.folding import fold
from storage.records import Conversation

MOST = 3
"""Identifiers of one question, and records of one identifier, that are told."""

_SCHEME = r"(?P<scheme>doi|cstr|orcid|issn|isbn|isni|ror|ark|handle|hdl)"
_TOKEN = r"[A-Za-z0-9][A-Za-z0-9./:_()*\-]*"
_ADDRESS = re.compile(
    r"https?://(?:(?:dx|www)\.)?(?:doi\.org|cstr\.cn|hdl\.handle\.net|orcid\.org|ror\.org)/[^\s，。；、？！）》」\u4e00-\u9fff]+",
    re.I,
)
_NAMED = re.compile(
    rf"(?<![A-Za-z0-9]){_SCHEME}\s*(?:号|编号|号码|前缀|prefix|id|is|为|是)?\s*[:：]?\s*(?P<value>{_TOKEN})",
    re.I,
)
_BARE = re.compile(
    r"(?<![\w./:-])(?:10\.\d{4,9}(?:/[^\s\"<>，。；、？！）》」\u4e00-\u9fff]*)?"
    r"|(?:[A-Z]\d{4}|\d{5})\.\d{2}\.[A-Za-z0-9][\w.\-/]*"
    r"|\d{4}-\d{4}-\d{4}-\d{3}[\dX](?!\d)|ark:/\S+)",
    re.I | re.A,
)
_DOI_PREFIX = re.compile(r"10\.\d{4,9}(?:\.\d+)*/?")
_ASKS_PREFIX = re.compile(r"前缀|\bprefix", re.I)
_TRAILING = ".,;:!?)*"
_PADDING = re.compile(
    r"(?:是不是|(?:是)?同一(?:个|条)?|一回事|相同|一样|\bsame\b|有没有效|有效吗|对不对|对吗|正确吗|是什么(?:意思|东西)?|指的?是|指向|代表|对应|表示|属于|叫什么|什么|哪(?:一)?(?:个|家|条|篇|种|里|儿)?|谁"
    r"|(?:的)?(?:数据集|数据|记录|资源|论文|文章|期刊|文献|样本|标本|中心|单位|机构|平台|作者|人|东西|题名|名字|名称)"
    r"|(?:标识符?|编号|号码|识别码|前缀|格式|写法|号|码)|查(?:一下|询|找|查)?|解析|请问|请|帮我|帮忙|我想知道|知道|看看|一下|告诉我|说说"
    r"|这个|这条|这|那个|该|个|条|的|是|在|和|与|呢|吗|啊|呀|下|有|为"
    r"|\b(?:what|which|who|whose|is|are|does|do|this|that|the|a|an|of|in|to|for|it|please|tell|me|about|find|look|up"
    r"|resolve|lookup|identify|identifies|identifier|mean|means|stand|stands|point|points|refer|refers|belong|belongs"
    r"|prefix|dataset|datasets|data|set|record|item|article|paper|journal|cent(?:re|er)|unit|person|author|valid"
    r"|correct|right|where|from|and|under|behind)\b|(?<![a-z0-9])(?:doi|cstr|orcid|issn|isbn|isni|ror|ark|handle|hdl)(?![a-z0-9]))",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """`value` in its usual spelling, `shown` as it was asked; `fault` None where it can be right."""

    scheme: str
    value: str
    shown: str
    fault: str | None
    context: str
    """The whole question."""


class IdentifierDesk:
    """Knows the identifiers that records bear, the prefixes of units, and the ORCIDs of authors."""

    def __init__(self, records: Mapping[str, Resource | Policy], vocabulary: Vocabulary) -> None:
        self._records = records
        self._describer = Describer(vocabulary)
        self._exact: dict[tuple[str, str], list[str]] = {}
        self._prefixes: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._people: dict[tuple[str, str], list[str]] = {}
        for record in records.values():
            if not isinstance(record, Resource):
                continue
            for one in record.identifiers:
                scheme, _, part = one.scheme.partition("_")
                key = (scheme, one.value.lower())
                if part == "prefix":
                    self._prefixes.setdefault(key, []).append((record.id, one.value))
                elif part == "example":
                    series = ".".join(one.value.lower().split(".")[:3])
                    self._prefixes.setdefault((scheme, series), []).append((record.id, one.value))
                else:
                    self._exact.setdefault(key, []).append(record.id)
            for agent in record.creators:
                for scheme, value in (("orcid", agent.orcid), ("ror", agent.ror)):
                    if value:
                        self._people.setdefault((scheme, value.lower()), []).append(record.id)

    async def answer(self, query: Query, conversation: Conversation, asker: Asker) -> Ready | None:
        """What the identifiers of a question are; None where something else is asked as well."""
        asked, rest = _asked(query.question)
        if not asked or rest:
            return None
        language = query.language
        book = EvidenceBook()
        lines: list[str] = []
        shown: list[Resource] = []
        for one in asked[:MOST]:
            more, records = self._told(one, language, book)
            lines += more
            shown += [record for record in records if record not in shown]
        if shown:
            cards = tuple(self._describer.card(record, language) for record in shown[:MOST])
            draft = Draft("answered", "\n".join(lines), book.citations(), resources=cards)
            return Ready(draft, shown=tuple(record.id for record in shown[:MOST]))
        if any(one.fault for one in asked[:MOST]):
            lines.append(told.CHECK.in_(language).strip())
        return Ready(Draft("not_found", "\n".join(lines)))

    def _told(self, one: _Asked, language: Language, book: EvidenceBook) -> tuple[list[str], list[Resource]]:
        held = self._resources(self._exact.get((one.scheme, one.value.lower()), ()))
        if held:
            return [
                self._sentence(told.HELD, record, language, book, shown=one.shown)
                + self._address(record, language, book)
                for record in held
            ], held
        authored = self._resources(self._people.get((one.scheme, one.value.lower()), ()))
        if authored:
            heading = told.AUTHOR.in_(language).format(shown=one.shown).strip()
            mark = {record.id: self._mark(record, language, book) for record in authored}
            names = [f"- {record.name.in_(language)}{mark[record.id]}" for record in authored]
            return [heading, *names], authored
        owners = [(self._resources((id_,)), prefix) for id_, prefix in self._owners(one)]
        found = [(records[0], prefix) for records, prefix in owners if records]
        if not found:
            return [_nothing(one, language)], []
        return self._owned(one, found, language, book), [record for record, _ in found]

    def _owned(
        self, one: _Asked, found: list[tuple[Resource, str]], language: Language, book: EvidenceBook
    ) -> list[str]:
        lines = []
        alone = one.fault is not None
        for record, prefix in found:
            kin = not one.value.lower().startswith(prefix.lower())
            text = told.PREFIX if alone and not kin else told.EXAMPLE if kin else told.OWNED
            if one.value.lower() == prefix.lower() and not alone:
                text = told.LISTED
            lines.append(self._sentence(text, record, language, book, shown=one.shown, prefix=prefix))
            mark = self._mark(record, language, book)
            if alone and not _ASKS_PREFIX.search(one.context):
                only = told.ONLY_PREFIX.in_(language).format(shown=one.shown, scheme=told.NAMES[one.scheme])
                lines[-1] += f" {only.strip()}{mark}" if language == "en" else f"{only}{mark}"
            elif not alone:
                lines.append(f"{told.NOT_HELD.in_(language).strip()}{mark}")
            if record.url:
                lines.append(f"{replies.FIELD['url'].in_(language)}{record.url} {mark}")
        return lines

    def _owners(self, one: _Asked) -> list[tuple[str, str]]:
        """(record id, prefix) of the longest prefix that fits."""
        value = one.value.lower()
        if one.scheme == "doi":
            fitting = [
                prefix
                for scheme, prefix in self._prefixes
                if scheme == "doi"
                and (value.rstrip("/") == prefix or value.startswith((f"{prefix}/", f"{prefix}.")))
            ]
            return self._prefixes[("doi", max(fitting, key=len))] if fitting else []
        if one.scheme == "cstr":
            parts = value.split(".")
            for size in (3, 1):
                if known := self._prefixes.get(("cstr", ".".join(parts[:size]))):
                    return known
        return []

    def _resources(self, ids: tuple[str, ...] | list[str]) -> list[Resource]:
        records = [self._records.get(id_) for id_ in dict.fromkeys(ids)]
        return [one for one in records if isinstance(one, Resource)][:MOST]

    def _mark(self, record: Resource, language: Language, book: EvidenceBook) -> str:
        return book.cite(self._describer.resource_evidence(record, OVERVIEW, language))

    def _sentence(
        self, text: Text, record: Resource, language: Language, book: EvidenceBook, **values: str
    ) -> str:
        name = record.name.in_(language)
        return f"{text.in_(language).format(name=name, **values).strip()}{self._mark(record, language, book)}"

    def _address(self, record: Resource, language: Language, book: EvidenceBook) -> str:
        if not record.url:
            return ""
        mark = self._mark(record, language, book)
        return f"\n{replies.FIELD['url'].in_(language)}{record.url} {mark}"


def _nothing(one: _Asked, language: Language) -> str:
    scheme = told.NAMES[one.scheme]
    if one.fault is None:
        text = told.UNKNOWN if one.scheme in ("doi", "cstr", "ark", "handle") else told.UNKNOWN_PERSON
        return text.in_(language).format(shown=one.shown, scheme=scheme).strip()
    if one.scheme == "doi" and _DOI_PREFIX.fullmatch(one.value):
        only = told.ONLY_PREFIX.in_(language).format(shown=one.shown, scheme=scheme)
        return (only + told.NO_OWNER.in_(language)).strip()
    reason = told.CHECK_DIGIT if "check digit" in one.fault else told.FAULTS[one.scheme]
    fault = reason.in_(language)
    return told.MALFORMED.in_(language).format(shown=one.shown, scheme=scheme, fault=fault).strip()


def _asked(question: str) -> tuple[list[_Asked], str]:
    """(identifiers in order, what else of meaning is said)."""
    folded = fold(question)
    text = folded.text
    spans: list[tuple[int, int, str | None, str]] = []
    for found in _found(text):
        start, end, scheme, value = found
        if not any(start < other[1] and other[0] < end for other in spans):
            spans.append((start, end, scheme, value))
    asked: list[_Asked] = []
    rest = text
    for start, end, scheme, value in sorted(spans):
        one = identified(value, scheme)
        if one.scheme in told.NAMES:
            first, last = folded.span(start, end)
            # An address of a resolver is no address of ours: only what it resolves is said again.
            said = re.sub(r"^https?://[^/\s]+/", f"{told.NAMES[one.scheme]} ", question[first:last].strip())
            asked.append(_Asked(one.scheme, one.value, said, one.fault, question))
            rest = rest.replace(text[start:end], " ")
    return asked, re.sub(r"[\W_]+", "", _PADDING.sub("", rest))


def _found(text: str) -> Iterator[tuple[int, int, str | None, str]]:
    for match in _ADDRESS.finditer(text):
        raw = match[0].rstrip(_TRAILING)
        yield match.start(), match.start() + len(raw), None, raw
    for match in _NAMED.finditer(text):
        value = match["value"].rstrip(_TRAILING)
        # "DOI is" and "handle data" name nothing.
        if any(char.isdigit() for char in value):
            yield match.start(), match.start("value") + len(value), match["scheme"], value
    for match in _BARE.finditer(text):
        raw = match[0].rstrip(_TRAILING)
        scheme = "doi" if raw.startswith("10.") else None
        yield match.start(), match.start() + len(raw), scheme, raw
