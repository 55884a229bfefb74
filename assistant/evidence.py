"""Records and articles as numbered evidence: what a [n] quotes, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from assistant import replies
from assistant.records import AskFilters, Citation, Language, ResourceCard
from assistant.rules import replies as rule_replies
from corpus.details import grant_text
from corpus.disarming import LEFT_OUT, shows_foreign
from corpus.records import Article, Policy, PolicyVersion, Resource, VersionArticle
from corpus.rulebooks.joining import NO_ISSUER
from corpus.statements.words import Words
from corpus.suspicion import suspicions
from corpus.versions import article_on, last_day
from corpus.vocabulary import Vocabulary

OVERVIEW = "overview"
HOW_TO_APPLY = "how_to_apply"
DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place of one record in one language; `quote` holds every fact that may be said from it."""

    kind: str
    id: str
    title: str
    locator: str
    quote: str
    url: str
    source_url: str | None
    quote_kind: str = "digest"
    version: str | None = None
    """The stored text it is quoted from, where `quote` is verbatim."""

    @property
    def key(self) -> tuple[str, str, str, str | None, str | None]:
        return self.id, self.locator, self.quote_kind, self.version, self.source_url

    def citation(self, number: int) -> Citation:
        """What stands behind [number]."""
        return Citation.model_validate(
            {
                "number": number,
                "kind": self.kind,
                "id": self.id,
                "title": self.title,
                "locator": self.locator,
                "quote": self.quote,
                "quote_kind": self.quote_kind,
                "url": self.url,
                "source_url": self.source_url,
            }
        )


@dataclass
class EvidenceBook:
    """Evidence in the order of first citation; a place keeps its number."""

    entries: list[Evidence] = field(default_factory=list)

    def cite(self, evidence: Evidence) -> str:
        """The marker, [n], of this evidence."""
        for number, known in enumerate(self.entries, 1):
            if known.key == evidence.key:
                return f"[{number}]"
        self.entries.append(evidence)
        return f"[{len(self.entries)}]"

    def citations(self) -> tuple[Citation, ...]:
        return tuple(entry.citation(number) for number, entry in enumerate(self.entries, 1))


def doubt(article: Article, language: Language) -> str:
    """The remark that a digest not checked against the text carries; empty for a checked one."""
    if article.verification == "verified":
        return ""
    remark = replies.ARTICLE_UNSURE if article.verification == "unsure" else replies.ARTICLE_KNOWN
    return remark.in_(language)


def words_on(policy: Policy, article: Article, day: date) -> tuple[PolicyVersion, VersionArticle] | None:
    """The words of an article in the version in force on a day, byte for byte as stored (checked when the
    rule books were loaded); for an article taken from a stored version, the words of that.

    None where they are not held, and where they read as an order to their reader or hold an address that
    is not the document's own: those are not shown.
    """
    if article.version:
        version = policy.version(article.version)
        one = version.article(article.anchor) if version else None
        found = (version, one) if version and one else None
    else:
        found = article_on(policy, article.anchor, day)
    if found is None or (article.digest is None and article.text != found[1].text):
        return None
    return None if suspicions(found[1].text) or shows_foreign(policy, found[1].text) else found


def stored_words(policy: Policy, article: Article) -> str | None:
    """The words of an article known by a stored text alone, exactly as stored; None for a digest.

    None too where something was left out of the text that is shown, so that it is no longer the words.
    """
    if article.digest is not None or article.text is None:
        return None
    for version in policy.versions:
        if article.version in (None, version.version):
            for one in version.articles:
                if one.no == article.no and one.text == article.text:
                    return None if suspicions(one.text) else one.text
    return None


def has_words(policy: Policy, article: Article) -> bool:
    """True where the words of an article are held, in force or, for an article of an old version, then."""
    return stored_words(policy, article) is not None or any(
        one.article(article.anchor) is not None for one in policy.versions
    )


class Describer:
    """Turns records into the words of one language; closed sets get their labels."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = Words(vocabulary)

    def label(self, closed_set: str, code: str, language: Language) -> str:
        """The label of a type, access level, rank or status."""
        return self._words.label(closed_set, code, language)

    def filters(self, filters: AskFilters, language: Language) -> str:
        """Types, places and terms of access in words; empty without any."""
        types = [self.label("types", one, language) for one in filters.types]
        access = [self.label("access", one, language) for one in filters.access]
        places = [
            self._words.province(one, language) for one in filters.provinces if self._words.knows_place(one)
        ]
        pause = replies.PAUSE.in_(language)
        comma = replies.COMMA.in_(language)
        return comma.join(pause.join(group) for group in (types, places, access) if group)

    def place(self, resource: Resource, language: Language) -> str | None:
        """City and province, or country, as read in that language; None when neither is known."""
        return self._words.place(resource.province, resource.city, language) or None

    def contact(self, resource: Resource, language: Language) -> str | None:
        """Phone and e-mail with the record's own remark on them; None when the record has none."""
        contact = resource.contact
        if contact is None:
            return None
        parts = [
            f"{name}{value}"
            for name, value in (
                (replies.PHONE.in_(language), contact.phone),
                (replies.EMAIL.in_(language), contact.email),
            )
            if value
        ]
        told = replies.COMMA.in_(language).join(parts)
        return f"{told}{replies.bracket(contact.note.in_(language), language)}" if contact.note else told

    def overview(self, resource: Resource, language: Language) -> str:
        """Every field of the card but the steps, one line each, in a fixed order."""
        lines = [resource.name.in_(language)]
        other = resource.name.in_("en" if language == "zh" else "zh")
        if other != lines[0]:
            lines.append(other)
        names = [*resource.aliases, *resource.former_names]
        place = self.place(resource, language)
        fields: list[tuple[str, str | None]] = [
            ("aliases", "; ".join(names) or None),
            ("type", self.label("types", resource.type, language)),
            ("host", resource.host.in_(language) if resource.host else None),
            ("governing_body", resource.governing_body.in_(language) if resource.governing_body else None),
            ("place", place),
            ("subjects", replies.COMMA.in_(language).join(resource.subjects.in_(language)) or None),
            ("holdings", resource.holdings.in_(language) if resource.holdings else None),
            (
                "access_level",
                self.label("access", resource.access.level, language) if resource.access.level else None,
            ),
            ("access", resource.access.text.in_(language) if resource.access.text else None),
            ("url", resource.url),
            ("other_urls", " ".join(resource.other_urls) or None),
            ("identifiers", "; ".join(self.identifiers(resource, language)) or None),
            ("contact", self.contact(resource, language)),
            ("since", resource.since.in_(language) if resource.since else None),
            ("licence", resource.licence),
            ("published", resource.issued),
            ("changed", resource.modified),
            ("formats", replies.COMMA.in_(language).join(resource.formats) or None),
            ("funding", "; ".join(grant_text(one) for one in resource.funding) or None),
        ]
        lines += [f"{replies.FIELD[name].in_(language)}{value}" for name, value in fields if value]
        lines += [note.text.in_(language) for note in resource.notes]
        lines.append(self.verification(resource, language))
        return "\n".join(lines)

    def verification(self, resource: Resource, language: Language) -> str:
        """How far it was checked; for a harvested record, whose word it is."""
        if resource.origin and resource.verification == "known":
            return replies.HARVESTED.in_(language).format(source=resource.origin.source)
        return replies.VERIFICATION[resource.verification].in_(language)

    def identifiers(self, resource: Resource, language: Language) -> list[str]:
        return [
            f"{one.scheme} {one.value}"
            + (replies.bracket(one.note.in_(language), language) if one.note else "")
            for one in resource.identifiers
        ]

    def resource_evidence(self, resource: Resource, locator: str, language: Language) -> Evidence:
        """The overview or the steps of a record as evidence."""
        if locator == HOW_TO_APPLY and resource.how_to_apply:
            steps = resource.how_to_apply.steps.in_(language)
            quote = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
            if resource.how_to_apply.common_route:
                quote += f"\n{replies.COMMON_ROUTE.in_(language)}"
        else:
            locator, quote = OVERVIEW, self.overview(resource, language)
        return Evidence(
            kind="resource",
            id=resource.id,
            title=resource.name.in_(language),
            locator=locator,
            quote=quote,
            url=f"/resources/{resource.id}",
            source_url=resource.url,
        )

    def document_line(self, policy: Policy, language: Language) -> str:
        """Title, number, issuer, dates and status of a document in one line."""
        parts = [
            policy.doc_number,
            policy.issuing_body.in_(language) if policy.issuing_body != NO_ISSUER else None,
            f"{replies.FIELD['issued'].in_(language)}{policy.issued}" if policy.issued else None,
            f"{replies.FIELD['effective'].in_(language)}{policy.effective}" if policy.effective else None,
            f"{replies.FIELD['status'].in_(language)}{self.label('statuses', policy.status, language)}",
        ]
        told = replies.COMMA.in_(language).join(part for part in parts if part)
        return f"{replies.title(policy.title.in_(language), language)}{replies.bracket(told, language)}"

    def document_evidence(self, policy: Policy, language: Language) -> Evidence:
        """What is known of a document as a whole."""
        lines = [self.document_line(policy, language)]
        fields: list[tuple[str, str | None]] = [
            ("rank", self.label("ranks", policy.rank, language)),
            ("status_note", policy.status_note.in_(language) if policy.status_note else None),
            ("scope", policy.scope.in_(language)),
            ("articles", str(policy.last_article) if policy.last_article else None),
        ]
        lines += [f"{replies.FIELD[name].in_(language)}{value}" for name, value in fields if value]
        for amendment in policy.amendments:
            told = [
                amendment.by,
                amendment.date,
                amendment.effective and f"{replies.FIELD['effective'].in_(language)}{amendment.effective}",
            ]
            told.append(amendment.change.in_(language) if amendment.change else None)
            lines.append(
                replies.FIELD["amendment"].in_(language)
                + replies.COMMA.in_(language).join(t for t in told if t)
            )
        for name, successions in (("replaces", policy.replaces), ("replaced_by", policy.replaced_by)):
            for one in successions:
                parts = [one.title.in_(language), one.doc_number, one.date]
                lines.append(
                    replies.FIELD[name].in_(language)
                    + replies.COMMA.in_(language).join(p for p in parts if p)
                )
        for version in policy.versions:
            lines.append(f"{rule_replies.HELD_TEXT.in_(language)}{self.span(version, language)}")
        lines += [f"{one.no}: {old.no}, {old.until}" for one in policy.articles for old in one.former]
        lines += self._notes(policy, language)
        return Evidence(
            kind="policy",
            id=policy.id,
            title=policy.title.in_(language),
            locator=DOCUMENT,
            quote="\n".join(lines),
            url=f"/policies/{policy.id}",
            source_url=policy.official_url,
        )

    @staticmethod
    def _notes(policy: Policy, language: Language) -> list[str]:
        """Each note, with the dates of the statements that a contradiction consists of."""
        lines = []
        for note in policy.notes:
            said = note.disagreement.statements if note.disagreement else ()
            dates = replies.COMMA.in_(language).join(one.since for one in said if one.since)
            lines.append(note.text.in_(language) + (replies.bracket(dates, language) if dates else ""))
        return lines

    def span(self, version: PolicyVersion, language: Language) -> str:
        """From when to when a stored text held, as far as it is known."""
        if version.until and version.start:
            text = rule_replies.SPAN_ENDED.in_(language)
            return text.format(since=version.start, last=last_day(version.until))
        text = (rule_replies.SPAN if version.start_known else rule_replies.SPAN_PUBLISHED).in_(language)
        return text.format(since=version.start) if version.start else version.version

    def words_evidence(
        self, policy: Policy, version: PolicyVersion, article: VersionArticle, language: Language
    ) -> Evidence:
        """The words of one article of a stored text; the title says when they held if they no longer do."""
        title = policy.title.in_(language)
        if version.version != policy.current:
            title += replies.bracket(self.span(version, language), language)
        return Evidence(
            kind="policy",
            id=policy.id,
            title=title,
            locator=article.no,
            quote=article.text,
            url=f"/policies/{policy.id}#{article.anchor}",
            source_url=policy.official_url,
            quote_kind="verbatim",
            version=version.version,
        )

    def article_evidence(self, policy: Policy, article: Article, language: Language) -> Evidence:
        """One article of a document: the words where nothing else is known of it, else our digest."""
        words = stored_words(policy, article)
        version = policy.version(article.version) if words and article.version else None
        if version and (one := version.article(article.anchor)):
            return self.words_evidence(policy, version, one, language)
        says = LEFT_OUT[language] if article.version and not words else article.says.in_(language)
        quote = words or says + doubt(article, language)
        if article.note and not words:
            quote += f"\n{article.note.in_(language)}"
        return Evidence(
            kind="policy",
            id=policy.id,
            title=policy.title.in_(language),
            locator=article.no,
            quote=quote,
            url=f"/policies/{policy.id}#{article.anchor}",
            source_url=policy.official_url,
            quote_kind="verbatim" if words else "digest",
            version=(article.version or policy.current) if words else None,
        )

    def card(self, resource: Resource, language: Language) -> ResourceCard:
        """The record as channels show it beside the text."""
        steps = resource.how_to_apply.steps.in_(language) if resource.how_to_apply else ()
        return ResourceCard(
            id=resource.id,
            name=resource.name.in_(language),
            type=resource.type,
            host=resource.host.in_(language) if resource.host else None,
            province=resource.province,
            access=resource.access.level,
            url=resource.url,
            how_to_apply=steps,
            identifiers=tuple(self.identifiers(resource, language)),
            contact=self.contact(resource, language),
            verification=resource.verification,
            link=self.link(resource, language),
        )

    @staticmethod
    def link(resource: Resource, language: Language) -> str | None:
        """What is to be told of an address that does not answer; None while it does."""
        return next((one.text.in_(language) for one in resource.notes if one.kind == "link"), None)
