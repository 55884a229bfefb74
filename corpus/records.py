"""Resource, Policy and Article: one entry of the catalogue, one document, one rule of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from corpus.clauses import Clause
from corpus.details import AccessRights, Agent, Coverage, Details, Grant, Origin, Period, Relation
from corpus.disagreements import Disagreement
from corpus.numerals import chinese_number
from corpus.rights import Level as Visibility
from corpus.rights import parted
from corpus.texts import DATE_PATTERN as DATE_PATTERN
from corpus.texts import ID_PATTERN as ID_PATTERN
from corpus.texts import Guarded
from corpus.texts import Language as Language
from corpus.texts import Lines as Lines
from corpus.texts import Rank as Rank
from corpus.texts import Record as Record
from corpus.texts import Text as Text

ResourceType = Literal[
    "scientific_data",
    "germplasm",
    "biological_material",
    "human_genetic",
    "specimen",
    "reference_material",
    "instrument",
    "facility",
    "field_station",
    "literature",
    "service_platform",
    "alliance",
]
AccessLevel = Literal["open", "registered", "application", "paid", "restricted"]
Verification = Literal["verified", "known", "unsure"]
PolicyStatus = Literal[
    "draft", "not_yet_in_force", "in_force", "amended", "superseded", "repealed", "unknown"
]


class Source(Record):
    """Where a fact comes from, as a reader can use it."""

    title: Text
    url: str | None = Field(default=None, description="Only an address a reader can open.")


class Note(Record):
    """A caution a reader must be told, or a contradiction between sources."""

    kind: Literal["caution", "contradiction", "provenance", "link"] = Field(
        description="link: how its address answered; it changes from day to day and not with the record."
    )
    text: Text
    disagreement: Disagreement | None = Field(default=None, description="What the contradiction consists of.")
    record: str | None = Field(
        default=None, description="Id of the record that it speaks of: told to who may see that."
    )


class Identifier(Record):
    scheme: str = Field(description="doi_prefix, cstr_prefix, cstr_example, abbr …")
    value: str = Field(min_length=1)
    note: Text | None = None


class Contact(Record):
    phone: str | None = None
    email: str | None = None
    url: str | None = Field(default=None, pattern=r"^https?://", description="Page for questions.")
    note: Text | None = None


class Access(Record):
    level: AccessLevel | None = None
    text: Text | None = None


class Application(Record):
    """How to get it, step by step."""

    steps: Lines
    common_route: bool = Field(
        default=False,
        description="True where the steps are usual for the kind and not the site's own form.",
    )


class Resource(Guarded):
    """One entry of the catalogue."""

    id: str = Field(pattern=ID_PATTERN, description="Harvested ones: '<source>:<identifier>'.")
    type: ResourceType
    visibility: Visibility = "public"
    unit: str | None = Field(default=None, description="Whose it is, at visibility `unit`.")
    name: Text
    aliases: tuple[str, ...] = Field(default=(), description="Short and other names in use.")
    former_names: tuple[str, ...] = ()
    host: Text | None = None
    governing_body: Text | None = None
    province: str | None = Field(
        default=None, description="北京市 …, 全国, 西部地区; the country for foreign records."
    )
    city: Text | None = None
    url: str | None = Field(default=None, pattern=r"^https?://")
    url_checked: bool = Field(default=False, description="False: the address is from memory, not seen.")
    other_urls: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    subjects: Lines = Lines()
    holdings: Text | None = None
    access: Access = Access()
    how_to_apply: Application | None = None
    contact: Contact | None = None
    since: Text | None = None
    verification: Verification = "known"
    verified_fields: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    sources: tuple[Source, ...] = ()
    related: tuple[str, ...] = Field(default=(), description="Ids of records or policies.")
    questions: Lines = Field(
        default=Lines(), description="Ways people ask for it: search keys, never shown or cited."
    )
    languages: tuple[Language, ...] = Field(
        default=("zh", "en"),
        min_length=1,
        description="What its texts are written in: a text known in one stands in both fields of Text.",
    )
    written_in: tuple[str, ...] = Field(
        default=(), description="ISO 639-1 of name and description, where they were harvested."
    )
    creators: tuple[Agent, ...] = ()
    licence: str | None = Field(
        default=None, description="SPDX id, else its address, else the words; apart from access."
    )
    access_rights: AccessRights | None = Field(default=None, description="COAR; see details.COAR_ACCESS.")
    issued: str | None = Field(default=None, pattern=DATE_PATTERN)
    modified: str | None = Field(default=None, pattern=DATE_PATTERN)
    temporal: Period | None = None
    spatial: Coverage | None = None
    formats: tuple[str, ...] = ()
    funding: tuple[Grant, ...] = ()
    relations: tuple[Relation, ...] = Field(default=(), description="To other things, as its source says.")
    details: Details | None = Field(default=None, description="Its kind is the type's.")
    origin: Origin | None = Field(default=None, description="Of a harvested record.")
    origins: tuple[Origin, ...] = Field(default=(), description="All of one merged from several sources.")

    @model_validator(mode="after")
    def _details_of_the_type(self) -> Resource:
        if self.details is not None and self.details.kind != self.type:
            raise ValueError(f"details are of {self.details.kind!r} but type is {self.type!r}; use that kind")
        return self


class Amendment(Record):
    date: str | None = Field(default=None, pattern=DATE_PATTERN)
    effective: str | None = Field(default=None, pattern=DATE_PATTERN)
    by: str | None = Field(default=None, description="The amending instrument.")
    change: Text | None = None


class Succession(Record):
    """A document that this one replaced, or that replaced it."""

    title: Text
    doc_number: str | None = None
    date: str | None = Field(default=None, pattern=DATE_PATTERN)
    policy_id: str | None = None


class FormerNumber(Record):
    """The number that an article bore before a renumbering."""

    no: str = Field(min_length=1, description="第三十七条")
    until: str = Field(pattern=DATE_PATTERN, description="First day on which it bore it no more.")


_ARTICLE_NO = re.compile(r"^第([零〇一二两三四五六七八九十百千\d]+)条(?:之([一二三四五六七八九十\d]+))?$")

_ENGLISH_NO = re.compile(r"^(?:Article|Art\.)\s+(\d+)(?:-(\d+))?$", re.I | re.A)


def article_number(no: str) -> tuple[int, int | None] | None:
    """(20, None) for 第二十条, 第20条 and Article 20; (20, 1) for 第二十条之一; None for anything else."""
    found = _ARTICLE_NO.match(no) or _ENGLISH_NO.match(no)
    number = chinese_number(found[1]) if found else None
    if found is None or number is None:
        return None
    return number, chinese_number(found[2]) if found[2] else None


def anchor_of(key: str) -> str:
    """art-20 for 20, 第20条 and 第二十条; art-20-1 for 第二十条之一; anything else as it is."""
    wanted = key.strip()
    if found := article_number(wanted):
        return f"art-{found[0]}" + (f"-{found[1]}" if found[1] else "")
    return f"art-{int(wanted)}" if wanted.isascii() and wanted.isdigit() else wanted


class Change(Record):
    """What an item of a later decision changes in an article whose stored words are those before it."""

    policy: str = Field(description="Id of the decision.")
    part: str = Field(description="Key of its item, as Policy.article() takes it.")
    since: str = Field(pattern=DATE_PATTERN)
    told: Text


class Article(Guarded):
    """One rule of a document: our digest, the words of a stored text in force, or both.

    Bundled ones have a digest and no text. `text` comes from a joined rule book: beside a digest only
    from the version in force on the day of joining (Policy.current), so that it may carry a claim in the
    present tense. A document without digests that is over keeps its last words; see Policy.status.
    """

    no: str = Field(min_length=1, description="第二十条, or a heading where the number is not known.")
    slug: str | None = Field(
        default=None,
        pattern=r"^(x|preamble|item|annex|section)-\d+$",
        description="Stable anchor of one without a number; x-<n> in the bundled corpus.",
    )
    chapter: Text | None = None
    digest: Text | None = None
    text: str | None = Field(
        default=None, description="Verbatim, without the label; as stored, Chinese or English."
    )
    text_page: int | None = Field(default=None, description="Of the file, where `text` begins.")
    verification: Verification = "known"
    visibility: Visibility = "public"
    unit: str | None = Field(default=None, description="Whose it is, at visibility `unit`.")
    note: Text | None = None
    changes: tuple[Change, ...] = Field(default=(), description="By decisions later than its words.")
    former: tuple[FormerNumber, ...] = Field(default=(), description="Numbers it bore before, newest last.")
    clauses: tuple[Clause, ...] = Field(
        default=(), description="What its digest says rule by rule: annotations whose strings are its spans."
    )
    version: str | None = Field(default=None, description="Of a stored text not in force: its version.")
    questions: Lines = Lines()

    @model_validator(mode="after")
    def _number_or_slug(self) -> Article:
        if (self.number is None) != (self.slug is not None):
            raise ValueError(
                f"no {self.no!r}: an article without a number needs slug x-<n>, one with a number has none"
            )
        if self.digest is None and self.text is None:
            raise ValueError(f"digest of {self.no!r} is missing, and no text stands in for it")
        return self

    @property
    def says(self) -> Text:
        """What it says: our digest, or the words of the text, the same for both languages."""
        if self.digest is not None:
            return self.digest
        assert self.text is not None  # the validator saw to it
        return Text(zh=self.text, en=self.text)

    @cached_property
    def number(self) -> int | None:
        """20 for 第二十条 and for 第二十条之一; None when the number is not known."""
        found = article_number(self.no)
        return found[0] if found else None

    @cached_property
    def anchor(self) -> str:
        """art-20, art-20-1 for 第二十条之一, else the slug."""
        return anchor_of(self.no) if article_number(self.no) else str(self.slug)

    @property
    def key(self) -> str:
        """As Policy.article() takes it: art-20, art-20@2010-10-01 for one of an old text."""
        return f"{self.anchor}@{self.version}" if self.version else self.anchor


class Part(BaseModel):
    """A paragraph (款) or item (项) of an article: `p2`, `p2.i3`, and deeper `p2.i3.i1`.

    `start` and `end` are characters of the article's text; a paragraph ends before its first item.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^p\d+(\.i\d+)*$")
    label: str | None = Field(default=None, description="（三） or 1． of an item, as the text has it.")
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    line: int = Field(ge=1)


class VersionArticle(BaseModel):
    """One article of a stored text, in its own words.

    `text` is byte for byte what stands in the stored file from `start` to `end` (bytes); the label
    (第二十条) is `no` and stands before it. A place is named in full by document, version, anchor and
    part: `hgr-regulation-2019@2019-07-01#art-11.p1.i2`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")  # blanks are content here

    no: str = Field(min_length=1, description="As the text has it: 第二十条, Article 20, 附件.")
    anchor: str = Field(pattern=r"^(art-\d+(-\d+)?|(preamble|item|annex|section)-\d+)$")
    chapter: str | None = Field(default=None, description="第一章 总则; with its section after ' · '.")
    text: str = Field(min_length=1)
    parts: tuple[Part, ...] = ()
    start: int = Field(default=0, ge=0)
    end: int = Field(default=0, ge=0)
    line: int = Field(default=1, ge=1, description="Of the label, from 1.")
    page: int | None = Field(default=None, description="From 1; None for a file without page breaks.")

    @property
    def number(self) -> int | None:
        """20 for 第二十条 and 第二十条之一; None for preambles, annexes and 一、 items."""
        return int(self.anchor.split("-")[1]) if self.anchor.startswith("art-") else None

    def part(self, id_: str) -> str | None:
        """The words of a paragraph or item: `p2`, `p2.i3`; None when there is none of that id."""
        return next((self.text[one.start : one.end] for one in self.parts if one.id == id_), None)


class PolicyVersion(BaseModel):
    """The whole text of a document as it stood from one day on.

    `effective` is the first day in force where it is known; `until` the first day on which another
    version, or nothing, took its place: the text holds for effective <= day < until. Where only the
    day of publication is known, `start` falls back to it and `start_known` is False.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(min_length=1, description="Unique within the document; a date where there is one.")
    issued: str | None = Field(default=None, pattern=DATE_PATTERN)
    effective: str | None = Field(default=None, pattern=DATE_PATTERN)
    until: str | None = Field(default=None, pattern=DATE_PATTERN)
    status: PolicyStatus = "unknown"
    doc_number: str | None = None
    source: str = Field(description="Path of the stored text within the data folder.")
    sha256: str = Field(description="Of the stored text's bytes; hexadecimal.")
    missing_pages: tuple[int, ...] = Field(
        default=(), description="Pages of the file that could not be read: articles may be missing."
    )
    recognised_pages: tuple[int, ...] = Field(default=(), description="Of the file: read by an engine.")
    composed: tuple[str, ...] = Field(
        default=(), description="`policy#item` of decisions that made it of an earlier text, as its source."
    )
    articles: tuple[VersionArticle, ...]

    @property
    def start(self) -> str | None:
        return self.effective or self.issued

    @property
    def start_known(self) -> bool:
        return self.effective is not None

    def article(self, key: str) -> VersionArticle | None:
        """By number (`20`, `第二十条`), anchor (`art-20`) or verbatim `no`."""
        wanted = anchor_of(key)
        return next((a for a in self.articles if wanted in (a.anchor, a.no)), None)


class Policy(Guarded):
    """A law, regulation, rule, standard or notice, with the articles that are known of it."""

    id: str = Field(pattern=ID_PATTERN)
    visibility: Visibility = "public"
    unit: str | None = Field(default=None, description="Whose it is, at visibility `unit`.")
    title: Text
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    rank: Rank
    issuing_body: Text
    doc_number: str | None = None
    issued: str | None = Field(default=None, pattern=DATE_PATTERN)
    effective: str | None = Field(default=None, pattern=DATE_PATTERN)
    expires: str | None = Field(default=None, pattern=DATE_PATTERN)
    status: PolicyStatus
    status_note: Text | None = None
    amendments: tuple[Amendment, ...] = ()
    replaces: tuple[Succession, ...] = ()
    replaced_by: tuple[Succession, ...] = ()
    scope: Text
    official_url: str | None = Field(default=None, pattern=r"^https?://")
    url_checked: bool = False
    coverage: Literal["all", "key"] = Field(description="Every article, or only the key ones.")
    last_article: int | None = Field(
        default=None, description="Number of the last article of the document; None if unknown."
    )
    read: Literal["full", "partial", "no"] = Field(
        description="How much of the document was read when the digests were written."
    )
    read_note: Text | None = None
    verification: Verification = "known"
    notes: tuple[Note, ...] = ()
    sources: tuple[Source, ...] = ()
    related: tuple[str, ...] = ()
    questions: Lines = Lines()
    articles: tuple[Article, ...]
    versions: tuple[PolicyVersion, ...] = Field(
        default=(), description="Stored texts, newest last; none in the bundled corpus."
    )
    current: str | None = Field(
        default=None, description="Name of the version whose words `articles` carry: the one in force."
    )

    @model_validator(mode="after")
    def _articles_differ(self) -> Policy:
        seen: set[str] = set()
        for article in self.articles:
            for key in {article.no, article.anchor}:
                if key in seen:
                    raise ValueError(f"articles: {key} is there twice")
                seen.add(key)
        return self

    def article(self, key: str) -> Article | None:
        """By number (`20`, `第二十条`, `第20条`), anchor (`art-20`, `x-1`) or verbatim `no`.

        `art-20@2010-10-01` is the article as it stood in that stored version: text without digest.
        """
        place, at, version = key.strip().partition("@")
        if at:
            return self._article_in(place, version)
        wanted = anchor_of(place)
        return next((a for a in self.articles if wanted in (a.anchor, a.no)), None)

    def version(self, version: str) -> PolicyVersion | None:
        """The stored version of that name."""
        return next((one for one in self.versions if one.version == version), None)

    def _article_in(self, place: str, name: str) -> Article | None:
        version = self.version(name)
        article = version.article(place) if version else None
        if version is None or article is None:
            return None
        from corpus.seen import version_label  # which needs the records

        visibility, unit = parted(version_label(self, name, article))
        return Article(
            no=article.no,
            slug=None if article.number is not None else article.anchor,
            chapter=Text(zh=article.chapter, en=article.chapter) if article.chapter else None,
            text=article.text,
            text_page=article.page,
            verification="verified",
            visibility=visibility,
            unit=unit,
            version=name,
        )


class Flag(Record):
    """Text of a record that reads as an order to whoever reads it; it is left out of answers."""

    record: str
    field: str = Field(description="holdings.zh, how_to_apply.steps.en[2].")
    rule: str = Field(description="override, role, persona, reveal, order, hidden, encoded, markup …")
    excerpt: str


class Tombstone(Guarded):
    """A record that was withdrawn: it answers no question but the one where it went."""

    id: str
    name: Text
    reason: Text
    withdrawn: str = Field(pattern=DATE_PATTERN)
    successor: str | None = Field(default=None, description="Id of what took its place.")
    visibility: Visibility = "public"
    unit: str | None = Field(default=None, description="Whose it is, at visibility `unit`.")
    identifiers: tuple[Identifier, ...] = ()


class Corpus(Record):
    """Everything an index is built from."""

    resources: tuple[Resource, ...] = ()
    policies: tuple[Policy, ...] = ()
    digest: str = Field(description="SHA-256 over the content, in order of id; hexadecimal.")
    flags: tuple[Flag, ...] = Field(default=(), description="What was left out of the records, for staff.")
    tombstones: tuple[Tombstone, ...] = Field(default=(), description="In order of id.")

    @cached_property
    def by_id(self) -> dict[str, Resource | Policy]:
        return {record.id: record for record in self}

    @cached_property
    def gone(self) -> dict[str, Tombstone]:
        return {one.id: one for one in self.tombstones}

    def __iter__(self) -> Iterator[Resource | Policy]:  # type: ignore[override]
        yield from self.resources
        yield from self.policies
